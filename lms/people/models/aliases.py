"""That two rows are one person: a note beside both, which can be taken back."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import PublicId, db
from lms.people.models.persons import Person


class PersonAlias(PublicId, db.Model):
    """From `merged_at` on, `other` is `kept` under an earlier name of ours. Results stay with the row they were made on.

    The other row is ended and signs in no more. `carried` holds ids of the memberships that came over, so that a split
    takes them back. Ended rows stay.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    other_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    carried: Mapped[dict[str, Any]] = mapped_column(default=dict)
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    reason: Mapped[str] = mapped_column(sa.String(300))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    end_reason: Mapped[str | None] = mapped_column(sa.String(300))

    __table_args__ = (
        sa.CheckConstraint("kept_id <> other_id", name="two_rows"),
        sa.Index("uq_person_alias_live", "other_id", unique=True,
                 sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
    )
