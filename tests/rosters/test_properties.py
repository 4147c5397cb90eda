"""Any list in, out and in again: undoing restores what was, sending twice changes nothing, rights hold from both sides."""

import string
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.core import clock, jobs
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.spreadsheets import SheetToWrite, write_workbook
from lms.people.models import CohortMember, Membership, Person
from lms.people.queries.persons import people_visible_to, person_visible_to
from lms.rosters.models import RosterImport
from lms.rosters.services.imports import begin_import, correct_cell, request_check, request_commit
from lms.rosters.services.undoing import undo_import
from tests.people.factories import make_ward
from tests.rosters.factories import make_focal_point, make_school

HEADING = ("STT", "Họ và tên", "Ngày sinh", "Số điện thoại", "Mã giáo viên", "Chức vụ")
syllable = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạếềễệ", min_size=2, max_size=5).map(str.capitalize)
names = st.lists(syllable, min_size=2, max_size=4).map(" ".join)
phones = st.one_of(st.just(""), st.text(alphabet=string.digits, min_size=8, max_size=8).map("09".__add__))
births = st.one_of(st.just(""), st.dates(min_value=date(1950, 1, 1),
                                         max_value=date(2005, 12, 31)).map("{:%d/%m/%Y}".format))
people = st.tuples(names, births, phones, st.just(""), st.sampled_from(["", "Giáo viên", "Hiệu trưởng"]))
lists = st.lists(people, min_size=1, max_size=8)
SMALL = settings(max_examples=3, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=150, suppress_health_check=list(HealthCheck))


def world():
    """What an undone list must leave as it was: live people, memberships and places in classes."""
    live = {
        "people": sa.select(Person.id, Person.full_name, Person.phone, Person.email, Person.birth_date, Person.birth_year)
        .where(Person.ended_at.is_(None)).order_by(Person.id),
        "memberships": sa.select(Membership.id, Membership.person_id, Membership.organisation_id, Membership.position,
                                 Membership.staff_code, Membership.school_class).where(Membership.left_on.is_(None)),
        "cohorts": sa.select(CohortMember.person_id, CohortMember.cohort_id).where(CohortMember.left_on.is_(None)),
    }
    return {name: sorted(map(repr, db.session.execute(statement))) for name, statement in live.items()}


def checked(place, actor, rows):
    table = [(number, *row) for number, row in enumerate(rows, start=1)]
    roster = begin_import(content=write_workbook([SheetToWrite("DS", HEADING, table)]), filename="ds.xlsx", organisation=place,
                          by=None, operator="cli:test", now=clock.now())
    roster.extra = {"class": "Lớp thử"}
    return settled(roster, request_check(roster, by=None, now=clock.now()))


def settled(roster, _job):
    uuid = roster.uuid
    db.session.commit()
    jobs.run_due()
    return db.session.scalars(sa.select(RosterImport).where(RosterImport.uuid == uuid)).one()


def written(place, actor, rows):
    """The list, written as far as it can be; None when no line can, or when somebody must decide first."""
    roster = checked(place, actor, rows)
    try:
        job = request_commit(roster, skip_faulty=True, by=None, now=clock.now())
    except DomainError as refusal:
        db.session.rollback()
        if refusal.code not in ("roster.faults_open", "roster.nothing_to_write", "roster.undecided"):
            raise
        return None
    return settled(roster, job)


@pytest.fixture
def school(app):
    ward, *_ = make_ward()
    place = make_school(parent=ward)
    actor = make_focal_point(place)
    db.session.commit()
    return place, actor


def undone_is_as_before(school, first, second):
    place, actor = school
    written(place, actor, first)
    before = world()
    roster = written(place, actor, second)
    if roster is None:
        assert world() == before
        return
    undo_import(roster, by=None, operator="cli:test", now=clock.now())
    db.session.commit()
    assert world() == before


def twice_is_once(school, rows):
    place, actor = school
    roster = written(place, actor, rows)
    if roster is None:
        return
    before = world()
    again = checked(place, actor, rows)
    document = again.document
    assert document["new"] + document["matched"] + len({one["row"] for one in document["errors"]}) == document["rows"]
    if document["matched"] == document["rows"]:
        written(place, actor, rows)
        assert world() == before


def sight_agrees(school, rows):
    place, actor = school
    many = db.session.scalar(sa.select(sa.func.count(Person.id)))
    stranger = make_focal_point(make_school("Khác", key=f"khac-{many}"), "Người Khác")
    db.session.commit()
    written(place, actor, rows)
    for one in (actor, stranger):
        seen = {person.id for person in db.session.scalars(people_visible_to(one))}
        for person in db.session.scalars(sa.select(Person)):
            assert (person_visible_to(one, person.uuid) is not None) == (person.id in seen)
    assert {person.full_name for person in db.session.scalars(people_visible_to(stranger))} == set()


def order_does_not_matter(school, rows, order):
    place, actor = school
    results = []
    for keys in (order, list(reversed(order))):
        roster = checked(place, actor, rows)
        for number, text in keys:
            if roster.state == "checked" and number < len(rows):
                roster = settled(roster, correct_cell(roster, number + 2, "position", text, by=None, now=clock.now()))
        results.append({name: roster.document[name] for name in ("rows", "new", "matched", "unchanged", "errors")})
    assert results[0] == results[1]


@given(first=lists, second=lists)
@SMALL
def test_an_undone_list_leaves_the_world_as_it_was(school, first, second):
    undone_is_as_before(school, first, second)


@given(rows=lists)
@SMALL
def test_a_list_sent_twice_is_written_once(school, rows):
    twice_is_once(school, rows)


@given(rows=lists)
@SMALL
def test_what_one_may_see_and_whom_one_sees_are_the_same(school, rows):
    sight_agrees(school, rows)


corrections = st.permutations([(0, "Giáo viên"), (1, "Tổ trưởng"), (2, "Hiệu trưởng")])


@given(rows=lists, order=corrections)
@SMALL
def test_corrections_in_any_order_give_the_same_check(school, rows, order):
    order_does_not_matter(school, rows, order)


@pytest.mark.heavy
@given(first=lists, second=lists)
@MANY
def test_many_undone_lists_leave_the_world_as_it_was(school, first, second):
    undone_is_as_before(school, first, second)


@pytest.mark.heavy
@given(rows=lists)
@MANY
def test_many_lists_sent_twice_are_written_once(school, rows):
    twice_is_once(school, rows)
