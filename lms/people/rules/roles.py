"""Who may do what to whom, by the roles they hold and where."""

from collections.abc import Collection, Iterable

from lms.people.models import ROLES, Actor, RoleAt

SEE_PEOPLE = ("mentor", "focal_point", "assessor", "officer", "admin")
MAKE_SLIPS = ("mentor", "focal_point", "officer", "admin")
ADD_PEOPLE = ("focal_point", "officer", "admin")
GRANT_ROLES = ("focal_point", "officer", "admin")


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
    return "focal" if actor.has_role("focal_point", "mentor") else "learner"
