"""Saving one answer: the hottest write of the product, one statement that decides everything itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.assessment import rules
from lms.assessment.models import Attempt, LateResponse, Response
from lms.core.db import Document, UTCDateTime
from lms.core.errors import DomainError
from lms.people.models import Person, SignIn

MOST_SAVES = 1_000_000  # a sequence beyond this is not a learner's

# Who asks, whose attempt it is, whether it is open, and whether the answer is the newest: all in the one statement.
# The lock makes a submit wait for saves that began before it; SQLite has one writer anyway.
_SAVE = """
INSERT INTO response (attempt_id, position, document, flagged, sequence, receipt, saves, saved_at)
SELECT attempt.id, :position, :document, :flagged, :sequence,
       (SELECT coalesce(max(earlier.receipt), 0) + 1 FROM response AS earlier WHERE earlier.attempt_id = attempt.id),
       1, :now
FROM attempt
JOIN sign_in ON sign_in.person_id = attempt.person_id
JOIN person ON person.id = attempt.person_id
WHERE attempt.uuid = :uuid AND attempt.state = 'in_progress' AND attempt.closes_at >= :now
  AND sign_in.token_hash = :token_hash AND sign_in.ended_at IS NULL AND sign_in.expires_at > :now
  AND person.ended_at IS NULL {lock}
ON CONFLICT (attempt_id, position) DO UPDATE
SET document = excluded.document, flagged = excluded.flagged, sequence = excluded.sequence,
    receipt = excluded.receipt, saves = response.saves + 1, saved_at = excluded.saved_at
WHERE response.sequence < excluded.sequence
RETURNING receipt, saved_at, (SELECT attempt.due_at FROM attempt WHERE attempt.id = response.attempt_id) AS due_at
"""


def _statement(lock: str) -> sa.TextualSelect:
    return sa.text(_SAVE.format(lock=lock)).bindparams(
        sa.bindparam("position", type_=sa.Integer()), sa.bindparam("document", type_=Document),
        sa.bindparam("flagged", type_=sa.Boolean()), sa.bindparam("sequence", type_=sa.Integer()),
        sa.bindparam("now", type_=UTCDateTime()), sa.bindparam("uuid", type_=sa.Uuid()),
        sa.bindparam("token_hash", type_=sa.String()),
    ).columns(  # in this order: named ones would be looked for in every answer of the database anew
        sa.column("receipt", sa.Integer()), sa.column("saved_at", UTCDateTime()), sa.column("due_at", UTCDateTime()))


_SAVES = {"sqlite": _statement(""), "postgresql": _statement("FOR SHARE OF attempt")}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page sends for one question: the response, the flag, and the client's count of its saves here."""

    position: int
    document: dict[str, Any] | None
    flagged: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an answer. `receipt` is None for a late one: it was kept aside and does not count."""

    receipt: int | None
    saved_at: datetime
    due_at: datetime


def save_response(
    connection: sa.Connection, answer: Answer, *, token_hash: str, uuid: UUID, now: datetime,
) -> Saved:
    """Save the answer for whoever is signed in with this token; its position must be on the paper.

    Works on a bare connection: a session would cost half as much again. The same sequence with the same answer again
    gives the same receipt. An answer after the end is kept aside. Raises DomainError: attempt.signed_out,
    attempt.not_found, response.stale (a newer one stands).
    """
    row = connection.execute(_SAVES[connection.dialect.name], {
        "position": answer.position, "document": answer.document, "flagged": answer.flagged,
        "sequence": answer.sequence, "now": now, "uuid": uuid, "token_hash": token_hash}).first()
    return Saved(*row) if row else _not_saved(connection, answer, token_hash=token_hash, uuid=uuid, now=now)


def check_owner(connection: sa.Connection, *, token_hash: str, uuid: UUID, now: datetime) -> None:
    """For an answer that is refused for what it holds: first say what a stranger would be told.

    Raises DomainError: attempt.signed_out, attempt.not_found.
    """
    _standing(connection, token_hash=token_hash, uuid=uuid, position=0, now=now)


def _standing(connection: sa.Connection, *, token_hash: str, uuid: UUID, position: int, now: datetime) -> Any:
    person_id = connection.scalar(
        sa.select(SignIn.person_id).join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == token_hash, SignIn.ended_at.is_(None), SignIn.expires_at > now,
               Person.ended_at.is_(None)))
    if person_id is None:
        raise DomainError("attempt.signed_out")
    row = connection.execute(
        sa.select(Attempt.id, Attempt.state, Attempt.due_at, Attempt.closes_at, Response.sequence, Response.document,
                  Response.flagged, Response.receipt, Response.saved_at)
        .outerjoin(Response, (Response.attempt_id == Attempt.id) & (Response.position == position))
        .where(Attempt.uuid == uuid, Attempt.person_id == person_id)).first()
    if row is None:
        raise DomainError("attempt.not_found")
    return row


def _not_saved(
    connection: sa.Connection, answer: Answer, *, token_hash: str, uuid: UUID, now: datetime,
) -> Saved:
    """The slow way round: say why, or recognise a repeat whose acknowledgement was lost."""
    row = _standing(connection, token_hash=token_hash, uuid=uuid, position=answer.position, now=now)
    if (row.sequence, row.document, row.flagged) == (answer.sequence, answer.document, answer.flagged):
        return Saved(row.receipt, row.saved_at, row.due_at)
    if row.state == "in_progress" and not rules.is_over(row.closes_at, now=now):
        raise DomainError("response.stale")
    here = (LateResponse.attempt_id == row.id) & (LateResponse.position == answer.position)
    if connection.scalar(sa.select(LateResponse.position).where(here)) is None:
        connection.execute(sa.insert(LateResponse).values(
            attempt_id=row.id, position=answer.position, sequence=answer.sequence, document=answer.document,
            received_at=now))
    return Saved(None, now, row.due_at)
