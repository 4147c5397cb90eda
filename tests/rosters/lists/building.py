"""Files as schools send them, built by other libraries than those that read them."""

import io
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlwt


def table(text: str) -> list[list[Any]]:
    """Rows written with | between cells; an empty line is an empty row."""
    lines = text.strip("\n").split("\n")
    return [[cell.strip() or None for cell in line.split("|")] if line.strip() else [] for line in lines]


@dataclass
class Page:
    """One sheet to build."""

    rows: list[list[Any]]
    name: str = "Sheet1"
    merged: tuple[str, ...] = ()
    state: str = "visible"
    hidden_rows: tuple[int, ...] = ()
    formats: dict[str, str] = field(default_factory=dict)


def as_page(thing):
    if isinstance(thing, Page):
        return thing
    return Page(table(thing) if isinstance(thing, str) else thing)


def xlsx(*pages) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in map(as_page, pages):
        sheet = book.create_sheet(page.name)
        sheet.sheet_state = page.state
        for number, row in enumerate(page.rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    cell = sheet.cell(number, column, value)
                    if isinstance(value, date):
                        cell.number_format = "dd/mm/yyyy"
                    elif isinstance(value, str) and value.startswith("="):
                        cell.data_type = "s"
        for place in page.merged:
            sheet.merge_cells(place)
        for number in page.hidden_rows:
            sheet.row_dimensions[number].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(*pages) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    days = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for page in map(as_page, pages):
        sheet = book.add_sheet(page.name)
        sheet.visibility = 0 if page.state == "visible" else 1
        for number, row in enumerate(page.rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value, *([days] if isinstance(value, date) else []))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style"))


def ods(*pages, tail: str = "", head: str = "", doctype: str = "") -> bytes:
    """Written by hand; `tail` is XML after the last row of the first sheet."""
    tables = []
    for number, page in enumerate(map(as_page, pages)):
        style = ' table:style-name="an"' if page.state != "visible" else ""
        rows = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in page.rows)
        tables.append(f'<table:table table:name="{escape(page.name)}"{style}>{head if not number else ""}{rows}'
                      f'{tail if not number else ""}</table:table>')
    content = (f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content {_NAMESPACES}><office:automatic-styles>'
               '<style:style style:name="an" style:family="table"><style:table-properties table:display="false"/></style:style>'
               f'</office:automatic-styles><office:body><office:spreadsheet>{"".join(tables)}</office:spreadsheet></office:body>'
               '</office:document-content>')
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        return (f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}">'
                f"<text:p>{value:%d/%m/%y}</text:p></table:table-cell>")
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def replaced(content: bytes, **parts: Any) -> bytes:
    """The package with parts changed: a function of the old text for each name (slashes as __, dots as _)."""
    old = zipfile.ZipFile(io.BytesIO(content))
    fresh = {name: old.read(name) for name in old.namelist()}
    for name, change in parts.items():
        real = next(one for one in fresh if one.replace("/", "__").replace(".", "_") == name)
        fresh[real] = change(fresh[real].decode()).encode()
    return zipped(fresh)


def csv(text: str, *, encoding: str = "utf-8", separator: str = ",") -> bytes:
    """The table with this separator; `encoding` may also be tcvn3 or vni."""
    lines = text.strip("\n").split("\n")
    whole = "\r\n".join(separator.join(cell.strip() for cell in line.split("|")) for line in lines) + "\r\n"
    encoder = {"tcvn3": to_tcvn3, "vni": to_vni, "windows-1258": to_1258}.get(encoding)
    return encoder(whole) if encoder else whole.encode(encoding)


# TCVN 5712:1993, by rows of the standard's table.
_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ", 0xB5: "àảãáạ", 0xBB: "ằẳẵắ", 0xC6: "ặầẩẫấậè", 0xCE: "ẻẽéẹềểễếệìỉ", 0xDC: "ĩíịò",
         0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
TCVN3 = {letter: first + number for first, letters in _TCVN3.items() for number, letter in enumerate(letters)}


def to_tcvn3(text: str) -> bytes:
    """Bytes as a .VnTime font shows them. Capitals with tones do not exist there: they are typed small."""
    return bytes(ord(c) if ord(c) < 128 else TCVN3.get(c) or TCVN3[c.lower()] for c in text)


def in_tcvn3_font(text: str) -> str:
    """The same letters as a spreadsheet stores them."""
    return to_tcvn3(text).decode("latin-1")


_VNI_TONES = {"\u0300": "ø", "\u0301": "ù", "\u0303": "õ", "\u0309": "û", "\u0323": "ï"}
_VNI_HATS = {("\u0302", ""): "â", ("\u0302", "\u0301"): "á", ("\u0302", "\u0300"): "à", ("\u0302", "\u0309"): "å",
             ("\u0302", "\u0303"): "ã", ("\u0302", "\u0323"): "ä", ("\u0306", ""): "ê", ("\u0306", "\u0301"): "é",
             ("\u0306", "\u0300"): "è", ("\u0306", "\u0309"): "ú", ("\u0306", "\u0303"): "ü", ("\u0306", "\u0323"): "ë"}
_VNI_WHOLE = {"đ": "ñ", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "í": "í", "ì": "ì"}


def to_vni(text: str) -> bytes:
    return "".join(map(_vni, text)).encode("latin-1")


def _vni(letter: str) -> str:
    import unicodedata

    small = letter.lower()
    if small in _VNI_WHOLE:
        done = _VNI_WHOLE[small]
    else:
        base, *marks = unicodedata.normalize("NFD", small)
        tone = next((m for m in marks if m in _VNI_TONES), "")
        hat = next((m for m in marks if m in "\u0302\u0306"), "")
        base = {"o": "ô", "u": "ö"}[base] if "\u031b" in marks else base
        done = base + (_VNI_HATS[hat, tone] if hat else _VNI_TONES.get(tone, ""))
    return done.upper() if letter != small else done


def to_1258(text: str) -> bytes:
    """As Windows writes it: the letter with its hat, then the tone."""
    import unicodedata

    out = b""
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(m for m in parts if m in "\u0300\u0301\u0303\u0309\u0323")
            out += unicodedata.normalize("NFC", parts.replace(tone, "")).encode("cp1258") + tone.encode("cp1258")
    return out
