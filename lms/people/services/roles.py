"""Roles are given and ended. Ended rows stay; the signed-in browsers of the person must sign in anew."""

from datetime import datetime

import sqlalchemy as sa

from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Actor, Organisation, Person, RoleGrant
from lms.people.queries.organisations import organisation_ids_above
from lms.people.rules.roles import can_grant
from lms.people.services.sign_ins import end_sign_ins_of


def grant_role(
    person: Person, role: str, organisation: Organisation, *, now: datetime, by: Actor | None = None,
    operator: str | None = None,
) -> RoleGrant:
    """Give a role at an organisation. `by` None is the command line, which may give every role.

    Holding it already changes nothing. A new right ends the person's sign-ins, so that no older cookie gains it.
    Raises DomainError role.not_yours_to_give.
    """
    if by and not can_grant(by, role, at=organisation_ids_above(organisation.id)):
        raise DomainError("role.not_yours_to_give")
    live: RoleGrant | None = db.session.scalar(sa.select(RoleGrant).where(
        RoleGrant.person_id == person.id, RoleGrant.organisation_id == organisation.id, RoleGrant.role == role,
        RoleGrant.ended_at.is_(None)))
    if live:
        return live
    grant = RoleGrant(person_id=person.id, organisation_id=organisation.id, role=role, granted_at=now,
                      granted_by_id=by.id if by else None)
    db.session.add(grant)
    end_sign_ins_of(person.id, why="role_changed", now=now)
    db.session.flush()
    audit.record("role.granted", now=now, actor_id=by.id if by else None, operator=operator,
                 subject=f"person:{person.uuid}", organisation_id=organisation.id, role=role)
    return grant


def end_role(
    grant: RoleGrant, *, now: datetime, by: Actor | None = None, operator: str | None = None, reason: str = "",
) -> None:
    """End a role; the next request of the person is answered without it.

    Raises DomainError role.not_yours_to_give, role.last_admin.
    """
    if by and not can_grant(by, grant.role, at=organisation_ids_above(grant.organisation_id)):
        raise DomainError("role.not_yours_to_give")
    _end([grant], now=now, by=by, operator=operator, reason=reason)


def end_roles_of(person: Person, *, now: datetime, by: Actor | None = None, operator: str | None = None) -> None:
    """End every role of a person who leaves. Raises DomainError role.last_admin."""
    grants = list(db.session.scalars(
        sa.select(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.ended_at.is_(None))))
    _end(grants, now=now, by=by, operator=operator, reason="")


def _end(grants: list[RoleGrant], *, now: datetime, by: Actor | None, operator: str | None, reason: str) -> None:
    if any(grant.role == "admin" for grant in grants) and not _other_admins({grant.id for grant in grants}):
        raise DomainError("role.last_admin")
    for grant in grants:
        grant.ended_at, grant.ended_by_id, grant.reason = now, by.id if by else None, reason or None
        end_sign_ins_of(grant.person_id, why="role_changed", now=now)
        audit.record("role.ended", now=now, actor_id=by.id if by else None, operator=operator,
                     subject=f"role_grant:{grant.id}", organisation_id=grant.organisation_id, role=grant.role)
    db.session.flush()


def _other_admins(but: set[int]) -> bool:
    # Locked, so that two admins cannot remove each other at the same moment.
    held = db.session.scalars(
        sa.select(RoleGrant.id).where(RoleGrant.role == "admin", RoleGrant.ended_at.is_(None)).with_for_update())
    return bool(set(held) - but)
