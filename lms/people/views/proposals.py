"""What units ask of the ward: asked here, answered here, read by both."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.forms import NewUnitForm, ReasonForm
from lms.people.models import Proposal
from lms.people.queries.organisations import organisation_for, organisations_for
from lms.people.queries.proposals import proposal_for, proposals_from, proposals_to
from lms.people.rules.proposals import PROPOSE, can_decide_proposals, can_propose
from lms.people.services.proposals import accept_proposal, propose_organisation, return_proposal, withdraw_proposal
from lms.people.views.blueprint import bp
from lms.web import phrases
from lms.web.access import requires
from lms.web.addresses import page_number
from lms.web.phrases.proposals import PROPOSAL_STATE_NAMES


@bp.get("/dau-moi/de-nghi")
@requires(can_propose)
def my_proposals() -> Any:
    return render_template("people/proposals.html", found=proposals_from(current_user, page=page_number()), mine=True,
                           state_names=PROPOSAL_STATE_NAMES)


@bp.route("/dau-moi/de-nghi/don-vi", methods=["GET", "POST"])
@requires(can_propose)
def propose_unit() -> Any:
    form = NewUnitForm()
    form.organisation.choices = [SelectChoice(str(uuid), name) for uuid, name in organisations_for(current_user, *PROPOSE)]
    if form.validate_on_submit():
        organisation = organisation_for(current_user, UUID(form.organisation.data), *PROPOSE) or abort(404)
        try:
            propose_organisation(organisation, name=form.name.data, kind=form.kind.data, reason=form.reason.data,
                                 by=current_user, now=clock.now())
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(_("Đã gửi đề nghị. Phường trả lời thì bạn thấy ở trang này."), "ok")
            return redirect(url_for("people.my_proposals"))
    return render_template("people/propose-unit.html", form=form), 422 if form.errors else 200


@bp.post("/dau-moi/de-nghi/<uuid:uuid>/rut")
@requires(can_propose)
def withdraw(uuid: UUID) -> Any:
    withdraw_proposal(_proposal_or_404(uuid), by=current_user, now=clock.now())
    db.session.commit()
    flash(_("Đã rút đề nghị."), "ok")
    return redirect(url_for("people.my_proposals"))


@bp.get("/dia-ban/de-nghi")
@requires(can_decide_proposals)
def proposals() -> Any:
    return _inbox(ReasonForm())


@bp.post("/dia-ban/de-nghi/<uuid:uuid>/dong-y")
@requires(can_decide_proposals)
def accept(uuid: UUID) -> Any:
    """What is asked for is done at once; when it cannot be done, nothing is."""
    try:
        accept_proposal(_proposal_or_404(uuid), by=current_user, now=clock.now())
    except DomainError as error:
        db.session.rollback()
        flash(phrases.sentence(error), "bad")
    else:
        db.session.commit()
        flash(_("Đã đồng ý, việc được nêu đã làm xong."), "ok")
    return redirect(url_for("people.proposals"))


@bp.post("/dia-ban/de-nghi/<uuid:uuid>/tra-lai")
@requires(can_decide_proposals)
def send_back(uuid: UUID) -> Any:
    form, proposal = ReasonForm(), _proposal_or_404(uuid)
    if not form.validate_on_submit():
        return _inbox(form, about=uuid)
    return_proposal(proposal, reason=form.reason.data, by=current_user, now=clock.now())
    db.session.commit()
    flash(_("Đã trả lại, đơn vị đọc được lý do."), "ok")
    return redirect(url_for("people.proposals"))


def _inbox(form: ReasonForm, *, about: UUID | None = None) -> Any:
    found = proposals_to(current_user, page=page_number())
    return render_template("people/proposals.html", found=found, mine=False, form=form, about=about,
                           state_names=PROPOSAL_STATE_NAMES), 422 if form.errors else 200


def _proposal_or_404(uuid: UUID) -> Proposal:
    return proposal_for(current_user, uuid) or abort(404)
