"""A list comes in: a file or pasted rows; and the lists that came in before."""

from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Organisation
from lms.people.queries.organisations import organisation_for, organisations_for
from lms.people.rules.roles import ADD_PEOPLE, can_add_people
from lms.rosters.forms import UploadForm
from lms.rosters.models import RosterImport
from lms.rosters.queries.classes import class_names_for
from lms.rosters.queries.imports import count_imports, import_for, imports_for
from lms.rosters.services.classes import wish_for_class
from lms.rosters.services.imports import begin_import, begin_pasted
from lms.rosters.views.blueprint import bp
from lms.web.access import requires
from lms.web.addresses import page_number
from lms.web.phrases import sentence

RECENT, A_PAGE = 5, 20
STEPS = {  # where a list in this state is looked at
    "uploaded": "rosters.columns", "checking": "rosters.waiting", "checked": "rosters.check", "committing": "rosters.waiting",
    "done": "rosters.result", "undone": "rosters.result", "failed": "rosters.columns", "discarded": "rosters.upload",
}


@bp.route("/dau-moi/nhap", methods=["GET", "POST"])
@requires(can_add_people)
def upload() -> Any:
    """Which unit, which file (or the rows themselves), which class."""
    form = UploadForm()
    form.organisation.choices = [SelectChoice(str(uuid), name) for uuid, name in organisations_for(current_user, *ADD_PEOPLE)]
    if form.is_submitted() and form.validate():
        organisation = organisation_for(current_user, UUID(form.organisation.data), *ADD_PEOPLE) or abort(404)
        try:
            roster = begun(form, organisation)
        except DomainError as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            return redirect(url_for("rosters.columns", uuid=roster.uuid))
    now = clock.now()
    return render_template(
        "rosters/upload.html", form=form, recent=imports_for(current_user, most=RECENT, now=now),
        cohort_names=class_names_for(current_user)), 422 if form.errors else 200


def begun(form: UploadForm, organisation: Organisation) -> RosterImport:
    """The list that was sent, taken in."""
    now = clock.now()
    if form.tep.data:
        name, content = form.tep.data
        roster = begin_import(content=content, filename=name, organisation=organisation, by=current_user, now=now)
    else:
        roster = begin_pasted(text=form.dan.data, organisation=organisation, by=current_user, now=now)
        roster.file_name = _("Các dòng đã dán")
    wish_for_class(roster, form.lop.data)
    return roster


@bp.get("/dau-moi/nhap/da-nhap")
@requires(can_add_people)
def imports() -> Any:
    """The lists of one's units, the newest first."""
    pages = max(1, -(-count_imports(current_user) // A_PAGE))
    page = min(page_number(), pages)
    found = imports_for(current_user, most=A_PAGE, page=page, now=clock.now())
    return render_template("rosters/imports.html", found=found, page=page, pages=pages)


@bp.get("/dau-moi/nhap/<uuid:uuid>")
@requires(can_add_people)
def open_import(uuid: UUID) -> Any:
    """To the step at which this list is."""
    return to_step(seen_or_404(uuid))


def seen_or_404(uuid: UUID) -> RosterImport:
    """The list, when it is for a unit of whoever asks."""
    return import_for(current_user, uuid) or abort(404)


def to_step(roster: RosterImport) -> Any:
    """A redirect to the step at which this list is."""
    endpoint = STEPS[roster.state]
    return redirect(url_for(endpoint) if endpoint == "rosters.upload" else url_for(endpoint, uuid=roster.uuid))


def fault_of(roster: RosterImport) -> str:
    """Why the last background work on this list came to nothing; "" when it did not."""
    return sentence(DomainError(roster.fault["code"], **roster.fault.get("params", {}))) if roster.fault else ""
