"""Who may follow whom, and what a line of the class table says about a learner."""

from datetime import date, datetime

from lms.people.models import Actor

FOLLOW = ("focal_point", "officer", "admin")
LEARNING_STATES = ("not_begun", "learning", "passed", "confirmed")


def can_follow(actor: Actor) -> bool:
    """May see the class tables of the organisations at and below which the role is held."""
    return actor.has_role(*FOLLOW)


def can_run_unit(actor: Actor) -> bool:
    """May open the first page of a focal point."""
    return actor.has_role(*FOLLOW)


def can_run_ward(actor: Actor) -> bool:
    """May open the first page of an officer."""
    return actor.has_role("officer", "admin")


def learning_state(
    *, confirmed: int, passed_at: datetime | None, ended_at: datetime | None, has_begun: bool,
) -> str:
    """One of LEARNING_STATES. `confirmed` counts live confirmations; `ended_at` is when the last one that ended did:
    a test passed before then counts no more. What was learned elsewhere says nothing here."""
    if confirmed:
        return "confirmed"
    if passed_at and (ended_at is None or passed_at > ended_at):
        return "passed"
    return "learning" if has_begun else "not_begun"


def is_overdue(due_on: date | None, state: str, *, today: date) -> bool:
    """Whether the day is over and there is still something to do."""
    return due_on is not None and due_on < today and state in ("not_begun", "learning")
