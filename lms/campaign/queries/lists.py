"""The list of a unit as it stands in the system now: what would be handed in."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Membership, OrganisationClosure, OrganisationPeriod, Person
from lms.people.rules.sight import BELONGS

Row = dict[str, str | int | None]
KEYS = ("full_name", "birth_date", "birth_year", "phone", "email", "staff_code", "class", "position", "organisation",
        "personal_code")


def rows_of_unit(organisation_id: int, *, audience: str | None) -> list[Row]:
    """Everybody who belongs to this unit or to one below it, once each, by given name. One statement.

    `organisation` names the part of the unit where somebody is, and is empty for the unit itself. Whoever has not yet said
    yes to belonging here is not on it (`unanswered_in`).
    """
    statement = (
        sa.select(Person.id, Person.full_name, Person.birth_date, Person.birth_year, Person.phone, Person.email,
                  Membership.staff_code, Membership.school_class, Membership.position, OrganisationPeriod.name,
                  OrganisationClosure.depth, Person.personal_code)
        .join(Membership, Membership.person_id == Person.id)
        .join(OrganisationClosure, OrganisationClosure.descendant_id == Membership.organisation_id)
        .outerjoin(OrganisationPeriod, sa.and_(OrganisationPeriod.organisation_id == Membership.organisation_id,
                                               OrganisationPeriod.valid_to.is_(None)))
        .where(OrganisationClosure.ancestor_id == organisation_id, *BELONGS, Person.ended_at.is_(None))
        .order_by(Person.name_key, Person.id, OrganisationClosure.depth, Membership.id))
    if audience:
        statement = statement.where(Person.audience == audience)
    found: dict[int, Row] = {}
    for row in db.session.execute(statement):
        place = row.name if row.depth else ""
        if row.id not in found:
            birth = row.birth_date.isoformat() if row.birth_date else None
            found[row.id] = dict(zip(KEYS, (
                row.full_name, birth, row.birth_year, row.phone, row.email, row.staff_code, row.school_class, row.position,
                place, row.personal_code), strict=True))
        elif not found[row.id]["organisation"]:
            found[row.id]["organisation"] = place
    return list(found.values())


def unanswered_in(organisation_id: int) -> int:
    """How many people the unit's lists name who have not yet said yes to belonging there."""
    return db.session.scalar(
        sa.select(sa.func.count(sa.distinct(Membership.person_id)))
        .join(OrganisationClosure, OrganisationClosure.descendant_id == Membership.organisation_id)
        .where(OrganisationClosure.ancestor_id == organisation_id, Membership.left_on.is_(None),
               Membership.is_claimed.is_(False))) or 0


def fingerprint(rows: list[Any]) -> str:
    """SHA-256 of the rows in one normal form."""
    normal = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(normal.encode()).hexdigest()
