"""A unit asks, the ward answers: what is accepted is done at once, with the right of whoever accepts it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Actor, Organisation, Person, Proposal, ProposalEvent, RoleGrant
from lms.people.queries.organisations import organisation_ids_above
from lms.people.queries.persons import people_visible_among
from lms.people.rules.proposals import PROPOSABLE, PROPOSE, can_decide, can_withdraw
from lms.people.services.merges import merge_persons
from lms.people.services.organisations import checked_kind, checked_name, create_organisation, free_key
from lms.people.services.roles import Deputy, grant_role, hand_over

LONGEST_REASON = 500


def propose_organisation(
    organisation: Organisation, *, name: str, kind: str, reason: str, by: Actor, now: datetime,
) -> Proposal:
    """Ask for a new organisation below this one.

    Raises DomainError proposal.not_yours, proposal.reason_missing, organisation.name_missing, organisation.kind_unknown.
    """
    return _propose("organisation", organisation, reason, by=by, now=now,
                    document={"name": checked_name(name), "kind": checked_kind(kind)})


def propose_role(
    organisation: Organisation, person: Person, role: str, *, reason: str, by: Actor, now: datetime,
    deputy: Deputy | None = None,
) -> Proposal:
    """Ask that this person be given a role here.

    Raises DomainError proposal.not_yours, proposal.role_not_asked_for, proposal.reason_missing, role.days_wrong.
    """
    if role not in PROPOSABLE:
        raise DomainError("proposal.role_not_asked_for")
    if deputy and deputy.holds_until and deputy.holds_until <= max(now, deputy.holds_from or now):
        raise DomainError("role.days_wrong")
    days = {name: moment.isoformat() for name, moment in (
        ("holds_from", deputy.holds_from if deputy else None), ("holds_until", deputy.holds_until if deputy else None)) if moment}
    return _propose("role", organisation, reason, by=by, now=now, person_id=person.id, role=role,
                    document={"deputy": deputy is not None, **days}, about=[person])


def propose_hand_over(grant: RoleGrant, to: Person, *, reason: str, by: Actor, now: datetime) -> Proposal:
    """Ask that somebody else hold this role from now on.

    Raises DomainError proposal.not_yours, proposal.role_not_asked_for, proposal.reason_missing, role.same_person.
    """
    if grant.role not in PROPOSABLE:
        raise DomainError("proposal.role_not_asked_for")
    if grant.person_id == to.id:
        raise DomainError("role.same_person")
    organisation = db.session.get_one(Organisation, grant.organisation_id)
    return _propose("hand_over", organisation, reason, by=by, now=now, person_id=to.id, other_id=grant.person_id,
                    role=grant.role, about=[to])


def propose_merge(
    organisation: Organisation, kept: Person, other: Person, *, reason: str, by: Actor, now: datetime,
) -> Proposal:
    """Ask the ward to say that these two are one person.

    Raises DomainError proposal.not_yours, proposal.reason_missing, merge.same_person, merge.names_differ.
    """
    if kept.id == other.id:
        raise DomainError("merge.same_person")
    if kept.folded_name != other.folded_name:
        raise DomainError("merge.names_differ")
    return _propose("merge", organisation, reason, by=by, now=now, person_id=kept.id, other_id=other.id,
                    about=[kept, other])


def accept_proposal(proposal: Proposal, *, by: Actor, now: datetime) -> ProposalEvent:
    """Do what was asked for, in this very transaction, and say so.

    Raises DomainError proposal.not_yours_to_decide, proposal.decided, proposal.overtaken, and what the deed itself raises.
    """
    _check_decider(proposal, by)
    event = _answer(proposal, "accepted", "", by=by, now=now)
    DEEDS[proposal.kind](proposal, by, now)
    return event


def return_proposal(proposal: Proposal, *, reason: str, by: Actor, now: datetime) -> ProposalEvent:
    """Not like this; the unit reads why and may ask anew.

    Raises DomainError proposal.not_yours_to_decide, proposal.decided, proposal.reason_missing.
    """
    _check_decider(proposal, by)
    return _answer(proposal, "returned", _reason(reason), by=by, now=now)


def withdraw_proposal(proposal: Proposal, *, by: Actor, now: datetime) -> ProposalEvent:
    """The unit no longer asks. Raises DomainError proposal.not_yours, proposal.decided."""
    if not can_withdraw(by, proposed_by_id=proposal.proposed_by_id, at=organisation_ids_above(proposal.organisation_id)):
        raise DomainError("proposal.not_yours")
    return _answer(proposal, "withdrawn", "", by=by, now=now)


def _propose(
    kind: str, organisation: Organisation, reason: str, *, by: Actor, now: datetime, document: dict[str, Any] | None = None,
    about: list[Person] | None = None, **values: Any,
) -> Proposal:
    if not organisation_ids_above(organisation.id) & set(by.organisations(*PROPOSE)):
        raise DomainError("proposal.not_yours")
    if about and len(people_visible_among(by, {one.uuid for one in about})) != len(about):
        raise DomainError("proposal.not_yours")
    proposal = Proposal(kind=kind, organisation_id=organisation.id, reason=_reason(reason), proposed_by_id=by.id,
                        proposed_at=now, document=document or {}, **values)
    db.session.add(proposal)
    db.session.flush()
    audit.record("proposal.made", now=now, actor_id=by.id, subject=f"proposal:{proposal.uuid}",
                 organisation_id=organisation.id, kind=kind)
    return proposal


def _reason(text: str) -> str:
    reason = clean(text)[:LONGEST_REASON]
    if not reason:
        raise DomainError("proposal.reason_missing")
    return reason


def _check_decider(proposal: Proposal, by: Actor) -> None:
    at = organisation_ids_above(proposal.organisation_id)
    if not can_decide(by, proposed_by_id=proposal.proposed_by_id, at=at):
        raise DomainError("proposal.not_yours_to_decide")


def _answer(proposal: Proposal, kind: str, reason: str, *, by: Actor, now: datetime) -> ProposalEvent:
    """The one answer there may be: the second of two that come together is refused by the database."""
    event = ProposalEvent(proposal_id=proposal.id, kind=kind, reason=reason or None, by_id=by.id, at=now)
    try:
        with db.session.begin_nested():
            db.session.add(event)
    except IntegrityError as fault:
        raise DomainError("proposal.decided") from fault
    audit.record(f"proposal.{kind}", now=now, actor_id=by.id, subject=f"proposal:{proposal.uuid}",
                 organisation_id=proposal.organisation_id, kind=proposal.kind)
    return event


def _make_organisation(proposal: Proposal, by: Actor, now: datetime) -> None:
    parent = db.session.get_one(Organisation, proposal.organisation_id)
    name = proposal.document["name"]
    create_organisation(key=free_key(name), name=name, kind=proposal.document["kind"], parent=parent, by=by, now=now)


def _give_role(proposal: Proposal, by: Actor, now: datetime) -> None:
    assert proposal.role is not None
    days = {name: datetime.fromisoformat(proposal.document[name]) for name in ("holds_from", "holds_until")
            if name in proposal.document}
    grant_role(db.session.get_one(Person, proposal.person_id), proposal.role,
               db.session.get_one(Organisation, proposal.organisation_id), by=by, now=now, reason=proposal.reason,
               deputy=Deputy(**days) if proposal.document["deputy"] else None)


def _hand_over(proposal: Proposal, by: Actor, now: datetime) -> None:
    grant = db.session.scalar(sa.select(RoleGrant).where(
        RoleGrant.person_id == proposal.other_id, RoleGrant.organisation_id == proposal.organisation_id,
        RoleGrant.role == proposal.role, RoleGrant.ended_at.is_(None)))
    if grant is None:
        raise DomainError("proposal.overtaken")
    hand_over(grant, db.session.get_one(Person, proposal.person_id), reason=proposal.reason, by=by, now=now)


def _merge(proposal: Proposal, by: Actor, now: datetime) -> None:
    merge_persons(db.session.get_one(Person, proposal.person_id), db.session.get_one(Person, proposal.other_id),
                  reason=proposal.reason, by=by, now=now)


DEEDS = {"organisation": _make_organisation, "role": _give_role, "hand_over": _hand_over, "merge": _merge}
