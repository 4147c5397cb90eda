"""What the pages of the tree show: the tree itself, one organisation, those one may choose among."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.core.vietnamese import fold
from lms.people.models import (
    Actor,
    Membership,
    Organisation,
    OrganisationClosure,
    OrganisationPeriod,
    OrganisationSuccession,
    Person,
    RoleGrant,
)
from lms.people.queries.organisations import organisation_ids_under
from lms.people.queries.persons import people_visible_to
from lms.people.rules.organisations import KEEP_ORGANISATIONS, Member, natural_key
from lms.people.rules.sight import BELONGS

PAGE, FEW, MOST_ROLES = 50, 12, 100


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of the tree: how deep it stands on this page, what it stands under, how many people belong to it and below."""

    uuid: UUID
    name: str
    kind: str
    parent: str | None
    depth: int
    people: int


@dataclass(frozen=True)
class TreePage:
    """One page of the tree. `people`: at the organisation below which all this stands, and there and below."""

    lines: list[Branch]
    page: int
    pages: int
    total: int
    people: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Past:
    """A name and place of an organisation, from a day to before another."""

    name: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    decision: str | None

    @property
    def last_day(self) -> date | None:
        """The last day on which it held."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None


@dataclass(frozen=True, slots=True)
class Follower:
    """Another organisation that came before this one or after it; `is_next`: after."""

    uuid: UUID
    name: str
    on: date
    kind: str
    is_next: bool


@dataclass(frozen=True, slots=True)
class RoleHolder:
    """Who holds which role at this very organisation; `is_seen`: the actor may open their page."""

    uuid: UUID
    full_name: str
    role: str
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """An organisation that one may choose, and what it stands under."""

    uuid: UUID
    name: str
    parent: str | None


def tree_for(actor: Actor, *, search: str = "", page: int = 1) -> TreePage:
    """The tree below the actor's roles, each part under what it belongs to, fifty a page; or what bears a name like `search`."""
    rows = db.session.execute(
        sa.select(OrganisationPeriod.organisation_id, OrganisationPeriod.parent_id, OrganisationPeriod.folded_name)
        .where(OrganisationPeriod.valid_to.is_(None),
               OrganisationPeriod.organisation_id.in_(organisation_ids_under(actor, *KEEP_ORGANISATIONS)))).all()
    ordered = _in_tree_order([(row.organisation_id, row.parent_id, row.folded_name) for row in rows])
    if search:
        words = fold(search)
        named = {row.organisation_id for row in rows if words in row.folded_name}
        ordered = [(one, 0) for one, _ in ordered if one in named]
    return _page(ordered, page)


def branches_below(organisation_id: int, *, page: int = 1) -> TreePage:
    """What stands directly below an organisation, fifty a page."""
    rows = db.session.execute(
        sa.select(OrganisationPeriod.organisation_id, OrganisationPeriod.folded_name)
        .where(OrganisationPeriod.valid_to.is_(None), OrganisationPeriod.parent_id == organisation_id)).all()
    ordered = sorted(rows, key=lambda row: (natural_key(row.folded_name), row.organisation_id))
    return _page([(row.organisation_id, 0) for row in ordered], page, below=organisation_id)


def past_of(organisation_id: int) -> list[Past]:
    """Its names and places, the newest first; what it stood under bears the name of that day."""
    above, own = sa.orm.aliased(OrganisationPeriod), OrganisationPeriod
    named = sa.select(above.name).where(above.organisation_id == own.parent_id).limit(1).correlate(own)
    that_day = named.where(above.valid_from <= own.valid_from, above.valid_to.is_(None) | (above.valid_to > own.valid_from))
    first = named.order_by(above.valid_from)
    rows = db.session.execute(
        sa.select(own.name, own.kind, sa.func.coalesce(that_day.scalar_subquery(), first.scalar_subquery()), own.valid_from,
                  own.valid_to, own.decision)
        .where(own.organisation_id == organisation_id).order_by(own.valid_from.desc()))
    return [Past(*row) for row in rows]


def followers_of(organisation_id: int) -> list[Follower]:
    """What it was merged into, split into, or came of, in order of days, under the last names these had."""
    one, other = OrganisationSuccession, sa.orm.aliased(Organisation)
    last = (
        sa.select(OrganisationPeriod.name).where(OrganisationPeriod.organisation_id == other.id)
        .order_by(OrganisationPeriod.valid_from.desc()).limit(1).correlate(other).scalar_subquery())
    rows = db.session.execute(
        sa.select(other.uuid, last, one.on, one.kind, (one.from_id == organisation_id).label("is_next"))
        .join(other, sa.or_(sa.and_(one.from_id == organisation_id, other.id == one.to_id),
                            sa.and_(one.to_id == organisation_id, other.id == one.from_id)))
        .order_by(one.on, one.id))
    return [Follower(*row) for row in rows]


def role_holders_at(actor: Actor, organisation_id: int) -> list[RoleHolder]:
    """Who holds a role at this very organisation, by name; the first hundred."""
    seen = people_visible_to(actor).with_only_columns(Person.id)
    rows = db.session.execute(
        sa.select(Person.uuid, Person.full_name, RoleGrant.role, Person.id.in_(seen))
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.organisation_id == organisation_id, RoleGrant.ended_at.is_(None))
        .order_by(RoleGrant.role, Person.name_key, Person.id).limit(MOST_ROLES))
    return [RoleHolder(*row) for row in rows]


def people_counts(organisation_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """(at this very organisation, there and below) for each of these."""
    here = sa.func.count(sa.case((OrganisationClosure.depth == 0, Membership.person_id)).distinct())
    rows = db.session.execute(
        sa.select(OrganisationClosure.ancestor_id, here, sa.func.count(Membership.person_id.distinct()))
        .join(Membership, Membership.organisation_id == OrganisationClosure.descendant_id)
        .where(OrganisationClosure.ancestor_id.in_(organisation_ids), *BELONGS)
        .group_by(OrganisationClosure.ancestor_id))
    return {one: (at, below) for one, at, below in rows}


def parent_of(organisation: Organisation) -> Organisation | None:
    """What it stands under today."""
    found: Organisation | None = db.session.scalar(
        sa.select(Organisation).join(OrganisationPeriod, OrganisationPeriod.parent_id == Organisation.id)
        .where(OrganisationPeriod.organisation_id == organisation.id, OrganisationPeriod.valid_to.is_(None)))
    return found


def choices_beside(actor: Actor, organisation: Organisation, *, search: str = "") -> list[Choice]:
    """Living organisations under the actor's roles outside this one, by name; a dozen: first those beside it, of its kind."""
    own, above = sa.orm.aliased(OrganisationPeriod), sa.orm.aliased(OrganisationPeriod)
    inside = sa.select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id == organisation.id)
    query = (
        sa.select(Organisation.uuid, OrganisationPeriod.name, above.name)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .join(own, sa.and_(own.organisation_id == organisation.id, own.valid_to.is_(None)))
        .outerjoin(above, sa.and_(above.organisation_id == OrganisationPeriod.parent_id, above.valid_to.is_(None)))
        .where(OrganisationPeriod.valid_to.is_(None), Organisation.id.not_in(inside),
               Organisation.id.in_(organisation_ids_under(actor, *KEEP_ORGANISATIONS)))
        .order_by(sa.case((OrganisationPeriod.parent_id == own.parent_id, 0), else_=1),
                  sa.case((OrganisationPeriod.kind == own.kind, 0), (Organisation.id == own.parent_id, 1), else_=2),
                  OrganisationPeriod.folded_name, Organisation.id).limit(FEW))
    if search:
        query = query.where(OrganisationPeriod.folded_name.contains(fold(search), autoescape=True))
    return [Choice(*row) for row in db.session.execute(query)]


def members_of(organisation_id: int) -> list[Member]:
    """Everybody who belongs to this very organisation, with what they may be named by in a list."""
    rows = db.session.execute(
        sa.select(Person.id, Person.full_name, Person.personal_code, Membership.staff_code, Membership.school_class)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.left_on.is_(None)))
    return [Member(*row) for row in rows]


def _in_tree_order(rows: Iterable[tuple[int, int | None, str]]) -> list[tuple[int, int]]:
    """(id, depth) of everything, parents before children, children in natural order of names."""
    rows = sorted(rows, key=lambda row: (natural_key(row[2]), row[0]), reverse=True)
    known = {one for one, _, _ in rows}
    below: dict[int | None, list[int]] = defaultdict(list)
    for one, parent, _ in rows:
        below[parent if parent in known else None].append(one)
    found, waiting = [], [(one, 0) for one in below[None]]
    while waiting:
        one, depth = waiting.pop()
        found.append((one, depth))
        waiting += [(child, depth + 1) for child in below[one]]
    return found


def _page(ordered: list[tuple[int, int]], page: int, *, below: int = 0) -> TreePage:
    pages = max(1, -(-len(ordered) // PAGE))
    page = min(max(1, page), pages)
    depths = dict(ordered[(page - 1) * PAGE:page * PAGE])
    above = sa.orm.aliased(OrganisationPeriod)
    rows: Any = db.session.execute(
        sa.select(Organisation.id, Organisation.uuid, OrganisationPeriod.name, OrganisationPeriod.kind, above.name.label("parent"))
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .outerjoin(above, sa.and_(above.organisation_id == OrganisationPeriod.parent_id, above.valid_to.is_(None)))
        .where(OrganisationPeriod.valid_to.is_(None), Organisation.id.in_(depths)))
    shown, people = {row.id: row for row in rows}, people_counts({*depths, below})
    lines = [
        Branch(shown[one].uuid, shown[one].name, shown[one].kind, shown[one].parent, depth, people.get(one, (0, 0))[1])
        for one, depth in depths.items() if one in shown]
    return TreePage(lines, page, pages, len(ordered), people.get(below, (0, 0)))
