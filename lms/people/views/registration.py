"""Self-registration in three short steps (four for a child). What was typed waits in the signed session, no secret."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import redirect, render_template, request, session, url_for
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.forms import RegisterForm, RegisterGuardianForm, RegisterNameForm, RegisterSecretForm
from lms.people.models import Person
from lms.people.queries.organisations import living_organisation, name_of, root_organisation
from lms.people.queries.persons import personal_code_of
from lms.people.rules.identities import checked_birth_year, clean_name, is_under_16
from lms.people.services.persons import CONSENT_VERSION, Agreement, change_profile, register_person
from lms.people.views.blueprint import bp
from lms.people.views.browser import address_of_request, arrive, home_of, keep_next, welcome
from lms.web.access import public, signed_in
from lms.web.phrases.people import GUARDIANS
from lms.web.shell import text_size


@bp.route("/dang-ky", methods=["GET", "POST"])
@public
def register() -> Any:
    """Step 1: the group. `don-vi` in the address names the organisation to join, as long as there is one."""
    keep_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(home_of(current_user))
    key = clean(request.args.get("don-vi", ""))
    organisation = living_organisation(key) if key else None
    form = RegisterForm()
    if form.validate_on_submit():
        # Anew, so that whoever has the phone next finds no half-finished name of somebody else.
        session["register"] = {
            "uuid": str(uuid4()), "audience": form.audience.data,
            "organisation": organisation.key if organisation else None}
        return redirect(url_for("people.register_name"))
    joining = name_of(organisation.id, clock.local_date(clock.now())) if organisation else ""
    page = render_template("people/register.html", form=form, joining=joining, key=organisation.key if organisation else None)
    return page, 422 if form.errors else 200


@bp.route("/dang-ky/ten", methods=["GET", "POST"])
@public
def register_name() -> Any:
    """Step 2: name and year of birth."""
    typed = session.get("register")
    if not typed:
        return redirect(url_for("people.register"))
    form, today = RegisterNameForm(data=typed), clock.local_date(clock.now())
    if form.validate_on_submit():
        try:
            typed["full_name"] = clean_name(form.full_name.data)
            typed["birth_year"] = checked_birth_year(form.birth_year.data, on=today)
        except DomainError as error:
            form.show(error)
        else:
            session["register"] = typed
            child = is_under_16(birth_year=typed["birth_year"], on=today)
            return redirect(url_for("people.register_guardian" if child else "people.register_secret"))
    return render_template("people/register-name.html", form=form), 422 if form.errors else 200


@bp.route("/dang-ky/giam-ho", methods=["GET", "POST"])
@public
def register_guardian() -> Any:
    """Between steps 2 and 3, for a child: a father, mother or guardian agrees."""
    typed = session.get("register", {})
    if "birth_year" not in typed:
        return redirect(url_for("people.register_name"))
    form = RegisterGuardianForm(data=typed)
    if form.validate_on_submit() and form.check_guardian():
        try:
            typed["guardian_name"] = clean_name(form.guardian_name.data)
        except DomainError as error:
            form.show(error)
        else:
            typed["guardian_relation"] = form.guardian_relation.data
            session["register"] = typed
            return redirect(url_for("people.register_secret"))
    page = render_template("people/register-guardian.html", form=form, version=CONSENT_VERSION)
    return page, 422 if form.errors else 200


@bp.route("/dang-ky/ma", methods=["GET", "POST"])
@public
def register_secret() -> Any:
    """Step 3: phone number or personal code, PIN, consent. The account begins here."""
    typed, now = session.get("register", {}), clock.now()
    if "birth_year" not in typed:
        return redirect(url_for("people.register_name"))
    child = is_under_16(birth_year=typed["birth_year"], on=clock.local_date(now))
    if child and "guardian_name" not in typed:
        return redirect(url_for("people.register_guardian"))
    form = RegisterSecretForm()
    if form.validate_on_submit():
        try:
            person = _register(typed, form, child=child, now=now)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            arrive(person, kept=form.kept.data, how="registered", now=now)
            db.session.commit()
            return welcome(person, url_for("people.registered"))
    page = render_template("people/register-secret.html", form=form, version=CONSENT_VERSION, child=child,
                           letters=request.args.get("kieu") == "chu")
    return page, 422 if form.errors else 200


def _register(typed: dict[str, Any], form: RegisterSecretForm, *, child: bool, now: datetime) -> Person:
    relation = str(GUARDIANS.get(typed.get("guardian_relation", ""), "")) if child else ""
    key = typed.get("organisation")
    person = register_person(
        uuid=UUID(typed["uuid"]), full_name=typed["full_name"], birth_year=typed["birth_year"],
        audience=typed["audience"], phone="" if form.no_phone.data else form.phone.data, secret=form.secret.data,
        agreement=Agreement(typed.get("guardian_name", "") if child else "", relation),
        organisation=(living_organisation(key) if key else None) or root_organisation(), address=address_of_request(), now=now)
    change_profile(person, now=now, text_size=text_size())
    return person


@bp.get("/dang-ky/xong")
@signed_in
def registered() -> Any:
    """The personal code, large; the button goes on to what the person came for."""
    address = session.get("next") or home_of(current_user)
    return render_template("people/registered.html", personal_code=personal_code_of(current_user), address=address)
