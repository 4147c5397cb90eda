"""The dry run: faults by cell, people who may be here already, and the word to write it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.rules.roles import can_add_people
from lms.rosters.models import RosterImport
from lms.rosters.queries.imports import row_counts, rows_of, undecided_rows
from lms.rosters.services.imports import CORRECTABLE, correct_cells, decide_row, discard_import, request_commit
from lms.rosters.views.blueprint import bp
from lms.rosters.views.frames import SHOWS, check_frame, first_show
from lms.rosters.views.uploading import fault_of, seen_or_404, to_step
from lms.web.access import requires
from lms.web.addresses import page_number
from lms.web.phrases import sentence


@bp.get("/dau-moi/nhap/<uuid:uuid>/kiem-tra")
@requires(can_add_people)
def check(uuid: UUID) -> Any:
    """The rows as checked; what hinders comes first."""
    roster = seen_or_404(uuid)
    return shown_check(roster, fault_of(roster), status=200) if roster.state == "checked" else to_step(roster)


def shown_check(roster: RosterImport, refusal: str, *, status: int = 422) -> Any:
    """The page, with what was refused."""
    counts = row_counts(roster)
    wanted = request.args.get("xem", "")
    show = wanted if wanted in SHOWS else first_show(counts, undecided_rows(roster))
    if request.method == "POST" and request.endpoint == "rosters.correct":
        show = "can-sua"
    rows = rows_of(current_user, roster, show=SHOWS[show], page=page_number())
    frame = check_frame(roster, rows, show=show, typed=request.form)
    return render_template("rosters/check.html", roster=roster, frame=frame, refusal=refusal), status


def refused(uuid: UUID, fault: DomainError) -> Any:
    """The page again, with the sentence of the refusal and what was typed."""
    db.session.rollback()
    roster = seen_or_404(uuid)
    return shown_check(roster, sentence(fault)) if roster.state == "checked" else to_step(roster)


@bp.post("/dau-moi/nhap/<uuid:uuid>/sua")
@requires(can_add_people)
def correct(uuid: UUID) -> Any:
    """Cells typed anew on the page; the whole list is checked again."""
    roster = seen_or_404(uuid)
    typed = typed_cells(roster)
    if not typed:
        return redirect(url_for("rosters.check", uuid=uuid))
    try:
        correct_cells(roster, typed, by=current_user, now=clock.now())
    except DomainError as fault:
        return refused(uuid, fault)
    db.session.commit()
    return redirect(url_for("rosters.waiting", uuid=uuid))


def typed_cells(roster: RosterImport) -> dict[tuple[int, str], str]:
    """The cells that were typed, by row and column; names of other fields are passed over."""
    found = {}
    for name, text in request.form.items():
        begin, _dash, rest = name.partition("-")
        row, _dash, key = rest.partition("-")
        if begin == "o" and row.isascii() and row.isdecimal() and len(row) <= 6 and key in CORRECTABLE:
            found[int(row), key] = text
    return found


@bp.post("/dau-moi/nhap/<uuid:uuid>/quyet")
@requires(can_add_people)
def decide(uuid: UUID) -> Any:
    """Who is meant by unclear rows: somebody here, or somebody new."""
    roster, now = seen_or_404(uuid), clock.now()
    try:
        for row, chosen in decided_rows().items():
            decide_row(roster, row, same_as=chosen, by=current_user, now=now)
    except DomainError as fault:
        return refused(uuid, fault)
    db.session.commit()
    return redirect(url_for("rosters.check", uuid=uuid))


def decided_rows() -> dict[int, UUID | None]:
    """What was chosen, by row; whatever is no uuid of a person is nobody."""
    found: dict[int, UUID | None] = {}
    for name, value in request.form.items():
        begin, _dash, row = name.partition("-")
        if begin == "nguoi" and row.isascii() and row.isdecimal() and len(row) <= 6:
            try:
                found[int(row)] = None if value == "moi" else UUID(value)
            except ValueError as fault:
                raise DomainError("roster.not_a_candidate") from fault
    return found


@bp.post("/dau-moi/nhap/<uuid:uuid>/ghi")
@requires(can_add_people)
def commit(uuid: UUID) -> Any:
    """Write the rows that were shown; with `bo_loi` those without a fault."""
    roster, now = seen_or_404(uuid), clock.now()
    try:
        request_commit(roster, skip_faulty=request.form.get("bo_loi") == "1", by=current_user, now=now)
    except DomainError as fault:
        return refused(uuid, fault)
    db.session.commit()
    return redirect(url_for("rosters.waiting", uuid=uuid))


@bp.post("/dau-moi/nhap/<uuid:uuid>/bo")
@requires(can_add_people)
def discard(uuid: UUID) -> Any:
    """Throw the list away before it is written."""
    roster = seen_or_404(uuid)
    try:
        discard_import(roster, by=current_user, now=clock.now())
    except DomainError as fault:
        return refused(uuid, fault)
    db.session.commit()
    flash(_("Đã bỏ danh sách “%(file)s”. Chưa có gì được ghi.", file=roster.file_name), "ok")
    return redirect(url_for("rosters.upload"))
