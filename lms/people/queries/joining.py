"""Join codes: the one a typed code means, those of a unit; and the people who asked with them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.sealing import derived_codes, keyed_hash, keyed_hashes
from lms.people.models import (
    Actor,
    Cohort,
    CohortMember,
    JoinCode,
    JoinDecision,
    JoinRequest,
    Membership,
    OrganisationPeriod,
    Person,
)
from lms.people.queries.organisations import organisation_ids_under
from lms.people.rules.cohorts import JOIN_CODE_LENGTH, MANAGE_COHORTS, normal_join_code
from lms.people.rules.identities import SignInName
from lms.people.rules.sight import BELONGS

KIND = "join"
PAGE = 50


def codes_from(uuid: UUID) -> list[str]:
    """The code that belongs to a row, under the present secret and under former ones."""
    return derived_codes(KIND, str(uuid), length=JOIN_CODE_LENGTH)


def hash_of(code: str) -> str:
    """What a new row keeps of its code."""
    return keyed_hash(KIND, code)


def code_of(row: JoinCode) -> str:
    """The code whose hash the row keeps, whichever secret it was made with; the first when none fits any more."""
    codes = codes_from(row.uuid)
    return next((code for code in codes if row.code_hash in keyed_hashes(KIND, code)), codes[0])


def is_open(row: JoinCode, *, now: datetime) -> bool:
    """Whether somebody may ask with this code: not closed, not expired, not full, its unit and its cohort not ended."""
    if row.closed_at is not None or row.expires_at <= now:
        return False
    lives = sa.exists().where(OrganisationPeriod.organisation_id == row.organisation_id, OrganisationPeriod.valid_to.is_(None))
    is_over = sa.exists().where(Cohort.id == (row.cohort_id or 0), Cohort.ended_at.is_not(None))
    return bool(db.session.scalar(sa.select(sa.and_(lives, ~is_over)))) and _asked(row.id) < row.most


def _asked(join_code_id: int) -> int:
    """How many asked and were not returned."""
    returned = sa.exists().where(JoinDecision.join_request_id == JoinRequest.id, JoinDecision.kind == "returned")
    return db.session.scalar(sa.select(sa.func.count()).select_from(JoinRequest).where(
        JoinRequest.join_code_id == join_code_id, ~returned)) or 0


def join_code_meant(code: str) -> JoinCode | None:
    """The row of a typed code, open or not."""
    normal = normal_join_code(code)
    if normal is None:
        return None
    found: JoinCode | None = db.session.scalar(sa.select(JoinCode).where(JoinCode.code_hash.in_(keyed_hashes(KIND, normal))))
    return found


def open_join_code_of(code: str, *, now: datetime) -> JoinCode:
    """The code with which one may ask now. Raises DomainError join.unknown: never made, closed, expired and full alike."""
    row = join_code_meant(code)
    if row is None or not is_open(row, now=now):
        raise DomainError("join.unknown")
    return row


@dataclass(frozen=True)
class Door:
    """What a stranger reads who opens a join code: the unit and the cohort, and no person's name."""

    organisation: str
    cohort: str | None


def door_of(row: JoinCode) -> Door:
    """The present names behind a join code."""
    found = db.session.execute(
        sa.select(OrganisationPeriod.name, Cohort.name.label("cohort"))
        .outerjoin(Cohort, Cohort.id == (row.cohort_id or 0))
        .where(OrganisationPeriod.organisation_id == row.organisation_id, OrganisationPeriod.valid_to.is_(None))).first()
    return Door(found.name if found else "", found.cohort if found else None)


def open_request_of(row: JoinCode, person_id: int) -> JoinRequest | None:
    """What this person asked with this code and nobody has decided."""
    found: JoinRequest | None = db.session.scalar(sa.select(JoinRequest).where(
        JoinRequest.join_code_id == row.id, JoinRequest.person_id == person_id, JoinRequest.decided_at.is_(None)))
    return found


@dataclass(frozen=True)
class Answer:
    """What came of a person's last request with a code: "waiting", "approved" or "returned" with the reason."""

    state: str
    reason: str | None
    asked_at: datetime


def answer_to(row: JoinCode, person_id: int) -> Answer | None:
    """What this person's last request with this code came to; None when they never asked."""
    found = db.session.execute(
        sa.select(sa.func.coalesce(sa.type_coerce(JoinDecision.kind, sa.String), "waiting"), JoinDecision.reason,
                  JoinRequest.asked_at)
        .select_from(JoinRequest).outerjoin(JoinDecision, JoinDecision.join_request_id == JoinRequest.id)
        .where(JoinRequest.join_code_id == row.id, JoinRequest.person_id == person_id)
        .order_by(JoinRequest.id.desc()).limit(1)).first()
    return Answer(*found) if found else None


def belongs(row: JoinCode, person_id: int) -> bool:
    """Whether the person is in the unit, and in the cohort when the code is for one."""
    here = sa.select(Membership.id).where(
        Membership.person_id == person_id, Membership.organisation_id == row.organisation_id, *BELONGS)
    if row.cohort_id is not None:
        here = here.where(sa.exists().where(
            CohortMember.cohort_id == row.cohort_id, CohortMember.person_id == person_id, CohortMember.left_on.is_(None)))
    return db.session.scalar(here.limit(1)) is not None


@dataclass(frozen=True)
class CodeLine:
    """A join code in the list of its unit."""

    uuid: UUID
    organisation: str
    cohort: str | None
    most: int
    asked: int
    waiting: int
    made_at: datetime
    expires_at: datetime
    closed_at: datetime | None


def join_codes_for(actor: Actor, *, now: datetime, most: int = 50) -> list[CodeLine]:
    """The join codes of the actor's units that are open or on which somebody waits, the newest first."""
    waiting = (sa.select(sa.func.count()).select_from(JoinRequest)
               .where(JoinRequest.join_code_id == JoinCode.id, JoinRequest.decided_at.is_(None))
               .correlate(JoinCode).scalar_subquery())
    returned = sa.exists().where(JoinDecision.join_request_id == JoinRequest.id, JoinDecision.kind == "returned")
    asked = (sa.select(sa.func.count()).select_from(JoinRequest).where(JoinRequest.join_code_id == JoinCode.id, ~returned)
             .correlate(JoinCode).scalar_subquery())
    rows = db.session.execute(
        sa.select(JoinCode.uuid, OrganisationPeriod.name, Cohort.name, JoinCode.most, asked, waiting, JoinCode.made_at,
                  JoinCode.expires_at, JoinCode.closed_at)
        .join(OrganisationPeriod, sa.and_(OrganisationPeriod.organisation_id == JoinCode.organisation_id,
                                          OrganisationPeriod.valid_to.is_(None)))
        .outerjoin(Cohort, Cohort.id == JoinCode.cohort_id)
        .where(JoinCode.organisation_id.in_(organisation_ids_under(actor, *MANAGE_COHORTS)),
               sa.or_(sa.and_(JoinCode.closed_at.is_(None), JoinCode.expires_at > now), waiting > 0))
        .order_by(JoinCode.made_at.desc(), JoinCode.id.desc()).limit(most))
    return [CodeLine(*row) for row in rows]


def join_code_for(actor: Actor, uuid: UUID) -> JoinCode | None:
    """The join code of this uuid when it is of the actor's units, else None."""
    found: JoinCode | None = db.session.scalar(sa.select(JoinCode).where(
        JoinCode.uuid == uuid, JoinCode.organisation_id.in_(organisation_ids_under(actor, *MANAGE_COHORTS))))
    return found


@dataclass(frozen=True)
class RequestLine:
    """Somebody who waits to be let in. `phone` is masked: they are not the unit's yet."""

    uuid: UUID
    full_name: str
    birth_year: int | None
    phone: str | None
    organisation: str
    cohort: str | None
    asked_at: datetime


@dataclass(frozen=True)
class RequestPage:
    """One page of those who wait."""

    lines: list[RequestLine]
    page: int
    pages: int
    total: int


def join_requests_for(actor: Actor, *, page: int = 1) -> RequestPage:
    """Those who wait to be let into the actor's units, the longest waiting first, fifty a page."""
    mine = [JoinRequest.decided_at.is_(None), JoinCode.organisation_id.in_(organisation_ids_under(actor, *MANAGE_COHORTS))]
    total = db.session.scalar(
        sa.select(sa.func.count()).select_from(JoinRequest).join(JoinCode, JoinCode.id == JoinRequest.join_code_id)
        .join(Person, Person.id == JoinRequest.person_id).where(*mine, Person.ended_at.is_(None))) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = db.session.execute(
        sa.select(JoinRequest.uuid, Person.full_name, Person.birth_year, Person.phone, OrganisationPeriod.name,
                  Cohort.name.label("cohort"), JoinRequest.asked_at)
        .join(JoinCode, JoinCode.id == JoinRequest.join_code_id).join(Person, Person.id == JoinRequest.person_id)
        .join(OrganisationPeriod, sa.and_(OrganisationPeriod.organisation_id == JoinCode.organisation_id,
                                          OrganisationPeriod.valid_to.is_(None)))
        .outerjoin(Cohort, Cohort.id == JoinCode.cohort_id).where(*mine, Person.ended_at.is_(None))
        .order_by(JoinRequest.asked_at, JoinRequest.id).limit(PAGE).offset((page - 1) * PAGE))
    lines = [RequestLine(r.uuid, r.full_name, r.birth_year, SignInName("phone", r.phone).masked if r.phone else None, r.name,
                         r.cohort, r.asked_at) for r in rows]
    return RequestPage(lines, page, pages, total)


def requests_among(actor: Actor, uuids: Collection[UUID]) -> list[JoinRequest] | None:
    """All these undecided requests when each is of the actor's units, else None: a list with a stranger is refused whole."""
    found = list(db.session.scalars(
        sa.select(JoinRequest).join(JoinCode, JoinCode.id == JoinRequest.join_code_id)
        .where(JoinRequest.uuid.in_(set(uuids)), JoinRequest.decided_at.is_(None),
               JoinCode.organisation_id.in_(organisation_ids_under(actor, *MANAGE_COHORTS)))))
    return found if len(found) == len(set(uuids)) else None
