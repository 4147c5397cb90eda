"""Lists given away open in Excel with right letters and no live formula, and read back as what was written."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.core.errors import DomainError
from lms.core.spreadsheets import SheetToWrite, read_workbook, write_csv, write_workbook
from lms.core.spreadsheets.writing import guarded, unguarded
from lms.rosters.reading import read_roster
from lms.rosters.rules import check_roster
from lms.rosters.writing import DEFAULT_FORM, RosterForm, error_file, export_file, template_file
from tests.rosters.lists.building import csv as as_csv
from tests.rosters.lists.building import xlsx

TODAY = date(2026, 11, 20)
FORMULAS = ["=HYPERLINK(\"http://x\")", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "；=1", ";=1", "a;=1+1", "'=1",
     "''=1",
            " =1", "+84905123456", "x|=1", "\u00a0=1", "a\n=1"]


def cells(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]


def test_no_cell_of_a_workbook_is_ever_a_formula_or_a_link():
    written = cells(write_workbook([SheetToWrite("DS", ["Tên"], [[text] for text in FORMULAS], lines=["=1+1"])]))
    assert {kind for row in written for _, kind in row} == {"s"}
    # A line break alone is written as XML reads it.
    assert [row[0][0].replace("_x000D_", "\r") for row in written] == ["=1+1", "Tên", *FORMULAS]


def test_no_cell_of_a_csv_file_begins_a_formula_under_any_separator():
    content = write_csv([[text, "0905123456"] for text in FORMULAS])
    assert content.startswith(b"\xef\xbb\xbf")
    for separator in ",;|\t":
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator):
            assert not [cell for cell in row if cell.strip().startswith(("=", "+", "-", "@", "＝", "\t", "\r"))], (separator,
                 row)


@given(st.text(alphabet="='+-@;,|\t\r\n aĐ＝", max_size=12))
def test_the_guard_is_reversible(text):
    assert unguarded(guarded(text)) == text


def test_a_telephone_number_survives_every_round():
    rows = [{"full_name": "Phan An", "phone": "+84905123456"}, {"full_name": "Lê Na", "phone": "0914556678"}]
    for suffix in (".xlsx", ".csv"):
        for _ in range(2):
            checked = check_roster(read_roster(export_file(rows, suffix=suffix), filename=f"a{suffix}"), today=TODAY)
            rows = [{"full_name": row.full_name, "phone": row.phone} for row in checked.rows]
            assert rows == [{"full_name": "Phan An", "phone": "0905123456"}, {"full_name": "Lê Na", "phone": "0914556678"}]


def test_an_export_is_text_with_a_bold_heading_and_the_lines_of_the_form():
    form = RosterForm(("UBND PHƯỜNG BẾN THU", "Danh sách"), (("phone", "Số máy điện thoại"), ("full_name",
    "Họ và tên người học")))
    content = export_file([{"full_name": "Phan An", "phone": "0905123456", "personal_code": "BT-7K3-29P"}], form)
    book = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [[cell.value for cell in row] for row in book.iter_rows()] == [
        ["UBND PHƯỜNG BẾN THU", None, None, None], ["Danh sách", None, None, None],
        ["STT", "Số máy điện thoại", "Họ và tên người học", "Mã cá nhân"], [1, "0905123456", "Phan An", "BT-7K3-29P"]]
    assert book["B3"].font.bold
    assert (book["B4"].data_type, book["B4"].number_format) == ("s", "@")
    assert read_roster(content, filename="a.xlsx").columns == {
        "full_name": "Họ và tên người học", "phone": "Số máy điện thoại", "personal_code": "Mã cá nhân"}


def test_another_suffix_is_refused():
    with pytest.raises(DomainError, match="file.suffix") as caught:
        export_file([], suffix=".pdf")
    assert caught.value.params == {"suffix": "pdf"}


def test_a_template_is_recognised_whole_and_holds_nobody():
    for form in (DEFAULT_FORM, RosterForm(("Dòng 1",), (("full_name", "Họ tên"), ("class", "Lớp")))):
        reading = read_roster(template_file(form, rows=40), filename="mau.xlsx")
        assert reading.columns == dict(form.columns)
        assert (reading.sheet, reading.rows, reading.header_row) == ("Danh sách", (), len(form.lines) + 1)


names = st.sampled_from(["Nguyễn Văn An", "Lê Thị Hoà", "Y Bhăm Êban", "H'Hen Niê", "Hoà", "Đỗ Ỷ Ởn", "ĐẶNG NGỌC"])
texts = st.text(alphabet="aàđẸ 0=+-@;'|,\"", min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(
    lambda text: text not in ("", "-", "--"))
people = st.lists(st.fixed_dictionaries({
    "full_name": names,
    "phone": st.none() | st.integers(900_000_000, 999_999_999).map(lambda n: f"0{n}"),
    "birth_date": st.none() | st.dates(date(1910, 1, 1), date(2015, 1, 1)) | st.integers(1910, 2015),
    "class": st.none() | texts, "note": st.none() | texts, "position": st.none() | texts,
    "email": st.none() | st.integers(0, 10**6).map(lambda n: f"a.{n}@x.vn"),
    "personal_code": st.integers(10**4, 10**5).map(lambda n: f"BT-{n}"),
}), max_size=12, unique_by=lambda one: one["personal_code"])


@given(people, st.sampled_from([".xlsx", ".csv"]))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(rows, suffix):
    reading = read_roster(export_file(rows, suffix=suffix), filename=f"a{suffix}")
    keys = ("full_name", "phone", "class", "note", "position", "email", "personal_code")
    back = [{key: row.cells[key].text if key in row.cells else None for key in keys} for row in reading.rows]
    assert back == [{key: row[key] for key in back[0]} for row in rows] if rows else back == []
    days = [row.birth_date or row.birth_year for row in check_roster(reading, today=TODAY).rows]
    faulty = {fault.row for fault in check_roster(reading, today=TODAY).errors}
    assert days == [row["birth_date"] for number, row in enumerate(rows, start=2) if number not in faulty]


# --- the error file -----------------------------------------------------------------------------------------------

FAULTY = """
TRƯỜNG THCS BẾN THU | | |
STT | Họ và tên | Số CCCD | Điện thoại
1 | Phan An | 048200001234 | 0905123456
2 | Lê Na | 048200001235 | 091455667
3 | | | 0935990011
Tổng cộng: 3 | | |
"""


def returned(content=None, **more):
    content = content or xlsx(FAULTY)
    checked = check_roster(read_roster(content, filename="a.xlsx"), today=TODAY)
    return error_file(content, filename="a.xlsx", errors=checked.errors, reason=lambda fault: f"lý do {fault.code}", **more)


def test_the_error_file_is_the_same_sheet_with_marks_and_reasons():
    sheet = openpyxl.load_workbook(io.BytesIO(returned())).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["TRƯỜNG THCS BẾN THU", None, None, None, None],
        ["STT", "Họ và tên", "Số CCCD", "Điện thoại", "Lý do cần sửa"],
        ["1", "Phan An", None, "0905123456", None],
        ["2", "Lê Na", None, "091455667", "lý do phone.invalid"],
        ["3", None, None, "0935990011", "lý do name.missing"],
        ["Tổng cộng: 3", None, None, None, None]]
    marked = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFFFD7D0"}
    assert marked == {"D4", "B5"}
    assert sheet["D4"].comment.text.endswith("lý do phone.invalid")


def test_the_error_file_is_corrected_and_sent_again():
    book = openpyxl.load_workbook(io.BytesIO(returned()))
    book.active["D4"], book.active["B5"] = "0914556678", "Võ Ba"
    out = io.BytesIO()
    book.save(out)
    reading = read_roster(out.getvalue(), filename="b.xlsx")
    checked = check_roster(reading, today=TODAY)
    assert checked.errors == ()
    assert [(row.full_name, row.phone) for row in checked.rows] == [
        ("Phan An", "0905123456"), ("Lê Na", "0914556678"), ("Võ Ba", "0935990011")]
    once_more = openpyxl.load_workbook(io.BytesIO(returned(returned()))).active
    assert [cell.value for cell in once_more[2]] == ["STT", "Họ và tên", "Số CCCD", "Điện thoại", "Lý do cần sửa"]


def test_only_the_faulty_rows_with_what_was_corrected():
    sheet = openpyxl.load_workbook(io.BytesIO(returned(only_faulty=True, corrections={(4, "full_name"): "Lê Thị Na"}))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()][2:] == [
        ["2", "Lê Thị Na", None, "091455667", "lý do phone.invalid"], ["3", None, None, "0935990011", "lý do name.missing"]]


def test_pasted_lines_come_back_as_a_table():
    content = b"Phan An 0905123456\n0914556678\n"
    checked = check_roster(read_roster(content, filename="dan.txt"), today=TODAY)
    back = error_file(content, filename="dan.txt", errors=checked.errors, reason=lambda fault: fault.code)
    assert [[cell.value for cell in row][:2] for row in openpyxl.load_workbook(io.BytesIO(back)).active.iter_rows()] == [
        ["Họ và tên", "Số điện thoại"], ["Phan An", "0905123456"], [None, "0914556678"]]
    assert read_roster(back, filename="b.xlsx").columns["phone"] == "Số điện thoại"


def test_the_error_file_of_an_old_font_is_in_unicode():
    content = as_csv("Họ và tên|SĐT\nNguyễn Thị Hương|12\nTrần Đức|0905123456", encoding="tcvn3")
    assert [row[0][0] for row in cells(returned(content))] == ["Họ và tên", "Nguyễn Thị Hương", "Trần Đức"]


def test_sheets_get_names_that_excel_takes():
    book = write_workbook([SheetToWrite("a/b:c*d?[e]'" + "x" * 40), SheetToWrite(""), SheetToWrite("Sheet"),
         SheetToWrite("sheet")])
    assert [sheet.name for sheet in read_workbook(write_workbook([SheetToWrite("A", ["x"]), SheetToWrite("a", ["x"])]),
                                                  filename="a").sheets] == ["A", "a 2"]
    assert [len(name) < 32 for name in openpyxl.load_workbook(io.BytesIO(book)).sheetnames] == [True] * 4


def test_text_that_xml_cannot_hold_is_left_out():
    assert cells(write_workbook([SheetToWrite("a", (), [["a\x00\ud800b\ufffe", "x" * 40_000]])]))[0] == [("ab", "s"),
         ("x" * 32_767, "s")]
