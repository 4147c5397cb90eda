"""Nominations: the unit names people and sees what came of it; the officer accepts or returns each."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.forms import DecideForm, NominateForm
from lms.courses.models import Nomination
from lms.courses.queries.eligibility import reasons_against, rules_in_force
from lms.courses.queries.nominations import (
    head_of,
    ineligible_on,
    nomination_for,
    nominations_for,
    people_on,
    waiting_ids,
)
from lms.courses.rules.enrolments import DECIDE, NOMINATE, can_decide_nominations, can_nominate
from lms.courses.services.nominations import accept_nominated, nominate, return_nominated, withdraw_nominated
from lms.courses.views.blueprint import bp
from lms.courses.views.groups import Asked, asked, offered, ticked_people
from lms.people.models import Person
from lms.people.queries.cohorts import page_of
from lms.web.access import requires
from lms.web.addresses import page_number


@bp.get("/dau-moi/de-cu")
@requires(can_nominate)
def nominations() -> Any:
    found = nominations_for(current_user, *NOMINATE, page=page_number())
    return render_template("courses/nominations.html", found=found)


@bp.route("/dau-moi/de-cu/moi", methods=["GET", "POST"])
@requires(can_nominate)
def new_nomination() -> Any:
    """Whom, for which course; those who do not meet the rule may be named, and the officer decides."""
    what, form = asked(*NOMINATE), NominateForm()
    if request.method == "POST" and what.place and what.course and form.validate():
        try:
            people: Any = what.people(*NOMINATE) if request.form.get("tat_ca") else ticked_people(*NOMINATE)
            made, count = nominate(
                people, what.course, organisation=what.place.organisation, cohort=what.place.cohort, by=current_user,
                now=clock.now(), due_on=form.due_on.data, note=form.note.data)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(_("Đã gửi đề cử %(count)d người.", count=count), "ok")
            return redirect(url_for("courses.nomination", uuid=made.uuid))
    return nominate_page(asked(*NOMINATE) if form.errors else what, form)


def nominate_page(what: Asked, form: NominateForm) -> Any:
    """The page, with the reasons against those of it who do not meet the rule."""
    found, against = None, {}
    if what.place and what.course:
        people = what.people(*NOMINATE)
        found = page_of(current_user, people, page=page_number())
        rules = rules_in_force(what.course, organisation_id=what.place.organisation.id,
                               cohort_id=what.place.cohort.id if what.place.cohort else None)
        shown = people.where(Person.id.in_([line.id for line in found.lines]))
        against = reasons_against(rules, shown, on=clock.local_date(clock.now()))
    page = render_template("courses/nominate.html", what=what, form=form, found=found, against=against, **offered(what, *NOMINATE))
    return page, 422 if form.errors else 200


@bp.get("/dau-moi/de-cu/<uuid:uuid>")
@requires(can_nominate)
def nomination(uuid: UUID) -> Any:
    """What came of it, person by person."""
    shown = nomination_for(current_user, uuid, *NOMINATE) or abort(404)
    return render_template(
        "courses/nomination.html", nomination=shown, head=head_of(shown),
        found=people_on(current_user, shown, *NOMINATE, page=page_number()), against=ineligible_on(shown, now=clock.now()))


@bp.post("/dau-moi/de-cu/<uuid:uuid>/rut")
@requires(can_nominate)
def withdraw_nomination(uuid: UUID) -> Any:
    """The ticked ones are taken back."""
    shown = nomination_for(current_user, uuid, *NOMINATE) or abort(404)
    count = withdraw_nominated(shown, ticked_people(*NOMINATE), by=current_user, now=clock.now())
    db.session.commit()
    flash(_("Đã rút đề cử %(count)d người.", count=count), "ok")
    return redirect(url_for("courses.nomination", uuid=uuid))


@bp.get("/dia-ban/de-cu")
@requires(can_decide_nominations)
def nominations_to_decide() -> Any:
    everything = request.args.get("tat_ca") == "1"
    found = nominations_for(current_user, *DECIDE, waiting=not everything, page=page_number())
    return render_template("courses/nominations-to-decide.html", found=found, everything=everything)


@bp.route("/dia-ban/de-cu/<uuid:uuid>", methods=["GET", "POST"])
@requires(can_decide_nominations)
def decide_nomination(uuid: UUID) -> Any:
    """Accept or return the ticked ones, or accept all who meet the rule."""
    shown, form = decided_or_404(uuid), DecideForm()
    if form.validate_on_submit():
        try:
            told = decide(shown, form)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(told, "ok")
            return redirect(url_for("courses.decide_nomination", uuid=uuid))
        shown = decided_or_404(uuid)
    against = ineligible_on(shown, now=clock.now())
    waiting = waiting_ids(current_user, shown, *DECIDE)
    page = render_template(
        "courses/decide-nomination.html", nomination=shown, form=form, head=head_of(shown), against=against,
        found=people_on(current_user, shown, *DECIDE, page=page_number()), waiting=len(waiting),
        fit=sum(one not in against for one in waiting), is_own=shown.nominated_by_id == current_user.id)
    return page, 422 if form.errors else 200


def decide(shown: Nomination, form: DecideForm) -> str:
    """Do what the button says; the sentence to tell. Raises what the services raise."""
    now, task = clock.now(), request.form.get("viec")
    if task == "nhan-du":
        against = ineligible_on(shown, now=now)
        ids = [one for one in waiting_ids(current_user, shown, *DECIDE) if one not in against]
        count = accept_nominated(shown, ids, by=current_user, now=now)
        return str(_("Đã nhận %(count)d người, khóa học đã được giao.", count=count))
    ids = ticked_people(*DECIDE)
    if task == "tra-lai":
        count = return_nominated(shown, ids, reason=form.reason.data, by=current_user, now=now)
        return str(_("Đã trả lại %(count)d người.", count=count))
    count = accept_nominated(shown, ids, by=current_user, now=now, exception=form.exception.data)
    return str(_("Đã nhận %(count)d người, khóa học đã được giao.", count=count))


def decided_or_404(uuid: UUID) -> Nomination:
    return nomination_for(current_user, uuid, *DECIDE) or abort(404)
