"""Focal points: the cohorts of their units, one of them, putting people in and taking them out."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.forms import CohortForm, CohortNameForm
from lms.people.models import Cohort
from lms.people.queries.cohorts import addable_to, cohort_for, cohorts_for, page_of
from lms.people.queries.groups import Group, all_seen, classes_of, people_of, positions_of
from lms.people.queries.organisations import name_of, organisation_for, organisations_for
from lms.people.rules.cohorts import MANAGE_COHORTS, can_manage_cohorts
from lms.people.services.cohorts import add_to_cohort, create_cohort, end_cohort, remove_from_cohort, rename_cohort
from lms.people.views.blueprint import bp
from lms.web.access import requires
from lms.web.addresses import page_number
from lms.web.forms import uuid_in, uuids_in


@bp.route("/dau-moi/nhom", methods=["GET", "POST"])
@requires(can_manage_cohorts)
def cohorts() -> Any:
    """The cohorts that go on (or that ended), and a form for a new one."""
    form = CohortForm()
    form.organisation.choices = [SelectChoice(str(uuid), name) for uuid, name in organisations_for(current_user, *MANAGE_COHORTS)]
    if form.validate_on_submit():
        organisation = organisation_for(current_user, UUID(form.organisation.data), *MANAGE_COHORTS) or abort(404)
        try:
            made = create_cohort(organisation=organisation, name=form.cohort_name.data, audience=form.audience.data or None,
                                 by=current_user, now=clock.now())
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(_("Đã tạo nhóm “%(name)s”. Bạn chọn người đưa vào nhóm.", name=made.name), "ok")
            return redirect(url_for("people.cohort_people", uuid=made.uuid))
    ended = request.args.get("xong") == "1"
    found = cohorts_for(current_user, ended=ended, page=page_number())
    return render_template("people/cohorts.html", found=found, form=form, ended=ended), 422 if form.errors else 200


@bp.get("/dau-moi/nhom/<uuid:uuid>")
@requires(can_manage_cohorts)
def cohort(uuid: UUID) -> Any:
    return cohort_page(cohort_or_404(uuid), CohortNameForm(formdata=None))


def cohort_page(shown: Cohort, form: CohortNameForm) -> Any:
    """The people of a cohort, fifty a page, and what one can do with them."""
    search = clean(request.args.get("tim", ""))[:120]
    found = page_of(current_user, people_of(current_user, Group(cohort_id=shown.id, search=search), *MANAGE_COHORTS),
                    page=page_number())
    if not form.errors:
        form.cohort_name.data = shown.name
    return render_template(
        "people/cohort.html", cohort=shown, form=form, found=found, search=search,
        organisation=name_of(shown.organisation_id, clock.local_date(clock.now()))), 422 if form.errors else 200


@bp.post("/dau-moi/nhom/<uuid:uuid>/ten")
@requires(can_manage_cohorts)
def cohort_rename(uuid: UUID) -> Any:
    shown, form = cohort_or_404(uuid), CohortNameForm()
    if form.validate_on_submit():
        try:
            rename_cohort(shown, form.cohort_name.data, now=clock.now(), by=current_user)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(_("Đã đổi tên nhóm."), "ok")
            return redirect(url_for("people.cohort", uuid=uuid))
    return cohort_page(cohort_or_404(uuid), form)


@bp.post("/dau-moi/nhom/<uuid:uuid>/ket-thuc")
@requires(can_manage_cohorts)
def cohort_end(uuid: UUID) -> Any:
    """The cohort is over, once the box is ticked."""
    shown = cohort_or_404(uuid)
    if not request.form.get("chac_chan"):
        flash(_("Bạn đánh dấu “Kết thúc nhóm này” rồi bấm lại."), "bad")
        return redirect(url_for("people.cohort", uuid=uuid))
    end_cohort(shown, now=clock.now(), by=current_user)
    db.session.commit()
    flash(_("Nhóm “%(name)s” đã kết thúc. Kết quả học của mọi người vẫn còn.", name=shown.name), "ok")
    return redirect(url_for("people.cohorts"))


@bp.route("/dau-moi/nhom/<uuid:uuid>/them", methods=["GET", "POST"])
@requires(can_manage_cohorts)
def cohort_people(uuid: UUID) -> Any:
    """Those who are not in it yet, filtered: the ticked ones, or all of the filter, are put in."""
    shown = cohort_or_404(uuid)
    if shown.ended_at is not None:
        raise DomainError("cohort.ended")
    place, group = chosen_group()
    people = addable_to(current_user, shown, group)
    if request.method == "POST":
        chosen: Any = people if request.form.get("tat_ca") else ticked_people()
        added = add_to_cohort(shown, chosen, now=clock.now(), by=current_user)
        db.session.commit()
        flash(_("Đã đưa %(count)d người vào nhóm “%(name)s”.", count=added, name=shown.name), "ok")
        return redirect(url_for("people.cohort", uuid=uuid))
    found = page_of(current_user, people, page=page_number())
    return render_template(
        "people/cohort-people.html", cohort=shown, found=found, group=group, place=place,
        places=organisations_for(current_user, *MANAGE_COHORTS), positions=positions_of(current_user, Group()),
        classes=classes_of(current_user, Group()))


def chosen_group() -> tuple[str, Group]:
    """What the filter of the page says; a unit that is not the actor's is no unit."""
    wanted = uuid_in(request.args.get("noi", ""))
    place = organisation_for(current_user, wanted, *MANAGE_COHORTS) if wanted else None
    if wanted and place is None:
        abort(404)
    return str(place.uuid) if place else "", Group(
        organisation_id=place.id if place else None, position=clean(request.args.get("chuc_vu", ""))[:120],
        school_class=clean(request.args.get("lop", ""))[:40], search=clean(request.args.get("tim", ""))[:120])


def ticked_people() -> list[int]:
    """Ids of the people ticked in the form. Raises DomainError cohort.nobody, people.not_all_yours."""
    uuids = uuids_in("nguoi")
    if not uuids:
        raise DomainError("cohort.nobody")
    ids = all_seen(current_user, uuids, *MANAGE_COHORTS)
    if ids is None:
        raise DomainError("people.not_all_yours")
    return ids


@bp.post("/dau-moi/nhom/<uuid:uuid>/bo")
@requires(can_manage_cohorts)
def cohort_leave(uuid: UUID) -> Any:
    """The ticked ones leave the cohort."""
    shown = cohort_or_404(uuid)
    removed = remove_from_cohort(shown, ticked_people(), now=clock.now(), by=current_user)
    db.session.commit()
    flash(_("Đã đưa %(count)d người ra khỏi nhóm.", count=removed), "ok")
    return redirect(url_for("people.cohort", uuid=uuid))


def cohort_or_404(uuid: UUID) -> Cohort:
    return cohort_for(current_user, uuid) or abort(404)
