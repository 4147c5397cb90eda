"""Who is asking: the actor behind a sign-in token."""

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms.core.db import bare_reading, db
from lms.people.models import Actor, Person, RoleAt, RoleGrant, SignIn
from lms.people.rules.roles import holds_at


def token_hash(token: str) -> str:
    """What the database keeps of a sign-in token."""
    return hashlib.sha256(token.encode()).hexdigest()


_ROLES = (
    sa.select(sa.func.aggregate_strings(RoleGrant.role + sa.literal(":") + sa.cast(RoleGrant.organisation_id, sa.String), ","))
    .where(RoleGrant.person_id == Person.id, *holds_at(sa.bindparam("now", type_=RoleGrant.holds_from.type)))
    .correlate(Person).scalar_subquery()
)
_COLUMNS = (Person.id, Person.uuid, Person.full_name, Person.form_of_address, Person.audience, Person.locale,
            Person.text_size, _ROLES.label("roles"))
_PERSON = sa.select(*_COLUMNS).where(Person.id == sa.bindparam("person_id"), Person.ended_at.is_(None))


def select_with_actor(*columns: Any) -> sa.Select[Any]:
    """Whoever is signed in with a token, with these columns beside them.

    A hot page joins to it (outer) what it shows, and reads both in one statement: `read_with_actor`.
    """
    return (
        sa.select(*_COLUMNS, *columns).select_from(Person)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.token_hash == sa.bindparam("hash"), SignIn.ended_at.is_(None),
               SignIn.expires_at > sa.bindparam("now", type_=SignIn.expires_at.type), Person.ended_at.is_(None))
    )


_ACTOR = select_with_actor()


def actor_of(token: str, *, now: datetime) -> Actor | None:
    """The person signed in with this token and their live roles, in one statement; None when it is not live."""
    # By the connection: the same columns through the session's ORM machinery would cost half as much again.
    row = db.session.connection().execute(_ACTOR, {"hash": token_hash(token), "now": now}).first()
    return _actor(row, token) if row else None


def read_with_actor(statement: sa.Select[Any], token: str, *, now: datetime, **values: Any) -> tuple[Actor, Any] | None:
    """The actor and the columns that a `select_with_actor` reads beside them; None when the token is not live."""
    with bare_reading() as connection:
        row: Any = connection.execute(statement, {"hash": token_hash(token), "now": now, **values}).first()
    return (_actor(row[:len(_COLUMNS)], token), row[len(_COLUMNS):]) if row else None


def actor_of_person(person_id: int, *, now: datetime) -> Actor | None:
    """The actor this person would be, without a sign-in: for commands that act as somebody (`--as`)."""
    row = db.session.execute(_PERSON, {"person_id": person_id, "now": now}).first()
    return _actor(row, "") if row else None


def _actor(row: Any, token: str) -> Actor:
    *person, roles = row
    return Actor(*person, token, _parse_roles(roles))


def _parse_roles(text: Any) -> tuple[RoleAt, ...]:
    pairs = (one.split(":") for one in (text or "").split(",") if one)
    return tuple(RoleAt(role, int(organisation)) for role, organisation in pairs)
