"""The sender's own sheet again: its rows as they were, the faulty cells marked, the reasons in a last column."""

import re
from collections.abc import Callable, Mapping, Sequence

from lms.core.spreadsheets import Mark, Sheet, SheetToWrite, Value, column_of, read_workbook
from lms.rosters.reading import HEADINGS, Choice, Reading, read_roster
from lms.rosters.reading.records import Fault
from lms.rosters.reading.words import ROSTER, Vocabulary

_ADDRESS = re.compile(r"([A-Z]{1,2})([0-9]{1,6})")
_PLAIN_CHOICE = Choice()


def error_file(
    content: bytes, *, filename: str, errors: Sequence[Fault], reason: Callable[[Fault], str], choice: Choice = _PLAIN_CHOICE,
    corrections: Mapping[tuple[int, str], str] | None = None, only_faulty: bool = False, vocabulary: Vocabulary = ROSTER,
) -> bytes:
    """An xlsx file to correct and send again; reading it ignores the column of reasons.

    `reason` says a fault to people, `corrections` are cells corrected on the page ((row, key): text). With
    `only_faulty` the good rows are left out. Identity numbers are left out always. Raises what `read_roster` raises.
    """
    reading = read_roster(content, filename=filename, choice=choice, vocabulary=vocabulary)
    if reading.header_row is None:
        rows, numbers, top = _made_table(reading)
    else:
        book = read_workbook(content, filename=filename, encoding=choice.encoding)
        sheet = next(one for one in book.visible if one.name == reading.sheet)
        rows, numbers = _own_rows(sheet, reading)
        top = reading.header_row
    _correct(rows, numbers, reading, corrections or {})
    if only_faulty:
        keep = {fault.row for fault in errors} | set(range(1, _last_heading(reading) + 1)) | {0}
        pairs = [(row, number) for row, number in zip(rows, numbers, strict=True) if number in keep]
        rows, numbers = [row for row, _ in pairs], [number for _, number in pairs]
    return write(reading.sheet, rows, numbers, top, errors, reason)


def write(
    name: str, rows: list[list[Value]], numbers: list[int], top: int, errors: Sequence[Fault], reason: Callable[[Fault], str],
) -> bytes:
    """The rows with marks and reasons; `numbers` are their numbers in the sender's sheet, `top` the header's."""
    from lms.core.spreadsheets import write_workbook

    last = max((len(row) for row in rows), default=0)
    place = {number: index for index, number in enumerate(numbers)}
    said: dict[int, list[str]] = {}
    marks: dict[tuple[int, int], list[str]] = {}
    for fault in errors:
        if fault.row not in place:
            continue
        words = reason(fault)
        said.setdefault(place[fault.row], []).append(words)
        match = _ADDRESS.fullmatch(fault.cell)
        if match and int(match[2]) == fault.row:
            marks.setdefault((place[fault.row], column_of(match[1])), []).append(words)
    said[place.get(top, 0)] = [HEADINGS["reason"]]
    done = [[*row, *[None] * (last - len(row)), "\n".join(said[index])] if index in said else row for index, row in enumerate(rows)]
    return write_workbook([SheetToWrite(
        name or "Danh sách", (), done, widths=_widths(done, last), bold_rows=frozenset({place.get(top, 0)}),
        marks=[Mark(row, column, "\n".join(words)) for (row, column), words in marks.items()])])


def _widths(rows: Sequence[Sequence[Value]], last: int) -> list[int]:
    widths = [8] * last + [44]
    for row in rows[:500]:
        for column, value in enumerate(row[:last]):
            widths[column] = max(widths[column], min(len(str(value or "")) + 2, 32))
    return widths


def _own_rows(sheet: Sheet, reading: Reading) -> tuple[list[list[Value]], list[int]]:
    """The sheet's rows without the identity numbers and without the reasons of a former time."""
    dropped = {column_of(match[1]) for fault in reading.warnings
               if fault.code == "column.dropped" and (match := _ADDRESS.fullmatch(fault.cell))}
    reasons = {column_of(found.letter) for found in reading.found if found.header == HEADINGS["reason"]}
    rows = [[None if c in reasons or (c in dropped and number > (reading.header_row or 0)) else v for c, v in enumerate(row)]
            for number, row in enumerate(sheet.rows, start=1)]
    if reasons:
        for row in rows:
            while row and row[-1] in (None, ""):
                row.pop()
    return rows, list(range(1, len(rows) + 1))


def _made_table(reading: Reading) -> tuple[list[list[Value]], list[int], int]:
    """Pasted lines as a table of their own."""
    keys = sorted(reading.letters, key=lambda key: column_of(reading.letters[key].split("+")[0]))
    width = max((column_of(reading.letters[key].split("+")[0]) for key in keys), default=0) + 1
    heading: list[Value] = [None] * width
    for key in keys:
        heading[column_of(reading.letters[key].split("+")[0])] = HEADINGS.get(key, key)
    rows = [heading]
    for read in reading.rows:
        row: list[Value] = [None] * width
        for key in keys:
            row[column_of(reading.letters[key].split("+")[0])] = read.text(key) or None
        rows.append(row)
    return rows, [0, *(read.number for read in reading.rows)], 0


def _last_heading(reading: Reading) -> int:
    """The last row that is above the people."""
    first = min((row.number for row in reading.rows), default=reading.header_row or 0)
    return max(first - 1, reading.header_row or 0)


def _correct(
    rows: list[list[Value]], numbers: Sequence[int], reading: Reading, corrections: Mapping[tuple[int, str], str],
) -> None:
    place = {number: index for index, number in enumerate(numbers)}
    for (number, key), text in corrections.items():
        if number in place and key in reading.letters:
            columns = [column_of(letter) for letter in reading.letters[key].split("+")]
            row = rows[place[number]]
            row += [None] * (max(columns) + 1 - len(row))
            for column in columns:
                row[column] = None
            row[columns[0]] = text
