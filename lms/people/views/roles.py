"""Who holds which role: read, given, handed over, taken back. A focal point asks the ward for what it may not do."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.forms import ReasonForm, RoleForm, choices
from lms.people.models import RoleGrant
from lms.people.queries.organisations import organisation_for, organisation_ids_above
from lms.people.queries.persons import person_visible_to
from lms.people.queries.roles import Holding, colleagues_for, holding_for, holdings_under, places_of
from lms.people.rules.proposals import PROPOSABLE, can_propose
from lms.people.rules.roles import GRANT_ROLES, can_grant, can_keep_roles, grantable
from lms.people.services.proposals import propose_hand_over, propose_role
from lms.people.services.roles import Deputy, end_role, grant_role, hand_over
from lms.people.views.blueprint import bp
from lms.people.views.learners import seen_or_404
from lms.web.access import requires
from lms.web.addresses import page_number
from lms.web.phrases.roles import ROLE_NAMES


@bp.get("/dia-ban/vai-tro", endpoint="roles")
@requires(can_keep_roles)
def roles() -> Any:
    search = request.args.get("tim", "")[:120]
    return render_template("people/roles.html", search=search,
                           found=holdings_under(current_user, search=search, page=page_number()))


@bp.route("/nguoi-hoc/<uuid:uuid>/vai-tro", methods=["GET", "POST"])
@requires(can_keep_roles)
def give_role(uuid: UUID) -> Any:
    """Given at once by whoever may; otherwise the ward is asked."""
    person, form = seen_or_404(uuid), RoleForm()
    own = set(grantable(current_user))
    asked = set(PROPOSABLE) if can_propose(current_user) else set()
    form.role.choices = choices([role for role in ROLE_NAMES if role in own | asked], ROLE_NAMES)
    form.organisation.choices = [SelectChoice(str(one), name) for one, name in places_of(current_user, person.id)]
    if form.validate_on_submit():
        try:
            return _give_or_ask(person, form)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
    return render_template("people/give-role.html", person=person, form=form, asks=bool(asked - own),
                           own=own), 422 if form.errors else 200


def _give_or_ask(person: Any, form: RoleForm) -> Any:
    now, role = clock.now(), form.role.data
    organisation = organisation_for(current_user, UUID(form.organisation.data), *GRANT_ROLES) or abort(404)
    deputy = Deputy(_begin_of(form.first.data), _end_of(form.last.data)) if form.is_deputy.data else None
    if can_grant(current_user, role, at=organisation_ids_above(organisation.id)):
        grant_role(person, role, organisation, by=current_user, now=now, deputy=deputy, reason=form.reason.data)
        db.session.commit()
        flash(_("%(name)s giữ vai trò %(role)s từ bây giờ.", name=person.full_name, role=str(ROLE_NAMES[role])), "ok")
        return redirect(url_for("people.roles"))
    propose_role(organisation, person, role, by=current_user, now=now, deputy=deputy, reason=form.reason.data)
    db.session.commit()
    flash(_("Đã gửi đề nghị. Phường trả lời thì bạn thấy ở trang này."), "ok")
    return redirect(url_for("people.my_proposals"))


def _begin_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), clock.WARD_ZONE) if day else None


def _end_of(day: date | None) -> datetime | None:
    return datetime.combine(day + timedelta(days=1), time(), clock.WARD_ZONE) if day and day < date.max else None


@bp.get("/dia-ban/vai-tro/<uuid:organisation>/<uuid:person>/<role>")
@requires(can_keep_roles)
def holding(organisation: UUID, person: UUID, role: str) -> Any:
    grant, held = _held_or_404(organisation, person, role)
    return _holding_page(grant, held, ReasonForm())


@bp.post("/dia-ban/vai-tro/<uuid:organisation>/<uuid:person>/<role>/thu-lai")
@requires(can_keep_roles)
def take_role_back(organisation: UUID, person: UUID, role: str) -> Any:
    grant, held = _held_or_404(organisation, person, role)
    form = ReasonForm()
    if not form.validate_on_submit():
        return _holding_page(grant, held, form)
    try:
        end_role(grant, by=current_user, now=clock.now(), reason=form.reason.data)
    except DomainError as error:
        db.session.rollback()
        form.show(error)
        return _holding_page(*_held_or_404(organisation, person, role), form)
    db.session.commit()
    flash(_("%(name)s không còn giữ vai trò %(role)s.", name=held.full_name, role=str(ROLE_NAMES[held.role])), "ok")
    return redirect(url_for("people.roles"))


@bp.post("/dia-ban/vai-tro/<uuid:organisation>/<uuid:person>/<role>/ban-giao")
@requires(can_keep_roles)
def hand_role_over(organisation: UUID, person: UUID, role: str) -> Any:
    """One action for whoever may; otherwise the ward is asked."""
    grant, held = _held_or_404(organisation, person, role)
    form, now = ReasonForm(), clock.now()
    to = person_visible_to(current_user, _uuid_of(request.form.get("nguoi", ""))) if form.validate_on_submit() else None
    if to is None:
        return _holding_page(grant, held, form, nobody=not form.errors)
    try:
        if _may_grant(grant):
            hand_over(grant, to, by=current_user, now=now, reason=form.reason.data)
            words = _("Đã bàn giao cho %(name)s. Việc đang dở vẫn còn ở đơn vị.", name=to.full_name)
        else:
            propose_hand_over(grant, to, by=current_user, now=now, reason=form.reason.data)
            words = _("Đã gửi đề nghị. Phường trả lời thì bạn thấy ở trang này.")
    except DomainError as error:
        db.session.rollback()
        form.show(error)
        return _holding_page(*_held_or_404(organisation, person, role), form)
    done = "people.roles" if _may_grant(grant) else "people.my_proposals"
    db.session.commit()
    flash(words, "ok")
    return redirect(url_for(done))


def _held_or_404(organisation: UUID, person: UUID, role: str) -> tuple[RoleGrant, Holding]:
    return holding_for(current_user, organisation, person, role) or abort(404)


def _may_grant(grant: RoleGrant) -> bool:
    return can_grant(current_user, grant.role, at=organisation_ids_above(grant.organisation_id))


def _holding_page(grant: RoleGrant, held: Holding, form: ReasonForm, *, nobody: bool = False) -> Any:
    search = request.values.get("tim", "")[:120]
    may_grant = _may_grant(grant)
    may_ask = not may_grant and can_propose(current_user) and held.role in PROPOSABLE
    found = colleagues_for(current_user, held.organisation_uuid, search=search, now=clock.now()) if may_grant or may_ask else []
    return render_template(
        "people/holding.html", held=held, form=form, search=search, may_grant=may_grant, may_ask=may_ask, nobody=nobody,
        colleagues=[one for one in found if one.uuid != held.person_uuid]), 422 if form.errors or nobody else 200


def _uuid_of(text: str) -> UUID:
    """Whatever is no uuid is nobody's."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
