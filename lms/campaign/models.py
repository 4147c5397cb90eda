"""Lists that the ward asks for, what units handed in, what befell it; and reminders to learners."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.audit import append_only
from lms.core.db import PublicId, db, one_of
from lms.people.models import AUDIENCES, Organisation, Person

EVENT_KINDS = ("asked", "reminded", "submitted", "withdrawn", "received", "returned", "reopened")
# How a unit stands with a request after the last event that says anything about it.
STATES = ("waiting", "submitted", "received", "returned")
STATE_AFTER = {"asked": "waiting", "withdrawn": "waiting", "submitted": "submitted", "received": "received",
               "returned": "returned"}


@append_only
class ListRequest(PublicId, db.Model):
    """The ward asks units below it for a list by a day: `due_on` is the last day on which one may hand in.

    `meant` says in words who belongs on the list; `audience` narrows it where the ward wants one group only.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    meant: Mapped[str] = mapped_column(sa.String(500))
    audience: Mapped[str | None] = mapped_column(one_of("list_request_audience", *AUDIENCES))
    due_on: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))


@append_only
class ListRequestUnit(db.Model):
    """A unit that was asked."""

    request_id: Mapped[int] = mapped_column(sa.ForeignKey(ListRequest.id), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), primary_key=True, index=True)


@append_only
class Submission(PublicId, db.Model):
    """The list of a unit, frozen as it was handed in: what changes later in the system does not change it.

    `rows` is a list of {full_name, birth_date, phone, email, staff_code, class, position, organisation, personal_code};
    `sha256` is of its normalised JSON. `number` counts the lists that this unit handed in for this request.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey(ListRequest.id))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    number: Mapped[int]
    row_count: Mapped[int]
    rows: Mapped[list[Any]] = mapped_column(deferred=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    submitted_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))

    __table_args__ = (sa.UniqueConstraint("request_id", "organisation_id", "number"),)


@append_only
class ListRequestEvent(db.Model):
    """What befell a unit's part of a request. The state is a fold: the last event that says anything about it.

    `reason` is the ward's word to the unit (why a list came back); `until` the new last day of a reopening.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey(ListRequest.id))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    kind: Mapped[str] = mapped_column(one_of("list_request_event_kind", *EVENT_KINDS))
    submission_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Submission.id))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    until: Mapped[date | None]

    __table_args__ = (sa.Index("ix_list_request_event_fold", "request_id", "organisation_id", "id"),)


@append_only
class Reminder(PublicId, db.Model):
    """A word to one learner, shown on their home; at most one a day. `by_mail`: a letter was put in the outbox too."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    sent_by_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    sent_at: Mapped[datetime]
    sent_on: Mapped[date]
    text: Mapped[str] = mapped_column(sa.String(500))
    by_mail: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (sa.UniqueConstraint("person_id", "sent_on"),)
