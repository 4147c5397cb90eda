"""The address that a question page saves to while one answers. The hot path: no page, no words, one statement."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import jsonify, session, url_for
from sqlalchemy import Connection

from lms.assessment import rules
from lms.assessment.queries.papers import paper_of
from lms.assessment.services import attempts as services
from lms.assessment.services.autosave import Saved, check_owner, save_response
from lms.assessment.views.attempts import read_answer, sentence
from lms.assessment.views.blueprint import bp
from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.queries.actors import actor_of, token_hash
from lms.web.access import machine

REFUSALS = {  # code -> (status, what the page's script does about it)
    "attempt.signed_out": (401, "signed-out"), "attempt.not_found": (404, "unknown"),
    "response.invalid": (400, "invalid"), "response.stale": (409, "stale"),
}


@bp.post("/bai-kiem-tra/<key>/<uuid:uuid>/cau/<int:position>/luu")
@machine  # the statement itself checks the sign-in: reading the actor first would double the cost of a save
def save_answer(key: str, uuid: UUID, position: int) -> Any:
    token, now = session.get("_user_id", ""), clock.now()
    try:
        with db.engine.begin() as connection:
            saved = _save(connection, key, uuid, position, token_hash=token_hash(token), now=now)
    except DomainError as refusal:
        status, state = REFUSALS[refusal.code]
        return jsonify(state=state, message=sentence(refusal)), status
    if saved.receipt is None:
        return _too_late(token, key, uuid)
    return {"receipt": saved.receipt, "saved_at": f"{saved.saved_at.astimezone(clock.WARD_ZONE):%H:%M}",
            "remaining": rules.seconds_left(saved.due_at, now=now)}


def _save(connection: Connection, key: str, uuid: UUID, position: int, *, token_hash: str, now: datetime) -> Saved:
    paper = paper_of(uuid, connection)
    if paper is None or paper.key != key or paper.at(position) is None:
        check_owner(connection, token_hash=token_hash, uuid=uuid, now=now)
        raise DomainError("attempt.not_found")
    try:
        answer = read_answer(paper, position)
    except DomainError:
        check_owner(connection, token_hash=token_hash, uuid=uuid, now=now)
        raise
    return save_response(connection, answer, token_hash=token_hash, uuid=uuid, now=now)


def _too_late(token: str, key: str, uuid: UUID) -> Any:
    """The answer was kept aside; if only the clock had ended the attempt so far, it is closed now."""
    now = clock.now()
    actor = actor_of(token, now=now)
    assert actor is not None
    services.submit_attempt(person_id=actor.id, uuid=uuid, now=now)
    db.session.commit()
    return jsonify(state="closed", message=sentence(DomainError("attempt.closed")),
                   next=url_for(".result", key=key, uuid=uuid)), 409
