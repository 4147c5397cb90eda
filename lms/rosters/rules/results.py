"""A list of results from elsewhere: its rows checked, and matched with people who are here. Pure decisions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from lms.core.vietnamese import fold
from lms.rosters.reading.records import Fault, Reading, ReadRow
from lms.rosters.rules.records import Candidate, CheckedRow
from lms.rosters.rules.values import PersonReader, Refused, day_of_cell

LONGEST_COURSE, LONGEST_NUMBER, LONGEST_RESULT = 200, 60, 120
FIRST_YEAR = 1990                                      # nobody has a paper about digital skills from before


@dataclass(frozen=True)
class ResultRow:
    """A row without faults: who, by the same columns as in a list of people, and what they learned."""

    number: int
    person: CheckedRow
    course_title: str
    completed_on: date | None = None
    certificate: str | None = None
    result: str | None = None


@dataclass(frozen=True)
class CheckedResults:
    """Every row of a list of results: the good ones, the faults, and how many rows describe somebody."""

    rows: tuple[ResultRow, ...]
    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    faulty: frozenset[int]
    counted: int


class Members:
    """The people among whom a list's rows are looked for, found by everything that a row may say of them."""

    def __init__(self, members: Iterable[Candidate]) -> None:
        self._by: dict[tuple[str, str], list[Candidate]] = {}
        for one in members:
            for mark in _marks(one.full_name, one.phone, one.email, one.personal_code, one.staff_codes):
                self._by.setdefault(mark, []).append(one)

    def near(self, row: CheckedRow) -> list[Candidate]:
        """Everybody with whom the row has a mark in common, each once."""
        codes = [row.staff_code] if row.staff_code else []
        found = {one.person_id: one for mark in _marks(row.full_name, row.phone, row.email, row.personal_code, codes)
                 for one in self._by.get(mark, ())}
        return list(found.values())


def _marks(
    name: str, phone: str | None, email: str | None, code: str | None, staff_codes: Iterable[str],
) -> Iterator[tuple[str, str]]:
    yield "name", fold(name)
    for kind, value in (("phone", phone), ("email", email), ("code", code), *(("staff", one) for one in staff_codes)):
        if value:
            yield kind, fold(value)


def check_results(reading: Reading, *, today: date, course: str = "") -> CheckedResults:
    """Check every row: the person as in a list of people, the course, the day. `course` is that of rows without one.

    Somebody may stand in several rows, once for each course: no row is a duplicate here. Faults: those of one row of
    `check_roster`, course.missing, and column.missing. Warnings: date.year_only (the day is not kept).
    """
    missing = next((key for key in ("full_name", "course") if key not in reading.letters and not (course and key == "course")), "")
    if missing:
        row = reading.header_row or 1
        fault = Fault(row, f"A{row}", "", "column.missing", {"key": missing}, missing)
        return CheckedResults((), (fault,), reading.warnings, frozenset(), len(reading.rows))
    rows: list[ResultRow] = []
    errors: list[Fault] = []
    warnings = list(reading.warnings)
    reader, learned = PersonReader(reading, today=today), _LearnedReader(reading, today, course)
    for read in reading.rows:
        person, what = reader.read(read), learned.read(read)
        faults = [*person.errors, *what.errors]
        errors += faults
        warnings += [*person.warnings, *what.warnings]
        if not faults:
            rows.append(ResultRow(read.number, person.row, what.course_title, what.completed_on, what.certificate, what.result))
    faulty = frozenset(fault.row for fault in errors)
    return CheckedResults(tuple(rows), tuple(errors), tuple(warnings), faulty, len(reading.rows))


@dataclass
class _Learned:
    course_title: str
    completed_on: date | None
    certificate: str | None
    result: str | None
    errors: list[Fault]
    warnings: list[Fault]


class _LearnedReader(PersonReader):
    """Reads the cells about what was learned."""

    def __init__(self, reading: Reading, today: date, course: str) -> None:
        super().__init__(reading, today=today)
        self.course = course

    def read(self, row: ReadRow) -> _Learned:  # type: ignore[override]
        """Course, day, number and result of this row; the texts are cut to what is kept."""
        self.errors, self.warnings = [], []
        title = row.text("course")
        if not any(sign.isalnum() for sign in title):
            title = self.course
        if not title:
            self.errors.append(self.fault(row.number, "course", "course.missing", row.cells.get("course")))
        number, result = row.text("number"), row.text("result")
        return _Learned(title[:LONGEST_COURSE], self._day(row), number[:LONGEST_NUMBER] or None,
                        result[:LONGEST_RESULT] or None, self.errors, self.warnings)

    def _day(self, row: ReadRow) -> date | None:
        cell = row.cells.get("completed_on")
        if cell is None:
            return None
        try:
            found = day_of_cell(cell, today=self.today, youngest=0, oldest=self.today.year - FIRST_YEAR)
        except Refused as refusal:
            self.errors.append(self.fault(row.number, "completed_on", refusal.code, cell, **refusal.params))
            return None
        if found and found.day is None:
            self.warnings.append(self.fault(row.number, "completed_on", "date.year_only", cell, year=found.year))
        return found.day if found else None
