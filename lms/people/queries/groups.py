"""Groups of people that an actor works with at once: an organisation, a cohort, or those of either whom a filter leaves."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Actor, Cohort, CohortMember, Membership, Organisation, OrganisationClosure, Person
from lms.people.queries.organisations import organisation_ids_under
from lms.people.queries.persons import matching
from lms.people.rules.sight import sight

MOST_WORDS = 200  # of positions or classes that a filter offers


@dataclass(frozen=True)
class Group:
    """Which people. Everything that is left out narrows nothing.

    `person_ids` is a subselect of a package above (those of an import); it narrows like the others.
    """

    organisation_id: int | None = None
    cohort_id: int | None = None
    position: str = ""
    school_class: str = ""
    search: str = ""
    without_secret: bool = False
    person_ids: sa.Select[Any] | None = None


def people_of(actor: Actor, group: Group, *roles: str) -> sa.Select[Person]:
    """The people of the group whom the actor sees with these roles (none named: with any). Narrow and order as you need."""
    people: sa.Select[Person] = sa.select(Person).where(Person.id.in_(sight(actor, *roles).select()))
    if group.organisation_id is not None or group.position or group.school_class:
        people = people.where(Person.id.in_(_members(actor, group, roles)))
    if group.cohort_id is not None:
        people = people.where(Person.id.in_(member_ids_of(group.cohort_id)))
    if group.person_ids is not None:
        people = people.where(Person.id.in_(group.person_ids))
    if group.without_secret:
        people = people.where(Person.secret_hash.is_(None))
    if group.search:
        people = people.where(matching(group.search))
    return people


def member_ids_of(cohort_id: int) -> sa.Select[Any]:
    """Ids of those who are in the cohort today, to stand inside `in_(…)`."""
    return sa.select(CohortMember.person_id).where(CohortMember.cohort_id == cohort_id, CohortMember.left_on.is_(None))


def _members(actor: Actor, group: Group, roles: tuple[str, ...]) -> sa.Select[Any]:
    # In the organisations the actor works at: a position held elsewhere is not theirs to know.
    members = sa.select(Membership.person_id).where(*sight(actor, *roles).memberships(), *_inside(group))
    if group.position:
        members = members.where(Membership.position == group.position)
    if group.school_class:
        members = members.where(Membership.school_class == group.school_class)
    return members


def _inside(group: Group) -> tuple[sa.ColumnElement[bool], ...]:
    if group.organisation_id is None:
        return ()
    below = sa.select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id == group.organisation_id)
    return (Membership.organisation_id.in_(below),)


def positions_of(actor: Actor, group: Group) -> list[str]:
    """Positions held in the group's organisation and below, for a filter to offer."""
    return _words(Membership.position, actor, group)


def classes_of(actor: Actor, group: Group) -> list[str]:
    """School classes named in the group's organisation and below."""
    return _words(Membership.school_class, actor, group)


def _words(column: Any, actor: Actor, group: Group) -> list[str]:
    return list(db.session.scalars(
        sa.select(column).where(*sight(actor).memberships(), *_inside(group), column.is_not(None), column != "")
        .distinct().order_by(column).limit(MOST_WORDS)))


def ids_of(people: sa.Select[Any]) -> list[int]:
    """Their ids, in the order of names."""
    return list(db.session.scalars(people.with_only_columns(Person.id).order_by(Person.name_key, Person.id)))


def count_of(people: sa.Select[Any]) -> int:
    """How many they are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(people.with_only_columns(Person.id).subquery())) or 0


def all_seen(actor: Actor, uuids: Collection[UUID], *roles: str) -> list[int] | None:
    """Ids of all these people when the actor sees each of them with these roles, else None.

    A list with one stranger in it is refused whole.
    """
    wanted = set(uuids)
    found = ids_of(people_of(actor, Group(), *roles).where(Person.uuid.in_(wanted)))
    return found if len(found) == len(wanted) else None


@dataclass(frozen=True)
class Place:
    """What a page named: an organisation, or a cohort with the organisation it belongs to."""

    organisation: Organisation
    cohort: Cohort | None = None

    @property
    def uuid(self) -> UUID:
        """The name of it in addresses."""
        return self.cohort.uuid if self.cohort else self.organisation.uuid

    def group(self, **narrower: Any) -> Group:
        """The people of this place."""
        if self.cohort is not None:
            return Group(cohort_id=self.cohort.id, **narrower)
        return Group(organisation_id=self.organisation.id, **narrower)


def place_for(actor: Actor, uuid: UUID, *roles: str) -> Place | None:
    """The organisation or the live cohort of this uuid when it lies under these roles of the actor, else None."""
    mine = sa.and_(Cohort.organisation_id == Organisation.id, Cohort.uuid == uuid, Cohort.ended_at.is_(None))
    row = db.session.execute(
        sa.select(Organisation, Cohort).outerjoin(Cohort, mine)
        .where(Organisation.id.in_(organisation_ids_under(actor, *roles)),
               sa.or_(Organisation.uuid == uuid, Cohort.uuid == uuid))).first()
    return Place(row[0], row[1]) if row else None
