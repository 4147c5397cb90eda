"""A list on its way: taken in, checked, decided about, written, all in the tables and never before the commit."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from lms.core import jobs, settings
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.throttle import Limit
from lms.people.models import CohortMember, Membership, Person
from lms.people.services.cohorts import create_cohort
from lms.rosters.models import RosterDecision, RosterFile, RosterMapping, RosterRow
from lms.rosters.queries.imports import decisions_of, imports_for, row_counts
from lms.rosters.reading import Choice
from lms.rosters.services.imports import (
    begin_import,
    begin_pasted,
    change_choice,
    correct_cell,
    decide_row,
    discard_import,
    purge_files,
    request_check,
    request_commit,
)
from tests.factories import NOW, make_member, make_organisation, make_person
from tests.people.factories import make_account
from tests.rosters.factories import committed, csv_of, make_focal_point, make_school, sent
from tests.statements import counted


@pytest.fixture
def school(app):
    return make_school()


@pytest.fixture
def focal(school):
    return make_focal_point(school)


def people(*columns):
    return [tuple(row) for row in db.session.execute(
        sa.select(*(columns or (Person.full_name, Person.phone))).where(Person.ended_at.is_(None)).order_by(Person.id))][1:]


def memberships(organisation):
    return [tuple(row) for row in db.session.execute(
        sa.select(Person.full_name, Membership.position, Membership.staff_code, Membership.school_class, Membership.is_claimed)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation.id, Membership.left_on.is_(None)).order_by(Person.id))]


def test_from_the_file_to_the_tables(school, focal):
    roster = sent(school, focal, "Lê Thị Mai,12/3/1980,0905000001,GV01,Giáo viên", "Đỗ Văn Tí,1975,,,")
    assert (roster.state, roster.found["rows"], roster.found["sample_names"]) == ("uploaded", 2, ["Lê Thị Mai", "Đỗ Văn Tí"])

    request_check(roster, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()
    assert (roster.state, people()) == ("checked", [])
    document = roster.document
    assert {key: document[key] for key in ("rows", "new", "matched", "unchanged", "errors", "committed")} == {
        "rows": 2, "new": 2, "matched": 0, "unchanged": 0, "errors": [], "committed": False}
    assert [one["code"] for one in document["warnings"]] == ["date.year_only"]

    request_commit(roster, skip_faulty=False, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()

    assert people(Person.full_name, Person.birth_date, Person.birth_year, Person.phone, Person.audience, Person.secret_hash) == [
        ("Lê Thị Mai", date(1980, 3, 12), 1980, "0905000001", "can-bo", None),
        ("Đỗ Văn Tí", None, 1975, None, "can-bo", None)]
    assert memberships(school) == [("Lê Thị Mai", "Giáo viên", "GV01", None, True), ("Đỗ Văn Tí", None, None, None, True)]
    assert (roster.state, roster.counts) == (
        "done", {"people": 2, "new": 2, "matched": 0, "unchanged": 0, "faulty": 0})


def test_the_file_and_the_preview_are_gone_after_the_commit(school, focal):
    roster = committed(school, focal, "Lê Thị Mai,,,,")

    assert db.session.scalars(sa.select(RosterFile)).all() == []
    assert db.session.scalars(sa.select(RosterRow)).all() == []
    assert roster.found is None


def test_the_same_list_again_changes_nothing(school, focal):
    rows = ["Lê Thị Mai,12/3/1980,0905000001,GV01,Giáo viên", "Đỗ Văn Tí,,,,", "Đỗ Văn Tí,,,,", "H'Hen Niê,1990,,,Văn thư",
            "An,,0905000002,,"]
    committed(school, focal, *rows)
    before = dump()

    again = committed(school, focal, *rows)

    assert again.document["matched"] == again.document["unchanged"] == 5
    assert again.counts == {"people": 5, "new": 0, "matched": 5, "unchanged": 5, "faulty": 0}
    assert dump() == before


def dump():
    return {table: sorted(map(repr, db.session.execute(sa.select(model.__table__))))
            for table, model in (("person", Person), ("membership", Membership), ("cohort_member", CohortMember))}


def test_a_match_fills_in_and_corrects_whoever_never_signed_in(school, focal):
    committed(school, focal, "Lê Thị Mai,,0905000001,GV01,Giáo viên")

    roster = committed(school, focal, "LÊ THỊ MAI,12/3/1980,0905000009,GV01,Tổ trưởng")

    assert people(Person.full_name, Person.phone, Person.birth_date) == [("Lê Thị Mai", "0905000009", date(1980, 3, 12))]
    assert memberships(school) == [("Lê Thị Mai", "Tổ trưởng", "GV01", None, True)]
    assert roster.counts == {"people": 1, "new": 0, "matched": 1, "unchanged": 0, "faulty": 0}


def test_whoever_has_a_pin_keeps_their_own_phone(school, focal):
    account = make_account("Lê Thị Mai", phone="0905000001")
    make_member(account, school).staff_code = "GV01"

    roster = committed(school, focal, "Lê Thị Mai,,0905000009,GV01,")

    assert account.phone == "0905000001"
    assert roster.counts["unchanged"] == 1


def test_faults_stop_the_commit_unless_the_good_rows_are_taken(school, focal):
    roster = sent(school, focal, "Lê Thị Mai,,09050,,", "Đỗ Văn Tí,31/2/1990,,,", "Võ An,,,,", check=True)
    assert [(one["row"], one["cell"], one["code"]) for one in roster.document["errors"]] == [
        (2, "C2", "phone.invalid"), (3, "B3", "date.invalid")]
    assert row_counts(roster) == {"all": 3, "faults": 2, "unclear": 0, "new": 1, "matched": 0, "warnings": 0}

    with pytest.raises(DomainError, match="roster.faults_open") as refused:
        request_commit(roster, skip_faulty=False, by=focal, now=NOW)
    assert refused.value.params == {"count": 2}
    request_commit(roster, skip_faulty=True, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()

    assert people() == [("Võ An", None)]
    assert roster.counts == {"people": 1, "new": 1, "matched": 0, "unchanged": 0, "faulty": 2}
    assert [row.cells["full_name"] for row in db.session.scalars(sa.select(RosterRow).order_by(RosterRow.number))] == [
        "Lê Thị Mai", "Đỗ Văn Tí"]


def test_a_list_of_faults_alone_writes_nothing(school, focal):
    roster = sent(school, focal, "Lê Thị Mai,,09050,,", check=True)

    with pytest.raises(DomainError, match="roster.nothing_to_write"):
        request_commit(roster, skip_faulty=True, by=focal, now=NOW)


def test_a_cell_corrected_on_the_page(school, focal):
    roster = sent(school, focal, "Lê Thị Mai,,09050,,", "Võ An,,,,", check=True)

    correct_cell(roster, 2, "phone", "0905 000 001", by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()

    assert (roster.state, roster.document["errors"], roster.document["new"]) == ("checked", [], 2)
    with pytest.raises(DomainError, match="roster.row_unknown"):
        correct_cell(roster, 99, "phone", "1", by=focal, now=NOW)
    with pytest.raises(DomainError, match="roster.column_unknown"):
        correct_cell(roster, 2, "is_admin", "1", by=focal, now=NOW)


def test_too_many_corrections_are_for_the_file(school, focal, monkeypatch):
    monkeypatch.setattr("lms.rosters.services.imports.MOST_CORRECTIONS", 1)
    roster = sent(school, focal, "Lê Thị Mai,,09050,,", "Võ An,,,,", check=True)
    correct_cell(roster, 2, "phone", "0905 000 001", by=focal, now=NOW)
    roster.state = "checked"

    with pytest.raises(DomainError, match="roster.too_many_corrections"):
        correct_cell(roster, 3, "phone", "1", by=focal, now=NOW)


def unclear_roster(school, focal):
    """A namesake with a telephone number in the school; the row says the name alone."""
    known = make_person("Lê Thị Mai", phone="0905000001", birth_year=None)
    make_member(known, school)
    db.session.commit()
    return known, sent(school, focal, "Lê Thị Mai,,,,Giáo viên", check=True)


def test_an_unclear_row_waits_for_a_decision_which_can_be_taken_back(school, focal):
    known, roster = unclear_roster(school, focal)
    assert (roster.document["new"], [one["code"] for one in roster.document["warnings"]]) == (1, ["person.similar"])
    with pytest.raises(DomainError, match="roster.undecided"):
        request_commit(roster, skip_faulty=False, by=focal, now=NOW)

    decide_row(roster, 2, same_as=None, by=focal, now=NOW)
    decide_row(roster, 2, same_as=known.uuid, by=focal, now=NOW)
    decide_row(roster, 2, same_as=None, take_back=True, by=focal, now=NOW)
    assert decisions_of(roster) == {}
    decide_row(roster, 2, same_as=known.uuid, by=focal, now=NOW)
    request_commit(roster, skip_faulty=False, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()

    assert (roster.state, len(people())) == ("done", 1)
    assert memberships(school) == [("Lê Thị Mai", "Giáo viên", None, None, True)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RosterDecision)) == 4


def test_an_unclear_row_decided_as_somebody_new(school, focal):
    _, roster = unclear_roster(school, focal)
    decide_row(roster, 2, same_as=None, by=focal, now=NOW)
    request_commit(roster, skip_faulty=False, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()

    assert [name for name, _ in people()] == ["Lê Thị Mai", "Lê Thị Mai"]


def test_nobody_but_the_offered_can_be_chosen(school, focal):
    _, roster = unclear_roster(school, focal)
    stranger = make_person("Lê Thị Mai")

    for uuid in (stranger.uuid, make_person("Đỗ Tí").uuid):
        with pytest.raises(DomainError, match="roster.not_a_candidate"):
            decide_row(roster, 2, same_as=uuid, by=focal, now=NOW)
    with pytest.raises(DomainError, match="roster.row_unknown"):
        decide_row(roster, 3, same_as=None, by=focal, now=NOW)


def test_different_names_are_never_offered_as_one(school, focal):
    known = make_person("Phạm Văn Khác", birth_year=None)
    make_member(known, school).staff_code = "GV01"
    db.session.commit()
    roster = sent(school, focal, "Lê Thị Mai,,,GV01,", check=True)

    assert row_counts(roster)["unclear"] == 1
    with pytest.raises(DomainError, match="roster.not_a_candidate"):
        decide_row(roster, 2, same_as=known.uuid, by=focal, now=NOW)


def test_rows_that_no_longer_mean_whom_the_page_showed_are_not_written(school, focal):
    roster = sent(school, focal, "Lê Thị Mai,,0905000001,,", "Võ An,,,,", check=True)
    known = make_person("Lê Thị Mai", phone="0905000001")
    make_member(known, school)
    request_commit(roster, skip_faulty=False, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()

    assert (roster.state, roster.fault["code"], roster.fault["params"]) == ("checked", "roster.changed", {"count": 1})
    assert [name for name, _ in people()] == ["Lê Thị Mai"]


def test_a_class_for_everybody_on_the_list(school, focal):
    cohort = create_cohort(organisation=school, name="Lớp tập huấn", now=NOW, by=focal)
    old = make_person("Võ An", phone="0905000002")
    make_member(old, school)
    roster = committed(school, focal, "Lê Thị Mai,,,,", "Võ An,,0905000002,,", cohort=cohort)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(CohortMember)) == 2
    assert roster.counts == {"people": 2, "new": 1, "matched": 1, "unchanged": 0, "faulty": 0}
    again = committed(school, focal, "Lê Thị Mai,,,,", "Võ An,,0905000002,,", cohort=cohort)
    assert again.counts["unchanged"] == 2


def test_a_class_of_another_school_is_refused(school, focal):
    other = make_school("Trường khác")
    cohort = create_cohort(organisation=other, name="Lớp 1", now=NOW)

    with pytest.raises(DomainError, match="roster.cohort_elsewhere"):
        begin_import(content=csv_of("An,,,,"), filename="a.csv", organisation=school, by=focal, now=NOW, cohort=cohort)


def test_sub_organisations_by_name(school, focal):
    team = make_organisation("Tổ Toán – Tin", kind="team", parent=school)
    header = "Họ và tên,Tổ"
    roster = committed(school, focal, "Lê Thị Mai,Tổ toán – tin", "Võ An,Tổ Không Có", "Đỗ Tí,Tổ Không Có", "Hà,", header=header)

    assert [row[0] for row in memberships(team)] == ["Lê Thị Mai"]
    assert [row[0] for row in memberships(school)] == ["Võ An", "Đỗ Tí", "Hà"]
    again = sent(school, focal, "Lê Thị Mai,Tổ toán – tin", "Võ An,", "Đỗ Tí,Tổ Không Có", "Hà,", header=header, check=True)
    assert (again.document["unchanged"], [(w["row"], w["code"]) for w in again.document["warnings"]]) == (
        4, [(4, "organisation.not_here")])
    assert roster.counts["new"] == 4


def test_an_address_that_somebody_else_has_is_not_written(school, focal):
    make_person("Người Khác", email="mai@benthu.example")
    db.session.commit()
    header = "Họ và tên,Email"

    roster = committed(school, focal, "Lê Thị Mai,mai@benthu.example", header=header)

    assert people(Person.full_name, Person.email)[-1] == ("Lê Thị Mai", None)
    assert roster.counts["new"] == 1


def test_columns_that_give_power_are_ignored(school, focal):
    roster = committed(school, focal, "Lê Thị Mai,admin,1,x,ben-thu,$argon2id$x",
                       header="Họ và tên,role,is_admin,secret_hash,org,password_hash")

    person = db.session.scalars(sa.select(Person).where(Person.full_name == "Lê Thị Mai")).one()
    assert (person.secret_hash, roster.counts["new"]) == (None, 1)


def test_only_for_one_s_own_unit(school, focal):
    other = make_school("Trường khác")

    with pytest.raises(DomainError, match="roster.not_yours"):
        begin_import(content=csv_of("An,,,,"), filename="a.csv", organisation=other, by=focal, now=NOW)
    with pytest.raises(DomainError, match="roster.not_yours"):
        begin_pasted(text="Lê Thị Mai\t0905000001", organisation=other, by=focal, now=NOW)


def test_a_sender_whose_role_ended_meanwhile_writes_nothing(school, focal):
    roster = sent(school, focal, "Lê Thị Mai,,,,", check=True)
    request_commit(roster, skip_faulty=False, by=focal, now=NOW)
    db.session.execute(sa.text("UPDATE role_grant SET ended_at = granted_at"))
    db.session.commit()
    jobs.run_due()

    assert (roster.state, roster.fault["code"], people()) == ("checked", "roster.not_yours", [])


def test_nobody_begins_a_hundred_imports_an_hour(school, focal, monkeypatch):
    monkeypatch.setattr("lms.rosters.services.imports.PER_ACTOR", Limit(2, timedelta(hours=1), timedelta(hours=1)))
    for _ in range(2):
        sent(school, focal, "An,,,,")

    with pytest.raises(DomainError, match="roster.too_many"):
        sent(school, focal, "An,,,,")


def test_pasted_rows(school, focal):
    roster = begin_pasted(text="Họ và tên\tSố điện thoại\nLê Thị Mai\t0905000001\n", organisation=school, by=focal, now=NOW)
    request_check(roster, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()
    request_commit(roster, skip_faulty=False, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()

    assert people() == [("Lê Thị Mai", "0905000001")]


def test_corrected_columns_are_remembered_for_the_next_list(school, focal):
    header = "Họ và tên,Liên lạc"
    roster = sent(school, focal, "Lê Thị Mai,0905000001", header=header)
    change_choice(roster, Choice(columns={"full_name": "A", "phone": "B"}), by=focal, now=NOW)
    assert roster.found["letters"]["phone"] == "B"

    next_one = sent(school, focal, "Võ An,0905000002", header=header)

    assert next_one.found["letters"]["phone"] == "B"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RosterMapping)) == 1
    elsewhere = make_school("Trường khác")
    assert "phone" not in sent(elsewhere, make_focal_point(elsewhere), "Võ An,x", header="Họ và tên,Liên lạc").found["letters"]


def test_a_list_that_is_done_takes_no_more_decisions(school, focal):
    roster = committed(school, focal, "An,,,,")

    for ask in (lambda: request_check(roster, by=focal, now=NOW), lambda: discard_import(roster, by=focal, now=NOW),
                lambda: decide_row(roster, 2, same_as=None, by=focal, now=NOW),
                lambda: change_choice(roster, Choice(), by=focal, now=NOW),
                lambda: request_commit(roster, skip_faulty=True, by=focal, now=NOW)):
        with pytest.raises(DomainError, match="roster.not_open"):
            ask()


def test_a_discarded_list_leaves_no_file_and_no_rows(school, focal):
    roster = sent(school, focal, "Lê Thị Mai,,0905000001,,", check=True)
    discard_import(roster, by=focal, now=NOW)
    db.session.commit()

    assert db.session.scalars(sa.select(RosterFile)).all() == db.session.scalars(sa.select(RosterRow)).all() == []
    assert (roster.state, roster.found, roster.document, imports_for(focal, now=NOW)) == ("discarded", None, None, [])


def test_files_that_nobody_wrote_are_deleted_after_a_week(school, focal):
    old, new = sent(school, focal, "An,,,,"), sent(school, focal, "Bình,,,,")
    for row in db.session.scalars(sa.select(RosterFile)):
        row.stored_at = NOW - timedelta(days=8 if row.roster_id == old.id else 6)
    db.session.commit()

    assert purge_files(now=NOW) == 1
    assert (old.state, new.state) == ("discarded", "uploaded")
    old.state = "uploaded"
    with pytest.raises(DomainError, match="roster.file_gone"):
        change_choice(old, Choice(), by=focal, now=NOW)


def test_the_audit_log_tells_of_the_list_and_of_nobody_on_it(school, focal):
    roster = committed(school, focal, "Lê Thị Mai,,0905000001,,")

    lines = db.session.scalars(sa.select(AuditEvent).where(
        AuditEvent.subject == f"roster:{roster.uuid}").order_by(AuditEvent.id)).all()
    assert [line.action for line in lines] == ["roster.begun", "roster.committed"]
    assert lines[1].detail == {"people": 1, "new": 1, "matched": 0, "unchanged": 0, "faulty": 0}
    assert all(line.actor_id == focal.id and line.organisation_id == school.id for line in lines)
    assert "Mai" not in repr([line.detail for line in lines])


def test_a_check_costs_the_same_statements_for_one_row_and_for_three_hundred(school, focal):
    sizes = []
    settings.current()
    for count in (1, 300):
        roster = sent(school, focal, *(f"Người Số {chr(65 + n % 26)}{'a' * (n // 26)},,09050{n:05d},," for n in range(count)))
        request_check(roster, by=focal, now=NOW)
        db.session.commit()
        with counted() as statements:
            jobs.run_due()
        assert roster.document["new"] == count
        request_commit(roster, skip_faulty=False, by=focal, now=NOW)
        db.session.commit()
        with counted() as writing:
            jobs.run_due()
        assert roster.state == "done"
        db.session.execute(sa.text("UPDATE person SET ended_at = created_at WHERE full_name LIKE 'Người%'"))
        db.session.commit()
        sizes.append((len(statements), len(writing)))

    assert sizes[0] == sizes[1]
