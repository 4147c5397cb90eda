"""A list that somebody sent in: what was read, what was decided about its rows, and what its commit did."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column

from lms.core.db import PublicId, db, one_of
from lms.core.jobs import Job
from lms.people.models import Cohort, Membership, Organisation, Person

ROSTER_STATES = ("uploaded", "checking", "checked", "committing", "done", "undone", "discarded", "failed")


class RosterImport(PublicId, db.Model):
    """One list for one organisation.

    `state`: uploaded (read, columns may be corrected) → checking → checked → committing → done → undone; discarded
    before the commit; failed when it could not be read or checked (`fault` says why).
    `choice` is what a person corrected of the reading; `found` what the reading found, for the page that shows it;
    `corrections` cells typed on the page, {row number: {column key: text}}; `document` the contract's JSON.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    cohort_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Cohort.id))
    kind: Mapped[str] = mapped_column(one_of("roster_kind", "people", "results"), default="people")
    file_name: Mapped[str] = mapped_column(sa.String(200))
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    is_pasted: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(one_of("roster_state", *ROSTER_STATES), index=True)
    choice: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found: Mapped[dict[str, Any] | None]
    corrections: Mapped[dict[str, Any]] = mapped_column(default=dict)
    document: Mapped[dict[str, Any] | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)   # what only one kind of list needs
    fault: Mapped[dict[str, Any] | None]
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Job.id, ondelete="SET NULL"))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id), index=True)
    operator: Mapped[str | None] = mapped_column(sa.String(120))
    begun_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any] | None]                         # of the commit, read from the database after it

    __table_args__ = (sa.Index("ix_roster_import_listed", "organisation_id", "begun_at"),)


class RosterFile(db.Model):
    """The bytes as sent, or the pasted text; gone when the list is done, discarded or a week old."""

    roster_id: Mapped[int] = mapped_column(sa.ForeignKey(RosterImport.id), primary_key=True)
    content: Mapped[bytes] = deferred(mapped_column(sa.LargeBinary))
    stored_at: Mapped[datetime] = mapped_column(index=True)


class RosterRow(db.Model):
    """One row as checked: what is confirmed is what was shown.

    `values` are the normal forms that will be written, `cells` the texts as read. `faults` and `warnings` are lists of
    {cell, column, code, params}. `person_id` is the person here already whom the row was matched with, `evidence` why;
    `candidates` are those who may be meant ({uuid, evidence}) while `verdict` is unclear. `attached_id` is somebody
    whom the sender may not see: no page and no document shows it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_id: Mapped[int] = mapped_column(sa.ForeignKey(RosterImport.id))
    number: Mapped[int]
    verdict: Mapped[str] = mapped_column(one_of("roster_verdict", "faulty", "unclear", "new", "matched"))
    is_unchanged: Mapped[bool] = mapped_column(default=False)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cells: Mapped[dict[str, Any]] = mapped_column(default=dict)
    faults: Mapped[list[Any]] = mapped_column(default=list)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    candidates: Mapped[list[Any]] = mapped_column(default=list)
    has_warnings: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id), index=True)
    attached_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))

    __table_args__ = (
        sa.UniqueConstraint("roster_id", "number"),
        sa.Index("ix_roster_row_verdict", "roster_id", "verdict", "number"),
    )


class RosterDecision(db.Model):
    """What a person decided about an unclear row; the last one of a row counts, earlier ones stay.

    `same_as_id` None: somebody new. `is_open` True: taken back, nobody has decided.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_id: Mapped[int] = mapped_column(sa.ForeignKey(RosterImport.id), index=True)
    row_number: Mapped[int]
    same_as_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    is_open: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    at: Mapped[datetime]


class RosterChange(db.Model):
    """One thing that a commit did, with what undoing needs.

    `before` and `after` hold the changed fields. For a membership laid on somebody whom the sender may not see, `after`
    also keeps what the list said (`listed`), the only thing the sender's unit is shown of them.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_id: Mapped[int] = mapped_column(sa.ForeignKey(RosterImport.id), index=True)
    row_number: Mapped[int | None]
    kind: Mapped[str] = mapped_column(one_of(
        "roster_change_kind", "person_created", "person_revived", "person_matched", "person_changed", "membership_begun",
        "membership_changed", "membership_ended", "cohort_joined", "evidence_added"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    membership_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Membership.id), index=True)
    record_uuid: Mapped[UUID | None]                               # of what another package added
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    undone_at: Mapped[datetime | None]
