"""Reminding those who were ticked, or everybody of the filter; or words to copy into a chat group."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.campaign.rules import can_remind
from lms.campaign.services.reminders import remind_people
from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Organisation
from lms.reports.forms import ReminderForm
from lms.reports.queries.classes import Group, Standing, Wanted, chosen, ids_among, lines_of, roll_of
from lms.reports.queries.facts import NOTHING
from lms.reports.views.blueprint import bp
from lms.reports.views.classes import group_or_404, query_of, wanted_of
from lms.web import phrases
from lms.web.access import requires


@bp.post("/dau-moi/nhac")
@requires(can_remind)
def remind() -> Any:
    group, wanted, form = _group_of_form(), wanted_of(request.form), ReminderForm()
    ids = _ids(group, wanted)
    if not form.validate_on_submit():
        flash(str(form.text.errors[0]) if form.text.errors else _("Bạn gõ lời nhắc."), "bad")
        return _back(group, wanted)
    if request.form.get("viec") == "chep":
        return _words_to_copy(group, ids, form.text.data)
    try:
        sent = remind_people(
            ids, db.session.get_one(Organisation, group.organisation_ids[0]), text=form.text.data,
            subject=_("Mời bạn học tiếp"), by_mail=request.form.get("thu") == "1", by=current_user, now=clock.now())
    except DomainError as error:
        db.session.rollback()
        if error.code == "reminder.not_yours":
            raise
        flash(phrases.sentence(error), "bad")
        return _back(group, wanted)
    db.session.commit()
    words = _("Đã nhắc %(count)d người.", count=sent.reminded)
    if sent.letters:
        words += " " + _("%(count)d người nhận thêm thư điện tử.", count=sent.letters)
    if sent.already:
        words += " " + _("%(count)d người hôm nay đã được nhắc nên không nhắc lại.", count=sent.already)
    flash(words, "ok")
    return _back(group, wanted)


def _group_of_form() -> Group:
    try:
        return group_or_404(UUID(request.form.get("lop", "")))
    except ValueError:
        abort(404)


def _ids(group: Group, wanted: Wanted) -> list[int]:
    """Whom the form means. What is no uuid is nobody; somebody of another unit refuses the whole."""
    if request.form.get("tat-ca") == "1":
        return [one.id for one in chosen(roll_of(current_user, group, now=clock.now(), anew=True), wanted)]
    uuids = set()
    for text in request.form.getlist("chon"):
        try:
            uuids.add(UUID(text))
        except ValueError:
            continue
    ids = ids_among(current_user, group, uuids) if uuids else []
    return ids if ids is not None else abort(404)


def _words_to_copy(group: Group, ids: list[int], text: str) -> Any:
    names = []
    if request.form.get("kem-ten") == "1":
        names = [line.full_name for line in lines_of(group, [Standing(one, "", "", NOTHING) for one in ids])]
    return render_template("reports/words-to-copy.html", group=group, text=text, names=names, count=len(ids))


def _back(group: Group, wanted: Wanted) -> Any:
    return redirect(url_for("reports.class_table", uuid=group.uuid, **query_of(wanted)))
