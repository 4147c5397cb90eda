"""What units ask for: those an actor may read, with the words their pages show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Actor, OrganisationPeriod, Person, Proposal, ProposalEvent
from lms.people.queries.organisations import organisation_ids_under
from lms.people.rules.proposals import DECIDE, PROPOSE

PAGE = 30
_PERSON, _OTHER, _AUTHOR, _ANSWERER = (sa.orm.aliased(Person) for _ in range(4))


@dataclass(frozen=True)
class ProposalView:
    """A proposal and its answer. `state` is open, accepted, returned or withdrawn."""

    uuid: UUID
    kind: str
    organisation: str
    person: str | None
    person_code: str | None
    other: str | None
    other_code: str | None
    role: str | None
    document: dict[str, Any]
    reason: str
    author_id: int
    author: str
    proposed_at: datetime
    answer: str | None
    answer_reason: str | None
    answered_by: str | None
    answered_at: datetime | None

    @property
    def state(self) -> str:
        """What became of it."""
        return self.answer or "open"


@dataclass(frozen=True)
class ProposalPage:
    """One page of proposals, open ones first, then the newest."""

    lines: list[ProposalView]
    page: int
    pages: int
    total: int
    open: int


_EARLIER = sa.orm.aliased(OrganisationPeriod)
_LAST_NAME: Any = (
    sa.select(_EARLIER.id).where(_EARLIER.organisation_id == Proposal.organisation_id)
    .order_by(_EARLIER.valid_from.desc()).limit(1).correlate(Proposal).scalar_subquery())
_VIEW: Any = (
    sa.select(
        Proposal.uuid, Proposal.kind, OrganisationPeriod.name, _PERSON.full_name, _PERSON.personal_code, _OTHER.full_name,
        _OTHER.personal_code, Proposal.role, Proposal.document, Proposal.reason, Proposal.proposed_by_id,
        _AUTHOR.full_name, Proposal.proposed_at, ProposalEvent.kind, ProposalEvent.reason, _ANSWERER.full_name,
        ProposalEvent.at)
    .select_from(Proposal).join(OrganisationPeriod, OrganisationPeriod.id == _LAST_NAME)
    .join(_AUTHOR, _AUTHOR.id == Proposal.proposed_by_id)
    .outerjoin(_PERSON, _PERSON.id == Proposal.person_id).outerjoin(_OTHER, _OTHER.id == Proposal.other_id)
    .outerjoin(ProposalEvent, ProposalEvent.proposal_id == Proposal.id)
    .outerjoin(_ANSWERER, _ANSWERER.id == ProposalEvent.by_id)
)


def proposals_from(actor: Actor, *, page: int = 1) -> ProposalPage:
    """What the actor's units asked for, whoever was their focal point then. Two statements."""
    return _page(_from(actor), page)


def proposals_to(actor: Actor, *, page: int = 1) -> ProposalPage:
    """What the units below the actor ask for. Two statements."""
    return _page(_to(actor), page)


def open_proposals_to(actor: Actor) -> int:
    """How many wait for the actor's answer. One statement."""
    return db.session.scalar(
        sa.select(sa.func.count(Proposal.id)).outerjoin(ProposalEvent, ProposalEvent.proposal_id == Proposal.id)
        .where(_to(actor), ProposalEvent.id.is_(None))) or 0


def proposal_for(actor: Actor, uuid: UUID) -> Proposal | None:
    """The proposal of this uuid, when the actor's unit made it or it asks the actor; else None."""
    found: Proposal | None = db.session.scalar(
        sa.select(Proposal).where(Proposal.uuid == uuid, sa.or_(_from(actor), _to(actor))))
    return found


def proposal_shown(actor: Actor, uuid: UUID) -> ProposalView | None:
    """The same, with its words."""
    row = db.session.execute(_VIEW.where(Proposal.uuid == uuid, sa.or_(_from(actor), _to(actor)))).first()
    return ProposalView(*row) if row else None


def _from(actor: Actor) -> sa.ColumnElement[bool]:
    return Proposal.organisation_id.in_(organisation_ids_under(actor, *PROPOSE))


def _to(actor: Actor) -> sa.ColumnElement[bool]:
    return Proposal.organisation_id.in_(organisation_ids_under(actor, *DECIDE))


def _page(which: sa.ColumnElement[bool], page: int) -> ProposalPage:
    total, answered = db.session.execute(
        sa.select(sa.func.count(Proposal.id), sa.func.count(ProposalEvent.id))
        .outerjoin(ProposalEvent, ProposalEvent.proposal_id == Proposal.id).where(which)).one()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = db.session.execute(
        _VIEW.where(which).order_by(ProposalEvent.id.is_not(None), Proposal.id.desc())
        .limit(PAGE).offset((page - 1) * PAGE))
    return ProposalPage([ProposalView(*row) for row in rows], page, pages, total, total - answered)
