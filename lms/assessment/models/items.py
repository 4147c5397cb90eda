"""Items and the banks they lie in. An item is an identity; what is asked stands in its versions, which never change."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.audit import append_only
from lms.core.db import db, one_of

BANK_USES = ("practice", "counting-open", "counting-closed")


class ItemBank(db.Model):
    """A pool of items. `use` says what may be drawn from it; a private one came from LMS_PRIVATE_CONTENT."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    use: Mapped[str] = mapped_column(one_of("bank_use", *BANK_USES))
    is_private: Mapped[bool] = mapped_column(default=False)


class Item(db.Model):
    """The identity of a question. A retired one is drawn no more; attempts keep the versions they were given.

    `current_version_id` has no foreign key: the versions point here, and two tables that need each other cannot be
    created, emptied or restored in any order.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey(ItemBank.id))
    key: Mapped[str] = mapped_column(sa.String(80))
    current_version_id: Mapped[int | None] = mapped_column(index=True)
    retired: Mapped[bool] = mapped_column(default=False)
    reviewed_on: Mapped[date]
    review_by: Mapped[date]

    __table_args__ = (sa.UniqueConstraint("bank_id", "key"),)


@append_only
class ItemVersion(db.Model):
    """What is asked and how it is scored.

    `source` is the item as it was written, `hash` its hash; `document` is what pages and marking use: `source` with
    its texts rendered to safe HTML and opaque ids (lms/assessment/item_types). Refs name framework entries with
    their version.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey(Item.id))
    hash: Mapped[str] = mapped_column(sa.String(16))
    type: Mapped[str] = mapped_column(sa.String(32))
    skill_ref: Mapped[str] = mapped_column(sa.String(120), index=True)
    group_ref: Mapped[str] = mapped_column(sa.String(120))
    difficulty: Mapped[int]
    source: Mapped[dict[str, Any]]
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("item_id", "hash"),
        sa.CheckConstraint("difficulty BETWEEN 1 AND 5", name="difficulty_in_range"),
    )
