"""Rules that say whom a course or a cohort is for: the ones in force, and who of many people does not meet them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from lms.core.db import db
from lms.courses.models import Course, EligibilityRule
from lms.courses.rules.eligibility import SET_RULES, Conditions, Facts, is_eligible
from lms.people.models import (
    Actor,
    Membership,
    Organisation,
    OrganisationClosure,
    OrganisationPeriod,
    Person,
    RoleGrant,
)
from lms.people.queries.organisations import organisation_ids_under
from lms.people.rules.sight import BELONGS


def rules_in_force(course: Course, *, organisation_id: int, cohort_id: int | None = None) -> list[EligibilityRule]:
    """Every rule that somebody must meet who studies this course through this organisation (and cohort)."""
    above = sa.select(OrganisationClosure.ancestor_id).where(OrganisationClosure.descendant_id == organisation_id)
    of_course = sa.and_(EligibilityRule.course_id == course.id, EligibilityRule.set_at_id.in_(above))
    mine = of_course if cohort_id is None else sa.or_(of_course, EligibilityRule.cohort_id == cohort_id)
    return list(db.session.scalars(
        sa.select(EligibilityRule).where(EligibilityRule.ended_at.is_(None), mine).order_by(EligibilityRule.id)))


def conditions_of(rule: EligibilityRule) -> Conditions:
    """The rule as the pure function takes it."""
    return Conditions(frozenset(rule.audiences), rule.age_from, rule.age_to, rule.within_id is not None, rule.role is not None)


def reasons_against(rules: Sequence[EligibilityRule], people: sa.Select[Any], *, on: date) -> dict[int, tuple[str, ...]]:
    """Of these people (a select of persons) those who do not meet every rule: person id → why not. One statement a rule."""
    found: dict[int, tuple[str, ...]] = {}
    for rule in rules:
        conditions = conditions_of(rule)
        for row in db.session.execute(people.order_by(None).with_only_columns(*_facts(rule))):
            reasons = is_eligible(
                Facts(row.audience, row.birth_year, row.birth_date, bool(row.is_within), bool(row.has_role)), conditions, on=on)
            if reasons:
                found[row.id] = tuple(dict.fromkeys((*found.get(row.id, ()), *reasons)))
    return found


def _facts(rule: EligibilityRule) -> tuple[Any, ...]:
    is_within: Any = sa.literal(True)
    if rule.within_id is not None:
        below = sa.select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id == rule.within_id)
        is_within = Person.id.in_(sa.select(Membership.person_id).where(*BELONGS, Membership.organisation_id.in_(below)))
    has_role: Any = sa.literal(True)
    if rule.role is not None:
        has_role = Person.id.in_(sa.select(RoleGrant.person_id).where(
            RoleGrant.role == rule.role, RoleGrant.ended_at.is_(None)))
    return (Person.id, Person.audience, Person.birth_year, Person.birth_date, is_within.label("is_within"),
            has_role.label("has_role"))


@dataclass(frozen=True)
class RuleLine:
    """A rule in force as a page tells it. `cohort` is the name of the cohort it is for, or None."""

    rule: EligibilityRule
    place: str
    within: str | None


def rules_of_course(actor: Actor, course: Course) -> list[RuleLine]:
    """The rules of this course in force at the organisations where the actor may set them, the oldest first."""
    place, within = sa.orm.aliased(OrganisationPeriod), sa.orm.aliased(OrganisationPeriod)
    rows = db.session.execute(
        sa.select(EligibilityRule, place.name.label("place"), within.name.label("within"))
        .join(place, sa.and_(place.organisation_id == EligibilityRule.set_at_id, place.valid_to.is_(None)))
        .outerjoin(within, sa.and_(within.organisation_id == EligibilityRule.within_id, within.valid_to.is_(None)))
        .where(EligibilityRule.course_id == course.id, EligibilityRule.ended_at.is_(None),
               EligibilityRule.set_at_id.in_(organisation_ids_under(actor, *SET_RULES)))
        .order_by(EligibilityRule.id))
    return [RuleLine(row[0], row.place, row.within) for row in rows]


def rule_of_cohort(cohort_id: int) -> EligibilityRule | None:
    """The rule of this cohort in force."""
    found: EligibilityRule | None = db.session.scalar(sa.select(EligibilityRule).where(
        EligibilityRule.cohort_id == cohort_id, EligibilityRule.ended_at.is_(None)))
    return found


def rule_at(course: Course, organisation: Organisation) -> EligibilityRule | None:
    """The rule of this course in force that was set at exactly this organisation."""
    found: EligibilityRule | None = db.session.scalar(sa.select(EligibilityRule).where(
        EligibilityRule.course_id == course.id, EligibilityRule.set_at_id == organisation.id,
        EligibilityRule.ended_at.is_(None)))
    return found
