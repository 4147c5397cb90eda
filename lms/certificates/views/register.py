"""The register of papers, for officers and administrators of the organisation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import LazyString, lazy_pgettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from lms.certificates import queries, rounds, services
from lms.certificates.forms import DecisionForm
from lms.certificates.models import Credential
from lms.certificates.rules import can_keep_register, check_transition, current_state
from lms.certificates.views.blueprint import bp, pdf_of
from lms.certificates.views.holder import whole_or_404
from lms.core import clock
from lms.core.db import db
from lms.core.vietnamese import clean
from lms.web.access import requires

LARGEST_ID = 2**31  # no number beyond it fits PostgreSQL's integer


@dataclass(frozen=True)
class Decision:
    """One thing that a registrar may decide about a paper, in words."""

    service: Callable[..., Any]
    event_kind: str
    question: LazyString
    means: LazyString
    button: LazyString
    done: LazyString


DECISIONS = {
    "thu-hoi": Decision(
        services.revoke, "revoked", _l("Thu hồi giấy này?"),
        _l("Giấy mất giá trị ngay và không lấy lại được. Kết quả học của người này vẫn được giữ."),
        _l("Thu hồi giấy"), _l("Đã thu hồi giấy.")),
    "tam-dung": Decision(
        services.suspend, "suspended", _l("Tạm dừng hiệu lực giấy này?"),
        _l("Ai tra cứu sẽ thấy giấy đang tạm dừng, cho đến khi bạn khôi phục."),
        lazy_pgettext("button", "Tạm dừng hiệu lực"), _l("Đã tạm dừng hiệu lực.")),
    "khoi-phuc": Decision(
        services.reinstate, "reinstated", _l("Khôi phục hiệu lực giấy này?"), _l("Giấy có giá trị trở lại ngay."),
        lazy_pgettext("button", "Khôi phục hiệu lực"), _l("Đã khôi phục hiệu lực.")),
    "thay-the": Decision(
        services.replace, "replaced", _l("Cấp giấy mới thay giấy này?"),
        _l("Giấy mới in họ tên hiện có trong hồ sơ và mang số hiệu khác. Giấy cũ hết giá trị ngay."),
        _l("Cấp giấy thay thế"), _l("Đã cấp giấy thay thế.")),
}


@bp.get("/dia-ban/so-goc")
@requires(can_keep_register)
def register() -> Any:
    search = clean(request.args.get("tim", ""))[:120]
    before = request.args.get("truoc", 0, type=int)
    now = clock.now()
    rows, has_older = queries.register_visible_to(current_user, search=search, before=before if 0 < before < LARGEST_ID else None)
    papers = [(c, current_state(c.state, c.valid_until, now=now)) for c in rows]
    return render_template(
        "certificates/register.html", papers=papers, search=search, before=before, has_older=has_older,
        due=queries.due_count(current_user, now=now))


@bp.post("/dia-ban/so-goc/cap-giay")
@requires(can_keep_register)
def issue_due() -> Any:
    made = rounds.issue_due(now=clock.now(), organisation_ids=queries.organisations_kept_by(current_user),
                            actor_id=current_user.id)
    left = queries.due_count(current_user, now=clock.now())
    flash(_("Đã cấp %(count)d giấy.", count=len(made)) if not left else
          _("Đã cấp %(count)d giấy. Còn %(left)d người chưa cấp được.", count=len(made), left=left), "ok")
    return redirect(url_for("certificates.register"))


@bp.get("/dia-ban/so-goc/<serial>")
@requires(can_keep_register)
def entry(serial: str) -> Any:
    credential = kept_or_404(serial)
    state = current_state(credential.state, credential.valid_until, now=clock.now())
    return render_template("certificates/entry.html", credential=credential, state=state, decisions=DECISIONS,
                           events=queries.events_of(credential))


@bp.get("/dia-ban/so-goc/<serial>.pdf")
@requires(can_keep_register)
def register_pdf(serial: str) -> Any:
    return pdf_of(kept_or_404(serial))


@bp.route("/dia-ban/so-goc/<serial>/<any('thu-hoi', 'tam-dung', 'khoi-phuc', 'thay-the'):what>", methods=["GET", "POST"])
@requires(can_keep_register)
def decide(serial: str, what: str) -> Any:
    credential, decision, form = kept_or_404(serial), DECISIONS[what], DecisionForm()
    now = clock.now()
    check_transition(current_state(credential.state, credential.valid_until, now=now), decision.event_kind)
    if form.validate_on_submit():
        made = decision.service(credential, actor=current_user, reason=form.reason.data, now=now,
                                decision=form.decision.data)
        db.session.commit()
        flash(str(decision.done), "ok")
        return redirect(url_for("certificates.entry", serial=(made or credential).serial))
    status = 422 if form.errors else 200
    return render_template("certificates/decide.html", credential=credential, what=what, decision=decision, form=form), status


def kept_or_404(serial: str) -> Credential:
    return queries.certificate_kept(current_user, whole_or_404(serial)) or abort(404)
