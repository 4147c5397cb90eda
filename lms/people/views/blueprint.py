"""The blueprint of people, and how a request finds its actor."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for

from lms.core import clock
from lms.people.queries.actors import actor_of
from lms.people.rules.identities import shown_activation_code
from lms.people.rules.roles import area_of
from lms.web.addresses import own_path
from lms.web.qr import qr
from lms.web.shell import login

bp = Blueprint("people", __name__, template_folder="../templates")
bp.add_app_template_global(area_of, "area_of")
bp.add_app_template_global(qr, "qr")
bp.add_app_template_filter(shown_activation_code, "activation_code")


@login.user_loader
def load_actor(token: str) -> Any:
    """The actor, read by the page itself where it does that together with its own rows (access.loading_actor)."""
    view = current_app.view_functions.get(request.endpoint or "")
    load = getattr(view, "loads_actor", None)
    return load(token, **request.view_args) if load else actor_of(token, now=clock.now())


@login.unauthorized_handler
def ask_to_sign_in() -> Any:
    """To the sign-in page and afterwards back; a form that was posted too late leads back to its page."""
    came_from = request.full_path.rstrip("?") if request.method == "GET" else _page_of_the_form()
    address = url_for("people.sign_in", next=came_from)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address)


def _page_of_the_form() -> str:
    here = request.host_url.rstrip("/")
    referrer = request.referrer or ""
    return own_path(referrer.removeprefix(here), "/") if referrer.startswith(here + "/") else "/"
