"""Lists to take away: the template, the faulty rows, who is here; and the form in which a unit wants its lists."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Organisation
from lms.people.queries.organisations import organisation_for, organisations_for
from lms.people.rules.roles import ADD_PEOPLE, can_add_people
from lms.rosters.queries.export import rows_to_export
from lms.rosters.queries.forms import form_for, own_form
from lms.rosters.services.forms import LONGEST_LINE, MOST_LINES, OWN_COLUMNS, drop_form, set_form
from lms.rosters.services.returning import faulty_workbook
from lms.rosters.views.blueprint import bp
from lms.rosters.views.uploading import seen_or_404
from lms.rosters.writing import RosterForm, export_file, template_file
from lms.web.access import requires
from lms.web.phrases import sentence
from lms.web.phrases.rosters import COLUMN_NAMES, fault_sentence

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RETURNING = ("checked", "done")
LINES_READY = 50


@dataclass(frozen=True)
class FormColumn:
    """One kind of information on the page of the form."""

    key: str
    name: str
    is_in: bool
    words: str
    place: str


@dataclass(frozen=True)
class FormFrame:
    """The form as the page shows it."""

    heading: str
    columns: list[FormColumn]
    most_lines: int
    is_own: bool


@bp.get("/dau-moi/mau/tep-mau.xlsx")
@requires(can_add_people)
def template() -> Any:
    """An empty list to fill in, in the form of the unit."""
    return workbook(template_file(form_for(asked_unit().id), rows=LINES_READY), "tep-mau.xlsx")


@bp.get("/dau-moi/nhap/<uuid:uuid>/tep-loi.xlsx")
@requires(can_add_people)
def error_list(uuid: UUID) -> Any:
    """The list as it was sent, the faulty cells marked and the reasons beside them."""
    roster = seen_or_404(uuid)
    if roster.state not in RETURNING:
        abort(404)
    return workbook(faulty_workbook(roster, reason=fault_sentence), "dong-can-sua.xlsx")


@bp.get("/dau-moi/xuat/<uuid:uuid>.xlsx")
@requires(can_add_people)
def export(uuid: UUID) -> Any:
    """Who belongs to the unit, as a list that changes nothing when it is sent in again."""
    unit = organisation_for(current_user, uuid, *ADD_PEOPLE) or abort(404)
    return workbook(export_file(rows_to_export(unit.id, by=current_user), form_for(unit.id)), "danh-sach.xlsx")


@bp.route("/dau-moi/mau", methods=["GET", "POST"], endpoint="own_form")
@requires(can_add_people)
def change_form() -> Any:
    """Which columns, in which order, under which words; also for the units below."""
    unit, refusal = asked_unit(), ""
    if request.method == "POST":
        try:
            save_form(unit)
        except DomainError as fault:
            db.session.rollback()
            unit, refusal = asked_unit(), sentence(fault)
        else:
            db.session.commit()
            flash(_("Đã lưu mẫu."), "ok")
            return redirect(url_for("rosters.own_form", **{"don-vi": unit.uuid}))
    units = [(str(uuid), name) for uuid, name in organisations_for(current_user, *ADD_PEOPLE)]
    frame = typed_frame() if refusal else form_frame(form_for(unit.id), is_own=own_form(unit.id) is not None)
    return render_template("rosters/own-form.html", frame=frame, units=units, unit=str(unit.uuid), refusal=refusal), (
        422 if refusal else 200)


def asked_unit() -> Organisation:
    """The unit that the address or the form names; without one, where the role is held. 404 for somebody else's."""
    named = request.values.get("don-vi", "")
    if not named:
        held = current_user.organisations(*ADD_PEOPLE)
        return db.session.get_one(Organisation, min(held))
    try:
        return organisation_for(current_user, UUID(named), *ADD_PEOPLE) or abort(404)
    except ValueError:
        abort(404)


def save_form(unit: Organisation) -> None:
    """Keep the form that was typed, or go back to the one from above. Raises what the services raise."""
    now = clock.now()
    if request.form.get("viec") == "bo":
        drop_form(unit, by=current_user, now=now)
        return
    chosen = sorted((one for one in typed_frame().columns if one.is_in), key=lambda one: int(one.place or 99))
    lines = [line[:LONGEST_LINE] for line in request.form.get("dau-bang", "")[:5000].splitlines()]
    set_form(unit, columns=[(one.key, one.words) for one in chosen], lines=lines, by=current_user, now=now)


def form_frame(form: RosterForm, *, is_own: bool) -> FormFrame:
    """A form on the page: its own columns in their order, then the others."""
    inside = [FormColumn(key, str(COLUMN_NAMES[key]), True, words, str(place))
              for place, (key, words) in enumerate(form.columns, start=1)]
    have = {one.key for one in inside}
    others = [FormColumn(key, str(COLUMN_NAMES[key]), False, str(COLUMN_NAMES[key]), "") for key in OWN_COLUMNS if key not in have]
    return FormFrame("\n".join(form.lines), [*inside, *others], MOST_LINES, is_own)


def typed_frame() -> FormFrame:
    """The form as it was typed."""
    columns = [FormColumn(key, str(COLUMN_NAMES[key]), request.form.get(f"co-{key}") == "1",
                          request.form.get(f"ten-{key}", "")[:200], whole(request.form.get(f"so-{key}", "")))
               for key in OWN_COLUMNS]
    return FormFrame(request.form.get("dau-bang", "")[:5000], columns, MOST_LINES, is_own=True)


def whole(text: str) -> str:
    """A small number as typed, or nothing."""
    return text if text.isascii() and text.isdecimal() and len(text) <= 3 else ""


def workbook(content: bytes, name: str) -> Response:
    """An xlsx file as a download."""
    return Response(content, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
