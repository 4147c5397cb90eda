"""Enrolments and nominations: who may, and until when a course may be due."""

from datetime import date, timedelta

from lms.core.errors import DomainError
from lms.people.models import Actor

ENROL = ("focal_point", "officer", "admin")
NOMINATE = ("focal_point", "officer", "admin")
DECIDE = ("officer", "admin")
LONGEST_DUE = timedelta(days=3 * 366)


def can_enrol(actor: Actor) -> bool:
    """May enrol people in a course (those of their own organisations and those below)."""
    return actor.has_role(*ENROL)


def can_nominate(actor: Actor) -> bool:
    """May name people for a course."""
    return actor.has_role(*NOMINATE)


def can_decide_nominations(actor: Actor) -> bool:
    """May accept or return those whom the units below named."""
    return actor.has_role(*DECIDE)


def checked_due_on(day: date | None, *, on: date) -> date | None:
    """A last day that is to come, or none. Raises DomainError enrolment.due_wrong."""
    if day is not None and not on <= day <= on + LONGEST_DUE:
        raise DomainError("enrolment.due_wrong", first=on)
    return day
