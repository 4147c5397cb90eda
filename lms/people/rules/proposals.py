"""Who may ask the ward for something, and who may answer."""

from collections.abc import Collection

from lms.people.models import Actor

PROPOSE = ("focal_point",)
DECIDE = ("officer", "admin")
# What a unit may ask for. Officers and admins are appointed by those above, not asked for from below.
PROPOSABLE = ("mentor", "instructor", "focal_point")


def can_propose(actor: Actor) -> bool:
    """May ask for something on behalf of their own units."""
    return actor.has_role(*PROPOSE)


def can_decide_proposals(actor: Actor) -> bool:
    """May open what the units below ask for."""
    return actor.has_role(*DECIDE)


def can_decide(actor: Actor, *, proposed_by_id: int, at: Collection[int]) -> bool:
    """May answer this proposal: never one's own. `at` is the unit that asks and everything above it."""
    return actor.id != proposed_by_id and any(held.role in DECIDE and held.organisation_id in at for held in actor.roles)


def can_withdraw(actor: Actor, *, proposed_by_id: int, at: Collection[int]) -> bool:
    """May take it back: who asked, and whoever is the unit's focal point now."""
    return actor.id == proposed_by_id or any(
        held.role in PROPOSE and held.organisation_id in at for held in actor.roles)
