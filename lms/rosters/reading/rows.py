"""Which rows of a sheet describe a person, and which are titles, repeated headers, totals and signatures."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.core.errors import DomainError
from lms.core.spreadsheets import Sheet, Value, letter_of, text_of
from lms.core.spreadsheets.limits import LONGEST_CELL
from lms.core.vietnamese import clean
from lms.rosters.reading.headers import Header, header_at
from lms.rosters.reading.records import Cell, ReadRow
from lms.rosters.reading.words import Vocabulary, normal_heading

_ODD = re.compile("[^ -~\u00c0-\u024f\u1ea0-\u1ef9]|^ |  | $")
_TOTAL = re.compile(r"(?:tong cong|tong so|tong|cong|cong chung|tong hop|si so|trong do|an dinh danh sach"
                    r"|danh sach (?:nay |tren )?(?:co|gom))(?: |$)")
_SIGNATURE = re.compile(
    r"\b(?:nguoi lap|hieu truong|thu truong|ky ten|ky va ghi ro|ky ghi ro|ghi ro ho ten|xac nhan cua|ky dong dau"
    r"|ngay [a-z0-9]{0,12} ?thang [a-z0-9]{0,12} ?nam|nguoi nhap|nguoi tong hop|chu tich|giam doc|truong phong"
    r"|phu trach don vi|noi nhan|nguoi duyet|don vi lap|thay mat|tm uy ban|kt chu tich|da ky)\b")
_SECTION = re.compile(r"(?:tổ|khối|lớp|phòng|bộ phận|khoa|ban|nhóm|trường|đơn vị|chi bộ|danh sách)\b"
                      r"|(?:[ivx]{1,5}|[a-h]|\d{1,2})\s?[.)/-]\s?\D", re.IGNORECASE)
_NUMBERING = re.compile(r"\(?(?:\d{1,2}|[A-Ha-h])\)?")
_EVIDENCE = ("phone", "email", "birth_date", "staff_code", "personal_code")


def shown_text(value: Value) -> str:
    """A cell's text in NFC with single spaces, never longer than a cell can be."""
    text = value if isinstance(value, str) else text_of(value)
    if len(text) > LONGEST_CELL:
        text = text[:LONGEST_CELL]
    if text.isascii() and text.isprintable() and text[:1] != " " != text[-1:] and "  " not in text:
        return text
    return clean(text) if _ODD.search(text) else text


def _proof(cells: Mapping[str, Cell]) -> bool:
    """Whether something besides the name shows that the row is a person: a number, an address, a code."""
    return any(key in cells and (key.endswith("code") or any(c.isdigit() or c == "@" for c in cells[key].text))
               for key in _EVIDENCE)


@dataclass(frozen=True)
class Skipped:
    """A row left out that is not empty: where its first words stand, and the words."""

    row: int
    column: int
    text: str


class Table:
    """The rows below a header, told apart."""

    def __init__(
        self, sheet: Sheet, header: Header, places: Mapping[str, tuple[int, ...]], vocabulary: Vocabulary, *, lenient: bool = False,
    ) -> None:
        self.sheet, self.header, self.vocabulary, self.lenient = sheet, header, vocabulary, lenient
        self.places = dict(places)
        self.single = [(key, columns[0], letter_of(columns[0])) for key, columns in places.items() if len(columns) == 1]
        self.joined = [(key, columns) for key, columns in places.items() if len(columns) > 1]
        self.names = places.get("full_name", ())
        self.heading = {words.casefold() for c, words in header.words.items() if c in self.names and words}
        self.wide = {(first, left) for (first, left), (_, right) in sheet.merged if right > left}
        self.ended = False      # a total or a signature was met

    def read(self) -> Iterator[ReadRow | Skipped]:
        """Every row that is not empty, in order. Raises DomainError sheet.two_tables."""
        for index in range(self.header.first):
            if skipped := self._skipped(index, self.sheet.rows[index]):
                yield skipped
        for index in range(self.header.last + 1, len(self.sheet.rows)):
            row = self.sheet.rows[index]
            cells = self._cells(index + 1, row)
            if self._is_person(index, row, cells):
                yield ReadRow(index + 1, cells)
            elif skipped := self._skipped(index, row):
                yield skipped

    def _cells(self, number: int, row: Sequence[Value]) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        width = len(row)
        for key, column, letter in self.single:
            value = row[column] if column < width else None
            if value is not None and value != "" and (text := shown_text(value)):
                cells[key] = Cell(text, value, f"{letter}{number}")
        for key, columns in self.joined:
            parts = [(shown_text(row[c]), row[c]) for c in columns if c < width]
            filled = [part for part in parts if part[0]]
            if filled:
                sign = "/" if key == "birth_date" else " "
                value = filled[0][1] if len(filled) == 1 and len(columns) == 2 else sign.join(text for text, _ in filled)
                cells[key] = Cell(sign.join(text for text, _ in filled), value, f"{letter_of(columns[0])}{number}")
        return cells

    def _is_person(self, index: int, row: Sequence[Value], cells: Mapping[str, Cell]) -> bool:
        name = cells["full_name"].text if "full_name" in cells else ""
        numbered = self._is_numbered(row)
        proof = numbered or _proof(cells)
        if name and proof and name.casefold() not in self.heading and not _NUMBERING.fullmatch(name):
            return not (self.ended and not numbered and self._ends(name))
        if not cells:
            return False
        if not self.lenient:
            self._refuse_second_table(index)
        return self._is_bare_person(index, row, cells, name)

    def _is_bare_person(self, index: int, row: Sequence[Value], cells: Mapping[str, Cell], name: str) -> bool:
        """For rows without a name, or with a name and nothing that proves a person."""
        texts = [shown_text(value) for value in row if value is not None and value != ""]
        if name.casefold() in self.heading or all(_NUMBERING.fullmatch(text) for text in texts):
            return False
        proof = _proof(cells)
        numbered = self._is_numbered(row)
        if any(self._ends(text) for text in (texts if not name else [name, *texts[:1]])) and not (numbered and name):
            self.ended = True
            return False
        if self.ended and not proof and not numbered:
            return False
        if name:
            alone = len(texts) == 1
            return not (alone and ((index, self.names[0]) in self.wide or (self._has_more and _SECTION.match(name))))
        if numbered:
            return bool(cells)
        return proof or len(cells) > 1

    @property
    def _has_more(self) -> bool:
        return len(self.places) > 1 or self.header.row_number is not None

    def _is_numbered(self, row: Sequence[Value]) -> bool:
        column = self.header.row_number
        if column is None or column >= len(row):
            return False
        value = row[column]
        return isinstance(value, int | float) or (isinstance(value, str) and value.strip(" .)").isdigit())

    @staticmethod
    def _ends(text: str) -> bool:
        words = normal_heading(text)
        return bool(_TOTAL.match(words) or _SIGNATURE.search(words))

    def _refuse_second_table(self, index: int) -> None:
        """A second header with other columns is a second table."""
        if not any(isinstance(v, str) and 2 < len(v) < 80 and self.vocabulary.key_of(shown_text(v)) == "full_name"
                   for v in self.sheet.rows[index]):
            return
        other = header_at(self.sheet, index, self.vocabulary)
        if other is None or "full_name" not in other.places or len(other.places) < 2:
            return  # a remark about a name is no header
        if any(key in self.places and self.places[key] != columns for key, columns in other.places.items()):
            raise DomainError("sheet.two_tables", first=str(self.header.first + 1), second=str(index + 1))

    def _skipped(self, index: int, row: Sequence[Value]) -> Skipped | None:
        for column, value in enumerate(row):
            if value is not None and value != "" and column not in self.header.dropped and (text := shown_text(value)):
                if column == self.header.row_number and self._is_numbered(row) and not self._filled_elsewhere(row):
                    return None     # a numbered line of an empty form
                return Skipped(index + 1, column, text[:80])
        return None

    def _filled_elsewhere(self, row: Sequence[Value]) -> bool:
        return any(value is not None and value != "" and column != self.header.row_number and shown_text(value)
                   for column, value in enumerate(row))
