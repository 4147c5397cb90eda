"""Beginning and ending sign-ins: one row for each browser."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from lms.core import audit
from lms.core.db import db
from lms.people.models import Actor, SignIn
from lms.people.queries.actors import token_hash

KEPT_FOR = timedelta(days=90)     # "Giữ đăng nhập trên điện thoại này"
OTHERWISE = timedelta(hours=12)


def begin_sign_in(person_id: int, *, kept: bool, device: str, now: datetime) -> str:
    """A new sign-in on this browser; returns its token, of which the database keeps the hash."""
    token = secrets.token_urlsafe(32)
    row = SignIn(token_hash=token_hash(token), person_id=person_id, device=device[:80], begun_at=now,
                 expires_at=now + (KEPT_FOR if kept else OTHERWISE))
    db.session.add(row)
    db.session.flush()
    audit.record("sign_in.begun", now=now, actor_id=person_id, subject=f"sign_in:{row.uuid}")
    return token


def end_sign_in(row: SignIn, *, actor: Actor, why: str, now: datetime) -> None:
    """End one sign-in; its cookie is dead from the next request on. Ending it again changes nothing."""
    if row.ended_at is None:
        row.ended_at, row.ended_why = now, why
        db.session.flush()
        audit.record("sign_in.ended", now=now, actor_id=actor.id, subject=f"sign_in:{row.uuid}", why=why)


def sign_out(actor: Actor, *, now: datetime) -> None:
    """End the sign-in of this very browser."""
    row = db.session.scalar(sa.select(SignIn).where(SignIn.token_hash == token_hash(actor.token)))
    if row:
        end_sign_in(row, actor=actor, why="signed_out", now=now)


def end_sign_ins_of(person_id: int, *, why: str, now: datetime, but_token: str = "") -> int:  # noqa: S107 – no token
    """End every live sign-in of a person, but the one of `but_token`; return how many there were."""
    ended = sa.update(SignIn).where(
        SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.token_hash != token_hash(but_token))
    return int(db.session.execute(ended.values(ended_at=now, ended_why=why)).rowcount)  # type: ignore[attr-defined]
