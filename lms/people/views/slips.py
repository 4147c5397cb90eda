"""Slips: choose for whom, make them, print them eight to a sheet or show one on the screen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms.core import clock
from lms.core.config import is_public_address
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Person
from lms.people.queries.activation_codes import batches_of, slips_of, without_slip
from lms.people.queries.cohorts import cohort_choices
from lms.people.queries.groups import Group, count_of, people_of, place_for
from lms.people.queries.organisations import organisations_for
from lms.people.queries.persons import learners_for
from lms.people.rules.roles import MAKE_SLIPS, can_make_slips
from lms.people.services.activations import make_activation_codes
from lms.people.views.blueprint import bp
from lms.web.access import requires
from lms.web.addresses import page_number
from lms.web.forms import uuid_in, uuids_in

A_SHEET = 8
MOST = 800  # slips of one batch: a hundred sheets


@bp.route("/phieu", methods=["GET", "POST"])
@requires(can_make_slips)
def slips() -> Any:
    """Those who have no PIN yet, of everywhere or of one unit, cohort or list; the ticked ones, or all, get a slip each."""
    now = clock.now()
    name, group = chosen_group()
    if request.method == "POST":
        return made_slips(people_to_hand_slips(group, now=now), now=now)
    waiting = people_of(current_user, group, *MAKE_SLIPS)
    found = learners_for(current_user, waiting=True, page=page_number(), now=now,
                         among=(name, waiting.with_only_columns(Person.id)))
    places = organisations_for(current_user, *MAKE_SLIPS)
    return render_template(
        "people/slips.html", found=found, search=group.search, batches=batches_of(current_user, now=now), most=MOST,
        places=places if len(places) > 1 else [], cohorts=cohort_choices(current_user, *MAKE_SLIPS), same=same_group(),
        without=count_of(without_slip(waiting, now=now)))


def chosen_group() -> tuple[str, Group]:
    """The group that the address names, and a name for it; whoever is not the actor's is not there."""
    wanted, listed = uuid_in(request.args.get("noi", "")), uuid_in(request.args.get("lan", ""))
    narrower: dict[str, Any] = {"search": clean(request.args.get("tim", ""))[:120], "without_secret": True}
    if listed:
        people_of_import = current_app.extensions["people_of_import"](current_user, listed)
        narrower["person_ids"] = people_of_import if people_of_import is not None else abort(404)
    if wanted:
        place = place_for(current_user, wanted, *MAKE_SLIPS) or abort(404)
        group = place.group(**narrower)
    else:
        group = Group(**narrower)
    return f"{wanted}/{listed}/{group.search}", group


def same_group() -> dict[str, str]:
    """What names the group, for the addresses of the page's links and forms."""
    return {key: request.args[key][:120] for key in ("noi", "lan", "tim") if request.args.get(key)}


def people_to_hand_slips(group: Group, *, now: datetime) -> list[Person]:
    """The ticked people; or of the whole group those without a slip (`tat_ca` "moi"), or everybody ("lam-lai").

    Raises DomainError slip.nobody, people.not_all_yours.
    """
    everybody = request.form.get("tat_ca")
    people = people_of(current_user, group, *MAKE_SLIPS)
    if everybody == "moi":
        people = without_slip(people, now=now)
    elif everybody != "lam-lai":
        uuids = set(uuids_in("nguoi"))
        people = people_of(current_user, Group(), *MAKE_SLIPS).where(Person.uuid.in_(uuids))
        if len(uuids) != count_of(people):
            raise DomainError("people.not_all_yours")
    found = list(db.session.scalars(people.order_by(Person.name_key, Person.id).limit(MOST)))
    if not found:
        raise DomainError("slip.nobody")
    return found


def made_slips(people: list[Person], *, now: datetime) -> Any:
    batch, made = make_activation_codes(people, by=current_user, now=now)
    if not made:
        raise DomainError("slip.not_yours_to_make")
    db.session.commit()
    if made < len(people):
        flash(_("%(count)d người có vai trò ngang hoặc cao hơn bạn: người khác làm phiếu giúp.", count=len(people) - made), "tip")
    return redirect(url_for("people.slip_sheet", batch=batch))


@bp.get("/phieu/<uuid:batch>")
@requires(can_make_slips)
def slip_sheet(batch: UUID) -> Any:
    """The sheets of one batch, for its maker, for a day. A single slip is shown large enough to scan off the screen."""
    made = slips_of(current_user, batch, now=clock.now()) or abort(404)
    base = current_app.config["LMS_BASE_URL"]
    sheets = [made[start:start + A_SHEET] for start in range(0, len(made), A_SHEET)]
    return render_template("people/slip-sheet.html", slips=made, sheets=sheets, base=base,
                           host=base.partition("://")[2], is_trial=not is_public_address(base))
