"""Cohorts and joining by a code: who may, how a cohort is named, how long and for how many a code may hold."""

from datetime import date, timedelta

from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Actor
from lms.people.rules.identities import ACTIVATION_CODE_LENGTH, normal_activation_code

MANAGE_COHORTS = ("focal_point", "officer", "admin")
LONGEST_COHORT_NAME = 120
LONGEST_REASON = 300
LONGEST_JOINING = timedelta(days=180)
MOST_JOINING = 2000
JOIN_CODE_LENGTH = ACTIVATION_CODE_LENGTH


def can_manage_cohorts(actor: Actor) -> bool:
    """May make cohorts and join codes (in their own organisations and those below)."""
    return actor.has_role(*MANAGE_COHORTS)


def checked_cohort_name(text: str) -> str:
    """The name without stray characters. Raises DomainError cohort.name_missing, cohort.name_too_long."""
    name = clean(text)
    if not name:
        raise DomainError("cohort.name_missing")
    if len(name) > LONGEST_COHORT_NAME:
        raise DomainError("cohort.name_too_long", most=LONGEST_COHORT_NAME, size=len(name))
    return name


def checked_reason(text: str, *, code: str) -> str:
    """A reason for people to read. Raises DomainError `code` when there is none, reason.too_long."""
    reason = clean(text)
    if not reason:
        raise DomainError(code)
    if len(reason) > LONGEST_REASON:
        raise DomainError("reason.too_long", most=LONGEST_REASON, size=len(reason))
    return reason


def checked_joining_until(day: date, *, on: date) -> date:
    """The last day of a join code. Raises DomainError join.until_wrong."""
    if not on <= day <= on + LONGEST_JOINING:
        raise DomainError("join.until_wrong", first=on, last=on + LONGEST_JOINING)
    return day


def checked_joining_most(most: int) -> int:
    """How many may ask with a join code. Raises DomainError join.most_wrong."""
    if not 1 <= most <= MOST_JOINING:
        raise DomainError("join.most_wrong", most=MOST_JOINING)
    return most


def normal_join_code(text: str) -> str | None:
    """A typed join code in normal form; None when it cannot be one."""
    try:
        return normal_activation_code(text[:80])
    except DomainError:
        return None
