"""A unit that has ended takes nobody in any more: by no list, no command, no code, no class, no enrolment."""

from datetime import date

import pytest
import sqlalchemy as sa

from lms.core import jobs
from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.models import Enrolment, Nomination
from lms.courses.services.enrolments import enrol_people
from lms.courses.services.nominations import accept_nominated, nominate, return_nominated
from lms.people.models import Cohort, CohortMember, JoinRequest, Membership, Person
from lms.people.queries.joining import code_of, open_join_code_of
from lms.people.services.cohorts import add_to_cohort, create_cohort
from lms.people.services.joining import approve_requests, ask_to_join, open_join_code, return_requests
from lms.people.services.organisations import end_organisation
from lms.people.services.persons import add_member, create_person
from lms.rosters.models import RosterImport
from lms.rosters.services.imports import begin_import, begin_pasted, request_check, request_commit
from tests.courses.factories_enrolments import DUE, make_course, make_two_schools
from tests.factories import NOW, make_actor, make_person
from tests.people.factories import make_staff
from tests.rosters.factories import csv_of, sent

LIST, UNTIL = "Lê Thị Mới,12/3/1980,0905000001,,", date(2026, 12, 20)


class Unit:
    """A school on the eve of its end: its people, a class, a code that somebody asked with, a nomination."""

    def __init__(self):
        ward, (self.school, self.focal, self.people), _other = make_two_schools()
        self.officer = make_actor(make_staff("officer", ward))
        self.course = make_course()
        self.cohort = create_cohort(organisation=self.school, name="6A", now=NOW, by=self.focal)
        self.code = open_join_code(organisation=self.school, until=UNTIL, most=5, now=NOW, by=self.focal)
        self.new = make_person("Người Mới")
        self.request = ask_to_join(self.code, by=make_actor(self.new), now=NOW)
        self.nomination, _count = nominate([self.people[0].id], self.course, organisation=self.school, by=self.focal, now=NOW)

    def end(self):
        end_organisation(self.school, on=NOW.date(), now=NOW)
        db.session.commit()


@pytest.fixture
def unit(app):
    return Unit()


def tables():
    return {model.__tablename__: db.session.scalar(sa.select(sa.func.count()).select_from(model))
            for model in (Person, Membership, Cohort, CohortMember, JoinRequest, Enrolment, Nomination, RosterImport)}


REFUSED = {
    "list": lambda u: begin_import(content=csv_of(LIST), filename="ds.csv", organisation=u.school, by=u.focal, now=NOW),
    "pasted": lambda u: begin_pasted(text=csv_of(LIST).decode(), organisation=u.school, by=u.focal, now=NOW),
    "person": lambda u: create_person(full_name="Lê Mới", organisation=u.school, by=u.officer, now=NOW),
    "member": lambda u: add_member(u.new, u.school, now=NOW),
    "class": lambda u: create_cohort(organisation=u.school, name="6B", by=u.focal, now=NOW),
    "into the class": lambda u: add_to_cohort(u.cohort, [u.people[0].id], by=None, now=NOW),
    "code": lambda u: open_join_code(organisation=u.school, until=UNTIL, most=5, by=u.focal, now=NOW),
    "request": lambda u: approve_requests([u.request], by=u.officer, now=NOW),
    "enrolment": lambda u: enrol_people([u.people[0].id], u.course, due_on=DUE, by=None, now=NOW, organisation=u.school),
    "enrolment of the class": lambda u: enrol_people([u.people[0].id], u.course, due_on=DUE, by=None, now=NOW, cohort=u.cohort),
    "nomination": lambda u: nominate([u.people[1].id], u.course, organisation=u.school, by=u.focal, now=NOW),
    "acceptance": lambda u: accept_nominated(u.nomination, [u.people[0].id], by=u.officer, now=NOW),
}


@pytest.mark.parametrize("take_in", REFUSED.values(), ids=REFUSED)
def test_nobody_comes_into_a_unit_that_has_ended(unit, take_in):
    unit.end()
    before = tables()

    with pytest.raises(DomainError) as refusal:
        take_in(unit)

    db.session.rollback()
    assert (refusal.value.code, refusal.value.params) == ("organisation.ended", {"key": unit.school.key})
    assert tables() == before


def test_what_waits_there_can_still_be_returned(unit):
    unit.end()

    assert return_requests([unit.request], reason="Trường đã giải thể.", by=unit.officer, now=NOW) == 1
    assert return_nominated(unit.nomination, [unit.people[0].id], reason="Trường đã giải thể.", by=unit.officer, now=NOW) == 1


def test_its_code_answers_as_a_closed_one(unit):
    assert open_join_code_of(code_of(unit.code), now=NOW).id == unit.code.id
    unit.end()

    with pytest.raises(DomainError) as refusal:
        open_join_code_of(code_of(unit.code), now=NOW)
    assert (refusal.value.code, refusal.value.params) == ("join.unknown", {})
    with pytest.raises(DomainError, match="join.unknown"):
        ask_to_join(unit.code, by=make_actor(make_person("Người Sau")), now=NOW)


@pytest.mark.parametrize("step", ["check", "commit"])
def test_a_list_on_its_way_stops_when_the_unit_ends(unit, step):
    roster = sent(unit.school, None, LIST, check=step == "commit")
    unit.end()
    before = tables()
    if step == "check":
        request_check(roster, by=None, now=NOW)
    else:
        request_commit(roster, skip_faulty=False, by=None, now=NOW)
    db.session.commit()

    jobs.run_due()

    assert (roster.state, roster.fault["code"]) == ("failed" if step == "check" else "checked", "organisation.ended")
    assert tables() == before


@pytest.mark.parametrize("command", [
    ("user", "create", "--name", "Lê Mới", "--org"), ("roster", "import", "ds.csv", "--org"),
    ("roster", "import", "ds.csv", "--dry-run", "--org")], ids=["user", "roster", "dry run"])
def test_no_command_brings_anybody_there(unit, app, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ds.csv").write_bytes(csv_of(LIST))
    unit.end()
    before = tables()

    done = app.test_cli_runner().invoke(args=[*command, unit.school.key])

    assert done.exit_code != 0
    assert "organisation.ended" in done.output or "đã kết thúc" in done.output
    assert tables() == before


def test_whoever_registers_with_its_address_joins_the_body(unit, client):
    unit.end()

    page = client.get(f"/dang-ky?don-vi={unit.school.key}")

    assert page.status_code == 200
    assert "Trường A" not in page.get_data(as_text=True)
