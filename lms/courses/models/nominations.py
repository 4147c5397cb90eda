"""A unit names people for a course; the officer decides about each."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import PublicId, db, one_of
from lms.courses.models.courses import Course
from lms.people.models import Cohort, Organisation, Person

NOMINATION_DECISIONS = ("accepted", "returned", "withdrawn")


class Nomination(PublicId, db.Model):
    """A list of people whom an organisation names for a course."""

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey(Course.id), index=True)
    cohort_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Cohort.id), index=True)
    due_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(sa.String(300))
    nominated_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    nominated_at: Mapped[datetime] = mapped_column(index=True)


class Nominated(db.Model):
    """One person on the list."""

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(sa.ForeignKey(Nomination.id))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)

    __table_args__ = (sa.UniqueConstraint("nomination_id", "person_id"),)


class NominationDecision(db.Model):
    """What was decided about one person on the list, by whom and why: one for each, never changed. "withdrawn" is the
    unit's own. `is_exception`: accepted although the rule of the course says no; `reason` says why."""

    id: Mapped[int] = mapped_column(primary_key=True)
    nominated_id: Mapped[int] = mapped_column(sa.ForeignKey(Nominated.id), unique=True)
    kind: Mapped[str] = mapped_column(one_of("nomination_decision", *NOMINATION_DECISIONS))
    is_exception: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))

    __table_args__ = (
        sa.CheckConstraint("reason IS NOT NULL OR (kind <> 'returned' AND NOT is_exception)", name="says_why"),
    )
