"""Brings banks, assessments and rubrics in: new versions beside the old ones, nothing ever changed or removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.assessment.documents import AssessmentFile, RubricFile
from lms.assessment.models import Assessment, AssessmentVersion, Item, ItemBank, ItemVersion, Rubric, RubricVersion
from lms.core import audit
from lms.core.content_tree import content_hash
from lms.core.db import db
from lms.core.errors import DomainError
from lms.framework.models import Skill, SkillGroup

STORED_FORM = 1  # of item documents; raise it when `ItemType.store` writes them differently


@dataclass(frozen=True, slots=True)
class PreparedItem:
    """An item read and rendered: `source` as it was written, `document` as pages and marking use it."""

    key: str
    type: str
    skill_ref: str
    difficulty: int
    source: dict[str, Any]
    document: dict[str, Any]
    reviewed_on: date
    review_by: date

    @property
    def hash(self) -> str:
        """Names the version. Review dates are not part of it: a reviewed item is the same item."""
        return content_hash({"form": STORED_FORM, **self.source})


@dataclass(frozen=True, slots=True)
class PreparedBank:
    """A bank read from its file."""

    key: str
    title: str
    use: str
    items: tuple[PreparedItem, ...]


def load_banks(banks: Sequence[PreparedBank], *, is_private: bool, now: datetime) -> dict[str, int]:
    """Bring these banks in; items and banks of the same tree that are not among them are retired.

    Returns how many banks and items were added, changed or retired. Raises DomainError item.skill_unknown when a skill
    is not published.
    """
    groups = {row.skill: row.group for row in db.session.execute(
        sa.select(Skill.ref.label("skill"), SkillGroup.ref.label("group"))
        .join(SkillGroup, SkillGroup.id == Skill.group_id))}
    known = {bank.key: bank for bank in db.session.scalars(sa.select(ItemBank).filter_by(is_private=is_private))}
    changed = {"banks": 0, "items": 0}
    for bank in banks:
        row = known.pop(bank.key, None) or ItemBank(key=bank.key, is_private=is_private)
        changed["banks"] += _set(row, title=bank.title, use=bank.use)
        db.session.add(row)
        db.session.flush()
        changed["items"] += _load_items(row, bank.items, groups, now)
    for row in known.values():
        changed["items"] += _load_items(row, (), groups, now)
    return changed


def load_assessments(files: Mapping[str, AssessmentFile], *, is_private: bool, now: datetime) -> int:
    """Bring these assessments in by key; others of the same tree are retired. Returns how many changed."""
    known = {one.key: one for one in db.session.scalars(sa.select(Assessment).filter_by(is_private=is_private))}
    changed = 0
    for key, file in files.items():
        document = file.model_dump(mode="json", by_alias=True)
        version = AssessmentVersion(
            hash=content_hash(document), title=file.title, short_title=file.short_title, use=file.use,
            level_ref=file.serves, minutes=file.minutes, grace_seconds=file.grace_seconds,
            max_attempts=file.max_attempts, wait_hours=file.wait_hours, draw=document["draw"], banks=list(file.banks),
            pass_rule=document["pass"], show_answers=file.show_answers, created_at=now)
        row = known.pop(key, None) or Assessment(key=key, is_private=is_private)
        changed += _stand_on(row, version, "assessment", now)
    return changed + sum(_retire(row, "assessment", now) for row in known.values())


def load_rubrics(files: Mapping[str, RubricFile], *, is_private: bool, now: datetime) -> int:
    """Bring these rubrics in by key; others of the same tree are retired. Returns how many changed."""
    known = {one.key: one for one in db.session.scalars(sa.select(Rubric).filter_by(is_private=is_private))}
    changed = 0
    for key, file in files.items():
        document = file.model_dump(mode="json")
        version = RubricVersion(hash=content_hash(document), title=file.title, level_ref=file.level,
                                document={"tasks": document["tasks"]}, created_at=now)
        row = known.pop(key, None) or Rubric(key=key, is_private=is_private)
        changed += _stand_on(row, version, "rubric", now)
    return changed + sum(_retire(row, "rubric", now) for row in known.values())


def _load_items(bank: ItemBank, items: Sequence[PreparedItem], groups: Mapping[str, str], now: datetime) -> int:
    rows = db.session.execute(
        sa.select(Item, ItemVersion.hash).outerjoin(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.bank_id == bank.id)).all()
    known = {item.key: (item, version_hash) for item, version_hash in rows}
    changed = 0
    for prepared in items:
        row, standing = known.pop(prepared.key, (None, None))
        if row is None:
            row = Item(bank_id=bank.id, key=prepared.key)
        differs = _set(row, retired=False, reviewed_on=prepared.reviewed_on, review_by=prepared.review_by)
        if standing != prepared.hash:
            _give_version(row, prepared, groups, now)
            differs = True
        changed += differs
    changed += sum(_set(row, retired=True) for row, _ in known.values())
    if changed:
        db.session.flush()
        audit.record("item_bank.loaded", now=now, subject=f"item_bank:{bank.key}", items=changed)
    return changed


def _give_version(row: Item, prepared: PreparedItem, groups: Mapping[str, str], now: datetime) -> None:
    if prepared.skill_ref not in groups:
        raise DomainError("item.skill_unknown", item=prepared.key, skill=prepared.skill_ref)
    db.session.add(row)
    db.session.flush()
    version = db.session.scalar(sa.select(ItemVersion).filter_by(item_id=row.id, hash=prepared.hash))
    if version is None:
        version = ItemVersion(
            item_id=row.id, hash=prepared.hash, type=prepared.type, skill_ref=prepared.skill_ref,
            group_ref=groups[prepared.skill_ref], difficulty=prepared.difficulty, source=prepared.source,
            document=prepared.document, created_at=now)
        db.session.add(version)
        db.session.flush()
    row.current_version_id = version.id


def _stand_on(row: Assessment | Rubric, version: AssessmentVersion | RubricVersion, noun: str, now: datetime) -> bool:
    """Let the row stand on this version, or on the same one of old. Returns whether anything changed."""
    db.session.add(row)
    db.session.flush()
    model = type(version)
    owner = f"{noun}_id"
    old = db.session.scalar(sa.select(model.id).filter_by(**{owner: row.id, "hash": version.hash}))
    if old is None:
        setattr(version, owner, row.id)
        db.session.add(version)
        db.session.flush()
    differs = _set(row, retired=False, current_version_id=old or version.id)
    if differs:
        audit.record(f"{noun}.loaded", now=now, subject=f"{noun}:{row.key}", hash=version.hash)
    return differs


def _retire(row: Assessment | Rubric, noun: str, now: datetime) -> bool:
    differs = _set(row, retired=True)
    if differs:
        audit.record(f"{noun}.retired", now=now, subject=f"{noun}:{row.key}")
    return differs


def _set(row: Any, **values: Any) -> bool:
    """Set what differs. Returns whether anything did."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
