"""Which rows were said to be one person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Actor, Membership, OrganisationPeriod, Person, PersonAlias
from lms.people.queries.persons import people_visible_to
from lms.people.rules.sight import BELONGS, sight

FEW = 20


@dataclass(frozen=True)
class Merged:
    """A row that is somebody else's now: what it was called, since when, who said so and why."""

    uuid: UUID              # of the note, for the way back
    full_name: str
    personal_code: str
    merged_at: datetime
    merged_by: str | None
    reason: str


def merged_into(person_id: int) -> list[Merged]:
    """The rows merged into this person, the newest first. One statement."""
    other, doer = sa.orm.aliased(Person), sa.orm.aliased(Person)
    rows = db.session.execute(
        sa.select(PersonAlias.uuid, other.full_name, other.personal_code, PersonAlias.merged_at, doer.full_name,
                  PersonAlias.reason)
        .join(other, other.id == PersonAlias.other_id).outerjoin(doer, doer.id == PersonAlias.merged_by_id)
        .where(PersonAlias.kept_id == person_id, PersonAlias.ended_at.is_(None)).order_by(PersonAlias.id.desc()))
    return [Merged(*row) for row in rows]


def merge_for(actor: Actor, uuid: UUID) -> PersonAlias | None:
    """The note of this uuid, when the actor sees the person who was kept; else None."""
    found: PersonAlias | None = db.session.scalar(sa.select(PersonAlias).where(
        PersonAlias.uuid == uuid, PersonAlias.kept_id.in_(sight(actor).select())))
    return found


def place_under(actor: Actor | None, person_id: int, *roles: str) -> int | None:
    """The organisation through which the actor sees this person (with these roles); None, the command line: any."""
    through = sight(actor, *roles).memberships() if actor else BELONGS
    found: int | None = db.session.scalar(
        sa.select(sa.func.min(Membership.organisation_id)).where(Membership.person_id == person_id, *through))
    return found


@dataclass(frozen=True)
class Namesake:
    """Somebody of the same name, with what tells two people apart."""

    uuid: UUID
    full_name: str
    birth_year: int | None
    phone: str | None
    personal_code: str
    has_secret: bool
    organisations: str


def namesakes_of(actor: Actor, person: Person) -> list[Namesake]:
    """Others whom the actor sees and whose name is the same without marks, a few. One statement."""
    return _with_places(actor, Person.folded_name == person.folded_name, Person.id != person.id)


def as_namesake(actor: Actor, person: Person) -> Namesake:
    """The person themselves in the same words. One statement."""
    return _with_places(actor, Person.id == person.id)[0]


def _with_places(actor: Actor, *which: sa.ColumnElement[bool]) -> list[Namesake]:
    places = (
        sa.select(sa.func.aggregate_strings(OrganisationPeriod.name, ", "))
        .join(Membership, Membership.organisation_id == OrganisationPeriod.organisation_id)
        .where(Membership.person_id == Person.id, *sight(actor).memberships(), OrganisationPeriod.valid_to.is_(None))
        .correlate(Person).scalar_subquery())
    rows = db.session.execute(
        people_visible_to(actor).where(*which)
        .with_only_columns(Person.uuid, Person.full_name, Person.birth_year, Person.phone, Person.personal_code,
                           Person.secret_hash.is_not(None), places)
        .order_by(Person.id).limit(FEW))
    return [Namesake(*row) for row in rows]
