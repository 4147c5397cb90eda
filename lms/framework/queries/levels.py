"""Levels and what is shown at each."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.framework.models import Framework, Level, LevelBand, Outcome, Skill, SkillGroup


@dataclass(frozen=True, slots=True)
class LevelView:
    """A level with the words of its own framework. The official name stands on papers, the short one on screens."""

    id: int
    uuid: UUID
    ref: str
    code: str
    official_name: str
    short_name: str
    name_en: str | None
    band: str | None
    band_en: str | None
    completes_when: str | None
    completes_when_en: str | None
    confidence: str
    position: int
    has_outcomes: bool
    framework_ref: str
    framework_key: str
    framework_version: str
    framework_title: str
    framework_short_title: str
    level_word: str | None


_LEVEL: Any = (
    sa.select(
        Level.id, Level.uuid, Level.ref, Level.code, Level.official_name, Level.short_name, Level.name_en,
        LevelBand.name, LevelBand.name_en, Level.completes_when, Level.completes_when_en, Level.confidence,
        Level.position, sa.exists().where(Outcome.level_id == Level.id), Framework.ref, Framework.key,
        Framework.version, Framework.title, Framework.short_title, Framework.level_word)
    .join(Framework, Framework.id == Level.framework_id)
    .outerjoin(LevelBand, LevelBand.id == Level.band_id)
    .order_by(Level.position)
)


def level_of(ref: str) -> LevelView | None:
    """The level with this ref, or None. One statement."""
    row = db.session.execute(_LEVEL.where(Level.ref == ref)).first()
    return LevelView(*row) if row else None


def levels_of(framework_ref: str) -> list[LevelView]:
    """The levels of a framework from the lowest to the highest. One statement."""
    return [LevelView(*row) for row in db.session.execute(_LEVEL.where(Framework.ref == framework_ref))]


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    """What is shown in one skill at one level."""

    group_code: str
    group_name: str
    group_name_en: str | None
    icon: str
    skill_code: str
    skill_name: str
    skill_name_en: str | None
    sentences: tuple[str, ...]


def outcomes_of(level_ref: str) -> list[OutcomeGroup]:
    """What is shown at this level, skill by skill, in the order of the framework. One statement."""
    rows: list[Any] = list(db.session.execute(
        sa.select(SkillGroup.code, SkillGroup.name, SkillGroup.name_en, SkillGroup.icon, Skill.code, Skill.name,
                  Skill.name_en, Outcome.text)
        .select_from(Outcome).join(Level).join(Skill).join(SkillGroup)
        .where(Level.ref == level_ref).order_by(SkillGroup.position, Skill.position, Outcome.position)))
    skills: dict[tuple[Any, ...], list[str]] = {}
    for *skill, text in rows:
        skills.setdefault(tuple(skill), []).append(text)
    return [OutcomeGroup(*skill, sentences=tuple(texts)) for skill, texts in skills.items()]
