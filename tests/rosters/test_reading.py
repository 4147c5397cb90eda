"""Every list in `tests/rosters/lists` is read and checked exactly as its case says."""

from datetime import date

import pytest

from lms.core.spreadsheets import column_of
from lms.rosters.reading import read_pasted, read_roster
from lms.rosters.rules import check_roster
from lms.web.phrases.rosters import fault_sentence
from tests.rosters.lists.cases import CASES

TODAY = date(2026, 11, 20)
SHOWN = {"birth_year": "year", "birth_date": "born", "phone": "phone", "email": "email", "staff_code": "staff_code",
         "school_class": "class", "position": "position", "organisation": "organisation", "note": "note", "personal_code": "code"}


def shown(row):
    values = {word: getattr(row, field) for field, word in SHOWN.items()}
    return " ".join([f"{row.number} {row.full_name}", *(f"{word}={value}" for word, value in values.items() if value is not None)])


def lines(text):
    return [line for line in text.strip().split("\n") if line]


def where(faults):
    return [f"{fault.cell} {fault.code}" for fault in faults]


def test_there_are_sixty_lists_and_more():
    assert len({case.name for case in CASES}) == len(CASES) >= 60
    assert len({case.content for case in CASES}) >= 60


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_list_is_read_exactly(case):
    reading = read_roster(case.content, filename=case.filename, choice=case.choice)
    letters = sorted(reading.letters.items(), key=lambda pair: column_of(pair[1].split("+")[0]))
    assert ", ".join(f"{letter} {key}" for key, letter in letters) == case.columns
    assert (reading.header_row, reading.encoding) == (case.header_row, case.encoding)
    assert case.sheet is None or reading.sheet == case.sheet
    checked = check_roster(reading, today=TODAY)
    assert where(checked.errors) == lines(case.errors)
    assert [shown(row) for row in checked.rows] == lines(case.rows)
    assert where(checked.warnings) == lines(case.warnings)
    assert len(checked.rows) + len(checked.faulty) == checked.counted or "column.missing" in case.errors


def test_every_fault_and_warning_has_a_sentence_with_its_params():
    said = set()
    for case in CASES:
        checked = check_roster(read_roster(case.content, filename=case.filename, choice=case.choice), today=TODAY)
        for fault in (*checked.errors, *checked.warnings):
            words = fault_sentence(fault.code, fault.params)
            assert words, fault.code
            assert "%(" not in words
            said.add(fault.code)
    assert said == {
        "column.dropped", "column.missing", "date.invalid", "date.year_only", "email.invalid", "name.invalid", "name.missing",
        "name.too_long", "person.similar", "phone.invalid", "phone.shared", "row.duplicate", "row.skipped", "text.too_long"}


def test_a_fault_names_the_words_of_the_file_and_its_reason():
    reading = read_roster("Họ tên;Số ĐT\nPhan An;091455667\nphan an;0905123456\nPhan An;0905123456".encode(), filename="a.csv")
    short, twin = check_roster(reading, today=TODAY).errors
    assert (short.row, short.cell, short.column, short.key, short.params) == (2, "B2", "Số ĐT", "phone", {"typed": 9})
    assert (twin.column, twin.params) == ("Họ tên", {"first": 3, "name": "phan an"})


def test_what_was_found_is_shown_with_samples_but_never_identity_numbers():
    reading = read_roster("STT;Họ tên;CCCD;Sở thích\n1;Phan An;048200001234;cờ\n2;Lê Na;048200001235;".encode(), filename="a.csv")
    assert [(c.letter, c.header, c.key, c.samples) for c in reading.found] == [
        ("A", "STT", None, ("1", "2")), ("B", "Họ tên", "full_name", ("Phan An", "Lê Na")), ("C", "CCCD", None, ()),
        ("D", "Sở thích", None, ("cờ",))]
    assert reading.sample_names == ("Phan An", "Lê Na")
    assert "048200001234" not in repr(reading)


def test_pasted_text_and_its_stored_bytes_read_the_same():
    text = "1. Phan An 0905123456\n2. Lê Na 0914556678"
    assert read_pasted(text) == read_roster(text.encode(), filename=read_pasted(text).file)


def test_notes_say_hidden_rows_and_several_sheets():
    named = {case.name: case for case in CASES}
    hidden = read_roster(named["hidden rows are read"].content, filename="a.xlsx")
    several = read_roster(named["the list is on the second sheet"].content, filename="a.xlsx")
    assert [(note.code, note.params) for note in (*hidden.notes, *several.notes)] == [
        ("rows.hidden", {"count": 1}), ("sheet.several", {"count": 2})]
    assert several.sheets == ("Thư", "DS")
