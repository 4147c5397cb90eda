"""What is one's own: how one is addressed, PIN, devices, data."""

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, json, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.signals import personal_data_asked
from lms.people.forms import ChangeSecretForm, DisplayForm
from lms.people.queries.personal_data import personal_data_of
from lms.people.queries.persons import consents_of, memberships_of, offers_to, person_of
from lms.people.queries.sign_ins import sign_in_of, sign_ins_of
from lms.people.services import sign_ins
from lms.people.services.persons import CONSENT_VERSION, change_profile
from lms.people.services.secrets import change_secret
from lms.people.views.blueprint import bp
from lms.people.views.browser import A_YEAR, arrive, remember_device
from lms.web.access import may_open, public, signed_in
from lms.web.phrases.people import WRONG

# Doors into other areas, shown to those for whom they open.
LINKS = (
    "people.learners", "people.slips", "assessment.to_confirm", "certificates.register", "people.roles",
    "people.my_proposals", "people.proposals", "people.audit_log", "assessment.evidence_sources", "operations.settings",
)


@bp.get("/cua-toi")
@signed_in
def mine() -> Any:
    person = person_of(current_user)
    form = DisplayForm(obj=person)
    links = [endpoint for endpoint in LINKS if may_open(endpoint, current_user)]
    return render_template("people/mine.html", person=person, form=form, links=links, memberships=memberships_of(person.id),
                           offers=offers_to(current_user))


@bp.post("/cua-toi/hien-thi")
@signed_in
def display() -> Any:
    """Form of address and text size, kept with the person and on this browser."""
    form = DisplayForm()
    if not form.validate_on_submit():
        abort(400)
    person = person_of(current_user)
    change_profile(person, now=clock.now(), form_of_address=form.form_of_address.data, text_size=form.text_size.data)
    db.session.commit()
    flash(_("Đã lưu."), "ok")
    answer = redirect(url_for("people.mine"))
    answer.set_cookie("co_chu", person.text_size, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


@bp.route("/cua-toi/ma-pin", methods=["GET", "POST"])
@signed_in
def change_pin() -> Any:
    form, now = ChangeSecretForm(), clock.now()
    if form.validate_on_submit():
        person = person_of(current_user)
        try:
            refused = change_secret(person, old=form.old.data, new=form.secret.data or "", now=now)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            if refused is None:
                arrive(person, kept=session.permanent, how="signed_in", now=now)
                db.session.commit()
                flash(_("Đã đổi mã PIN. Các máy khác đã được đăng xuất."), "ok")
                return remember_device(redirect(url_for("people.mine")), person)
            db.session.commit()
            form.add_error("old", str(WRONG) % {"left": refused.left})
    page = render_template("people/change-pin.html", form=form, letters=request.args.get("kieu") == "chu")
    return page, 422 if form.errors else 200


@bp.get("/cua-toi/thiet-bi")
@signed_in
def devices() -> Any:
    return render_template("people/devices.html", devices=sign_ins_of(current_user, now=clock.now()))


@bp.post("/cua-toi/thiet-bi/<uuid:uuid>")
@signed_in
def end_device(uuid: UUID) -> Any:
    row = sign_in_of(current_user, uuid) or abort(404)
    sign_ins.end_sign_in(row, actor=current_user, why="signed_out", now=clock.now())
    db.session.commit()
    flash(_("Đã đăng xuất máy đó."), "ok")
    return redirect(url_for("people.devices"))


@bp.post("/cua-toi/thiet-bi")
@signed_in
def end_other_devices() -> Any:
    sign_ins.end_sign_ins_of(current_user.id, why="signed_out", now=clock.now(), but_token=current_user.token)
    db.session.commit()
    flash(_("Đã đăng xuất các máy khác."), "ok")
    return redirect(url_for("people.devices"))


@bp.get("/cua-toi/du-lieu")
@signed_in
def my_data() -> Any:
    person = person_of(current_user)
    return render_template("people/my-data.html", person=person, memberships=memberships_of(person.id),
                           consents=consents_of(person.id))


@bp.get("/cua-toi/du-lieu.json")
@signed_in
def my_data_file() -> Any:
    """Everything stored about the person, of every feature, in one file."""
    document: dict[str, Any] = personal_data_of(current_user)
    for _receiver, sections in personal_data_asked.send(None, person_id=current_user.id):
        document.update(sections)
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=False)
    return Response(text, mimetype="application/json", headers={"Content-Disposition": "attachment; filename=du-lieu-cua-toi.json"})


@bp.get("/du-lieu-ca-nhan")
@public
def personal_data() -> Any:
    return render_template("people/personal-data.html", version=CONSENT_VERSION)
