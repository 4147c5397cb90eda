"""Cohorts begin, get people, are renamed and end. Whoever left stays on record."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms.core import audit, clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.inserting import insert_missing
from lms.core.vietnamese import fold
from lms.people.models import Actor, Cohort, CohortMember, Organisation, Person
from lms.people.queries.groups import member_ids_of
from lms.people.queries.organisations import organisation_ids_above
from lms.people.rules.cohorts import LONGEST_COHORT_NAME, MANAGE_COHORTS, checked_cohort_name
from lms.people.rules.sight import sight
from lms.people.services.tree import check_takes_people

CHUNK = 10_000  # ids in one statement


def create_cohort(
    *, organisation: Organisation, name: str, now: datetime, by: Actor | None = None, audience: str | None = None,
    begun_on: date | None = None, operator: str | None = None,
) -> Cohort:
    """A new cohort of the organisation. `by` None is the command line or an import that checked the right itself.

    Raises DomainError cohort.not_yours, organisation.ended, cohort.name_missing, cohort.name_too_long, cohort.name_taken.
    """
    _check_right(by, organisation.id)
    check_takes_people(organisation.id)
    cohort = Cohort(organisation_id=organisation.id, audience=audience, begun_on=begun_on or clock.local_date(now),
                    made_by_id=by.id if by else None, created_at=now)
    _name(cohort, checked_cohort_name(name))
    _note("cohort.created", cohort, now=now, by=by, operator=operator)
    return cohort


def rename_cohort(cohort: Cohort, name: str, *, now: datetime, by: Actor | None, operator: str | None = None) -> None:
    """It is called `name` from now on. Raises what `create_cohort` raises, and cohort.ended."""
    _check_right(by, cohort.organisation_id)
    _check_open(cohort)
    old, name = cohort.name, checked_cohort_name(name)
    if old != name:
        _name(cohort, name)
        _note("cohort.renamed", cohort, now=now, by=by, operator=operator, old=old, new=name)


def end_cohort(cohort: Cohort, *, now: datetime, by: Actor | None, operator: str | None = None) -> None:
    """The cohort is over; its people leave it, their enrolments and results stay. Raises cohort.not_yours, cohort.ended."""
    _check_right(by, cohort.organisation_id)
    _check_open(cohort)
    left = sa.update(CohortMember).where(CohortMember.cohort_id == cohort.id, CohortMember.left_on.is_(None))
    db.session.execute(left.values(left_on=clock.local_date(now)).execution_options(synchronize_session=False))
    cohort.ended_at = now
    db.session.flush()
    _note("cohort.ended", cohort, now=now, by=by, operator=operator)


def add_to_cohort(
    cohort: Cohort, person_ids: Sequence[int] | sa.Select[Any], *, now: datetime, by: Actor | None = None,
    actor_id: int | None = None, operator: str | None = None,
) -> int:
    """These people (ids, or a select of persons) are in the cohort from today; once is enough. How many were added.

    With `by`, only people whom that actor may see. Raises DomainError cohort.not_yours, cohort.ended, organisation.ended.
    """
    _check_right(by, cohort.organisation_id)
    _check_open(cohort)
    check_takes_people(cohort.organisation_id)
    added = 0
    for people in _selects(person_ids, by):
        added += insert_missing(
            CohortMember,
            {"cohort_id": sa.literal(cohort.id), "person_id": Person.id,
             "joined_on": sa.literal(clock.local_date(now), sa.Date())}, people.where(Person.id.not_in(member_ids_of(cohort.id))))
    if added:
        _note("cohort.people_added", cohort, now=now, by=by, operator=operator, actor_id=actor_id, people=added)
    return added


def remove_from_cohort(
    cohort: Cohort, person_ids: Sequence[int], *, now: datetime, by: Actor | None, operator: str | None = None,
) -> int:
    """These people leave the cohort today. How many did. Raises DomainError cohort.not_yours, cohort.ended."""
    _check_right(by, cohort.organisation_id)
    _check_open(cohort)
    left: Any = db.session.execute(
        sa.update(CohortMember)
        .where(CohortMember.cohort_id == cohort.id, CohortMember.person_id.in_(list(person_ids)), CohortMember.left_on.is_(None))
        .values(left_on=clock.local_date(now)).execution_options(synchronize_session=False))
    if left.rowcount:
        _note("cohort.people_removed", cohort, now=now, by=by, operator=operator, people=left.rowcount)
    return int(left.rowcount)


def _selects(person_ids: Sequence[int] | sa.Select[Any], by: Actor | None) -> list[sa.Select[Any]]:
    people = sa.select(Person).where(Person.ended_at.is_(None))
    if by:
        people = people.where(Person.id.in_(sight(by, *MANAGE_COHORTS).select()))
    if isinstance(person_ids, sa.Select):
        return [people.where(Person.id.in_(person_ids.with_only_columns(Person.id).order_by(None)))]
    ids = list(person_ids)
    return [people.where(Person.id.in_(ids[start:start + CHUNK])) for start in range(0, len(ids), CHUNK)]


def _check_right(by: Actor | None, organisation_id: int) -> None:
    if by and not organisation_ids_above(organisation_id) & set(by.organisations(*MANAGE_COHORTS)):
        raise DomainError("cohort.not_yours")


def _check_open(cohort: Cohort) -> None:
    if cohort.ended_at is not None:
        raise DomainError("cohort.ended")


def _name(cohort: Cohort, name: str) -> None:
    """Two live cohorts of one organisation never bear the same name; the index decides, also between two at once."""
    try:
        with db.session.begin_nested():
            cohort.name = name
            cohort.folded_name = fold(name)[:LONGEST_COHORT_NAME]  # a letter of another script may fold to two or three
            db.session.add(cohort)
    except IntegrityError as fault:
        raise DomainError("cohort.name_taken", name=name) from fault


def _note(
    action: str, cohort: Cohort, *, now: datetime, by: Actor | None, operator: str | None, actor_id: int | None = None,
    **detail: Any,
) -> None:
    audit.record(action, now=now, actor_id=by.id if by else actor_id, operator=operator,
                 subject=f"cohort:{cohort.uuid}", organisation_id=cohort.organisation_id, **detail)
