"""One person, one sitting: the attempt, the paper that was drawn for it, the answers, and answers that came too late."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.audit import append_only
from lms.core.db import PublicId, db, one_of
from lms.people.models import Organisation, Person

STATES = ("in_progress", "submitted", "abandoned")


class Attempt(PublicId, db.Model):
    """One sitting. Opened once, closed once; a closed row never changes.

    `state` is what was written; what holds at a moment (`overdue` above all) is `rules.state_at`. `due_at` is the end
    that the learner sees, `closes_at` adds the grace. `result` is the marking as it was shown, `scoring_version` the
    rules it was marked by. `policy_id` is the level policy in force at the start, where one asks for this assessment.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id))
    assessment_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment.id"), index=True)
    assessment_version_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_version.id"))
    policy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("policy.id"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    number: Mapped[int]
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[str] = mapped_column(one_of("attempt_state", *STATES), default="in_progress")
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    extra_time_percent: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(one_of("attempt_submitter", "client", "deadline"))
    result: Mapped[dict[str, Any] | None]
    score_percent: Mapped[int | None]
    passed: Mapped[bool | None]
    scoring_version: Mapped[int | None]

    __table_args__ = (
        sa.UniqueConstraint("person_id", "assessment_id", "number"),
        sa.Index("uq_attempt_open", "person_id", "assessment_id", unique=True,
                 sqlite_where=sa.text("state = 'in_progress'"), postgresql_where=sa.text("state = 'in_progress'")),
        sa.Index("ix_attempt_open_closes_at", "closes_at",
                 sqlite_where=sa.text("state = 'in_progress'"), postgresql_where=sa.text("state = 'in_progress'")),
        sa.CheckConstraint("closes_at >= due_at AND due_at > started_at", name="ends_after_start"),
        sa.CheckConstraint("(state = 'in_progress') = (submitted_at IS NULL)", name="closed_has_moment"),
        sa.CheckConstraint("(state = 'submitted') = (score_percent IS NOT NULL)", name="submitted_has_score"),
    )


@append_only
class AttemptItem(db.Model):
    """One question of the paper: which version of which item stands at this position, shuffled by which seed."""

    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey(Attempt.id), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_version_id: Mapped[int] = mapped_column(sa.ForeignKey("item_version.id"), index=True)
    seed: Mapped[int]


class Response(db.Model):
    """The answer that stands at a position, and the flag "look again". One row, replaced by the next save.

    Autosave stores every change of mind of every learner; keeping each as a row would double the cost of the hottest
    statement and hold nothing anybody judges by. So the last answer stands, and `saves` and `receipt` tell that there
    were earlier ones. `sequence` is the client's count for this position: only a higher one replaces. `receipt` counts
    the saves of the whole attempt and is what the learner reads. An answer taken back leaves the row with no document.
    """

    attempt_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any] | None]
    flagged: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int]
    receipt: Mapped[int]
    saves: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]

    __table_args__ = (
        sa.ForeignKeyConstraint(["attempt_id", "position"], [AttemptItem.attempt_id, AttemptItem.position]),
        sa.CheckConstraint("sequence > 0", name="counted_from_one"),
    )


@append_only
class LateResponse(db.Model):
    """An answer that reached the server after the end: kept aside for staff to see, never counted."""

    attempt_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    document: Mapped[dict[str, Any] | None]
    received_at: Mapped[datetime]

    __table_args__ = (
        sa.ForeignKeyConstraint(["attempt_id", "position"], [AttemptItem.attempt_id, AttemptItem.position]),
    )
