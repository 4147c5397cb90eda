"""Who holds which role where, as those above see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.people.models import (
    ROLES,
    Actor,
    Membership,
    Organisation,
    OrganisationClosure,
    OrganisationPeriod,
    Person,
    RoleGrant,
)
from lms.people.queries.organisations import organisation_ids_under
from lms.people.queries.persons import matching, people_visible_to
from lms.people.rules.roles import GRANT_ROLES
from lms.people.rules.sight import BELONGS, sight

PAGE = 50
FEW = 20
OF_AGE = 18
_GIVER = sa.orm.aliased(Person)


@dataclass(frozen=True)
class Holding:
    """That somebody holds a role at an organisation: since when, by whom, and as a deputy until when."""

    person_uuid: UUID
    full_name: str
    personal_code: str
    organisation_uuid: UUID
    organisation: str
    role: str
    is_deputy: bool
    granted_at: datetime
    granted_by: str | None
    holds_from: datetime | None
    holds_until: datetime | None


@dataclass(frozen=True)
class HoldingPage:
    """One page of them, by organisation, the highest role first."""

    lines: list[Holding]
    page: int
    pages: int
    total: int


_COLUMNS = (
    Person.uuid, Person.full_name, Person.personal_code, Organisation.uuid, OrganisationPeriod.name, RoleGrant.role,
    RoleGrant.is_deputy, RoleGrant.granted_at, _GIVER.full_name, RoleGrant.holds_from, RoleGrant.holds_until)


def _under(actor: Actor, *columns: Any) -> Any:
    return (
        sa.select(*columns).select_from(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id).join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .join(OrganisationPeriod, sa.and_(OrganisationPeriod.organisation_id == Organisation.id,
                                          OrganisationPeriod.valid_to.is_(None)))
        .outerjoin(_GIVER, _GIVER.id == RoleGrant.granted_by_id)
        .where(RoleGrant.ended_at.is_(None), RoleGrant.organisation_id.in_(organisation_ids_under(actor, *GRANT_ROLES))))


def holdings_under(actor: Actor, *, search: str = "", page: int = 1) -> HoldingPage:
    """Who holds what at the actor's organisations and below. Two statements."""
    found = [matching(search)] if search else []
    total = db.session.scalar(_under(actor, sa.func.count(RoleGrant.id)).where(*found)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    highest = sa.case({role: -place for place, role in enumerate(ROLES)}, value=RoleGrant.role)
    rows = db.session.execute(
        _under(actor, *_COLUMNS).where(*found)
        .order_by(OrganisationPeriod.folded_name, Organisation.id, highest, RoleGrant.is_deputy, Person.name_key, RoleGrant.id)
        .limit(PAGE).offset((page - 1) * PAGE))
    return HoldingPage([Holding(*row) for row in rows], page, pages, total)


def holding_for(actor: Actor, organisation_uuid: UUID, person_uuid: UUID, role: str) -> tuple[RoleGrant, Holding] | None:
    """The live grant of this role to this person there, when it lies under the actor; else None."""
    row = db.session.execute(_under(actor, RoleGrant, *_COLUMNS).where(
        Organisation.uuid == organisation_uuid, Person.uuid == person_uuid, RoleGrant.role == role[:32])).first()
    return (row[0], Holding(*row[1:])) if row else None


@dataclass(frozen=True)
class Colleague:
    """Somebody who could take over."""

    uuid: UUID
    full_name: str
    birth_year: int | None
    personal_code: str


def colleagues_for(actor: Actor, organisation_uuid: UUID, *, search: str = "", now: datetime) -> list[Colleague]:
    """The grown-ups who belong to this organisation and whom the actor sees, a few, by name."""
    grown_up = sa.or_(Person.birth_year.is_(None), Person.birth_year <= clock.local_date(now).year - OF_AGE)
    here = sa.select(Membership.person_id).join(Organisation, Organisation.id == Membership.organisation_id).where(
        Organisation.uuid == organisation_uuid, *BELONGS)
    found = [matching(search)] if search else []
    rows = db.session.execute(
        people_visible_to(actor).where(Person.id.in_(here), grown_up, *found)
        .with_only_columns(Person.uuid, Person.full_name, Person.birth_year, Person.personal_code)
        .order_by(Person.name_key, Person.id).limit(FEW))
    return [Colleague(*row) for row in rows]


def places_of(actor: Actor, person_id: int) -> list[tuple[UUID, str]]:
    """(uuid, present name) of the organisations through which the actor sees this person, and of those above them at
    which the actor works: where a role for this person could be held, the nearest first."""
    nearest = sa.func.min(OrganisationClosure.depth)
    rows = db.session.execute(
        sa.select(Organisation.uuid, OrganisationPeriod.name)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .join(OrganisationClosure, OrganisationClosure.ancestor_id == Organisation.id)
        .join(Membership, Membership.organisation_id == OrganisationClosure.descendant_id)
        .where(OrganisationPeriod.valid_to.is_(None), Membership.person_id == person_id, *sight(actor).memberships(),
               Organisation.id.in_(organisation_ids_under(actor, *GRANT_ROLES)))
        .group_by(Organisation.id, Organisation.uuid, OrganisationPeriod.name, OrganisationPeriod.folded_name)
        .order_by(nearest, OrganisationPeriod.folded_name, Organisation.id))
    return [(row.uuid, row.name) for row in rows]
