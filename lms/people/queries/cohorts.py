"""Cohorts: those of an actor's units, one of them, the people in it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Actor, Cohort, CohortMember, Membership, Organisation, OrganisationPeriod, Person
from lms.people.queries.groups import Group, count_of, member_ids_of, people_of
from lms.people.queries.organisations import organisation_ids_under
from lms.people.rules.cohorts import MANAGE_COHORTS
from lms.people.rules.sight import sight

PAGE = 50


@dataclass(frozen=True)
class CohortLine:
    """A cohort in a list."""

    uuid: UUID
    name: str
    organisation: str
    organisation_uuid: UUID
    begun_on: date
    ended_at: datetime | None
    people: int


@dataclass(frozen=True)
class CohortPage:
    """One page of a list of cohorts."""

    lines: list[CohortLine]
    page: int
    pages: int
    total: int


def cohorts_for(actor: Actor, *, ended: bool = False, page: int = 1) -> CohortPage:
    """The cohorts of the actor's units, by unit and name, fifty a page; those that go on, or those that ended."""
    mine = [Cohort.organisation_id.in_(organisation_ids_under(actor, *MANAGE_COHORTS)),
            Cohort.ended_at.is_not(None) if ended else Cohort.ended_at.is_(None)]
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Cohort).where(*mine)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    people = (sa.select(sa.func.count()).select_from(CohortMember)
              .where(CohortMember.cohort_id == Cohort.id, CohortMember.left_on.is_(None)).correlate(Cohort).scalar_subquery())
    rows = db.session.execute(
        sa.select(Cohort.uuid, Cohort.name, OrganisationPeriod.name, Organisation.uuid, Cohort.begun_on, Cohort.ended_at, people)
        .join(Organisation, Organisation.id == Cohort.organisation_id)
        .join(OrganisationPeriod, sa.and_(OrganisationPeriod.organisation_id == Cohort.organisation_id,
                                          OrganisationPeriod.valid_to.is_(None)))
        .where(*mine).order_by(OrganisationPeriod.folded_name, Cohort.folded_name, Cohort.id)
        .limit(PAGE).offset((page - 1) * PAGE))
    return CohortPage([CohortLine(*row) for row in rows], page, pages, total)


def cohort_for(actor: Actor, uuid: UUID, *roles: str) -> Cohort | None:
    """The cohort of this uuid, ended or not, when it is of a unit under these roles of the actor (none named: those who
    keep cohorts), else None."""
    found: Cohort | None = db.session.scalar(sa.select(Cohort).where(
        Cohort.uuid == uuid, Cohort.organisation_id.in_(organisation_ids_under(actor, *(roles or MANAGE_COHORTS)))))
    return found


def cohort_named(organisation: Organisation, folded_name: str) -> Cohort | None:
    """The live cohort of this unit whose name folds to this."""
    found: Cohort | None = db.session.scalar(sa.select(Cohort).where(
        Cohort.organisation_id == organisation.id, Cohort.folded_name == folded_name, Cohort.ended_at.is_(None)))
    return found


def cohort_choices(actor: Actor, *roles: str) -> list[tuple[UUID, str, str]]:
    """(uuid, name, name of the unit) of every live cohort under these roles of the actor, for a page to offer."""
    rows = db.session.execute(
        sa.select(Cohort.uuid, Cohort.name, OrganisationPeriod.name.label("organisation"))
        .join(OrganisationPeriod, sa.and_(OrganisationPeriod.organisation_id == Cohort.organisation_id,
                                          OrganisationPeriod.valid_to.is_(None)))
        .where(Cohort.organisation_id.in_(organisation_ids_under(actor, *roles)), Cohort.ended_at.is_(None))
        .order_by(OrganisationPeriod.folded_name, Cohort.folded_name))
    return [(row.uuid, row.name, row.organisation) for row in rows]


@dataclass(frozen=True)
class PersonLine:
    """Somebody in a list to tick. Position and class are those held in the actor's own units."""

    id: int
    uuid: UUID
    full_name: str
    birth_year: int | None
    position: str | None
    school_class: str | None
    has_secret: bool


@dataclass(frozen=True)
class PeoplePage:
    """One page of people."""

    lines: list[PersonLine]
    page: int
    pages: int
    total: int


def page_of(actor: Actor, people: sa.Select[Any], *, page: int = 1) -> PeoplePage:
    """One page of a select of persons, by given name. Two statements."""
    total = count_of(people)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    held = [
        sa.select(sa.func.min(column)).where(Membership.person_id == Person.id, *sight(actor).memberships())
        .correlate(Person).scalar_subquery() for column in (Membership.position, Membership.school_class)]
    rows = db.session.execute(
        people.with_only_columns(
            Person.id, Person.uuid, Person.full_name, Person.birth_year, *held, Person.secret_hash.is_not(None))
        .order_by(None).order_by(Person.name_key, Person.id).limit(PAGE).offset((page - 1) * PAGE))
    return PeoplePage([PersonLine(*row) for row in rows], page, pages, total)


def addable_to(actor: Actor, cohort: Cohort, group: Group) -> sa.Select[Person]:
    """Those of the group who are not in the cohort, to be put into it."""
    return people_of(actor, group, *MANAGE_COHORTS).where(Person.id.not_in(member_ids_of(cohort.id)))
