"""Who may ask for lists, hand them in and remind people, and until when."""

from datetime import date

from lms.people.models import Actor

ASK = ("officer", "admin")
HAND_IN = ("focal_point", "officer", "admin")
REMIND = ("focal_point", "officer", "admin")
# States in which a list can be handed in, taken back, received or returned.
MAY_SUBMIT = ("waiting", "returned")
MAY_WITHDRAW = ("submitted", "received")
MAY_DECIDE = ("submitted", "received")


def can_ask(actor: Actor) -> bool:
    """May ask units for lists (those at and below where the role is held)."""
    return actor.has_role(*ASK)


def can_hand_in(actor: Actor) -> bool:
    """May hand in the list of a unit (at and below where the role is held)."""
    return actor.has_role(*HAND_IN)


def can_remind(actor: Actor) -> bool:
    """May remind learners (of the organisations at and below which the role is held)."""
    return actor.has_role(*REMIND)


def last_day(due_on: date, until: date | None) -> date:
    """The last day on which a unit may hand in: the request's, or a later one that the ward gave this unit."""
    return max(due_on, until) if until else due_on


def is_open(due_on: date, until: date | None, *, today: date) -> bool:
    """Whether a unit may still hand in today. The last day counts whole."""
    return today <= last_day(due_on, until)
