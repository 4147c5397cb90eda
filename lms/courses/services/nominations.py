"""A unit names people for a course; the officer accepts or returns each; those accepted are enrolled."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.core import audit, clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.inserting import insert_missing
from lms.core.vietnamese import clean
from lms.courses.models import Course, Nominated, Nomination, NominationDecision
from lms.courses.queries.enrolments import enrolled_ids
from lms.courses.queries.nominations import ineligible_on
from lms.courses.rules.enrolments import DECIDE, NOMINATE, checked_due_on
from lms.courses.services.enrolments import check_place, enrol_people
from lms.people.models import Actor, Cohort, Organisation, Person
from lms.people.queries.organisations import organisation_ids_above
from lms.people.rules.cohorts import LONGEST_REASON, checked_reason
from lms.people.rules.sight import sight


def nominate(
    people: Sequence[int] | sa.Select[Any], course: Course, *, organisation: Organisation, by: Actor | None, now: datetime,
    cohort: Cohort | None = None, due_on: date | None = None, note: str = "", operator: str | None = None,
) -> tuple[Nomination, int]:
    """Name these people (ids, or a select of persons) for the course; (the nomination, how many are on it).

    Left out are those who are enrolled or wait on another nomination for this course. Raises DomainError
    nomination.not_yours, nomination.nobody, course.retired, enrolment.due_wrong, reason.too_long, organisation.ended.
    """
    _check_right(organisation.id, by, NOMINATE)
    check_place(organisation, cohort)
    checked_due_on(due_on, on=clock.local_date(now))
    if course.retired_at is not None:
        raise DomainError("course.retired")
    note = clean(note)
    if len(note) > LONGEST_REASON:
        raise DomainError("reason.too_long", most=LONGEST_REASON, size=len(note))
    nomination = Nomination(
        organisation_id=organisation.id, course_id=course.id, cohort_id=cohort.id if cohort else None, due_on=due_on,
        note=note or None, nominated_by_id=by.id if by else None, nominated_at=now)
    db.session.add(nomination)
    db.session.flush()
    named = insert_missing(Nominated, {"nomination_id": sa.literal(nomination.id), "person_id": Person.id},
                           _free(people, course, by))
    if not named:
        raise DomainError("nomination.nobody")
    _note("nomination.made", nomination, now=now, by=by, operator=operator, people=named, course=course.key)
    return nomination, named


def accept_nominated(
    nomination: Nomination, person_ids: Sequence[int], *, by: Actor, now: datetime, exception: str = "",
) -> int:
    """These people of the list may study: they are enrolled. How many. Whoever was decided about stays so.

    Somebody who does not meet the rule is accepted only with a written reason. Raises DomainError nomination.not_yours,
    nomination.own, nomination.nobody, nomination.ineligible, reason.too_long, and what `enrol_people` raises.
    """
    _check_decider(nomination, by)
    waiting = _waiting(nomination, person_ids, by, DECIDE)
    course, against = db.session.get_one(Course, nomination.course_id), ineligible_on(nomination, now=now)
    outside = [person_id for person_id in waiting if person_id in against]
    reason = checked_reason(exception, code="nomination.ineligible") if outside else None
    for is_exception in (False, True):
        some = [one for one in waiting if (one in against) == is_exception]
        _decide(nomination, {one: waiting[one] for one in some}, "accepted", reason if is_exception else None, by=by, now=now,
                is_exception=is_exception)
    due_on = nomination.due_on if nomination.due_on and nomination.due_on >= clock.local_date(now) else None
    enrol_people(list(waiting), course, due_on=due_on, by=by, now=now,
                 organisation=db.session.get_one(Organisation, nomination.organisation_id),
                 cohort=db.session.get(Cohort, nomination.cohort_id) if nomination.cohort_id else None)
    _note("nomination.accepted", nomination, now=now, by=by, people=len(waiting), exceptions=len(outside))
    return len(waiting)


def return_nominated(nomination: Nomination, person_ids: Sequence[int], *, reason: str, by: Actor, now: datetime) -> int:
    """These people of the list are not taken, and the unit reads why. How many.

    Raises DomainError nomination.not_yours, nomination.own, nomination.nobody, nomination.reason_missing, reason.too_long.
    """
    _check_decider(nomination, by)
    reason = checked_reason(reason, code="nomination.reason_missing")
    waiting = _waiting(nomination, person_ids, by, DECIDE)
    _decide(nomination, waiting, "returned", reason, by=by, now=now)
    _note("nomination.returned", nomination, now=now, by=by, people=len(waiting))
    return len(waiting)


def withdraw_nominated(nomination: Nomination, person_ids: Sequence[int], *, by: Actor | None, now: datetime) -> int:
    """The unit takes these names back while nobody has decided. How many.

    Raises DomainError nomination.not_yours, nomination.nobody.
    """
    _check_right(nomination.organisation_id, by, NOMINATE)
    waiting = _waiting(nomination, person_ids, by, NOMINATE)
    _decide(nomination, waiting, "withdrawn", None, by=by, now=now)
    _note("nomination.withdrawn", nomination, now=now, by=by, people=len(waiting))
    return len(waiting)


def _free(people: Sequence[int] | sa.Select[Any], course: Course, by: Actor | None) -> sa.Select[Any]:
    ids: Any = people.with_only_columns(Person.id).order_by(None) if isinstance(people, sa.Select) else list(people)
    free = sa.select(Person).where(
        Person.ended_at.is_(None), Person.id.in_(ids),
        Person.id.not_in(enrolled_ids(course)),
        Person.id.not_in(
            sa.select(Nominated.person_id).join(Nomination, Nomination.id == Nominated.nomination_id)
            .where(Nomination.course_id == course.id, _undecided())))
    return free.where(Person.id.in_(sight(by, *NOMINATE).select())) if by else free


def _undecided() -> sa.ColumnElement[bool]:
    return ~sa.exists().where(NominationDecision.nominated_id == Nominated.id)


def _waiting(
    nomination: Nomination, person_ids: Sequence[int], by: Actor | None, roles: tuple[str, ...],
) -> dict[int, int]:
    """{person id: id of the line} of those nobody has decided about, locked until the commit. Raises nomination.nobody."""
    mine = [Nominated.nomination_id == nomination.id, Nominated.person_id.in_(list(person_ids)), _undecided()]
    if by:
        mine.append(Nominated.person_id.in_(sight(by, *roles).select()))
    rows = db.session.execute(
        sa.select(Nominated.person_id, Nominated.id).where(*mine).order_by(Nominated.id).with_for_update(of=Nominated)).all()
    if not rows:
        raise DomainError("nomination.nobody")
    return {row.person_id: row.id for row in rows}


def _decide(
    nomination: Nomination, lines: Mapping[int, int], kind: str, reason: str | None, *, by: Actor | None, now: datetime,
    is_exception: bool = False,
) -> None:
    if not lines:
        return
    decided = insert_missing(NominationDecision, {
        "nominated_id": Nominated.id, "kind": sa.literal(kind), "is_exception": sa.literal(is_exception, sa.Boolean()),
        "reason": sa.literal(reason, sa.String()), "decided_at": sa.literal(now, NominationDecision.decided_at.type),
        "decided_by_id": sa.literal(by.id if by else None, sa.Integer())},
        sa.select(Nominated).where(Nominated.nomination_id == nomination.id, Nominated.id.in_(list(lines.values()))))
    if decided != len(lines):
        raise DomainError("nomination.decided")


def _check_right(organisation_id: int, by: Actor | None, roles: tuple[str, ...]) -> None:
    if by and not organisation_ids_above(organisation_id) & set(by.organisations(*roles)):
        raise DomainError("nomination.not_yours")


def _check_decider(nomination: Nomination, by: Actor) -> None:
    _check_right(nomination.organisation_id, by, DECIDE)
    if nomination.nominated_by_id == by.id:
        raise DomainError("nomination.own")


def _note(
    action: str, nomination: Nomination, *, now: datetime, by: Actor | None, operator: str | None = None, **detail: Any,
) -> None:
    audit.record(action, now=now, actor_id=by.id if by else None, operator=operator,
                 subject=f"nomination:{nomination.uuid}", organisation_id=nomination.organisation_id, **detail)
