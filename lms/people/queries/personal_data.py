"""Everything that people's tables hold about one person, in plain values."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.people.models import Actor, Consent, RoleGrant, SignIn
from lms.people.queries.organisations import names_today
from lms.people.queries.persons import memberships_of, person_of

_PERSON = ("uuid", "full_name", "birth_year", "birth_date", "audience", "form_of_address", "phone", "email",
           "personal_code", "secret_kind", "secret_set_at", "locale", "text_size", "extra_time_percent", "created_at")
_CONSENT = ("version", "given_at", "given_by", "guardian_name", "guardian_relation", "withdrawn_at")
_SIGN_IN = ("device", "begun_at", "expires_at", "ended_at", "ended_why")


def personal_data_of(actor: Actor) -> dict[str, Any]:
    """{section: rows} of the actor's own data, without the hashes; moments in ISO 8601 (UTC)."""
    person = person_of(actor)
    grants = list(db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == actor.id).order_by(RoleGrant.id)))
    names = names_today({grant.organisation_id for grant in grants})
    seen = sa.select(AuditEvent).where(sa.or_(
        AuditEvent.actor_id == actor.id, AuditEvent.subject == f"person:{person.uuid}")).order_by(AuditEvent.id)
    return {
        "person": _plain(person, _PERSON),
        "memberships": [{"organisation": name, "joined_on": str(on)} for name, on in memberships_of(actor.id)],
        "roles": [{"organisation": names.get(grant.organisation_id, ""), **_plain(grant, ("role", "granted_at", "ended_at"))}
                  for grant in grants],
        "consents": [_plain(row, _CONSENT) for row in _rows_of(Consent, actor.id)],
        "sign_ins": [_plain(row, _SIGN_IN) for row in _rows_of(SignIn, actor.id)],
        "log": [_plain(row, ("at", "action")) for row in db.session.scalars(seen)],
    }


def _rows_of(model: Any, person_id: int) -> list[Any]:
    return list(db.session.scalars(sa.select(model).where(model.person_id == person_id).order_by(model.id)))


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime | date) else value if isinstance(value, int | str | None)
            else str(value) for name, value in values.items()}
