"""Whom a course is for: the pure rule, the rule as data, who does not meet it."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.models import EligibilityRule
from lms.courses.queries.eligibility import reasons_against, rule_at, rule_of_cohort, rules_in_force, rules_of_course
from lms.courses.rules.eligibility import Conditions, Facts, is_eligible, possible_ages
from lms.courses.services.eligibility import set_rule
from lms.people.models import Person
from lms.people.services.cohorts import create_cohort
from tests.courses.factories_enrolments import make_course, make_two_schools
from tests.factories import NOW, make_actor, make_member, make_person, make_role
from tests.people.factories import make_staff

ON = date(2026, 11, 21)


@pytest.mark.parametrize(("facts", "rule", "reasons"), [
    pytest.param(Facts("can-bo"), Conditions(), (), id="no-rule"),
    pytest.param(Facts("can-bo"), Conditions(frozenset({"can-bo", "nguoi-dan"})), (), id="audience-in"),
    pytest.param(Facts("can-bo"), Conditions(frozenset({"nguoi-dan"})), ("audience",), id="audience-out"),
    pytest.param(Facts("can-bo"), Conditions(age_from=18), ("age_unknown",), id="no-birth"),
    pytest.param(Facts("can-bo", 2008), Conditions(age_from=18), (), id="year-may-be-18"),
    pytest.param(Facts("can-bo", 2009), Conditions(age_from=18), ("too_young",), id="year-17-at-most"),
    pytest.param(Facts("can-bo", 2008, date(2008, 11, 22)), Conditions(age_from=18), ("too_young",), id="18-tomorrow"),
    pytest.param(Facts("can-bo", 2008, date(2008, 11, 21)), Conditions(age_from=18), (), id="18-today"),
    pytest.param(Facts("can-bo", 1965), Conditions(age_to=60), (), id="year-may-be-60"),
    pytest.param(Facts("can-bo", 1964), Conditions(age_to=60), ("too_old",), id="year-61-at-least"),
    pytest.param(Facts("can-bo", 1964), Conditions(frozenset({"nguoi-dan"}), 18, 60, True, True),
                 ("audience", "too_old", "organisation", "role"), id="everything-wrong"),
    pytest.param(Facts("can-bo", 1980, None, True, True), Conditions(frozenset({"can-bo"}), 18, 60, True, True), (),
                 id="everything-right"),
])
def test_rule_says_why_not(facts, rule, reasons):
    assert is_eligible(facts, rule, on=ON) == reasons


def test_ages_of_a_leap_day():
    assert possible_ages(Facts("can-bo", 2008, date(2008, 2, 29)), on=date(2026, 2, 28)) == (17,)
    assert possible_ages(Facts("can-bo", 2008, date(2008, 2, 29)), on=date(2026, 3, 1)) == (18,)


def test_those_who_do_not_meet_a_rule_are_found_with_every_reason(app):
    ward, (school, _focal, people), (_other, _focal_b, strangers) = make_two_schools(1)
    course = make_course()
    teacher, mentor, child = make_person("Cô Giáo", audience="can-bo", birth_year=1980), people[0], strangers[0]
    make_member(teacher, school)
    make_role(mentor, "mentor", school)
    child.birth_year = 2015
    officer = make_actor(make_staff("officer", ward))

    rule = set_rule(course, ward, now=NOW, by=officer, audiences=["nguoi-dan"], age_from=18, within=school, role="mentor")
    against = reasons_against([rule], sa.select(Person).where(Person.id.in_([teacher.id, mentor.id, child.id])), on=ON)

    assert against == {teacher.id: ("audience", "role"), child.id: ("too_young", "organisation", "role")}


def test_a_rule_holds_where_it_was_set_and_below(app):
    ward, (school, focal, _people), (other, _focal_b, _strangers) = make_two_schools(0)
    course = make_course()
    officer = make_actor(make_staff("officer", ward))
    of_ward = set_rule(course, ward, now=NOW, by=officer, age_from=18)
    of_school = set_rule(course, school, now=NOW, by=officer, audiences=["can-bo"])
    cohort = create_cohort(organisation=school, name="6A", now=NOW, by=focal)
    of_cohort = set_rule(cohort, school, now=NOW, by=focal, age_to=60)

    assert rules_in_force(course, organisation_id=school.id) == [of_ward, of_school]
    assert rules_in_force(course, organisation_id=school.id, cohort_id=cohort.id) == [of_ward, of_school, of_cohort]
    assert rules_in_force(course, organisation_id=other.id) == [of_ward]
    assert [(line.rule, line.place) for line in rules_of_course(officer, course)] == [
        (of_ward, "Phường Bến Thu"), (of_school, "Trường A")]
    assert rules_of_course(focal, course) == []


def test_a_changed_rule_is_a_new_row_and_the_same_again_changes_nothing(app):
    ward, *_ = make_two_schools(0)
    course, officer = make_course(), make_actor(make_staff("officer", ward))
    first = set_rule(course, ward, now=NOW, by=officer, age_from=18)

    assert set_rule(course, ward, now=NOW, by=officer, age_from=18) is first
    second = set_rule(course, ward, now=NOW + timedelta(days=1), by=officer, age_from=16)
    assert rule_at(course, ward) is second
    assert set_rule(course, ward, now=NOW + timedelta(days=2), by=officer) is None

    assert rule_at(course, ward) is None
    assert [(r.age_from, r.ended_at) for r in db.session.scalars(sa.select(EligibilityRule).order_by(EligibilityRule.id))] == [
        (18, NOW + timedelta(days=1)), (16, NOW + timedelta(days=2))]
    assert db.session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action.startswith("eligibility")).order_by(
        AuditEvent.id)).all() == ["eligibility.set", "eligibility.set", "eligibility.lifted"]


def test_who_may_set_a_rule(app):
    ward, (school, focal, _people), (_other, focal_b, _strangers) = make_two_schools(0)
    course = make_course()
    cohort = create_cohort(organisation=school, name="6A", now=NOW, by=focal)
    author = make_actor(make_staff("author", ward))

    assert set_rule(course, ward, now=NOW, by=author, age_from=18) is not None
    for thing, actor in ((course, focal), (cohort, focal_b), (cohort, author)):
        with pytest.raises(DomainError, match="eligibility.not_yours"):
            set_rule(thing, school, now=NOW, by=actor, age_from=18)
    assert rule_of_cohort(cohort.id) is None


@pytest.mark.parametrize(("values", "code"), [
    ({"audiences": ["la"]}, "eligibility.audience_unknown"), ({"age_from": 121}, "eligibility.age_wrong"),
    ({"age_to": -1}, "eligibility.age_wrong"), ({"age_from": 60, "age_to": 18}, "eligibility.ages_turned"),
    ({"role": "learner"}, "eligibility.role_unknown"),
])
def test_wrong_conditions_are_refused(app, values, code):
    ward, *_ = make_two_schools(0)

    with pytest.raises(DomainError, match=code):
        set_rule(make_course(), ward, now=NOW, by=None, **values)
