"""Publishing: a version of a framework or a policy comes in once and stays as it is."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.framework.documents import (
    CrosswalkDocument,
    FrameworkDocument,
    GroupEntry,
    PolicyDocument,
    SkillEntry,
    Sourced,
)
from lms.framework.models import Crosswalk, Framework, Level, LevelBand, Outcome, Policy, Skill, SkillGroup, uuid_of


def publish_framework(document: FrameworkDocument, *, now: datetime) -> bool:
    """Bring a version of a framework in. Returns whether it is new; the same file again changes nothing.

    Raises framework.published_changed when this version is already published with other content.
    """
    known = db.session.scalar(sa.select(Framework.content_hash).filter_by(key=document.key, version=document.version))
    if known is not None:
        if known != document.content_hash:
            raise DomainError("framework.published_changed", key=document.key, version=document.version)
        return False
    framework = _framework_row(document, now)
    db.session.add(framework)
    db.session.flush()
    levels = _add_levels(framework, document)
    for position, group in enumerate(document.groups):
        _add_group(framework, group, position, levels, _outcome_sources(document))
    db.session.flush()
    audit.record("framework.published", now=now, subject=f"framework:{document.ref}", hash=document.content_hash)
    return True


def publish_policy(document: PolicyDocument, *, now: datetime) -> bool:
    """Bring a version of a policy in. Returns whether it is new; the same file again changes nothing.

    Raises policy.published_changed when this version is already published with other content, and
    policy.level_unknown when its level is not published.
    """
    known = db.session.scalar(sa.select(Policy.content_hash).filter_by(key=document.key, version=document.version))
    if known is not None:
        if known != document.content_hash:
            raise DomainError("policy.published_changed", key=document.key, version=document.version)
        return False
    if db.session.scalar(sa.select(Level.id).filter_by(ref=document.level)) is None:
        raise DomainError("policy.level_unknown", key=document.key, level=document.level)
    db.session.add(Policy(
        key=document.key, version=document.version, content_hash=document.content_hash, level_ref=document.level,
        audience=document.audience, organisation_key=document.organisation, status=document.status,
        effective_from=document.effective_from, effective_to=document.effective_to, document=document.as_json(),
        published_at=now))
    db.session.flush()
    audit.record("policy.published", now=now, subject=f"policy:{document.key}@{document.version}",
                 hash=document.content_hash)
    return True


def replace_crosswalk(key: str, document: CrosswalkDocument, *, now: datetime) -> int:
    """Make the rows of this crosswalk those of its file. Returns how many rows were added, changed or removed."""
    old = {(row.from_ref, row.to_ref): row for row in db.session.scalars(sa.select(Crosswalk).filter_by(key=key))}
    changed = 0
    for row in document.rows:
        values = {name: getattr(row, name) for name in ("relation", "source", "confidence", "note")}
        known = old.pop((row.from_ref, row.to_ref), None)
        if known is None:
            db.session.add(Crosswalk(key=key, from_ref=row.from_ref, to_ref=row.to_ref, **values))
        elif any(getattr(known, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(known, name, value)
        else:
            continue
        changed += 1
    for gone in old.values():
        db.session.delete(gone)
    db.session.flush()
    if changed + len(old):
        audit.record("crosswalk.changed", now=now, subject=f"crosswalk:{key}", rows=changed + len(old))
    return changed + len(old)


def _framework_row(document: FrameworkDocument, now: datetime) -> Framework:
    same = ("key", "version", "content_hash", "kind", "title_en", "short_title", "icon", "issuing_document", "audience",
            "audience_key", "level_word", "level_word_en", "band_word", "band_word_en", "group_word", "group_word_en",
            "skill_word", "skill_word_en", "official_list", "list_notice", "list_notice_en", "confidence", "source",
            "note", "position")
    return Framework(
        uuid=uuid_of(document.ref), ref=document.ref, title=document.title_vi, parent_ref=document.parent,
        groups_from_ref=document.groups_from, document=document.as_json(), published_at=now,
        **{name: getattr(document, name) for name in same})


def _entry(framework: Framework, kind: str, code: str, entry: Sourced, position: int) -> dict[str, Any]:
    ref = f"{framework.ref}/{kind}/{code}"
    return {"ref": ref, "uuid": uuid_of(ref), "code": code, "confidence": entry.confidence, "source": entry.source,
            "note": entry.note, "position": position}


def _add_levels(framework: Framework, document: FrameworkDocument) -> dict[str, Level]:
    bands = {band.id: LevelBand(framework_id=framework.id, code=band.id, name=band.name_vi, name_en=band.name_en,
                                position=position) for position, band in enumerate(document.bands)}
    db.session.add_all(bands.values())
    db.session.flush()
    levels = {
        level.id: Level(
            framework_id=framework.id, band_id=bands[level.band].id if level.band else None,
            official_name=level.official_name, short_name=level.short_name, name_en=level.name_en,
            completes_when=level.completes_when, completes_when_en=level.completes_when_en,
            **_entry(framework, "level", level.id, level, position))
        for position, level in enumerate(document.levels)}
    db.session.add_all(levels.values())
    db.session.flush()
    return levels


def _outcome_sources(document: FrameworkDocument) -> dict[str, Sourced]:
    return {level: source for source in document.outcome_sources for level in source.levels}


def _add_group(
    framework: Framework, group: GroupEntry, position: int, levels: dict[str, Level], sources: dict[str, Sourced],
) -> None:
    row = SkillGroup(
        framework_id=framework.id, name=group.name_vi, name_en=group.name_en, short_name=group.short_name,
        icon=group.icon, description=group.description_vi, same_as_ref=group.same_as,
        **_entry(framework, "group", group.id, group, position))
    db.session.add(row)
    db.session.flush()
    for place, entry in enumerate(group.skills):
        skill = Skill(
            group_id=row.id, name=entry.name_vi, name_en=entry.name_en, short_name=entry.short_name,
            description=entry.description_vi, **_entry(framework, "skill", entry.id, entry, place))
        db.session.add(skill)
        db.session.flush()
        _add_outcomes(framework, skill, entry, levels, sources)


def _add_outcomes(
    framework: Framework, skill: Skill, entry: SkillEntry, levels: dict[str, Level], sources: dict[str, Sourced],
) -> None:
    for code, sentences in entry.outcomes.items():
        for place, (name, text) in enumerate(sentences.items()):
            db.session.add(Outcome(skill_id=skill.id, level_id=levels[code].id, text=text,
                                   **_entry(framework, "outcome", name, sources.get(code, entry), place)))
