"""Enrolments: many at once, once at any moment, changed and ended on the record."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.models import Enrolment, EnrolmentEvent
from lms.courses.queries.enrolments import assigned_at_home, begun_ids, enrolled_ids, not_begun
from lms.courses.queries.home import HomeParts, HomeRows
from lms.courses.services.enrolments import change_due_date, end_enrolments, enrol_people
from lms.people.queries.groups import Group, ids_of, people_of
from lms.people.services.cohorts import add_to_cohort, create_cohort
from tests.courses.factories import lesson_and_version, load, write_course
from tests.courses.factories_enrolments import DUE, make_course, make_two_schools
from tests.factories import NOW, make_actor
from tests.statements import counted

LATER = DUE + timedelta(days=30)


def rows():
    return [(r.person_id, r.due_on, r.via_organisation_id, r.ended_at) for r in db.session.scalars(
        sa.select(Enrolment).order_by(Enrolment.person_id, Enrolment.id).execution_options(populate_existing=True))]


def test_a_whole_school_is_enrolled_in_one_step(app):
    _ward, (school, focal, people), _b = make_two_schools()
    course = make_course()

    enrolled = enrol_people(people_of(focal, Group(organisation_id=school.id)), course, due_on=DUE, by=focal, now=NOW,
                            organisation=school)

    assert enrolled == 2
    assert rows() == [(p.id, DUE, school.id, None) for p in people]
    assert ids_of(people_of(focal, Group()).where(sa.literal_column("person.id").in_(enrolled_ids(course)))) == [
        p.id for p in people]
    line = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "enrolment.begun")).one()
    assert (line.subject, line.organisation_id, line.detail) == (
        "course:khoa-thu", school.id, {"people": 2, "due_on": "2027-03-31"})


def test_a_cohort_is_enrolled_and_whoever_was_stays_as_they_are(app):
    _ward, (school, focal, people), _b = make_two_schools()
    course = make_course()
    cohort = create_cohort(organisation=school, name="6A", now=NOW, by=focal)
    add_to_cohort(cohort, [p.id for p in people], now=NOW, by=focal)
    enrol_people([people[0].id], course, due_on=DUE, by=focal, now=NOW)

    enrolled = enrol_people(people_of(focal, Group(cohort_id=cohort.id)), course, due_on=LATER, by=focal, now=NOW,
                            organisation=school, cohort=cohort)

    assert enrolled == 1
    assert rows() == [(people[0].id, DUE, None, None), (people[1].id, LATER, school.id, None)]


def test_a_changed_last_day_is_kept_as_an_event(app):
    _ward, (_school, focal, people), _b = make_two_schools()
    course = make_course()
    ids = [p.id for p in people]
    enrol_people(ids, course, due_on=DUE, by=focal, now=NOW)

    assert change_due_date(ids, course, due_on=LATER, by=focal, now=NOW) == 2
    assert change_due_date(ids, course, due_on=LATER, by=focal, now=NOW) == 0

    assert [row[1] for row in rows()] == [LATER, LATER]
    events = db.session.scalars(sa.select(EnrolmentEvent).order_by(EnrolmentEvent.id)).all()
    assert [(e.kind, e.due_before, e.due_on, e.by_id) for e in events] == [("due_changed", DUE, LATER, focal.id)] * 2


def test_an_ended_enrolment_stays_on_record_and_may_begin_anew(app):
    _ward, (_school, focal, people), _b = make_two_schools()
    course = make_course()
    enrol_people([people[0].id], course, due_on=DUE, by=focal, now=NOW)

    assert end_enrolments([people[0].id], course, by=focal, now=NOW) == 1
    assert enrol_people([people[0].id], course, due_on=None, by=focal, now=NOW) == 1

    assert rows() == [(people[0].id, DUE, None, NOW), (people[0].id, None, None, None)]
    assert db.session.scalars(sa.select(EnrolmentEvent.kind)).all() == ["ended"]


def test_people_of_another_school_are_not_enrolled(app):
    _ward, (_school, focal, people), (_other, focal_b, strangers) = make_two_schools()
    course = make_course()
    enrol_people([p.id for p in strangers], course, due_on=DUE, by=focal_b, now=NOW)

    assert enrol_people([people[0].id, strangers[0].id], course, due_on=DUE, by=focal, now=NOW) == 1
    assert change_due_date([strangers[0].id], course, due_on=LATER, by=focal, now=NOW) == 0
    assert end_enrolments([strangers[0].id], course, by=focal, now=NOW) == 0

    assert [row[0] for row in rows()] == [people[0].id, *(p.id for p in strangers)]
    assert {row[1:] for row in rows()} == {(DUE, None, None)}


def test_a_retired_course_and_a_last_day_gone_by_are_refused(app):
    _ward, (_school, focal, people), _b = make_two_schools()
    course, retired = make_course(), make_course("khoa-cu", retired_at=NOW)

    with pytest.raises(DomainError, match="course.retired"):
        enrol_people([people[0].id], retired, due_on=DUE, by=focal, now=NOW)
    for day in (date(2026, 11, 20), date(2099, 1, 1)):
        for act in (enrol_people, change_due_date):
            with pytest.raises(DomainError, match="enrolment.due_wrong"):
                act([people[0].id], course, due_on=day, by=focal, now=NOW)
    assert rows() == []


def test_assigned_courses_come_with_what_is_done_the_nearest_day_first(app, tmp_path):
    load(write_course(tmp_path))
    from lms.courses.models import Course, Progress
    course = db.session.scalars(sa.select(Course)).one()
    other = make_course("khoa-sau", "Khóa sau", position=2)
    _ward, (_school, focal, people), _b = make_two_schools()
    enrol_people([people[0].id], course, due_on=LATER, by=focal, now=NOW)
    enrol_people([people[0].id], other, due_on=DUE, by=focal, now=NOW)
    lesson, version = lesson_and_version()
    db.session.add(Progress(person_id=people[0].id, lesson_id=lesson.id, version_id=version.id, started_at=NOW,
                            updated_at=NOW, completed_at=NOW))
    db.session.flush()

    def keep(rows, _now):
        return [(one.key, one.due_on, one.total, one.done) for one in rows]

    parts = HomeParts(cards=(HomeRows(assigned_at_home(), keep),))
    assert parts.cards_for(make_actor(people[0]), NOW) == [("khoa-sau", DUE, 0, 0), ("khoa-thu", LATER, 2, 1)]
    assert parts.cards_for(make_actor(people[1]), NOW) == []
    assert db.session.scalars(begun_ids(course)).all() == [people[0].id]
    assert ids_of(not_begun(people_of(focal, Group()), course)) == [people[1].id]


def test_many_cost_as_many_statements_as_one(app):
    _ward, (school, focal, people), _b = make_two_schools(300)
    ids, costs = [p.id for p in people], []
    for number, some in enumerate((ids[:1], ids)):
        course = make_course(f"khoa-{number}")
        with counted() as sent:
            enrol_people(some, course, due_on=DUE, by=focal, now=NOW, organisation=school)
        costs.append(len(sent))

    assert costs[0] == costs[1] <= 3
