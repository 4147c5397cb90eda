"""What was found in a list, and the columns as whoever sent it corrects them; the page on which one waits."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.rules.roles import can_add_people
from lms.rosters.models import RosterImport
from lms.rosters.queries.imports import job_of
from lms.rosters.reading import KEYS, Choice
from lms.rosters.services.imports import change_choice, choice_of, request_check
from lms.rosters.views.blueprint import bp
from lms.rosters.views.uploading import fault_of, seen_or_404, to_step
from lms.web.access import requires
from lms.web.phrases import sentence
from lms.web.phrases.roster_pages import AS_IN_FILE, ENCODING_NAMES
from lms.web.phrases.rosters import COLUMN_NAMES, note_sentence

OPEN = ("uploaded", "checked", "failed")
RELOADS_AFTER = 4  # seconds, on the waiting page without scripts
MOST_ROWS = 100_000
OLD_LETTERS = ("windows-1258", "tcvn3", "vni")


@dataclass(frozen=True)
class FileColumn:
    """A column of the file on the page."""

    letter: str
    words: str
    samples: tuple[str, ...]
    key: str
    by_hand: bool
    is_identity: bool


@dataclass(frozen=True)
class ColumnsFrame:
    """What the page of columns says."""

    lead: str
    where: str
    recognised: str
    notes: list[str]
    sample_names: list[str]
    columns: list[FileColumn]
    keys: list[tuple[str, str]]
    sheets: list[tuple[str, str]]
    sheet: str
    header_row: int | None
    encodings: list[tuple[str, str]]
    encoding: str
    is_readable: bool


@bp.route("/dau-moi/nhap/<uuid:uuid>/ghep-cot", methods=["GET", "POST"])
@requires(can_add_people)
def columns(uuid: UUID) -> Any:
    """Which column is what; another sheet, header row or encoding."""
    roster, refusal = seen_or_404(uuid), ""
    if roster.state not in OPEN:
        return to_step(roster)
    if request.method == "POST":
        try:
            goes_on = settle_columns(roster)
        except DomainError as fault:
            db.session.rollback()
            roster, refusal = seen_or_404(uuid), sentence(fault)
        else:
            db.session.commit()
            return redirect(url_for("rosters.waiting" if goes_on else "rosters.columns", uuid=uuid))
    elif roster.fault:
        refusal = fault_of(roster)
    return render_template("rosters/columns.html", roster=roster, frame=columns_frame(roster), refusal=refusal), (
        422 if request.method == "POST" else 200)


def settle_columns(roster: RosterImport) -> bool:
    """Take what was chosen; whether the check begins. Raises what the services raise."""
    now, before, typed = clock.now(), choice_of(roster), typed_choice(roster)
    if typed != before:
        change_choice(roster, typed, by=current_user, now=now, remember=request.form.get("nho") == "1")
    if request.form.get("viec") == "doc-lai":
        return False
    request_check(roster, by=current_user, now=now)
    return True


def typed_choice(roster: RosterImport) -> Choice:
    """The choice that the form makes: what stands as the file was read is no choice."""
    form, found, before = request.form, roster.found or {}, choice_of(roster)
    sheet = clean(form.get("trang-tinh", ""))[:200]
    row = form.get("dong-ten", "").strip()
    header = int(row) if row.isascii() and row.isdigit() and len(row) < 7 and 0 < int(row) <= MOST_ROWS else None
    encoding = form.get("bang-ma", "")
    sheet_now = sheet if sheet and sheet != found.get("sheet") else before.sheet
    return Choice(
        sheet=sheet_now, header_row=header if header != found.get("header_row") else before.header_row,
        encoding=encoding if encoding in ENCODING_NAMES and encoding != found.get("encoding") else before.encoding,
        columns={} if sheet_now != before.sheet else typed_columns(roster))


def typed_columns(roster: RosterImport) -> dict[str, str]:
    """Columns that a person moved: key → letters, and "" for a column that shall not be read."""
    found = (roster.found or {}).get("found", [])
    letters: dict[str, list[str]] = {}
    was: dict[str, list[str]] = {}
    for column in found:
        key = request.form.get(f"cot-{column['letter']}", column["key"] or "")
        if key in KEYS:
            letters.setdefault(key, []).append(column["letter"])
        if column["key"] in KEYS:
            was.setdefault(column["key"], []).append(column["letter"])
    before = dict(choice_of(roster).columns)
    moved = {key: "+".join(letters.get(key, [])) for key in KEYS if letters.get(key, []) != was.get(key, [])}
    return {**before, **moved}


def columns_frame(roster: RosterImport) -> ColumnsFrame:
    """The page, from what the reading found."""
    found = roster.found or {}
    by_hand = {letter for letters in choice_of(roster).columns.values() for letter in letters.split("+")}
    file_columns = [
        FileColumn(one["letter"], one["header"], tuple(one["samples"][:3]), one["key"] or "", one["letter"] in by_hand,
                   one["letter"] in found.get("dropped", []))
        for one in found.get("found", [])]
    known = [one for one in file_columns if one.key and not one.is_identity]
    is_readable = any(one.key == "full_name" for one in known) and found.get("rows", 0) > 0
    lead = _("Đã đọc được %(rows)d dòng, %(columns)d cột trong “%(file)s”.", rows=found.get("rows", 0),
             columns=len(file_columns), file=roster.file_name)
    where = found_words(found)
    return ColumnsFrame(
        lead=lead, where=where[:1].upper() + where[1:], recognised=recognised(file_columns, known),
        notes=[note_sentence(one["code"], one["params"]) for one in found.get("notes", [])],
        sample_names=found.get("sample_names", []), columns=file_columns,
        keys=[("", _("Không dùng cột này")), *((key, str(COLUMN_NAMES[key])) for key in KEYS)],
        sheets=[(name, name) for name in found.get("sheets", [])], sheet=found.get("sheet", ""),
        header_row=found.get("header_row"), encodings=encodings_of(found.get("encoding", "")),
        encoding=found.get("encoding", ""), is_readable=is_readable)


def encodings_of(found: str) -> list[tuple[str, str]]:
    """The ways to read the letters of this file: a workbook is Unicode, or holds letters of an old font."""
    names = [(key, str(name)) for key, name in ENCODING_NAMES.items()]
    is_workbook = found not in ENCODING_NAMES
    return [(found, str(AS_IN_FILE)), *names[-2:]] if is_workbook else names


def found_words(found: dict[str, Any]) -> str:
    """Where the list lies in the file, and how its letters are written."""
    parts = [_("trang tính “%(name)s”", name=found["sheet"]) if len(found.get("sheets", [])) > 1 else "",
             _("tên cột ở dòng %(row)d", row=found["header_row"]) if found.get("header_row") else "",
             _("chữ %(encoding)s đã đổi sang Unicode", encoding=ENCODING_NAMES[found["encoding"]])
             if found.get("encoding") in OLD_LETTERS else ""]
    return ", ".join(filter(None, parts))


def recognised(columns: list[FileColumn], known: list[FileColumn]) -> str:
    """How many columns were recognised, and which were not."""
    words = ", ".join(one.words or one.letter for one in columns if not one.key and not one.is_identity)[:200]
    if not words:
        return _("Đã nhận ra cả %(count)d cột.", count=len(known))
    return _("Đã nhận ra %(count)d cột. Chưa dùng: %(words)s.", count=len(known), words=words)


@bp.get("/dau-moi/nhap/<uuid:uuid>/dang-doc")
@requires(can_add_people)
def waiting(uuid: UUID) -> Any:
    """How far the background work is; leads on when it is done."""
    roster = seen_or_404(uuid)
    if roster.state not in ("checking", "committing"):
        return to_step(roster)
    job = job_of(roster, now=clock.now())
    response = make_response(render_template(
        "rosters/waiting.html", roster=roster, is_committing=roster.state == "committing", is_late=bool(job and job.is_stuck),
        done=job.done if job else 0, total=job.total if job else 0))
    response.headers["Refresh"] = str(RELOADS_AFTER)
    return response
