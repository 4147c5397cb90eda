"""Browsers a person is signed in on."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Actor, SignIn
from lms.people.queries.actors import token_hash


def sign_ins_of(actor: Actor, *, now: datetime) -> list[tuple[SignIn, bool]]:
    """The actor's live sign-ins, the newest first, each with whether it is this very browser."""
    own = token_hash(actor.token)
    rows = db.session.scalars(
        sa.select(SignIn).where(SignIn.person_id == actor.id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.begun_at.desc(), SignIn.id.desc()))
    return [(row, row.token_hash == own) for row in rows]


def sign_in_of(actor: Actor, uuid: UUID) -> SignIn | None:
    """One of the actor's own sign-ins, or None."""
    found: SignIn | None = db.session.scalar(
        sa.select(SignIn).where(SignIn.uuid == uuid, SignIn.person_id == actor.id))
    return found


def last_sign_in_at(person_id: int) -> datetime | None:
    """When this person last signed in anywhere."""
    latest: datetime | None = db.session.scalar(
        sa.select(sa.func.max(SignIn.begun_at)).where(SignIn.person_id == person_id))
    return latest
