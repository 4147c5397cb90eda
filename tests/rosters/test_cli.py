"""`lms roster …`: exit codes, the contract's document, all or nothing, and that an export imports as a no-op."""

import io
import json

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.people.models import Cohort, CohortMember, Membership, Person
from lms.rosters.models import RosterChange, RosterImport
from lms.rosters.services.forms import set_form
from tests.factories import NOW, make_member, make_organisation, make_person, make_role
from tests.people.factories import make_account
from tests.rosters.factories import csv_of, make_school

ROWS = ["Lê Thị Mai,12/3/1980,0905000001,GV01,Giáo viên", "Đỗ Văn Tí,1975,,,", "Võ An,,0905000001,,Kế toán"]


@pytest.fixture
def school(app):
    school = make_school(key="thcs-ben-thu")
    db.session.commit()
    return school


@pytest.fixture
def run(app, tmp_path):
    """`lms roster …`; a list of rows becomes a file."""
    runner = app.test_cli_runner()

    def call(command, *arguments, rows=None, content=None, name="ds.csv", **options):
        file = tmp_path / name
        if rows is not None or content is not None:
            file.write_bytes(content if content is not None else csv_of(*rows, **options))
        return runner.invoke(args=["roster", command, str(file), *arguments])

    return call


def asked(run, *arguments, code=0, **options):
    done = run("import", "--org", "thcs-ben-thu", "--json", *arguments, **options)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def tables():
    db.session.expire_all()
    return {model.__tablename__: sorted(map(repr, db.session.execute(sa.select(model.__table__))))
            for model in (Person, Membership, CohortMember, Cohort, RosterImport, RosterChange, AuditEvent)}


def test_the_document_of_an_import(run, school):
    document = asked(run, rows=ROWS)

    assert document == {
        "file": "ds.csv", "sheet": document["sheet"], "encoding": "utf-8", "header_row": 1,
        "columns": {"full_name": "Họ và tên", "birth_date": "Ngày sinh", "phone": "Số điện thoại", "staff_code": "Mã cán bộ",
                    "position": "Chức vụ"},
        "rows": 3, "new": 3, "matched": 0, "unchanged": 0, "errors": [],
        "warnings": [
            {"row": 3, "cell": "B3", "column": "Ngày sinh", "code": "date.year_only", "message": "Chỉ có năm sinh."},
            {"row": 4, "cell": "C4", "column": "Số điện thoại", "code": "phone.shared",
             "message": "Dùng chung số điện thoại với dòng 2. Hai người trong một nhà?"}],
        "committed": True}
    assert [name for name, in db.session.execute(sa.select(Person.full_name).order_by(Person.id))] == [
        "Lê Thị Mai", "Đỗ Văn Tí", "Võ An"]
    line = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "roster.committed")).one()
    assert (line.actor_id, line.operator.partition(":")[0], line.detail["new"]) == (None, "cli", 3)


def test_a_dry_run_writes_nothing(run, school):
    before = tables()

    document = asked(run, "--dry-run", "--cohort", "Lớp mới", rows=ROWS)

    assert (document["new"], document["committed"]) == (3, False)
    assert tables() == before


def test_one_fault_and_nothing_is_written(run, school):
    before = tables()

    document = asked(run, rows=[*ROWS, "Hà,,09050,,"], code=1)

    assert [(one["row"], one["cell"], one["column"], one["code"]) for one in document["errors"]] == [
        (5, "C5", "Số điện thoại", "phone.invalid")]
    assert (document["rows"], document["new"], document["committed"]) == (4, 3, False)
    assert tables() == before


def test_the_good_rows_alone_when_told_so(run, school):
    document = asked(run, "--skip-faulty", rows=[*ROWS, "Hà,,09050,,"])

    assert (document["new"], len(document["errors"]), document["committed"]) == (3, 1, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 3


def test_no_good_row_is_no_import(run, school):
    document = asked(run, "--skip-faulty", rows=["Hà,,09050,,"], code=1)

    assert (document["new"], document["committed"]) == (0, False)


def test_the_same_file_again_is_unchanged_and_leaves_no_trace(run, school):
    asked(run, rows=ROWS)
    before = tables()

    document = asked(run, rows=ROWS)

    assert (document["rows"], document["matched"], document["unchanged"], document["new"]) == (3, 3, 3, 0)
    assert tables() == before


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_an_export_imports_again_as_a_no_op(run, school, suffix):
    team = make_organisation("Tổ Toán", kind="team", parent=school)
    make_member(make_person("Y Bhăm Êban", birth_year=1990), team)
    make_member(make_account("-Văn Tí", phone="0905000077"), school)
    make_member(make_person("Trần Thị Mười", birth_year=None), school)
    make_member(make_person("Trần Thị Mười", birth_year=None), school)
    db.session.commit()
    asked(run, rows=ROWS)
    assert run("export", "--org", "thcs-ben-thu", name=f"ra.{suffix}").exit_code == 0
    before = tables()

    done = run("import", "--org", "thcs-ben-thu", "--json", name=f"ra.{suffix}")

    document = json.loads(done.stdout)
    assert (done.exit_code, document["rows"], document["unchanged"], document["errors"]) == (0, 7, 7, [])
    assert tables() == before


def test_an_export_keeps_zeros_and_letters(run, school, tmp_path):
    asked(run, rows=ROWS)
    run("export", "--org", "thcs-ben-thu", name="ra.xlsx")

    sheet = load_workbook(io.BytesIO((tmp_path / "ra.xlsx").read_bytes())).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "0905000001" in cells[1]
    assert {row[1] for row in cells[1:]} == {"Võ An", "Lê Thị Mai", "Đỗ Văn Tí"}


def test_an_unclear_row_is_somebody_new_with_a_warning(run, school):
    make_member(make_person("Lê Thị Mai", phone="0905000001", birth_year=None), school)
    db.session.commit()

    document = asked(run, rows=["Lê Thị Mai,,,,"])

    assert (document["new"], [one["code"] for one in document["warnings"]]) == (1, ["person.similar"])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 2


def test_two_schools_one_person(run, school):
    make_school("Trường khác", key="khac")
    db.session.commit()
    asked(run, rows=ROWS)

    document = json.loads(run("import", "--org", "khac", "--json", rows=ROWS).stdout)

    # Of Đỗ Văn Tí both lists say a name and a year: too little to take two people for one.
    assert (document["matched"], document["new"], document["unchanged"]) == (2, 1, 0)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 4
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Membership)) == 6
    again = json.loads(run("import", "--org", "khac", "--json", rows=ROWS).stdout)
    assert (again["unchanged"], again["committed"]) == (3, True)


def test_a_class_is_made_once(run, school):
    for _ in range(2):
        asked(run, "--cohort", "Lớp 1", rows=ROWS)

    assert db.session.scalars(sa.select(Cohort.name)).all() == ["Lớp 1"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CohortMember)) == 3


def test_files_that_are_no_list(run, school, tmp_path):
    for name, content, code in (("ds.xlsx", b"%PDF-1.7 nothing", "file.unreadable"), ("ds.csv", b"", "file.empty")):
        done = run("import", "--org", "thcs-ben-thu", "--json", name=name, content=content)
        document = json.loads(done.stdout)
        assert (done.exit_code, [one["code"] for one in document["errors"]], document["committed"]) == (2, [code], False)
        assert run("import", "--org", "thcs-ben-thu", name=name, content=content).exit_code == 2
    assert run("import", "--org", "thcs-ben-thu", name="nowhere.csv").exit_code == 2


def test_too_large_a_file_is_not_read(run, school, monkeypatch):
    monkeypatch.setattr("lms.rosters.cli.frame.MOST_BYTES", 10)

    done = run("import", "--org", "thcs-ben-thu", "--json", rows=ROWS)

    assert (done.exit_code, json.loads(done.stdout)["errors"][0]["code"]) == (2, "file.too_large")


def test_a_list_without_a_name_column(run, school):
    document = asked(run, rows=["1,2"], header="Cột,Khác", code=1)

    assert [one["code"] for one in document["errors"]] == ["column.missing"]


def test_wrong_usage(run, school):
    assert run("import", rows=ROWS).exit_code == 2
    assert run("import", "--org", "nowhere", rows=ROWS).exit_code == 2
    assert run("import", "--org", "thcs-ben-thu", "--as", "nobody", rows=ROWS).exit_code == 2
    assert run("export", "--org", "thcs-ben-thu", name="ra.pdf").exit_code == 2
    assert run("template", name="mau.csv").exit_code == 2


def test_as_somebody_only_with_their_rights(run, school):
    focal = make_person("Trần Thị Đầu", personal_code="BT-7K3-29P")
    make_role(focal, "focal_point", school)
    make_school("Trường khác", key="khac")
    db.session.commit()

    assert run("import", "--org", "khac", "--as", "BT-7K3-29P", rows=ROWS).exit_code == 1
    assert run("import", "--org", "thcs-ben-thu", "--as", "BT-7K3-29P", rows=ROWS).exit_code == 0
    line = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "roster.committed")).one()
    assert (line.actor_id, line.operator[:4]) == (focal.id, "cli:")


def test_not_ready_without_tables(run, school):
    db.session.execute(sa.text("DROP TABLE roster_mapping"))
    db.session.commit()
    try:
        assert run("import", "--org", "thcs-ben-thu", rows=ROWS).exit_code == 3
    finally:
        db.session.rollback()
        db.metadata.tables["roster_mapping"].create(db.engine)


def test_the_template_reads_as_a_list_in_the_unit_s_own_form(run, school, tmp_path):
    set_form(school, columns=[("full_name", "Họ tên CBGVNV"), ("phone", "")], lines=["UBND PHƯỜNG BẾN THU"], by=None, now=NOW)
    db.session.commit()
    assert run("template", "--org", "thcs-ben-thu", name="mau.xlsx").exit_code == 0

    sheet = load_workbook(tmp_path / "mau.xlsx").worksheets[0]
    texts = [[cell.value for cell in row if cell.value] for row in sheet.iter_rows(max_row=3)]
    assert texts[0] == ["UBND PHƯỜNG BẾN THU"]
    assert ["STT", "Họ tên CBGVNV", "Số điện thoại"] in texts


def test_undoing_an_import(app, run, school):
    asked(run, rows=ROWS)
    uuid = str(db.session.scalars(sa.select(RosterImport.uuid)).one())
    db.session.rollback()

    done = app.test_cli_runner().invoke(args=["roster", "undo", uuid])

    assert (done.exit_code, done.stdout.strip()) == (0, "3 people undone, 0 kept")
    assert db.session.scalars(sa.select(Person.id).where(Person.ended_at.is_(None))).all() == []
