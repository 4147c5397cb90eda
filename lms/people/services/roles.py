"""Roles are given, handed over and ended. Ended rows stay; the signed-in browsers of the person must sign in anew."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Actor, Organisation, Person, RoleGrant
from lms.people.queries.organisations import organisation_ids_above
from lms.people.rules.roles import can_grant
from lms.people.services.sign_ins import end_sign_ins_of

LONGEST_REASON = 300
RAN_OUT = "the days given are over"


@dataclass(frozen=True)
class Deputy:
    """Somebody holds a role beside its holder: from this moment (None: at once), until this one (None: until ended)."""

    holds_from: datetime | None = None
    holds_until: datetime | None = None


def grant_role(
    person: Person, role: str, organisation: Organisation, *, now: datetime, by: Actor | None = None,
    operator: str | None = None, deputy: Deputy | None = None, reason: str = "",
) -> RoleGrant:
    """Give a role at an organisation. `by` None is the command line, which may give every role.

    Holding it already changes nothing. A new right ends the person's sign-ins, so that no older cookie gains it.
    Raises DomainError role.not_yours_to_give, role.person_ended, role.days_wrong.
    """
    _check_right(role, organisation.id, by)
    if person.ended_at is not None:
        raise DomainError("role.person_ended")
    days = deputy or Deputy()
    if days.holds_until and days.holds_until <= max(now, days.holds_from or now):
        raise DomainError("role.days_wrong")
    live: RoleGrant | None = db.session.scalar(_live(role, organisation.id).where(RoleGrant.person_id == person.id))
    if live and (live.holds_until is None or live.holds_until > now):
        return live
    if live:  # its days are over, and nobody has swept it away yet
        _end([live], now=now, by=by, operator=operator, reason=RAN_OUT)
    grant = RoleGrant(
        person_id=person.id, organisation_id=organisation.id, role=role, granted_at=now,
        granted_by_id=by.id if by else None, is_deputy=deputy is not None, holds_from=days.holds_from,
        holds_until=days.holds_until)
    db.session.add(grant)
    end_sign_ins_of(person.id, why="role_changed", now=now)
    db.session.flush()
    detail = {"deputy": True} if deputy else {}
    audit.record("role.granted", now=now, actor_id=by.id if by else None, operator=operator, **_told(reason),
                 subject=f"person:{person.uuid}", organisation_id=organisation.id, role=role, **detail)
    return grant


def end_role(
    grant: RoleGrant, *, now: datetime, by: Actor | None = None, operator: str | None = None, reason: str = "",
) -> None:
    """End a role; the next request of the person is answered without it. Ending it again changes nothing.

    Raises DomainError role.not_yours_to_give, role.last_admin.
    """
    _check_right(grant.role, grant.organisation_id, by)
    if grant.ended_at is None:
        _end([grant], now=now, by=by, operator=operator, reason=reason)


def end_roles_of(
    person: Person, *, now: datetime, by: Actor | None = None, operator: str | None = None, reason: str = "",
) -> None:
    """End every role of a person who leaves. Raises DomainError role.last_admin."""
    grants = list(db.session.scalars(
        sa.select(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.ended_at.is_(None))))
    _end(grants, now=now, by=by, operator=operator, reason=reason)


def hand_over(
    grant: RoleGrant, to: Person, *, reason: str, now: datetime, by: Actor | None = None, operator: str | None = None,
) -> RoleGrant:
    """One action: `to` holds the role from now on, and who held it no longer does. What was open stays with the unit.

    The new grant comes first, so that the last administrator never is none; who was the deputy becomes the holder.
    Raises DomainError role.not_yours_to_give, role.ended, role.same_person, role.reason_missing, role.person_ended.
    """
    _check_right(grant.role, grant.organisation_id, by)
    reason = checked_reason(reason)
    db.session.refresh(grant, with_for_update=True)  # two hand-overs at one moment: the second finds it ended
    if grant.ended_at is not None:
        raise DomainError("role.ended")
    if grant.person_id == to.id:
        raise DomainError("role.same_person")
    organisation = db.session.get_one(Organisation, grant.organisation_id)
    as_deputy = db.session.scalar(_live(grant.role, organisation.id).where(
        RoleGrant.person_id == to.id, RoleGrant.is_deputy.is_(True)))
    if as_deputy:
        _end([as_deputy], now=now, by=by, operator=operator, reason=reason)
    new = grant_role(to, grant.role, organisation, now=now, by=by, operator=operator, reason=reason)
    _end([grant], now=now, by=by, operator=operator, reason=reason)
    audit.record("role.handed_over", now=now, actor_id=by.id if by else None, operator=operator, subject=f"person:{to.uuid}",
                 organisation_id=organisation.id, role=grant.role, **_told(reason))
    return new


def end_due_roles(*, now: datetime) -> int:
    """End the roles of deputies whose days are over; returns how many. Safe to run twice."""
    due = list(db.session.scalars(sa.select(RoleGrant).where(
        RoleGrant.ended_at.is_(None), RoleGrant.holds_until <= now).order_by(RoleGrant.id).limit(500)))
    for grant in due:
        try:
            _end([grant], now=now, by=None, operator=None, reason=RAN_OUT)
        except DomainError:  # the last administrator stays
            grant.holds_until = None
    return len(due)


def checked_reason(text: str) -> str:
    """A reason as it is kept. Raises DomainError role.reason_missing."""
    reason = clean(text)[:LONGEST_REASON]
    if not reason:
        raise DomainError("role.reason_missing")
    return reason


def _told(reason: str) -> dict[str, str]:
    return {"reason": reason[:LONGEST_REASON]} if reason else {}


def _check_right(role: str, organisation_id: int, by: Actor | None) -> None:
    if by and not can_grant(by, role, at=organisation_ids_above(organisation_id)):
        raise DomainError("role.not_yours_to_give")


def _live(role: str, organisation_id: int) -> sa.Select[RoleGrant]:
    return sa.select(RoleGrant).where(
        RoleGrant.organisation_id == organisation_id, RoleGrant.role == role, RoleGrant.ended_at.is_(None))


def _end(grants: list[RoleGrant], *, now: datetime, by: Actor | None, operator: str | None, reason: str) -> None:
    if any(grant.role == "admin" for grant in grants) and not _other_admins({grant.id for grant in grants}, now=now):
        raise DomainError("role.last_admin")
    for grant in grants:
        grant.ended_at, grant.ended_by_id = now, by.id if by else None
        grant.reason = reason[:LONGEST_REASON] or None
        end_sign_ins_of(grant.person_id, why="role_changed", now=now)
        audit.record("role.ended", now=now, actor_id=by.id if by else None, operator=operator, **_told(reason),
                     subject=f"role_grant:{grant.id}", organisation_id=grant.organisation_id, role=grant.role)
    db.session.flush()


def _other_admins(but: set[int], *, now: datetime) -> bool:
    # Locked, so that two admins cannot remove each other at the same moment. One for a while does not count.
    held = db.session.scalars(
        sa.select(RoleGrant.id).where(
            RoleGrant.role == "admin", RoleGrant.ended_at.is_(None), RoleGrant.holds_until.is_(None),
            sa.or_(RoleGrant.holds_from.is_(None), RoleGrant.holds_from <= now)).with_for_update())
    return bool(set(held) - but)
