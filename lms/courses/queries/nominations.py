"""Nominations: those of an actor's units with their figures, and the people on one with what was decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.courses.models import Course, Nominated, Nomination, NominationDecision
from lms.courses.queries.eligibility import reasons_against, rules_in_force
from lms.people.models import Actor, OrganisationPeriod, Person
from lms.people.queries.organisations import organisation_ids_under
from lms.people.rules.sight import sight

PAGE = 50


@dataclass(frozen=True)
class NominationLine:
    """A nomination in a list, with how many on it are in which state."""

    uuid: UUID
    course: str
    organisation: str
    nominated_at: datetime
    people: int
    accepted: int
    returned: int
    withdrawn: int

    @property
    def waiting(self) -> int:
        """How many nobody has decided about."""
        return self.people - self.accepted - self.returned - self.withdrawn


@dataclass(frozen=True)
class NominationPage:
    """One page of a list of nominations."""

    lines: list[NominationLine]
    page: int
    pages: int
    total: int


def nominations_for(actor: Actor, *roles: str, waiting: bool = False, page: int = 1) -> NominationPage:
    """Nominations of the organisations under these roles of the actor, the newest first. `waiting`: only those on which
    somebody is undecided."""
    wanted: list[sa.ColumnElement[bool]] = [Nomination.organisation_id.in_(organisation_ids_under(actor, *roles))]
    if waiting:
        wanted.append(sa.exists().where(
            Nominated.nomination_id == Nomination.id, ~sa.exists().where(NominationDecision.nominated_id == Nominated.id)))
    mine = sa.and_(*wanted)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Nomination).where(mine)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    shown = (sa.select(Nomination.id).where(mine).order_by(Nomination.nominated_at.desc(), Nomination.id.desc())
             .limit(PAGE).offset((page - 1) * PAGE).subquery())
    rows = db.session.execute(
        sa.select(Nomination.uuid, Course.title.label("course"), OrganisationPeriod.name.label("organisation"),
                  Nomination.nominated_at, sa.func.count(Nominated.id).label("people"),
                  *(sa.func.count(NominationDecision.id).filter(NominationDecision.kind == kind).label(kind)
                    for kind in ("accepted", "returned", "withdrawn")))
        .join(shown, shown.c.id == Nomination.id).join(Course, Course.id == Nomination.course_id)
        .join(OrganisationPeriod, sa.and_(OrganisationPeriod.organisation_id == Nomination.organisation_id,
                                          OrganisationPeriod.valid_to.is_(None)))
        .join(Nominated, Nominated.nomination_id == Nomination.id)
        .outerjoin(NominationDecision, NominationDecision.nominated_id == Nominated.id)
        .group_by(Nomination.id, Course.title, OrganisationPeriod.name)
        .order_by(Nomination.nominated_at.desc(), Nomination.id.desc()))
    return NominationPage([NominationLine(**row._mapping) for row in rows], page, pages, total)


def nomination_for(actor: Actor, uuid: UUID, *roles: str) -> Nomination | None:
    """The nomination of this uuid when its unit lies under these roles of the actor, else None."""
    found: Nomination | None = db.session.scalar(sa.select(Nomination).where(
        Nomination.uuid == uuid, Nomination.organisation_id.in_(organisation_ids_under(actor, *roles))))
    return found


@dataclass(frozen=True)
class NominatedLine:
    """Somebody on a nomination. `state` is "waiting" or the decision."""

    person_id: int
    uuid: UUID
    full_name: str
    birth_year: int | None
    state: str
    reason: str | None
    is_exception: bool
    decided_on: datetime | None
    decided_by: str | None


@dataclass(frozen=True)
class PeoplePage:
    """One page of the people on a nomination."""

    lines: list[NominatedLine]
    page: int
    pages: int
    total: int


def people_on(actor: Actor, nomination: Nomination, *roles: str, page: int = 1) -> PeoplePage:
    """The people on a nomination whom the actor sees with these roles, the undecided first, fifty a page."""
    decider = sa.orm.aliased(Person)
    on = sa.and_(Nominated.nomination_id == nomination.id, Nominated.person_id.in_(sight(actor, *roles).select()))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Nominated).where(on)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = db.session.execute(
        sa.select(Person.id, Person.uuid, Person.full_name, Person.birth_year,
                  sa.func.coalesce(sa.type_coerce(NominationDecision.kind, sa.String), "waiting"), NominationDecision.reason,
                  sa.func.coalesce(NominationDecision.is_exception, sa.false()), NominationDecision.decided_at,
                  decider.full_name)
        .join(Nominated, Nominated.person_id == Person.id)
        .outerjoin(NominationDecision, NominationDecision.nominated_id == Nominated.id)
        .outerjoin(decider, decider.id == NominationDecision.decided_by_id).where(on)
        .order_by(NominationDecision.id.is_not(None), Person.name_key, Person.id)
        .limit(PAGE).offset((page - 1) * PAGE))
    return PeoplePage([NominatedLine(*row) for row in rows], page, pages, total)


def waiting_ids(actor: Actor, nomination: Nomination, *roles: str) -> list[int]:
    """Ids of the undecided people on a nomination whom the actor sees with these roles."""
    return list(db.session.scalars(
        sa.select(Nominated.person_id)
        .where(Nominated.nomination_id == nomination.id, Nominated.person_id.in_(sight(actor, *roles).select()),
               ~sa.exists().where(NominationDecision.nominated_id == Nominated.id)).order_by(Nominated.id)))


def ineligible_on(nomination: Nomination, *, now: datetime) -> dict[int, tuple[str, ...]]:
    """Those on the list who do not meet the rules of the course and of the cohort: person id → why not."""
    course = db.session.get_one(Course, nomination.course_id)
    rules = rules_in_force(course, organisation_id=nomination.organisation_id, cohort_id=nomination.cohort_id)
    people = sa.select(Person).where(Person.id.in_(
        sa.select(Nominated.person_id).where(Nominated.nomination_id == nomination.id)))
    return reasons_against(rules, people, on=clock.local_date(now))


def head_of(nomination: Nomination) -> Any:
    """What stands above a nomination: course (title, key), organisation (name), nominated_by (name or None)."""
    return db.session.execute(
        sa.select(Course.title.label("course"), Course.key, OrganisationPeriod.name.label("organisation"),
                  Person.full_name.label("nominated_by"))
        .select_from(Nomination).join(Course, Course.id == Nomination.course_id)
        .join(OrganisationPeriod, sa.and_(OrganisationPeriod.organisation_id == Nomination.organisation_id,
                                          OrganisationPeriod.valid_to.is_(None)))
        .outerjoin(Person, Person.id == Nomination.nominated_by_id).where(Nomination.id == nomination.id)).one()


def nominations_kept(person_id: int) -> list[dict[str, Any]]:
    """Everything kept about a person being named for courses, in plain values, oldest first."""
    rows = db.session.execute(
        sa.select(Course.title, Nomination.nominated_at, NominationDecision.kind, NominationDecision.reason,
                  NominationDecision.decided_at)
        .select_from(Nominated).join(Nomination, Nomination.id == Nominated.nomination_id)
        .join(Course, Course.id == Nomination.course_id)
        .outerjoin(NominationDecision, NominationDecision.nominated_id == Nominated.id)
        .where(Nominated.person_id == person_id).order_by(Nominated.id))
    return [{"course": one.title, "nominated_at": one.nominated_at.isoformat(), "decision": one.kind, "reason": one.reason,
             "decided_at": one.decided_at.isoformat() if one.decided_at else None} for one in rows]
