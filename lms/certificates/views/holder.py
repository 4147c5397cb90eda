"""The holder's own papers."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.certificates.models import Credential
from lms.certificates.queries import certificate_by_link, certificate_held, certificates_of, papers_held_by
from lms.certificates.rules import current_state, parse_serial
from lms.certificates.services import make_link, paper
from lms.certificates.views.blueprint import bp, pdf_of
from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.signals import personal_data_asked
from lms.web.access import public, signed_in
from lms.web.qr import code_of


@bp.get("/giay-xac-nhan")
@signed_in
def mine() -> Any:
    now = clock.now()
    papers = [(c, level, current_state(c.state, c.valid_until, now=now)) for c, level in papers_held_by(current_user)]
    return render_template("certificates/mine.html", papers=papers)


@bp.get("/giay-xac-nhan/<serial>")
@signed_in
def certificate(serial: str) -> Any:
    credential = held_or_404(serial)
    qr = code_of(credential.issued["url"])
    return render_template(
        "certificates/certificate.html", credential=credential, printed=paper.facts(credential.issued),
        state=current_state(credential.state, credential.valid_until, now=clock.now()), qr_side=qr.side, qr_dark=qr.path)


@bp.post("/giay-xac-nhan/<serial>/duong-dan")
@signed_in
def link(serial: str) -> Any:
    credential = held_or_404(serial)
    token = make_link(credential, actor=current_user, now=clock.now())
    db.session.commit()
    path = url_for("certificates.pdf", serial=credential.serial, t=token)
    flash(_("Đường dẫn mở tệp PDF, chỉ hiện một lần: %(link)s", link=current_app.config["LMS_BASE_URL"] + path), "ok")
    return redirect(url_for("certificates.certificate", serial=credential.serial))


@bp.get("/credentials/<serial>.pdf")
@public
def pdf(serial: str) -> Any:
    token = request.args.get("t", "")
    credential = certificate_by_link(whole_or_404(serial), token) if token else None
    if credential is None and current_user.is_authenticated:
        credential = certificate_held(current_user, whole_or_404(serial))
    return pdf_of(credential) if credential else abort(404)


def held_or_404(serial: str) -> Credential:
    return certificate_held(current_user, whole_or_404(serial)) or abort(404)


def whole_or_404(serial: str) -> str:
    try:
        return parse_serial(serial)
    except DomainError:
        abort(404)


@personal_data_asked.connect
def papers_of(_sender: Any, *, person_id: int) -> dict[str, Any]:
    """For the file of everything that is stored about a person."""
    rows = [{"serial": c.serial, "issued": c.issued, "state": c.state, "state_at": c.state_at.isoformat()}
            for c in certificates_of(person_id)]
    return {"certificates": rows}
