"""Results from elsewhere: a list of another platform comes in, is looked at, becomes evidence, can be taken back."""

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from lms.assessment.models import EvidenceSource
from lms.assessment.queries.external_evidence import sources_usable_at
from lms.assessment.services.external_evidence import MANAGE_SOURCES
from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Organisation
from lms.people.queries.organisations import organisation_for, organisation_ids_under, organisations_for
from lms.people.rules.roles import ADD_PEOPLE, can_add_people
from lms.rosters.forms import ResultsForm
from lms.rosters.models import RosterImport
from lms.rosters.queries.imports import import_for, imports_for, job_of, rows_of
from lms.rosters.reading import Choice
from lms.rosters.reading.result_words import RESULT_KEYS
from lms.rosters.services.imports import change_choice, choice_of, decide_row, discard_import
from lms.rosters.services.results import (
    begin_results,
    left_out_file,
    request_results_check,
    request_results_commit,
    source_of,
    undo_results,
)
from lms.rosters.views.blueprint import bp
from lms.rosters.views.elsewhere_frames import (
    RELOADS_AFTER,
    SHOWS,
    columns_of,
    decisions_in,
    first_show,
    frame_of,
    missing_column,
)
from lms.rosters.views.uploading import fault_of
from lms.web.access import requires
from lms.web.addresses import page_number
from lms.web.phrases import sentence

RECENT = 10


@bp.route("/dau-moi/ket-qua-noi-khac", methods=["GET", "POST"])
@requires(can_add_people)
def elsewhere() -> Any:
    """Which unit, from which source, which file or rows; and the lists that came in before."""
    form, sources = _form()
    if form.is_submitted() and form.validate():
        organisation = organisation_for(current_user, UUID(form.organisation.data), *ADD_PEOPLE) or abort(404)
        try:
            roster = _begun(form, organisation, _usable(form.source.data, organisation))
            request_results_check(roster, by=current_user, now=clock.now())
        except DomainError as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            return redirect(url_for(".elsewhere_list", uuid=roster.uuid))
    recent = imports_for(current_user, kind="results", most=RECENT, now=clock.now())
    return render_template("rosters/elsewhere.html", form=form, has_sources=bool(sources), recent=recent,
                           may_manage=current_user.has_role(*MANAGE_SOURCES)), 422 if form.errors else 200


def _form() -> tuple[ResultsForm, list[EvidenceSource]]:
    form = ResultsForm()
    form.organisation.choices = [SelectChoice(str(uuid), name) for uuid, name in organisations_for(current_user, *ADD_PEOPLE)]
    sources = sources_usable_at(organisation_ids_under(current_user, *ADD_PEOPLE))
    form.source.choices = [SelectChoice(str(one.uuid), one.name) for one in sources]
    return form, sources


def _usable(uuid: str, organisation: Organisation) -> EvidenceSource:
    """The source, when it may be named for this very organisation. Raises DomainError source.not_here."""
    found = next((one for one in sources_usable_at([organisation.id]) if str(one.uuid) == uuid), None)
    if found is None:
        raise DomainError("source.not_here")
    return found


def _begun(form: ResultsForm, organisation: Organisation, source: EvidenceSource) -> RosterImport:
    sent: dict[str, Any] = {"text": form.dan.data}
    if form.tep.data:
        sent = {"filename": form.tep.data[0], "content": form.tep.data[1]}
    return begin_results(source=source, organisation=organisation, by=current_user, now=clock.now(), course=form.khoa.data, **sent)


@bp.get("/dau-moi/ket-qua-noi-khac/<uuid:uuid>")
@requires(can_add_people)
def elsewhere_list(uuid: UUID) -> Any:
    return _list_page(_seen_or_404(uuid))


def _list_page(roster: RosterImport, refusal: str = "", status: int = 200) -> Any:
    """The page of the state in which the list is; without scripts the one on which one waits reloads itself."""
    now = clock.now()
    if roster.state in ("checking", "committing"):
        job = job_of(roster, now=now)
        page = make_response(render_template("rosters/elsewhere-waiting.html", roster=roster, job=job))
        page.headers["Refresh"] = str(RELOADS_AFTER)
        return page
    asked, show = request.args.get("xem", ""), ""
    if roster.state == "checked" and not missing_column(roster):
        show = asked if asked in SHOWS else first_show(roster)
    rows = rows_of(current_user, roster, show=SHOWS[show] if show else "all", page=page_number() if show else 1)
    refusal = refusal or fault_of(roster) or missing_column(roster)
    frame = frame_of(roster, rows, show=show, source=source_of(roster), now=now)
    return render_template("rosters/elsewhere-list.html", roster=roster, frame=frame, refusal=refusal,
                           columns=columns_of(roster)), status


@bp.post("/dau-moi/ket-qua-noi-khac/<uuid:uuid>/ghep-cot")
@requires(can_add_people)
def elsewhere_columns(uuid: UUID) -> Any:
    """Other columns, or the course for rows that name none: read and checked anew."""
    roster, now = _seen_or_404(uuid), clock.now()
    try:
        typed, before = _typed_columns(roster), choice_of(roster)
        change_choice(roster, Choice(before.sheet, before.encoding, before.header_row, typed), by=current_user, now=now)
        roster.extra = {**roster.extra, "course": clean(request.form.get("khoa", ""))[:200]}
        request_results_check(roster, by=current_user, now=now)
    except DomainError as refusal:
        return _refused(uuid, refusal)
    db.session.commit()
    return redirect(url_for(".elsewhere_list", uuid=uuid))


def _typed_columns(roster: RosterImport) -> dict[str, str]:
    """Key → letters as the form has them; a key that the form does not name keeps its column."""
    letters: dict[str, list[str]] = {key: [] for key in RESULT_KEYS}
    for column in columns_of(roster):
        key = request.form.get(f"cot-{column.letter}", column.key)
        if key in letters:
            letters[key].append(column.letter)
    return {key: "+".join(found) for key, found in letters.items()}


@bp.post("/dau-moi/ket-qua-noi-khac/<uuid:uuid>/quyet")
@requires(can_add_people)
def elsewhere_decide(uuid: UUID) -> Any:
    """Whom the lines mean that could mean several people here; "" leaves one out."""
    roster, now = _seen_or_404(uuid), clock.now()
    try:
        for number, same_as in decisions_in(request.form):
            decide_row(roster, number, same_as=same_as, by=current_user, now=now)
    except DomainError as refusal:
        return _refused(uuid, refusal)
    db.session.commit()
    flash(_("Đã lưu lựa chọn."), "ok")
    return redirect(url_for(".elsewhere_list", uuid=uuid, xem="phan-van", trang=page_number()))


@bp.post("/dau-moi/ket-qua-noi-khac/<uuid:uuid>/ghi")
@requires(can_add_people)
def elsewhere_commit(uuid: UUID) -> Any:
    """Write the lines that are right; with `bo_loi` although others are not."""
    roster = _seen_or_404(uuid)
    try:
        request_results_commit(roster, skip_faulty=request.form.get("bo_loi") == "1", by=current_user, now=clock.now())
    except DomainError as refusal:
        return _refused(uuid, refusal)
    db.session.commit()
    return redirect(url_for(".elsewhere_list", uuid=uuid))


@bp.post("/dau-moi/ket-qua-noi-khac/<uuid:uuid>/bo")
@requires(can_add_people)
def elsewhere_discard(uuid: UUID) -> Any:
    try:
        discard_import(_seen_or_404(uuid), by=current_user, now=clock.now())
    except DomainError as refusal:
        return _refused(uuid, refusal)
    db.session.commit()
    flash(_("Đã bỏ danh sách, chưa ghi gì."), "ok")
    return redirect(url_for(".elsewhere"))


@bp.post("/dau-moi/ket-qua-noi-khac/<uuid:uuid>/hoan-tac")
@requires(can_add_people)
def elsewhere_undo(uuid: UUID) -> Any:
    """Withdraw everything that this list put forward."""
    try:
        count = undo_results(_seen_or_404(uuid), by=current_user, now=clock.now())
    except DomainError as refusal:
        return _refused(uuid, refusal)
    db.session.commit()
    flash(_("Đã rút lại %(count)s kết quả.", count=count), "ok")
    return redirect(url_for(".elsewhere_list", uuid=uuid))


@bp.get("/dau-moi/ket-qua-noi-khac/<uuid:uuid>/de-lai.xlsx")
@requires(can_add_people)
def elsewhere_left_out(uuid: UUID) -> Any:
    """The lines that were left out, with the reason of each, ready to be mended and sent again."""
    roster = _seen_or_404(uuid)
    content = left_out_file(roster) or abort(404)
    return Response(content, mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    headers={"Content-Disposition": "attachment; filename=dong-de-lai.xlsx"})


def _refused(uuid: UUID, refusal: DomainError) -> Any:
    """The page of the list, with why it stays as it is."""
    db.session.rollback()
    return _list_page(_seen_or_404(uuid), sentence(refusal), 422)


def _seen_or_404(uuid: UUID) -> RosterImport:
    return import_for(current_user, uuid, kind="results") or abort(404)
