"""This browser: who is signed in on it, who was, and what it forgets when somebody leaves."""

import secrets
from datetime import datetime
from typing import Any

from flask import Response, current_app, redirect, request, session, url_for
from flask_login import login_user
from itsdangerous import BadSignature, URLSafeSerializer

from lms.core.signals import person_arrived, person_left
from lms.core.throttle import network_of
from lms.people.models import Actor, Person
from lms.people.queries.actors import actor_of
from lms.people.rules.identities import device_name
from lms.people.rules.roles import area_of
from lms.people.services.admission import Device
from lms.people.services.sign_ins import begin_sign_in
from lms.web.addresses import own_path

A_YEAR = 365 * 24 * 3600
MOST_MARKS = 8
HOME = {"learner": "courses.today", "focal": "reports.hub", "mentor": "people.learners",
        "assessor": "assessment.to_confirm", "officer": "reports.ward"}


def address_of_request() -> str:
    """The network that failures are counted for."""
    return network_of(request.remote_addr)


def keep_next(wanted: str | None) -> None:
    """Remember where to go after sign-in; only a path of this site is taken."""
    path = own_path(wanted, "")
    if path:
        session["next"] = path


def home_of(actor: Actor) -> str:
    """The first page of this person's area."""
    endpoint = HOME[area_of(actor)]
    return url_for(endpoint) if endpoint in current_app.view_functions else url_for("people.mine")


def arrive(person: Person, *, kept: bool, how: str, now: datetime) -> Actor:
    """Sign the person in on this browser. Nothing of the session before survives but the page to go on to."""
    wanted = session.get("next")
    session.clear()
    token = begin_sign_in(person.id, kept=kept, device=device_name(request.user_agent.string), now=now)
    actor = actor_of(token, now=now)
    assert actor is not None, "a sign-in that has just begun is live"
    session.permanent = kept
    if wanted:
        session["next"] = wanted
    login_user(actor)
    person_arrived.send(None, person_id=person.id, how=how, now=now)
    return actor


def go_on(actor: Actor) -> str:
    """The page that the person wanted before signing in, else their first page."""
    return session.pop("next", None) or home_of(actor)


def _cookie_name() -> str:
    return "__Host-may-quen" if current_app.config["SESSION_COOKIE_SECURE"] else "may_quen"


def _signer() -> URLSafeSerializer:
    config = current_app.config
    return URLSafeSerializer([*reversed(config["SECRET_KEY_FALLBACKS"]), config["SECRET_KEY"]], salt="device")


def device_of_request() -> Device:
    """This browser's long-lived cookie; a new device when it has none, or one that we did not sign."""
    try:
        known = _signer().loads(request.cookies.get(_cookie_name(), ""))
        return Device(known["d"], frozenset(known["m"]))
    except (BadSignature, KeyError, TypeError):
        return Device()


def remember_device(answer: Response, person: Person) -> Response:
    """Let this browser bear the person's mark, so that strangers' failures elsewhere do not lock them out here."""
    known = device_of_request()
    device = known if known.id else Device(secrets.token_hex(8))
    mark = device.mark_of(person)
    marks = [*(m for m in device.marks if m != mark), mark][-MOST_MARKS:]
    answer.set_cookie(_cookie_name(), _signer().dumps({"d": device.id, "m": marks}), max_age=A_YEAR, httponly=True,
                      samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"], path="/")
    return answer


def welcome(person: Person, address: str) -> Any:
    """The redirect after a sign-in: the device is remembered, the letters have the person's size."""
    answer = remember_device(redirect(address), person)
    if person.text_size != "vua":
        answer.set_cookie("co_chu", person.text_size, max_age=A_YEAR, httponly=True, samesite="Lax",
                          secure=current_app.config["SESSION_COOKIE_SECURE"])
    return answer


def leave(answer: Response) -> Response:
    """The browser forgets the person: session, guest, stored lessons and queue.

    "storage" empties service worker caches, IndexedDB and localStorage; js/leave.js does the same where a browser
    does not know the header. The HTTP cache stays: pages are no-store, what is in it are fonts and style sheets.
    Stored lessons go too, because which lessons somebody read is theirs to know.
    """
    session.clear()
    answer.headers["Clear-Site-Data"] = '"storage"'
    answer.delete_cookie("co_chu")
    person_left.send(None, response=answer)
    return answer
