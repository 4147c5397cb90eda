"""The ward asks for lists, receives them, returns them, reminds, opens again. Events are added, never changed."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.campaign.models import ListRequest, ListRequestEvent, ListRequestUnit, Submission
from lms.campaign.queries.list_requests import Unit, unit_of, units_of, units_to_ask
from lms.campaign.rules import ASK
from lms.core import audit, clock, mail
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Actor, Organisation, Person, RoleGrant
from lms.people.queries.organisations import organisation_ids_under
from lms.people.rules.roles import holds_at

LONGEST_TITLE, LONGEST_MEANT, LONGEST_REASON = 200, 500, 500


def ask_for_list(
    organisation: Organisation, *, title: str, meant: str, due_on: date, unit_ids: Collection[int], now: datetime,
    audience: str | None = None, by: Actor | None = None, operator: str | None = None,
) -> ListRequest:
    """Ask these units below the organisation for a list until a day, which counts whole.

    Raises DomainError list.not_yours, list.title_missing, list.text_too_long, list.due_past, list.nobody_asked.
    """
    require(by, organisation.id)
    title, meant = clean(title), clean(meant)
    if not title:
        raise DomainError("list.title_missing")
    if len(title) > LONGEST_TITLE or len(meant) > LONGEST_MEANT:
        raise DomainError("list.text_too_long", most=LONGEST_TITLE if len(title) > LONGEST_TITLE else LONGEST_MEANT)
    if due_on < clock.local_date(now):
        raise DomainError("list.due_past")
    if not unit_ids:
        raise DomainError("list.nobody_asked")
    if by and not set(unit_ids) <= {unit.id for unit in units_to_ask(by, organisation)}:
        raise DomainError("list.not_yours")
    request = ListRequest(organisation_id=organisation.id, title=title, meant=meant, audience=audience, due_on=due_on,
                          asked_at=now, asked_by_id=by.id if by else None)
    db.session.add(request)
    db.session.flush()
    db.session.add_all(ListRequestUnit(request_id=request.id, organisation_id=one) for one in sorted(set(unit_ids)))
    add_events(request, unit_ids, "asked", now=now, by=by)
    audit.record("list.asked", now=now, actor_id=by.id if by else None, operator=operator, organisation_id=organisation.id,
                 subject=f"list_request:{request.uuid}", units=len(set(unit_ids)), due_on=due_on.isoformat())
    db.session.flush()
    return request


def receive_list(submission: Submission, *, now: datetime, by: Actor | None = None, operator: str | None = None) -> None:
    """The ward has received this list. A second time changes nothing.

    Raises DomainError list.not_yours, list.replaced (the unit took it back or handed in another one).
    """
    unit = _standing(submission, by)
    if unit.state == "received":
        return
    _decide(unit, submission, "received", now=now, by=by, operator=operator)


def return_list(
    submission: Submission, *, reason: str, now: datetime, until: date | None = None, by: Actor | None = None,
    operator: str | None = None,
) -> None:
    """The ward sends this list back with its reason; `until` gives the unit time after the request's last day.

    Raises DomainError list.not_yours, list.replaced, list.reason_missing, list.text_too_long, list.due_past (an
    `until` before today, or none when the time is over).
    """
    unit = _standing(submission, by)
    reason = clean(reason)
    if not reason:
        raise DomainError("list.reason_missing")
    if len(reason) > LONGEST_REASON:
        raise DomainError("list.text_too_long", most=LONGEST_REASON)
    if not (unit.is_open(now) or until) or (until and until < clock.local_date(now)):
        raise DomainError("list.due_past")
    _decide(unit, submission, "returned", now=now, by=by, operator=operator, reason=reason, until=until)


def reopen(
    request: ListRequest, organisation_id: int, *, until: date, now: datetime, by: Actor | None = None,
    operator: str | None = None,
) -> None:
    """Let one unit hand in until this day, after the request's own.

    Raises DomainError list.not_yours, list.not_asked, list.due_past.
    """
    require(by, request.organisation_id)
    locked_unit(request.id, organisation_id)
    if until < clock.local_date(now):
        raise DomainError("list.due_past")
    add_events(request, [organisation_id], "reopened", now=now, by=by, until=until)
    audit.record("list.reopened", now=now, actor_id=by.id if by else None, operator=operator,
                 organisation_id=organisation_id, subject=f"list_request:{request.uuid}", until=until.isoformat())
    db.session.flush()


def remind_units(
    request: ListRequest, *, subject: str, text: str, now: datetime, by: Actor | None = None, operator: str | None = None,
    only: Collection[int] | None = None,
) -> list[Unit]:
    """Remind every unit whose list is not with the ward (or those of `only`): on its focal points' first page, and by
    letter where letters are sent. A unit is reminded at most once a day; the answer is those that were.

    Raises DomainError list.not_yours.
    """
    require(by, request.organisation_id)
    today = clock.local_date(now)
    db.session.scalar(sa.select(ListRequest.id).where(ListRequest.id == request.id).with_for_update())
    units = [unit for unit in units_of([request.id])
             if not unit.may_decide and (only is None or unit.organisation_id in only)
             and not (unit.reminded_at and clock.local_date(unit.reminded_at) == today)]
    ids = [unit.organisation_id for unit in units]
    add_events(request, ids, "reminded", now=now, by=by)
    for address in focal_addresses(ids, now=now):
        mail.put(address, subject=subject, text=text, now=now)
    if units:
        audit.record("list.reminded", now=now, actor_id=by.id if by else None, operator=operator,
                     organisation_id=request.organisation_id, subject=f"list_request:{request.uuid}", units=len(units))
    db.session.flush()
    return units


def focal_addresses(organisation_ids: Collection[int], *, now: datetime) -> list[str]:
    """E-mail addresses of the focal points who hold their role at these organisations, each once."""
    return sorted(set(db.session.scalars(
        sa.select(Person.email).join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == "focal_point", *holds_at(now), Person.ended_at.is_(None),
               Person.email.is_not(None), RoleGrant.organisation_id.in_(list(organisation_ids))))))


def add_events(
    request: ListRequest, organisation_ids: Collection[int], kind: str, *, now: datetime, by: Actor | None, **more: Any,
) -> None:
    """One event of this kind for each of these units."""
    db.session.add_all(
        ListRequestEvent(request_id=request.id, organisation_id=one, kind=kind, at=now, actor_id=by.id if by else None, **more)
        for one in sorted(set(organisation_ids)))
    db.session.flush()


def require(by: Actor | None, organisation_id: int, roles: tuple[str, ...] = ASK) -> None:
    """Raises DomainError list.not_yours unless the actor holds one of these roles at or above the organisation."""
    if by and not db.session.scalar(organisation_ids_under(by, *roles).where(
            sa.literal_column("descendant_id") == organisation_id).limit(1)):
        raise DomainError("list.not_yours")


def locked_unit(request_id: int, organisation_id: int) -> Unit:
    """The unit's part of the request, kept from others until the end of the transaction. Raises DomainError list.not_asked."""
    db.session.execute(sa.select(ListRequestUnit).where(
        ListRequestUnit.request_id == request_id, ListRequestUnit.organisation_id == organisation_id).with_for_update())
    unit = unit_of(request_id, organisation_id)
    if unit is None:
        raise DomainError("list.not_asked")
    return unit


def _standing(submission: Submission, by: Actor | None) -> Unit:
    unit = locked_unit(submission.request_id, submission.organisation_id)
    require(by, unit.request.organisation_id)
    if not unit.may_decide or unit.submission != submission.uuid:
        raise DomainError("list.replaced")
    return unit


def _decide(
    unit: Unit, submission: Submission, kind: str, *, now: datetime, by: Actor | None, operator: str | None, **more: Any,
) -> None:
    add_events(unit.request, [unit.organisation_id], kind, now=now, by=by, submission_id=submission.id, **more)
    audit.record(f"list.{kind}", now=now, actor_id=by.id if by else None, operator=operator,
                 organisation_id=unit.organisation_id, subject=f"submission:{submission.uuid}")
    db.session.flush()
