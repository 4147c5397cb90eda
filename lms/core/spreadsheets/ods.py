"""ods, read part by part with expat: repeated cells and rows are counted before they are made, entities refused."""

from datetime import date, datetime
from typing import Any
from xml.parsers import expat

from lms.core.errors import DomainError
from lms.core.spreadsheets import limits
from lms.core.spreadsheets.packages import Package
from lms.core.spreadsheets.workbooks import Range, Sheet, Value

_TABLE, _OFFICE, _TEXT, _STYLE = (
    f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0 " for name in ("table", "office", "text", "style"))
_NUMBERS = ("float", "currency", "percentage")


def read_sheets(package: Package) -> tuple[Sheet, ...]:
    """The sheets of the package. Raises DomainError file.unreadable, file.encrypted or file.too_large."""
    if "meta-inf/manifest.xml" in package.names and b"encryption-data" in package.part("meta-inf/manifest.xml"):
        raise DomainError("file.encrypted")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    parser.CharacterDataHandler = reader.text
    try:
        for piece in package.chunks("content.xml"):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as fault:
        raise limits.unreadable("ODS") from fault
    return tuple(reader.sheets)


def _refuse(*_: Any) -> None:
    raise limits.unreadable("XML")


class _Reader:
    """Builds sheets out of the events of a content.xml."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.rows: list[list[Value]] = []
        self.row: list[Value] = []
        self.merged: list[Range] = []
        self.table: dict[str, str] | None = None
        self.row_attributes: dict[str, str] = {}
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[str] = []
        self.in_text = self.in_note = 0
        self.empty_rows = self.empty_cells = self.hidden_rows = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_STYLE}style":
            self.style = attributes.get(f"{_STYLE}name", "")
        elif name == f"{_STYLE}table-properties" and attributes.get(f"{_TABLE}display") == "false":
            self.hidden_styles.add(self.style)
        elif name == f"{_TABLE}table" and self.table is None:
            self._begin_table(attributes)
        elif name == f"{_TABLE}table-row":
            self.row, self.empty_cells, self.row_attributes = [], 0, attributes
        elif name in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            self.cell, self.paragraphs, self.in_text = attributes, [], 0
        elif name == f"{_OFFICE}annotation":
            self.in_note += 1
        elif self.cell is not None and not self.in_note:
            self._begin_text(name, attributes)

    def _begin_table(self, attributes: dict[str, str]) -> None:
        self.table, self.rows, self.merged = attributes, [], []
        self.empty_rows = self.hidden_rows = 0
        if len(self.sheets) >= limits.MOST_SHEETS:
            raise limits.too_large()

    def _begin_text(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_TEXT}p":
            self.in_text += 1
            self.paragraphs.append("")
        elif self.paragraphs and name == f"{_TEXT}s":
            self.paragraphs[-1] += " " * min(_number(attributes, f"{_TEXT}c"), 100)
        elif self.paragraphs and name in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            self.paragraphs[-1] += " "

    def text(self, data: str) -> None:
        if self.in_text and not self.in_note:
            self.paragraphs[-1] += data
            if len(self.paragraphs[-1]) > limits.LONGEST_CELL:
                raise limits.too_large()

    def end(self, name: str) -> None:
        if name == f"{_OFFICE}annotation":
            self.in_note -= 1
        elif name == f"{_TEXT}p" and self.in_text and not self.in_note:
            self.in_text -= 1
        elif name in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell") and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None
        elif name == f"{_TABLE}table-row":
            self._end_row()
        elif name == f"{_TABLE}table" and self.table is not None:
            hidden = self.table.get(f"{_TABLE}style-name") in self.hidden_styles
            self.sheets.append(Sheet(self.table.get(f"{_TABLE}name", ""), [] if hidden else self.rows, hidden,
                                     tuple(self.merged), self.hidden_rows))
            self.table = None

    def _end_cell(self, attributes: dict[str, str]) -> None:
        value, times = _value(attributes, "\n".join(self.paragraphs)), _number(attributes, f"{_TABLE}number-columns-repeated")
        if value is None:
            across, down = (_number(attributes, f"{_TABLE}number-{way}-spanned") for way in ("columns", "rows"))
            self.empty_cells += times
            if across * down == 1:
                return
        if len(self.row) + self.empty_cells + times > limits.MOST_COLUMNS and value is not None:
            raise limits.too_large()
        place = (len(self._row_so_far()), len(self.row) + self.empty_cells)
        across, down = (_number(attributes, f"{_TABLE}number-{way}-spanned") for way in ("columns", "rows"))
        if across * down > 1 and value is not None:
            self.merged.append((place, (place[0] + down - 1, place[1] + across - 1)))
        if value is not None:
            self.row += [None] * self.empty_cells + [value] * times
            self.empty_cells = 0

    def _row_so_far(self) -> range:
        return range(len(self.rows) + self.empty_rows)

    def _end_row(self) -> None:
        times = _number(self.row_attributes, f"{_TABLE}number-rows-repeated")
        if self.row_attributes.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            self.hidden_rows += times if self.row else 0
        if not self.row:
            self.empty_rows += times
            return
        if len(self.rows) + self.empty_rows + times > limits.MOST_ROWS + 1000:
            raise limits.too_large()
        self.rows += [[] for _ in range(self.empty_rows)] + [list(self.row) for _ in range(times)]
        self.empty_rows = 0


def _number(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 9 else 1


def _value(attributes: dict[str, str], text: str) -> Value:
    kind = attributes.get(f"{_OFFICE}value-type")
    try:
        if kind in _NUMBERS:
            return float(attributes[f"{_OFFICE}value"])
        if kind == "date":
            day = attributes[f"{_OFFICE}date-value"]
            return datetime.fromisoformat(day) if "T" in day else date.fromisoformat(day)
    except (KeyError, ValueError):
        return text or None
    return text or attributes.get(f"{_OFFICE}string-value") or None
