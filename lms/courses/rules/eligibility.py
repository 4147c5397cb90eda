"""Whom a course or a cohort is for. The rule is data; this says whether somebody meets it, and if not, why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from lms.core.errors import DomainError
from lms.people.models import AUDIENCES, ROLES, Actor

SET_RULES = ("author", "officer", "admin")
OLDEST = 120
REASONS = ("audience", "age_unknown", "too_young", "too_old", "organisation", "role")
ASKABLE_ROLES = tuple(role for role in ROLES if role != "learner")  # everybody is a learner


@dataclass(frozen=True)
class Conditions:
    """What a rule asks for. An empty condition asks for nothing."""

    audiences: frozenset[str] = frozenset()
    age_from: int | None = None
    age_to: int | None = None
    asks_place: bool = False
    asks_role: bool = False


@dataclass(frozen=True)
class Facts:
    """What is known about a person. `is_within` and `has_role` answer the place and the role that the rule names."""

    audience: str
    birth_year: int | None = None
    birth_date: date | None = None
    is_within: bool = False
    has_role: bool = False


def can_set_rules(actor: Actor) -> bool:
    """May say whom a course is for (in their own organisations and those below)."""
    return actor.has_role(*SET_RULES)


def is_eligible(facts: Facts, rule: Conditions, *, on: date) -> tuple[str, ...]:
    """Why not, as words of REASONS; nothing when the person meets the rule.

    Of somebody whose birth year alone is known both ages of that year are possible; one that fits is enough.
    """
    reasons = ["audience"] if rule.audiences and facts.audience not in rule.audiences else []
    if rule.age_from is not None or rule.age_to is not None:
        reasons += _age_reasons(possible_ages(facts, on=on), rule)
    if rule.asks_place and not facts.is_within:
        reasons.append("organisation")
    if rule.asks_role and not facts.has_role:
        reasons.append("role")
    return tuple(reasons)


def possible_ages(facts: Facts, *, on: date) -> tuple[int, ...]:
    """The ages this person can have on this day, the lowest first; none when neither year nor date of birth is known."""
    if facts.birth_date is not None:
        born = facts.birth_date
        return (on.year - born.year - ((on.month, on.day) < (born.month, born.day)),)
    if facts.birth_year is not None:
        return (on.year - facts.birth_year - 1, on.year - facts.birth_year)
    return ()


def _age_reasons(ages: tuple[int, ...], rule: Conditions) -> list[str]:
    if not ages:
        return ["age_unknown"]
    if rule.age_from is not None and ages[-1] < rule.age_from:
        return ["too_young"]
    if rule.age_to is not None and ages[0] > rule.age_to:
        return ["too_old"]
    return []


def checked_conditions(*, audiences: Collection[str], age_from: int | None, age_to: int | None, role: str | None) -> None:
    """Raises DomainError eligibility.audience_unknown, eligibility.age_wrong, eligibility.ages_turned,
    eligibility.role_unknown."""
    if set(audiences) - set(AUDIENCES):
        raise DomainError("eligibility.audience_unknown")
    if any(age is not None and not 0 <= age <= OLDEST for age in (age_from, age_to)):
        raise DomainError("eligibility.age_wrong", most=OLDEST)
    if age_from is not None and age_to is not None and age_from > age_to:
        raise DomainError("eligibility.ages_turned", age_from=age_from, age_to=age_to)
    if role is not None and role not in ASKABLE_ROLES:
        raise DomainError("eligibility.role_unknown")
