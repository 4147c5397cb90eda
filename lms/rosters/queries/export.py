"""The people of an organisation as rows of a list that imports again as a no-op."""

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from lms.core.bulk import among
from lms.core.db import db
from lms.people.models import Actor, Membership, OrganisationClosure, OrganisationPeriod, Person
from lms.people.rules.sight import sight
from lms.rosters.models import RosterChange


def rows_to_export(organisation_id: int, *, by: Actor | None) -> list[dict[str, Any]]:
    """One row for each member of the organisation or of one below it, in name order, keyed as a list's columns.

    Whoever belongs to several is listed once, where they are nearest to the leaves. Only people whom the actor may see;
    `by` None is the command line. Of people who have not yet agreed to belong there: what the organisation's own list said.
    """
    below = (
        sa.select(OrganisationClosure.descendant_id, OrganisationClosure.depth)
        .where(OrganisationClosure.ancestor_id == organisation_id).subquery())
    is_seen: Any = sa.true() if by is None else Person.id.in_(sight(by).select())
    rows = db.session.execute(
        sa.select(Person.id, Person.full_name, Person.birth_date, Person.birth_year, Person.phone, Person.email,
                  Person.personal_code, Membership.staff_code, Membership.school_class, Membership.position,
                  OrganisationPeriod.name, below.c.depth, Membership.is_claimed, Membership.id.label("membership_id"),
                  is_seen.label("is_seen"))
        .join(Membership, Membership.person_id == Person.id)
        .join(below, below.c.descendant_id == Membership.organisation_id)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Membership.organisation_id)
        .where(Membership.left_on.is_(None), OrganisationPeriod.valid_to.is_(None), Person.ended_at.is_(None))
        .order_by(Person.name_key, Person.id, Membership.is_claimed.desc(), below.c.depth.desc(), Membership.id)).all()
    said = said_of([row.membership_id for row in rows if not row.is_claimed])
    listed: dict[int, dict[str, Any]] = {}
    for row in rows:
        facts = _facts(row) if row.is_claimed and row.is_seen else said.get(row.membership_id)
        if facts:
            listed.setdefault(row.id, {
                **facts, "staff_code": row.staff_code, "class": row.school_class, "position": row.position,
                "organisation": row.name if row.depth else None})
    return list(listed.values())


def _facts(row: Any) -> dict[str, Any]:
    return {"full_name": row.full_name, "birth_date": row.birth_date or row.birth_year, "phone": row.phone, "email": row.email,
            "personal_code": row.personal_code}


def said_of(membership_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What a list said when it laid these memberships on people who have not agreed yet; the last list counts."""
    rows = db.session.execute(
        sa.select(RosterChange.membership_id, RosterChange.after)
        .where(RosterChange.kind == "membership_begun", RosterChange.undone_at.is_(None),
               among(RosterChange.membership_id, membership_ids)).order_by(RosterChange.id))
    found = {}
    for membership_id, after in rows:
        said = (after or {}).get("listed")
        if said:
            born = said.get("birth_date")
            found[membership_id] = {
                "full_name": said["full_name"], "birth_date": date.fromisoformat(born) if born else said.get("birth_year"),
                "phone": said.get("phone"), "email": said.get("email"), "personal_code": None}
    return found
