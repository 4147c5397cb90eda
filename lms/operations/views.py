"""Health for machines, settings for the administrator."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock, settings
from lms.core.db import db
from lms.operations.forms import SettingsForm
from lms.operations.health import not_ready
from lms.people.queries.organisations import runs_the_body
from lms.web.access import machine, requires

bp = Blueprint("operations", __name__, template_folder="templates")
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/healthz")
@machine
def healthz() -> Any:
    return "ok\n", 200, PLAIN


@bp.get("/readyz")
@machine
def readyz() -> Any:
    reason = not_ready()
    return (f"not ready: {reason}\n", 503, PLAIN) if reason else ("ready\n", 200, PLAIN)


@bp.route("/quan-tri/cai-dat", methods=["GET", "POST"], endpoint="settings")
@requires(runs_the_body)
def change_settings() -> Any:
    form = SettingsForm(obj=settings.current())
    if form.validate_on_submit():
        settings.change(now=clock.now(), actor_id=current_user.id, **form.values())
        db.session.commit()
        flash(_("Đã lưu cài đặt."), "ok")
        return redirect(url_for("operations.settings"))
    return render_template("operations/settings.html", form=form), 422 if form.errors else 200
