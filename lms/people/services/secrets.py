"""Hashing PINs and passphrases, setting and changing them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lms.core import audit, throttle
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Person
from lms.people.rules.secrets import Owner, checked_secret, normal_secret
from lms.people.services.sign_ins import end_sign_ins_of

# OWASP's smallest argon2id: 19 MiB, two passes, one lane; about 20 ms.
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
WRONG_OLD = throttle.Limit(failures=5, window=timedelta(minutes=15), pause=timedelta(minutes=15))
# Whoever shares a phone number with a victim could otherwise try PINs by setting their own one after another.
CHANGES = throttle.Limit(failures=10, window=timedelta(days=1), pause=timedelta(days=1))


def hash_secret(text: str) -> str:
    """argon2id of the normal form. The whole text counts, whatever its length."""
    return HASHER.hash(normal_secret(text))


def secret_matches(secret_hash: str, text: str) -> bool:
    """Whether this is the secret behind the hash. Takes one hash computation either way."""
    try:
        return HASHER.verify(secret_hash, normal_secret(text))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(16))


def waste_one_computation(text: str) -> None:
    """Take as long as one real check: so that time does not tell who is known here."""
    secret_matches(_nobodys_hash(), text)


def refresh_hash(person: Person, text: str) -> None:
    """After a proven secret: hash it anew when the parameters have been raised since."""
    if person.secret_hash and HASHER.check_needs_rehash(person.secret_hash):
        person.secret_hash = hash_secret(text)


def owner_of(person: Person) -> Owner:
    """What a stranger can know about this person."""
    return Owner(person.full_name, person.birth_year, person.birth_date, person.phone)


def set_secret(person: Person, text: str, *, now: datetime) -> None:
    """Give the person this PIN or passphrase.

    Raises DomainError secret.missing, secret.pin_length, secret.too_short, secret.too_long, secret.too_easy.
    """
    kind, secret = checked_secret(text, owner_of(person))
    person.secret_hash, person.secret_kind, person.secret_set_at = HASHER.hash(secret), kind, now
    db.session.flush()


@dataclass(frozen=True)
class ChangeRefused:
    """The old secret was wrong; so many tries are left."""

    left: int


def change_secret(person: Person, *, old: str, new: str, now: datetime) -> ChangeRefused | None:
    """Replace one's own secret and end every sign-in, this one included. None when done.

    A wrong old secret is counted and answered, not raised, so that the count is committed.
    Raises DomainError secret.locked (minutes) after five wrong ones, secret.changed_often after ten changes in a day,
    and what `set_secret` raises.
    """
    wrong, changes = (throttle.subject_key(kind, str(person.uuid)) for kind in ("secret_old", "secret_change"))
    until = throttle.locked_until([wrong], now=now)
    if until:
        raise DomainError("secret.locked", minutes=minutes_until(until, now=now))
    if throttle.locked_until([changes], now=now):
        raise DomainError("secret.changed_often")
    if not secret_matches(person.secret_hash or _nobodys_hash(), old):
        audit.record("secret.change_refused", now=now, actor_id=person.id, subject=f"person:{person.uuid}")
        return ChangeRefused(throttle.count_failure(wrong, WRONG_OLD, now=now))
    set_secret(person, new, now=now)
    throttle.count_failure(changes, CHANGES, now=now)
    throttle.forget_failures(wrong)
    end_sign_ins_of(person.id, why="secret_changed", now=now)
    audit.record("secret.changed", now=now, actor_id=person.id, subject=f"person:{person.uuid}")
    return None


def minutes_until(moment: datetime, *, now: datetime) -> int:
    """Whole minutes to wait, at least one."""
    return max(1, -int(-(moment - now).total_seconds() // 60))
