"""What the page of checking says: its title, its filters, and the lines of the one that is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lms.rosters.models import RosterImport
from lms.rosters.queries.imports import Candidate, RowsPage, ShownRow, faulty_rows_in, undecided_rows
from lms.web.phrases.roster_pages import EVIDENCE_NAMES
from lms.web.phrases.rosters import COLUMN_NAMES, fault_sentence
from lms.web.shell import number as shown_number
from lms.web.shell import phone as shown_phone

PARTS = {"faults": "faults", "unclear": "unclear", "warnings": "warnings"}  # the others list people
SHOWS = {"can-sua": "faults", "phan-van": "unclear", "xem-lai": "warnings", "moi": "new", "da-co": "matched", "tat-ca": "all"}
KEY_OF = {"name": "full_name", "phone": "phone", "email": "email", "date": "birth_date", "row": "full_name"}


@dataclass(frozen=True)
class Problem:
    """One fault of a row, with the field to mend it. `first`: the first one of its cell."""

    key: str
    column: str
    cell: str
    sentence: str
    value: str
    first: bool


@dataclass(frozen=True)
class Line:
    """One row on the page."""

    number: int
    name: str
    about: str
    birth: str
    phone: str
    state: str
    chip: tuple[str, str, str]
    evidence: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Option:
    """Somebody here who may be meant."""

    uuid: Any
    name: str
    facts: tuple[str, ...]
    evidence: tuple[str, ...]
    may_be_same: bool


@dataclass(frozen=True)
class Doubt:
    """A row that may be somebody here already, and what was decided about it."""

    number: int
    name: str
    facts: tuple[str, ...]
    candidates: tuple[Option, ...]
    chosen: str


@dataclass(frozen=True)
class Note:
    """Something worth a look."""

    row: int
    name: str
    column: str
    cell: str
    sentence: str


@dataclass(frozen=True)
class Tab:
    """One filter of the rows."""

    key: str
    label: str
    count: int
    is_bad: bool = False


@dataclass(frozen=True)
class CheckFrame:
    """The page of checking."""

    title: str
    lead: str
    show: str
    part: str
    tabs: list[Tab]
    page: int
    pages: int
    good: int
    faulty: int
    undecided: int
    lines: Sequence[Line] = ()
    doubts: Sequence[Doubt] = ()
    notes: Sequence[Note] = ()
    skipped: int = 0

    @property
    def may_commit(self) -> bool:
        """Whether everything can be written as it is."""
        return not self.faulty and not self.undecided and self.good > 0


def first_show(counts: Mapping[str, int], undecided: int) -> str:
    """The filter that opens by itself: what hinders first."""
    if counts["faults"]:
        return "can-sua"
    return "phan-van" if undecided else "tat-ca"


def check_frame(roster: RosterImport, rows: RowsPage, *, show: str, typed: Mapping[str, str] | None = None) -> CheckFrame:
    """The page, from its rows. `typed` is what was typed into fields that are refused."""
    counts, document = rows.counts, roster.document or {}
    undecided = undecided_rows(roster)
    faulty, good = faulty_rows_in(document), counts["all"] - counts["faults"]
    part = PARTS.get(SHOWS[show], "people")
    title, lead = headline(counts, faulty=faulty, undecided=undecided, good=good)
    return CheckFrame(
        title=title, lead=lead, show=show, part=part, tabs=tabs_of(counts, show), page=rows.page, pages=rows.pages,
        good=good, faulty=faulty, undecided=undecided,
        lines=[line_of(row, typed or {}) for row in rows.rows] if part in ("faults", "people") else (),
        doubts=[doubt_of(row) for row in rows.rows] if part == "unclear" else (),
        notes=[note for row in rows.rows for note in notes_of(row)] if part == "warnings" else ())


def headline(counts: Mapping[str, int], *, faulty: int, undecided: int, good: int) -> tuple[str, str]:
    """What is left to do, and how the rows stand."""
    every = shown_number(counts["all"])
    lead = (_("%(good)s trên %(all)s dòng ghi được, trong đó %(matched)s người đã có trong hệ thống.", good=shown_number(good),
              all=every, matched=shown_number(counts["matched"])) if counts["matched"]
            else _("%(good)s trên %(all)s dòng ghi được.", good=shown_number(good), all=every))
    if faulty:
        return ngettext("Còn %(num)d dòng cần bạn sửa", "Còn %(num)d dòng cần bạn sửa", faulty), lead
    if undecided:
        return ngettext("Còn %(num)d người cần bạn quyết", "Còn %(num)d người cần bạn quyết", undecided), lead
    return _("Danh sách sẵn sàng: %(count)s người", count=shown_number(good)), lead


def tabs_of(counts: Mapping[str, int], show: str) -> list[Tab]:
    """The filters that hold something, the open one and all rows."""
    every = [Tab("can-sua", _("Cần sửa"), counts["faults"], is_bad=True), Tab("phan-van", _("Phân vân"), counts["unclear"]),
             Tab("xem-lai", _("Nên xem lại"), counts["warnings"]), Tab("moi", _("Người mới"), counts["new"]),
             Tab("da-co", _("Đã có"), counts["matched"]), Tab("tat-ca", _("Tất cả"), counts["all"])]
    return [tab for tab in every if tab.count or tab.key in (show, "tat-ca")]


def line_of(row: ShownRow, typed: Mapping[str, str]) -> Line:
    """One row as it will be written, or as it was read while it has a fault."""
    values, cells = row.values, row.cells
    return Line(
        number=row.number, name=values.get("full_name") or cells.get("full_name", ""),
        about=", ".join(filter(None, (cells.get("position"), cells.get("class"), cells.get("organisation")))),
        birth=birth_of(values) or cells.get("birth_date", ""), phone=values.get("phone") or cells.get("phone", ""),
        state=row.verdict, chip=chip_of(row), evidence=evidence_words(row.evidence) if row.matched else "",
        problems=tuple(problems_of(row, typed)))


def problems_of(row: ShownRow, typed: Mapping[str, str]) -> list[Problem]:
    """The faults of a row, cell by cell."""
    found, seen = [], set()
    for fault in row.faults:
        key = fault.get("key") or KEY_OF.get(fault["code"].partition(".")[0], "full_name")
        field = f"o-{row.number}-{key}"
        value = typed.get(field, row.cells.get(key, ""))
        found.append(Problem(key, str(fault["column"] or COLUMN_NAMES.get(key, "")), fault["cell"], words_of(fault), value,
                             first=key not in seen))
        seen.add(key)
    return found


def notes_of(row: ShownRow) -> list[Note]:
    """What is worth a look in a row."""
    name = row.values.get("full_name") or row.cells.get("full_name", "")
    return [Note(row.number, name, str(one["column"] or ""), one["cell"], words_of(one)) for one in row.warnings]


def words_of(fault: Mapping[str, Any]) -> str:
    """The sentence of a fault or a warning."""
    return str(fault_sentence(fault["code"], fault.get("params") or {}))


def birth_of(values: Mapping[str, Any]) -> str:
    """The day of birth, or the year alone."""
    if values.get("birth_date"):
        year, month, day = values["birth_date"].split("-")
        return f"{int(day)}/{int(month)}/{year}"
    return str(values.get("birth_year") or "")


def chip_of(row: ShownRow) -> tuple[str, str, str]:
    """What will become of the row: words, kind and icon of a chip."""
    if row.verdict == "faulty":
        return _("Cần sửa"), "bad", "circle-alert"
    if row.verdict == "unclear":
        if row.decision is None:
            return _("Phân vân"), "go", "circle-help"
        return (_("Là người đã có"), "info", "check") if row.decision == "same" else (_("Thêm mới"), "ok", "plus")
    if row.verdict == "new":
        return _("Thêm mới"), "ok", "plus"
    return (_("Đã có, giữ nguyên"), "", "check") if row.is_unchanged else (_("Đã có, cập nhật"), "info", "check")


def evidence_words(evidence: Sequence[str]) -> str:
    """What agrees, in words."""
    return _("Trùng %(what)s.", what=", ".join(str(EVIDENCE_NAMES.get(one, one)) for one in evidence)) if evidence else ""


def doubt_of(row: ShownRow) -> Doubt:
    """A row beside those who may be meant."""
    chosen = str(row.decided_uuid) if row.decision == "same" else "moi" if row.decision == "new" else ""
    return Doubt(row.number, row.values.get("full_name", ""), facts_of(row.values),
                 tuple(option_of(one) for one in row.candidates), chosen)


def facts_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """What the list says about a person, besides the name."""
    birth = birth_of(values)
    return tuple(filter(None, (
        _("sinh %(birth)s", birth=birth) if birth else "", shown_phone(values["phone"]) if values.get("phone") else "",
        values.get("email") or "", _("mã cán bộ %(code)s", code=values["staff_code"]) if values.get("staff_code") else "",
        values.get("position") or "", values.get("class") or "")))


def option_of(person: Candidate) -> Option:
    """Somebody here, with what tells them apart."""
    facts = tuple(filter(None, (
        _("sinh năm %(year)s", year=person.birth_year) if person.birth_year else "",
        shown_phone(person.phone) if person.phone else "", _("mã cá nhân %(code)s", code=person.personal_code),
        person.organisations)))
    return Option(person.uuid, person.full_name, facts, tuple(str(EVIDENCE_NAMES.get(one, one)) for one in person.evidence),
                  person.name_agrees)
