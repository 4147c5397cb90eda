"""Staff: the learners of one's organisations, one person, adding a person."""

from typing import Any
from uuid import UUID, uuid4

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from wtforms.fields.choices import SelectChoice

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.forms import NewPersonForm
from lms.people.models import Person
from lms.people.queries.merges import merged_into
from lms.people.queries.organisations import organisation_for, organisation_ids_of, organisations_for
from lms.people.queries.persons import learners_for, memberships_of, person_visible_to, roles_of, roles_seen_by
from lms.people.queries.sign_ins import last_sign_in_at
from lms.people.rules.roles import (
    ADD_PEOPLE,
    can_add_people,
    can_ask_for_merge,
    can_keep_roles,
    can_make_slip_for,
    can_make_slips,
    can_merge_people,
    can_see_people,
)
from lms.people.services.activations import make_activation_code
from lms.people.services.persons import create_person
from lms.people.views.blueprint import bp
from lms.web.access import requires


@bp.get("/nguoi-hoc")
@requires(can_see_people)
def learners() -> Any:
    search = request.args.get("tim", "")[:120]
    page = request.args.get("trang", 1, type=int)
    found = learners_for(current_user, search=search, page=page, now=clock.now())
    return render_template("people/learners.html", found=found, search=search, may_add=can_add_people(current_user),
                           may_make_slips=can_make_slips(current_user))


@bp.route("/nguoi-hoc/moi", methods=["GET", "POST"])
@requires(can_add_people)
def new_person() -> Any:
    """One person; the slip to hand over follows at once."""
    form, now = NewPersonForm(uuid=str(uuid4())), clock.now()
    form.organisation.choices = [SelectChoice(str(uuid), name) for uuid, name in organisations_for(current_user, *ADD_PEOPLE)]
    if form.validate_on_submit():
        organisation = organisation_for(current_user, UUID(form.organisation.data), *ADD_PEOPLE) or abort(404)
        uuid = UUID(form.uuid.data)
        try:
            person = create_person(
                uuid=uuid, full_name=form.full_name.data, birth_year=form.birth_year.data, phone=form.phone.data,
                audience=form.audience.data, organisation=organisation, by=current_user, now=now)
        except IntegrityError:  # the button was pressed before: this person is here
            db.session.rollback()
            return redirect(url_for("people.person", uuid=seen_or_404(uuid).uuid))
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            slip, _code = make_activation_code(person, by=current_user, now=now)
            db.session.commit()
            return redirect(url_for("people.slip_sheet", batch=slip.batch))
    return render_template("people/new-person.html", form=form), 422 if form.errors else 200


@bp.get("/nguoi-hoc/<uuid:uuid>")
@requires(can_see_people)
def person(uuid: UUID) -> Any:
    shown = seen_or_404(uuid)
    roles = roles_of(shown.id)
    may_make_slip = can_make_slip_for(current_user, person_id=shown.id, roles=roles, at=organisation_ids_of(shown.id))
    return render_template("people/person.html", person=shown, roles=roles_seen_by(current_user, shown.id),
                           memberships=memberships_of(shown.id, seen_by=current_user),
                           last_sign_in=last_sign_in_at(shown.id), may_make_slip=may_make_slip,
                           merged=merged_into(shown.id), may_keep_roles=can_keep_roles(current_user),
                           may_ask_for_merge=can_ask_for_merge(current_user), may_split=can_merge_people(current_user))


@bp.post("/nguoi-hoc/<uuid:uuid>/phieu")
@requires(can_make_slips)
def make_slip(uuid: UUID) -> Any:
    """A slip for one person, to be shown face to face. The old PIN holds until it is used."""
    slip, _code = make_activation_code(seen_or_404(uuid), by=current_user, now=clock.now())
    db.session.commit()
    return redirect(url_for("people.slip_sheet", batch=slip.batch))


def seen_or_404(uuid: UUID) -> Person:
    return person_visible_to(current_user, uuid) or abort(404)
