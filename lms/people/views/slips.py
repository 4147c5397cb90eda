"""Slips: choose for whom, make them, print them eight to a sheet or show one on the screen."""

from typing import Any
from uuid import UUID

from flask import abort, current_app, redirect, render_template, request, url_for
from flask_login import current_user

from lms.core import clock
from lms.core.config import is_public_address
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.queries.activation_codes import batches_of, slips_of
from lms.people.queries.persons import learners_for, people_visible_among
from lms.people.rules.roles import can_make_slips
from lms.people.services.activations import make_activation_codes
from lms.people.views.blueprint import bp
from lms.web.access import requires

A_SHEET = 8


@bp.route("/phieu", methods=["GET", "POST"])
@requires(can_make_slips)
def slips() -> Any:
    """Those who have no PIN yet; the ticked ones get a slip each."""
    now = clock.now()
    if request.method == "POST":
        people = people_visible_among(current_user, chosen())
        batch, made = make_activation_codes(people, by=current_user, now=now)
        if not made:
            raise DomainError("slip.not_yours_to_make" if people else "slip.nobody")
        db.session.commit()
        return redirect(url_for("people.slip_sheet", batch=batch))
    search = request.args.get("tim", "")[:120]
    found = learners_for(current_user, search=search, waiting=True, page=request.args.get("trang", 1, type=int), now=now)
    return render_template("people/slips.html", found=found, search=search, batches=batches_of(current_user, now=now))


def chosen() -> list[UUID]:
    """The people ticked in the form; whatever is no uuid is nobody."""
    found = []
    for text in request.form.getlist("nguoi"):
        try:
            found.append(UUID(text))
        except ValueError:
            abort(400)
    return found


@bp.get("/phieu/<uuid:batch>")
@requires(can_make_slips)
def slip_sheet(batch: UUID) -> Any:
    """The sheets of one batch, for its maker, for a day. A single slip is shown large enough to scan off the screen."""
    made = slips_of(current_user, batch, now=clock.now()) or abort(404)
    base = current_app.config["LMS_BASE_URL"]
    sheets = [made[start:start + A_SHEET] for start in range(0, len(made), A_SHEET)]
    return render_template("people/slip-sheet.html", slips=made, sheets=sheets, base=base,
                           host=base.partition("://")[2], is_trial=not is_public_address(base))
