"""Pages of the shell itself: preferences of this browser and the two static pages."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from lms.web.access import public
from lms.web.addresses import own_path
from lms.web.shell import DISPLAY_CHOICES

bp = Blueprint("web", __name__)
A_YEAR = 365 * 24 * 3600


@bp.post("/cai-dat/hien-thi")
@public
def display() -> Any:
    """Text size, theme and language of this browser, in cookies that say nothing about a person."""
    answer = redirect(own_path(request.form.get("next"), "/"))
    for name, allowed in DISPLAY_CHOICES.items():
        value = request.form.get(name)
        if value in allowed:
            answer.set_cookie(name, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


@bp.get("/tro-giup")
@public
def help_page() -> Any:
    return render_template("web/help-page.html")


@bp.get("/de-dung")
@public
def accessibility() -> Any:
    return render_template("web/accessibility.html")
