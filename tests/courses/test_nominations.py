"""Nominations: named, accepted, returned, withdrawn; each decided once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.models import Enrolment, Nominated, Nomination, NominationDecision
from lms.courses.queries.nominations import (
    head_of,
    ineligible_on,
    nomination_for,
    nominations_for,
    people_on,
    waiting_ids,
)
from lms.courses.rules.enrolments import DECIDE, NOMINATE
from lms.courses.services.eligibility import set_rule
from lms.courses.services.enrolments import enrol_people
from lms.courses.services.nominations import _decide as decide_about
from lms.courses.services.nominations import accept_nominated, nominate, return_nominated, withdraw_nominated
from lms.people.queries.groups import Group, people_of
from tests.courses.factories_enrolments import DUE, make_course, make_two_schools
from tests.factories import NOW, make_actor
from tests.people.factories import make_staff
from tests.statements import counted


def staged(people=3):
    """(course, school A, its focal point, its people, a nomination of all of them, the ward's officer)."""
    ward, (school, focal, learners), _b = make_two_schools(people)
    course = make_course()
    nomination, named = nominate(people_of(focal, Group(organisation_id=school.id)), course, organisation=school, by=focal,
                                 now=NOW, due_on=DUE, note="Tổ Toán")
    assert named == people
    return course, school, focal, learners, nomination, make_actor(make_staff("officer", ward))


def enrolled():
    return {row.person_id: (row.due_on, row.via_organisation_id, row.enrolled_by_id)
            for row in db.session.scalars(sa.select(Enrolment))}


def states(actor, nomination):
    return {line.full_name: (line.state, line.reason, line.is_exception)
            for line in people_on(actor, nomination, *NOMINATE).lines}


def test_accepted_people_are_enrolled_and_both_sides_see_it(app):
    _course, school, focal, people, nomination, officer = staged()

    assert accept_nominated(nomination, [people[0].id, people[1].id], by=officer, now=NOW) == 2
    assert return_nominated(nomination, [people[2].id], reason="Đã học năm ngoái.", by=officer, now=NOW) == 1

    assert enrolled() == {p.id: (DUE, school.id, officer.id) for p in people[:2]}
    told = {people[0].full_name: ("accepted", None, False), people[1].full_name: ("accepted", None, False),
            people[2].full_name: ("returned", "Đã học năm ngoái.", False)}
    assert states(focal, nomination) == states(officer, nomination) == told
    (line,) = nominations_for(focal, *NOMINATE).lines
    assert (line.people, line.accepted, line.returned, line.withdrawn, line.waiting) == (3, 2, 1, 0, 0)
    assert nominations_for(officer, *DECIDE, waiting=True).lines == []
    actions = db.session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action.startswith("nomination"))
                                 .order_by(AuditEvent.id)).all()
    assert actions == ["nomination.made", "nomination.accepted", "nomination.returned"]


def test_whoever_does_not_meet_the_rule_needs_a_written_exception(app):
    course, school, _focal, people, nomination, officer = staged()
    people[0].birth_year = 2015
    set_rule(course, school, now=NOW, by=officer, age_from=18)
    ids = [p.id for p in people]

    assert ineligible_on(nomination, now=NOW) == {people[0].id: ("too_young",)}
    for exception in ("", "  "):
        with pytest.raises(DomainError, match="nomination.ineligible"):
            accept_nominated(nomination, ids, by=officer, now=NOW, exception=exception)
    assert (enrolled(), sorted(waiting_ids(officer, nomination, *DECIDE))) == ({}, ids)

    assert accept_nominated(nomination, ids, by=officer, now=NOW, exception="Mẹ đi cùng.") == 3

    assert states(officer, nomination) == {
        people[0].full_name: ("accepted", "Mẹ đi cùng.", True),
        **{p.full_name: ("accepted", None, False) for p in people[1:]}}


def test_each_is_decided_once(app):
    _course, _school, focal, people, nomination, officer = staged(1)
    return_nominated(nomination, [people[0].id], reason="Chưa đến đợt.", by=officer, now=NOW)

    for act in (lambda: accept_nominated(nomination, [people[0].id], by=officer, now=NOW),
                lambda: withdraw_nominated(nomination, [people[0].id], by=focal, now=NOW)):
        with pytest.raises(DomainError, match="nomination.nobody"):
            act()
    assert enrolled() == {}
    assert db.session.scalars(sa.select(NominationDecision.kind)).all() == ["returned"]


def test_unit_withdraws_and_names_anew(app):
    course, school, focal, people, nomination, _officer = staged(2)
    ids = [p.id for p in people]
    with pytest.raises(DomainError, match="nomination.nobody"):
        nominate(ids, course, organisation=school, by=focal, now=NOW)

    assert {state for state, *_ in states(focal, nomination).values()} == {"waiting"}
    assert withdraw_nominated(nomination, ids, by=focal, now=NOW) == 2
    again, named = nominate(ids, course, organisation=school, by=focal, now=NOW + timedelta(days=1))

    assert (named, [line.uuid for line in nominations_for(focal, *NOMINATE).lines]) == (2, [again.uuid, nomination.uuid])


def test_the_enrolled_and_strangers_are_not_named(app):
    _ward, (school, focal, people), (_other, _focal_b, strangers) = make_two_schools(2)
    course = make_course()
    enrol_people([people[0].id], course, due_on=None, by=focal, now=NOW)

    _nomination, named = nominate([people[0].id, people[1].id, strangers[0].id], course, organisation=school, by=focal, now=NOW)

    assert named == 1
    with pytest.raises(DomainError, match="nomination.nobody"):
        nominate([strangers[0].id], course, organisation=school, by=focal, now=NOW)


def test_who_may_name_and_decide(app):
    course, school, focal, people, nomination, officer = staged(1)
    from lms.people.models import Organisation
    other = db.session.scalars(sa.select(Organisation).where(Organisation.key == "to-1")).one()
    stranger, far_officer = make_actor(make_staff("focal_point", other)), make_actor(make_staff("officer", other))
    ids = [people[0].id]

    for act in (lambda: nominate(ids, course, organisation=school, by=stranger, now=NOW),
                lambda: withdraw_nominated(nomination, ids, by=stranger, now=NOW),
                lambda: accept_nominated(nomination, ids, by=focal, now=NOW),
                lambda: accept_nominated(nomination, ids, by=far_officer, now=NOW),
                lambda: return_nominated(nomination, ids, reason="x", by=far_officer, now=NOW)):
        with pytest.raises(DomainError, match="nomination.not_yours"):
            act()
    assert nomination_for(stranger, nomination.uuid, *NOMINATE) is None
    assert nomination_for(far_officer, nomination.uuid, *DECIDE) is None
    assert nomination_for(officer, nomination.uuid, *DECIDE).id == nomination.id


def test_nobody_decides_what_they_named_themselves(app):
    course, school, _focal, people, _nomination, officer = staged(1)
    other = make_course("khoa-hai", "Khóa hai", position=2)
    own, _named = nominate([people[0].id], other, organisation=school, by=officer, now=NOW)

    for act in (lambda: accept_nominated(own, [people[0].id], by=officer, now=NOW),
                lambda: return_nominated(own, [people[0].id], reason="x", by=officer, now=NOW)):
        with pytest.raises(DomainError, match="nomination.own"):
            act()
    assert course.id != other.id


@pytest.mark.parametrize(("reason", "code"), [("", "nomination.reason_missing"), ("x" * 301, "reason.too_long")])
def test_returning_says_why(app, reason, code):
    _course, _school, _focal, people, nomination, officer = staged(1)

    with pytest.raises(DomainError, match=code):
        return_nominated(nomination, [people[0].id], reason=reason, by=officer, now=NOW)


@pytest.mark.parametrize(("values", "code"), [
    ({"note": "x" * 301}, "reason.too_long"), ({"due_on": NOW.date() - timedelta(days=1)}, "enrolment.due_wrong")])
def test_a_nomination_is_checked(app, values, code):
    _ward, (school, focal, people), _b = make_two_schools(1)

    with pytest.raises(DomainError, match=code):
        nominate([people[0].id], make_course(), organisation=school, by=focal, now=NOW, **values)
    with pytest.raises(DomainError, match="course.retired"):
        nominate([people[0].id], make_course("cu", retired_at=NOW), organisation=school, by=focal, now=NOW)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Nomination)) == 0


def test_a_last_day_gone_by_is_not_taken_over(app):
    _course, _school, _focal, people, nomination, officer = staged(1)

    accept_nominated(nomination, [people[0].id], by=officer, now=NOW + timedelta(days=200))

    assert [due for due, _via, _by in enrolled().values()] == [None]


def test_head_and_lists_cost_the_same_for_one_and_for_many(app):
    _course, _school, _focal, people, nomination, officer = staged(120)
    ids, costs = [p.id for p in people], []
    assert head_of(nomination).organisation == "Trường A"
    for some in (ids[:1], ids[1:2], ids[2:]):  # the first reads the course and the unit too
        with counted() as sent:
            accept_nominated(nomination, some, by=officer, now=NOW)
        costs.append(len(sent))
    people_on(officer, nomination, *DECIDE)
    with counted() as sent:
        shown = people_on(officer, nomination, *DECIDE, page=3)

    assert costs[1] == costs[2] <= 8
    assert (len(sent), shown.pages, len(shown.lines)) == (2, 3, 20)


def test_of_two_officers_at_once_one_is_told(app):
    _course, _school, _focal, people, nomination, officer = staged(1)
    lines = {one.person_id: one.id for one in db.session.scalars(sa.select(Nominated))}
    return_nominated(nomination, [people[0].id], reason="Chưa đến đợt.", by=officer, now=NOW)

    with pytest.raises(DomainError, match="nomination.decided"):
        decide_about(nomination, lines, "accepted", None, by=officer, now=NOW)
