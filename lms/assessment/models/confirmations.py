"""That a person holds a level: judgements which are added and never changed, and what befell them later."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.audit import append_only, refuse_change
from lms.core.db import PublicId, db, one_of
from lms.framework.models import Policy
from lms.people.models import Organisation, Person

EVENT_KINDS = ("withdrawn", "expired", "superseded", "appealed")
ENDING_KINDS = ("withdrawn", "expired", "superseded")
# The four marks of an observed task, everywhere the same. The last is no judgement at all.
MARKS = ("alone", "one_reminder", "needs_help", "not_tried")
SENT_BACK_KINDS = ("continue", "learn")


class Confirmation(PublicId, db.Model):
    """Who holds which level, under which framework version and policy, on what evidence, said by whom and when.

    The row never changes, but for `ended_at`: set together with the event that ends it, so that the partial unique
    index can keep one live row for each person, level and framework version. `basis` is the person who decided, or
    the decision of the body that lets a passed assessment confirm by itself.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    level_ref: Mapped[str] = mapped_column(sa.String(120))
    framework_ref: Mapped[str] = mapped_column(sa.String(80))
    policy_id: Mapped[int] = mapped_column(sa.ForeignKey(Policy.id))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    evidence: Mapped[dict[str, Any]]
    evidence_hash: Mapped[str] = mapped_column(sa.String(64))
    assessor_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id), index=True)
    acting_for: Mapped[str | None] = mapped_column(sa.String(120))
    basis: Mapped[str] = mapped_column(one_of("confirmation_basis", "person", "decision"))
    decision_number: Mapped[str | None] = mapped_column(sa.String(160))
    note: Mapped[str | None] = mapped_column(sa.String(500))
    decided_at: Mapped[datetime] = mapped_column(index=True)
    valid_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(active_history=True)

    __table_args__ = (
        sa.Index("uq_confirmation_live", "person_id", "level_ref", "framework_ref", unique=True,
                 sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
        sa.CheckConstraint("(basis = 'person') = (assessor_id IS NOT NULL)", name="person_or_decision"),
        sa.CheckConstraint("assessor_id IS NULL OR assessor_id <> person_id", name="not_oneself"),
    )


def _only_its_end(mapper: Any, connection: Any, target: Confirmation) -> None:
    columns: Any = sa.inspect(target).attrs
    changed = {column.key for column in columns if column.history.has_changes()}
    if changed != {"ended_at"} or columns.ended_at.history.deleted != [None]:
        refuse_change(mapper, connection, target)


event.listen(Confirmation, "before_update", _only_its_end)
event.listen(Confirmation, "before_delete", refuse_change)


@append_only
class ConfirmationEvent(db.Model):
    """What befell a confirmation after it was made."""

    id: Mapped[int] = mapped_column(primary_key=True)
    confirmation_id: Mapped[int] = mapped_column(sa.ForeignKey(Confirmation.id), index=True)
    kind: Mapped[str] = mapped_column(one_of("confirmation_event_kind", *EVENT_KINDS))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    reason: Mapped[str] = mapped_column(sa.String(500))


@append_only
class Observation(PublicId, db.Model):
    """One sitting of a practical rubric: the marks that the assessor who watched gave then, not all tasks need one.

    What stands for a task is the fold of all sittings. `completes`: with this sitting every required task carried a
    mark that the policy accepts; kept so that the list of those who wait is one statement.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    rubric_version_id: Mapped[int] = mapped_column(sa.ForeignKey("rubric_version.id"))
    policy_id: Mapped[int] = mapped_column(sa.ForeignKey(Policy.id))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    assessor_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id))
    marks: Mapped[dict[str, Any]]  # task id -> one of MARKS
    completes: Mapped[bool]
    note: Mapped[str | None] = mapped_column(sa.String(500))
    observed_at: Mapped[datetime]

    __table_args__ = (sa.CheckConstraint("assessor_id <> person_id", name="not_oneself"),)


@append_only
class SentBack(db.Model):
    """An assessor asked for more before confirming: to go on another day, or to learn first. The learner reads why."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    policy_id: Mapped[int] = mapped_column(sa.ForeignKey(Policy.id))
    assessor_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id))
    kind: Mapped[str] = mapped_column(one_of("sent_back_kind", *SENT_BACK_KINDS))
    reason: Mapped[str] = mapped_column(sa.String(500))
    at: Mapped[datetime]
