"""A workbook in memory, whatever file it came from."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

Value = str | int | float | bool | date | datetime | time | timedelta | None
Range = tuple[tuple[int, int], tuple[int, int]]   # first and last (row, column), counted from 0


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows` begin at row 1; rows may differ in length; hidden sheets have none."""

    name: str
    rows: list[list[Value]]
    hidden: bool = False
    merged: tuple[Range, ...] = ()
    hidden_rows: int = 0


@dataclass(frozen=True)
class Workbook:
    """A file as read. `encoding` is the contract's word: utf-8, utf-16, windows-1258, tcvn3, vni, xlsx, xls or ods."""

    file: str
    encoding: str
    sheets: tuple[Sheet, ...]

    @property
    def visible(self) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in self.sheets if not sheet.hidden)


def text_of(value: Value) -> str:
    """A cell as text: whole numbers without point, days as d/m/Y."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date):  # a datetime too
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    return str(value)


def letter_of(column: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_of(letter: str) -> int:
    """0 for A. The letter is one of `letter_of`."""
    number = 0
    for character in letter:
        number = number * 26 + ord(character) - 64
    return number - 1
