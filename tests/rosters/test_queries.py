"""Lists as an actor sees them: their own units', their rows page by page, and the form that holds for a unit."""

import pytest
import sqlalchemy as sa

from lms.core import jobs
from lms.core.audit import AuditEvent
from lms.core.bulk import insert_rows
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Person
from lms.rosters.models import RosterRow
from lms.rosters.queries.export import rows_to_export
from lms.rosters.queries.forms import form_for, own_form
from lms.rosters.queries.imports import count_imports, import_for, imports_for, job_of, people_of_import, rows_of
from lms.rosters.services.forms import drop_form, set_form
from lms.rosters.services.imports import discard_import, request_check
from lms.rosters.services.keeping import ROW_COLUMNS
from lms.rosters.writing import DEFAULT_FORM
from tests.factories import NOW, make_actor, make_member, make_organisation, make_person, make_role
from tests.rosters.factories import committed, make_focal_point, make_roster, make_school, sent
from tests.statements import counted


@pytest.fixture
def ward(app):
    return make_organisation("Phường Bến Thu", key="ben-thu")


@pytest.fixture
def school(ward):
    return make_school(parent=ward)


@pytest.fixture
def focal(school):
    return make_focal_point(school)


@pytest.fixture
def stranger(ward):
    return make_focal_point(make_school("Trường khác", parent=ward), "Người Lạ")


@pytest.fixture
def officer(ward):
    person = make_person("Nguyễn Thị Hà")
    make_role(person, "officer", ward)
    return make_actor(person)


def test_a_list_is_seen_by_those_who_may_send_for_its_unit(school, focal, stranger, officer):
    roster = make_roster(school, by=focal)
    mentor = make_person("Người Dìu")
    make_role(mentor, "mentor", school)

    assert [import_for(actor, roster.uuid) for actor in (focal, officer, stranger, make_actor(mentor))] == [
        roster, roster, None, None]
    assert import_for(focal, roster.uuid, kind="results") is None


def test_lists_of_one_s_units_the_newest_first(school, focal, stranger, officer):
    first = committed(school, focal, "Lê Thị Mai,,,,", "Võ An,,090,,", skip_faulty=True)
    second = sent(school, focal, "Hà,,,,")
    discard_import(sent(school, focal, "Bỏ,,,,"), by=focal, now=NOW)

    found = imports_for(focal, now=NOW)
    assert [(one.uuid, one.state, one.rows, one.faulty, one.can_be_undone, one.by, one.organisation) for one in found] == [
        (second.uuid, "uploaded", 0, 0, False, "Trần Thị Đầu", "Trường THCS Bến Thu"),
        (first.uuid, "done", 2, 1, True, "Trần Thị Đầu", "Trường THCS Bến Thu")]
    assert [one.uuid for one in imports_for(focal, most=1, page=2, now=NOW)] == [first.uuid]
    assert (count_imports(focal), count_imports(officer), count_imports(stranger), imports_for(stranger, now=NOW)) == (2, 2, 0, [])


def many_rows(roster, count):
    insert_rows(RosterRow, ROW_COLUMNS, (
        (roster.id, n + 2, "faulty" if n % 10 == 0 else "new", False, {"full_name": f"Người {n}"}, {}, [], [], [], [], False,
         None, None) for n in range(count)))
    db.session.commit()


@pytest.mark.parametrize("count", [1, 120])
def test_a_page_of_rows_costs_the_same_whatever_the_list(school, focal, count):
    roster = make_roster(school, by=focal)
    many_rows(roster, count)
    _ = roster.id

    with counted() as statements:
        page = rows_of(focal, roster)

    assert len(statements) == 4
    assert [row.number for row in page.rows] == list(range(2, min(count, 50) + 2))
    assert (page.page, page.pages, page.total, page.counts["faults"]) == (1, -(-count // 50), count, -(-count // 10))


def test_rows_by_what_is_wrong_with_them(school, focal):
    known = make_person("Lê Thị Mai", phone="0905000001", birth_year=None)
    make_member(known, school)
    family = make_person("Võ An", phone="0905000002", birth_year=None)
    make_member(family, school)
    db.session.commit()
    roster = sent(school, focal, "Lê Thị Mai,,,,", "Võ An,,0905000002,,", "Đỗ Tí,,090,,", "Hà,1980,,,", check=True)

    def shown(show, page=1):
        return [row.number for row in rows_of(focal, roster, show=show, page=page).rows]

    assert {show: shown(show) for show in ("all", "faults", "unclear", "new", "matched", "warnings", "nonsense")} == {
        "all": [2, 3, 4, 5], "faults": [4], "unclear": [2], "new": [5], "matched": [3], "warnings": [2, 5],
        "nonsense": [2, 3, 4, 5]}
    assert shown("all", page=9) == [2, 3, 4, 5]
    unclear, matched = (rows_of(focal, roster, show=show).rows[0] for show in ("unclear", "matched"))
    assert [(one.uuid, one.full_name, one.phone, one.name_agrees) for one in unclear.candidates] == [
        (known.uuid, "Lê Thị Mai", "0905000001", True)]
    assert (matched.matched.uuid, matched.evidence, matched.is_unchanged) == (family.uuid, ("phone", "name"), True)
    fault = rows_of(focal, roster, show="faults").rows[0]
    assert [(one["cell"], one["code"]) for one in fault.faults] == [("C4", "phone.invalid")]
    assert fault.cells["phone"] == "090"


def test_how_far_the_job_of_a_list_is(school, focal):
    roster = sent(school, focal, "Hà,,,,")
    assert job_of(roster, now=NOW) is None
    request_check(roster, by=focal, now=NOW)
    db.session.commit()
    assert job_of(roster, now=NOW).state == "queued"
    jobs.run_due()

    state = job_of(roster, now=NOW)
    assert (state.state, state.percent, state.result) == ("done", 100, {"rows": 1, "new": 1, "matched": 0, "unchanged": 0})


def test_the_people_of_a_list_are_new_and_matched_ones(school, focal):
    committed(school, focal, "Lê Thị Mai,,,,", "Khác,,,,")
    roster = committed(school, focal, "Lê Thị Mai,,,,", "Võ An,,,,")

    ids = people_of_import(focal, roster)
    names = db.session.scalars(sa.select(Person.full_name).where(Person.id.in_(ids)).order_by(Person.id))
    assert names.all() == ["Lê Thị Mai", "Võ An"]


def test_an_export_is_of_the_unit_and_below_and_of_nobody_else(ward, school, focal, stranger, officer):
    team = make_organisation("Tổ Toán", kind="team", parent=school)
    both = make_person("Y Bhăm Êban", birth_year=1990)
    make_member(both, school)
    make_member(both, team)
    make_member(make_person("Người Của Phường"), ward)
    db.session.commit()
    committed(school, focal, "Lê Thị Mai,12/3/1980,0905000001,GV01,Giáo viên")

    rows = rows_to_export(school.id, by=focal)
    assert [(row["full_name"], row["organisation"], row["staff_code"]) for row in rows] == [
        ("Y Bhăm Êban", "Tổ Toán", None), ("Lê Thị Mai", None, "GV01")]
    assert rows_to_export(school.id, by=None) == rows
    assert rows_to_export(school.id, by=stranger) == []
    assert len(rows_to_export(ward.id, by=officer)) == 3


def test_a_form_holds_below_until_somebody_nearer_sets_one(ward, school, officer, focal):
    assert form_for(school.id) == DEFAULT_FORM
    set_form(ward, columns=[("full_name", "Họ tên CBGVNV"), ("phone", "")], lines=[" UBND phường ", ""], by=officer, now=NOW)
    db.session.flush()

    assert (form_for(school.id).columns, form_for(school.id).lines) == (
        (("full_name", "Họ tên CBGVNV"), ("phone", "Số điện thoại")), ("UBND phường",))
    set_form(school, columns=[("class", "Lớp"), ("full_name", "Tên")], lines=[], by=focal, now=NOW)
    assert (form_for(school.id).columns[0], own_form(ward.id).columns[0]) == (("class", "Lớp"), ("full_name", "Họ tên CBGVNV"))
    drop_form(school, by=focal, now=NOW)
    assert (own_form(school.id), form_for(school.id).columns[0]) == (None, ("full_name", "Họ tên CBGVNV"))
    changes = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "roster.form_changed").order_by(AuditEvent.id))
    assert [line.detail for line in changes] == [{"is_own": True}, {"is_own": True}, {"is_own": False}]


@pytest.mark.parametrize(("columns", "lines", "code"), [
    ([("phone", "")], [], "form.name_missing"),
    ([("full_name", ""), ("is_admin", "")], [], "form.column_unknown"),
    ([("full_name", ""), ("full_name", "Tên")], [], "form.column_twice"),
    ([("full_name", "Tên"), ("phone", "tên")], [], "form.column_twice"),
    ([("full_name", "")], ["dòng"] * 13, "form.too_many_lines"),
])
def test_forms_that_are_none(school, focal, columns, lines, code):
    with pytest.raises(DomainError, match=code):
        set_form(school, columns=columns, lines=lines, by=focal, now=NOW)


def test_a_form_is_set_by_those_who_may_send_lists(school, stranger):
    with pytest.raises(DomainError, match="roster.not_yours"):
        set_form(school, columns=[("full_name", "")], lines=[], by=stranger, now=NOW)
    with pytest.raises(DomainError, match="roster.not_yours"):
        drop_form(school, by=stranger, now=NOW)
