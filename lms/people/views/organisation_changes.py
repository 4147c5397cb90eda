"""Officers: rename, move, merge, split or end an organisation. First what will happen, then, confirmed, it happens.

What will happen is found by doing it and taking it back: so it is exactly what the confirmation then does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.forms.organisations import (
    MOST_PARTS,
    NEW,
    ChangeForm,
    EndForm,
    MergeForm,
    MoveForm,
    NamedForm,
    SplitForm,
)
from lms.people.models import Organisation
from lms.people.queries import organisation_pages as pages
from lms.people.queries.organisations import children_of, organisation_for
from lms.people.rules.organisations import KEEP_ORGANISATIONS, can_keep_organisations, members_named
from lms.people.services.organisations import (
    create_organisation,
    end_organisation,
    free_key,
    move_organisation,
    rename_organisation,
)
from lms.people.services.successions import Division, Done, merge_organisations, split_organisation
from lms.people.views.blueprint import bp
from lms.people.views.organisations import changed_or_404, searched
from lms.web.access import requires
from lms.web.forms import uuid_in

How = dict[str, Any]
MOST_MERGED = 50


@dataclass(frozen=True)
class Outcome:
    """Where one finds oneself afterwards, and what changed."""

    shown: UUID
    name: str = ""
    done: Done = Done()


def rename(organisation: Organisation, form: Any, how: How) -> Outcome:
    period = rename_organisation(organisation, form.name.data, kind=form.kind.data, **how)
    return Outcome(organisation.uuid, period.name)


def move(organisation: Organisation, form: Any, how: How) -> Outcome:
    parent = chosen(form.parent.data)
    if parent is None:
        raise DomainError("organisation.not_chosen")
    below = pages.people_counts([organisation.id]).get(organisation.id, (0, 0))[1]
    move_organisation(organisation, parent, **how)
    return Outcome(organisation.uuid, pages.past_of(parent.id)[0].name, Done(people=below))


def merge(organisation: Organisation, form: Any, how: How) -> Outcome:
    sources = [organisation, *(one for one in map(chosen, (form.others.data or ())[:MOST_MERGED]) if one and one != organisation)]
    if form.into.data == NEW:
        into = founded(organisation, form.name.data, form.kind.data, how)
    else:
        found = chosen(form.into.data)
        if found is None:
            raise DomainError("organisation.not_chosen")
        into = found
    done = merge_organisations([one for one in sources if one != into], into, **how)
    return Outcome(into.uuid, pages.past_of(into.id)[0].name, done)


def split(organisation: Organisation, form: Any, how: How) -> Outcome:
    kind = pages.past_of(organisation.id)[0].kind
    parts: dict[int, Organisation] = {1: organisation} if form.lives_on.data else {}
    for number, name in form.names():
        if number not in parts:
            parts[number] = founded(organisation, name, kind, how)
    if 1 not in parts:
        raise DomainError("organisation.parts_missing")
    people = people_of(organisation, form, parts)
    children = {one.id: parts[number] for one in children_of(organisation.id)
                if (number := part_number(f"duoi-{one.uuid}")) in parts}
    done = split_organisation(organisation, Division(tuple(parts.values()), people, children), **how)
    return Outcome(organisation.uuid, ", ".join(pages.past_of(part.id)[0].name for part in parts.values()), done)


def end(organisation: Organisation, _form: Any, how: How) -> Outcome:
    above = pages.parent_of(organisation)
    went_up = end_organisation(organisation, **how)
    return Outcome(above.uuid if above else organisation.uuid, pages.past_of(above.id)[0].name if above else "", Done(went_up))


@dataclass(frozen=True)
class Change:
    """One kind of change: its form, what it does, and its words."""

    form: type[ChangeForm]
    act: Callable[[Organisation, Any, How], Outcome]
    title: LazyString
    button: LazyString
    said: LazyString
    has_choices: bool = False


CHANGES = {
    "doi-ten": Change(NamedForm, rename, _l("Đổi tên đơn vị"), _l("Đổi tên"), _l("Đã đổi tên.")),
    "chuyen": Change(MoveForm, move, _l("Chuyển sang dưới đơn vị khác"), _l("Chuyển đơn vị"), _l("Đã chuyển đơn vị."), True),
    "sap-nhap": Change(MergeForm, merge, _l("Sáp nhập"), _l("Sáp nhập"), _l("Đã sáp nhập."), True),
    "tach": Change(SplitForm, split, _l("Tách đơn vị"), _l("Tách đơn vị"), _l("Đã tách đơn vị.")),
    "ket-thuc": Change(EndForm, end, _l("Kết thúc hoạt động"), _l("Kết thúc đơn vị"), _l("Đã kết thúc đơn vị.")),
}


@bp.route("/dia-ban/don-vi/<uuid:uuid>/<any('doi-ten', 'chuyen', 'sap-nhap', 'tach', 'ket-thuc'):what>", methods=["GET", "POST"])
@requires(can_keep_organisations)
def change_organisation(uuid: UUID, what: str) -> Any:
    organisation, change, now = changed_or_404(uuid), CHANGES[what], clock.now()
    last = pages.past_of(organisation.id)[0]
    form: Any = change.form(on=clock.local_date(now), name=last.name if what == "doi-ten" else "", kind=last.kind)
    is_edited = "sua" in request.form
    if form.validate_on_submit() and not is_edited:
        how = {"on": form.on.data, "now": now, "decision": form.decision.data, "by": current_user}
        try:
            outcome = change.act(organisation, form, how)
            db.session.flush()
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            if request.form.get("chac_chan"):
                db.session.commit()
                flash(str(change.said), "ok")
                return redirect(url_for("people.organisation", uuid=outcome.shown))
            db.session.rollback()  # it was only to see what will happen
            return render_template("people/organisation-sure.html", organisation=organisation, now=last, what=what,
                                   change=change, form=form, outcome=outcome, typed=typed())
    choices = pages.choices_beside(current_user, organisation, search=searched()) if change.has_choices else []
    return render_template(
        "people/organisation-change.html", organisation=organisation, now=last, what=what, change=change, form=form,
        choices=choices, search=searched(), below=children_of(organisation.id) if what == "tach" else [],
        most_parts=MOST_PARTS, few=pages.FEW), 422 if form.errors else 200


def typed() -> list[tuple[str, str]]:
    """Everything that was posted but the token and the buttons, to be posted again with the confirmation."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "chac_chan", "sua")]


def chosen(text: str | None) -> Organisation | None:
    """The organisation that was chosen, when it lies under the actor's roles."""
    uuid = uuid_in(text or "")
    return organisation_for(current_user, uuid, *KEEP_ORGANISATIONS) if uuid else None


def founded(organisation: Organisation, name: str, kind: str, how: How) -> Organisation:
    """A new organisation beside this one, from the day of the change."""
    return create_organisation(key=free_key(name), name=name, kind=kind, parent=pages.parent_of(organisation),
                               valid_from=how["on"], decision=how["decision"], by=how["by"], now=how["now"])


def people_of(organisation: Organisation, form: Any, parts: dict[int, Organisation]) -> dict[int, Organisation]:
    """Who goes where, by the lists; every line that names nobody, or several, is told at once."""
    members, found = pages.members_of(organisation.id), {}
    unknown: list[str] = []
    ambiguous: list[str] = []
    for number, part in parts.items():
        named = members_named(form.people(number), members)
        unknown += named.unknown
        ambiguous += [*named.ambiguous, *(one.full_name for one in members if one.person_id in found.keys() & named.person_ids)]
        found |= dict.fromkeys(named.person_ids, part)
    if unknown:
        raise DomainError("organisation.part_unknown", what=shortened(unknown))
    if ambiguous:
        raise DomainError("organisation.part_ambiguous", what=shortened(ambiguous))
    return found


def shortened(lines: list[str]) -> str:
    return "”, “".join(line[:60] for line in lines[:10]) + ("…" if len(lines) > 10 else "")


def part_number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text in {str(number) for number in range(1, MOST_PARTS + 1)} else 0
