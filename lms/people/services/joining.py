"""People come by themselves: a unit opens a code, whoever has it asks, the unit lets them in or says why not."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms.core import audit, clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Actor, Cohort, JoinCode, JoinDecision, JoinRequest, Membership, Organisation, Person
from lms.people.queries.joining import belongs, codes_from, hash_of, is_open, open_request_of
from lms.people.queries.organisations import organisation_ids_above
from lms.people.rules.cohorts import MANAGE_COHORTS, checked_joining_most, checked_joining_until, checked_reason
from lms.people.services.cohorts import add_to_cohort
from lms.people.services.persons import add_member
from lms.people.services.tree import check_takes_people


def open_join_code(
    *, organisation: Organisation, until: date, most: int, now: datetime, by: Actor | None, cohort: Cohort | None = None,
    operator: str | None = None,
) -> JoinCode:
    """A new code with which people ask to join the organisation (and the cohort), through the day `until`.

    Raises DomainError join.not_yours, organisation.ended, cohort.ended, join.until_wrong, join.most_wrong.
    """
    _check_right(organisation.id, by)
    check_takes_people(organisation.id)
    if cohort is not None and cohort.ended_at is not None:
        raise DomainError("cohort.ended")
    checked_joining_until(until, on=clock.local_date(now))
    uuid = uuid4()
    row = JoinCode(
        uuid=uuid, organisation_id=organisation.id, cohort_id=cohort.id if cohort else None, code_hash=hash_of(codes_from(uuid)[0]),
        most=checked_joining_most(most), made_by_id=by.id if by else None, made_at=now,
        expires_at=datetime.combine(until, time(23, 59, 59), clock.WARD_ZONE))
    db.session.add(row)
    db.session.flush()
    _note("join_code.opened", row, now=now, by=by, operator=operator, most=most, until=until.isoformat())
    return row


def close_join_code(row: JoinCode, *, now: datetime, by: Actor | None, operator: str | None = None) -> None:
    """Nobody asks with this code any more; whoever asked already still gets an answer. Raises join.not_yours."""
    _check_right(row.organisation_id, by)
    if row.closed_at is None:
        row.closed_at, row.closed_by_id = now, by.id if by else None
        db.session.flush()
        _note("join_code.closed", row, now=now, by=by, operator=operator)


def ask_to_join(row: JoinCode, *, by: Actor, now: datetime) -> JoinRequest:
    """The actor asks with this code; asking again while it is open changes nothing.

    Raises DomainError join.belongs, join.unknown (closed, expired or full meanwhile).
    """
    waiting = open_request_of(row, by.id)
    if waiting:
        return waiting
    if belongs(row, by.id):
        raise DomainError("join.belongs")
    locked = db.session.get_one(JoinCode, row.id, with_for_update=True, populate_existing=True)
    if not is_open(locked, now=now):
        raise DomainError("join.unknown")
    request = JoinRequest(join_code_id=row.id, person_id=by.id, asked_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(request)
    except IntegrityError:  # the second half of a double click
        return open_request_of(row, by.id) or request
    _note("join.asked", row, now=now, by=by, operator=None, request=str(request.uuid))
    return request


def approve_requests(requests: Sequence[JoinRequest], *, by: Actor, now: datetime) -> int:
    """These people belong to the unit (and the cohort) from today. How many. They came themselves, so it counts at once.

    Raises DomainError join.not_yours, join.nobody, join.decided, organisation.ended.
    """
    rows = _decide(requests, "approved", None, by=by, now=now)
    for code, organisation, cohort, people in rows:
        for person in people:
            membership = add_member(person, organisation, now=now, actor_id=by.id, is_claimed=True)
            _claim(membership)
        if cohort is not None and cohort.ended_at is None:
            add_to_cohort(cohort, [person.id for person in people], now=now, by=by)
        _note("join.approved", code, now=now, by=by, operator=None, people=len(people))
    return sum(len(people) for *_, people in rows)


def return_requests(requests: Sequence[JoinRequest], *, reason: str, by: Actor, now: datetime) -> int:
    """These people are not let in and read why. How many.

    Raises DomainError join.not_yours, join.nobody, join.decided, join.reason_missing, reason.too_long.
    """
    rows = _decide(requests, "returned", checked_reason(reason, code="join.reason_missing"), by=by, now=now)
    for code, _organisation, _cohort, people in rows:
        _note("join.returned", code, now=now, by=by, operator=None, people=len(people))
    return sum(len(people) for *_, people in rows)


def _claim(membership: Membership) -> None:
    if not membership.is_claimed:  # a list had laid it on them before
        membership.is_claimed = True
        db.session.flush()


def _decide(
    requests: Sequence[JoinRequest], kind: str, reason: str | None, *, by: Actor, now: datetime,
) -> list[tuple[JoinCode, Organisation, Cohort | None, list[Person]]]:
    """Write the decision about each; by code: the unit, the cohort, the people."""
    if not requests:
        raise DomainError("join.nobody")
    ids = [request.id for request in requests]
    found = db.session.execute(
        sa.select(JoinRequest, JoinCode, Organisation, Cohort, Person)
        .join(JoinCode, JoinCode.id == JoinRequest.join_code_id)
        .join(Organisation, Organisation.id == JoinCode.organisation_id)
        .join(Person, Person.id == JoinRequest.person_id).outerjoin(Cohort, Cohort.id == JoinCode.cohort_id)
        .where(JoinRequest.id.in_(ids), JoinRequest.decided_at.is_(None)).order_by(JoinCode.id, JoinRequest.id)
        .with_for_update(of=JoinRequest).execution_options(populate_existing=True)).all()
    if len(found) != len(set(ids)):
        raise DomainError("join.decided")
    groups: dict[int, tuple[JoinCode, Organisation, Cohort | None, list[Person]]] = {}
    for request, code, organisation, cohort, person in found:
        if code.id not in groups:
            _check_right(code.organisation_id, by)
        groups.setdefault(code.id, (code, organisation, cohort, []))[3].append(person)
        request.decided_at = now
        db.session.add(JoinDecision(join_request_id=request.id, kind=kind, decided_at=now, decided_by_id=by.id, reason=reason))
    db.session.flush()
    return list(groups.values())


def _check_right(organisation_id: int, by: Actor | None) -> None:
    if by and not organisation_ids_above(organisation_id) & set(by.organisations(*MANAGE_COHORTS)):
        raise DomainError("join.not_yours")


def _note(action: str, row: JoinCode, *, now: datetime, by: Actor | None, operator: str | None, **detail: Any) -> None:
    audit.record(action, now=now, actor_id=by.id if by else None, operator=operator, subject=f"join_code:{row.uuid}",
                 organisation_id=row.organisation_id, **detail)
