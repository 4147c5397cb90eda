"""What was learned elsewhere: the learner's own page, a person's lines, taking one back, the sources."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from lms.assessment.forms import EvidenceWithdrawalForm, SourceForm
from lms.assessment.models import EvidenceSource
from lms.assessment.queries.external_evidence import (
    WITHDRAW_EVIDENCE,
    evidence_for,
    external_evidence_kept,
    external_evidence_of,
    source_managed_by,
    sources_managed_by,
)
from lms.assessment.services.external_evidence import (
    MANAGE_SOURCES,
    change_source,
    create_source,
    end_source,
    withdraw_external_evidence,
)
from lms.assessment.views.blueprint import bp
from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.signals import personal_data_asked
from lms.people.models import Person
from lms.people.queries.organisations import organisation_for, organisation_ids_under, organisations_for
from lms.people.queries.persons import person_visible_to
from lms.people.rules.roles import can_see_people
from lms.web.access import requires, requires_role, signed_in


@bp.get("/cua-toi/hoc-o-noi-khac")
@signed_in
def learned_elsewhere() -> Any:
    found = external_evidence_of([current_user.id], withdrawn=True).get(current_user.id, [])
    return render_template("assessment/external/mine.html", found=found)


@bp.get("/nguoi-hoc/<uuid:uuid>/hoc-o-noi-khac")
@requires(can_see_people)
def external_evidence(uuid: UUID) -> Any:
    person = person_visible_to(current_user, uuid) or abort(404)
    found = external_evidence_of([person.id], withdrawn=True).get(person.id, [])
    mine = set(db.session.scalars(organisation_ids_under(current_user, *WITHDRAW_EVIDENCE))) if found else set()
    return render_template("assessment/external/person.html", person=person, found=found, mine=mine)


@bp.route("/dau-moi/ket-qua-noi-khac/rut/<uuid:uuid>", methods=["GET", "POST"])
@requires_role(*WITHDRAW_EVIDENCE)
def withdraw_evidence(uuid: UUID) -> Any:
    evidence, full_name = evidence_for(current_user, uuid) or abort(404)
    form = EvidenceWithdrawalForm()
    if form.validate_on_submit():
        try:
            withdraw_external_evidence(evidence, reason=form.ly_do.data, by=current_user, now=clock.now())
        except DomainError as error:
            db.session.rollback()
            if error.code != "evidence.withdrawn":
                raise
        else:
            db.session.commit()
            flash(_("Đã rút kết quả này."), "ok")
        return redirect(url_for(".withdraw_evidence", uuid=uuid))
    person = db.session.get_one(Person, evidence.person_id)
    shown = next(one for one in external_evidence_of([person.id], withdrawn=True)[person.id] if one.uuid == uuid)
    return render_template("assessment/external/withdraw.html", shown=shown, full_name=full_name, person=person,
                           visible=person_visible_to(current_user, person.uuid) is not None, form=form), 422 if form.errors else 200


@bp.route("/dia-ban/nguon-ket-qua", methods=["GET", "POST"])
@requires_role(*MANAGE_SOURCES)
def evidence_sources() -> Any:
    form = SourceForm()
    form.organisation.choices = [
        SelectChoice(str(uuid), name) for uuid, name in organisations_for(current_user, *MANAGE_SOURCES)]
    if form.validate_on_submit():
        organisation = organisation_for(current_user, _uuid(form.organisation.data), *MANAGE_SOURCES) or abort(404)
        try:
            create_source(key=form.key.data, name=form.name.data, vouched_by=form.vouched_by.data, address=form.address.data,
                          organisation=organisation, by=current_user, now=clock.now())
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(_("Đã thêm nguồn kết quả."), "ok")
            return redirect(url_for(".evidence_sources"))
    found = sources_managed_by(current_user, *MANAGE_SOURCES)
    return render_template("assessment/external/sources.html", found=found, form=form), 422 if form.errors else 200


@bp.route("/dia-ban/nguon-ket-qua/<uuid:uuid>", methods=["GET", "POST"])
@requires_role(*MANAGE_SOURCES)
def evidence_source(uuid: UUID) -> Any:
    source = _source_or_404(uuid)
    form = SourceForm(obj=source)
    if form.validate_on_submit():
        try:
            change_source(source, name=form.name.data, vouched_by=form.vouched_by.data, address=form.address.data,
                          by=current_user, now=clock.now())
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(_("Đã lưu."), "ok")
            return redirect(url_for(".evidence_sources"))
    return render_template("assessment/external/source.html", source=source, form=form), 422 if form.errors else 200


@bp.post("/dia-ban/nguon-ket-qua/<uuid:uuid>/dong")
@requires_role(*MANAGE_SOURCES)
def close_evidence_source(uuid: UUID) -> Any:
    """Once closed it stays closed: pressing twice changes nothing."""
    source = _source_or_404(uuid)
    if source.ended_at is None:
        end_source(source, by=current_user, now=clock.now())
        db.session.commit()
    flash(_("Nguồn này không nhận kết quả mới nữa. Kết quả đã nhận vẫn giữ."), "ok")
    return redirect(url_for(".evidence_sources"))


@personal_data_asked.connect
def learned_elsewhere_by(_sender: Any, *, person_id: int) -> dict[str, Any]:
    """For the file of everything that is stored about a person."""
    return {"learned_elsewhere": external_evidence_kept(person_id)}


def _source_or_404(uuid: UUID) -> EvidenceSource:
    return source_managed_by(current_user, uuid, *MANAGE_SOURCES) or abort(404)


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        abort(404)
