"""Workbooks and csv files to give away: text stays text, telephone numbers keep their zero, no formula is ever live."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lms.core.spreadsheets.limits import LONGEST_CELL
from lms.core.spreadsheets.workbooks import Value, text_of

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Where a program could begin to read a formula: at the start, and after whatever some locale takes as a separator.
_BEGIN = r"(^|[;,|\t\r\n])"
_FORMULA = "[ \u00a0]*[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r]"
_GUARD = re.compile(f"{_BEGIN}(?='*{_FORMULA})")
_GUARDED = re.compile(f"{_BEGIN}'(?='*{_FORMULA})")
_NARROWEST, _WIDEST = 6, 48


@dataclass(frozen=True)
class Mark:
    """A cell to show: filled, with this comment. `row` and `column` count from 0 in the table's own rows."""

    row: int
    column: int
    comment: str = ""


@dataclass(frozen=True)
class SheetToWrite:
    """A sheet to write: lines above, a bold heading, rows. Strings are written as text, numbers and days as such.

    `widths` are in characters; without them the longest text of each column decides. `bold_rows` are rows of the table
    to print bold (a second heading line, a total).
    """

    name: str
    heading: Sequence[str] = ()
    rows: Sequence[Sequence[Value]] = ()
    lines: Sequence[str] = ()
    widths: Sequence[int] = ()
    marks: Sequence[Mark] = ()
    bold_rows: frozenset[int] = field(default_factory=frozenset)


def write_workbook(sheets: Sequence[SheetToWrite]) -> bytes:
    """An xlsx file. Nothing in it is a formula or a link."""
    from xlsxwriter import Workbook as Writer  # a heavy library

    out = io.BytesIO()
    book = Writer(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                        "strings_to_numbers": False, "default_date_format": "dd/mm/yyyy"})
    names: set[str] = set()
    for sheet in sheets:
        _write_sheet(book, book.add_worksheet(_sheet_name(sheet.name, names)), sheet)
    book.close()
    return out.getvalue()


def _write_sheet(book, page, sheet: SheetToWrite) -> None:  # type: ignore[no-untyped-def]
    style = {
        "line": book.add_format({"bold": True, "font_size": 12}),
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E8EEF4",
                                    "num_format": "@"}),
        "text": book.add_format({"num_format": "@", "valign": "top", "text_wrap": True}),
        "bold": book.add_format({"num_format": "@", "bold": True}),
        "date": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"}),
        "marked": book.add_format({"num_format": "@", "bg_color": "#FFD7D0", "border": 1, "valign": "top", "text_wrap": True}),
    }
    for number, line in enumerate(sheet.lines):
        page.write_string(number, 0, writable(line), style["line"])
    top = len(sheet.lines)
    if sheet.heading:
        for column, words in enumerate(sheet.heading):
            page.write_string(top, column, writable(words), style["heading"])
        page.freeze_panes(top + 1, 0)
        top += 1
    marked = {(mark.row, mark.column): mark.comment for mark in sheet.marks}
    for number, row in enumerate(sheet.rows):
        plain = style["bold"] if number in sheet.bold_rows else style["text"]
        for column, value in enumerate(row):
            if marked and (number, column) in marked:
                text = writable(text_of(value))
                page.write_string(top + number, column, text, style["marked"]) if text else page.write_blank(
                    top + number, column, None, style["marked"])
            else:
                _write_cell(page, top + number, column, value, plain, style["date"])
    for (number, column), comment in marked.items():
        if comment:
            page.write_comment(top + number, column, writable(comment), {"x_scale": 2, "y_scale": 1.2})
    for column, width in enumerate(sheet.widths or _widths(sheet)):
        page.set_column(column, column, width)


def _write_cell(page, row: int, column: int, value: Value, text, day) -> None:  # type: ignore[no-untyped-def]
    if value is None or value == "":
        return
    if isinstance(value, str):
        page.write_string(row, column, writable(value), text)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, int | float) and abs(value) < 1e15:
        page.write_number(row, column, value)
    elif isinstance(value, date) and value.year >= 1900:
        moment = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        page.write_datetime(row, column, moment, day)
    else:
        page.write_string(row, column, writable(text_of(value)), text)


def _widths(sheet: SheetToWrite) -> list[int]:
    columns = max((len(row) for row in (sheet.heading, *sheet.rows)), default=0)
    longest = [_NARROWEST] * columns
    for row in (sheet.heading, *sheet.rows[:2000]):
        for column, value in enumerate(row):
            longest[column] = min(_WIDEST, max(longest[column], len(text_of(value)) + 2))
    return longest


def _sheet_name(name: str, taken: set[str]) -> str:
    """At most 31 characters, none of those a sheet's name may not have, and not the name of another sheet."""
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f']", " ", writable(name)).strip()[:31] or "Sheet"
    unique, number = base, 1
    while unique.casefold() in taken:
        number += 1
        unique = f"{base[:28]} {number}"
    taken.add(unique.casefold())
    return unique


def writable(text: str) -> str:
    """The text without what a spreadsheet cannot hold, at most as long as a cell."""
    return _UNWRITABLE.sub("", text)[:LONGEST_CELL]


def write_csv(rows: Iterable[Sequence[Value]]) -> bytes:
    """A csv file for Excel: UTF-8 with BOM, commas. Text that could be a formula gets an apostrophe (`unguarded`)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(writable(value)) if isinstance(value, str) else text_of(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def guarded(text: str) -> str:
    """The text with an apostrophe wherever a formula could begin."""
    return _GUARD.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """What `guarded` was given. A text that a person's program guarded in the same way loses its apostrophe too."""
    return _GUARDED.sub(r"\1", text) if "'" in text else text
