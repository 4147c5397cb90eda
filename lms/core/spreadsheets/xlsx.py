"""xlsx and xlsm: values only, never code or formulas.

The library sees a package that we build anew: of the parts it needs, inflated and counted by us. A sheet that reaches
beyond the caps is refused before the library makes a table of that size; its empty cells alone do not count.
"""

import io
import re
import zipfile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from lms.core.spreadsheets import limits
from lms.core.spreadsheets.packages import Package, refuse_doctype
from lms.core.spreadsheets.workbooks import Sheet

_UNUSED = re.compile(r"xl/(?:drawings|theme|media|charts|chartsheets|externallinks|pivot\w{0,20}|comments\w{0,20}|threadedcomments"
                     r"|persons|printersettings|calcchain|customxml|activex|ctrlprops|richdata|vbaproject)\b")
_PIECE = 4 * 1024 * 1024      # the empty cells of the first piece stay: a usual sheet has no second
_TAG = rb"<(?:\w{1,20}:)?"
_EMPTY_CELL = re.compile(_TAG + rb"c\s(?:[^<>]{0,200}?\s)?r=[^<>]{0,200}?(?:/>|>\s{0,20}</(?:\w{1,20}:)?c>)")
_EMPTY_ROW = re.compile(_TAG + rb"row\s(?:[^<>]{0,400}?\s)?r=[^<>]{0,400}?(?:/>|>\s{0,200}</(?:\w{1,20}:)?row>)")
# A place beyond column CV (the hundredth) or row 20 999, wherever such an attribute stands.
_FAR = re.compile(rb"\sr\s{0,20}=\s{0,20}[\"']\s{0,20}(?:(?:[A-Za-z]{3,9}|[D-Zd-z][A-Za-z]|[Cc][W-Zw-z])[0-9]"
                  rb"|[A-Za-z]{0,2}0{0,9}(?:2[1-9][0-9]{3}|[3-9][0-9]{4}|[1-9][0-9]{5}))")
_ROW = re.compile(_TAG + rb"row(?=[\s/>])")
_PLACELESS_CELL = re.compile(_TAG + rb"c(?:[/>]|\s(?!\s{0,20}r\s{0,20}=))")
_CELL = re.compile(_TAG + rb"c(?=[\s/>])")
_HIDDEN_ROW = re.compile(_TAG + rb"row\s[^<>]{0,400}?\bhidden\s{0,5}=\s{0,5}[\"'](?:1|true)")


def read_sheets(package: Package) -> tuple[Sheet, ...]:
    """The sheets of the package. Raises DomainError file.unreadable or file.too_large."""
    content, hidden_rows = _rebuilt(package)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        pages = [(number, meta) for number, meta in enumerate(book.sheets_metadata)
                 if meta.typ in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet)]
        if len(pages) > limits.MOST_SHEETS:
            raise limits.too_large()
        return tuple(
            Sheet(meta.name, [], hidden=True) if meta.visible != SheetVisibleEnum.Visible
            else _sheet(meta.name, book.get_sheet_by_index(number), hidden_rows) for number, meta in pages)
    except (CalamineError, ValueError, OSError) as fault:
        raise limits.unreadable("XLSX") from fault


def _sheet(name: str, page: CalamineSheet, hidden_rows: int) -> Sheet:
    rows = page.to_python(skip_empty_area=False)
    while rows and not any(value != "" for value in rows[-1]):
        rows.pop()
    if len(rows) > limits.MOST_ROWS and sum(any(v != "" for v in row) for row in rows) > limits.MOST_ROWS:
        raise limits.too_large()
    return Sheet(name, rows, merged=tuple(page.merged_cell_ranges or ()), hidden_rows=hidden_rows)  # type: ignore[arg-type]


def _rebuilt(package: Package) -> tuple[bytes, int]:
    """A package of the parts that matter, and how many rows its sheets hide."""
    out, hidden = io.BytesIO(), 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as fresh:
        for name in sorted(package.names):
            if not name.endswith((".xml", ".rels")) or _UNUSED.match(name):
                continue
            if not name.startswith("xl/") and name not in ("[content_types].xml", "_rels/.rels"):
                continue
            if "sheet" not in name or name.endswith(".rels"):
                part = package.part(name)
            else:
                part = _within_caps(_without_emptiness(package, name))
                hidden += len(_HIDDEN_ROW.findall(part)) if b"hidden" in part else 0
            fresh.writestr(package.spelled(name), part)
    return out.getvalue(), hidden


def _without_emptiness(package: Package, name: str) -> bytes:
    """The sheet; of a large one the empty cells are left out while it comes. Raises DomainError file.too_large."""
    kept: list[bytes] = []
    size, tail = 0, b""
    for piece in package.chunks(name):
        tail += piece
        if len(tail) > _PIECE:
            cut = max(tail.rfind(b"<row"), tail.rfind(b":row ")) if b"row" in tail else len(tail)
            done, tail = (tail[:cut], tail[cut:]) if cut > 0 else (tail, b"")
            if kept:
                done = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", done))
            size += len(done)
            kept.append(done)
        if size + len(tail) > limits.MOST_PART:
            raise limits.too_large()
    whole = b"".join([*kept, tail])
    refuse_doctype(whole)
    return whole


def _within_caps(part: bytes) -> bytes:
    """The sheet, without empty cells if those reach too far. Raises DomainError file.too_large."""
    if _FAR.search(part) or len(_ROW.findall(part)) > limits.MOST_ROWS + 1000:
        part = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", part))
        if _FAR.search(part) or len(_ROW.findall(part)) > limits.MOST_ROWS + 1000:
            raise limits.too_large()
    if _PLACELESS_CELL.search(part):
        for row in _ROW.split(part):
            if len(_CELL.findall(row)) > limits.MOST_COLUMNS:
                raise limits.too_large()
    return part
