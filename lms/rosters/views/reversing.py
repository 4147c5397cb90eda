"""Taking back what a list did, and letting those go who are no longer on it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.queries.organisations import names_today
from lms.people.rules.roles import can_add_people
from lms.rosters.models import RosterImport
from lms.rosters.queries.imports import UNDO_WITHIN, can_be_undone
from lms.rosters.services.removal import GUARD, Leaving, preview_removal, remove_absent
from lms.rosters.services.undoing import undo_import
from lms.rosters.views.blueprint import bp
from lms.rosters.views.uploading import seen_or_404, to_step
from lms.web.access import requires
from lms.web.phrases import day_of, sentence

SPARED = ("roster.people_worked", "roster.listed_since")  # the others can be undone without them


@dataclass(frozen=True)
class UndoFrame:
    """What the page of undoing says. `spares`: somebody stays, the others can go."""

    lead: str
    spares: bool = False


@bp.route("/dau-moi/nhap/<uuid:uuid>/hoan-tac", methods=["GET", "POST"])
@requires(can_add_people)
def undo(uuid: UUID) -> Any:
    """Ask once more, then take the list back; whoever has worked since is named and stays."""
    roster, now = seen_or_404(uuid), clock.now()
    if not can_be_undone(roster, now=now):
        return to_step(roster)
    if request.method == "GET":
        return shown_undo(roster)
    try:
        done = undo_import(roster, by=current_user, now=now, spare=request.form.get("con_lai") == "1")
    except DomainError as fault:
        db.session.rollback()
        return shown_undo(seen_or_404(uuid), sentence(fault), spares=fault.code in SPARED)
    db.session.commit()
    flash(_("Đã hoàn tác cho %(count)d người.", count=done["undone"]) if not done["kept"] else
          _("Đã hoàn tác cho %(count)d người. %(kept)d người ở lại.", count=done["undone"], kept=done["kept"]), "ok")
    return redirect(url_for("rosters.result", uuid=uuid))


def shown_undo(roster: RosterImport, refusal: str = "", *, spares: bool = False) -> Any:
    """The page that asks."""
    counts = roster.counts or {}
    lead = _("%(new)d người mới và %(matched)d người đã có. Hoàn tác được đến hết ngày %(day)s.", new=counts.get("new", 0),
             matched=counts.get("matched", 0), day=day_of(roster.committed_at + UNDO_WITHIN))
    return render_template("rosters/undo.html", roster=roster, frame=UndoFrame(lead, spares), refusal=refusal), (
        422 if refusal else 200)


@dataclass(frozen=True)
class RemovalFrame:
    """Who is not on the list, and what was ticked and typed."""

    people: list[tuple[Leaving, str]]
    members: int
    most: int
    organisation: str
    kept: str
    fingerprint: str
    ticked: frozenset[str]
    typed: str


@bp.route("/dau-moi/nhap/<uuid:uuid>/vang-mat", methods=["GET", "POST"])
@requires(can_add_people)
def removal(uuid: UUID) -> Any:
    """Those of the unit who are not on the list, by name; the ticked ones leave it."""
    roster = seen_or_404(uuid)
    if roster.state != "done":
        return to_step(roster)
    if request.method == "GET":
        return shown_removal(roster)
    try:
        count = remove_absent(
            roster, fingerprint=request.form.get("da-xem", ""), typed=request.form.get("so_nguoi", "")[:12], by=current_user,
            now=clock.now(), chosen=ticked())
    except DomainError as fault:
        db.session.rollback()
        return shown_removal(seen_or_404(uuid), sentence(fault))
    db.session.commit()
    flash(ngettext("%(num)d người đã ra khỏi đơn vị. Hoàn tác lần nhập này thì họ trở lại.",
                   "%(num)d người đã ra khỏi đơn vị. Hoàn tác lần nhập này thì họ trở lại.", count), "ok")
    return redirect(url_for("rosters.result", uuid=uuid))


def ticked() -> set[UUID]:
    """The people ticked; whatever is no uuid is nobody."""
    found = set()
    for text in request.form.getlist("nguoi"):
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


def shown_removal(roster: RosterImport, refusal: str = "") -> Any:
    """The page with the names."""
    preview = preview_removal(roster, by=current_user)
    people = [(one, ", ".join(filter(None, (
        _("sinh năm %(year)s", year=one.birth_year) if one.birth_year else "", one.position)))) for one in preview.leaving]
    frame = RemovalFrame(
        people=people, members=preview.belonging, most=int(preview.belonging * GUARD),
        organisation=names_today([roster.organisation_id]).get(roster.organisation_id, ""), kept=", ".join(preview.kept),
        fingerprint=preview.fingerprint, ticked=frozenset(map(str, ticked())), typed=request.form.get("so_nguoi", "")[:12])
    return render_template("rosters/removal.html", roster=roster, frame=frame, refusal=refusal), 422 if refusal else 200
