"""What reading a list gives: where the table lies, which column is what, and its rows as read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lms.core.spreadsheets import Value

# Every column of a list of people, in the order of our own template.
KEYS = ("full_name", "birth_date", "phone", "email", "staff_code", "class", "position", "organisation", "note")
# What our own files write above each column.
HEADINGS = {
    "full_name": "Họ và tên", "birth_date": "Ngày sinh", "phone": "Số điện thoại", "email": "Thư điện tử",
    "staff_code": "Mã số", "class": "Lớp", "position": "Chức vụ", "organisation": "Đơn vị", "note": "Ghi chú",
    "personal_code": "Mã cá nhân", "reason": "Lý do cần sửa",
}
PASTED = "danh-sach-dan.txt"    # the file name of rows that were pasted


@dataclass(frozen=True)
class Choice:
    """What a person corrected: each field None or absent means "as found".

    `columns` maps a key to a column letter, to two or three joined ones ("B+C"), or to "" for "no such column".
    """

    sheet: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


class Cell(NamedTuple):
    """One cell: its text as a person sees it, its typed value, and where it stands ("D7")."""

    text: str
    value: Value
    address: str


class ReadRow(NamedTuple):
    """One row that describes a person; `number` is the row of the sheet as a spreadsheet shows it."""

    number: int
    cells: Mapping[str, Cell]

    def text(self, key: str) -> str:
        """The text of this column, or ""."""
        cell = self.cells.get(key)
        return cell.text if cell else ""


@dataclass(frozen=True)
class Fault:
    """Something wrong (or worth a look) in a cell. `column` holds the header words of the file, `key` our own.

    `lms.web.phrases.rosters.fault_sentence` says it to people.
    """

    row: int
    cell: str
    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True)
class Note:
    """Something that was done in reading and that the page says once: rows.hidden, sheet.several, columns.joined."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundColumn:
    """A column of the table, recognised (`key`) or not (None), for the page on which people correct it."""

    letter: str
    header: str
    key: str | None
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A list as read. Without a name column `rows` is empty and checking says column.missing."""

    file: str
    sheet: str
    sheets: tuple[str, ...]
    encoding: str
    header_row: int | None
    columns: Mapping[str, str]
    letters: Mapping[str, str]
    rows: tuple[ReadRow, ...]
    warnings: tuple[Fault, ...]
    sample_names: tuple[str, ...]
    found: tuple[FoundColumn, ...] = ()
    notes: tuple[Note, ...] = ()
