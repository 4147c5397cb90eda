"""What a cell means: telephone numbers that lost their zero, days in every spelling, addresses, codes."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple, TypeVar

from lms.core.errors import DomainError
from lms.people.rules.identities import OLDEST, YOUNGEST, is_mobile, normal_phone
from lms.rosters.reading.records import Cell, Fault, Reading, ReadRow
from lms.rosters.rules.names import name_in_list
from lms.rosters.rules.records import CheckedRow

LONGEST = {"staff_code": 40, "class": 40, "position": 120, "organisation": 200, "note": 300, "personal_code": 20}
_NOTHING = {"", "-", "--", "---", "x", "/", ".", "...", "không", "khong", "không có", "khong co", "ko", "ko có", "ko co", "k",
            "k có", "chưa có", "chua co", "n/a", "na", "null", "none", "0", "?", "trống"}
_MOBILE = re.compile(r"0[35789]\d{8}")
_SHORT_MOBILE = re.compile(r"[35789]\d{8}|2\d{9}")
_POINT_ZERO = re.compile(r"(\d{6,15})[.,]0{1,6}")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d{1,14})?[eE]\+?\d{1,2}")
_SEVERAL = re.compile(r"[/;,\n|]|\s-\s|\s{2,}|\bhoặc\b|\bvà\b")
_LABEL = re.compile(r"^(?:đtdđ|sđt|đt|tel|zalo|dđ|di động|số|mobile)\s{0,3}[:.]?\s{0,3}", re.IGNORECASE)
_EMAIL = re.compile(r"(?!\.)[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,63}")
_DAY = re.compile(r"(\d{1,2})\s?[/.\-\s]\s?(\d{1,2})\s?[/.\-\s]\s?(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{1,2})(?:[T ][\d:.]{4,15}Z?)?")
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?$")
_MONTH = re.compile(r"(\d{1,2})\s?[/.\-]\s?((?:19|20)\d\d)")
_WORDS = re.compile(r"^(?:ngày|sinh ngày|sn)?\s{0,3}(\d{1,2})\s{1,3}tháng\s{1,3}(\d{1,2})\s{1,3}năm\s{1,3}(\d{4})$", re.IGNORECASE)
_UNKNOWN = r"(?:[?.x_\-\s]{1,3}|0{1,2})\s?[/.\-]\s?"
_UNKNOWN_DAY = re.compile("^" + _UNKNOWN * 2 + r"((?:19|20)\d\d)", re.IGNORECASE)
_T = TypeVar("_T")
_NO_CELL = Cell("", None, "")
_FIRST_SERIAL = date(1899, 12, 30)


class Refused(Exception):
    """A cell that means nothing allowed; `code` and `params` make the fault."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class Day(NamedTuple):
    """A day of birth, or the year alone."""

    year: int
    day: date | None


class Phone(NamedTuple):
    """The number to keep, and what else the cell held."""

    number: str
    others: tuple[str, ...] = ()


def is_nothing(text: str) -> bool:
    """Whether this is how people write that there is nothing: a dash, "không có"."""
    return text.strip().casefold() in _NOTHING


def phone_of_cell(cell: Cell) -> Phone | None:
    """The number in this cell; of several the first mobile one. Raises Refused phone.invalid (typed)."""
    text = cell.text
    if _MOBILE.fullmatch(text):
        return Phone(text)
    if isinstance(cell.value, float | int) and not isinstance(cell.value, bool):
        text = str(int(cell.value)) if float(cell.value).is_integer() else text
    text = unicodedata.normalize("NFKC", text).strip("'`’ \"")
    if is_nothing(text):
        return None
    whole = _one_number(text)
    if whole:
        return Phone(whole)
    found = [number for part in _SEVERAL.split(text[:200]) if (number := _one_number(part))]
    if not found:
        raise Refused("phone.invalid", typed=sum(c.isdigit() for c in text))
    best = next((number for number in found if is_mobile(number)), found[0])
    return Phone(best, tuple(dict.fromkeys(number for number in found if number != best)))


def _one_number(text: str) -> str | None:
    text = _LABEL.sub("", text.strip("'`’ .\""), count=1)
    if match := _POINT_ZERO.fullmatch(text):
        text = match[1]
    elif _SCIENTIFIC.fullmatch(text):
        number = Decimal(text.replace(",", "."))
        digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
        if not isinstance(exponent, int) or exponent != 0 or len(digits) < 9:
            return None     # a spreadsheet cut digits off: what is left is nobody's number
        text = str(int(number))
    bare = re.sub(r"[\s.\-()]", "", text[:40])
    if _SHORT_MOBILE.fullmatch(bare):
        bare = f"0{bare}"
    try:
        return normal_phone(bare)
    except DomainError:
        return None


def email_of_text(text: str) -> str | None:
    """The address in lower case; of several the first. Raises Refused email.invalid."""
    typed = unicodedata.normalize("NFKC", text).strip(" <>'\"").casefold().removeprefix("mailto:")
    if is_nothing(typed):
        return None
    first = re.split(r"[;,\s]", typed[:600], maxsplit=1)[0].strip(".<>")
    if len(first) > 254 or ".." in first or not _EMAIL.fullmatch(first):
        raise Refused("email.invalid")
    return first


def day_of_cell(cell: Cell, *, today: date, youngest: int = YOUNGEST, oldest: int = OLDEST) -> Day | None:
    """The day in this cell, or its year alone. Raises Refused date.invalid (first, last: the years allowed).

    Only d/m/y and y-m-d are understood: a day that is none (4/25/1980) is never turned round. For another day than
    a birth (a course's end) give other ages.
    """
    first, last = today.year - oldest, today.year - youngest
    value = cell.value
    if isinstance(value, datetime):
        found: Day | None = Day(value.year, value.date())
    elif isinstance(value, date):
        found = Day(value.year, value)
    elif isinstance(value, float | int) and not isinstance(value, bool):
        found = _day_of_number(value, first, last)
    elif is_nothing(cell.text):
        return None
    else:
        found = _day_of_text(unicodedata.normalize("NFKC", cell.text).strip("' "), last)
    if found is None or not first <= found.year <= last or (found.day and found.day > today):
        raise Refused("date.invalid", first=first, last=last)
    return found


def _day_of_number(value: float, first: int, last: int) -> Day | None:
    """A year, a spreadsheet's day number, or ddmmyyyy that lost its zero."""
    whole = int(value)
    if whole != value and whole < 10_000:
        return None
    if first <= whole <= last:
        return Day(whole, None)
    if 2200 < whole < 60_000:
        return _made(_FIRST_SERIAL + timedelta(days=whole))
    return _digits(f"{whole:08d}") if 1_000_000 <= whole <= 31_129_999 else None


def _made(day: date) -> Day:
    return Day(day.year, day)


def _digits(text: str) -> Day | None:
    return _day(int(text[:2]), int(text[2:4]), int(text[4:]))


def _day(day: int, month: int, year: int) -> Day | None:
    try:
        return _made(date(year, month, day))
    except ValueError:
        return None


def _day_of_text(text: str, last: int) -> Day | None:
    text = text[:60]
    if text.isascii() and text.isdigit():
        return _day_of_digits(text, last)
    if match := _ISO.fullmatch(text):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    text = _CLOCK.sub("", text)
    if match := _DAY.fullmatch(text) or _WORDS.fullmatch(text):
        year = int(match[3])
        if len(match[3]) == 2:
            year += 2000 if 2000 + year <= last else 1900
        return _unknown(text) if int(match[1]) == int(match[2]) == 0 else _day(int(match[1]), int(match[2]), year)
    if match := _MONTH.fullmatch(text):
        return Day(int(match[2]), None) if 1 <= int(match[1]) <= 12 else None
    return _unknown(text)


def _unknown(text: str) -> Day | None:
    """00/00/1950 and ?/?/1950: the year alone."""
    match = _UNKNOWN_DAY.fullmatch(text)
    return Day(int(match[1]), None) if match else None


def _day_of_digits(text: str, last: int) -> Day | None:
    if len(text) == 4:
        return Day(int(text), None)
    if len(text) == 5 and int(text) < 60_000:
        return _made(_FIRST_SERIAL + timedelta(days=int(text)))
    if len(text) == 6:
        year = int(text[4:])
        return _day(int(text[:2]), int(text[2:4]), year + (2000 if 2000 + year <= last else 1900))
    return _digits(text) if len(text) == 8 else None


def plain_text(key: str, text: str) -> str | None:
    """A code, class, position, unit or note. Raises Refused text.too_long (size, most)."""
    if not text or (key != "note" and text in ("-", "--", "/")):
        return None
    if len(text) > LONGEST[key]:
        raise Refused("text.too_long", size=len(text), most=LONGEST[key])
    return text


@dataclass
class PersonValues:
    """What one row says of a person. `row` holds everything that could be read, also when there are errors."""

    row: CheckedRow
    errors: list[Fault]
    warnings: list[Fault]


class PersonReader:
    """Reads the cells about a person out of the rows of one reading."""

    def __init__(self, reading: Reading, *, today: date) -> None:
        self.reading, self.today = reading, today
        self.errors: list[Fault] = []
        self.warnings: list[Fault] = []
        readers: dict[str, Callable[[Cell], Any]] = {
            "phone": phone_of_cell, "email": lambda cell: email_of_text(cell.text),
            "birth_date": lambda cell: day_of_cell(cell, today=today),
            **{key: partial(_text, key) for key in LONGEST},
        }
        self._readers = [(key, read) for key, read in readers.items() if key in reading.letters]

    def fault(self, row: int, key: str, code: str, cell: Cell | None = None, **params: Any) -> Fault:
        """A fault at this key's cell, with the file's own words for the column."""
        letter = self.reading.letters.get(key, "").split("+")[0]
        return Fault(row, cell.address if cell else f"{letter}{row}" if letter else "", self.reading.columns.get(key, ""), code,
                     params, key)

    def read(self, row: ReadRow) -> PersonValues:
        """Every value of this row in its normal form, and its faults."""
        self.errors, self.warnings = [], []
        cells, values = row.cells, dict[str, Any]()
        name = self._try(row, "full_name", lambda cell: _name(cell.text), cells.get("full_name", _NO_CELL))
        for key, read in self._readers:
            if cell := cells.get(key):
                values[key] = self._try(row, key, read, cell)
        day, phone = values.get("birth_date"), values.get("phone")
        if day and day.day is None:
            self.warnings.append(self.fault(row.number, "birth_date", "date.year_only", cells["birth_date"], year=day.year))
        return PersonValues(CheckedRow(
            row.number, name or "", day.year if day else None, day.day if day else None, phone.number if phone else None,
            values.get("email"), values.get("staff_code"), values.get("class"), values.get("position"),
            values.get("organisation"), _note(values.get("note"), phone), values.get("personal_code"),
        ), self.errors, self.warnings)

    def _try(self, row: ReadRow, key: str, read: Callable[[Cell], _T], cell: Cell) -> _T | None:
        try:
            return read(cell)
        except Refused as refusal:
            self.errors.append(self.fault(row.number, key, refusal.code, row.cells.get(key), **refusal.params))
            return None


def person_values(reading: Reading, row: ReadRow, *, today: date) -> PersonValues:
    """What one row of a reading says of a person, with its errors and warnings."""
    return PersonReader(reading, today=today).read(row)


def _text(key: str, cell: Cell) -> str | None:
    return plain_text(key, cell.text)


def _name(text: str) -> str:
    try:
        return name_in_list(text)
    except DomainError as refusal:
        codes = {"person.name_missing": "name.missing", "person.name_too_long": "name.too_long", "person.name_sign": "name.invalid"}
        raise Refused(codes[refusal.code], **refusal.params) from refusal


def _note(note: str | None, phone: Phone | None) -> str | None:
    """The note, with the numbers that have no place of their own."""
    if not phone or not phone.others:
        return note
    return "; ".join(filter(None, (note, *phone.others)))[:LONGEST["note"]]
