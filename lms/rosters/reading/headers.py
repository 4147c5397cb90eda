"""Where the table begins: the row (or two rows) whose words name the columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms.core.errors import DomainError
from lms.core.spreadsheets import Sheet, letter_of, text_of
from lms.core.vietnamese import clean
from lms.rosters.reading.words import IDENTITY, IGNORED, PARTS, PREFERRED, ROW_NUMBER, Vocabulary, normal_heading

SEARCHED_ROWS = 60
_SURE = 13      # a name column, and another column or a running number
_GENDERS = {"nam", "nu"}


@dataclass(frozen=True)
class Header:
    """The header found: its first and last row counted from 0, the words over each column, what each column is.

    `places` maps a key to its columns: one, or several whose cells are joined.
    """

    first: int
    last: int
    words: Mapping[int, str]
    places: Mapping[str, tuple[int, ...]]
    dropped: tuple[int, ...] = ()
    row_number: int | None = None
    ignored: frozenset[int] = field(default_factory=frozenset)
    score: int = 0

    @property
    def joined(self) -> int:
        """How many columns are joined with others."""
        return sum(len(columns) - 1 for columns in self.places.values())


def find_header(sheet: Sheet, vocabulary: Vocabulary, *, lenient: bool = False) -> Header | None:
    """The first header that is sure, or else the likeliest among the first rows.

    Raises DomainError sheet.two_tables (first, second) unless `lenient`.
    """
    best: Header | None = None
    for number in range(min(SEARCHED_ROWS, len(sheet.rows))):
        found = header_at(sheet, number, vocabulary, lenient=lenient)
        if found and (best is None or found.score > best.score):
            best = found
        if best and best.score >= _SURE and "full_name" in best.places:
            return best     # a later header with more columns would be a second table
    return best


def header_at(
    sheet: Sheet, number: int, vocabulary: Vocabulary, *, chosen: bool = False, lenient: bool = False,
) -> Header | None:
    """The header whose first row is this one, of one line or two; None when its words name no columns."""
    top = _words(sheet, number)
    if not chosen and not any(top.values()):
        return None
    one = _header(number, number, {c: (words, "") for c, words in top.items()}, vocabulary, chosen=chosen, lenient=lenient)
    if number + 1 >= len(sheet.rows):
        return one
    below = _words(sheet, number + 1)
    if not below or not any(vocabulary.key_of(words) or normal_heading(words) in _GENDERS for words in below.values()):
        return one
    above = _spread(sheet, number, top, below)
    two = _header(number, number + 1, {c: (above.get(c, ""), below.get(c, "")) for c in sorted({*above, *below})}, vocabulary,
                  chosen=chosen, lenient=lenient)
    under = _header(number + 1, number + 1, {c: (words, "") for c, words in below.items()}, vocabulary, chosen=False,
                    lenient=lenient)
    rivals = [rival for rival in (one, None if chosen else under) if rival]
    return two if two and all((two.score, two.joined) > (rival.score, rival.joined) for rival in rivals) else one


def _words(sheet: Sheet, number: int) -> dict[int, str]:
    words = {c: clean(text_of(v)[:300]) for c, v in enumerate(sheet.rows[number]) if v is not None and v != ""}
    return {c: text for c, text in words.items() if text}


def _spread(sheet: Sheet, number: int, top: dict[int, str], below: dict[int, str]) -> dict[int, str]:
    """The upper line with its words over every column they cover: by merged cells, or by gaps above filled cells."""
    spread, covered = dict(top), set[int]()
    for (first, left), (last, right) in sheet.merged:
        if first <= number <= last:
            words = top.get(left, "") if first == number else ""
            covered.update(range(left, right + 1))
            if right - left < 4:
                spread.update({c: words for c in range(left, right + 1) if words})
    for column in sorted(below):
        if column not in spread and column not in covered and column - 1 in spread and not sheet.merged:
            spread[column] = spread[column - 1]
    return spread


def _header(
    first: int, last: int, words: Mapping[int, tuple[str, str]], vocabulary: Vocabulary, *, chosen: bool, lenient: bool,
) -> Header | None:
    keys = {column: _key(top, bottom, vocabulary) for column, (top, bottom) in words.items()}
    shown = {c: (f"{top} {bottom}" if top and bottom and top != bottom else bottom or top) for c, (top, bottom) in words.items()}
    places: dict[str, list[int]] = {}
    for column in sorted(keys):
        if key := keys[column]:
            places.setdefault(key, []).append(column)
    if not lenient:
        _refuse_two_tables(places)
    merged = {key: _one_place(key, columns, shown) for key, columns in places.items()}
    _join_parts(merged)
    dropped = tuple(places.get(IDENTITY, ()))
    numbers = places.get(ROW_NUMBER, [])
    ignored = frozenset((*places.get(IGNORED, ()), *numbers))
    for key in (IDENTITY, IGNORED, ROW_NUMBER):
        merged.pop(key, None)
    score = _score(merged, shown, vocabulary, has_number=bool(numbers))
    if not chosen and score < 2:
        return None
    return Header(first, last, shown, merged, dropped, numbers[0] if numbers else None, ignored, score)


def _key(top: str, bottom: str, vocabulary: Vocabulary) -> str | None:
    over, under = (vocabulary.key_of(words) if words else None for words in (top, bottom))
    if not bottom or top == bottom:
        return over
    if over == "birth_date" and normal_heading(bottom) == "nu":
        return "birth_date"
    if over == "birth_date" and under not in ("birth_day", "birth_month", "birth_year"):
        return under or over
    if under and (under not in PARTS or not over or PARTS[under] == over):
        return under
    return vocabulary.key_of(f"{top} {bottom}") if top else under


def _refuse_two_tables(places: Mapping[str, Sequence[int]]) -> None:
    """Two tables side by side repeat their columns in the same order."""
    names = places.get("full_name") or places.get("given_name") or []
    again = [key for key, columns in places.items() if key not in (IGNORED, IDENTITY) and len(columns) > 1 and
             any(column > names[1] - 2 for column in columns[1:])] if len(names) > 1 and names[1] - names[0] > 1 else []
    if len(again) > 1:
        raise DomainError("sheet.two_tables", first=letter_of(names[0]), second=letter_of(names[1]))


def _one_place(key: str, columns: list[int], shown: Mapping[int, str]) -> tuple[int, ...]:
    if key == "organisation" and len(columns) > 1:
        ranks = {c: PREFERRED.index(w) if (w := normal_heading(shown[c])) in PREFERRED else 99 for c in columns}
        return (min(columns, key=lambda c: ranks[c]),)
    if key in ("full_name", "birth_date") and len(columns) == 2 and columns[1] == columns[0] + 1 and (
            shown[columns[0]] == shown[columns[1]] or normal_heading(shown[columns[1]]).endswith(" nu")):
        return tuple(columns)
    return (columns[0],)


def _join_parts(places: dict[str, tuple[int, ...]]) -> None:
    """Family and given name become one name, day, month and year one date; parts without partners are nothing."""
    family, given = places.pop("family_name", ()), places.pop("given_name", ())
    if family and given:
        places["full_name"] = (*family, *given)
    elif "full_name" not in places and (given or family):
        places["full_name"] = given or family
    elif given and places["full_name"][-1] + 1 == given[0]:
        places["maybe_given"] = given
    day, month, year = (places.pop(f"birth_{part}", ()) for part in ("day", "month", "year"))
    if year and month and "birth_date" not in places:
        places["birth_date"] = (*day, *month, *year)
    elif year and "birth_date" in places and len(places["birth_date"]) == 1 and places["birth_date"][0] == year[0] + 1:
        places["birth_date"] = (*year, *places["birth_date"])    # "Nam" and "Nữ" below "Năm sinh"


def _score(places: Mapping[str, tuple[int, ...]], shown: Mapping[int, str], vocabulary: Vocabulary, *, has_number: bool) -> int:
    """A name column counts most; words alone in their row must be an exact heading."""
    keys = [key for key in places if key != "maybe_given"]
    if len(shown) == 1 and not any(normal_heading(words) in vocabulary.exact for words in shown.values()):
        return 0
    return (3 * len(keys) + (9 if "full_name" in places else 0) + (1 if has_number else 0)) if keys else 0
