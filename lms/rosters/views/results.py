"""After the writing: the counts, slips for exactly these people, a course with its last day, taking it back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.courses.queries.courses import course_by_key, course_cards
from lms.courses.services.enrolments import enrol_people
from lms.people.models import Cohort, Organisation, Person
from lms.people.queries.organisations import names_today
from lms.people.rules.roles import can_add_people, can_make_slips
from lms.people.services.activations import make_activation_codes
from lms.rosters.forms import EnrolForm
from lms.rosters.models import RosterImport
from lms.rosters.queries.imports import UNDO_WITHIN, can_be_undone, people_of_import
from lms.rosters.views.blueprint import bp
from lms.rosters.views.uploading import seen_or_404, to_step
from lms.web.access import may_open, requires
from lms.web.phrases import day_of, sentence
from lms.web.shell import moment
from lms.web.shell import number as shown_number


@dataclass(frozen=True)
class ResultFrame:
    """What the page after the writing says."""

    title: str
    lead: str
    counts: list[tuple[str, int]]
    signature: str
    people: int
    without_pin: int
    returned: int
    may_undo: bool
    may_remove: bool
    next: list[tuple[str, str, str]]


@bp.get("/dau-moi/nhap/<uuid:uuid>/ket-qua")
@requires(can_add_people)
def result(uuid: UUID) -> Any:
    """What was written, and what comes next."""
    roster = seen_or_404(uuid)
    if roster.state not in ("done", "undone"):
        return to_step(roster)
    return shown_result(roster, enrol_form())


def shown_result(roster: RosterImport, form: EnrolForm) -> Any:
    """The page; 422 with what was refused about the course."""
    is_done = roster.state == "done"
    return render_template("rosters/result.html", roster=roster, frame=result_frame(roster),
                           enrolment=form if is_done and form.khoa.choices else None), 422 if form.errors else 200


def enrol_form() -> EnrolForm:
    """The form for a course, with the courses that are offered."""
    form = EnrolForm()
    form.khoa.choices = [SelectChoice(card.key, card.title) for card in course_cards()]
    return form


def result_frame(roster: RosterImport) -> ResultFrame:
    """The page, from what the commit counted and what stands today."""
    now, counts = clock.now(), roster.counts or {}
    people, without_pin = standing(roster) if roster.state == "done" else (0, 0)
    written, returned = counts.get("people", 0), counts.get("faulty", 0)
    unit = names_today([roster.organisation_id]).get(roster.organisation_id, "")
    if roster.state == "undone":
        title, lead = _("Đã hoàn tác lần nhập này"), _("Danh sách “%(file)s” không còn hiệu lực.", file=roster.file_name)
    else:
        title = _("Đã ghi %(count)s người", count=shown_number(written))
        lead = _("Vào %(unit)s. Việc tiếp theo: phát phiếu kích hoạt để mọi người đăng nhập lần đầu.", unit=unit)
    return ResultFrame(
        title=title, lead=lead, counts=shown_counts(counts, returned), signature=signature_of(roster), people=people,
        without_pin=without_pin if can_make_slips(current_user) else 0, returned=returned,
        may_undo=can_be_undone(roster, now=now), may_remove=roster.state == "done", next=next_steps(roster))


def shown_counts(counts: dict[str, Any], returned: int) -> list[tuple[str, int]]:
    """The counts in words."""
    every = [(_("Người mới"), counts.get("new", 0)),
             (_("Đã có, có cập nhật"), counts.get("matched", 0) - counts.get("unchanged", 0)),
             (_("Đã có, giữ nguyên"), counts.get("unchanged", 0)), (_("Dòng trả lại"), returned)]
    return [one for one in every if one[1]] or every[:1]


def standing(roster: RosterImport) -> tuple[int, int]:
    """How many people of this list stand today, and how many of them have no PIN."""
    ids = people_of_import(current_user, roster)
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(Person.secret_hash.is_(None))).where(Person.id.in_(ids))).one()
    return row[0], row[1]


def signature_of(roster: RosterImport) -> str:
    """Who wrote it and when, and until when it can be taken back."""
    by = db.session.scalar(sa.select(Person.full_name).where(Person.id == roster.by_id)) if roster.by_id else roster.operator
    who = _("%(name)s ghi lúc %(at)s.", name=by or _("Hệ thống"), at=moment(roster.committed_at))
    if roster.state == "undone":
        return who + " " + _("Hoàn tác lúc %(at)s.", at=moment(roster.undone_at))
    return who + " " + _("Hoàn tác được đến hết ngày %(day)s.", day=day_of(roster.committed_at + UNDO_WITHIN))


def next_steps(roster: RosterImport) -> list[tuple[str, str, str]]:
    """Words, address and icon of what can be done next elsewhere, where whoever asks may go there."""
    places = [(_("Nộp danh sách cho phường"), "campaign.requests", {}, "send"),
              (_("Xem tiến độ"), "reports.class_table", {"uuid": place_of(roster)}, "chart-bar-big")]
    return [(words, url_for(endpoint, **values), sign) for words, endpoint, values, sign in places
            if may_open(endpoint, current_user)]


def place_of(roster: RosterImport) -> UUID:
    """The class of the list, or its organisation."""
    model, key = (Cohort, roster.cohort_id) if roster.cohort_id else (Organisation, roster.organisation_id)
    return db.session.scalars(sa.select(model.uuid).where(model.id == key)).one()


def done_or_404(uuid: UUID) -> RosterImport:
    """The list, when it is written and stands."""
    roster = seen_or_404(uuid)
    return roster if roster.state == "done" else abort(404)


@bp.post("/dau-moi/nhap/<uuid:uuid>/phieu")
@requires(can_add_people)
def slips(uuid: UUID) -> Any:
    """Slips for the people of this list who have no PIN yet; the sheets follow."""
    roster, now = done_or_404(uuid), clock.now()
    people = db.session.scalars(
        sa.select(Person).where(Person.id.in_(people_of_import(current_user, roster)), Person.secret_hash.is_(None))
        .order_by(Person.name_key, Person.id)).all()
    batch, made = make_activation_codes(people, by=current_user, now=now)
    if not made:
        raise DomainError("slip.not_yours_to_make" if people else "slip.nobody")
    db.session.commit()
    return redirect(url_for("people.slip_sheet", batch=batch))


@bp.post("/dau-moi/nhap/<uuid:uuid>/ghi-danh")
@requires(can_add_people)
def enrol(uuid: UUID) -> Any:
    """The people of this list study a course, by a day."""
    roster, form = done_or_404(uuid), enrol_form()
    course = course_by_key(clean(form.khoa.data or "")[:80])
    if not form.validate() or course is None:
        if course is None:
            form.add_error("khoa", _("Bạn chọn một khóa học trong danh sách."))
        return shown_result(roster, form)
    try:
        cohort = db.session.get(Cohort, roster.cohort_id) if roster.cohort_id else None
        made = enrol_people(
            sa.select(Person).where(Person.id.in_(people_of_import(current_user, roster))), course, due_on=form.han.data,
            by=current_user, now=clock.now(), cohort=cohort, organisation=db.session.get_one(Organisation, roster.organisation_id))
    except DomainError as refusal:
        db.session.rollback()
        form.add_error("han", sentence(refusal))
        return shown_result(seen_or_404(uuid), form)
    db.session.commit()
    flash(_("Đã giao khóa “%(title)s” cho %(count)d người.", title=course.title, count=made) if made
          else _("Mọi người trong danh sách đã có khóa “%(title)s”.", title=course.title), "ok")
    return redirect(url_for("rosters.result", uuid=uuid))


