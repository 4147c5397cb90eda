"""What the page of a list of results says: its title, its filters, its lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from lms.assessment.models import EvidenceSource
from lms.rosters.models import RosterImport
from lms.rosters.queries.imports import Candidate, RowsPage, ShownRow, can_be_undone, faulty_rows_in
from lms.web.phrases import day_of
from lms.web.phrases.external_evidence import RESULT_COLUMNS, result_sentence
from lms.web.phrases.roster_pages import EVIDENCE_NAMES
from lms.web.shell import number as shown_number

RELOADS_AFTER = 3  # seconds
SHOWS = {"can-sua": "faults", "phan-van": "unclear", "khong-thay": "new", "da-khop": "matched", "tat-ca": "all"}
DECISION = "dong-"


@dataclass(frozen=True)
class Column:
    """A column of the file: what stands above it, what it is taken for."""

    letter: str
    words: str
    samples: str
    key: str


@dataclass(frozen=True)
class Line:
    """One line of the list. `chip` says what becomes of it, `problems` why."""

    number: int
    name: str
    course: str
    day: str
    paper: str
    result: str
    matched: str
    chip: tuple[str, str, str]
    problems: tuple[str, ...]
    candidates: tuple[tuple[UUID, str, str], ...]
    chosen: str


@dataclass(frozen=True)
class Frame:
    """The whole page."""

    title: str
    lead: str
    show: str
    tabs: Sequence[tuple[str, str, int]]
    lines: Sequence[Line]
    page: int
    pages: int
    to_write: int
    faulty: int
    left_out: int
    may_undo: bool
    source: str
    keys: Sequence[tuple[str, str]]


def first_show(roster: RosterImport) -> str:
    """The filter that opens by itself: what hinders first."""
    document = roster.document or {}
    if document.get("errors"):
        return "can-sua"
    codes = {one["code"] for one in document.get("warnings", ())}
    return "phan-van" if "person.similar" in codes else "khong-thay" if "person.unmatched" in codes else "tat-ca"


def missing_column(roster: RosterImport) -> str:
    """What to tell when a column without which nothing can be read was not found; "" when all are there."""
    errors = (roster.document or {}).get("errors", ())
    return next((result_sentence(one) for one in errors if one["code"] == "column.missing"), "")


def frame_of(roster: RosterImport, rows: RowsPage, *, show: str, source: EvidenceSource, now: datetime) -> Frame:
    """The page of this list, from one page of its rows."""
    document, counts = roster.document or {}, rows.counts
    faulty = faulty_rows_in(roster.document)
    fresh = document.get("matched", 0) - document.get("unchanged", 0)
    title, lead = _headline(roster, document, fresh, faulty)
    tabs = [(key, words, counts[SHOWS[key]]) for key, words in (
        ("can-sua", _("Cần sửa")), ("phan-van", _("Phân vân")), ("khong-thay", _("Không thấy ai")), ("da-khop", _("Đã khớp")),
        ("tat-ca", _("Tất cả"))) if counts[SHOWS[key]] or key == "tat-ca"]
    return Frame(
        title=title, lead=lead, show=show, tabs=tabs, lines=[line_of(row) for row in rows.rows], page=rows.page, pages=rows.pages,
        to_write=fresh, faulty=faulty, left_out=counts["faults"] + counts["unclear"] + counts["new"],
        may_undo=can_be_undone(roster, now=now), source=source.name,
        keys=[(key, str(name)) for key, name in RESULT_COLUMNS.items()])


def _headline(roster: RosterImport, document: Mapping[str, Any], fresh: int, faulty: int) -> tuple[str, str]:
    counts = roster.counts or {}
    if roster.state == "done":
        return (ngettext("Đã ghi %(num)d kết quả", "Đã ghi %(num)d kết quả", counts.get("added", 0)),
                _("%(unchanged)s dòng đã có từ trước, %(left)s dòng để lại.", unchanged=shown_number(counts.get("unchanged", 0)),
                  left=shown_number(counts.get("left_out", 0))))
    if roster.state == "undone":
        return _("Đã rút lại danh sách này"), _("Các kết quả trong danh sách không còn tính, nhưng vẫn giữ trong hồ sơ.")
    if roster.state != "checked" or missing_column(roster) or not document.get("rows"):
        return _("Chưa đọc được danh sách này"), _("Chọn lại cột, hoặc gửi tệp khác.")
    lead = _("%(rows)s dòng, %(matched)s dòng khớp với người của đơn vị, %(new)s dòng chưa biết là ai.",
             rows=shown_number(document["rows"]), matched=shown_number(document["matched"]), new=shown_number(document["new"]))
    if document["unchanged"]:
        lead += " " + _("%(unchanged)s dòng đã có từ trước.", unchanged=shown_number(document["unchanged"]))
    if faulty:
        return ngettext("Còn %(num)d dòng cần bạn sửa", "Còn %(num)d dòng cần bạn sửa", faulty), lead
    return ngettext("%(num)d kết quả sẵn sàng ghi", "%(num)d kết quả sẵn sàng ghi", fresh), lead


def line_of(row: ShownRow) -> Line:
    """One line as it will be written, or as it was read while it has a fault."""
    values, cells = row.values, row.cells
    day = values.get("completed_on")
    return Line(
        number=row.number, name=values.get("full_name") or cells.get("full_name", ""),
        course=values.get("course") or cells.get("course", ""), day=day_of(date.fromisoformat(day)) if day else "",
        paper=values.get("number", ""), result=values.get("result", ""),
        matched=row.matched.full_name if row.matched else "", chip=chip_of(row),
        problems=tuple(result_sentence(one) for one in (*row.faults, *row.warnings)),
        candidates=tuple((one.uuid, one.full_name, _facts(one)) for one in row.candidates if one.name_agrees),
        chosen=str(row.decided_uuid) if row.decision == "same" else "khong" if row.decision == "new" else "")


def _facts(person: Candidate) -> str:
    born = _("sinh năm %(year)s", year=person.birth_year) if person.birth_year else ""
    agrees = ", ".join(str(EVIDENCE_NAMES.get(one, one)) for one in person.evidence)
    return " · ".join(filter(None, (born, _("mã cá nhân %(code)s", code=person.personal_code),
                                    _("trùng %(what)s", what=agrees) if agrees else "")))


def chip_of(row: ShownRow) -> tuple[str, str, str]:
    """What will become of the line: words, kind and icon of a chip."""
    if row.verdict == "faulty":
        return _("Cần sửa"), "bad", "circle-alert"
    if row.verdict == "matched":
        return (_("Đã có từ trước"), "", "check") if row.is_unchanged else (_("Ghi thêm"), "ok", "plus")
    if row.verdict == "unclear":
        return (_("Ghi thêm"), "ok", "plus") if row.decision == "same" else (_("Để lại"), "go", "circle-help")
    return _("Để lại"), "", "minus"


def columns_of(roster: RosterImport) -> list[Column]:
    """The columns of the file, as the reading found them; none once the list is written."""
    return [Column(one["letter"], one["header"], "; ".join(one["samples"][:2]), one["key"] or "")
            for one in (roster.found or {}).get("found", [])]


def decisions_in(form: Mapping[str, str]) -> Iterator[tuple[int, UUID | None]]:
    """(row, person or None for nobody) of every line about which something was chosen. Other words are nobody's choice."""
    for name, value in form.items():
        number = name.removeprefix(DECISION)
        if name.startswith(DECISION) and number.isascii() and number.isdecimal() and len(number) <= 6 and value:
            try:
                yield int(number), None if value == "khong" else UUID(value)
            except ValueError:
                yield int(number), UUID(int=0)
