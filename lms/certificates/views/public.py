"""A stranger checks a paper by its whole serial."""

from datetime import datetime, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from lms.certificates.queries import public_record
from lms.certificates.rules import parse_serial
from lms.certificates.views.blueprint import bp
from lms.certificates.views.verified import page_about
from lms.core import clock
from lms.core.db import writing
from lms.core.errors import DomainError
from lms.core.throttle import Limit, count_failure, network_of, subject_key
from lms.web import phrases
from lms.web.access import public

FROM_ONE_ADDRESS = Limit(failures=30, window=timedelta(minutes=15), pause=timedelta(minutes=15))
FROM_EVERYWHERE = Limit(failures=600, window=timedelta(minutes=1), pause=timedelta(minutes=1))
EVERYWHERE = subject_key("serial", "*")


@bp.get("/tra-cuu")
@public
def search() -> Any:
    typed = request.args.get("so_hieu", "").strip()
    if not typed:
        return render_template("certificates/search.html", typed="", problem="")
    try:
        return redirect(url_for("certificates.verify", serial=parse_serial(typed)))
    except DomainError as refusal:
        return not_found(typed, refusal)


@bp.get("/k/<serial>")
@public
def verify(serial: str) -> Any:
    try:
        whole = parse_serial(serial)
    except DomainError as refusal:
        return not_found(serial, refusal)
    now = clock.now()
    here = subject_key("serial", network_of(request.remote_addr))
    locked, record = public_record(whole, here, EVERYWHERE, now=now)
    if locked:
        abort(429)
    if record is None:
        count_wrong_guess(here, now=now)
        return not_found(whole, DomainError("serial.unknown"))
    return page_about(record, checked_at=now)


def not_found(typed: str, refusal: DomainError) -> Any:
    """The same page whether there is such a paper or not."""
    incomplete = refusal.code != "serial.unknown"
    return render_template("certificates/search.html", typed=typed[:80], problem=phrases.sentence(refusal),
                           incomplete=incomplete), 404


def count_wrong_guess(here: str, *, now: datetime) -> None:
    """The one thing that asking for a page may write: that somebody guessed."""
    with writing():
        count_failure(here, FROM_ONE_ADDRESS, now=now)
        count_failure(EVERYWHERE, FROM_EVERYWHERE, now=now)
