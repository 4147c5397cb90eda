"""Confirmations of a person and by an actor. Their state is a fold of what befell them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.assessment.models import Confirmation, ConfirmationEvent, Observation, SentBack
from lms.assessment.models.confirmations import ENDING_KINDS
from lms.core.db import db
from lms.framework.models import Level, Policy
from lms.people.models import Actor, Membership, OrganisationPeriod, Person
from lms.people.queries.organisations import organisation_ids_under
from lms.people.queries.persons import is_or_was
from lms.people.rules.sight import Sight

PAGE = 50
WITHDRAW = ("officer", "admin")


@dataclass(frozen=True, slots=True)
class ConfirmationView:
    """A confirmation with the words its pages show. `ended_why` and `end_reason` are those of the event that ended it."""

    id: int
    uuid: UUID
    person_id: int
    person_uuid: UUID
    full_name: str
    level_ref: str
    level: str                  # short name, for screens
    level_official: str
    policy_id: int
    policy_key: str
    organisation_id: int
    basis: str
    decision_number: str | None
    assessor_id: int | None
    assessor: str | None
    note: str | None
    decided_at: datetime
    valid_until: datetime | None
    ended_at: datetime | None
    evidence: dict[str, Any]
    ended_why: str | None
    end_reason: str | None

    def state_at(self, now: datetime) -> str:
        """`confirmed`, or what ended it: `withdrawn`, `expired`, `superseded`."""
        if self.ended_at is not None:
            return self.ended_why or "withdrawn"
        return "expired" if self.valid_until is not None and self.valid_until <= now else "confirmed"


def _of_the_end(column: Any) -> Any:
    return (
        sa.select(column)
        .where(ConfirmationEvent.confirmation_id == Confirmation.id, ConfirmationEvent.kind.in_(ENDING_KINDS))
        .order_by(ConfirmationEvent.id.desc()).limit(1).correlate(Confirmation).scalar_subquery())


_ASSESSOR = sa.orm.aliased(Person)
_VIEW: Any = (
    sa.select(
        Confirmation.id, Confirmation.uuid, Confirmation.person_id, Person.uuid, Person.full_name,
        Confirmation.level_ref, Level.short_name, Level.official_name, Confirmation.policy_id, Policy.key,
        Confirmation.organisation_id, Confirmation.basis, Confirmation.decision_number, Confirmation.assessor_id,
        _ASSESSOR.full_name, Confirmation.note, Confirmation.decided_at, Confirmation.valid_until,
        Confirmation.ended_at, Confirmation.evidence, _of_the_end(ConfirmationEvent.kind),
        _of_the_end(ConfirmationEvent.reason))
    .join(Person, Person.id == Confirmation.person_id).join(Policy, Policy.id == Confirmation.policy_id)
    .join(Level, Level.ref == Confirmation.level_ref).outerjoin(_ASSESSOR, _ASSESSOR.id == Confirmation.assessor_id)
    .order_by(Confirmation.decided_at.desc(), Confirmation.id.desc())
)


def confirmation_states(person_id: int) -> list[ConfirmationView]:
    """Every confirmation of this person, ended ones included, the newest first. One statement."""
    return [ConfirmationView(*row) for row in db.session.execute(_VIEW.where(is_or_was(Confirmation.person_id, person_id)))]


def confirmed_skills(person_id: int, *, now: datetime) -> frozenset[str]:
    """Refs of the skills that the live confirmations of this person vouch for. One statement."""
    rows = db.session.execute(
        sa.select(Confirmation.evidence, Confirmation.valid_until)
        .where(is_or_was(Confirmation.person_id, person_id), Confirmation.ended_at.is_(None)))
    return frozenset(ref for evidence, until in rows if until is None or until > now for ref in evidence["skills"])


def confirmation_for(actor: Actor, uuid: UUID) -> ConfirmationView | None:
    """The confirmation, when the actor may withdraw those of its organisation; else None."""
    row = db.session.execute(_VIEW.where(
        Confirmation.uuid == uuid,
        Confirmation.organisation_id.in_(organisation_ids_under(actor, *WITHDRAW)))).first()
    return ConfirmationView(*row) if row else None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    lines: list[Any]
    page: int
    pages: int
    total: int


def page_of(total: int, page: int) -> tuple[int, int]:
    """(the page to show, how many there are) for so many lines."""
    pages = max(1, -(-total // PAGE))
    return min(max(1, page), pages), pages


def confirmed_by(actor: Actor, *, page: int = 1) -> Page:
    """What this actor confirmed in organisations where they still assess, the newest first. Two statements."""
    mine = (Confirmation.assessor_id == actor.id,
            Confirmation.organisation_id.in_(organisation_ids_under(actor, "assessor", "officer")))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Confirmation).where(*mine)) or 0
    page, pages = page_of(total, page)
    rows = db.session.execute(_VIEW.where(*mine).limit(PAGE).offset((page - 1) * PAGE))
    return Page([ConfirmationView(*row) for row in rows], page, pages, total)


@dataclass(frozen=True, slots=True)
class SentBackView:
    """Why an assessor asked for more, and who."""

    policy_key: str
    kind: str
    reason: str
    at: datetime
    assessor_id: int
    assessor: str


def sent_back_to(person_ids: Any) -> dict[tuple[int, str], SentBackView]:
    """By (person id, policy key), the last time each of these people was sent back. One statement."""
    rows = db.session.execute(
        sa.select(SentBack.person_id, Policy.key, SentBack.kind, SentBack.reason, SentBack.at, SentBack.assessor_id,
                  Person.full_name)
        .join(Policy, Policy.id == SentBack.policy_id).join(Person, Person.id == SentBack.assessor_id)
        .where(SentBack.person_id.in_(person_ids)).order_by(SentBack.at, SentBack.id))
    return {(row[0], row[1]): SentBackView(*row[1:]) for row in rows}


def kept_about(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that assessors recorded about this person, in plain values by section, oldest first."""
    confirmations = [
        {"uuid": str(one.uuid), "level": one.level_ref, "decided_at": one.decided_at.isoformat(), "by": one.assessor,
         "decision": one.decision_number, "note": one.note, "evidence": one.evidence,
         "ended_at": one.ended_at.isoformat() if one.ended_at else None, "end_reason": one.end_reason}
        for one in reversed(confirmation_states(person_id))]
    observations = db.session.scalars(
        sa.select(Observation).where(Observation.person_id == person_id).order_by(Observation.observed_at, Observation.id))
    asked = db.session.scalars(sa.select(SentBack).where(SentBack.person_id == person_id).order_by(SentBack.at, SentBack.id))
    return {
        "confirmations": confirmations,
        "observations": [{"uuid": str(one.uuid), "marks": one.marks, "note": one.note, "at": one.observed_at.isoformat()}
                         for one in observations],
        "sent_back": [{"kind": one.kind, "reason": one.reason, "at": one.at.isoformat()} for one in asked],
    }


def organisation_names(seen: Sight, person_ids: Any) -> dict[int, str]:
    """By person id, the present names of the organisations through which they are seen, joined. One statement."""
    rows = db.session.execute(
        sa.select(Membership.person_id, sa.func.aggregate_strings(OrganisationPeriod.name, ", "))
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Membership.organisation_id)
        .where(Membership.person_id.in_(person_ids), *seen.memberships(), OrganisationPeriod.valid_to.is_(None))
        .group_by(Membership.person_id))
    return {row[0]: row[1] for row in rows}
