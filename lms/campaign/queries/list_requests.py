"""Lists asked for: those an actor asked or may hand in, and how every unit stands. Scoped by the actor's roles."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.campaign.models import STATE_AFTER, STATES, ListRequest, ListRequestEvent, ListRequestUnit, Submission
from lms.campaign.rules import ASK, HAND_IN, MAY_DECIDE, MAY_SUBMIT, MAY_WITHDRAW, is_open, last_day
from lms.core import clock
from lms.core.db import db
from lms.people.models import Actor, Organisation, OrganisationClosure, OrganisationPeriod
from lms.people.queries.organisations import organisation_ids_under

MOST_REQUESTS = 100  # on one page; the newest


@dataclass(frozen=True)
class Unit:
    """How one unit stands with one request."""

    request: ListRequest
    organisation_id: int
    uuid: UUID
    name: str                       # as it is called now, or was last
    kind: str                       # of organisation
    state: str                      # one of models.STATES
    at: datetime                    # of the event that says so
    reason: str | None              # why the ward sent the list back
    until: date | None              # the ward opened this unit again until this day
    submission: UUID | None         # the list that stands
    row_count: int | None
    reminded_at: datetime | None    # by the ward, the last time
    reminders: int

    @property
    def last_day(self) -> date:
        """The last day on which this unit may hand in."""
        return last_day(self.request.due_on, self.until)

    def is_open(self, now: datetime) -> bool:
        """Whether the unit may still change what it hands in."""
        return is_open(self.request.due_on, self.until, today=clock.local_date(now))

    def may_submit(self, now: datetime) -> bool:
        """Whether a list can be handed in now."""
        return self.state in MAY_SUBMIT and self.is_open(now)

    def may_withdraw(self, now: datetime) -> bool:
        """Whether the list that was handed in can be taken back now, to hand in another."""
        return self.state in MAY_WITHDRAW and self.is_open(now)

    @property
    def may_decide(self) -> bool:
        """Whether there is a list that the ward can receive or return."""
        return self.state in MAY_DECIDE


@dataclass(frozen=True)
class Overview:
    """A request of the ward with the number of its units in each state."""

    request: ListRequest
    counts: dict[str, int]
    are_schools: bool = False  # all of them, so that the page can say so

    @property
    def asked(self) -> int:
        """How many units were asked."""
        return sum(self.counts.values())

    @property
    def sent(self) -> int:
        """How many units have a list with the ward now."""
        return self.counts["submitted"] + self.counts["received"]


def _units() -> sa.Select[Any]:
    """Every asked unit with the last event that tells its state. Narrow it by request or by organisation."""
    says = ListRequestEvent.kind.in_(STATE_AFTER)
    fold = (
        sa.select(
            ListRequestEvent.request_id, ListRequestEvent.organisation_id,
            sa.func.max(sa.case((says, ListRequestEvent.id))).label("last_id"),
            sa.func.max(ListRequestEvent.until).label("until"),
            sa.func.max(sa.case((ListRequestEvent.kind == "reminded", ListRequestEvent.at))).label("reminded_at"),
            sa.func.count(sa.case((ListRequestEvent.kind == "reminded", 1))).label("reminders"))
        .group_by(ListRequestEvent.request_id, ListRequestEvent.organisation_id).subquery())
    latest = (sa.select(OrganisationPeriod.id).where(OrganisationPeriod.organisation_id == Organisation.id)
              .order_by(OrganisationPeriod.valid_from.desc(), OrganisationPeriod.id.desc()).limit(1)
              .correlate(Organisation).scalar_subquery())
    return (
        sa.select(
            ListRequest, Organisation.id, Organisation.uuid, OrganisationPeriod.name, OrganisationPeriod.kind,
            ListRequestEvent.kind.label("event"), ListRequestEvent.at, ListRequestEvent.reason,
            fold.c.until, Submission.uuid.label("submission"), Submission.row_count,
            sa.type_coerce(fold.c.reminded_at, ListRequestEvent.at.type).label("reminded_at"), fold.c.reminders)
        .select_from(ListRequestUnit)
        .join(ListRequest, ListRequest.id == ListRequestUnit.request_id)
        .join(Organisation, Organisation.id == ListRequestUnit.organisation_id)
        .join(OrganisationPeriod, OrganisationPeriod.id == latest)
        .join(fold, sa.and_(fold.c.request_id == ListRequestUnit.request_id,
                            fold.c.organisation_id == ListRequestUnit.organisation_id))
        .join(ListRequestEvent, ListRequestEvent.id == fold.c.last_id)
        .outerjoin(Submission, Submission.id == ListRequestEvent.submission_id))


def _read(statement: sa.Select[Any]) -> list[Unit]:
    return [Unit(row[0], row[1], row[2], row[3], row[4], STATE_AFTER[row.event], row.at,
                 row.reason if row.event == "returned" else None, row.until, row.submission, row.row_count, row.reminded_at,
                 row.reminders) for row in db.session.execute(statement)]


def requests_asked_by(actor: Actor) -> list[Overview]:
    """The requests of the organisations at and below which the actor asks, the newest first. Two statements."""
    requests = list(db.session.scalars(
        sa.select(ListRequest).where(ListRequest.organisation_id.in_(organisation_ids_under(actor, *ASK)))
        .order_by(ListRequest.id.desc()).limit(MOST_REQUESTS)))
    units = units_of([request.id for request in requests]) if requests else []
    return [overview_of(request, [unit for unit in units if unit.request.id == request.id]) for request in requests]


def overview_of(request: ListRequest, units: list[Unit]) -> Overview:
    """The counts of a request, from its units."""
    counts = Counter(unit.state for unit in units)
    return Overview(request, {state: counts[state] for state in STATES}, all(unit.kind == "school" for unit in units))


def request_asked_by(actor: Actor, uuid: UUID) -> ListRequest | None:
    """The request of this uuid when the actor asks for its organisation, else None."""
    found: ListRequest | None = db.session.scalar(sa.select(ListRequest).where(
        ListRequest.uuid == uuid, ListRequest.organisation_id.in_(organisation_ids_under(actor, *ASK))))
    return found


def units_of(request_ids: Iterable[int]) -> list[Unit]:
    """Every unit of these requests, by name. The requests came from an actor."""
    found = _read(_units().where(ListRequestUnit.request_id.in_(list(request_ids))))
    return sorted(found, key=lambda unit: (unit.name.casefold(), unit.organisation_id))


def units_to_hand_in(actor: Actor, *roles: str) -> list[Unit]:
    """What the units of these roles of the actor were asked for, what comes first first. One statement."""
    statement = _units().where(ListRequestUnit.organisation_id.in_(organisation_ids_under(actor, *(roles or HAND_IN))))
    return _read(statement.order_by(ListRequest.due_on.desc(), ListRequest.id.desc(), Organisation.id).limit(MOST_REQUESTS))


def unit_to_hand_in(actor: Actor, request: UUID, organisation: UUID) -> Unit | None:
    """One unit's part of one request when the actor may hand in for it, else None."""
    found = _read(_units().where(
        ListRequest.uuid == request, Organisation.uuid == organisation,
        ListRequestUnit.organisation_id.in_(organisation_ids_under(actor, *HAND_IN))))
    return found[0] if found else None


def unit_of(request_id: int, organisation_id: int) -> Unit | None:
    """One unit's part of one request, or None when it was not asked. For services: whoever calls has checked the actor."""
    found = _read(_units().where(ListRequestUnit.request_id == request_id,
                                 ListRequestUnit.organisation_id == organisation_id))
    return found[0] if found else None


@dataclass(frozen=True)
class Told:
    """One line of the history of a unit's part of a request."""

    kind: str
    at: datetime
    reason: str | None
    until: date | None
    number: int | None
    row_count: int | None
    submission: UUID | None


def history_of(unit: Unit) -> list[Told]:
    """Everything that befell it, the newest first: earlier lists stay on record."""
    rows = db.session.execute(
        sa.select(ListRequestEvent.kind, ListRequestEvent.at, ListRequestEvent.reason, ListRequestEvent.until,
                  Submission.number, Submission.row_count, Submission.uuid)
        .outerjoin(Submission, Submission.id == ListRequestEvent.submission_id)
        .where(ListRequestEvent.request_id == unit.request.id, ListRequestEvent.organisation_id == unit.organisation_id)
        .order_by(ListRequestEvent.id.desc()).limit(MOST_REQUESTS))
    return [Told(*row) for row in rows]


def submission_for(actor: Actor, uuid: UUID) -> Submission | None:
    """A list that was handed in, for those of the unit and for those who asked; None for everybody else."""
    found: Submission | None = db.session.scalar(
        sa.select(Submission).join(ListRequest, ListRequest.id == Submission.request_id)
        .options(sa.orm.undefer(Submission.rows)).where(
            Submission.uuid == uuid,
            sa.or_(Submission.organisation_id.in_(organisation_ids_under(actor, *HAND_IN)),
                   ListRequest.organisation_id.in_(organisation_ids_under(actor, *ASK)))))
    return found


def submissions_standing(request: ListRequest) -> list[tuple[str, Submission]]:
    """(name of the unit, its list) of every unit whose list is with the ward now, by name. Two statements."""
    units = [unit for unit in units_of([request.id]) if unit.may_decide]
    rows = {row.uuid: row for row in db.session.scalars(
        sa.select(Submission).options(sa.orm.undefer(Submission.rows))
        .where(Submission.uuid.in_([unit.submission for unit in units])))}
    return [(unit.name, rows[unit.submission]) for unit in units if unit.submission]


@dataclass(frozen=True)
class Askable:
    """A unit below the ward that can be asked."""

    id: int
    uuid: UUID
    name: str
    kind: str


def units_to_ask(actor: Actor, organisation: Organisation) -> list[Askable]:
    """Live units below this organisation which the actor may ask, by kind and name."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.uuid, OrganisationPeriod.name, OrganisationPeriod.kind)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .join(OrganisationClosure, OrganisationClosure.descendant_id == Organisation.id)
        .where(OrganisationPeriod.valid_to.is_(None), OrganisationClosure.ancestor_id == organisation.id,
               OrganisationClosure.depth > 0, Organisation.id.in_(organisation_ids_under(actor, *ASK)))
        .order_by(OrganisationPeriod.kind, OrganisationPeriod.folded_name, Organisation.id))
    return [Askable(*row) for row in rows]


def asking_organisations(actor: Actor) -> list[tuple[UUID, str]]:
    """(uuid, name) of the organisations at which the actor asks for lists, by name."""
    rows = db.session.execute(
        sa.select(Organisation.uuid, OrganisationPeriod.name)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .where(OrganisationPeriod.valid_to.is_(None), Organisation.id.in_(actor.organisations(*ASK)))
        .order_by(OrganisationPeriod.folded_name, Organisation.id))
    return [(row.uuid, row.name) for row in rows]
