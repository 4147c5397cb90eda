"""From bytes to a `Workbook`: what kind of file this is, decided by its content."""

import lms.core.spreadsheets.delimited as delimited
import lms.core.spreadsheets.limits as limits
import lms.core.spreadsheets.ods as ods
import lms.core.spreadsheets.xls as xls
import lms.core.spreadsheets.xlsx as xlsx
from lms.core.errors import DomainError
from lms.core.spreadsheets.workbooks import Sheet, Value, Workbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPG"), (b"GIF8", "GIF"), (b"{\\rtf", "Word (.rtf)"),
    (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "GZ"), (b"BM", "BMP"), (b"MZ", "EXE"), (b"RIFF", "RIFF"),
    (b"II*\x00", "TIFF"), (b"MM\x00*", "TIFF"), (b"SQLite format", "SQLite"),
)


def read_workbook(content: bytes, *, filename: str, encoding: str | None = None) -> Workbook:
    """Read xlsx, xlsm, xls, ods, csv or plain text. `encoding` is a person's word against ours (csv and old fonts).

    Raises DomainError file.empty, file.encrypted, file.too_large (megabytes, rows, columns) or
    file.unreadable (what).
    """
    if len(content) > limits.MOST_BYTES:
        raise limits.too_large()
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise DomainError("file.empty")
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        kind, sheets = _from_zip(content)
    elif content.startswith(_OLE) or content[:2] in (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00"):
        kind, sheets = "xls", xls.read_sheets(content)
    else:
        for sign, what in _OTHERS:
            if content.startswith(sign) and (len(sign) > 2 or b"\x00" in content[:64]):
                raise limits.unreadable(what)
        return Workbook(filename, *delimited.read_text_file(content, encoding=encoding))
    return _with_old_fonts(filename, kind, sheets, encoding)


def _from_zip(content: bytes) -> tuple[str, tuple[Sheet, ...]]:
    from lms.core.spreadsheets.packages import Package

    package = Package(content)
    if "xl/workbook.xml" in package.names:
        return "xlsx", xlsx.read_sheets(package)
    if package.is_ods:
        return "ods", ods.read_sheets(package)
    raise limits.unreadable(package.what)


def _with_old_fonts(filename: str, kind: str, sheets: tuple[Sheet, ...], wish: str | None) -> Workbook:
    """The workbook, its cells in Unicode if they were typed with TCVN3 or VNI fonts."""
    from lms.core.spreadsheets.legacy import in_unicode

    used: set[str] = set()
    done = []
    for sheet in sheets:
        rows, word = (sheet.rows, None) if sheet.hidden else in_unicode(sheet.rows, wish=wish)
        if word:
            used.add(word)
        done.append(Sheet(sheet.name, rows, sheet.hidden, sheet.merged, sheet.hidden_rows))
    if not any(_filled(sheet.rows) for sheet in done if not sheet.hidden):
        raise DomainError("file.empty")
    return Workbook(filename, min(used) if used else kind, tuple(done))


def _filled(rows: list[list[Value]]) -> bool:
    return any(value is not None and value != "" for row in rows for value in row)
