"""Who may do what to whom, by the roles they hold and where."""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from lms.people.models import ROLES, Actor, RoleAt, RoleGrant

SEE_PEOPLE = ("mentor", "focal_point", "assessor", "officer", "admin")
MAKE_SLIPS = ("mentor", "focal_point", "officer", "admin")
ADD_PEOPLE = ("focal_point", "officer", "admin")
GRANT_ROLES = ("focal_point", "officer", "admin")
MERGE_PEOPLE = ("officer", "admin")


def holds_at(now: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions on the roles that hold at this moment: not ended, and a deputy's only within the days given."""
    return (RoleGrant.ended_at.is_(None), sa.or_(RoleGrant.holds_from.is_(None), RoleGrant.holds_from <= now),
            sa.or_(RoleGrant.holds_until.is_(None), RoleGrant.holds_until > now))


def rank(role: str) -> int:
    """Place of a role in the order from learner (0) to admin."""
    return ROLES.index(role)


def standing(roles: Iterable[RoleAt]) -> int:
    """The rank of the highest of these roles; 0, a learner's, when there is none."""
    return max((rank(held.role) for held in roles), default=0)


def outranks(actor: Actor, roles: Iterable[RoleAt], *, at: Collection[int], by: Collection[str] = ROLES) -> bool:
    """Whether one of the actor's roles named in `by`, held at one of the organisations `at`, is above all `roles`.

    `at` are the organisations of the other person and everything above them.
    """
    mine = standing(held for held in actor.roles if held.role in by and held.organisation_id in at)
    return mine > standing(roles)


def can_see_people(actor: Actor) -> bool:
    """May open the list of learners (of their own organisations and those below)."""
    return actor.has_role(*SEE_PEOPLE)


def can_add_people(actor: Actor) -> bool:
    """May create a person (in their own organisations and those below)."""
    return actor.has_role(*ADD_PEOPLE)


def can_make_slips(actor: Actor) -> bool:
    """May make slips at all; for whom, `can_make_slip_for` says."""
    return actor.has_role(*MAKE_SLIPS)


def can_make_slip_for(actor: Actor, *, person_id: int, roles: Collection[RoleAt], at: Collection[int]) -> bool:
    """May hand this person a slip, with which whoever holds it sets a new PIN.

    Never for oneself, and never for somebody whose roles reach or pass those the actor holds over them:
    a slip is a way into the account.
    """
    return actor.id != person_id and outranks(actor, roles, at=at, by=MAKE_SLIPS)


def can_grant(actor: Actor, role: str, *, at: Collection[int]) -> bool:
    """May give or end this role at an organisation; `at` is that organisation and everything above it.

    Nobody gives a role at or above their own; admins are made on the command line.
    """
    return outranks(actor, [RoleAt(role, 0)], at=at, by=GRANT_ROLES)


def area_of(actor: Actor) -> str:
    """The area of the site whose doors this person needs (lms.web.navigation)."""
    if actor.has_role("officer", "admin"):
        return "officer"
    if actor.has_role("assessor"):
        return "assessor"
    if actor.has_role("focal_point"):
        return "focal"
    return "mentor" if actor.has_role("mentor") else "learner"


def can_keep_roles(actor: Actor) -> bool:
    """May open who holds what (at their own organisations and those below)."""
    return actor.has_role(*GRANT_ROLES)


def can_merge_people(actor: Actor) -> bool:
    """May say that two rows are one person, where they work with both."""
    return actor.has_role(*MERGE_PEOPLE)


def can_ask_for_merge(actor: Actor) -> bool:
    """May say, or ask the ward to say, that two rows are one person."""
    return actor.has_role("focal_point", *MERGE_PEOPLE)


def grantable(actor: Actor) -> tuple[str, ...]:
    """The roles that this actor may give somewhere, from the least to the most. A learner needs none."""
    mine = standing(held for held in actor.roles if held.role in GRANT_ROLES)
    return tuple(role for role in ROLES if 0 < rank(role) < mine)
