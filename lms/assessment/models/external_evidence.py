"""What somebody achieved on another platform: put forward as evidence, counted apart, never a confirmation by itself."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.audit import append_only, refuse_change
from lms.core.db import PublicId, db, one_of
from lms.people.models import Organisation, Person

LONGEST_COURSE, LONGEST_NUMBER, LONGEST_RESULT = 200, 60, 120
LONGEST_SOURCE_NAME, LONGEST_ADDRESS, LONGEST_REASON = 160, 300, 300
EXTERNAL_EVENT_KINDS = ("withdrawn",)


class EvidenceSource(PublicId, db.Model):
    """A platform or a school whose lists are taken; `key` is chosen by people and never changes.

    It may be named at and below its organisation. `vouched_by`: which body stands for the truth of its lists.
    An ended source takes no more lists; what came from it stays.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(LONGEST_SOURCE_NAME))
    address: Mapped[str | None] = mapped_column(sa.String(LONGEST_ADDRESS))
    vouched_by: Mapped[str] = mapped_column(sa.String(LONGEST_SOURCE_NAME))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ExternalEvidence(PublicId, db.Model):
    """One line of a list from elsewhere: who, which course, when, under which number, with what result.

    The row never changes, but for `ended_at`: set together with the event that withdraws it. `fingerprint` is the course,
    the date and the number as one, so that the same line again is known; one live row for each. `checked_by_id` or
    `operator` answered for the list, `import_uuid` names it (the table stands above this shelf).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey(EvidenceSource.id), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    course_title: Mapped[str] = mapped_column(sa.String(LONGEST_COURSE))
    completed_on: Mapped[date | None]
    number: Mapped[str | None] = mapped_column(sa.String(LONGEST_NUMBER))
    result: Mapped[str | None] = mapped_column(sa.String(LONGEST_RESULT))
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    import_uuid: Mapped[UUID | None] = mapped_column(index=True)
    checked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    operator: Mapped[str | None] = mapped_column(sa.String(120))
    checked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(active_history=True)

    __table_args__ = (
        sa.Index("uq_external_evidence_live", "person_id", "source_id", "fingerprint", unique=True,
                 sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
        sa.CheckConstraint("length(course_title) > 0", name="has_course"),
        sa.CheckConstraint("checked_by_id IS NOT NULL OR operator IS NOT NULL", name="somebody_checked"),
    )


def _only_its_end(mapper: Any, connection: Any, target: ExternalEvidence) -> None:
    columns: Any = sa.inspect(target).attrs
    changed = {column.key for column in columns if column.history.has_changes()}
    if changed != {"ended_at"} or columns.ended_at.history.deleted != [None]:
        refuse_change(mapper, connection, target)


event.listen(ExternalEvidence, "before_update", _only_its_end)
event.listen(ExternalEvidence, "before_delete", refuse_change)


@append_only
class ExternalEvidenceEvent(db.Model):
    """What befell such evidence later: by whom it was withdrawn, when and why."""

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(sa.ForeignKey(ExternalEvidence.id), index=True)
    kind: Mapped[str] = mapped_column(one_of("external_evidence_event_kind", *EXTERNAL_EVENT_KINDS))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    operator: Mapped[str | None] = mapped_column(sa.String(120))
    reason: Mapped[str] = mapped_column(sa.String(LONGEST_REASON))
