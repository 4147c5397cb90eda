"""Cohorts (on the screen: nhóm, in a school lớp), and the codes by which people ask to join on their own."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import PublicId, db, one_of
from lms.people.models.organisations import Organisation
from lms.people.models.persons import AUDIENCES, Person

JOIN_DECISIONS = ("approved", "returned")


class Cohort(PublicId, db.Model):
    """People of one organisation who go through together, across courses. An ended one stays on record."""

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    folded_name: Mapped[str] = mapped_column(sa.String(120))
    audience: Mapped[str | None] = mapped_column(one_of("cohort_audience", *AUDIENCES))
    begun_on: Mapped[date]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("length(name) > 0", name="has_name"),
        sa.Index("uq_cohort_live", "organisation_id", "folded_name", unique=True,
                 sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
    )


class CohortMember(db.Model):
    """A person is in a cohort for a time, once at any moment."""

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey(Cohort.id), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]

    __table_args__ = (
        sa.Index("uq_cohort_member_live", "cohort_id", "person_id", unique=True,
                 sqlite_where=sa.text("left_on IS NULL"), postgresql_where=sa.text("left_on IS NULL")),
    )


class JoinCode(PublicId, db.Model):
    """A code on a poster: whoever has it may ask to join the organisation, and the cohort when there is one.

    The code follows from `uuid` and the application's secret (core.sealing); the row keeps its keyed hash. `most` is
    how many may ask with it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    cohort_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Cohort.id), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    most: Mapped[int]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))

    __table_args__ = (sa.CheckConstraint("most > 0", name="lets_somebody_in"),)


class JoinRequest(PublicId, db.Model):
    """A person asked to join by a code. `decided_at` says that a JoinDecision stands; one may be open at a time."""

    id: Mapped[int] = mapped_column(primary_key=True)
    join_code_id: Mapped[int] = mapped_column(sa.ForeignKey(JoinCode.id), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("uq_join_request_open", "join_code_id", "person_id", unique=True,
                 sqlite_where=sa.text("decided_at IS NULL"), postgresql_where=sa.text("decided_at IS NULL")),
    )


class JoinDecision(db.Model):
    """What was decided about a request, by whom and why. One for each request; never changed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    join_request_id: Mapped[int] = mapped_column(sa.ForeignKey(JoinRequest.id), unique=True)
    kind: Mapped[str] = mapped_column(one_of("join_decision", *JOIN_DECISIONS))
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
