"""Results from elsewhere: the sources whose lists are taken, the lines put forward, and how they are withdrawn."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lms.assessment.models import EvidenceSource, ExternalEvidence, ExternalEvidenceEvent
from lms.assessment.models.external_evidence import (
    LONGEST_ADDRESS,
    LONGEST_COURSE,
    LONGEST_NUMBER,
    LONGEST_REASON,
    LONGEST_RESULT,
    LONGEST_SOURCE_NAME,
)
from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean, fold
from lms.people.models import Actor, Organisation
from lms.people.queries.organisations import organisation_ids_above

MANAGE_SOURCES = ("officer", "admin")
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,20}")
CHUNK = 500


@dataclass(frozen=True)
class EvidenceLine:
    """What one line of a list says about one person."""

    person_id: int
    course_title: str
    completed_on: date | None = None
    number: str | None = None
    result: str | None = None

    @property
    def fingerprint(self) -> str:
        """The course in any spelling, the day and the number as one: equal lines have equal ones."""
        words = (fold(self.course_title), str(self.completed_on or ""), fold(self.number or "").replace(" ", ""))
        return hashlib.sha256("\0".join(words).encode()).hexdigest()


def create_source(
    *, key: str, name: str, vouched_by: str, organisation: Organisation, address: str = "", by: Actor | None = None,
    operator: str | None = None, now: datetime,
) -> EvidenceSource:
    """A platform or school whose lists may be taken at and below this organisation. `by` None is the command line.

    Raises DomainError source.not_yours, source.key_wrong, source.key_taken, source.name_missing,
    source.voucher_missing, source.address_wrong.
    """
    check_manages(organisation.id, by)
    key = clean(key).lower()
    if len(key) > 80 or not KEY.fullmatch(key):
        raise DomainError("source.key_wrong")
    if db.session.scalar(sa.select(sa.exists().where(EvidenceSource.key == key))):
        raise DomainError("source.key_taken", key=key)
    source = EvidenceSource(uuid=uuid4(), key=key, organisation_id=organisation.id, created_at=now,
                            **_checked(name, vouched_by, address))
    db.session.add(source)
    db.session.flush()
    _note(source, "evidence_source.created", by=by, operator=operator, now=now)
    return source


def change_source(
    source: EvidenceSource, *, name: str, vouched_by: str, address: str, by: Actor | None = None,
    operator: str | None = None, now: datetime,
) -> None:
    """Put its words right. Raises DomainError as `create_source` does, but for the key, which never changes."""
    check_manages(source.organisation_id, by)
    new = _checked(name, vouched_by, address)
    changed = sorted(word for word, value in new.items() if getattr(source, word) != value)
    for word in changed:
        setattr(source, word, new[word])
    if changed:
        db.session.flush()
        _note(source, "evidence_source.changed", by=by, operator=operator, now=now, fields=changed)


def end_source(source: EvidenceSource, *, by: Actor | None = None, operator: str | None = None, now: datetime) -> None:
    """It takes no more lists; what came from it stays. Raises DomainError source.not_yours, source.ended."""
    check_manages(source.organisation_id, by)
    if source.ended_at is not None:
        raise DomainError("source.ended", name=source.name)
    source.ended_at = now
    db.session.flush()
    _note(source, "evidence_source.ended", by=by, operator=operator, now=now)


def check_manages(organisation_id: int, by: Actor | None) -> None:
    """Raises DomainError source.not_yours unless the actor is officer or admin there or above."""
    if by and not organisation_ids_above(organisation_id) & set(by.organisations(*MANAGE_SOURCES)):
        raise DomainError("source.not_yours")


def _checked(name: str, vouched_by: str, address: str) -> dict[str, Any]:
    name, vouched_by, address = clean(name), clean(vouched_by), clean(address)
    if not name:
        raise DomainError("source.name_missing")
    if not vouched_by:
        raise DomainError("source.voucher_missing")
    if address and (not re.match(r"https?://[^\s/]", address) or len(address) > LONGEST_ADDRESS):
        raise DomainError("source.address_wrong")
    return {"name": name[:LONGEST_SOURCE_NAME], "vouched_by": vouched_by[:LONGEST_SOURCE_NAME], "address": address or None}


def _note(source: EvidenceSource, action: str, *, by: Actor | None, operator: str | None, now: datetime, **detail: Any) -> None:
    audit.record(action, now=now, actor_id=by.id if by else None, operator=operator, subject=f"evidence_source:{source.key}",
                 organisation_id=source.organisation_id, **detail)


def record_external_evidence(
    lines: Sequence[EvidenceLine], *, source: EvidenceSource, organisation: Organisation, import_uuid: UUID | None,
    by: Actor | None, operator: str | None = None, now: datetime,
) -> int:
    """Add these lines as evidence; return how many are new of this import (0 for lines that came without one).

    A line that is here already stays as it is. The callers have matched the persons to those whom the actor may see, and
    say in the audit log what they did.
    Raises DomainError source.ended.
    """
    if source.ended_at is not None:
        raise DomainError("source.ended", name=source.name)
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    common = {"source_id": source.id, "organisation_id": organisation.id, "import_uuid": import_uuid,
              "checked_by_id": by.id if by else None, "operator": operator, "checked_at": now, "ended_at": None}
    for start in range(0, len(lines), CHUNK):
        rows = [{"uuid": uuid4(), "person_id": line.person_id, "course_title": line.course_title[:LONGEST_COURSE],
                 "completed_on": line.completed_on, "number": (line.number or "")[:LONGEST_NUMBER] or None,
                 "result": (line.result or "")[:LONGEST_RESULT] or None, "fingerprint": line.fingerprint, **common}
                for line in lines[start:start + CHUNK]]
        db.session.execute(insert(ExternalEvidence).on_conflict_do_nothing(), rows)
    return int(db.session.scalar(
        sa.select(sa.func.count()).where(ExternalEvidence.import_uuid == import_uuid, ExternalEvidence.ended_at.is_(None))) or 0)


def withdraw_external_evidence(
    evidence: ExternalEvidence, *, reason: str, by: Actor | None, operator: str | None = None, now: datetime,
) -> None:
    """Take one line back; it stays on record with the reason. Raises DomainError evidence.reason_missing,
    evidence.withdrawn."""
    reason = clean(reason)[:LONGEST_REASON]
    if not reason:
        raise DomainError("evidence.reason_missing")
    if evidence.ended_at is not None:
        raise DomainError("evidence.withdrawn")
    _withdraw([evidence.id], reason, by=by, operator=operator, now=now)
    audit.record("external_evidence.withdrawn", now=now, actor_id=by.id if by else None, operator=operator,
                 subject=f"external_evidence:{evidence.uuid}", organisation_id=evidence.organisation_id)


def withdraw_import(
    import_uuid: UUID, *, reason: str, by: Actor | None, operator: str | None = None, now: datetime,
) -> int:
    """Take back every live line of one import; return how many. The caller writes the audit line."""
    ids = list(db.session.scalars(sa.select(ExternalEvidence.id).where(
        ExternalEvidence.import_uuid == import_uuid, ExternalEvidence.ended_at.is_(None))))
    _withdraw(ids, reason, by=by, operator=operator, now=now)
    return len(ids)


def _withdraw(ids: Iterable[int], reason: str, *, by: Actor | None, operator: str | None, now: datetime) -> None:
    ids = list(ids)
    for start in range(0, len(ids), CHUNK):
        some = ids[start:start + CHUNK]
        db.session.execute(sa.update(ExternalEvidence).where(ExternalEvidence.id.in_(some)).values(ended_at=now))
        db.session.execute(sa.insert(ExternalEvidenceEvent), [
            {"evidence_id": one, "kind": "withdrawn", "at": now, "actor_id": by.id if by else None, "operator": operator,
             "reason": reason} for one in some])
