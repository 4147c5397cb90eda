"""Pasted rows without a header: columns told by what stands in them, or lines of a chat taken apart."""

import re
from collections.abc import Callable, Mapping, Sequence

from lms.core.spreadsheets import Sheet, Value
from lms.rosters.reading.headers import Header
from lms.rosters.reading.records import HEADINGS
from lms.rosters.reading.rows import shown_text

_PHONE = re.compile(r"(?<![\d+])(?:\+?84|0)[ .\-]?\d(?:[ .\-]?\d){7,9}(?!\d)|(?<!\d)[35789]\d{8}(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{3,120}")
_DATE = re.compile(r"(?<!\d)\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})(?!\d)|(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"\s*(?:[-*•+–]\s*)?(?:\d{1,4}\s*[.)/:\-]\s*)?")
_CUT = re.compile(r" [-–—:] ?|[-–—:] | ?[,;|:] ?|\t")
_NAME = re.compile(r"[^\W\d_][^\d@/]*")
_ORDER = ("full_name", "phone", "email", "birth_date", "note")


def without_header(sheet: Sheet) -> tuple[Sheet, Header] | None:
    """The pasted rows as a table with columns, or None when no name can be made out."""
    rows = [[shown_text(value) for value in row] for row in sheet.rows]
    filled = [row for row in rows if any(row)]
    if not filled:
        return None
    if sum(len([text for text in row if text]) > 1 for row in filled) * 2 > len(filled):
        places = _columns(filled)
        if places:
            return sheet, _made_header(places)
    lines = [_taken_apart(" ".join(text for text in row if text)) for row in rows]
    if not any(line and line[0] for line in lines):
        return None
    return Sheet(sheet.name, lines), _made_header({key: (number,) for number, key in enumerate(_ORDER)})


def _made_header(places: Mapping[str, tuple[int, ...]]) -> Header:
    words = {columns[0]: HEADINGS[key] for key, columns in places.items() if key in HEADINGS}
    number = places.get("-", (None,))[0]
    return Header(-1, -1, words, {key: columns for key, columns in places.items() if key != "-"}, row_number=number)


def _columns(rows: Sequence[Sequence[str]]) -> dict[str, tuple[int, ...]]:
    """What each column holds, decided by most of its cells; {} without names."""
    tests: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("phone", _PHONE.fullmatch), ("email", _EMAIL.fullmatch), ("birth_date", _DATE.fullmatch),
        ("-", lambda text: text.rstrip(".)").isdigit() and len(text) < 6),
        ("full_name", lambda text: _NAME.fullmatch(text) and (" " in text)),
        ("note", lambda text: True),
    )
    places: dict[str, tuple[int, ...]] = {}
    for column in range(max(map(len, rows))):
        cells = [row[column] for row in rows[:200] if column < len(row) and row[column]]
        kind = next((key for key, test in tests if cells and sum(bool(test(text)) for text in cells) * 2 > len(cells)), None)
        if kind:
            places.setdefault(kind if kind != "full_name" or "full_name" not in places else "note", (column,))
    return places if "full_name" in places else {}


def _taken_apart(line: str) -> list[Value]:
    """[name, phone, email, date, rest] of a line such as "3) Nguyễn Văn An - 0905 123 456 - Toán"."""
    line = line[:1000]
    found: dict[str, str] = {}
    for key, pattern in (("email", _EMAIL), ("phone", _PHONE), ("birth_date", _DATE)):
        if match := pattern.search(line):
            found[key] = match[0]
            line = f"{line[:match.start()]} , {line[match.end():]}"
    pieces = [piece.strip(" .,-–—:()") for piece in _CUT.split(_NUMBER.sub("", line, count=1))]
    pieces = [piece for piece in pieces if piece]
    name = next((piece for piece in pieces if any(c.isalpha() for c in piece)), "")
    if name in pieces:
        pieces.remove(name)
    if not name and not found:
        return []
    return [name, found.get("phone", ""), found.get("email", ""), found.get("birth_date", ""), ", ".join(pieces)]
