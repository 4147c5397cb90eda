"""Sign-in in two steps, sign-out, change of person. The answers never tell whether a name is known."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_login import current_user, logout_user

from lms.core import clock, settings
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.forms import SignInForm, SignInPinForm
from lms.people.models import Person
from lms.people.rules.identities import SignInName, normal_activation_code, sign_in_name
from lms.people.services import sign_ins
from lms.people.services.admission import Refusal, admit
from lms.people.services.secrets import minutes_until
from lms.people.views.blueprint import bp
from lms.people.views.browser import (
    address_of_request,
    arrive,
    device_of_request,
    go_on,
    home_of,
    keep_next,
    leave,
    welcome,
)
from lms.web.access import public
from lms.web.phrases import people as words
from lms.web.shell import phone


@bp.route("/dang-nhap", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    keep_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(session.pop("next", None) or home_of(current_user))
    form = SignInForm()
    if form.validate_on_submit():
        try:
            name = sign_in_name(form.name.data, prefix=settings.current().serial_prefix)
        except DomainError as error:
            if error.code == "sign_in.code_wrong" and _is_slip(form.name.data):
                return redirect(url_for("people.activate", code=normal_activation_code(form.name.data)))
            form.show(error)
        else:
            session["sign_in"] = [name.kind, name.value]
            return redirect(url_for("people.sign_in_pin"))
    left = session.pop("left", False)
    return render_template("people/sign-in.html", form=form, left=left), 422 if form.errors else 200


def _is_slip(text: str) -> bool:
    try:
        return bool(normal_activation_code(text))
    except DomainError:
        return False


@bp.route("/dang-nhap/pin", methods=["GET", "POST"])
@public
def sign_in_pin() -> Any:
    if "sign_in" not in session:
        return redirect(url_for("people.sign_in"))
    name = SignInName(*session["sign_in"])
    form, refusal, now = SignInPinForm(), None, clock.now()
    if form.validate_on_submit():
        outcome = admit(name, form.secret.data, address=address_of_request(), device=device_of_request(), now=now)
        if isinstance(outcome, Person):
            actor = arrive(outcome, kept=form.kept.data, how="signed_in", now=now)
            answer = welcome(outcome, go_on(actor))  # before the commit, after which the person would be read anew
            db.session.commit()
            return answer
        db.session.commit()
        refusal = outcome
        if refusal.why in ("wrong", "ambiguous"):
            form.add_error("secret", refusal_sentence(refusal, now=now))
    locked = refusal_sentence(refusal, now=now) if refusal and refusal.until else ""
    page = render_template("people/sign-in-pin.html", form=form, name=name, locked=locked,
                           letters=request.args.get("kieu") == "chu")
    return page, 429 if locked else 422 if form.errors else 200


def refusal_sentence(refusal: Refusal, *, now: datetime) -> str:
    """What to tell somebody who was not let in; the same words for everybody."""
    if refusal.why == "wrong":
        return str(words.WRONG) % {"left": refusal.left}
    if refusal.why == "ambiguous":
        return str(words.AMBIGUOUS)
    minutes = minutes_until(refusal.until or now, now=now)
    if refusal.why == "address_locked":
        return str(words.ADDRESS_LOCKED) % {"minutes": minutes}
    help_phone = settings.current().help_phone
    sentence = words.LOCKED_CALL if help_phone else words.LOCKED
    return str(sentence) % {"minutes": minutes, "phone": phone(help_phone)}


@bp.post("/dang-xuat")
@public
def sign_out() -> Any:
    """End this sign-in and go to the first page."""
    end_here()
    return leave(redirect("/"))


@bp.post("/doi-nguoi")
@public
def change_person() -> Any:
    """End this sign-in and let the next person of the family sign in."""
    end_here()
    answer = leave(redirect(url_for("people.sign_in")))
    session["left"] = True
    return answer


def end_here() -> None:
    if current_user.is_authenticated:
        sign_ins.sign_out(current_user, now=clock.now())
        db.session.commit()
        logout_user()
