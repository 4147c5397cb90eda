"""Failures counted in the database, so that several workers and several machines count together.

Only failures count: a whole commune may share one address, and its successes must never lock it out.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import db


class Throttle(db.Model):
    """Failures of one subject (an account name, an address) since `since`. The subject is stored hashed."""

    subject: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
    locked_until: Mapped[datetime | None] = mapped_column(index=True)


@dataclass(frozen=True)
class Limit:
    """So many failures within `window` lock the subject for `pause`."""

    failures: int
    window: timedelta
    pause: timedelta


def subject_key(kind: str, name: str) -> str:
    """A stable key that does not show the account or address it stands for."""
    return hashlib.sha256(f"{kind}\0{name}".encode()).hexdigest()


def network_of(address: str | None) -> str:
    """What failures of an address count for: the IPv4 address itself, the /64 of an IPv6 one, which is one household's."""
    known = ip_address(address or "127.0.0.1")
    return str(known) if known.version == 4 else str(ip_network(f"{known}/64", strict=False))


def locked_until(subjects: list[str], *, now: datetime) -> datetime | None:
    """The latest moment until which any of these subjects is locked, or None."""
    latest: datetime | None = db.session.scalar(
        sa.select(sa.func.max(Throttle.locked_until)).where(Throttle.subject.in_(subjects), Throttle.locked_until > now)
    )
    return latest


def locks(subjects: list[str], *, now: datetime) -> dict[str, datetime]:
    """Which of these subjects are locked, and until when."""
    rows = db.session.execute(
        sa.select(Throttle.subject, Throttle.locked_until)
        .where(Throttle.subject.in_(subjects), Throttle.locked_until > now))
    return {subject: until for subject, until in rows if until}


def count_failure(subject: str, limit: Limit, *, now: datetime) -> int:
    """Count one failure; return how many are left before the subject is locked (0: it is locked now)."""
    # Two first failures at the same moment: one inserts, the other waits for it and counts on.
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(insert(Throttle).values(subject=subject, failures=0, since=now).on_conflict_do_nothing())
    row = db.session.get_one(Throttle, subject, with_for_update=True, populate_existing=True)
    if now - row.since > limit.window or (row.locked_until and row.locked_until <= now):
        row.failures, row.since, row.locked_until = 0, now, None
    row.failures += 1
    if row.failures >= limit.failures:
        row.locked_until = now + limit.pause
    db.session.flush()
    return max(0, limit.failures - row.failures)


def forget_failures(subject: str) -> None:
    """After a success the account starts anew (an address does not)."""
    db.session.execute(sa.delete(Throttle).where(Throttle.subject == subject))


def purge(*, now: datetime) -> int:
    """Remove rows that have no say any more; return how many."""
    stale = sa.delete(Throttle).where(Throttle.since < now - timedelta(days=2))
    return int(db.session.execute(stale).rowcount)  # type: ignore[attr-defined]
