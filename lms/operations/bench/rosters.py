"""Lists measured inside a process of the product: the dry run and the whole import, beside the bare work they cannot avoid.

The floor is calamine reading the file, a code for each row, and one bulk write of the same rows (COPY on PostgreSQL,
executemany on SQLite) into a bare table. Started with the application that `lms.app` makes; prints one JSON document.
"""

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from lms.core import clock, jobs, settings
from lms.core.db import db
from lms.core.spreadsheets import SheetToWrite, write_workbook
from lms.operations.bench import machine
from lms.operations.bench.places import Backends, Place
from lms.operations.bench.seed import FAMILY, GIVEN, MIDDLE
from lms.people.models import Membership, Organisation
from lms.people.queries.organisations import root_organisation
from lms.people.rules.identities import new_personal_code
from lms.people.services.organisations import create_organisation
from lms.rosters.models import RosterImport
from lms.rosters.services.directly import CheckedFile, write_file
from lms.rosters.services.imports import begin_import, discard_import, request_check, request_commit

START = "from lms.app import create_app; from lms.operations.bench import rosters; rosters.main(create_app())"
HEADING = ("STT", "Họ và tên", "Ngày sinh", "Số điện thoại", "Email", "Mã giáo viên", "Tổ chuyên môn", "Chức vụ")
COLUMNS = ("uuid", "full_name", "birth_date", "phone", "email", "staff_code", "school_class", "position", "personal_code")
ROWS = {"roster", "roster_pages", "roster_dry", "roster_floor", "roster_read", "roster_insert"}
MEMORY = "roster_memory"


MEMORY_START = "from lms.app import create_app; from lms.operations.bench import rosters; rosters.weigh(create_app())"


def weigh(app: Flask) -> None:
    """The memory of a process that takes in one list and does nothing else. Arguments: a file and a key for its school."""
    with app.app_context():
        whole_import(Path(sys.argv[1]).read_bytes(), _school(sys.argv[2]))
        db.engine.dispose()
    sys.stdout.write(f"{machine.peak_memory()}\n")


def main(app: Flask) -> None:
    """Arguments: rounds, rows in a list, kind and address of the database, where a list for `weigh` is put."""
    rounds, rows = int(sys.argv[1]), int(sys.argv[2])
    backends = Backends(Place(sys.argv[3], sys.argv[4], Path(), Path()))
    with app.app_context():
        measured = [one_round(number, rows, backends) for number in range(rounds)]
        Path(sys.argv[5]).write_bytes(a_list(rows, number=9, stamp=uuid4().hex[:6]))
        db.engine.dispose()
    backends.close()
    sys.stdout.write(json.dumps({"rounds": measured}) + "\n")


def one_round(number: int, rows: int, backends: Backends) -> dict[str, dict[str, float]]:
    """Every row of ROWS once, each on a list of its own so that nobody in it is here already."""
    stamp, other = uuid4().hex[:6], uuid4().hex[:6]
    school = _school(f"truong-{stamp}")
    content, by_pages = a_list(rows, number=number, stamp=stamp), a_list(rows, number=number, stamp=other)
    second = _school(f"truong-{other}")
    bare = Floor(content, f"roster_floor_{stamp}")
    measured = {
        "roster_floor": timed(bare.everything, backends), "roster_dry": timed(lambda: dry_run(content, school), backends),
        "roster": timed(lambda: whole_import(content, school), backends),
        "roster_pages": timed(lambda: import_on_pages(by_pages, second), backends),
        "roster_read": timed(bare.read, backends), "roster_insert": timed(bare.write, backends)}
    bare.drop()
    here = db.session.scalar(sa.select(sa.func.count()).where(Membership.organisation_id == school.id))
    if here != rows:
        raise RuntimeError(f"{here} people were taken in instead of {rows}")
    return measured


def a_list(rows: int, *, number: int, stamp: str) -> bytes:
    """An xlsx of so many people of whom nobody is known."""
    word = "".join(chr(ord("a") + int(sign, 16)) for sign in stamp).capitalize()
    names = [f"{family} {middle} {word} {given}" for family in FAMILY for middle in MIDDLE for given in GIVEN]
    table = [(place, names[place * 7 % len(names)], f"{1 + place % 28:02d}/{1 + place % 12:02d}/{1960 + place % 40}",
              f"08{number % 10}{place:07d}", f"gv{place}.{stamp}@truong.example", f"GV{place:05d}", f"Tổ {place % 9}", "Giáo viên")
             for place in range(1, rows + 1)]
    return write_workbook([SheetToWrite("Danh sách", HEADING, table, lines=("TRƯỜNG ĐO", "DANH SÁCH GIÁO VIÊN"))])


def dry_run(content: bytes, school: Organisation) -> None:
    """Taken in and checked, then thrown away (which is not part of a dry run, but cheap)."""
    discard_import(_checked(content, school), by=None, now=clock.now())
    db.session.commit()


def whole_import(content: bytes, school: Organisation) -> None:
    """From the file to committed people, as `lms roster import` does it."""
    whole = CheckedFile("danh-sach.xlsx", school, by=None, operator="bench")
    whole.read(content)
    document = write_file(whole, skip_faulty=False, now=clock.now())
    db.session.commit()
    if not document["committed"]:
        raise RuntimeError(f"the list was not written: {str(document)[:500]}")


def import_on_pages(content: bytes, school: Organisation) -> None:
    """The same as the pages do it: stored, read, checked and kept for whoever confirms, then written by a job."""
    roster = _checked(content, school)
    jobs.run_now(request_commit(roster, skip_faulty=False, by=None, now=clock.now()))
    db.session.refresh(roster)
    if roster.state != "done":
        raise RuntimeError(f"the list is {roster.state}: {roster.fault}")
    db.session.commit()


def _checked(content: bytes, school: Organisation) -> RosterImport:
    roster = begin_import(content=content, filename="danh-sach.xlsx", organisation=school, by=None, now=clock.now(),
                          operator="bench")
    jobs.run_now(request_check(roster, by=None, now=clock.now()))
    db.session.refresh(roster)
    if roster.state != "checked" or (roster.document or {}).get("errors"):
        raise RuntimeError(f"the list is {roster.state}: {roster.fault} {str(roster.document)[:500]}")
    return roster


def _school(key: str) -> Organisation:
    school = create_organisation(key=key, name=f"Trường {key}", kind="school", parent=root_organisation(), now=clock.now(),
                                 operator="bench")
    db.session.commit()
    return school


class Floor:
    """What no import of this file can do without, done with nothing around it."""

    def __init__(self, content: bytes, table: str) -> None:
        # Asked once: a look at the settings would hold the session's transaction while the floor writes past it.
        self.content, self.table, self.prefix = content, table, settings.current().serial_prefix
        db.session.commit()
        with db.engine.begin() as connection:
            connection.exec_driver_sql(
                f"CREATE TABLE {table} (id {_identity()} PRIMARY KEY, {', '.join(f'{name} TEXT' for name in COLUMNS)})")
        self.rows = self.coded(self.read())

    def read(self) -> list[list[Any]]:
        """The rows as calamine gives them."""
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_filelike(io.BytesIO(self.content))
        return book.get_sheet_by_index(0).to_python()[3:]

    def coded(self, rows: list[list[Any]]) -> list[tuple[str, ...]]:
        """Each row with an id and a personal code."""
        return [(str(uuid4()), *map(str, row[1:]), new_personal_code(self.prefix)) for row in rows]

    def write(self, rows: list[tuple[str, ...]] | None = None) -> None:
        """One bulk write, committed."""
        rows, names = rows or self.rows, ", ".join(COLUMNS)
        with db.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                marks = ", ".join("?" * len(COLUMNS))
                connection.exec_driver_sql(f"INSERT INTO {self.table} ({names}) VALUES ({marks})", rows)  # noqa: S608
                return
            with connection.connection.cursor() as cursor, cursor.copy(f"COPY {self.table} ({names}) FROM STDIN") as copy:  # type: ignore[attr-defined]
                for row in rows:
                    copy.write_row(row)

    def everything(self) -> None:
        """All three."""
        self.write(self.coded(self.read()))

    def drop(self) -> None:
        """Away with the table."""
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE {self.table}")


def _identity() -> str:
    return "INTEGER" if db.engine.dialect.name == "sqlite" else "INTEGER GENERATED ALWAYS AS IDENTITY"


def timed(work: Callable[[], Any], backends: Backends) -> dict[str, float]:
    """The work once, as the fields of load.Round; the database's own processes are counted apart."""
    db.session.commit()
    before, busy = backends.cpu(), machine.busy()
    begun, own = time.perf_counter(), time.process_time()
    work()
    own, elapsed = time.process_time() - own, time.perf_counter() - begun
    of_database = sum(cpu - before.get(pid, 0.0) for pid, cpu in backends.cpu().items())
    others = max(0.0, machine.busy() - busy - own - of_database) / elapsed
    return {"done": 1, "seconds": elapsed, "cpu_ms": 1000 * own, "database_ms": 1000 * of_database, "others": others}
