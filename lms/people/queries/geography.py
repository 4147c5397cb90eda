"""Figures in the geography of any day: what the rules of geography need, read in four statements however many ask.

The tree itself is no secret; whoever shows figures asks first for an organisation that the actor may see
(`organisation_for`) and hands in facts that the actor may count.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.people.models import Membership, OrganisationPeriod, OrganisationSuccession, RoleGrant
from lms.people.rules.geography import Fact, Geography, Period, Succession, Tie


def geography_of(on: date) -> Geography:
    """The tree as it stood on this day."""
    columns = OrganisationPeriod
    periods = [Period(*row) for row in db.session.execute(sa.select(
        columns.organisation_id, columns.name, columns.parent_id, columns.valid_from, columns.valid_to))]
    successions = [Succession(*row) for row in db.session.execute(sa.select(
        OrganisationSuccession.id, OrganisationSuccession.from_id, OrganisationSuccession.to_id,
        OrganisationSuccession.on))]
    return Geography(on, periods, successions, [*_memberships(), *_roles()] if successions else ())


def placed_in(organisation_id: int, *, on: date) -> set[int]:
    """Ids of the organisations that count as part of this one in the geography of that day, whenever they existed.

    As a whole: what one that was split recorded, its people decide one by one (`figures_in`); here it counts with what
    stood above it.
    """
    return geography_of(on).placed_in(organisation_id)


def figures_in(organisation_id: int, *, geography_on: date, facts: Mapping[str, Iterable[Fact]]) -> dict[str, int]:
    """How many of each kind of these facts belong to the organisation, and below it, in the geography of that day."""
    found = geography_of(geography_on).figures(facts).get(organisation_id, {})
    return {kind: found.get(kind, 0) for kind in facts}


def people_on(day: date) -> list[Fact]:
    """Who belonged where on this day; a person counts once in each organisation."""
    rows = db.session.execute(sa.select(Membership.person_id, Membership.organisation_id).where(
        Membership.joined_on <= day, Membership.left_on.is_(None) | (Membership.left_on > day)))
    return [Fact(row.person_id, row.organisation_id, day, row.person_id) for row in rows]


def roles_on(day: date) -> list[Fact]:
    """Which roles were held where at the end of this day."""
    over = clock.end_of(day)
    rows = db.session.execute(sa.select(RoleGrant.id, RoleGrant.organisation_id, RoleGrant.person_id).where(
        RoleGrant.granted_at < over, RoleGrant.ended_at.is_(None) | (RoleGrant.ended_at >= over)))
    return [Fact(row.id, row.organisation_id, day, row.person_id, "role") for row in rows]


def _touched() -> sa.Select[int]:
    """Ids of the organisations that were merged or split, or came of it: only there do people decide."""
    return sa.union(sa.select(OrganisationSuccession.from_id), sa.select(OrganisationSuccession.to_id)).subquery().select()


def _memberships() -> list[Tie]:
    rows = db.session.execute(sa.select(
        Membership.person_id, Membership.organisation_id, Membership.joined_on, Membership.left_on)
        .where(Membership.organisation_id.in_(_touched())))
    return [Tie("membership", *row) for row in rows]


def _roles() -> list[Tie]:
    rows = db.session.execute(sa.select(
        RoleGrant.person_id, RoleGrant.organisation_id, RoleGrant.granted_at, RoleGrant.ended_at)
        .where(RoleGrant.organisation_id.in_(_touched())))
    return [Tie("role", person, place, clock.local_date(since), clock.local_date(until) if until else None)
            for person, place, since, until in rows]
