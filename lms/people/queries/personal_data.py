"""Everything that people's tables hold about one person, in plain values."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.people.models import (
    Actor,
    Cohort,
    CohortMember,
    Consent,
    JoinCode,
    JoinDecision,
    JoinRequest,
    OrganisationPeriod,
    RoleGrant,
    SignIn,
)
from lms.people.queries.organisations import names_today
from lms.people.queries.persons import memberships_of, offers_to, person_of

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
        "offers": [{"organisation": one.organisation, "position": one.position, "on": str(one.on)} for one in offers_to(actor)],
        "cohorts": _cohorts_of(actor.id),
        "join_requests": _join_requests_of(actor.id),
        "roles": [{"organisation": names.get(grant.organisation_id, ""), **_plain(grant, ("role", "granted_at", "ended_at"))}
                  for grant in grants],
        "consents": [_plain(row, _CONSENT) for row in _rows_of(Consent, actor.id)],
        "sign_ins": [_plain(row, _SIGN_IN) for row in _rows_of(SignIn, actor.id)],
        "log": [_plain(row, ("at", "action")) for row in db.session.scalars(seen)],
    }


def _cohorts_of(person_id: int) -> list[dict[str, Any]]:
    """Those they left and those that have ended too."""
    rows = db.session.execute(
        sa.select(Cohort.name.label("cohort"), _last_name(Cohort.organisation_id), CohortMember.joined_on, CohortMember.left_on)
        .join(Cohort, Cohort.id == CohortMember.cohort_id).where(CohortMember.person_id == person_id).order_by(CohortMember.id))
    return [_plain(row, ("organisation", "cohort", "joined_on", "left_on")) for row in rows]


def _join_requests_of(person_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        sa.select(_last_name(JoinCode.organisation_id), Cohort.name.label("cohort"), JoinRequest.asked_at,
                  JoinDecision.kind.label("decision"), JoinDecision.reason, JoinDecision.decided_at)
        .select_from(JoinRequest).join(JoinCode, JoinCode.id == JoinRequest.join_code_id)
        .outerjoin(Cohort, Cohort.id == JoinCode.cohort_id)
        .outerjoin(JoinDecision, JoinDecision.join_request_id == JoinRequest.id)
        .where(JoinRequest.person_id == person_id).order_by(JoinRequest.id))
    return [_plain(row, ("organisation", "cohort", "asked_at", "decision", "reason", "decided_at")) for row in rows]


def _last_name(organisation_id: Any) -> Any:
    """What the organisation is called, or was called last."""
    return (sa.select(OrganisationPeriod.name).where(OrganisationPeriod.organisation_id == organisation_id)
            .order_by(OrganisationPeriod.valid_from.desc()).limit(1).scalar_subquery().label("organisation"))


def _rows_of(model: Any, person_id: int) -> list[Any]:
    return list(db.session.scalars(sa.select(model).where(model.person_id == person_id).order_by(model.id)))


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime | date) else value if isinstance(value, int | str | None)
            else str(value) for name, value in values.items()}
