"""People are enrolled in a course, many in one step; the last day is moved; enrolments end. Nothing is overwritten unseen."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.core import audit, clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.inserting import insert_missing
from lms.courses.models import Course, Enrolment, EnrolmentEvent
from lms.courses.queries.enrolments import enrolled_ids
from lms.courses.rules.enrolments import ENROL, checked_due_on
from lms.people.models import Actor, Cohort, Organisation, Person
from lms.people.rules.sight import sight
from lms.people.services.tree import check_takes_people

CHUNK = 10_000  # ids in one statement


def enrol_people(
    person_ids: Sequence[int] | sa.Select[Any], course: Course, *, due_on: date | None, by: Actor | None, now: datetime,
    organisation: Organisation | None = None, cohort: Cohort | None = None, operator: str | None = None,
) -> int:
    """These people (ids, or a select of persons) are to study the course; how many were enrolled anew.

    Whoever is enrolled already stays as they are. `organisation` and `cohort` are what they were enrolled through. With
    `by`, only people whom that actor may enrol. Raises DomainError course.retired, enrolment.due_wrong, organisation.ended.
    """
    checked_due_on(due_on, on=clock.local_date(now))
    check_place(organisation, cohort)
    if course.retired_at is not None:
        raise DomainError("course.retired")
    values = {
        "person_id": Person.id, "course_id": sa.literal(course.id), "due_on": sa.literal(due_on, sa.Date()),
        "via_organisation_id": sa.literal(_id(organisation), sa.Integer()),
        "via_cohort_id": sa.literal(_id(cohort), sa.Integer()),
        "enrolled_by_id": sa.literal(_id(by), sa.Integer()), "enrolled_at": sa.literal(now, Enrolment.enrolled_at.type)}
    enrolled = sum(insert_missing(Enrolment, values, people.where(Person.id.not_in(enrolled_ids(course))))
                   for people in _selects(person_ids, by))
    if enrolled:
        _note("enrolment.begun", course, now=now, by=by, operator=operator, organisation=organisation, people=enrolled,
              due_on=due_on.isoformat() if due_on else None)
    return enrolled


def check_place(organisation: Organisation | None, cohort: Cohort | None) -> None:
    """Nobody is enrolled or named through a unit that is no more. Raises DomainError organisation.ended."""
    for organisation_id in {place for place in (_id(organisation), cohort and cohort.organisation_id) if place}:
        check_takes_people(organisation_id)


def change_due_date(
    person_ids: Sequence[int] | sa.Select[Any], course: Course, *, due_on: date | None, by: Actor | None, now: datetime,
    organisation: Organisation | None = None, operator: str | None = None,
) -> int:
    """The last day of these people's enrolments is another; each change is kept. How many changed.

    Raises DomainError enrolment.due_wrong.
    """
    checked_due_on(due_on, on=clock.local_date(now))
    changed = _add_events("due_changed", person_ids, course, due_on, by=by, now=now)
    if changed:
        _note("enrolment.due_changed", course, now=now, by=by, operator=operator, organisation=organisation, people=changed,
              due_on=due_on.isoformat() if due_on else None)
    return changed


def end_enrolments(
    person_ids: Sequence[int] | sa.Select[Any], course: Course, *, by: Actor | None, now: datetime,
    organisation: Organisation | None = None, operator: str | None = None,
) -> int:
    """These people need not study the course any more; what they learned stays. How many enrolments ended."""
    ended = _add_events("ended", person_ids, course, None, by=by, now=now)
    if ended:
        _note("enrolment.ended", course, now=now, by=by, operator=operator, organisation=organisation, people=ended)
    return ended


def _add_events(
    kind: str, person_ids: Sequence[int] | sa.Select[Any], course: Course, due_on: date | None, *, by: Actor | None,
    now: datetime,
) -> int:
    """First the events, then the rows they are about; both by the same condition."""
    total = 0
    for people in _selects(person_ids, by):
        mine = [Enrolment.course_id == course.id, Enrolment.ended_at.is_(None),
                Enrolment.person_id.in_(people.with_only_columns(Person.id))]
        if kind == "due_changed":
            mine.append(Enrolment.due_on.is_distinct_from(sa.literal(due_on, sa.Date())))
        total += insert_missing(EnrolmentEvent, {
            "enrolment_id": Enrolment.id, "kind": sa.literal(kind), "at": sa.literal(now, EnrolmentEvent.at.type),
            "by_id": sa.literal(_id(by), sa.Integer()), "due_before": Enrolment.due_on,
            "due_on": sa.literal(due_on, sa.Date())}, sa.select(Enrolment).where(*mine))
        new: dict[str, Any] = {"due_on": due_on} if kind == "due_changed" else {"ended_at": now}
        db.session.execute(sa.update(Enrolment).where(*mine).values(**new).execution_options(synchronize_session=False))
    return total


def _selects(person_ids: Sequence[int] | sa.Select[Any], by: Actor | None) -> list[sa.Select[Any]]:
    people = sa.select(Person).where(Person.ended_at.is_(None))
    if by:
        people = people.where(Person.id.in_(sight(by, *ENROL).select()))
    if isinstance(person_ids, sa.Select):
        return [people.where(Person.id.in_(person_ids.with_only_columns(Person.id).order_by(None)))]
    ids = list(person_ids)
    return [people.where(Person.id.in_(ids[start:start + CHUNK])) for start in range(0, len(ids), CHUNK)]


def _id(row: Any) -> int | None:
    return row.id if row is not None else None


def _note(
    action: str, course: Course, *, now: datetime, by: Actor | None, operator: str | None,
    organisation: Organisation | None, **detail: Any,
) -> None:
    audit.record(action, now=now, actor_id=_id(by), operator=operator, subject=f"course:{course.key}",
                 organisation_id=_id(organisation), **detail)
