"""Signs that no database stores, and lists built to break the way of a list."""

import pytest
import sqlalchemy as sa

from lms.core import jobs
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Person
from lms.rosters.queries.imports import rows_of
from lms.rosters.services.imports import begin_import, begin_pasted, correct_cell, request_check, request_commit
from tests.factories import NOW
from tests.rosters.factories import csv_of, make_focal_point, make_school, sent

HOSTILE = "\u202e\ufeff\u2028"


@pytest.fixture
def school(app):
    return make_school()


@pytest.fixture
def focal(school):
    return make_focal_point(school)


def through(roster, focal):
    """To the end, whatever the rows are like."""
    request_check(roster, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()
    assert roster.state == "checked", roster.fault
    if roster.document["new"]:
        request_commit(roster, skip_faulty=True, by=focal, now=NOW)
        db.session.commit()
        jobs.run_due()
        assert roster.state == "done", roster.fault
    return roster


def test_signs_that_no_text_has(school, focal):
    content = csv_of(f"Lê{HOSTILE} Thị Mai,{HOSTILE},,{HOSTILE}GV{HOSTILE}01,Giáo{HOSTILE} viên",
                     header=f"Họ và tên{HOSTILE},Ngày sinh,Số điện thoại,Mã cán bộ,Chức{HOSTILE} vụ,{HOSTILE}Lạ")
    roster = begin_import(content=content, filename=f"../../{HOSTILE}ds.csv", organisation=school, by=focal, now=NOW)
    db.session.commit()

    through(roster, focal)
    assert roster.file_name == "ds.csv"
    assert db.session.scalars(sa.select(Person.full_name).order_by(Person.id.desc())).first() == "Lê Thị Mai"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8"])
def test_broken_letters_are_read_or_refused(school, focal, encoding):
    content = "Họ và tên,Ghi chú\nLê Thị Mai,".encode(encoding) + b"\x00\xd8\x41\x00\xff\xfe" + "x\n".encode(encoding)
    try:
        roster = begin_import(content=content, filename="ds.csv", organisation=school, by=focal, now=NOW)
    except DomainError as refused:
        refusal = refused.code
    else:
        refusal = "file."
        db.session.commit()
        through(roster, focal)
    assert refusal.startswith("file.")


def test_pasted_and_corrected_hostile_text(school, focal):
    roster = begin_pasted(text=f"Họ và tên\tSố điện thoại\tGhi chú\nLê Thị{HOSTILE} Mai\t090{HOSTILE}\t\ud800\x00\n",
                          organisation=school, by=focal, now=NOW)
    request_check(roster, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()
    number = rows_of(focal, roster).rows[0].number

    for text in (f"09{HOSTILE}\x00", "9" * 100_000, "\ud800"):
        correct_cell(roster, number, "phone", text, by=focal, now=NOW)
        db.session.commit()
        jobs.run_due()
        assert roster.state == "checked"
    correct_cell(roster, number, "phone", "", by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()
    assert roster.document["errors"] == []


@pytest.mark.parametrize("key", ["position", "class", "staff_code", "organisation", "note"])
def test_very_long_texts_are_faults_and_no_failures(school, focal, key):
    header = {"position": "Chức vụ", "class": "Lớp", "staff_code": "Mã cán bộ", "organisation": "Đơn vị", "note": "Ghi chú"}[key]
    roster = sent(school, focal, f"Lê Thị Mai,{'x' * 5000}", "Võ An,ngắn", header=f"Họ và tên,{header}", check=True)

    assert {one["row"] for one in roster.document["errors"]} <= {2}
    through_commit = request_commit(roster, skip_faulty=True, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()
    assert (through_commit.state, roster.state) == ("done", "done")


def test_letters_that_fold_to_several(school, focal):
    """A name of 120 letters of another script folds to far more."""
    roster = sent(school, focal, "ﷺ" * 120 + ",,,,", "ß" * 120 + ",,,,", "İ" * 120 + ",,,,", check=True)
    request_commit(roster, skip_faulty=True, by=focal, now=NOW) if roster.document["new"] else None
    db.session.commit()
    jobs.run_due()

    assert roster.state in ("checked", "done")
    assert roster.fault is None
