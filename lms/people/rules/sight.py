"""Which persons an actor sees: one rule, asked about one person (`allows`) or answered for all of them (`select`)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from lms.people.models import Actor, Membership, OrganisationClosure, Person
from lms.people.rules.roles import SEE_PEOPLE

# A membership counts while it lasts, and once the person has accepted it: to stand inside `where(…)`.
BELONGS = (Membership.left_on.is_(None), Membership.is_claimed.is_(True))


@dataclass(frozen=True)
class Belonging:
    """What the rule asks of a membership."""

    organisation_id: int
    left_on: date | None = None
    is_claimed: bool = True


@dataclass(frozen=True)
class Sight:
    """The organisations at which the actor works: whoever belongs there or below is seen."""

    places: tuple[int, ...]

    def allows(
        self, belongings: Iterable[Belonging], above: Mapping[int, Collection[int]], *, has_ended: bool = False,
    ) -> bool:
        """May this person be seen? `above` gives each organisation with everything it stands under, itself included."""
        return not has_ended and any(
            one.is_claimed and one.left_on is None and not set(self.places).isdisjoint(above.get(one.organisation_id, ()))
            for one in belongings)

    def organisations(self) -> sa.Select[int]:
        """Ids of the places and of everything below them."""
        return sa.select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id.in_(self.places))

    def memberships(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Conditions on the memberships through which people are seen."""
        return (*BELONGS, Membership.organisation_id.in_(self.organisations()))

    def select(self, *through: sa.ColumnElement[bool]) -> sa.Select[int]:
        """Ids of all persons who may be seen, to stand inside `in_(…)` or to be widened with other columns.

        `through`: only those seen through memberships for which this holds.
        """
        here = sa.select(Membership.person_id).where(*self.memberships(), *through)
        return sa.select(Person.id).where(Person.ended_at.is_(None), Person.id.in_(here))

    def select_one_by_one(self, *through: sa.ColumnElement[bool]) -> sa.Select[int]:
        """The same persons, but each is asked about alone: for the first few of very many in the order of an index."""
        here = sa.exists().where(Membership.person_id == Person.id, *self.memberships(), *through)
        return sa.select(Person.id).where(Person.ended_at.is_(None), here)


def sight(actor: Actor, *roles: str) -> Sight:
    """What the actor sees with these roles; without any named, with every role that works with people."""
    return Sight(actor.organisations(*(roles or SEE_PEOPLE)))
