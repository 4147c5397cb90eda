"""What may happen to an attempt, and when. Pure: moments and numbers in, answers out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.core.errors import DomainError

# Starts of one assessment by one person within 24 hours. Nobody learns that fast; a script that harvests a bank does.
STARTS_A_DAY = {"counting": 5, "practice": 20}
A_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands with an assessment before starting it."""

    attempts: int                       # so far, dropped ones included
    started_today: int                  # within the last 24 hours
    last_closed_at: datetime | None
    lessons_missing: int = 0            # lessons that the level policy asks for first

    def opens_at(self, wait_hours: int) -> datetime | None:
        """From when the next attempt may start; None when there was none before."""
        return self.last_closed_at + timedelta(hours=wait_hours) if self.last_closed_at else None


def check_may_start(standing: Standing, *, use: str, max_attempts: int | None, wait_hours: int, now: datetime) -> None:
    """Whether a new attempt may start now; an open one is continued instead and never comes here.

    Raises DomainError: attempt.lessons_first, attempt.none_left, attempt.wait, attempt.too_many_today.
    """
    if standing.lessons_missing:
        raise DomainError("attempt.lessons_first", count=standing.lessons_missing)
    if max_attempts is not None and standing.attempts >= max_attempts:
        raise DomainError("attempt.none_left", count=max_attempts)
    opens_at = standing.opens_at(wait_hours)
    if opens_at and now < opens_at:
        raise DomainError("attempt.wait", opens_at=opens_at)
    if standing.started_today >= STARTS_A_DAY[use]:
        raise DomainError("attempt.too_many_today", count=STARTS_A_DAY[use])


def deadlines(
    started_at: datetime, *, minutes: int, grace_seconds: int, extra_time_percent: int,
) -> tuple[datetime, datetime]:
    """(due_at, closes_at): the end that the learner sees, and the end with grace. Extra time lengthens the first."""
    due_at = started_at + timedelta(seconds=minutes * 60 * (100 + extra_time_percent) / 100)
    return due_at, due_at + timedelta(seconds=grace_seconds)


def is_over(closes_at: datetime, *, now: datetime) -> bool:
    """Whether the grace has passed. The last moment of the grace still counts."""
    return now > closes_at


def state_at(state: str, *, due_at: datetime, closes_at: datetime, answered: int, now: datetime) -> str:
    """`in_progress`, `overdue`, `submitted` or `abandoned` at this moment.

    Overdue: the time is up, saving and submitting are still accepted until `closes_at`. After it an open attempt
    counts as submitted with what was saved, or as abandoned when nothing was ever answered; the row follows later.
    """
    if state != "in_progress" or now <= due_at:
        return state
    if not is_over(closes_at, now=now):
        return "overdue"
    return "submitted" if answered else "abandoned"


def seconds_left(due_at: datetime, *, now: datetime) -> int:
    """Whole seconds until the end that the learner sees; 0 afterwards."""
    return max(0, int((due_at - now).total_seconds()))


def may_show_answers(show_answers: str, *, state: str) -> bool:
    """Whether right answers and feedback may be shown: only after the end, and only where the assessment allows it."""
    return state == "submitted" and show_answers == "after_submit"


@dataclass(frozen=True, slots=True)
class Marks:
    """What one tells people apart by."""

    folded_name: str
    birth_year: int | None
    phone: str | None


def likeness(one: Marks, other: Marks) -> tuple[str, ...]:
    """In what two accounts are alike, so that they may belong to one person: `phone`, `name_and_birth_year`.

    Families share a phone and namesakes are born in one year, so either alone proves nothing. Both together do.
    """
    phone = one.phone is not None and one.phone == other.phone
    named = one.birth_year is not None and (one.folded_name, one.birth_year) == (other.folded_name, other.birth_year)
    return (*(["phone"] if phone else []), *(["name_and_birth_year"] if named else []))


def is_proof(alike: tuple[str, ...]) -> bool:
    """Whether two accounts so alike are one person's."""
    return len(alike) == 2
