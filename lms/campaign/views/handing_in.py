"""The focal point: what the ward asks for, the list that would go there, handing in and taking back."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.campaign.queries.list_requests import Unit, history_of, submission_for, unit_to_hand_in, units_to_hand_in
from lms.campaign.queries.lists import fingerprint, rows_of_unit, unanswered_in
from lms.campaign.rules import can_ask, can_hand_in
from lms.campaign.services.submissions import hand_in, withdraw_list
from lms.campaign.views.blueprint import bp
from lms.campaign.views.files import one_list, workbook
from lms.core import clock
from lms.core.db import db
from lms.web.access import requires
from lms.web.addresses import page_number

SHOWN = 50


def can_open_a_list(actor: Any) -> bool:
    """Of the unit that handed it in, or of the ward that asked."""
    return can_hand_in(actor) or can_ask(actor)


@bp.get("/dau-moi/nop")
@requires(can_hand_in)
def requests() -> Any:
    now = clock.now()
    units = units_to_hand_in(current_user)
    return render_template("campaign/requests.html", now_open=[one for one in units if one.is_open(now)],
                           over=[one for one in units if not one.is_open(now)], at=now)


@bp.route("/dau-moi/nop/<uuid:request_uuid>/<uuid:unit_uuid>", methods=["GET", "POST"])
@requires(can_hand_in)
def handing_in(request_uuid: UUID, unit_uuid: UUID) -> Any:
    """The list as it stands in the system, and the button that sends it."""
    unit, now = _unit_or_404(request_uuid, unit_uuid), clock.now()
    if request.method == "POST":
        seen = request.form.get("da-xem", "")[:64] or None
        made = hand_in(unit.request, unit.organisation_id, seen=seen, by=current_user, now=now)
        db.session.commit()
        flash(_("Đã gửi danh sách %(count)d người. Phường nhận thì trang này báo.", count=made.row_count), "ok")
        return redirect(url_for("campaign.handing_in", request_uuid=request_uuid, unit_uuid=unit_uuid))
    may_submit = unit.may_submit(now)
    rows = rows_of_unit(unit.organisation_id, audience=unit.request.audience) if may_submit else []
    pages = max(1, -(-len(rows) // SHOWN))
    page = min(page_number(), pages)
    return render_template(
        "campaign/handing-in.html", unit=unit, may_submit=may_submit, may_withdraw=unit.may_withdraw(now), total=len(rows),
        rows=rows[(page - 1) * SHOWN:page * SHOWN], page=page, pages=pages, seen=fingerprint(rows), history=history_of(unit),
        unanswered=unanswered_in(unit.organisation_id) if may_submit else 0,
        without_phone=sum(not row["phone"] for row in rows), is_open=unit.is_open(now))


@bp.post("/dau-moi/nop/<uuid:request_uuid>/<uuid:unit_uuid>/rut-lai")
@requires(can_hand_in)
def take_back(request_uuid: UUID, unit_uuid: UUID) -> Any:
    unit = _unit_or_404(request_uuid, unit_uuid)
    withdraw_list(unit.request, unit.organisation_id, by=current_user, now=clock.now())
    db.session.commit()
    flash(_("Đã rút lại danh sách. Bạn sửa rồi nộp lại trước hết ngày %(day)s.",
            day=f"{unit.last_day.day}/{unit.last_day.month}/{unit.last_day.year}"), "ok")
    return redirect(url_for("campaign.handing_in", request_uuid=request_uuid, unit_uuid=unit_uuid))


@bp.get("/dau-moi/nop/danh-sach/<uuid:uuid>.xlsx")
@requires(can_open_a_list)
def list_file(uuid: UUID) -> Any:
    """One list as it was handed in."""
    submission = submission_for(current_user, uuid) or abort(404)
    return workbook(one_list(submission), f"danh-sach-lan-{submission.number}.xlsx")


def _unit_or_404(request_uuid: UUID, unit_uuid: UUID) -> Unit:
    return unit_to_hand_in(current_user, request_uuid, unit_uuid) or abort(404)
