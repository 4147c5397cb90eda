"""Slips: the one a typed code belongs to, and those an actor may print."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.sealing import derived_codes, keyed_hash, keyed_hashes
from lms.people.models import ActivationCode, Actor, Membership, OrganisationPeriod, Person
from lms.people.queries.persons import people_visible_to
from lms.people.rules.identities import ACTIVATION_CODE_LENGTH
from lms.people.rules.sight import sight

KIND = "activation"
PRINTABLE_FOR = timedelta(hours=24)


def codes_from(uuid: UUID) -> list[str]:
    """The code that belongs to a row, under the present secret and under former ones."""
    return derived_codes(KIND, str(uuid), length=ACTIVATION_CODE_LENGTH)


def open_activation_code(code: str, *, now: datetime) -> ActivationCode:
    """The live slip of this code (normal form).

    Raises DomainError activation.unknown (never made, or made void: nobody can tell which), activation.used,
    activation.expired (at).
    """
    row: ActivationCode | None = db.session.scalar(
        sa.select(ActivationCode).join(Person, Person.id == ActivationCode.person_id)
        .where(ActivationCode.code_hash.in_(keyed_hashes(KIND, code)), ActivationCode.void_at.is_(None),
               Person.ended_at.is_(None)))
    if row is None:
        raise DomainError("activation.unknown")
    if row.used_at:
        raise DomainError("activation.used")
    if row.expires_at <= now:
        raise DomainError("activation.expired", at=row.expires_at)
    return row


@dataclass(frozen=True)
class Slip:
    """What a slip says."""

    person_uuid: UUID
    full_name: str
    personal_code: str
    organisation: str
    code: str
    purpose: str
    expires_at: datetime


def slips_of(actor: Actor, batch: UUID, *, now: datetime) -> list[Slip]:
    """The live slips of a batch that the actor made in the last 24 hours, in name order, with their codes."""
    organisation = (
        sa.select(sa.func.min(OrganisationPeriod.name))
        .join(Membership, Membership.organisation_id == OrganisationPeriod.organisation_id)
        .where(Membership.person_id == Person.id, *sight(actor).memberships(), OrganisationPeriod.valid_to.is_(None))
        .correlate(Person).scalar_subquery())
    rows = db.session.execute(
        people_visible_to(actor).join(ActivationCode, ActivationCode.person_id == Person.id)
        .where(ActivationCode.batch == batch, ActivationCode.made_by_id == actor.id, ActivationCode.void_at.is_(None),
               ActivationCode.used_at.is_(None), ActivationCode.made_at > now - PRINTABLE_FOR)
        .with_only_columns(
            Person.uuid.label("person_uuid"), Person.full_name, Person.personal_code,
            sa.func.coalesce(organisation, "").label("organisation"), ActivationCode.uuid, ActivationCode.code_hash,
            ActivationCode.purpose, ActivationCode.expires_at)
        .order_by(Person.name_key, Person.id))
    return [Slip(r.person_uuid, r.full_name, r.personal_code, r.organisation, _code_of(r.uuid, r.code_hash), r.purpose,
                 r.expires_at) for r in rows]


def _code_of(uuid: UUID, code_hash: str) -> str:
    """The code whose hash the row keeps, whichever secret it was made with."""
    for code in codes_from(uuid):
        if code_hash in keyed_hashes(KIND, code):
            return code
    raise DomainError("activation.unreadable")


def without_slip(people: sa.Select[Any], *, now: datetime) -> sa.Select[Any]:
    """Of these people (a select of persons) those who hold no slip that still opens."""
    return people.where(~sa.exists().where(
        ActivationCode.person_id == Person.id, ActivationCode.used_at.is_(None), ActivationCode.void_at.is_(None),
        ActivationCode.expires_at > now))


def batches_of(actor: Actor, *, now: datetime) -> list[tuple[UUID, datetime, int]]:
    """(batch, made at, live slips) of the last 24 hours, the newest first: what the actor may print again."""
    rows = db.session.execute(
        sa.select(ActivationCode.batch, sa.func.max(ActivationCode.made_at).label("made_at"), sa.func.count().label("slips"))
        .where(ActivationCode.made_by_id == actor.id, ActivationCode.void_at.is_(None), ActivationCode.used_at.is_(None),
               ActivationCode.made_at > now - PRINTABLE_FOR)
        .group_by(ActivationCode.batch).order_by(sa.func.max(ActivationCode.made_at).desc()).limit(10))
    return [(row.batch, row.made_at, row.slips) for row in rows]


def hash_of(code: str) -> str:
    """What a new row keeps of its code."""
    return keyed_hash(KIND, code)
