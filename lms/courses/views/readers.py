"""Who reads on this browser, and what becomes of a guest's progress when they sign in or leave."""

import re
import secrets
from datetime import datetime
from typing import Any

from flask import Response, after_this_request, request
from flask_login import current_user

from lms.core import signals
from lms.courses.models import DEVICES, Reader
from lms.courses.queries.enrolments import enrolments_kept
from lms.courses.queries.nominations import nominations_kept
from lms.courses.queries.progress import learned_by
from lms.courses.services.progress import adopt_guest

GUEST_COOKIE = "khach"
DEVICE_COOKIE = "may"
HALF_A_YEAR = 180 * 24 * 3600
_GUEST_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_IPHONE = re.compile(r"iPhone|iPad|iPod")


def current_reader() -> Reader:
    """The signed-in person, else the guest this browser is known as, else nobody yet."""
    if current_user.is_authenticated:
        return Reader(person_id=current_user.id)
    return Reader(guest_id=_guest_id())


def writing_reader() -> Reader:
    """The same, for a POST: a guest who is not known yet gets an id, in a cookie that no script can read."""
    reader = current_reader()
    if reader.is_known:
        return reader
    reader = Reader(guest_id=secrets.token_urlsafe(16))

    @after_this_request
    def remember(response: Response) -> Response:
        response.set_cookie(GUEST_COOKIE, str(reader.guest_id), max_age=HALF_A_YEAR, httponly=True, samesite="Lax",
                            secure=request.is_secure)
        return response

    return reader


def current_device() -> str:
    """The kind of phone to show: asked for in the address, remembered, or guessed from the browser."""
    for chosen in (request.args.get("may"), request.cookies.get(DEVICE_COOKIE)):
        if chosen in DEVICES:
            return str(chosen)
    return "iphone" if _IPHONE.search(request.user_agent.string) else "android"


def remember_device(response: Response) -> None:
    """Keep the kind of phone that was asked for in the address."""
    if request.args.get("may") in DEVICES:
        response.set_cookie(DEVICE_COOKIE, request.args["may"], max_age=HALF_A_YEAR, httponly=True, samesite="Lax",
                            secure=request.is_secure)


def _guest_id() -> str | None:
    known = request.cookies.get(GUEST_COOKIE, "")
    return known if _GUEST_ID.fullmatch(known) else None


def _forget_guest(response: Response) -> Response:
    response.delete_cookie(GUEST_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@signals.person_arrived.connect
def move_in(_sender: Any, *, person_id: int, now: datetime, **_how: Any) -> None:
    """What was learned on this browser before signing in becomes the person's."""
    guest_id = _guest_id()
    if guest_id:
        adopt_guest(guest_id, person_id, now=now)
        after_this_request(_forget_guest)


@signals.person_left.connect
def leave(_sender: Any, *, response: Response, **_more: Any) -> None:
    """Nothing of the person or guest stays on a shared phone."""
    if GUEST_COOKIE in request.cookies:
        _forget_guest(response)


@signals.personal_data_asked.connect
def tell(_sender: Any, *, person_id: int, **_more: Any) -> dict[str, Any]:
    """What courses keep about a person, for the file they download."""
    return {"lessons": learned_by(person_id), "enrolments": enrolments_kept(person_id),
            "nominations": nominations_kept(person_id)}
