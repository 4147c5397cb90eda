"""Who waits for a confirmation, the record of one person, the conclusion, and the way back."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.assessment.forms import LONGEST_NOTE, ConclusionForm, WithdrawalForm
from lms.assessment.queries.attempts import late_positions_of
from lms.assessment.queries.cases import ASSESS, Case, case_for
from lms.assessment.queries.confirmations import (
    WITHDRAW,
    ConfirmationView,
    confirmation_for,
    confirmation_states,
    confirmed_by,
    kept_about,
    sent_back_to,
)
from lms.assessment.queries.external_evidence import external_evidence_of
from lms.assessment.queries.fulfilments import fulfilment_of
from lms.assessment.queries.paths import paths_of
from lms.assessment.queries.waiting import STAGES, waiting_for
from lms.assessment.services.confirmations import confirm_level, send_back, withdraw_confirmation
from lms.assessment.services.observations import record_sitting
from lms.assessment.views.blueprint import bp
from lms.core import audit, clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.signals import personal_data_asked
from lms.core.vietnamese import clean, given_name
from lms.framework.queries import groups_of, level_of, skills_of
from lms.web.access import requires_role, signed_in
from lms.web.phrases import sentence
from lms.web.phrases.confirmations import CONCLUSION_NAMES, LIKENESS_NAMES, MARK_NAMES, STATE_NAMES
from lms.web.phrases.roles import ADDRESS_NAMES

MARK_FIELD = "viec-"


@bp.get("/xac-nhan")
@requires_role(*ASSESS)
def to_confirm() -> Any:
    search, page = clean(request.args.get("tim", ""))[:120], request.args.get("trang", 1, type=int)
    queue = waiting_for(current_user, stage=request.args.get("muc"), search=search, page=page, now=clock.now())
    return render_template("assessment/confirmations/to-confirm.html", queue=queue, search=search, stages=STAGES,
                           conclusions=CONCLUSION_NAMES)


@bp.get("/xac-nhan/da-lam")
@requires_role(*ASSESS)
def confirmed_by_me() -> Any:
    found = confirmed_by(current_user, page=request.args.get("trang", 1, type=int))
    return render_template("assessment/confirmations/confirmed-by-me.html", found=found, states=STATE_NAMES)


@bp.get("/xac-nhan/<uuid:person_uuid>/<policy_key>")
@requires_role(*ASSESS)
def record(person_uuid: UUID, policy_key: str) -> Any:
    return _record_page(_case(person_uuid, policy_key), ConclusionForm())


@bp.post("/xac-nhan/<uuid:person_uuid>/<policy_key>/thuc-hanh")
@requires_role(*ASSESS)
def save_sitting(person_uuid: UUID, policy_key: str) -> Any:
    case = _case(person_uuid, policy_key)
    try:
        saved = _sitting(case)
    except DomainError as refusal:
        _note_refusal(case, refusal)
        raise
    db.session.commit()
    flash(*((_("Đã lưu những việc vừa ghi."), "ok") if saved else (_("Chưa có mức nào mới để lưu."), "tip")))
    return redirect(_address(case))


@bp.post("/xac-nhan/<uuid:person_uuid>/<policy_key>")
@requires_role(*ASSESS)
def conclude(person_uuid: UUID, policy_key: str) -> Any:
    case = _case(person_uuid, policy_key)
    form = ConclusionForm()
    valid = form.validate_on_submit()
    try:
        _sitting(case)
        db.session.commit()  # what was watched is kept, whatever becomes of the conclusion
        if valid:
            return _conclusion(case, form.ket_luan.data, form.loi_nhan.data)
    except DomainError as refusal:
        _note_refusal(case, refusal)
        if refusal.code == "confirmation.already_live":
            return redirect(_address(case))
        return _record_page(case, form, refusal), 422
    return _record_page(case, form), 422


@bp.route("/xac-nhan/<uuid:uuid>/rut", methods=["GET", "POST"])
@requires_role(*WITHDRAW)
def withdraw(uuid: UUID) -> Any:
    confirmation = confirmation_for(current_user, uuid) or abort(404)
    form = WithdrawalForm()
    if form.validate_on_submit():
        withdraw_confirmation(confirmation=confirmation, actor=current_user, reason=form.ly_do.data, now=clock.now())
        db.session.commit()
        flash(_("Đã rút xác nhận."), "ok")
        return redirect(url_for(".withdraw", uuid=uuid))
    return render_template("assessment/confirmations/withdraw.html", confirmation=confirmation, form=form,
                           state=confirmation.state_at(clock.now())), 422 if form.errors else 200


@bp.get("/cua-toi/xac-nhan")
@signed_in
def my_confirmations() -> Any:
    paths = paths_of(current_user, now=clock.now())
    return render_template("assessment/confirmations/my-confirmations.html", paths=paths, conclusions=CONCLUSION_NAMES,
                           states=STATE_NAMES)


@personal_data_asked.connect
def judged_about(_sender: Any, *, person_id: int) -> dict[str, Any]:
    """For the file of everything that is stored about a person."""
    return kept_about(person_id)


def _case(person_uuid: UUID, policy_key: str) -> Case:
    case = case_for(current_user, person_uuid, policy_key, on=clock.local_date(clock.now()))
    if case is None and request.method == "POST":
        audit.record("confirmation.refused", now=clock.now(), actor_id=current_user.id,
                     subject=f"person:{person_uuid}", code="not_found")
        db.session.commit()
    return case or abort(404)


def _sitting(case: Case) -> bool:
    """Keep the marks that the page posted; whether there was a new one."""
    marks = {name.removeprefix(MARK_FIELD): value for name, value in request.form.items() if name.startswith(MARK_FIELD)}
    if not marks:
        return False
    note = clean(request.form.get("ghi_chu", ""))[:LONGEST_NOTE]
    seen = max(0, request.form.get("so_lan", 0, type=int))
    return record_sitting(case=case, marks=marks, seen=seen, note=note, now=clock.now()) is not None


def _conclusion(case: Case, conclusion: str, words: str) -> Any:
    if conclusion == "confirm":
        confirm_level(case=case, note=words, now=clock.now())
        db.session.commit()
        flash(_("Đã xác nhận %(name)s làm được.", name=_called(case)), "ok")
        return redirect(_address(case))
    send_back(case=case, kind=conclusion, reason=words, now=clock.now())
    db.session.commit()
    flash(_("Đã gửi lại cho %(name)s kèm lời nhắn của bạn.", name=_called(case)), "ok")
    return redirect(url_for(".to_confirm"))


def _note_refusal(case: Case, refusal: DomainError) -> None:
    db.session.rollback()
    audit.record("confirmation.refused", now=clock.now(), actor_id=current_user.id,
                 subject=f"person:{case.person_uuid}", organisation_id=case.organisation_id, policy=case.policy.key,
                 code=refusal.code)
    db.session.commit()


def _record_page(case: Case, form: ConclusionForm, refusal: DomainError | None = None) -> Any:
    now = clock.now()
    weighed = fulfilment_of(case.person_id, case.policy, now=now)
    tasks = weighed.practical.tasks if weighed.practical else []
    tallies = {tally["ref"] for one in weighed.examinations for tried in one.attempts for tally in tried.result["groups"]}
    return render_template(
        "assessment/confirmations/record.html", case=case, weighed=weighed, form=form, called=_called(case),
        level=level_of(case.policy.level_ref), live=_live(case), skills=skills_of(one.task["skill"] for one in tasks),
        groups=groups_of(tallies), tasks=list(enumerate(tasks, start=1)), marks=MARK_NAMES,
        back=sent_back_to([case.person_id]).get((case.person_id, case.policy.key)), conclusions=CONCLUSION_NAMES,
        refusal=sentence(refusal) if refusal else "", late=late_positions_of(case.person_id),
        elsewhere=external_evidence_of([case.person_id]).get(case.person_id, []),
        alike=[LIKENESS_NAMES[one] for one in case.alike],
        today=clock.local_date(now), age=case.birth_year and clock.local_date(now).year - case.birth_year)


def _live(case: Case) -> ConfirmationView | None:
    """The confirmation of this level that holds now."""
    now = clock.now()
    mine = (one for one in confirmation_states(case.person_id) if one.level_ref == case.policy.level_ref)
    return next((one for one in mine if one.state_at(now) == "confirmed"), None)


def _called(case: Case) -> str:
    """What the learner is called: bác Hùng, or Hùng."""
    form = "" if case.form_of_address == "ban" else f"{ADDRESS_NAMES[case.form_of_address]} "
    return f"{form}{given_name(case.full_name)}"


def _address(case: Case) -> str:
    return url_for(".record", person_uuid=case.person_uuid, policy_key=case.policy.key)
