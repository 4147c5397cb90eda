"""Files that are no list, or mean harm: refused with a sentence that says what to do, before they cost anything."""

import io
import re
import socket
import threading
import time
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from lms.core.errors import DomainError
from lms.core.spreadsheets import SheetToWrite, limits, read_workbook, write_workbook
from lms.rosters.reading import Choice, headers, pasted, read_pasted, read_roster, rows, words
from lms.rosters.rules import check_roster, names, values
from lms.web.phrases import ERRORS
from tests.rosters.lists.building import Page, csv, ods, replaced, table, xls, xlsx, zipped

SIMPLE = "Họ và tên | SĐT\nPhan An | 0905123456"
SHEET = "xl__worksheets__sheet1_xml"


def refusal(content, filename="a.xlsx", **more):
    with pytest.raises(DomainError) as caught:
        read_roster(content, filename=filename, **more)
    assert caught.value.code in ERRORS
    str(ERRORS[caught.value.code]) % caught.value.params     # the sentence finds its params
    return caught.value


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(("content", "what"), [
    (b"%PDF-1.7\n%abc", "PDF"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "PNG"), (b"\xff\xd8\xff\xe0aa", "JPG"),
    (OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "Word (.doc)"), (OLE + b"\0" * 4000, "XLS"),
    (b"<html><body><table><tr><td>Ho ten</td></tr></table></body></html>", "HTML"), (b"  <!DOCTYPE html><p>", "HTML"),
    (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "HTML"), (zipped({"a.txt": "x"}), "ZIP"), (b"PK\x03\x04 cut off", "ZIP"),
    (zipped({"word/document.xml": "<w/>"}), "Word (.docx)"), (zipped({"xl/workbook.xml": "<workbook/>"}), "XLSX"),
    (b"{\\rtf1 abc}", "Word (.rtf)"), (bytes(range(256)) * 20, "?"), (b"Rar!\x1a\x07", "RAR"),
])
def test_a_file_that_is_no_spreadsheet_is_named(content, what):
    fault = refusal(content)
    assert (fault.code, fault.params) == ("file.unreadable", {"what": what})


@pytest.mark.parametrize("content", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf", b",,,\n,,\n", xlsx([[]]), xls([[]]), ods([[]])])
def test_an_empty_file_is_called_empty(content):
    assert refusal(content).code == "file.empty"


def test_an_encrypted_file_is_called_so():
    locked = OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100
    assert refusal(locked).code == "file.encrypted"
    manifest = zipped({"content.xml": "<a/>", "META-INF/manifest.xml": "<m><encryption-data/></m>"})
    assert refusal(manifest).code == "file.encrypted"
    flagged = bytearray(xlsx(SIMPLE))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(sign), bytes(flagged)):
            flagged[found.start() + place] |= 1
    assert refusal(bytes(flagged)).code == "file.encrypted"


def test_two_tables_in_one_sheet_are_refused_until_a_person_chooses():
    beside = xlsx("Họ tên | SĐT | | Họ tên | SĐT\nPhan An | 0905123456 | | Lê Na | 0914556678")
    assert refusal(beside).params == {"first": "A", "second": "D"}
    chosen = read_roster(beside, filename="a.xlsx", choice=Choice(columns={"full_name": "D", "phone": "E"}))
    assert [row.text("full_name") for row in chosen.rows] == ["Lê Na"]
    below = xlsx("Họ tên | SĐT\nPhan An | 0905123456\n\nLớp | Họ tên | SĐT\n9A | Lê Na | 0914556678")
    assert (refusal(below).code, refusal(below).params) == ("sheet.two_tables", {"first": "1", "second": "4"})


def test_a_wrong_choice_is_refused():
    assert refusal(xlsx(SIMPLE), choice=Choice(sheet="không có")).code == "sheet.unknown"
    assert refusal(xlsx(SIMPLE), choice=Choice(header_row=9)).code == "sheet.row_unknown"
    for letters in ("1", "a b", "A+", "AAA", "A" * 5000):
        assert refusal(xlsx(SIMPLE), choice=Choice(columns={"phone": letters})).code == "column.unknown"
    hidden = xlsx(Page(table(SIMPLE), "thấy"), Page(table(SIMPLE), "giấu", state="hidden"))
    assert refusal(hidden, choice=Choice(sheet="giấu")).code == "sheet.unknown"


# --- caps before memory -------------------------------------------------------------------------------------------


def big_sheet(cells):
    return replaced(xlsx(SIMPLE), **{SHEET: lambda xml: xml.replace("</sheetData>", f"{cells}</sheetData>")})


@pytest.mark.parametrize("cells", [
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', '<row r="3"><c r="CW3"><v>1</v></c></row>',
    '<row r="30000"><c r="A30000"><v>1</v></c></row>', "<row r='9'><c t='n' r='XFD9'><v>1</v></c></row>",
    '<row r="9"><c x=">" r = "XFD9"><v>1</v></c></row>', '<x:row r="9" xmlns:x="a"><x:c r="XFD9"><x:v>1</x:v></x:c></x:row>',
    "<row>" + "<c><v>1</v></c>" * 5000 + "</row>", "<row><c><v>1</v></c></row>" * 22000,
])
def test_a_cell_far_away_is_refused_before_a_table_of_that_size_is_made(cells):
    begun = time.process_time()
    assert refusal(big_sheet(cells)).code == "file.too_large"
    assert time.process_time() - begun < 1


@pytest.mark.heavy
def test_a_million_empty_rows_cost_little():
    cells = "".join(f'<row r="{n}" s="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in range(3, 1_000_001))
    content = big_sheet(cells)
    begun = time.process_time()
    assert [row.text("full_name") for row in read_roster(content, filename="a.xlsx").rows] == ["Phan An"]
    assert time.process_time() - begun < 6
    tail = ('<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/>'
            "</table:table-row>")
    assert len(read_roster(ods(SIMPLE, tail=tail), filename="a.ods").rows) == 1


@pytest.mark.parametrize("tail", [
    '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string"><text:p>x</text:p>'
    "</table:table-cell></table:table-row>",
    '<table:table-row><table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p>'
    "</table:table-cell></table:table-row>",
])
def test_repeated_cells_of_an_ods_are_counted_first(tail):
    assert refusal(ods(SIMPLE, tail=tail), "a.ods").code == "file.too_large"


def test_too_many_rows_columns_bytes_and_members_are_refused():
    assert refusal(csv("Họ tên|SĐT\n" + "Phan An|0905123456\n" * limits.MOST_ROWS), "a.csv").code == "file.too_large"
    assert refusal(csv("|".join(["a"] * 101)), "a.csv").code == "file.too_large"
    assert refusal(b"a" * (limits.MOST_BYTES + 1), "a.csv").code == "file.too_large"
    assert refusal(b'Ho ten,x\n"' + b"a" * 200_000 + b'",1', "a.csv").code == "file.too_large"
    assert refusal(zipped({f"xl/{n}.xml": "" for n in range(limits.MOST_MEMBERS + 1)})).code == "file.too_large"
    assert len(read_roster(csv("Họ tên|SĐT\n" + "Phan An|0905123456\n" * 19_000), filename="a.csv").rows) == 19_000


def test_a_bomb_is_stopped_while_it_unpacks(monkeypatch):
    monkeypatch.setattr(limits, "MOST_UNPACKED", 5_000_000)
    bomb = big_sheet(" " * 30_000_000)
    assert len(bomb) < 100_000
    assert refusal(bomb).code == "file.too_large"


def test_a_declared_size_is_not_believed():
    content = bytearray(big_sheet(" " * 3_000_000))
    for found in re.finditer(b"PK\x01\x02", bytes(content)):
        if bytes(content[found.start() + 46:found.start() + 80]).startswith(b"xl/worksheets/sheet1.xml"):
            content[found.start() + 24:found.start() + 28] = (50).to_bytes(4, "little")
    assert refusal(bytes(content)).code == "file.unreadable"


# --- entities, formulas, code -------------------------------------------------------------------------------------


@pytest.fixture
def listener():
    heard = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)

    def listen():
        try:
            server.accept()
            heard.append(True)
        except OSError:
            pass

    thread = threading.Thread(target=listen)
    thread.start()
    yield server.getsockname()[1], heard
    thread.join()
    server.close()


def doctypes(port):
    yield f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{Path(__file__)}">]>'
    yield f'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:{port}/x">]>'
    yield f'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/p"> %p;]>'
    yield f'<!DOCTYPE a SYSTEM "http://127.0.0.1:{port}/d">'
    yield ('<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + '<!ENTITY x "&j;">]>')


def test_no_entity_is_ever_resolved(listener):
    port, heard = listener
    for doctype in doctypes(port):
        def poisoned(xml, doctype=doctype):
            head, _, rest = xml.partition("?>") if xml.startswith("<?xml") else ("", "", xml)
            return f"{head}?>{doctype}{rest}".removeprefix("?>" if not head else "").replace("Phan An", "&x;")
        whole = write_workbook([SheetToWrite("DS", ["Họ và tên", "SĐT"], [["Phan An", "0905123456"]])])
        for part in ("xl__sharedStrings_xml", SHEET, "xl__workbook_xml", "xl__styles_xml"):
            assert refusal(replaced(whole, **{part: poisoned})).code == "file.unreadable"
        assert refusal(ods(SIMPLE.replace("Phan An", "x"), doctype=doctype), "a.ods").code == "file.unreadable"
    wide = zipfile.ZipFile(io.BytesIO(xlsx(SIMPLE)))
    parts = {name: wide.read(name) for name in wide.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].decode().encode("utf-16")
    assert refusal(zipped(parts)).code == "file.unreadable"
    assert heard == []


def test_what_lies_beside_the_sheets_is_never_opened():
    content = zipfile.ZipFile(io.BytesIO(xlsx(SIMPLE)))
    parts = {name: content.read(name) for name in content.namelist()}
    parts |= {"xl/vbaProject.bin": b"\0" * 100, "../../evil.xml": b"<!DOCTYPE a>", "xl/drawings/d.xml": b"<!DOCTYPE a>",
              "xl/externalLinks/e.xml": b"<!DOCTYPE a>"}
    assert len(read_roster(zipped(parts), filename="a.xlsm").rows) == 1


def test_a_formula_without_a_value_is_nothing():
    book = openpyxl.Workbook()
    for row in (["Họ tên", "SĐT"], ["Phan An", "=1+1"], ["=A2", "0905123456"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    checked = check_roster(read_roster(out.getvalue(), filename="a.xlsx"), today=date(2026, 11, 20))
    assert [row.full_name for row in checked.rows] == ["Phan An"]
    assert [(fault.cell, fault.code) for fault in checked.errors] == [("A3", "name.missing")]


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\u202e", "a" * 1_000_000, "\r", "🙂" * 500, "|", ";;;", "\x00\x00\x00\x00"])
def test_bad_text_is_never_an_error_of_ours(text):
    for content in (f"Họ tên;SĐT\n{text};{text}\n", text):
        with suppress(DomainError):
            assert check_roster(read_pasted(content), today=date(2026, 11, 20)).counted >= 0


# --- regular expressions ------------------------------------------------------------------------------------------


def patterns():
    from lms.core.spreadsheets import delimited, legacy, packages, syllables, writing
    from lms.core.spreadsheets import xlsx as xlsx_module

    for module in (rows, pasted, words, headers, names, values, delimited, legacy, packages, syllables, writing, xlsx_module):
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield pytest.param(value, id=f"{module.__name__}.{name}")


@pytest.mark.parametrize("pattern", list(patterns()))
def test_every_pattern_is_linear(pattern):
    seeds = ["a", "1", " ", "0905 ", "1/", "a@a.", "'", "=", ";'", "<c r=", "<row r='1' ", ".", "- ", "(", "ngày ", "a b ", "&"]
    for seed in seeds:
        text = seed * (50_000 // len(seed))
        subject = text.encode() if isinstance(pattern.pattern, bytes) else text
        begun = time.process_time()
        pattern.search(subject + (b"!" if isinstance(subject, bytes) else "!"))
        pattern.fullmatch(subject)
        assert time.process_time() - begun < 0.1, seed


def test_xls_is_read_in_a_process_with_little_memory():
    assert read_workbook(xls(SIMPLE), filename="a.xls").sheets[0].rows == [["Họ và tên", "SĐT"], ["Phan An", "0905123456"]]
    broken = bytearray(xls(SIMPLE))
    for place in range(512, len(broken), 7):
        broken[place] ^= 0x5A
    assert refusal(bytes(broken), "a.xls").code in ("file.unreadable", "file.too_large")
