"""Lists of results from other platforms: read, matched, written as evidence, undone, sent again."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from lms.assessment.models import Confirmation, ExternalEvidence
from lms.assessment.queries.external_evidence import count_external_evidence, external_evidence_of
from lms.assessment.services.external_evidence import end_source
from lms.core import clock, jobs
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.spreadsheets import SheetToWrite, write_csv, write_workbook
from lms.people.models import Membership, Person
from lms.rosters.models import RosterFile, RosterImport, RosterRow
from lms.rosters.reading import read_roster
from lms.rosters.reading.result_words import RESULTS
from lms.rosters.rules.results import check_results
from lms.rosters.services.imports import decide_row, discard_import
from lms.rosters.services.results import begin_results, request_results_check, request_results_commit, undo_results
from lms.web.phrases import ERRORS
from lms.web.phrases.external_evidence import result_sentence
from tests.assessment.test_external_evidence import make_source
from tests.factories import NOW, make_actor, make_member, make_person
from tests.people.factories import make_learner, make_staff, make_ward
from tests.rosters.factories import make_focal_point, make_school
from tests.statements import counted

TODAY = date(2026, 11, 21)
HEADING = ("STT", "Họ và tên", "Ngày sinh", "Điện thoại", "Khóa học", "Ngày hoàn thành", "Số giấy chứng nhận", "Kết quả")


def workbook(rows, heading=HEADING, lines=("NỀN TẢNG HỌC SỐ", "KẾT QUẢ KHÓA HỌC")):
    return write_workbook([SheetToWrite("Kết quả", heading, rows, lines=lines)])


def row(number, name, phone="", *, born="", course="Kỹ năng số cơ bản", day="02/05/2026", paper=None, result="Đạt"):
    return (number, name, born, phone, course, day, paper or f"HS-{number:04d}", result)


def read(rows, **values):
    return read_roster(workbook(rows, **values), filename="ket-qua.xlsx", vocabulary=RESULTS)


@pytest.fixture
def school(app):
    """(school, its focal point, a source)."""
    ward, *_ = make_ward()
    place = make_school(parent=ward)
    return place, make_focal_point(place), make_source(ward)


def check(roster, *, by=None):
    request_results_check(roster, by=by, now=NOW)
    db.session.commit()
    assert jobs.run_due() == 1
    db.session.refresh(roster)
    return roster


def begin(school, rows, *, by="focal", **values):
    place, focal, source = school
    actor = focal if by == "focal" else by
    return begin_results(content=workbook(rows), filename="ket-qua.xlsx", organisation=place, source=source, by=actor,
                         operator=None if actor else "cli:test", now=clock.now(), **values)


def taken_in(school, rows, *, by="focal", skip_faulty=False, **values):
    roster = check(begin(school, rows, by=by, **values), by=school[1] if by == "focal" else by)
    request_results_commit(roster, skip_faulty=skip_faulty, by=school[1] if by == "focal" else by, now=clock.now())
    db.session.commit()
    jobs.run_due()
    db.session.refresh(roster)
    return roster


def figures(roster):
    return {name: roster.document[name] for name in ("rows", "new", "matched", "unchanged", "committed")}


def refusal(call, *arguments, **values):
    with pytest.raises(DomainError) as caught:
        call(*arguments, **values)
    assert caught.value.code in ERRORS, caught.value.code
    db.session.rollback()
    return caught.value.code


def dump():
    """Everything about people that a list of results must not touch."""
    return {model.__tablename__: sorted(map(repr, db.session.execute(sa.select(model.__table__))))
            for model in (Person, Membership)}


# ---------- reading and checking


@pytest.mark.parametrize(("words", "key"), [
    ("Tên khóa học", "course"), ("Khoá học", "course"), ("Khóa", "course"), ("Chương trình bồi dưỡng", "course"),
    ("Chuyên đề", "course"), ("course_title", "course"), ("Ngày hoàn thành", "completed_on"), ("Ngày cấp GCN", "completed_on"),
    ("Issue date", "completed_on"), ("Số giấy chứng nhận", "number"), ("Số hiệu", "number"), ("Số GCN", "number"),
    ("Mã chứng nhận", "number"), ("Kết quả", "result"), ("Xếp loại", "result"), ("Điểm số", "result"), ("Trạng thái", "result"),
    ("Họ và tên", "full_name"), ("SĐT", "phone"), ("Mã giáo viên", "staff_code"), ("Ngày sinh", "birth_date"),
    ("Số CCCD", "identity_number"),
])
def test_the_words_at_the_head_of_a_list_of_results(words, key):
    assert RESULTS.key_of(words) == key


def test_a_list_is_read_below_its_title_with_our_columns():
    reading = read([row(1, "Nguyễn Thị Hoa", "0905123456", born="20/11/1980")])

    assert reading.header_row == 3
    assert dict(reading.columns) == {
        "full_name": "Họ và tên", "birth_date": "Ngày sinh", "phone": "Điện thoại", "course": "Khóa học",
        "completed_on": "Ngày hoàn thành", "number": "Số giấy chứng nhận", "result": "Kết quả"}
    checked = check_results(reading, today=TODAY)
    assert checked.errors == ()
    only = checked.rows[0]
    assert (only.number, only.person.full_name, only.person.phone, only.course_title, only.completed_on, only.certificate,
            only.result) == (4, "Nguyễn Thị Hoa", "0905123456", "Kỹ năng số cơ bản", date(2026, 5, 2), "HS-0001", "Đạt")


@pytest.mark.parametrize(("day", "found", "code"), [
    ("02/05/2026", date(2026, 5, 2), ""), (date(2026, 5, 2), date(2026, 5, 2), ""), (46144, date(2026, 5, 2), ""),
    ("2026-05-02", date(2026, 5, 2), ""), ("2/5/26", date(2026, 5, 2), ""), ("", None, ""), ("2026", None, "date.year_only"),
    ("31/02/2026", None, "date.invalid"), ("02/05/2027", None, "date.invalid"), ("05/25/2026", None, "date.invalid"),
    ("hôm qua", None, "date.invalid"), ("02/05/1950", None, "date.invalid"),
])
def test_the_day_of_finishing(day, found, code):
    checked = check_results(read([row(1, "Nguyễn Thị Hoa", "0905123456", day=day)]), today=TODAY)

    assert [one.code for one in (*checked.errors, *checked.warnings) if one.key == "completed_on"] == ([code] if code else [])
    assert [one.completed_on for one in checked.rows] == ([] if code == "date.invalid" else [found])
    assert all("Ngày" in result_sentence({"code": one.code, "key": one.key}) for one in checked.errors)


def test_the_same_person_in_two_courses_is_no_duplicate():
    rows = [row(1, "Nguyễn Thị Hoa", "0905123456"), row(2, "Nguyễn Thị Hoa", "0905123456", course="An toàn số")]
    assert len(check_results(read(rows), today=TODAY).rows) == 2


def test_faults_come_all_at_once_with_their_cells():
    rows = [row(1, "", "0905123456"), row(2, "Lê Minh", "12"), row(3, "Lê Mai", "0905123457", course=""),
            row(4, "Võ An", "0905123458", day="32/13/2026")]
    checked = check_results(read(rows), today=TODAY)

    assert [(one.row, one.cell, one.code) for one in checked.errors] == [
        (4, "B4", "name.missing"), (5, "D5", "phone.invalid"), (6, "E6", "course.missing"), (7, "F7", "date.invalid")]
    assert checked.faulty == {4, 5, 6, 7}
    assert all(result_sentence({"code": one.code, "key": one.key, "params": one.params}) for one in checked.errors)


def test_a_list_without_a_course_column_needs_the_course_said():
    rows = [(1, "Lê Minh", "0905123456")]
    reading = read(rows, heading=("STT", "Họ tên", "SĐT"))

    missing = check_results(reading, today=TODAY)
    assert [(one.code, one.key) for one in missing.errors] == [("column.missing", "course")]
    assert "khóa học" in result_sentence({"code": "column.missing", "key": "course"})
    assert [one.course_title for one in check_results(reading, today=TODAY, course="Khóa chung").rows] == ["Khóa chung"]


def test_a_list_without_names_says_so():
    checked = check_results(read([("0905123456", "Khóa A")], heading=("SĐT", "Khóa học")), today=TODAY)
    assert [one.code for one in checked.errors] == ["column.missing"]


def test_an_identity_number_is_dropped_and_said():
    reading = read([(1, "Lê Minh", "048090001234", "Khóa A")], heading=("STT", "Họ tên", "Số CCCD", "Khóa học"))
    assert "048090001234" not in repr(reading)
    assert [one.code for one in reading.warnings if one.code == "column.dropped"] == ["column.dropped"]


# ---------- three hundred lines: in, back, in again


def teachers(place, count):
    return [make_learner(place, f"Giáo Viên {chr(65 + n % 26)}{chr(97 + n // 26)}", phone=f"09050{n:05d}") for n in range(count)]


def three_hundred(people):
    """265 different lines about people here, 15 of them twice, 20 about nobody here."""
    known = [row(n, one.full_name, one.phone) for n, one in enumerate(people, start=1)]
    again = [row(400 + n, people[n].full_name, people[n].phone, paper=f"HS-{n + 1:04d}") for n in range(15)]
    strangers = [row(500 + n, f"Người Lạ {chr(65 + n)}", f"09990{n:05d}") for n in range(20)]
    return [*known, *again, *strangers]


@pytest.mark.parametrize("by", ["focal", None])
def test_three_hundred_lines_come_in_go_back_and_come_in_again(school, by):
    place = school[0]
    people = teachers(place, 265)
    before = dump()
    rows = three_hundred(people)
    assert len(rows) == 300

    first = taken_in(school, rows, by=by)
    assert figures(first) == {"rows": 300, "new": 20, "matched": 280, "unchanged": 15, "committed": True}
    assert [one["code"] for one in first.document["warnings"]].count("person.unmatched") == 20
    assert first.document["errors"] == []
    assert first.counts == {"added": 265, "unchanged": 15, "left_out": 20}
    assert count_external_evidence([one.id for one in people]) == {one.id: 1 for one in people}

    second = taken_in_or_nothing(school, rows, by=by)
    assert figures(second) == {"rows": 300, "new": 20, "matched": 280, "unchanged": 280, "committed": False}

    assert undo_results(first, by=school[1] if by else None, operator="cli:test", now=clock.now()) == 265
    assert count_external_evidence([one.id for one in people]) == {}
    third = taken_in(school, rows, by=by)
    assert third.counts == {"added": 265, "unchanged": 15, "left_out": 20}
    assert count_external_evidence([one.id for one in people]) == {one.id: 1 for one in people}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ExternalEvidence)) == 530
    assert dump() == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Confirmation)) == 0


def taken_in_or_nothing(school, rows, *, by):
    roster = check(begin(school, rows, by=school[1] if by else None), by=school[1] if by else None)
    assert refusal(request_results_commit, roster, skip_faulty=True, by=None, now=NOW) == "roster.nothing_to_write"
    return roster


def test_what_is_written_says_source_checker_and_import(school):
    place, focal, source = school
    person = make_learner(place, "Nguyễn Thị Hoa", phone="0905123456")
    roster = taken_in(school, [row(1, "NGUYEN THI HOA", "905123456")])

    evidence = db.session.scalars(sa.select(ExternalEvidence)).one()
    assert (evidence.person_id, evidence.source_id, evidence.organisation_id, evidence.course_title, evidence.completed_on,
            evidence.number, evidence.result, evidence.checked_by_id, evidence.import_uuid) == (
        person.id, source.id, place.id, "Kỹ năng số cơ bản", date(2026, 5, 2), "HS-0001", "Đạt", focal.id, roster.uuid)
    shown = external_evidence_of([person.id])[person.id][0]
    assert (shown.source, shown.vouched_by) == (source.name, source.vouched_by)
    line = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "results.imported")).one()
    assert (line.actor_id, line.organisation_id, line.detail["added"], line.detail["source"]) == (focal.id, place.id, 1, "hoc-so")
    assert "Hoa" not in str(line.detail)


def test_the_file_and_the_lines_that_became_evidence_are_gone_afterwards(school):
    make_learner(school[0], "Nguyễn Thị Hoa", phone="0905123456")
    roster = taken_in(school, [row(1, "Nguyễn Thị Hoa", "0905123456"), row(2, "Người Lạ", "0905000000")])

    assert db.session.scalar(sa.select(sa.func.count()).select_from(RosterFile)) == 0
    left = db.session.scalars(sa.select(RosterRow).where(RosterRow.roster_id == roster.id)).all()
    assert [(one.number, one.verdict) for one in left] == [(5, "new")]
    assert "0905123456" not in str(roster.document) + str(roster.found)


def test_people_of_other_schools_are_not_found(school):
    other = make_school("Trường khác", key="khac")
    make_learner(other, "Nguyễn Thị Hoa", phone="0905123456")
    roster = check(begin(school, [row(1, "Nguyễn Thị Hoa", "0905123456")]), by=school[1])

    assert figures(roster) == {"rows": 1, "new": 1, "matched": 0, "unchanged": 0, "committed": False}
    assert db.session.scalars(sa.select(RosterRow.candidates)).all() == [[]]


@pytest.mark.parametrize("by", ["focal", None])
def test_somebody_who_was_listed_here_and_has_not_agreed_is_not_found(school, by):
    place = school[0]
    person = make_person("Nguyễn Thị Hoa", phone="0905123456", birth_date=date(1980, 11, 20))
    make_member(person, place).is_claimed = False
    db.session.flush()

    for born in ("20/11/1980", "21/11/1980"):
        roster = check(begin(school, [row(1, "Nguyễn Thị Hoa", born=born)], by=school[1] if by else None))
        assert figures(roster)["new"] == 1
        assert {one["code"] for one in roster.document["warnings"]} == {"row.skipped", "person.unmatched"}


def test_namesakes_are_decided_by_somebody_or_left_out(school):
    place, focal, _source = school
    one, two = make_learner(place, "Nguyễn Thị Hoa", birth_year=1970), make_learner(place, "Nguyễn Thị Hoà", birth_year=1980)
    rows = [row(1, "Nguyễn Thị Hoa"), row(2, "Nguyễn Thị Hoa", course="An toàn số")]
    roster = check(begin(school, rows), by=focal)

    kept = db.session.scalars(sa.select(RosterRow).order_by(RosterRow.number)).all()
    assert [one.verdict for one in kept] == ["unclear", "unclear"]
    assert {UUID(c["uuid"]) for c in kept[0].candidates} <= {one.uuid, two.uuid}
    assert refusal(request_results_commit, roster, skip_faulty=False, by=focal, now=NOW) == "roster.nothing_to_write"
    decide_row(roster, kept[0].number, same_as=one.uuid, by=focal, now=NOW)
    request_results_commit(roster, skip_faulty=False, by=focal, now=clock.now())
    db.session.commit()
    jobs.run_due()
    db.session.refresh(roster)

    assert roster.counts == {"added": 1, "unchanged": 0, "left_out": 1}
    assert count_external_evidence([one.id, two.id]) == {one.id: 1}


def test_with_a_fault_nothing_is_written_unless_the_good_lines_are_asked_for(school):
    make_learner(school[0], "Nguyễn Thị Hoa", phone="0905123456")
    rows = [row(1, "Nguyễn Thị Hoa", "0905123456"), row(2, "Lê Minh", "12")]
    roster = check(begin(school, rows), by=school[1])

    assert figures(roster) == {"rows": 2, "new": 0, "matched": 1, "unchanged": 0, "committed": False}
    assert refusal(request_results_commit, roster, skip_faulty=False, by=school[1], now=NOW) == "roster.faults_open"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ExternalEvidence)) == 0
    assert taken_in(school, rows, skip_faulty=True).counts == {"added": 1, "unchanged": 0, "left_out": 1}


def test_who_left_between_check_and_commit_stops_everything(school):
    place, focal, _source = school
    person = make_learner(place, "Nguyễn Thị Hoa", phone="0905123456")
    make_learner(place, "Lê Minh", phone="0905123457")
    roster = check(begin(school, [row(1, "Nguyễn Thị Hoa", "0905123456"), row(2, "Lê Minh", "0905123457")]), by=focal)
    request_results_commit(roster, skip_faulty=False, by=focal, now=NOW)
    db.session.execute(sa.update(Membership).where(Membership.person_id == person.id).values(left_on=date(2026, 11, 1)))
    db.session.commit()
    jobs.run_due()
    db.session.refresh(roster)

    assert (roster.state, roster.fault) == ("checked", {"code": "results.people_gone", "params": {"count": 1}})
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ExternalEvidence)) == 0


def test_who_lost_the_role_between_asking_and_doing_writes_nothing(school):
    from lms.people.models import RoleGrant

    place, focal, _source = school
    make_learner(place, "Nguyễn Thị Hoa", phone="0905123456")
    roster = check(begin(school, [row(1, "Nguyễn Thị Hoa", "0905123456")]), by=focal)
    request_results_commit(roster, skip_faulty=False, by=focal, now=NOW)
    ended = sa.update(RoleGrant).where(RoleGrant.person_id == focal.id)
    db.session.execute(ended.values(ended_at=clock.now() - timedelta(hours=1)))
    db.session.commit()
    jobs.run_due()
    db.session.refresh(roster)

    assert (roster.state, roster.fault["code"]) == ("checked", "roster.not_yours")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ExternalEvidence)) == 0


def test_a_source_that_ended_takes_nothing(school):
    place, focal, source = school
    make_learner(place, "Nguyễn Thị Hoa", phone="0905123456")
    roster = check(begin(school, [row(1, "Nguyễn Thị Hoa", "0905123456")]), by=focal)
    end_source(source, operator="cli:test", now=NOW)
    request_results_commit(roster, skip_faulty=False, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()
    db.session.refresh(roster)

    assert (roster.state, roster.fault["code"]) == ("checked", "source.ended")
    assert refusal(begin, school, [row(1, "Nguyễn Thị Hoa")]) == "source.ended"


def test_states_are_kept(school):
    place, focal, _source = school
    make_learner(place, "Nguyễn Thị Hoa", phone="0905123456")
    roster = begin(school, [row(1, "Nguyễn Thị Hoa", "0905123456")])
    assert refusal(request_results_commit, roster, skip_faulty=False, by=focal, now=NOW) == "roster.not_open"


def test_undoing_has_its_time_and_happens_once(school):
    make_learner(school[0], "Nguyễn Thị Hoa", phone="0905123456")
    roster = taken_in(school, [row(1, "Nguyễn Thị Hoa", "0905123456")])
    db.session.commit()

    assert refusal(undo_results, roster, by=None, now=clock.now() + timedelta(days=31)) == "roster.undo_too_late"
    stranger = make_actor(make_staff("focal_point", make_school("Khác", key="khac")))
    db.session.commit()
    assert refusal(undo_results, roster, by=stranger, now=clock.now()) == "roster.not_yours"
    assert undo_results(roster, by=school[1], now=clock.now()) == 1
    db.session.commit()
    assert refusal(undo_results, roster, by=school[1], now=clock.now()) == "roster.not_done"
    assert refusal(request_results_check, roster, by=None, now=NOW) == "roster.not_open"


def test_a_discarded_list_leaves_no_name_behind(school):
    roster = check(begin(school, [row(1, "Nguyễn Thị Hoa", "0905123456")]), by=school[1])
    discard_import(roster, by=school[1], now=NOW)
    db.session.commit()
    for model in (RosterImport, RosterRow, RosterFile, AuditEvent):
        rows = db.session.execute(sa.select(model.__table__)).all()
        assert "Nguyễn Thị Hoa" not in str(rows)


def test_csv_and_pasted_rows_read_the_same(school):
    place, focal, source = school
    make_learner(place, "Nguyễn Thị Hoa", phone="0905123456")
    rows = [HEADING, row(1, "Nguyễn Thị Hoa", "0905123456")]
    text = "\n".join("\t".join(map(str, one)) for one in rows)
    for values in ({"content": write_csv(rows), "filename": "a.csv"}, {"text": text}):
        roster = begin_results(organisation=place, source=source, by=focal, now=NOW, **values)
        assert figures(check(roster, by=focal)) == {"rows": 1, "new": 0, "matched": 1, "unchanged": 0, "committed": False}


def test_checking_costs_the_same_statements_for_one_line_and_a_hundred(school):
    place, focal, _source = school
    people = teachers(place, 100)
    costs = []
    for some in (people[:1], people):
        roster = begin(school, [row(n, one.full_name, one.phone) for n, one in enumerate(some, start=1)])
        request_results_check(roster, by=focal, now=NOW)
        db.session.commit()
        with counted() as sent:
            jobs.run_due()
        costs.append(len(sent))
        db.session.refresh(roster)
        assert roster.document["matched"] == len(some)
    assert costs[0] == costs[1]


# ---------- the command line


def run(app, *arguments):
    db.session.commit()
    return app.test_cli_runner().invoke(args=["roster", *map(str, arguments)])


@pytest.fixture
def on_disk(school, tmp_path):
    """A function that writes rows to a file."""
    def write(rows, name="ket-qua.xlsx"):
        path = tmp_path / name
        path.write_bytes(workbook(rows))
        return path
    db.session.commit()
    return write


def key_of(place):
    return place.key


def test_the_command_takes_three_hundred_lines_twice_and_undoes_them(app, school, on_disk):
    people = teachers(school[0], 265)
    file = on_disk(three_hundred(people))
    command = ("results", file, "--org", key_of(school[0]), "--source", "hoc-so", "--json")

    dry = run(app, *command, "--dry-run")
    assert dry.exit_code == 0
    assert json.loads(dry.stdout)["committed"] is False
    assert count_external_evidence([one.id for one in people]) == {}
    first = json.loads(run(app, *command).stdout)
    assert {name: first[name] for name in ("file", "sheet", "encoding", "header_row", "rows", "new", "matched", "unchanged",
                                           "committed")} == {
        "file": "ket-qua.xlsx", "sheet": "Kết quả", "encoding": "xlsx", "header_row": 3, "rows": 300, "new": 20, "matched": 280,
        "unchanged": 15, "committed": True}
    assert first["errors"] == []
    assert sorted(first["columns"]) == ["birth_date", "completed_on", "course", "full_name", "number", "phone", "result"]
    assert {tuple(sorted(one)) for one in first["warnings"]} == {("cell", "code", "column", "message", "row")}
    second = json.loads(run(app, *command).stdout)
    assert (second["unchanged"], second["matched"], second["committed"]) == (280, 280, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RosterImport)) == 1
    uuid = db.session.scalars(sa.select(RosterImport.uuid)).one()
    undone = run(app, "undo", uuid)
    assert (undone.exit_code, undone.stdout) == (0, "265 results withdrawn\n")
    assert json.loads(run(app, *command).stdout)["unchanged"] == 15
    assert count_external_evidence([one.id for one in people]) == {one.id: 1 for one in people}


def test_the_command_writes_nothing_while_a_fault_is_open(app, school, on_disk):
    make_learner(school[0], "Nguyễn Thị Hoa", phone="0905123456")
    file = on_disk([row(1, "Nguyễn Thị Hoa", "0905123456"), row(2, "", "0905000000")])
    done = run(app, "results", file, "--org", key_of(school[0]), "--source", "hoc-so", "--json")

    document = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [(one["row"], one["cell"], one["column"], one["code"]) for one in document["errors"]] == [
        (5, "B5", "Họ và tên", "name.missing")]
    assert all(one["message"] for one in document["errors"])
    assert document["committed"] is False
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ExternalEvidence)) == 0


@pytest.mark.parametrize(("change", "status", "code"), [
    ({"--source": "khong-co"}, 2, "source.unknown"), ({"--org": "khong-co"}, 2, "organisation.unknown"),
])
def test_the_command_answers_wrong_names_with_two(app, school, on_disk, change, status, code):
    names = {"--org": key_of(school[0]), "--source": "hoc-so", **change}
    done = run(app, "results", on_disk([row(1, "Lê Minh")]), *(word for pair in names.items() for word in pair))
    assert done.exit_code == status
    assert f"[{code}]" in done.stderr


def test_the_command_answers_a_file_that_is_no_list_with_two_and_a_document(app, school, tmp_path):
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"%PDF-1.7 khong phai bang tinh")
    db.session.commit()
    done = run(app, "results", file, "--org", key_of(school[0]), "--source", "hoc-so", "--json")
    assert done.exit_code == 2
    assert [one["code"] for one in json.loads(done.stdout)["errors"]] == ["file.unreadable"]


def test_the_command_acts_with_the_rights_of_somebody(app, school, on_disk):
    place, _focal, _source = school
    make_learner(place, "Nguyễn Thị Hoa", phone="0905123456")
    stranger = make_staff("focal_point", make_school("Khác", key="khac"), "Người Khác", phone="0905777777")
    file = on_disk([row(1, "Nguyễn Thị Hoa", "0905123456")])
    done = run(app, "results", file, "--org", key_of(place), "--source", "hoc-so", "--as", stranger.personal_code)
    assert (done.exit_code, "[roster.not_yours]" in done.stderr) == (1, True)


def test_sources_are_listed_and_added_by_command(app, school):
    db.session.commit()
    added = run(app, "add-source", "quoc-gia", "--name", "Nền tảng quốc gia", "--vouched-by", "Bộ KH&CN", "--org",
                key_of(school[0]), "--address", "https://quocgia.example")
    assert added.exit_code == 0
    found = json.loads(run(app, "sources", "--json").stdout)["sources"]
    assert [(one["key"], one["open"], one["lines"]) for one in found] == [("hoc-so", True, 0), ("quoc-gia", True, 0)]
    assert "quoc-gia: Nền tảng quốc gia (Bộ KH&CN), 0 results" in run(app, "sources").stdout
    assert run(app, "add-source", "quoc-gia", "--name", "x", "--vouched-by", "y", "--org", key_of(school[0])).exit_code == 1
