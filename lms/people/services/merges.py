"""Two rows are one person: said with a note beside both, and taken back with another. Results stay where they were made."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.core import audit, clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import ActivationCode, Actor, Cohort, CohortMember, Membership, Person, PersonAlias
from lms.people.queries.merges import place_under
from lms.people.queries.organisations import organisation_ids_of
from lms.people.queries.persons import people_visible_among, roles_of
from lms.people.rules.roles import MERGE_PEOPLE, outranks
from lms.people.services.roles import checked_reason, end_roles_of
from lms.people.services.sign_ins import end_sign_ins_of

MERGED = "merged"


def merge_persons(
    kept: Person, other: Person, *, reason: str, now: datetime, by: Actor | None = None, operator: str | None = None,
) -> PersonAlias:
    """From now on `other` is `kept`. The other account is closed: no sign-in, no slip, and its roles end.

    The kept one belongs wherever the other belonged, and gets none of its rights. `by` None is the command line, which
    alone may merge different names. Raises DomainError merge.same_person, merge.ended, merge.not_yours,
    merge.names_differ, merge.has_others, role.reason_missing, role.last_admin.
    """
    _check(kept, other, by)
    reason = checked_reason(reason)
    end_roles_of(other, now=now, by=by, operator=operator, reason=reason)
    place = place_under(by, kept.id)
    alias = PersonAlias(kept_id=kept.id, other_id=other.id, merged_at=now, merged_by_id=by.id if by else None,
                        reason=reason, carried=_carry(kept, other, now=now))
    db.session.add(alias)
    db.session.execute(sa.update(ActivationCode).where(
        ActivationCode.person_id == other.id, ActivationCode.used_at.is_(None), ActivationCode.void_at.is_(None)
    ).values(void_at=now))
    end_sign_ins_of(other.id, why="person_ended", now=now)
    other.ended_at = now
    db.session.flush()
    audit.record("person.merged", now=now, actor_id=by.id if by else None, operator=operator, organisation_id=place,
                 subject=f"person:{kept.uuid}", other=str(other.uuid), reason=reason)
    return alias


def split_again(
    alias: PersonAlias, *, reason: str, now: datetime, by: Actor | None = None, operator: str | None = None,
) -> None:
    """They are two persons after all: the other account opens again, and what came over goes back. Roles do not return.

    Raises DomainError merge.not_yours, merge.split_already, role.reason_missing.
    """
    kept, other = db.session.get_one(Person, alias.kept_id), db.session.get_one(Person, alias.other_id)
    if by and not _is_under(by, kept):
        raise DomainError("merge.not_yours")
    reason = checked_reason(reason)
    db.session.refresh(alias, with_for_update=True)
    if alias.ended_at is not None:
        raise DomainError("merge.split_already")
    place = place_under(by, kept.id)
    _carry_back(alias, now=now)
    other.ended_at = None
    alias.ended_at, alias.ended_by_id, alias.end_reason = now, by.id if by else None, reason
    db.session.flush()
    audit.record("person.split", now=now, actor_id=by.id if by else None, operator=operator, organisation_id=place,
                 subject=f"person:{kept.uuid}", other=str(other.uuid), reason=reason)


def _check(kept: Person, other: Person, by: Actor | None) -> None:
    if kept.id == other.id:
        raise DomainError("merge.same_person")
    # Both at once and in one order, so that two merges cannot pass each other.
    db.session.execute(sa.select(Person.id).where(Person.id.in_((kept.id, other.id))).order_by(Person.id).with_for_update())
    db.session.refresh(kept)
    db.session.refresh(other)
    if by and not (len(people_visible_among(by, [kept.uuid, other.uuid])) == 2
                   and _is_under(by, kept) and _is_under(by, other)):
        raise DomainError("merge.not_yours")
    if kept.ended_at is not None or other.ended_at is not None:
        raise DomainError("merge.ended")
    if by and kept.folded_name != other.folded_name:
        raise DomainError("merge.names_differ")
    if db.session.scalar(sa.select(sa.exists().where(PersonAlias.kept_id == other.id, PersonAlias.ended_at.is_(None)))):
        raise DomainError("merge.has_others")


def _is_under(by: Actor, person: Person) -> bool:
    return by.id != person.id and outranks(by, roles_of(person.id), at=organisation_ids_of(person.id), by=MERGE_PEOPLE)


def _carry(kept: Person, other: Person, *, now: datetime) -> dict[str, Any]:
    """The memberships of the other end, in units and in classes, and the kept one begins those it did not have.

    Ids of both, for the way back.
    """
    there = set(db.session.scalars(sa.select(Membership.organisation_id).where(
        Membership.person_id == kept.id, Membership.left_on.is_(None))))
    left = list(db.session.scalars(sa.select(Membership).where(
        Membership.person_id == other.id, Membership.left_on.is_(None)).order_by(Membership.id)))
    begun = [Membership(
        person_id=kept.id, organisation_id=one.organisation_id, position=one.position, staff_code=one.staff_code,
        school_class=one.school_class, joined_on=one.joined_on, is_claimed=one.is_claimed)
        for one in left if one.organisation_id not in there]
    for one in left:
        one.left_on, one.left_reason = clock.local_date(now), MERGED
    db.session.add_all(begun)
    db.session.flush()
    return {"left": [one.id for one in left], "begun": [one.id for one in begun],
            **_carry_classes(kept, other, on=clock.local_date(now))}


def _carry_classes(kept: Person, other: Person, *, on: date) -> dict[str, Any]:
    there = set(db.session.scalars(sa.select(CohortMember.cohort_id).where(
        CohortMember.person_id == kept.id, CohortMember.left_on.is_(None))))
    left = list(db.session.scalars(sa.select(CohortMember).where(
        CohortMember.person_id == other.id, CohortMember.left_on.is_(None)).order_by(CohortMember.id)))
    begun = [CohortMember(person_id=kept.id, cohort_id=one.cohort_id, joined_on=one.joined_on)
             for one in left if one.cohort_id not in there]
    for one in left:
        one.left_on = on
    db.session.add_all(begun)
    db.session.flush()
    return {"classes_left": [one.id for one in left], "classes_begun": [one.id for one in begun]}


def _carry_back(alias: PersonAlias, *, now: datetime) -> None:
    carried = alias.carried
    db.session.execute(
        sa.update(Membership).where(Membership.id.in_(carried.get("begun", [])), Membership.left_on.is_(None))
        .values(left_on=clock.local_date(now), left_reason="split"))
    db.session.execute(
        sa.update(Membership).where(Membership.id.in_(carried.get("left", [])), Membership.left_reason == MERGED)
        .values(left_on=None, left_reason=None))
    db.session.execute(
        sa.update(CohortMember).where(CohortMember.id.in_(carried.get("classes_begun", [])), CohortMember.left_on.is_(None))
        .values(left_on=clock.local_date(now)))
    lives = sa.exists().where(Cohort.id == CohortMember.cohort_id, Cohort.ended_at.is_(None))
    db.session.execute(
        sa.update(CohortMember).where(CohortMember.id.in_(carried.get("classes_left", [])), lives).values(left_on=None))
