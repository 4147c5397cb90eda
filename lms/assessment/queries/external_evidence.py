"""Results from elsewhere: what is put forward about people, and the sources an actor may name."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.assessment.models import EvidenceSource, ExternalEvidence, ExternalEvidenceEvent
from lms.core.db import db
from lms.people.models import Actor, Organisation, OrganisationClosure, OrganisationPeriod, Person
from lms.people.queries.organisations import organisation_ids_under

WITHDRAW_EVIDENCE = ("focal_point", "officer", "admin")
THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One line as pages show it. `checked_by` is the person who answered for the list, None for the command line."""

    uuid: UUID
    person_id: int
    course_title: str
    completed_on: date | None
    number: str | None
    result: str | None
    source: str
    source_address: str | None
    vouched_by: str
    organisation_id: int
    checked_by: str | None
    checked_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None


def _view() -> Any:
    reason = (sa.select(ExternalEvidenceEvent.reason).where(ExternalEvidenceEvent.evidence_id == ExternalEvidence.id)
              .order_by(ExternalEvidenceEvent.id.desc()).limit(1).correlate(ExternalEvidence).scalar_subquery())
    checker = sa.orm.aliased(Person)
    return (
        sa.select(
            ExternalEvidence.uuid, ExternalEvidence.person_id, ExternalEvidence.course_title, ExternalEvidence.completed_on,
            ExternalEvidence.number, ExternalEvidence.result, EvidenceSource.name, EvidenceSource.address,
            EvidenceSource.vouched_by, ExternalEvidence.organisation_id, checker.full_name, ExternalEvidence.checked_at,
            ExternalEvidence.ended_at, reason)
        .join(EvidenceSource, EvidenceSource.id == ExternalEvidence.source_id)
        .outerjoin(checker, checker.id == ExternalEvidence.checked_by_id)
        .order_by(ExternalEvidence.completed_on.desc().nulls_last(), ExternalEvidence.id.desc()))


def external_evidence_of(person_ids: Iterable[int], *, withdrawn: bool = False) -> dict[int, list[EvidenceView]]:
    """Person -> what they learned elsewhere, the latest first; with `withdrawn`, also what was taken back. One statement.

    The callers hold these persons already, so they may see them.
    """
    found: dict[int, list[EvidenceView]] = {}
    narrowed = _view().where(ExternalEvidence.person_id.in_(list(person_ids)))
    if not withdrawn:
        narrowed = narrowed.where(ExternalEvidence.ended_at.is_(None))
    for row in db.session.execute(narrowed):
        found.setdefault(row.person_id, []).append(EvidenceView(*row))
    return found


def count_external_evidence(person_ids: Any) -> dict[int, int]:
    """Person -> how many live lines, for a list of ids or a subselect: the column "học ở nơi khác" of a table."""
    rows = db.session.execute(
        sa.select(ExternalEvidence.person_id, sa.func.count())
        .where(ExternalEvidence.ended_at.is_(None), ExternalEvidence.person_id.in_(person_ids))
        .group_by(ExternalEvidence.person_id))
    return {row[0]: row[1] for row in rows}


def evidence_for(actor: Actor, uuid: UUID) -> tuple[ExternalEvidence, str] | None:
    """(the line, the person's name) when it was taken in at an organisation where the actor may withdraw it, else None."""
    found = db.session.execute(
        sa.select(ExternalEvidence, Person.full_name).join(Person, Person.id == ExternalEvidence.person_id)
        .where(ExternalEvidence.uuid == uuid,
               ExternalEvidence.organisation_id.in_(organisation_ids_under(actor, *WITHDRAW_EVIDENCE)))).one_or_none()
    return (found[0], found[1]) if found else None


def fingerprints_here(source_id: int, person_ids: Collection[int]) -> set[tuple[int, str]]:
    """(person, fingerprint) of the live lines of this source. One statement for every thousand people."""
    found: set[tuple[int, str]] = set()
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), THOUSAND):
        found |= {(person_id, fingerprint) for person_id, fingerprint in db.session.execute(
            sa.select(ExternalEvidence.person_id, ExternalEvidence.fingerprint)
            .where(ExternalEvidence.source_id == source_id, ExternalEvidence.ended_at.is_(None),
                   ExternalEvidence.person_id.in_(wanted[start:start + THOUSAND])))}
    return found


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source with the name of the organisation it is kept at and how many live lines came from it."""

    uuid: UUID
    key: str
    name: str
    address: str | None
    vouched_by: str
    organisation: str
    ended_at: datetime | None
    lines: int


def _sources() -> Any:
    lines = (sa.select(sa.func.count()).where(ExternalEvidence.source_id == EvidenceSource.id, ExternalEvidence.ended_at.is_(None))
             .correlate(EvidenceSource).scalar_subquery())
    return (
        sa.select(EvidenceSource.uuid, EvidenceSource.key, EvidenceSource.name, EvidenceSource.address,
                  EvidenceSource.vouched_by, OrganisationPeriod.name, EvidenceSource.ended_at, lines)
        .join(OrganisationPeriod, (OrganisationPeriod.organisation_id == EvidenceSource.organisation_id)
              & OrganisationPeriod.valid_to.is_(None))
        .order_by(EvidenceSource.ended_at.is_not(None), EvidenceSource.name, EvidenceSource.id))


def sources_managed_by(actor: Actor, *roles: str) -> list[SourceView]:
    """Every source kept at or below an organisation where the actor holds one of these roles, ended ones last."""
    return [SourceView(*row) for row in db.session.execute(
        _sources().where(EvidenceSource.organisation_id.in_(organisation_ids_under(actor, *roles))))]


def source_managed_by(actor: Actor, uuid: UUID, *roles: str) -> EvidenceSource | None:
    """The source of this uuid when the actor holds one of these roles at or above its organisation, else None."""
    found: EvidenceSource | None = db.session.scalar(sa.select(EvidenceSource).where(
        EvidenceSource.uuid == uuid, EvidenceSource.organisation_id.in_(organisation_ids_under(actor, *roles))))
    return found


def sources_usable_at(organisation_ids: Any) -> list[EvidenceSource]:
    """The open sources that may be named at any of these organisations (ids or a subselect): kept there or above."""
    above = sa.select(OrganisationClosure.ancestor_id).where(OrganisationClosure.descendant_id.in_(organisation_ids))
    return list(db.session.scalars(
        sa.select(EvidenceSource).where(EvidenceSource.ended_at.is_(None), EvidenceSource.organisation_id.in_(above))
        .order_by(EvidenceSource.name, EvidenceSource.id)))


def source_by_key(key: str, organisation: Organisation) -> EvidenceSource | None:
    """The source of this key when it may be named at the organisation, else None."""
    above = sa.select(OrganisationClosure.ancestor_id).where(OrganisationClosure.descendant_id == organisation.id)
    found: EvidenceSource | None = db.session.scalar(
        sa.select(EvidenceSource).where(EvidenceSource.key == key, EvidenceSource.organisation_id.in_(above)))
    return found


def all_sources() -> list[dict[str, Any]]:
    """Every source, for the command line."""
    return [{"key": one.key, "name": one.name, "address": one.address, "vouched_by": one.vouched_by,
             "organisation": one.organisation, "open": one.ended_at is None, "lines": one.lines}
            for one in (SourceView(*row) for row in db.session.execute(_sources()))]


def external_evidence_kept(person_id: int) -> list[dict[str, Any]]:
    """Everything kept about one person, for the file of their data."""
    return [{"course": one.course_title, "completed_on": str(one.completed_on or ""), "number": one.number,
             "result": one.result, "source": one.source, "taken_in_at": one.checked_at.isoformat(),
             "withdrawn_at": one.ended_at.isoformat() if one.ended_at else None, "reason": one.end_reason}
            for one in external_evidence_of([person_id], withdrawn=True).get(person_id, [])]
