"""The two ways in: a file, or rows that somebody pasted."""

import re
from collections.abc import Mapping
from dataclasses import replace

from lms.core.errors import DomainError
from lms.core.spreadsheets import Sheet, Workbook, column_of, letter_of, read_workbook
from lms.rosters.reading.headers import Header, find_header, header_at
from lms.rosters.reading.pasted import without_header
from lms.rosters.reading.records import PASTED, Choice, Fault, FoundColumn, Note, Reading, ReadRow
from lms.rosters.reading.rows import Skipped, Table, shown_text
from lms.rosters.reading.words import ROSTER, Vocabulary

_LETTERS = re.compile(r"[A-Z]{1,2}(?:\+[A-Z]{1,2}){0,3}")
_NO_CHOICE = Choice()
_SAMPLED_ROWS = 40


def read_roster(
    content: bytes, *, filename: str, choice: Choice = _NO_CHOICE, vocabulary: Vocabulary = ROSTER,
) -> Reading:
    """Read a list of people (or, with another vocabulary, a list about people).

    Hidden sheets are left out; hidden rows (a filter that somebody forgot) are read like the others and noted. Without
    a name column the reading has no rows; checking then says column.missing. Raises DomainError file.empty,
    file.encrypted, file.too_large, file.unreadable, sheet.unknown, sheet.two_tables (first, second), column.unknown.
    """
    book = read_workbook(content, filename=filename, encoding=choice.encoding)
    sheet, header = _sheet_and_header(book, choice, vocabulary)
    notes = []
    if header is None and filename.lower().endswith(".txt") and (made := without_header(sheet)):
        sheet, header = made
    if header is None:
        header = Header(0, 0, {}, {})
    header = _with_second_name_column(sheet, header)
    places = _chosen_places(header, choice)
    if sheet.hidden_rows:
        notes.append(Note("rows.hidden", {"count": sheet.hidden_rows}))
    if len(book.visible) > 1:
        notes.append(Note("sheet.several", {"count": len(book.visible)}))
    table = Table(sheet, header, places, vocabulary, lenient="full_name" in choice.columns)
    return _reading(book, sheet, header, places, table, notes)


def read_pasted(text: str, *, choice: Choice = _NO_CHOICE, vocabulary: Vocabulary = ROSTER) -> Reading:
    """Read pasted rows. The same bytes under the file name `PASTED` read the same through `read_roster`."""
    return read_roster(text.encode("utf-8", "replace"), filename=PASTED, choice=choice, vocabulary=vocabulary)


def _sheet_and_header(book: Workbook, choice: Choice, vocabulary: Vocabulary) -> tuple[Sheet, Header | None]:
    sheets = [sheet for sheet in book.visible if choice.sheet is None or sheet.name == choice.sheet]
    if not sheets:
        raise DomainError("sheet.unknown" if choice.sheet is not None else "file.empty")
    lenient = "full_name" in choice.columns
    if choice.header_row is not None:
        return sheets[0], _header_chosen(sheets[0], choice.header_row, vocabulary, lenient=lenient)
    best: tuple[Sheet, Header | None] = (sheets[0], None)
    refusal: DomainError | None = None
    for sheet in sheets:
        try:
            header = find_header(sheet, vocabulary, lenient=lenient)
        except DomainError as fault:
            refusal = refusal or fault
            continue
        if header and (best[1] is None or _weight(sheet, header) > _weight(best[0], best[1])):
            best = (sheet, header)
    if best[1] is None and refusal:
        raise refusal
    return best


def _weight(sheet: Sheet, header: Header) -> tuple[bool, bool, int]:
    return "full_name" in header.places, len(sheet.rows) > header.last + 1, header.score


def _header_chosen(sheet: Sheet, row: int, vocabulary: Vocabulary, *, lenient: bool) -> Header:
    if row == 0:
        return Header(-1, -1, {}, {})
    if not 1 <= row <= len(sheet.rows):
        raise DomainError("sheet.row_unknown", rows=len(sheet.rows))
    return header_at(sheet, row - 1, vocabulary, chosen=True, lenient=lenient) or Header(row - 1, row - 1, {}, {})


def _with_second_name_column(sheet: Sheet, header: Header) -> Header:
    """A name often fills two columns below one heading; the second holds the given name."""
    places = dict(header.places)
    given = places.pop("maybe_given", None)
    names = places.get("full_name")
    if names and len(names) == 1:
        after = given[0] if given else names[0] + 1
        free = given or (after not in header.words and after not in header.ignored)
        if free and _holds_given_names(sheet, header, names[0], after):
            places["full_name"] = (*names, after)
    return replace(header, places=places)


def _holds_given_names(sheet: Sheet, header: Header, first: int, second: int) -> bool:
    sample = sheet.rows[header.last + 1:header.last + 1 + _SAMPLED_ROWS]
    pairs = [(shown_text(row[first]), shown_text(row[second])) for row in sample if second < len(row) and shown_text(row[first])]
    fit = [b for a, b in pairs if len(b) > 1 and b.replace(" ", "").isalpha() and b.count(" ") < 2 and not a.endswith(b)]
    return len(fit) * 2 > len(pairs) and bool(fit)


def _chosen_places(header: Header, choice: Choice) -> dict[str, tuple[int, ...]]:
    """The columns as found, with what a person chose instead. Raises DomainError column.unknown (letters)."""
    places = dict(header.places)
    for key, letters in choice.columns.items():
        if letters and not _LETTERS.fullmatch(letters):
            raise DomainError("column.unknown", letters=letters[:20])
        columns = tuple(column_of(letter) for letter in letters.split("+")) if letters else ()
        places = {k: v for k, v in places.items() if k != key and not set(v) & set(columns)}
        if columns and not set(columns) & set(header.dropped):
            places[key] = columns
    return places


def _reading(
    book: Workbook, sheet: Sheet, header: Header, places: Mapping[str, tuple[int, ...]], table: Table, notes: list[Note],
) -> Reading:
    rows: list[ReadRow] = []
    warnings = [Fault(header.first + 1, f"{letter_of(column)}{header.first + 1}", header.words.get(column, ""), "column.dropped")
                for column in header.dropped]
    if "full_name" in places:
        for one in table.read():
            if isinstance(one, Skipped):
                warnings.append(Fault(one.row, f"{letter_of(one.column)}{one.row}", "", "row.skipped", {"text": one.text}))
            else:
                rows.append(one)
    names = [row.cells["full_name"].text for row in rows if "full_name" in row.cells]
    words = {key: " + ".join(dict.fromkeys(w for c in columns if (w := header.words.get(c)))) for key, columns in places.items()}
    return Reading(
        file=book.file, sheet=sheet.name, sheets=tuple(one.name for one in book.visible), encoding=book.encoding,
        header_row=header.first + 1 if header.first >= 0 and header.words else None,
        columns=words,
        letters={key: "+".join(map(letter_of, columns)) for key, columns in places.items()},
        rows=tuple(rows), warnings=tuple(sorted(warnings, key=lambda fault: fault.row)), sample_names=tuple(names[:5]),
        found=_found(sheet, header, places), notes=tuple(notes))


def _found(sheet: Sheet, header: Header, places: Mapping[str, tuple[int, ...]]) -> tuple[FoundColumn, ...]:
    keys = {column: key for key, columns in places.items() for column in columns}
    below = sheet.rows[header.last + 1:header.last + 1 + _SAMPLED_ROWS]
    width = max([*(len(row) for row in below), *(column + 1 for column in header.words)], default=0)
    columns = []
    for column in range(width):
        values = [text for row in below if column < len(row) and (text := shown_text(row[column]))]
        samples = () if column in header.dropped else tuple(text[:60] for text in values[:3])
        if values or column in header.words:
            columns.append(FoundColumn(letter_of(column), header.words.get(column, ""), keys.get(column), samples))
    return tuple(columns)
