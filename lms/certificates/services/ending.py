"""Papers follow their confirmations: what ended below ends here."""

from datetime import datetime

import sqlalchemy as sa

from lms.assessment.models.confirmations import ENDING_KINDS, Confirmation, ConfirmationEvent
from lms.certificates import queries
from lms.certificates.models import Credential
from lms.certificates.services.deciding import befall
from lms.core.db import db
from lms.core.errors import DomainError

AFTER_CONFIRMATION = {"withdrawn": "revoked", "expired": "expired", "superseded": "replaced"}


def end_due(*, now: datetime, limit: int = 200) -> list[Credential]:
    """Write down the end of papers whose confirmation has ended or whose day has come; return them.

    Safe to run twice. The words of the confirmation's end are the assessor's and do not reach the public page.
    """
    ended = []
    for credential, confirmation in queries.credentials_ended_below(now=now, limit=limit):
        kind, since = _end_of(credential, confirmation)
        try:
            befall(credential, kind, now=now, since=since)
        except DomainError:  # a registrar was faster
            continue
        ended.append(credential)
    return ended


def _end_of(credential: Credential, confirmation: Confirmation) -> tuple[str, datetime]:
    day, ended_at = credential.valid_until, confirmation.ended_at
    if ended_at is None or (day and day <= ended_at):
        assert day is not None
        return "expired", day
    kind = db.session.scalars(
        sa.select(ConfirmationEvent.kind)
        .where(ConfirmationEvent.confirmation_id == confirmation.id, ConfirmationEvent.kind.in_(ENDING_KINDS))
        .order_by(ConfirmationEvent.id.desc()).limit(1)).one()
    return AFTER_CONFIRMATION[kind], ended_at
