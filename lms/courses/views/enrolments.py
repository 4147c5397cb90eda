"""A whole unit, a cohort or a filter is enrolled in a course in one step, by a day; the day is moved; enrolments end."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.forms import DueForm
from lms.courses.models import Course
from lms.courses.queries.eligibility import rules_in_force
from lms.courses.queries.enrolments import Preview, allowed, enrolled_ids, names_of, preview_of
from lms.courses.rules.enrolments import ENROL, can_enrol
from lms.courses.services.enrolments import change_due_date, end_enrolments, enrol_people
from lms.courses.views.blueprint import bp
from lms.courses.views.groups import Asked, asked, offered
from lms.people.models import Person
from lms.people.queries.groups import Place
from lms.web.access import requires

SHOWN = 20  # of those who do not meet the rule


@bp.route("/dau-moi/ghi-danh", methods=["GET", "POST"])
@requires(can_enrol)
def enrol() -> Any:
    """Who and which course; what that would do; done when what was shown is still so."""
    what, form = asked(*ENROL), DueForm()
    if request.method == "POST" and what.place and what.course and form.validate():
        try:
            told = act(what, what.place, what.course, form)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(told, "ok")
            return redirect(url_for("courses.enrol", **what.arguments()))
    return enrol_page(asked(*ENROL) if form.errors else what, form)


def enrol_page(what: Asked, form: DueForm) -> Any:
    """The page: the choice, and below it what it means."""
    today = clock.local_date(clock.now())
    preview = preview_for(what, what.place, what.course, today) if what.place and what.course else None
    people = what.people(*ENROL) if preview and preview.against else None
    page = render_template(
        "courses/enrol.html", what=what, form=form, preview=preview, today=today, **offered(what, *ENROL),
        outside=names_of(people, preview.against, most=SHOWN) if people is not None and preview else [])
    return page, 422 if form.errors else 200


def preview_for(what: Asked, place: Place, course: Course, today: date) -> Preview:
    rules = rules_in_force(course, organisation_id=place.organisation.id, cohort_id=place.cohort.id if place.cohort else None)
    return preview_of(what.people(*ENROL), course, rules, on=today)


def act(what: Asked, place: Place, course: Course, form: DueForm) -> str:
    """Do what the button says; the sentence to tell. Raises enrolment.nobody, enrolment.changed and what services raise."""
    now = clock.now()
    people, task = what.people(*ENROL), request.form.get("viec")
    if task in ("doi-han", "thoi"):
        people = people.where(Person.id.in_(enrolled_ids(course)))
        if task == "doi-han":
            count = change_due_date(people, course, due_on=form.due_on.data, by=current_user, now=now,
                                    organisation=place.organisation)
            return str(_("Đã đổi hạn cho %(count)d người.", count=count))
        count = end_enrolments(people, course, by=current_user, now=now, organisation=place.organisation)
        return str(_("Đã thôi giao khóa cho %(count)d người. Những gì đã học vẫn còn.", count=count))
    preview = preview_for(what, place, course, clock.local_date(now))
    if request.form.get("so_nguoi", "") != str(preview.fresh):
        raise DomainError("enrolment.changed")
    if not preview.fresh:
        raise DomainError("enrolment.nobody")
    count = enrol_people(allowed(people, preview.against), course, due_on=form.due_on.data, by=current_user, now=now,
                         organisation=place.organisation, cohort=place.cohort)
    return str(_("Đã giao khóa “%(title)s” cho %(count)d người.", title=course.title, count=count))
