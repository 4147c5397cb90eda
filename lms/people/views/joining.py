"""Joining by a code: the poster and the list of those who wait (focal points), the page behind the code (everybody)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from lms.core import clock, throttle
from lms.core.config import is_public_address
from lms.core.db import db, writing
from lms.core.errors import DomainError
from lms.people.forms import JoinCodeForm, JoinTypedForm
from lms.people.models import JoinCode
from lms.people.queries.cohorts import cohort_choices
from lms.people.queries.groups import place_for
from lms.people.queries.joining import (
    answer_to,
    belongs,
    code_of,
    door_of,
    join_code_for,
    join_code_meant,
    join_codes_for,
    join_requests_for,
    open_join_code_of,
    requests_among,
)
from lms.people.queries.organisations import organisations_for
from lms.people.rules.cohorts import MANAGE_COHORTS, can_manage_cohorts
from lms.people.rules.identities import normal_activation_code
from lms.people.services.joining import approve_requests, ask_to_join, close_join_code, open_join_code, return_requests
from lms.people.services.secrets import minutes_until
from lms.people.views.blueprint import bp
from lms.people.views.browser import address_of_request
from lms.web import phrases
from lms.web.access import public, requires
from lms.web.addresses import page_number
from lms.web.forms import uuid_in, uuids_in
from lms.web.phrases.people import ADDRESS_LOCKED

PER_ADDRESS = throttle.Limit(failures=40, window=timedelta(minutes=15), pause=timedelta(minutes=15))
USUAL_TIME = timedelta(days=30)
USUAL_NUMBER = 50


@bp.route("/dau-moi/tham-gia", methods=["GET", "POST"])
@requires(can_manage_cohorts)
def joining() -> Any:
    """Who waits to be let in, the codes in force, and a form for a new one."""
    now = clock.now()
    form = JoinCodeForm(place=str(uuid_in(request.args.get("noi", "")) or ""), until=clock.local_date(now + USUAL_TIME),
                        most=USUAL_NUMBER)
    form.place.choices = [
        *(SelectChoice(str(uuid), name) for uuid, name in organisations_for(current_user, *MANAGE_COHORTS)),
        *(SelectChoice(str(uuid), f"{name} ({unit})") for uuid, name, unit in cohort_choices(current_user, *MANAGE_COHORTS))]
    if form.validate_on_submit():
        place = place_for(current_user, UUID(form.place.data), *MANAGE_COHORTS) or abort(404)
        try:
            row = open_join_code(organisation=place.organisation, cohort=place.cohort, until=form.until.data,
                                 most=form.most.data, now=now, by=current_user)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            return redirect(url_for("people.join_poster", uuid=row.uuid))
    return joining_page(form, now=now)


def joining_page(form: JoinCodeForm, *, now: datetime, reason: str = "", refused: str = "") -> Any:
    """The page, with what was typed and why it was refused."""
    page = render_template(
        "people/joining.html", form=form, requests=join_requests_for(current_user, page=page_number()),
        codes=join_codes_for(current_user, now=now), reason=reason, refused=refused, right_now=now)
    return page, 422 if form.errors or refused else 200


@bp.post("/dau-moi/tham-gia/duyet")
@requires(can_manage_cohorts)
def decide_joining() -> Any:
    """The ticked requests are approved, or returned with a reason."""
    now, reason = clock.now(), request.form.get("ly_do", "")
    requests = requests_among(current_user, uuids_in("don"))
    if requests is None:
        raise DomainError("people.not_all_yours")
    try:
        if request.form.get("viec") == "tra-lai":
            count = return_requests(requests, reason=reason, by=current_user, now=now)
            told = _("Đã trả lại %(count)d người.", count=count)
        else:
            count = approve_requests(requests, by=current_user, now=now)
            told = _("Đã nhận %(count)d người.", count=count)
    except DomainError as error:
        db.session.rollback()
        flash(phrases.sentence(error), "bad")
        return redirect(url_for("people.joining"))
    db.session.commit()
    flash(told, "ok")
    return redirect(url_for("people.joining"))


@bp.get("/dau-moi/tham-gia/<uuid:uuid>")
@requires(can_manage_cohorts)
def join_poster(uuid: UUID) -> Any:
    """A sheet to hang up: unit, cohort, QR and code."""
    row = join_code_for(current_user, uuid) or abort(404)
    base = current_app.config["LMS_BASE_URL"]
    return render_template("people/join-poster.html", row=row, door=door_of(row), code=code_of(row), base=base,
                           host=base.partition("://")[2], is_trial=not is_public_address(base))


@bp.post("/dau-moi/tham-gia/<uuid:uuid>/dong")
@requires(can_manage_cohorts)
def close_joining(uuid: UUID) -> Any:
    close_join_code(join_code_for(current_user, uuid) or abort(404), now=clock.now(), by=current_user)
    db.session.commit()
    flash(_("Đã đóng mã. Người đã xin vào vẫn chờ bạn duyệt."), "ok")
    return redirect(url_for("people.joining"))


@bp.route("/vao", methods=["GET", "POST"])
@public
def join_typed() -> Any:
    """For those without a camera: small letters, spaces and hyphens do not matter."""
    form = JoinTypedForm()
    if form.validate_on_submit():
        try:
            return redirect(url_for("people.join", code=normal_activation_code(form.code.data)))
        except DomainError:
            form.show(DomainError("join.unknown"))
    return typed_page(form, 422 if form.errors else 200)


@bp.get("/vao/<code>")
@public
def join(code: str) -> Any:
    """The unit and the cohort behind a code, and no person's name; whoever is signed in may ask."""
    now = clock.now()
    row = row_meant(code, now=now)
    if not isinstance(row, JoinCode):
        return row
    answer = answer_to(row, current_user.id) if current_user.is_authenticated else None
    inside = current_user.is_authenticated and belongs(row, current_user.id)
    return render_template("people/join.html", door=door_of(row), code=code_of(row), answer=answer, inside=inside)


@bp.post("/vao/<code>")
@public
def ask(code: str) -> Any:
    """Ask to be let in. Somebody who is not signed in signs in first."""
    if not current_user.is_authenticated:
        return redirect(url_for("people.sign_in", next=url_for("people.join", code=normal_or_none(code))))
    now = clock.now()
    row = row_meant(code, now=now)
    if not isinstance(row, JoinCode):
        return row
    try:
        ask_to_join(row, by=current_user, now=now)
    except DomainError as error:
        db.session.rollback()
        if error.code != "join.belongs":
            return nothing_here(now=now)
    db.session.commit()
    return redirect(url_for("people.join", code=code_of(row)))


def row_meant(code: str, *, now: datetime) -> Any:
    """The open code, or the page that says that nothing is here; somebody who asked before still reads the answer."""
    until = throttle.locked_until([_throttled()], now=now)
    if until:
        return typed_page(JoinTypedForm(formdata=None), 429, str(ADDRESS_LOCKED) % {"minutes": minutes_until(until, now=now)})
    try:
        return open_join_code_of(code, now=now)
    except DomainError:
        row = join_code_meant(code)
        if row is not None and current_user.is_authenticated and answer_to(row, current_user.id):
            return row
        return nothing_here(now=now)


def nothing_here(*, now: datetime) -> Any:
    """The same words for a code that never was, is closed, has expired or is full."""
    with writing():
        throttle.count_failure(_throttled(), PER_ADDRESS, now=now)
    form = JoinTypedForm(formdata=None)
    form.show(DomainError("join.unknown"))
    return typed_page(form, 404)


def normal_or_none(code: str) -> str:
    try:
        return normal_activation_code(code[:80])
    except DomainError:
        return "-"


def _throttled() -> str:
    return throttle.subject_key("join", address_of_request())


def typed_page(form: JoinTypedForm, status: int, locked: str = "") -> Any:
    return render_template("people/join-typed.html", form=form, locked=locked), status
