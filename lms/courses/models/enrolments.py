"""Who is to study which course until when, and whom a course or a cohort is for."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import PublicId, db, one_of
from lms.courses.models.courses import Course
from lms.people.models import ROLES, Cohort, Organisation, Person

ENROLMENT_EVENTS = ("due_changed", "ended")


class Enrolment(db.Model):
    """A person is to study a course. Once at any moment; an ended one stays on record.

    `via_organisation_id` and `via_cohort_id` say through whom: the unit (and the cohort) whose focal point enrolled them.
    `due_on` is what holds today; each later change is an EnrolmentEvent.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey(Course.id), index=True)
    due_on: Mapped[date | None]
    via_organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    via_cohort_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Cohort.id), index=True)
    enrolled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    enrolled_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("uq_enrolment_live", "person_id", "course_id", unique=True,
                 sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
    )


class EnrolmentEvent(db.Model):
    """What happened to an enrolment after it began. Rows are only added."""

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey(Enrolment.id), index=True)
    kind: Mapped[str] = mapped_column(one_of("enrolment_event", *ENROLMENT_EVENTS))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    due_before: Mapped[date | None]
    due_on: Mapped[date | None]


class EligibilityRule(PublicId, db.Model):
    """Whom a course, or a cohort, is for. A condition that is empty asks for nothing; a changed rule is a new row.

    `set_at_id` is the organisation for which the rule was set: it holds for that one and everything below it.
    `within_id` is a condition: people of that organisation or below. `audiences` empty: everybody.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Course.id), index=True)
    cohort_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Cohort.id), index=True)
    set_at_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    audiences: Mapped[list[Any]]
    age_from: Mapped[int | None]
    age_to: Mapped[int | None]
    within_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Organisation.id))
    role: Mapped[str | None] = mapped_column(one_of("eligibility_role", *ROLES))
    set_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    set_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("(course_id IS NULL) <> (cohort_id IS NULL)", name="of_one_thing"),
        sa.CheckConstraint("age_from IS NULL OR age_to IS NULL OR age_from <= age_to", name="ages_in_order"),
        sa.Index("uq_eligibility_rule_of_course", "course_id", "set_at_id", unique=True,
                 sqlite_where=sa.text("ended_at IS NULL AND course_id IS NOT NULL"),
                 postgresql_where=sa.text("ended_at IS NULL AND course_id IS NOT NULL")),
        sa.Index("uq_eligibility_rule_of_cohort", "cohort_id", unique=True,
                 sqlite_where=sa.text("ended_at IS NULL AND cohort_id IS NOT NULL"),
                 postgresql_where=sa.text("ended_at IS NULL AND cohort_id IS NOT NULL")),
    )
