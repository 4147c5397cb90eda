"""Whom a course, or a cohort, is for: officers and authors say it for a course, focal points for their cohorts."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.courses.forms import RuleForm
from lms.courses.models import Course, EligibilityRule
from lms.courses.queries.courses import course_by_key, courses_on_offer
from lms.courses.queries.eligibility import rule_at, rule_of_cohort, rules_of_course
from lms.courses.rules.eligibility import SET_RULES, can_set_rules
from lms.courses.services.eligibility import set_rule
from lms.courses.views.blueprint import bp
from lms.people.models import Cohort, Organisation
from lms.people.queries.cohorts import cohort_for
from lms.people.queries.organisations import organisation_for, organisations_for
from lms.people.rules.cohorts import MANAGE_COHORTS, can_manage_cohorts
from lms.web.access import requires
from lms.web.forms import uuid_in


@bp.route("/dia-ban/doi-tuong", methods=["GET", "POST"])
@requires(can_set_rules)
def eligibility() -> Any:
    """Choose a course; see and set whom it is for, at one's own organisations."""
    key = clean(request.args.get("khoa", ""))[:80]
    course = course_by_key(key) if key else None
    if key and course is None:
        raise DomainError("course.unknown")
    places = organisations_for(current_user, *SET_RULES)
    form = RuleForm()
    form.offer(places)
    if course and form.validate_on_submit():
        at = organisation_for(current_user, UUID(form.place.data), *SET_RULES) or abort(404)
        if saved(course, at, form, SET_RULES):
            return redirect(url_for("courses.eligibility", khoa=key))
    elif course and not form.is_submitted():
        at = place_asked() or organisation_for(current_user, places[0][0], *SET_RULES)
        fill(form, rule_at(course, at) if at else None, at)
    page = render_template("courses/eligibility.html", course=course, courses=courses_on_offer(), form=form,
                           lines=rules_of_course(current_user, course) if course else [])
    return page, 422 if form.errors else 200


@bp.route("/dau-moi/nhom/<uuid:uuid>/doi-tuong", methods=["GET", "POST"])
@requires(can_manage_cohorts)
def cohort_rule(uuid: UUID) -> Any:
    """Whom a cohort is for."""
    cohort: Cohort = cohort_for(current_user, uuid) or abort(404)
    form, at = RuleForm(), db.session.get_one(Organisation, cohort.organisation_id)
    form.offer(organisations_for(current_user, *MANAGE_COHORTS))
    if form.validate_on_submit():
        if saved(cohort, at, form, MANAGE_COHORTS):
            return redirect(url_for("people.cohort", uuid=uuid))
    elif not form.is_submitted():
        fill(form, rule_of_cohort(cohort.id), at)
    return render_template("courses/cohort-rule.html", cohort=cohort, form=form, at=at), 422 if form.errors else 200


def place_asked() -> Organisation | None:
    wanted = uuid_in(request.args.get("noi", ""))
    return organisation_for(current_user, wanted, *SET_RULES) if wanted else None


def saved(thing: Course | Cohort, at: Organisation, form: RuleForm, roles: tuple[str, ...]) -> bool:
    """Set the rule as typed; False when it was refused, with the sentence beside its field."""
    within = organisation_for(current_user, UUID(form.within.data), *roles) if form.within.data else None
    try:
        rule = set_rule(thing, at, audiences=form.audiences.data or (), age_from=form.age_from.years, age_to=form.age_to.years,
                        within=within, role=form.role.data or None, by=current_user, now=clock.now())
    except DomainError as error:
        db.session.rollback()
        form.show(error)
        return False
    db.session.commit()
    flash(_("Đã lưu đối tượng.") if rule else _("Đã bỏ điều kiện: ai cũng học được."), "ok")
    return True


def fill(form: RuleForm, rule: EligibilityRule | None, at: Organisation | None) -> None:
    """Show the rule in force in the form."""
    form.place.data = str(at.uuid) if at else ""
    form.within.data, form.role.data, form.audiences.data = "", "", []
    if rule is None:
        return
    within = db.session.get(Organisation, rule.within_id) if rule.within_id else None
    form.within.data = str(within.uuid) if within else ""
    form.role.data, form.audiences.data = rule.role or "", list(rule.audiences)
    form.age_from.data = "" if rule.age_from is None else str(rule.age_from)
    form.age_to.data = "" if rule.age_to is None else str(rule.age_to)

