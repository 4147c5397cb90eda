"""The slip: type its code or scan it, say who one is, set a PIN, begin to learn."""

from datetime import datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_login import current_user

from lms.core import clock, throttle
from lms.core.db import db, writing
from lms.core.errors import DomainError
from lms.people.forms import ActivateForm, ActivationCodeForm
from lms.people.models import ActivationCode, Person
from lms.people.queries.activation_codes import open_activation_code
from lms.people.queries.persons import has_consent
from lms.people.rules.identities import is_under_16, normal_activation_code
from lms.people.services.activations import use_activation_code
from lms.people.services.persons import CONSENT_VERSION, Agreement
from lms.people.services.secrets import minutes_until
from lms.people.views.blueprint import bp
from lms.people.views.browser import address_of_request, arrive, go_on, home_of, welcome
from lms.web import phrases
from lms.web.access import public
from lms.web.phrases.people import ADDRESS_LOCKED, GUARDIANS

# Nobody guesses one of 30**10 codes; this keeps robots from trying, and a hall of beginners from being locked out.
PER_ADDRESS = throttle.Limit(failures=40, window=timedelta(minutes=15), pause=timedelta(minutes=15))


@bp.route("/p", methods=["GET", "POST"])
@public
def activation_code() -> Any:
    """For those without a camera: small letters, spaces and hyphens do not matter."""
    form = ActivationCodeForm()
    if form.validate_on_submit():
        try:
            return redirect(url_for("people.activate", code=normal_activation_code(form.code.data)))
        except DomainError as error:
            form.show(error)
    return code_page(form, 422 if form.errors else 200)


@bp.route("/p/<code>", methods=["GET", "POST"])
@public
def activate(code: str) -> Any:
    now = clock.now()
    until = throttle.locked_until([_throttled()], now=now)
    if until:
        return code_page(ActivationCodeForm(), 429, str(ADDRESS_LOCKED) % {"minutes": minutes_until(until, now=now)})
    try:
        slip = open_activation_code(normal_activation_code(code), now=now)
    except DomainError as error:
        return refused(error, now=now)
    person = db.session.get_one(Person, slip.person_id)
    child = is_under_16(birth_year=person.birth_year, birth_date=person.birth_date, on=clock.local_date(now))
    needs = needs_of(person, child=child)
    form = ActivateForm(form_of_address=person.form_of_address)
    if form.is_submitted() and all([form.validate(), _is_complete(form, needs)]):  # every fault is told at once
        try:
            return activated(slip, form, needs, code=normal_activation_code(code), now=now)
        except DomainError as error:
            db.session.rollback()
            if error.code.startswith("activation."):
                return refused(error, now=now)
            form.show(error)
    page = render_template(
        "people/activate.html", form=form, person=person, code=code, needs=needs, version=CONSENT_VERSION,
        reset=slip.purpose == "reset", letters=request.args.get("kieu") == "chu")
    return page, 422 if form.errors else 200


def needs_of(person: Person, *, child: bool) -> set[str]:
    """What must be agreed to on this slip: "consent", and "guardian" for a child."""
    if has_consent(person.id, CONSENT_VERSION):
        return set()
    return {"consent", "guardian"} if child else {"consent"}


def _is_complete(form: ActivateForm, needs: set[str]) -> bool:
    if "consent" in needs and not form.agreed.data:
        form.add_error("agreed", phrases.sentence(DomainError("consent.missing")))
    if "guardian" in needs:
        form.check_guardian()
    return not form.errors


def activated(slip: ActivationCode, form: ActivateForm, needs: set[str], *, code: str, now: datetime) -> Any:
    """Use the slip, sign its owner in and go to the first lesson."""
    relation = str(GUARDIANS.get(form.guardian_relation.data or "", "")) if "guardian" in needs else ""
    agreement = Agreement(form.guardian_name.data or "", relation) if needs else None
    person = use_activation_code(
        code, secret=form.secret.data or "", form_of_address=form.form_of_address.data, agreement=agreement, now=now)
    actor = arrive(person, kept=form.kept.data, how="activated", now=now)
    db.session.commit()
    session["slip"] = slip.code_hash[:16]
    return welcome(person, go_on(actor))


def refused(error: DomainError, *, now: datetime) -> Any:
    """Say why the slip does not open. The second half of a double click goes on to where the first one went."""
    if error.code == "activation.used" and current_user.is_authenticated and "slip" in session:
        return redirect(home_of(current_user))
    if error.code == "activation.unknown":
        with writing():
            throttle.count_failure(_throttled(), PER_ADDRESS, now=now)
    form = ActivationCodeForm(formdata=None)
    form.show(error)
    return code_page(form, 404)


def _throttled() -> str:
    return throttle.subject_key("activation", address_of_request())


def code_page(form: ActivationCodeForm, status: int, locked: str = "") -> Any:
    return render_template("people/activation-code.html", form=form, locked=locked), status
