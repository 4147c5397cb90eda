"""The ward: lists it asks for, who has sent, receiving, returning, reminding, one file of all."""

from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.campaign.forms import ReopenForm, RequestForm, ReturnForm
from lms.campaign.models import ListRequest, Submission
from lms.campaign.queries.list_requests import (
    Unit,
    asking_organisations,
    overview_of,
    request_asked_by,
    requests_asked_by,
    submission_for,
    submissions_standing,
    unit_of,
    units_of,
    units_to_ask,
)
from lms.campaign.rules import ASK, can_ask
from lms.campaign.services.list_requests import ask_for_list, receive_list, remind_units, reopen, return_list
from lms.campaign.views.blueprint import bp
from lms.campaign.views.files import all_lists, workbook
from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Organisation
from lms.people.queries.organisations import organisation_for
from lms.web import phrases
from lms.web.access import requires
from lms.web.addresses import page_number

SHOWN = 50


@bp.get("/dia-ban/danh-sach")
@requires(can_ask)
def asked() -> Any:
    return render_template("campaign/asked.html", overviews=requests_asked_by(current_user), today=clock.local_date(clock.now()))


@bp.route("/dia-ban/danh-sach/moi", methods=["GET", "POST"])
@requires(can_ask)
def new_request() -> Any:
    asking = asking_organisations(current_user)
    place = _asking_place(asking)
    units = units_to_ask(current_user, place)
    form = RequestForm(organisation=str(place.uuid))
    form.offer(asking, units)
    if form.validate_on_submit():
        try:
            made = ask_for_list(
                place, title=form.title.data, meant=form.meant.data, due_on=form.due_on.data, unit_ids=form.wanted(units),
                audience=form.audience.data or None, by=current_user, now=clock.now())
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(_("Đã gửi yêu cầu. Các đơn vị thấy ngay trên trang đầu mối."), "ok")
            return redirect(url_for("campaign.asked_list", uuid=made.uuid))
    kinds = {unit.kind: sum(other.kind == unit.kind for other in units) for unit in units}
    return render_template("campaign/new-request.html", form=form, units=units, kinds=kinds), 422 if form.errors else 200


@bp.get("/dia-ban/danh-sach/<uuid:uuid>")
@requires(can_ask)
def asked_list(uuid: UUID) -> Any:
    found, now = request_or_404(uuid), clock.now()
    units = units_of([found.id])
    missing = [unit for unit in units if not unit.may_decide]
    words = reminder_words(found)
    return render_template(
        "campaign/asked-list.html", request=found, units=units, missing=missing, overview=overview_of(found, units),
        at=now, form=ReopenForm(), words=words, people=sum(unit.row_count or 0 for unit in units if unit.may_decide))


@bp.post("/dia-ban/danh-sach/<uuid:uuid>/nhac")
@requires(can_ask)
def remind(uuid: UUID) -> Any:
    found = request_or_404(uuid)
    units = remind_units(found, subject=_("Nhắc nộp danh sách: %(title)s", title=found.title), text=reminder_words(found),
                         by=current_user, now=clock.now())
    db.session.commit()
    flash(_("Đã nhắc %(count)d đơn vị.", count=len(units)) if units else
          _("Hôm nay các đơn vị chưa gửi đều đã được nhắc. Ngày mai bạn nhắc tiếp."), "ok")
    return redirect(url_for("campaign.asked_list", uuid=uuid))


@bp.get("/dia-ban/danh-sach/ban/<uuid:uuid>")
@requires(can_ask)
def handed_in(uuid: UUID) -> Any:
    return show_submission(*submission_or_404(uuid), ReturnForm())


@bp.post("/dia-ban/danh-sach/ban/<uuid:uuid>/nhan")
@requires(can_ask)
def receive(uuid: UUID) -> Any:
    submission, unit = submission_or_404(uuid)
    receive_list(submission, by=current_user, now=clock.now())
    db.session.commit()
    flash(_("Đã nhận danh sách của %(unit)s.", unit=unit.name), "ok")
    return redirect(url_for("campaign.asked_list", uuid=unit.request.uuid))


@bp.post("/dia-ban/danh-sach/ban/<uuid:uuid>/tra-lai")
@requires(can_ask)
def give_back(uuid: UUID) -> Any:
    (submission, unit), form = submission_or_404(uuid), ReturnForm()
    if form.validate_on_submit():
        try:
            return_list(submission, reason=form.reason.data, until=form.until.data, by=current_user, now=clock.now())
        except DomainError as error:
            if error.code != "list.due_past":
                raise
            db.session.rollback()
            form.add_error("until", phrases.sentence(error))
        else:
            db.session.commit()
            flash(_("Đã trả lại danh sách cho %(unit)s.", unit=unit.name), "ok")
            return redirect(url_for("campaign.asked_list", uuid=unit.request.uuid))
    return show_submission(*submission_or_404(uuid), form), 422


@bp.post("/dia-ban/danh-sach/<uuid:uuid>/mo-lai/<uuid:unit_uuid>")
@requires(can_ask)
def open_again(uuid: UUID, unit_uuid: UUID) -> Any:
    found, form = request_or_404(uuid), ReopenForm()
    place = organisation_for(current_user, unit_uuid, *ASK)
    if place is None or unit_of(found.id, place.id) is None:
        abort(404)
    if not form.validate_on_submit():
        flash(str(form.until.errors[0]) if form.until.errors else _("Bạn chọn ngày hết hạn."), "bad")
    else:
        reopen(found, place.id, until=form.until.data, by=current_user, now=clock.now())
        db.session.commit()
        flash(_("Đã mở lại cho đơn vị này nộp."), "ok")
    return redirect(url_for("campaign.asked_list", uuid=uuid))


@bp.get("/dia-ban/danh-sach/<uuid:uuid>.xlsx")
@requires(can_ask)
def all_lists_file(uuid: UUID) -> Any:
    """One workbook of every list that is with the ward now, in the ward's own form."""
    found = request_or_404(uuid)
    return workbook(all_lists(found, submissions_standing(found)), "danh-sach-cac-don-vi.xlsx")


def show_submission(submission: Submission, unit: Unit, form: ReturnForm) -> str:
    rows: list[Any] = submission.rows
    pages = max(1, -(-len(rows) // SHOWN))
    page = min(page_number(), pages)
    stands = unit.may_decide and unit.submission == submission.uuid
    return render_template(
        "campaign/handed-in.html", submission=submission, unit=unit, form=form, stands=stands, page=page, pages=pages,
        rows=rows[(page - 1) * SHOWN:page * SHOWN], is_open=unit.is_open(clock.now()))


def reminder_words(found: ListRequest) -> str:
    """What the reminder says; the page shows the same words to copy."""
    address = current_app.config["LMS_BASE_URL"] + url_for("campaign.requests")
    return _("Nhắc các đơn vị chưa gửi “%(title)s”: hạn nộp là hết ngày %(day)s. Vào %(address)s, bấm “Nộp danh sách”.",
             title=found.title, day=phrases.day_of(found.due_on), address=address)


def request_or_404(uuid: UUID) -> ListRequest:
    return request_asked_by(current_user, uuid) or abort(404)


def submission_or_404(uuid: UUID) -> tuple[Submission, Unit]:
    """The list and how its unit stands, for whoever asked for it."""
    submission = submission_for(current_user, uuid) or abort(404)
    unit = unit_of(submission.request_id, submission.organisation_id) or abort(404)
    request_or_404(unit.request.uuid)
    return submission, unit


def _asking_place(asking: list[tuple[UUID, str]]) -> Organisation:
    wanted = request.form.get("don-vi-hoi") or request.args.get("don-vi") or (str(asking[0][0]) if asking else "")
    chosen = next((uuid for uuid, _name in asking if str(uuid) == wanted), None) or abort(404)
    return organisation_for(current_user, chosen, *ASK) or abort(404)
