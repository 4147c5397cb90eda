"""A school's list named somebody who was here already: they say whether they belong there."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.people.queries.persons import offer_to
from lms.people.services.offers import accept_offer, refuse_offer
from lms.people.views.blueprint import bp
from lms.web.access import signed_in


@bp.post("/cua-toi/don-vi/<uuid:organisation>")
@signed_in
def answer_offer(organisation: UUID) -> Any:
    answer = {"dung": accept_offer, "khong": refuse_offer}.get(request.form.get("tra_loi", "")) or abort(400)
    membership = offer_to(current_user, organisation) or abort(404)
    answer(membership, by=current_user, now=clock.now())
    db.session.commit()
    flash(_("Đã ghi. Đơn vị này thấy tên và kết quả học của bạn.") if answer is accept_offer
          else _("Đã ghi. Đơn vị này không thấy gì của bạn."), "ok")
    return redirect(url_for("people.mine"))
