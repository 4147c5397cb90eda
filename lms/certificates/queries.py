"""Reads of credentials, and of what is confirmed and not yet on paper."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.assessment.models.confirmations import Confirmation
from lms.certificates.models import Credential, CredentialEvent, CredentialFile, IssuerCounter
from lms.certificates.rules import REGISTRARS, current_state
from lms.core import clock
from lms.core.db import db
from lms.core.throttle import Throttle
from lms.core.vietnamese import fold
from lms.courses.queries.home import WHOSE_HOME, home_rows
from lms.framework.models import Framework, Level, Policy
from lms.people.models import Actor, OrganisationClosure, Person
from lms.people.queries.persons import is_or_was
from lms.people.rules.geography import Fact

A_PAGE = 50
_FIRST = sa.exists().where(Credential.confirmation_id == Confirmation.id, Credential.replaces_id.is_(None))
_GROUNDS = (
    sa.select(Confirmation, Person.full_name, Person.birth_year, Policy.key, Policy.version, Policy.document,
              Level.official_name, Framework.title, Framework.version)
    .join(Person, Person.id == Confirmation.person_id).join(Policy, Policy.id == Confirmation.policy_id)
    .join(Level, Level.ref == Confirmation.level_ref).join(Framework, Framework.id == Level.framework_id)
)


@dataclass(frozen=True)
class Grounds:
    """Everything a paper is drawn from: the confirmation, who it is about, the policy's words, the names of the level."""

    confirmation: Confirmation
    full_name: str
    birth_year: int | None
    policy_key: str
    policy_version: str
    policy: dict[str, Any]
    level_name: str
    framework_title: str
    framework_version: str


def token_hash(token: str) -> str:
    """What the database keeps of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def due_confirmations(
    *, now: datetime, after: int, limit: int, organisation_ids: Collection[int] | None = None,
    ids: Collection[int] | None = None,
) -> list[Grounds]:
    """Live confirmations without a paper, oldest first, from the id `after` on; all, those of these organisations, or of
    these ids."""
    among = [] if ids is None else [Confirmation.id.in_(ids)]
    query = _GROUNDS.where(Confirmation.id > after, *among, *_due(now, organisation_ids)).order_by(Confirmation.id).limit(limit)
    return [Grounds(*row) for row in db.session.execute(query)]


def due_count(actor: Actor, *, now: datetime) -> int:
    """How many live confirmations without a paper this registrar sees."""
    query = sa.select(sa.func.count(Confirmation.id)).where(*_due(now, None), Confirmation.organisation_id.in_(_below(actor)))
    return db.session.scalar(query) or 0


def _due(now: datetime, organisation_ids: Collection[int] | None) -> list[sa.ColumnElement[bool]]:
    still_holds = sa.or_(Confirmation.valid_until.is_(None), Confirmation.valid_until > now)
    here = [] if organisation_ids is None else [Confirmation.organisation_id.in_(organisation_ids)]
    return [Confirmation.ended_at.is_(None), still_holds, ~_FIRST, *here]


def last_number(prefix: str, year: int) -> int:
    """The running number given last under this prefix in this year, 0 before the first."""
    given = sa.select(IssuerCounter.last_number).where(IssuerCounter.prefix == prefix, IssuerCounter.year == year)
    return db.session.scalar(given) or 0


def grounds_of(confirmation_id: int) -> Grounds:
    """What the paper of this confirmation would be drawn from today."""
    return Grounds(*db.session.execute(_GROUNDS.where(Confirmation.id == confirmation_id)).one())


def first_credential_of(confirmation_id: int) -> Credential | None:
    """The paper first issued for this confirmation."""
    query = sa.select(Credential).where(Credential.confirmation_id == confirmation_id, Credential.replaces_id.is_(None))
    return db.session.scalar(query)


def credentials_ended_below(*, now: datetime, limit: int) -> list[tuple[Credential, Confirmation]]:
    """Papers still standing whose confirmation has ended, or whose day has come."""
    query = (sa.select(Credential, Confirmation).join(Confirmation, Confirmation.id == Credential.confirmation_id)
             .where(Credential.state.in_(("good", "suspended")),
                    sa.or_(Confirmation.ended_at.is_not(None), Credential.valid_until <= now))
             .order_by(Credential.id).limit(limit))
    return [(credential, confirmation) for credential, confirmation in db.session.execute(query)]


def certificates_of(person_id: int) -> Sequence[Credential]:
    """All papers of this person (an id that came from the actor), newest first."""
    return db.session.scalars(
        sa.select(Credential).where(is_or_was(Credential.person_id, person_id)).order_by(Credential.id.desc())).all()


def papers_held_by(actor: Actor) -> list[tuple[Credential, str]]:
    """The actor's own papers, newest first, each with the name that its level has on screens. One statement."""
    query = (sa.select(Credential, Level.short_name).join(Confirmation, Confirmation.id == Credential.confirmation_id)
             .join(Level, Level.ref == Confirmation.level_ref)
             .where(is_or_was(Credential.person_id, actor.id)).order_by(Credential.id.desc()))
    return [(credential, level) for credential, level in db.session.execute(query)]


def papers_at_home() -> sa.Select[Any]:
    """A learner's own papers, newest first: `title` the level, `key` the serial, `text` the state, issued `at`, good `until`."""
    return (
        home_rows(title=Level.short_name, key=Credential.serial, text=Credential.state, at=Credential.issued_at,
                  until=Credential.valid_until, rank=-Credential.id)
        .join(Confirmation, Confirmation.id == Credential.confirmation_id).join(Level, Level.ref == Confirmation.level_ref)
        .where(is_or_was(Credential.person_id, WHOSE_HOME)))


def certificate_held(actor: Actor, serial: str) -> Credential | None:
    """The actor's own paper with this serial."""
    return db.session.scalar(
        sa.select(Credential).where(Credential.serial == serial, is_or_was(Credential.person_id, actor.id)))


def certificate_kept(actor: Actor, serial: str) -> Credential | None:
    """The paper with this serial, where the actor keeps the register of its organisation."""
    return db.session.scalar(
        sa.select(Credential).where(Credential.serial == serial, Credential.organisation_id.in_(_below(actor))))


def certificate_by_serial(serial: str) -> Credential | None:
    """Any paper; for commands, which see everything."""
    return db.session.scalar(sa.select(Credential).where(Credential.serial == serial))


def certificate_by_link(serial: str, token: str) -> Credential | None:
    """The paper that this secret link opens."""
    return db.session.scalar(
        sa.select(Credential).where(Credential.serial == serial, Credential.access_token_hash == token_hash(token)))


def certificate_by_hash(sha256: str) -> Credential | None:
    """The paper whose issued file has this hash."""
    return db.session.scalar(
        sa.select(Credential).join(CredentialFile).where(CredentialFile.sha256 == sha256))


def file_of(credential: Credential, media_type: str = "application/pdf") -> CredentialFile:
    """The issued file, its bytes included."""
    return db.session.scalars(
        sa.select(CredentialFile).options(sa.orm.undefer(CredentialFile.content))
        .where(CredentialFile.credential_id == credential.id, CredentialFile.media_type == media_type)).one()


def events_of(credential: Credential) -> Sequence[tuple[CredentialEvent, str | None]]:
    """What befell this paper, oldest first, with the name of whoever decided."""
    query = (sa.select(CredentialEvent, Person.full_name).outerjoin(Person, Person.id == CredentialEvent.actor_id)
             .where(CredentialEvent.credential_id == credential.id).order_by(CredentialEvent.id))
    return [(event, name) for event, name in db.session.execute(query)]


def register_visible_to(actor: Actor, *, search: str = "", before: int | None = None) -> tuple[Sequence[Credential], bool]:
    """One page of the register, newest first, and whether older ones follow.

    `search` is any part of a name (accents do not matter) or a serial from its beginning; `before` is the id below
    which the page begins. One statement, as cheap in a register of a million papers as in one of ten.
    """
    query = sa.select(Credential).where(Credential.organisation_id.in_(_below(actor)))
    if before is not None:
        query = query.where(Credential.id < before)
    if search:
        serial = search.upper().replace(" ", "").replace("-", "")
        query = query.where(sa.or_(Credential.folded_recipient.contains(fold(search), autoescape=True),
                                   sa.func.replace(Credential.serial, "-", "").startswith(serial, autoescape=True)))
    rows = db.session.scalars(query.order_by(Credential.id.desc()).limit(A_PAGE + 1)).all()
    return rows[:A_PAGE], len(rows) > A_PAGE


def every_certificate() -> Sequence[Credential]:
    """All papers, oldest first; for commands."""
    return db.session.scalars(sa.select(Credential).order_by(Credential.id)).all()


def public_record(
    serial: str, here: str, everywhere: str, *, now: datetime,
) -> tuple[datetime | None, dict[str, Any] | None]:
    """Until when one of these two throttle subjects is locked (or None), and what the public may know (or None).

    One statement, whichever way it goes. Only a good paper shows name and year of birth.
    """
    with db.engine.connect() as connection:  # a session of its own would cost as much again as the statement
        row = connection.execute(
            _PUBLIC, {"serial": serial, "here": here, "everywhere": everywhere, "now": now}).one()
    if row.locked_until or row.serial is None:
        return row.locked_until, None
    state = current_state(row.state, row.valid_until, now=now)
    issued = row.issued if state == "good" else {**row.issued, "recipient": None, "birth_year": None}
    since = row.valid_until if state == "expired" and row.state != "expired" else row.state_at
    return None, {"serial": row.serial, "state": state, "since": since, "issued": issued, "issued_at": row.issued_at,
                  "reason": row.reason, "decision": row.decision}


def papers_given_until(day: date) -> list[Fact]:
    """The first papers issued on or before this day and not revoked, to be counted in the geography of any day."""
    rows = db.session.execute(sa.select(
        Credential.id, Credential.organisation_id, Credential.issued_at, Credential.person_id)
        .where(Credential.replaces_id.is_(None), Credential.state != "revoked", Credential.issued_at < clock.end_of(day)))
    return [Fact(row.id, row.organisation_id, clock.local_date(row.issued_at), row.person_id) for row in rows]


def organisations_kept_by(actor: Actor) -> Sequence[int]:
    """Ids of the organisations whose register this actor keeps."""
    return list(db.session.scalars(_below(actor)))


def _below(actor: Actor) -> Any:
    return sa.select(OrganisationClosure.descendant_id).where(
        OrganisationClosure.ancestor_id.in_(actor.organisations(*REGISTRARS)))


# Tables, not classes: checking a paper is what strangers do by the thousand, and mapping costs more than asking.
_PAPER, _EVENT, _COUNT = Credential.__table__.c, CredentialEvent.__table__.c, Throttle.__table__.c
_MOMENT = _COUNT.locked_until.type
_LOCK = (
    sa.select(sa.func.max(_COUNT.locked_until, type_=_MOMENT).label("locked_until"))
    .where(sa.or_(_COUNT.subject == sa.bindparam("here"), _COUNT.subject == sa.bindparam("everywhere")),
           _COUNT.locked_until > sa.bindparam("now", type_=_MOMENT)).subquery()
)
_LATEST = (
    sa.select(sa.func.max(_EVENT.id)).where(_EVENT.credential_id == _PAPER.id)
    .correlate(Credential.__table__).scalar_subquery()
)
_PUBLIC = (
    sa.select(_LOCK.c.locked_until, _PAPER.serial, _PAPER.state, _PAPER.state_at, _PAPER.valid_until, _PAPER.issued,
              _PAPER.issued_at, _EVENT.reason, _EVENT.decision)
    .select_from(_LOCK.outerjoin(Credential.__table__, _PAPER.serial == sa.bindparam("serial"))
                 .outerjoin(CredentialEvent.__table__, _EVENT.id == _LATEST))
)
