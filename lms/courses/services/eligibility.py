"""Rules that say whom a course or a cohort is for: set, replaced, lifted. Earlier ones stay on record."""

from collections.abc import Collection
from datetime import datetime

from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.models import Course, EligibilityRule
from lms.courses.queries.eligibility import rule_at, rule_of_cohort
from lms.courses.rules.eligibility import SET_RULES, checked_conditions
from lms.people.models import Actor, Cohort, Organisation
from lms.people.queries.organisations import organisation_ids_above
from lms.people.rules.cohorts import MANAGE_COHORTS


def set_rule(
    thing: Course | Cohort, at: Organisation, *, now: datetime, by: Actor | None, audiences: Collection[str] = (),
    age_from: int | None = None, age_to: int | None = None, within: Organisation | None = None, role: str | None = None,
    operator: str | None = None,
) -> EligibilityRule | None:
    """From now on the course (for `at` and below), or the cohort, is for those who meet all of this. Asking for nothing
    lifts the rule; the same again changes nothing. The rule in force, or None.

    Raises DomainError eligibility.not_yours, and what `checked_conditions` raises.
    """
    _check_right(thing, at, by)
    checked_conditions(audiences=audiences, age_from=age_from, age_to=age_to, role=role)
    wanted = (sorted(set(audiences)), age_from, age_to, within.id if within else None, role)
    old = rule_at(thing, at) if isinstance(thing, Course) else rule_of_cohort(thing.id)
    if old and (sorted(old.audiences), old.age_from, old.age_to, old.within_id, old.role) == wanted:
        return old
    if old:
        old.ended_at = now
        db.session.flush()  # first the end of the old one: only one may be in force
    rule = None
    if any(part is not None and part != [] for part in wanted):
        rule = EligibilityRule(
            course_id=thing.id if isinstance(thing, Course) else None, cohort_id=None if isinstance(thing, Course) else thing.id,
            set_at_id=at.id, audiences=wanted[0], age_from=age_from, age_to=age_to, within_id=wanted[3], role=role,
            set_by_id=by.id if by else None, set_at=now)
        db.session.add(rule)
        db.session.flush()
    if old or rule:
        subject = f"course:{thing.key}" if isinstance(thing, Course) else f"cohort:{thing.uuid}"
        audit.record("eligibility.set" if rule else "eligibility.lifted", now=now, actor_id=by.id if by else None,
                     operator=operator, subject=subject, organisation_id=at.id, audiences=wanted[0], age_from=age_from,
                     age_to=age_to, within=within.key if within else None, role=role)
    return rule


def _check_right(thing: Course | Cohort, at: Organisation, by: Actor | None) -> None:
    roles = SET_RULES if isinstance(thing, Course) else MANAGE_COHORTS
    if by and not organisation_ids_above(at.id) & set(by.organisations(*roles)):
        raise DomainError("eligibility.not_yours")
