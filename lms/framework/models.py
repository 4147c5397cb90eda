"""Published frameworks, what corresponds to what, and the policies of levels.

A published version never changes: its rows are added once. What people earned points at them for ever.
"""

from datetime import date, datetime
from typing import Any, get_args
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.audit import append_only
from lms.core.db import db, one_of
from lms.framework.vocabulary import Audience, Confidence, FrameworkKind, OfficialList, PolicyStatus, Relation


def uuid_of(ref: str) -> UUID:
    """The UUID v5 that names this ref in every installation."""
    return uuid5(NAMESPACE_URL, f"urn:binhdan:framework:{ref}")


class _Entry:
    """Columns of everything that stands in a framework file. `ref` is `key@version/kind/local-id`, `code` the local id."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(sa.Uuid(), unique=True)
    ref: Mapped[str] = mapped_column(sa.String(160), unique=True)
    confidence: Mapped[str] = mapped_column(one_of("confidence", *get_args(Confidence)))
    source: Mapped[str] = mapped_column(sa.Text)
    note: Mapped[str | None] = mapped_column(sa.Text)
    position: Mapped[int]


@append_only
class Framework(_Entry, db.Model):
    """One version of a framework. `document` is the whole normalised file, for the page about it."""

    key: Mapped[str] = mapped_column(sa.String(80))
    version: Mapped[str] = mapped_column(sa.String(20))
    content_hash: Mapped[str] = mapped_column(sa.String(16))
    kind: Mapped[str] = mapped_column(one_of("framework_kind", *get_args(FrameworkKind)))
    title: Mapped[str] = mapped_column(sa.String(400))
    title_en: Mapped[str] = mapped_column(sa.String(400))
    short_title: Mapped[str] = mapped_column(sa.String(120))
    icon: Mapped[str] = mapped_column(sa.String(40))
    issuing_document: Mapped[str] = mapped_column(sa.Text)
    audience: Mapped[str] = mapped_column(sa.Text)
    audience_key: Mapped[str | None] = mapped_column(one_of("audience", *get_args(Audience)))
    level_word: Mapped[str | None] = mapped_column(sa.String(40))
    level_word_en: Mapped[str | None] = mapped_column(sa.String(40))
    band_word: Mapped[str | None] = mapped_column(sa.String(40))
    band_word_en: Mapped[str | None] = mapped_column(sa.String(40))
    group_word: Mapped[str] = mapped_column(sa.String(40))
    group_word_en: Mapped[str] = mapped_column(sa.String(40))
    skill_word: Mapped[str] = mapped_column(sa.String(40))
    skill_word_en: Mapped[str] = mapped_column(sa.String(40))
    parent_ref: Mapped[str | None] = mapped_column(sa.String(100))
    groups_from_ref: Mapped[str | None] = mapped_column(sa.String(100))
    official_list: Mapped[str] = mapped_column(one_of("official_list", *get_args(OfficialList)))
    list_notice: Mapped[str | None] = mapped_column(sa.Text)
    list_notice_en: Mapped[str | None] = mapped_column(sa.Text)
    document: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("key", "version"),)


@append_only
class LevelBand(db.Model):
    """A step that holds several levels: the four trình độ of Thông tư 02/2025."""

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(sa.ForeignKey(Framework.id))
    code: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120))
    position: Mapped[int]

    __table_args__ = (sa.UniqueConstraint("framework_id", "code"),)


@append_only
class Level(_Entry, db.Model):
    """A step of proficiency. The official name stands on papers and in the register, the short one on screens."""

    framework_id: Mapped[int] = mapped_column(sa.ForeignKey(Framework.id), index=True)
    band_id: Mapped[int | None] = mapped_column(sa.ForeignKey(LevelBand.id))
    code: Mapped[str] = mapped_column(sa.String(40))
    official_name: Mapped[str] = mapped_column(sa.String(200))
    short_name: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str | None] = mapped_column(sa.String(200))
    completes_when: Mapped[str | None] = mapped_column(sa.Text)
    completes_when_en: Mapped[str | None] = mapped_column(sa.Text)


@append_only
class SkillGroup(_Entry, db.Model):
    """A group of skills; one with `same_as_ref` stands for all groups of another framework."""

    framework_id: Mapped[int] = mapped_column(sa.ForeignKey(Framework.id), index=True)
    code: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str | None] = mapped_column(sa.String(200))
    short_name: Mapped[str] = mapped_column(sa.String(120))
    icon: Mapped[str] = mapped_column(sa.String(40))
    description: Mapped[str | None] = mapped_column(sa.Text)
    same_as_ref: Mapped[str | None] = mapped_column(sa.String(100))


@append_only
class Skill(_Entry, db.Model):
    """One thing a person can do."""

    group_id: Mapped[int] = mapped_column(sa.ForeignKey(SkillGroup.id), index=True)
    code: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str | None] = mapped_column(sa.String(200))
    short_name: Mapped[str] = mapped_column(sa.String(120))
    description: Mapped[str | None] = mapped_column(sa.Text)


@append_only
class Outcome(_Entry, db.Model):
    """What is shown in a skill at a level (yêu cầu cần đạt)."""

    skill_id: Mapped[int] = mapped_column(sa.ForeignKey(Skill.id), index=True)
    level_id: Mapped[int] = mapped_column(sa.ForeignKey(Level.id), index=True)
    code: Mapped[str] = mapped_column(sa.String(40))
    text: Mapped[str] = mapped_column(sa.Text)


class Crosswalk(db.Model):
    """What `from_ref` is to `to_ref`. An opinion with a source, mended when somebody knows better; no record rests on it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    from_ref: Mapped[str] = mapped_column(sa.String(160), index=True)
    to_ref: Mapped[str] = mapped_column(sa.String(160), index=True)
    relation: Mapped[str] = mapped_column(one_of("crosswalk_relation", *get_args(Relation)))
    source: Mapped[str] = mapped_column(sa.Text)
    confidence: Mapped[str] = mapped_column(one_of("confidence", *get_args(Confidence)))
    note: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (sa.UniqueConstraint("key", "from_ref", "to_ref"),)


@append_only
class Policy(db.Model):
    """What completes a level, as decided (or as shipped). Attempts and confirmations pin a row; it never changes."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    version: Mapped[str] = mapped_column(sa.String(20))
    content_hash: Mapped[str] = mapped_column(sa.String(16))
    level_ref: Mapped[str] = mapped_column(sa.ForeignKey(Level.ref), index=True)
    audience: Mapped[str] = mapped_column(one_of("audience", *get_args(Audience)))
    organisation_key: Mapped[str | None] = mapped_column(sa.String(80))
    status: Mapped[str] = mapped_column(one_of("policy_status", *get_args(PolicyStatus)))
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    document: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("key", "version", "content_hash"),)
