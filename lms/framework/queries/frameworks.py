"""Published frameworks and their versions."""

from dataclasses import dataclass

import sqlalchemy as sa

from lms.core.db import db
from lms.framework.documents import FrameworkDocument
from lms.framework.models import Framework, Level, Skill, SkillGroup
from lms.framework.rules import version_order


@dataclass(frozen=True, slots=True)
class FrameworkSummary:
    """One version of a framework, without its lists. `list_notice` is the plain sentence that every screen shows
    which rests on a list that is inferred or incomplete."""

    ref: str
    key: str
    version: str
    kind: str
    title: str
    title_en: str
    short_title: str
    icon: str
    audience: str
    audience_key: str | None
    level_word: str | None
    level_word_en: str | None
    band_word: str | None
    band_word_en: str | None
    group_word: str
    group_word_en: str
    skill_word: str
    skill_word_en: str
    parent_ref: str | None
    groups_from_ref: str | None
    confidence: str
    list_notice: str | None
    list_notice_en: str | None
    content_hash: str
    position: int
    levels: int
    groups: int
    skills: int


_GROUPS = sa.select(sa.func.count()).where(SkillGroup.framework_id == Framework.id).scalar_subquery()
_LEVELS = sa.select(sa.func.count()).where(Level.framework_id == Framework.id).scalar_subquery()
_SKILLS = (sa.select(sa.func.count()).select_from(Skill).join(SkillGroup)
           .where(SkillGroup.framework_id == Framework.id).scalar_subquery())
_COUNTED = {"levels": _LEVELS, "groups": _GROUPS, "skills": _SKILLS}
_SUMMARY = sa.select(*(
    _COUNTED[name].label(name) if name in _COUNTED else getattr(Framework, name)
    for name in FrameworkSummary.__dataclass_fields__))


def published_frameworks() -> list[FrameworkSummary]:
    """The newest version of each framework, in the order of the list page. One statement."""
    newest: dict[str, FrameworkSummary] = {}
    for row in db.session.execute(_SUMMARY):
        summary = FrameworkSummary(*row)
        known = newest.get(summary.key)
        if known is None or version_order(summary.version) > version_order(known.version):
            newest[summary.key] = summary
    return sorted(newest.values(), key=lambda one: (one.position, one.key))


def versions_of(key: str) -> list[FrameworkSummary]:
    """Every published version of this framework, newest first. One statement."""
    found = [FrameworkSummary(*row) for row in db.session.execute(_SUMMARY.where(Framework.key == key))]
    return sorted(found, key=lambda one: version_order(one.version), reverse=True)


def framework_of(key: str, version: str | None = None) -> FrameworkSummary | None:
    """This version of the framework, or its newest; None when there is none."""
    for one in versions_of(key):
        if version in (None, one.version):
            return one
    return None


def parts_of(ref: str) -> list[FrameworkSummary]:
    """The frameworks whose umbrella this version is, in order."""
    rows = db.session.execute(_SUMMARY.where(Framework.parent_ref == ref).order_by(Framework.position))
    return [FrameworkSummary(*row) for row in rows]


def about(ref: str) -> FrameworkDocument | None:
    """The whole file as it was published: sources, confidence, notes, targets. None for an unknown ref."""
    row = db.session.execute(sa.select(Framework.key, Framework.document).filter_by(ref=ref)).first()
    return FrameworkDocument.model_validate(row.document).named(row.key, "") if row else None
