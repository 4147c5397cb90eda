"""The audit log as those read it whose organisations it tells about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.clock import WARD_ZONE
from lms.core.db import db
from lms.people.models import Actor, Organisation, OrganisationClosure, OrganisationPeriod, Person
from lms.people.queries.organisations import organisation_ids_under, runs_the_body
from lms.people.queries.persons import matching, people_visible_to
from lms.people.rules.proposals import DECIDE

PAGE = 50
MOST_COUNTED = 10_000   # lines; above, the number is "more than"
MOST_EXPORTED = 20_000


@dataclass(frozen=True)
class Filter:
    """What a reader narrows the log to. `who` is a name, phone or code; `what` a code or the noun it begins with."""

    who: str = ""
    what: str = ""
    unit: UUID | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Line:
    """One line. `subject` is (kind, name or None): names of people only where the reader sees them."""

    at: datetime
    actor: str | None
    operator: str | None
    action: str
    subject: tuple[str, str | None] | None
    organisation: str | None
    detail: dict[str, Any]


@dataclass(frozen=True)
class LogPage:
    """One page, the newest first. `total` stops at MOST_COUNTED."""

    lines: list[Line]
    page: int
    pages: int
    total: int


def audit_lines_for(actor: Actor, wanted: Filter, *, page: int = 1) -> LogPage:
    """The lines about the actor's organisations; whoever runs the body reads those about none, too. Six statements."""
    which = _which(actor, wanted)
    counted = sa.select(AuditEvent.id).where(*which).limit(MOST_COUNTED).subquery()
    total = db.session.scalar(sa.select(sa.func.count()).select_from(counted)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    return LogPage(_lines(actor, which, limit=PAGE, offset=(page - 1) * PAGE), page, pages, total)


def audit_lines_to_export(actor: Actor, wanted: Filter) -> list[Line]:
    """The same for a file, the newest first, at most MOST_EXPORTED."""
    return _lines(actor, _which(actor, wanted), limit=MOST_EXPORTED, offset=0)


def _which(actor: Actor, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    mine: sa.ColumnElement[bool] = AuditEvent.organisation_id.in_(organisation_ids_under(actor, *DECIDE))
    which = [sa.true() if runs_the_body(actor) else mine]
    if wanted.who:
        which.append(AuditEvent.actor_id.in_(sa.select(Person.id).where(matching(wanted.who))))
    if wanted.what:
        which.append(AuditEvent.action.startswith(wanted.what + ".", autoescape=True) if "." not in wanted.what
                     else AuditEvent.action == wanted.what)
    if wanted.unit:
        which.append(AuditEvent.organisation_id.in_(
            sa.select(OrganisationClosure.descendant_id).join(Organisation, Organisation.id == OrganisationClosure.ancestor_id)
            .where(Organisation.uuid == wanted.unit)))
    if wanted.first:
        which.append(AuditEvent.at >= datetime.combine(wanted.first, time(), WARD_ZONE))
    if wanted.last:
        which.append(AuditEvent.at < datetime.combine(wanted.last + timedelta(days=1), time(), WARD_ZONE))
    return which


def _lines(actor: Actor, which: list[sa.ColumnElement[bool]], *, limit: int, offset: int) -> list[Line]:
    rows = db.session.execute(
        sa.select(AuditEvent.at, Person.full_name, AuditEvent.operator, AuditEvent.action, AuditEvent.subject,
                  AuditEvent.organisation_id, AuditEvent.detail)
        .outerjoin(Person, Person.id == AuditEvent.actor_id).where(*which)
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(limit).offset(offset)).all()
    places = _last_names({row.organisation_id for row in rows if row.organisation_id})
    people = _people(actor, (row.subject for row in rows))
    units = _units(row.subject for row in rows)
    return [Line(row.at, row.full_name, row.operator, row.action, _subject(row.subject, people, units),
                 places.get(row.organisation_id), row.detail) for row in rows]


def _people(actor: Actor, subjects: Iterable[str | None]) -> dict[str, str]:
    uuids = {UUID(key) for kind, key in map(_parts, subjects) if kind == "person"}
    rows = db.session.execute(
        people_visible_to(actor).with_only_columns(Person.uuid, Person.full_name).where(Person.uuid.in_(uuids)))
    return {str(row.uuid): row.full_name for row in rows}


def _units(subjects: Iterable[str | None]) -> dict[str, str]:
    keys = {key for kind, key in map(_parts, subjects) if kind == "organisation"}
    ids = {row.id: row.key for row in db.session.execute(
        sa.select(Organisation.id, Organisation.key).where(Organisation.key.in_(keys)))}
    return {ids[id_]: name for id_, name in _last_names(set(ids)).items()}


def _last_names(organisation_ids: set[int]) -> dict[int, str]:
    """What each is called, or was when it ended."""
    rows = db.session.execute(
        sa.select(OrganisationPeriod.organisation_id, OrganisationPeriod.name)
        .where(OrganisationPeriod.organisation_id.in_(organisation_ids)).order_by(OrganisationPeriod.valid_from))
    return {row.organisation_id: row.name for row in rows}


def _parts(subject: str | None) -> tuple[str, str]:
    kind, _, key = (subject or "").partition(":")
    return kind, key


def _subject(subject: str | None, people: dict[str, str], units: dict[str, str]) -> tuple[str, str | None] | None:
    if not subject:
        return None
    kind, key = _parts(subject)
    if kind == "person":
        return kind, people.get(key)
    return kind, units.get(key, key) if kind == "organisation" else key
