"""Confirmations become credentials: exactly once each, whoever asks and however often."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite

from lms.assessment.models.confirmations import Confirmation
from lms.certificates import queries
from lms.certificates.models import Credential, CredentialEvent, CredentialFile, IssuerCounter
from lms.certificates.queries import Grounds
from lms.certificates.rules import NAME_LENGTH, Terms, printable, printable_name, random_part, serial_of
from lms.certificates.services import paper
from lms.core import audit, clock, config, settings
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import fold

A_BATCH = 50
TRIES = 3
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper drawn before it is issued: the number it counts on, its words and its bytes."""

    number: int
    issued: dict[str, Any]
    content: bytes


class Overtaken(Exception):
    """A paper drawn ahead is no longer what would be issued now."""


def issue_due(
    *, now: datetime, limit: int = A_BATCH, organisation_ids: Collection[int] | None = None,
    actor_id: int | None = None, operator: str | None = None,
) -> list[Credential]:
    """Issue what is confirmed and not yet on paper, at most `limit` papers; return the new ones, oldest first.

    All in the caller's transaction, drawing included: where others write meanwhile, `certificates.rounds` is for it.
    Safe to run twice and by several workers at once. A confirmation that cannot be printed is logged and left for the
    next run; the others go on. Raises `credential.address_not_public` when something is due and nobody outside
    could check it.
    """
    made: list[Credential] = []
    last = 0
    while len(made) < limit:
        due = queries.due_confirmations(now=now, after=last, limit=limit - len(made), organisation_ids=organisation_ids)
        if not due:
            break
        last = due[-1].confirmation.id
        marks = _marks()
        for grounds in due:
            try:
                credential = issue_once(grounds, marks=marks, now=now, actor_id=actor_id, operator=operator)
            except DomainError as refusal:
                log.warning("credential_not_issued", confirmation=str(grounds.confirmation.uuid), code=refusal.code)
                continue
            if credential:
                made.append(credential)
    return made


def issue(confirmation: Confirmation, *, now: datetime, actor_id: int | None = None) -> Credential:
    """The paper of this confirmation: the one there is, else a new one.

    Raises `credential.address_not_public`, `credential.name_not_printable`, `credential.confirmation_ended`.
    """
    existing = queries.first_credential_of(confirmation.id)
    if existing:
        return existing
    if confirmation.ended_at is not None:
        raise DomainError("credential.confirmation_ended")
    made = issue_once(queries.grounds_of(confirmation.id), marks=_marks(), now=now, actor_id=actor_id)
    faster = made or queries.first_credential_of(confirmation.id)
    assert faster is not None
    return faster


def issue_once(
    grounds: Grounds, *, marks: list[str], now: datetime, replaces: Credential | None = None,
    actor_id: int | None = None, operator: str | None = None, drawn: Drawn | None = None,
) -> Credential | None:
    """Write the credential, its first event and its file; None when somebody else was faster.

    With `drawn` only that very paper: None also when it would be another one now.

    The unique constraints decide, not this code. The running number comes from a counter row in the same savepoint,
    so a number that leads nowhere is taken back with it.
    """
    for _ in range(TRIES):
        try:
            with db.session.begin_nested():
                return _write(grounds, marks=marks, now=now, replaces=replaces, actor_id=actor_id, operator=operator,
                              drawn=drawn)
        except Overtaken:
            return None
        except sa.exc.IntegrityError:
            if drawn or _is_issued(grounds, replaces):
                return None
    raise RuntimeError("no free serial number")  # three equal draws of 39 bits: the random source is broken


def _is_issued(grounds: Grounds, replaces: Credential | None) -> bool:
    replaced = Credential.replaces_id == replaces.id if replaces else Credential.replaces_id.is_(None)
    there = sa.exists().where(Credential.confirmation_id == grounds.confirmation.id, replaced)
    return bool(db.session.scalar(sa.select(there)))


def _write(
    grounds: Grounds, *, marks: list[str], now: datetime, replaces: Credential | None, actor_id: int | None,
    operator: str | None, drawn: Drawn | None,
) -> Credential:
    confirmation, body = grounds.confirmation, settings.current()
    year = clock.local_date(now).year
    number = _next_number(body.serial_prefix, year)
    serial = drawn.issued["serial"] if drawn else serial_of(body.serial_prefix, year, number, random_part())
    issued = words_of(grounds, body, serial=serial, marks=marks, now=now)
    if drawn and (number, issued) != (drawn.number, drawn.issued):
        raise Overtaken
    credential = Credential(
        confirmation_id=confirmation.id, kind="certificate", replaces_id=replaces.id if replaces else None,
        person_id=confirmation.person_id, organisation_id=confirmation.organisation_id, prefix=body.serial_prefix,
        year=year, number=number, serial=serial, folded_recipient=fold(issued["recipient"])[:NAME_LENGTH], issued=issued,
        issued_at=now, valid_until=confirmation.valid_until, state="good", state_at=now)
    db.session.add(credential)
    db.session.flush()  # a second paper for the same confirmation fails here, before anything is drawn
    content = drawn.content if drawn else paper.draw(issued)
    db.session.add(CredentialFile(credential_id=credential.id, media_type=paper.PDF, content=content,
                                  sha256=hashlib.sha256(content).hexdigest()))
    db.session.add(CredentialEvent(credential_id=credential.id, kind="issued", at=now, actor_id=actor_id))
    audit.record("credential.issued", now=now, actor_id=actor_id, operator=operator, serial=serial,
                 subject=f"credential:{credential.uuid}", organisation_id=confirmation.organisation_id)
    db.session.flush()
    return credential


def _next_number(prefix: str, year: int) -> int:
    """The next running number. Holds the counter row until the transaction ends, so numbers have no gaps."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    first = insert(IssuerCounter).values(prefix=prefix, year=year, last_number=1)
    taken = first.on_conflict_do_update(
        index_elements=["prefix", "year"], set_={"last_number": IssuerCounter.last_number + 1},
    ).returning(IssuerCounter.last_number)
    return int(db.session.execute(taken).scalar_one())


def words_of(
    grounds: Grounds, body: settings.Settings, *, serial: str, marks: list[str], now: datetime,
) -> dict[str, Any]:
    """Everything the paper says, as it says it. Later changes of name, settings or policy do not reach it.

    Raises `credential.name_not_printable`.
    """
    confirmation, words = grounds.confirmation, grounds.policy["certificate"]
    said = {
        "title": body.certificate_title, "issuer": body.body_name, "issuer_parent": body.body_parent,
        "place": body.certificate_place, "decision": body.decision_number, "signatory_name": body.signatory_name,
        "signatory_title": body.signatory_title, "achievement": words["achievement"], "scheme": words["scheme"],
        "follows": words["follows"] or "", "level": grounds.level_name, "framework": grounds.framework_title,
    }
    valid_until = confirmation.valid_until
    return {
        **{key: printable(text) for key, text in said.items()},
        "recipient": printable_name(grounds.full_name), "birth_year": grounds.birth_year, "serial": serial,
        "url": Terms.of(config.running()).check_address(serial), "issued_at": now.isoformat(),
        "valid_until": valid_until.isoformat() if valid_until else None, "level_ref": confirmation.level_ref,
        "framework_ref": confirmation.framework_ref, "framework_version": grounds.framework_version,
        "policy": grounds.policy_key, "policy_version": grounds.policy_version, "policy_title": grounds.policy["title"],
        "marks": marks,
    }


def _marks() -> list[str]:
    return Terms.of(config.running()).marks()
