"""Two rows of one person: compared side by side, merged (or the ward is asked), and split again."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.forms import ReasonForm
from lms.people.models import Organisation, Person
from lms.people.queries.merges import as_namesake, merge_for, namesakes_of, place_under
from lms.people.queries.persons import person_visible_to
from lms.people.rules.proposals import PROPOSE
from lms.people.rules.roles import can_ask_for_merge, can_merge_people
from lms.people.services.merges import merge_persons, split_again
from lms.people.services.proposals import propose_merge
from lms.people.views.blueprint import bp
from lms.people.views.learners import seen_or_404
from lms.web import phrases
from lms.web.access import requires


@bp.route("/nguoi-hoc/<uuid:uuid>/gop", methods=["GET", "POST"])
@requires(can_ask_for_merge)
def merge(uuid: UUID) -> Any:
    """`kia` is the row that is merged into this one: of the same name without marks, and seen by the same eyes."""
    kept, form = seen_or_404(uuid), ReasonForm()
    if form.validate_on_submit():
        other = _other_or_404(request.form.get("kia", ""))
        try:
            return _merge_or_ask(kept, other, form.reason.data)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
            kept = seen_or_404(uuid)
    return render_template(
        "people/merge.html", kept=as_namesake(current_user, kept), form=form, others=namesakes_of(current_user, kept),
        chosen=request.form.get("kia", ""), merges=can_merge_people(current_user)), 422 if form.errors else 200


def _merge_or_ask(kept: Person, other: Person, reason: str) -> Any:
    now = clock.now()
    if can_merge_people(current_user):
        merge_persons(kept, other, reason=reason, by=current_user, now=now)
        words, address = _("Hai hồ sơ nay là một."), url_for("people.person", uuid=kept.uuid)
    else:
        place = place_under(current_user, kept.id, *PROPOSE)
        propose_merge(db.session.get(Organisation, place or 0) or abort(404), kept, other, reason=reason, by=current_user, now=now)
        words, address = _("Đã gửi đề nghị. Phường trả lời thì bạn thấy ở trang này."), url_for("people.my_proposals")
    db.session.commit()
    flash(words, "ok")
    return redirect(address)


def _other_or_404(text: str) -> Person:
    try:
        return person_visible_to(current_user, UUID(text)) or abort(404)
    except ValueError:
        abort(404)


@bp.post("/nguoi-hoc/<uuid:person>/tach/<uuid:note>")
@requires(can_merge_people)
def split(person: UUID, note: UUID) -> Any:
    """They are two persons after all."""
    kept, form = seen_or_404(person), ReasonForm()
    alias = merge_for(current_user, note)
    if alias is None or alias.kept_id != kept.id:
        abort(404)
    try:
        split_again(alias, reason=form.reason.data, by=current_user, now=clock.now())
    except DomainError as error:
        db.session.rollback()
        flash(phrases.sentence(error), "bad")
    else:
        db.session.commit()
        flash(_("Đã tách thành hai hồ sơ. Vai trò của hồ sơ vừa mở lại thì trao lại nếu cần."), "ok")
    return redirect(url_for("people.person", uuid=person))
