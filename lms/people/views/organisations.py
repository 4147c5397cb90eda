"""Officers: the tree of organisations, one of them, a new one. Changes of an existing one: organisation_changes."""

from typing import Any
from uuid import UUID, uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.forms.organisations import NewOrganisationForm
from lms.people.models import Organisation
from lms.people.queries import organisation_pages as pages
from lms.people.queries.organisations import organisation_for, organisation_ids_above
from lms.people.rules.organisations import KEEP_ORGANISATIONS, can_build_below, can_change, can_keep_organisations
from lms.people.services.organisations import create_organisation, free_key
from lms.people.views.blueprint import bp
from lms.web.access import requires
from lms.web.addresses import page_number


@bp.get("/dia-ban/don-vi")
@requires(can_keep_organisations)
def organisations() -> Any:
    search = searched()
    found = pages.tree_for(current_user, search=search, page=page_number())
    return render_template("people/organisations.html", found=found, search=search)


@bp.get("/dia-ban/don-vi/<uuid:uuid>")
@requires(can_keep_organisations)
def organisation(uuid: UUID) -> Any:
    shown = kept_or_404(uuid)
    past, above = pages.past_of(shown.id), organisation_ids_above(shown.id)
    is_live = past[0].valid_to is None
    return render_template(
        "people/organisation.html", organisation=shown, now=past[0], past=past, is_live=is_live,
        followers=pages.followers_of(shown.id),
        holders=pages.role_holders_at(current_user, shown.id), below=pages.branches_below(shown.id, page=page_number()),
        may_build=is_live and can_build_below(current_user, at=above),
        may_change=is_live and can_change(current_user, above=above - {shown.id}))


@bp.route("/dia-ban/don-vi/<uuid:uuid>/moi", methods=["GET", "POST"])
@requires(can_keep_organisations)
def new_organisation(uuid: UUID) -> Any:
    parent, now = kept_or_404(uuid), clock.now()
    form = NewOrganisationForm(uuid=str(uuid4()), on=clock.local_date(now), kind="village")
    if form.validate_on_submit():
        try:
            made = create_organisation(
                key=free_key(form.name.data), name=form.name.data, kind=form.kind.data, parent=parent, valid_from=form.on.data,
                decision=form.decision.data, uuid=UUID(form.uuid.data), by=current_user, now=now)
        except (IntegrityError, DomainError) as error:
            db.session.rollback()
            if organisation_for(current_user, UUID(form.uuid.data), *KEEP_ORGANISATIONS):  # the button was pressed before
                return redirect(url_for("people.organisation", uuid=form.uuid.data))
            form.show(error if isinstance(error, DomainError) else DomainError("organisation.name_taken", name=form.name.data))
        else:
            db.session.commit()
            flash(_("Đã thêm đơn vị."), "ok")
            return redirect(url_for("people.organisation", uuid=made.uuid))
    return render_template("people/new-organisation.html", form=form, parent=parent, now=pages.past_of(parent.id)[0]), (
        422 if form.errors else 200)


def searched() -> str:
    """The words that are looked for."""
    return clean(request.args.get("tim", "")[:1000])[:120]


def kept_or_404(uuid: UUID) -> Organisation:
    """The organisation when the actor answers for it or for what stands above it."""
    return organisation_for(current_user, uuid, *KEEP_ORGANISATIONS, or_ended=True) or abort(404)


def changed_or_404(uuid: UUID) -> Organisation:
    """The organisation when the actor answers for what stands above it, who alone may change it."""
    found = kept_or_404(uuid)
    if not can_change(current_user, above=organisation_ids_above(found.id) - {found.id}):
        abort(404)
    return found
