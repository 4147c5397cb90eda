"""A unit hands in what is in the system, or takes it back to hand in another."""

from datetime import datetime

import sqlalchemy as sa

from lms.campaign.models import ListRequest, Submission
from lms.campaign.queries.lists import fingerprint, rows_of_unit
from lms.campaign.rules import HAND_IN
from lms.campaign.services.list_requests import add_events, locked_unit, require
from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Actor


def hand_in(
    request: ListRequest, organisation_id: int, *, now: datetime, seen: str | None = None, by: Actor | None = None,
    operator: str | None = None,
) -> Submission:
    """Hand in the list of this unit as it stands now, frozen. `seen` is the fingerprint of the list that was looked at.

    Raises DomainError list.not_yours, list.not_asked, list.closed, list.already_submitted, list.empty, list.changed
    (it is no longer the list that was seen).
    """
    require(by, organisation_id, HAND_IN)
    unit = locked_unit(request.id, organisation_id)
    if unit.may_decide:
        raise DomainError("list.already_submitted")
    if not unit.is_open(now):
        raise DomainError("list.closed", at=unit.last_day)
    rows = rows_of_unit(organisation_id, audience=request.audience)
    if not rows:
        raise DomainError("list.empty")
    sha256 = fingerprint(rows)
    if seen is not None and seen != sha256:
        raise DomainError("list.changed")
    before = db.session.scalar(sa.select(sa.func.max(Submission.number)).where(
        Submission.request_id == request.id, Submission.organisation_id == organisation_id)) or 0
    submission = Submission(
        request_id=request.id, organisation_id=organisation_id, number=before + 1, row_count=len(rows), rows=rows, sha256=sha256,
        submitted_at=now, submitted_by_id=by.id if by else None)
    db.session.add(submission)
    db.session.flush()
    add_events(request, [organisation_id], "submitted", now=now, by=by, submission_id=submission.id)
    audit.record("list.submitted", now=now, actor_id=by.id if by else None, operator=operator, rows=len(rows),
                 organisation_id=organisation_id, subject=f"submission:{submission.uuid}", sha256=sha256)
    return submission


def withdraw_list(
    request: ListRequest, organisation_id: int, *, now: datetime, by: Actor | None = None, operator: str | None = None,
) -> None:
    """Take the list back while the time lasts; it stays on record.

    Raises DomainError list.not_yours, list.not_asked, list.nothing_submitted, list.closed.
    """
    require(by, organisation_id, HAND_IN)
    unit = locked_unit(request.id, organisation_id)
    if not unit.may_decide or unit.submission is None:
        raise DomainError("list.nothing_submitted")
    if not unit.is_open(now):
        raise DomainError("list.closed", at=unit.last_day)
    submission = db.session.scalars(sa.select(Submission).where(Submission.uuid == unit.submission)).one()
    add_events(request, [organisation_id], "withdrawn", now=now, by=by, submission_id=submission.id)
    audit.record("list.withdrawn", now=now, actor_id=by.id if by else None, operator=operator,
                 organisation_id=organisation_id, subject=f"submission:{submission.uuid}")
    db.session.flush()
