"""The tree of organisations: what lies under an actor's roles, what stands above a person, names as of a day."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Actor, Membership, Organisation, OrganisationClosure, OrganisationPeriod, RoleGrant
from lms.people.rules.organisations import natural_key
from lms.people.rules.sight import BELONGS


@dataclass(frozen=True, slots=True)
class Child:
    """An organisation as it stands below another today."""

    id: int
    uuid: UUID
    key: str
    name: str
    kind: str


def organisation_ids_under(actor: Actor, *roles: str) -> sa.Select[int]:
    """Ids of every organisation at or below which the actor holds one of these roles, to stand inside `in_(…)`."""
    return sa.select(OrganisationClosure.descendant_id).where(
        OrganisationClosure.ancestor_id.in_(actor.organisations(*roles)))


def organisation_ids_above(organisation_id: int) -> set[int]:
    """Ids of this organisation and of everything above it."""
    return set(db.session.scalars(
        sa.select(OrganisationClosure.ancestor_id).where(OrganisationClosure.descendant_id == organisation_id)))


def organisation_ids_of(person_id: int) -> set[int]:
    """Ids of the organisations this person belongs to today, and of everything above them."""
    return set(db.session.scalars(
        sa.select(OrganisationClosure.ancestor_id)
        .join(Membership, Membership.organisation_id == OrganisationClosure.descendant_id)
        .where(Membership.person_id == person_id, *BELONGS)))


def organisation_keys_of(person_id: int) -> list[str]:
    """Keys of the organisations this person belongs to and of everything above them, the nearest first."""
    nearest = sa.func.min(OrganisationClosure.depth)
    rows = db.session.execute(
        sa.select(Organisation.key, nearest)
        .join(OrganisationClosure, OrganisationClosure.ancestor_id == Organisation.id)
        .join(Membership, Membership.organisation_id == OrganisationClosure.descendant_id)
        .where(Membership.person_id == person_id, *BELONGS)
        .group_by(Organisation.key).order_by(nearest, Organisation.key))
    return [key for key, _ in rows]


def organisation_by_key(key: str) -> Organisation | None:
    """The organisation of this key, or None."""
    found: Organisation | None = db.session.scalar(sa.select(Organisation).where(Organisation.key == key))
    return found


def living_organisation(key: str) -> Organisation | None:
    """The organisation of this key when it still takes people in, else None."""
    found: Organisation | None = db.session.scalar(
        sa.select(Organisation).join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .where(Organisation.key == key, OrganisationPeriod.valid_to.is_(None)))
    return found


def root_organisation() -> Organisation | None:
    """The oldest organisation that stands under no other: the body itself. None in an empty installation."""
    found: Organisation | None = db.session.scalar(
        sa.select(Organisation).join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .where(OrganisationPeriod.valid_to.is_(None), OrganisationPeriod.parent_id.is_(None))
        .order_by(Organisation.id).limit(1))
    return found


def runs_the_body(actor: Actor) -> bool:
    """Whether the actor is an admin of the body itself, not only of a part of it: settings hold for everybody."""
    held = actor.organisations("admin")
    root = root_organisation() if held else None
    return root is not None and root.id in held


def children_of(organisation_id: int) -> list[Child]:
    """What stands directly below this organisation today, in natural order of names."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.uuid, Organisation.key, OrganisationPeriod.name, OrganisationPeriod.kind,
                  OrganisationPeriod.folded_name)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .where(OrganisationPeriod.valid_to.is_(None), OrganisationPeriod.parent_id == organisation_id)
        .order_by(Organisation.id)).all()
    return [Child(*row[:5]) for row in sorted(rows, key=lambda row: natural_key(row.folded_name))]


def organisation_named(parent_id: int, folded_name: str) -> Organisation | None:
    """The living organisation of this folded name below `parent_id`: the nearest; None when there is none, or two alike."""
    rows = db.session.execute(
        sa.select(Organisation, OrganisationClosure.depth)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .join(OrganisationClosure, OrganisationClosure.descendant_id == Organisation.id)
        .where(OrganisationPeriod.valid_to.is_(None), OrganisationPeriod.folded_name == folded_name,
               OrganisationClosure.ancestor_id == parent_id, OrganisationClosure.depth > 0)
        .order_by(OrganisationClosure.depth).limit(2)).all()
    if not rows or (len(rows) == 2 and rows[0].depth == rows[1].depth):
        return None
    found: Organisation = rows[0][0]
    return found


def periods_of(organisation_id: int) -> list[OrganisationPeriod]:
    """Its names and places through time, the oldest first."""
    return list(db.session.scalars(
        sa.select(OrganisationPeriod).where(OrganisationPeriod.organisation_id == organisation_id)
        .order_by(OrganisationPeriod.valid_from)))


def live_member_ids(organisation_id: int) -> set[int]:
    """Ids of the persons who belong to this very organisation today."""
    return set(db.session.scalars(sa.select(Membership.person_id).where(
        Membership.organisation_id == organisation_id, Membership.left_on.is_(None))))


def role_holder_ids(organisation_id: int) -> set[int]:
    """Ids of the persons who hold a role at this very organisation."""
    return set(db.session.scalars(sa.select(RoleGrant.person_id).where(
        RoleGrant.organisation_id == organisation_id, RoleGrant.ended_at.is_(None))))


def name_of(organisation_id: int, on: date) -> str:
    """What the organisation was called on this day; the nearest name it had when none covers the day."""
    covers = (OrganisationPeriod.valid_from <= on) & (OrganisationPeriod.valid_to.is_(None) | (OrganisationPeriod.valid_to > on))
    name: str = db.session.scalars(
        sa.select(OrganisationPeriod.name).where(OrganisationPeriod.organisation_id == organisation_id)
        .order_by(sa.case((covers, 0), else_=1), OrganisationPeriod.valid_from).limit(1)).one()
    return name


def names_today(organisation_ids: Any) -> dict[int, str]:
    """Present names by id, for a list of ids or a subselect."""
    return {row.organisation_id: row.name for row in db.session.execute(
        sa.select(OrganisationPeriod.organisation_id, OrganisationPeriod.name)
        .where(OrganisationPeriod.valid_to.is_(None), OrganisationPeriod.organisation_id.in_(organisation_ids)))}


def organisations_for(actor: Actor, *roles: str) -> list[tuple[UUID, str]]:
    """(uuid, name) of every organisation under these roles of the actor, in the order of the tree's names."""
    rows = db.session.execute(
        sa.select(Organisation.uuid, OrganisationPeriod.name)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .where(OrganisationPeriod.valid_to.is_(None), Organisation.id.in_(organisation_ids_under(actor, *roles)))
        .order_by(OrganisationPeriod.folded_name, Organisation.id))
    return [(row.uuid, row.name) for row in rows]


def organisation_for(actor: Actor, uuid: UUID, *roles: str, or_ended: bool = False) -> Organisation | None:
    """The living organisation of this uuid when it lies under these roles of the actor, else None.

    `or_ended`: also one that is no more, for pages that show what was; nobody is added there.
    """
    living = sa.exists().where(OrganisationPeriod.organisation_id == Organisation.id, OrganisationPeriod.valid_to.is_(None))
    found: Organisation | None = db.session.scalar(
        sa.select(Organisation).where(
            Organisation.uuid == uuid, Organisation.id.in_(organisation_ids_under(actor, *roles)),
            *([] if or_ended else [living])))
    return found


def all_organisations() -> list[dict[str, Any]]:
    """Every organisation with its present period, parents before children, for the command line."""
    parent = sa.orm.aliased(Organisation)
    depth = (sa.select(sa.func.max(OrganisationClosure.depth))
             .where(OrganisationClosure.descendant_id == Organisation.id).scalar_subquery())
    rows = db.session.execute(
        sa.select(Organisation.key, OrganisationPeriod.name, OrganisationPeriod.kind, parent.key.label("parent"), depth)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .outerjoin(parent, parent.id == OrganisationPeriod.parent_id)
        .where(OrganisationPeriod.valid_to.is_(None)).order_by(depth, Organisation.key))
    return [{"key": r.key, "name": r.name, "kind": r.kind, "parent": r.parent} for r in rows]
