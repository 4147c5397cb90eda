"""Groups and skills of a framework, and what corresponds to them elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from lms.core.db import db
from lms.framework.models import Crosswalk, Framework, Skill, SkillGroup


@dataclass(frozen=True, slots=True)
class SkillView:
    """A skill in its group."""

    ref: str
    code: str
    name: str
    name_en: str | None
    short_name: str
    description: str | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group with its skills, in order."""

    ref: str
    code: str
    name: str
    name_en: str | None
    short_name: str
    icon: str
    description: str | None
    skills: tuple[SkillView, ...]


@dataclass(frozen=True, slots=True)
class SkillName:
    """A skill by its ref alone, with the group it counts in."""

    ref: str
    code: str
    name: str
    short_name: str
    group_ref: str
    group_name: str
    group_short_name: str


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """What `from_ref` is to `to_ref`, with the names of both where they are skills."""

    from_ref: str
    from_name: str | None
    to_ref: str
    to_name: str | None
    to_framework: str | None
    relation: str
    source: str
    confidence: str


# A published version never changes, so its groups may be kept as long as the process lives.
_maps: dict[str, list[GroupView]] = {}


def skill_map(framework_ref: str) -> list[GroupView]:
    """Groups and skills of a framework; those it takes over from another one stand in their place, with their own refs.

    One statement once the process knows this version (three before). Empty for an unknown ref.
    """
    row = db.session.execute(
        sa.select(Framework.content_hash, Framework.groups_from_ref).filter_by(ref=framework_ref)).first()
    if row is None:
        return []
    if row.content_hash not in _maps:
        own = _groups([row.groups_from_ref or framework_ref])
        taken = [same_as for _, same_as, _ in own if same_as]
        others = _groups(taken) if taken else []
        _maps[row.content_hash] = [
            view for _, same_as, group in own
            for view in ([other for home, _, other in others if home == same_as] if same_as else [group])]
    return _maps[row.content_hash]


def _groups(framework_refs: list[str]) -> list[tuple[str, str | None, GroupView]]:
    rows = db.session.execute(
        sa.select(Framework.ref, SkillGroup, Skill)
        .join(SkillGroup, SkillGroup.framework_id == Framework.id)
        .outerjoin(Skill, Skill.group_id == SkillGroup.id)
        .where(Framework.ref.in_(framework_refs)).order_by(SkillGroup.position, Skill.position)).all()
    skills: dict[str, list[SkillView]] = {}
    for _, group, skill in rows:
        own = skills.setdefault(group.ref, [])
        if skill is not None:
            own.append(SkillView(skill.ref, skill.code, skill.name, skill.name_en, skill.short_name, skill.description))
    homes = {group.ref: (home, group) for home, group, _ in rows}
    return [
        (home, group.same_as_ref, GroupView(
            group.ref, group.code, group.name, group.name_en, group.short_name, group.icon, group.description,
            tuple(skills[group.ref])))
        for home, group in homes.values()]


def skills_of(refs: Iterable[str]) -> dict[str, SkillName]:
    """The names of these skills by ref; unknown refs are left out. One statement, none for no refs."""
    wanted = sorted(set(refs))
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(Skill.ref, Skill.code, Skill.name, Skill.short_name, SkillGroup.ref, SkillGroup.name,
                  SkillGroup.short_name)
        .join(SkillGroup, SkillGroup.id == Skill.group_id).where(Skill.ref.in_(wanted)))
    return {row[0]: SkillName(*row) for row in rows}


def groups_of(refs: Iterable[str]) -> dict[str, str]:
    """The official names of these groups by ref; unknown refs are left out. One statement, none for no refs."""
    wanted = sorted(set(refs))
    if not wanted:
        return {}
    return dict(db.session.execute(sa.select(SkillGroup.ref, SkillGroup.name).where(SkillGroup.ref.in_(wanted))).all())


def crosswalk_from(ref: str) -> list[str]:
    """Refs of what this entry corresponds to in other frameworks. One statement."""
    rows = db.session.scalars(
        sa.select(Crosswalk.to_ref).where(Crosswalk.from_ref == ref).distinct().order_by(Crosswalk.to_ref))
    return list(rows)


def crosswalks_of(framework_ref: str) -> list[CrosswalkRow]:
    """Everything that an entry of this framework corresponds to, in the order of the files. One statement."""
    here, there = sa.orm.aliased(Skill), sa.orm.aliased(Skill)
    target = sa.orm.aliased(Framework)
    rows = db.session.execute(
        sa.select(Crosswalk.from_ref, here.short_name, Crosswalk.to_ref, there.short_name, target.short_title,
                  Crosswalk.relation, Crosswalk.source, Crosswalk.confidence)
        .outerjoin(here, here.ref == Crosswalk.from_ref).outerjoin(there, there.ref == Crosswalk.to_ref)
        .outerjoin(target, (target.ref == Crosswalk.to_ref) | Crosswalk.to_ref.startswith(target.ref + "/"))
        .where((Crosswalk.from_ref == framework_ref) | Crosswalk.from_ref.startswith(framework_ref + "/", autoescape=True))
        .order_by(Crosswalk.key, Crosswalk.id))
    return [CrosswalkRow(*row) for row in rows]
