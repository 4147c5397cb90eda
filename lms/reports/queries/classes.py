"""The class table: everybody of an organisation or of a cohort, how far they are, filtered, sorted, paged.

A plain table, in the order of names, reads the counts and one page of people. Any other order and a filter need
everybody. A table of up to MANY people is read anew for every page. Of a larger one the counts and such an order may be
a minute old, for they are the dearest part; the fifty lines of the page themselves are always read anew.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.core.recent import Recent
from lms.core.vietnamese import clean, fold
from lms.people.models import (
    Actor,
    Cohort,
    CohortMember,
    Membership,
    Organisation,
    OrganisationClosure,
    OrganisationPeriod,
    Person,
)
from lms.people.queries.organisations import organisation_ids_under
from lms.people.queries.persons import is_near_the_top
from lms.people.rules.sight import BELONGS, sight
from lms.reports.queries.facts import NOTHING, Facts, facts_of, state_counts
from lms.reports.rules import FOLLOW, LEARNING_STATES

PAGE = 50
MANY = 1000
KEPT_FOR = 60.0
A_SLICE = 5000  # ids in one statement
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Group:
    """An organisation with everything below it, or a cohort of one: whose table this is. It came from an actor."""

    uuid: UUID
    name: str
    organisation_ids: tuple[int, ...]
    cohort_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One person of a table, with what the table is sorted and filtered by."""

    id: int
    name_key: str
    folded_name: str
    facts: Facts


@dataclass(frozen=True)
class Line:
    """One line of the table as it is shown."""

    id: int
    uuid: UUID
    full_name: str
    birth_year: int | None
    phone: str | None
    email: str | None
    personal_code: str
    has_secret: bool
    places: str      # where in the unit, as what; nothing of other units
    facts: Facts


@dataclass
class Roll:
    """Everybody of a table in name order, the number of people in each state, and orders asked for before."""

    standings: list[Standing]
    counts: dict[str, int]
    is_fresh: bool = True
    orders: dict[tuple[str, str, bool], list[Standing]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """One page of a table."""

    lines: list[Line]
    page: int
    pages: int
    total: int               # of the filter and the search
    counts: dict[str, int]   # of the whole table, by state
    everybody: int


@dataclass(frozen=True)
class Wanted:
    """What is asked of a table: `state` one of LEARNING_STATES or empty, `sort` a key of SORTS."""

    state: str = ""
    search: str = ""
    sort: str = "ten"
    is_reversed: bool = False


SORTS: dict[str, Callable[[Standing], Any]] = {
    "ten": lambda one: one.name_key,
    "tinh-trang": lambda one: LEARNING_STATES.index(one.facts.state),
    "gan-nhat": lambda one: one.facts.last_at,
    "bai": lambda one: one.facts.lessons,
    "lan-lam": lambda one: one.facts.attempts,
    "ket-qua": lambda one: one.facts.best,
    "noi-khac": lambda one: one.facts.elsewhere,
    "han": lambda one: one.facts.due_on,
}
_rolls: Recent[Any, tuple[float, Roll]] = Recent(4)
_counts: Recent[Any, tuple[float, dict[str, int]]] = Recent(64)


def forget() -> None:
    """Read every table anew at the next call."""
    global _rolls, _counts
    _rolls, _counts = Recent(4), Recent(64)


def group_for(actor: Actor, uuid: UUID) -> Group | None:
    """The table of this organisation or cohort when the actor follows its organisation, else None. One statement."""
    here = organisation_ids_under(actor, *FOLLOW)
    organisations = (
        sa.select(Organisation.id, OrganisationPeriod.name, sa.cast(sa.null(), sa.Integer).label("cohort_id"))
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .where(OrganisationPeriod.valid_to.is_(None), Organisation.uuid == uuid, Organisation.id.in_(here)))
    cohorts = sa.select(Cohort.organisation_id, Cohort.name, Cohort.id).where(
        Cohort.uuid == uuid, Cohort.organisation_id.in_(here))
    row = db.session.execute(sa.union_all(organisations, cohorts)).first()
    return Group(uuid, row[1], (row[0],), row[2]) if row else None


def people_of(actor: Actor, group: Group, *, one_by_one: bool = False) -> sa.Select[Any]:
    """Ids of everybody of the table whom the actor sees. `one_by_one`: for the first few of very many."""
    under = sa.select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id.in_(group.organisation_ids))
    seen = sight(actor, *FOLLOW)
    # Of their own unit it would be asked twice, and PostgreSQL would take the table for a small one and sort it whole.
    is_own = seen.places == group.organisation_ids
    through = [] if is_own else [Membership.organisation_id.in_(under)]
    people = (seen.select_one_by_one if one_by_one else seen.select)(*through)
    if group.cohort_id is not None:
        people = people.where(Person.id.in_(sa.select(CohortMember.person_id).where(
            CohortMember.cohort_id == group.cohort_id, CohortMember.left_on.is_(None))))
    return people


def roll_of(actor: Actor, group: Group, *, now: datetime, anew: bool = False) -> Roll:
    """Everybody of the table. Two statements, or none when it is large and was read within the last minute."""
    name = _name_of(actor, group)
    kept = None if anew else _fresh(_rolls.get(name))
    if kept:
        return kept
    people = people_of(actor, group)
    rows = db.session.execute(people.with_only_columns(Person.id, Person.name_key, Person.folded_name)
                              .order_by(Person.name_key, Person.id)).all()
    # A statement for few is put together once; for very many their ids would be too many parameters.
    whom = people if len(rows) > MANY else [row.id for row in rows]
    facts = facts_of(whom, now=now, today=clock.local_date(now))
    standings = [Standing(row.id, row.name_key, row.folded_name, facts.get(row.id, NOTHING)) for row in rows]
    counted = Counter(one.facts.state for one in standings)
    roll = Roll(standings, {state: counted[state] for state in LEARNING_STATES})
    if len(standings) > MANY:
        _rolls.put(name, (time.monotonic(), Roll(standings, roll.counts, is_fresh=False)))
    return roll


def counts_of(actor: Actor, group: Group, *, now: datetime) -> dict[str, int]:
    """How many of the table are how far. One statement, or none when it is large and was read within the last minute."""
    name = _name_of(actor, group)
    roll = _fresh(_rolls.get(name))
    kept = roll.counts if roll else _fresh(_counts.get(name))
    if kept:
        return kept
    counted = state_counts(people_of(actor, group), now=now)
    counts = {state: counted[state] for state in LEARNING_STATES}
    if counted.total() > MANY:
        _counts.put(name, (time.monotonic(), counts))
    return counts


def _name_of(actor: Actor, group: Group) -> Any:
    """By what a table is kept: whose it is, and where whoever asks may look."""
    return group.organisation_ids, group.cohort_id, actor.organisations(*FOLLOW)


def _fresh(kept: tuple[float, Kept] | None) -> Kept | None:
    return kept[1] if kept and time.monotonic() - kept[0] < KEPT_FOR else None


def chosen(roll: Roll, wanted: Wanted) -> list[Standing]:
    """Those whom the filter and the search leave, in the order asked for. Whoever has no value stands last."""
    name = (wanted.state, wanted.sort, wanted.is_reversed)
    found = roll.orders.get(name)
    if found is None:
        found = [one for one in roll.standings if not wanted.state or one.facts.state == wanted.state]
        value = SORTS[wanted.sort]
        with_value = [one for one in found if value(one) is not None]
        with_value.sort(key=value, reverse=wanted.is_reversed)
        found = with_value + [one for one in found if value(one) is None]
        roll.orders[name] = found
    if wanted.search:
        part = fold(clean(wanted.search))
        found = [one for one in found if part in one.folded_name]
    return found


def table_of(actor: Actor, group: Group, wanted: Wanted, *, page: int, now: datetime) -> Table:
    """One page of the table. At most four statements, however many people."""
    if wanted == Wanted():
        return _plain_table(actor, group, page=page, now=now)
    roll = roll_of(actor, group, now=now)
    found = chosen(roll, wanted)
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, page), pages)
    shown = found[(page - 1) * PAGE:page * PAGE]
    lines = lines_of(group, shown, now=None if roll.is_fresh else now)
    return Table(lines, page, pages, len(found), roll.counts, len(roll.standings))


def _plain_table(actor: Actor, group: Group, *, page: int, now: datetime) -> Table:
    counts = counts_of(actor, group, now=now)
    total = sum(counts.values())
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    is_near = is_near_the_top(page, total)
    people: Any = people_of(actor, group, one_by_one=is_near).add_columns(Person.name_key)
    if not is_near:  # everybody is found first: otherwise PostgreSQL may walk through all other people in the order of names
        people = sa.select(people.cte("everybody").prefix_with("MATERIALIZED"))
    shown = (people.order_by(people.selected_columns.name_key, people.selected_columns.id)
             .limit(PAGE).offset((page - 1) * PAGE).cte("shown").prefix_with("MATERIALIZED"))
    rows = _read(_lines(group).join(shown, shown.c.id == Person.id)
                 .order_by(shown.c.name_key, shown.c.id, OrganisationClosure.depth, Membership.id))
    facts = facts_of(list(rows), now=now, today=clock.local_date(now))
    lines = [_line(*row, facts.get(one, NOTHING)) for one, row in rows.items()]
    return Table(lines, page, pages, total, counts, total)


def lines_of(group: Group, standings: Collection[Standing], *, now: datetime | None = None) -> list[Line]:
    """These people as lines, in this order; with `now` their facts are read anew. One statement or two."""
    ids = [one.id for one in standings]
    rows: dict[int, tuple[Any, list[str]]] = {}
    for start in range(0, len(ids), A_SLICE):
        rows |= _read(_lines(group).where(Person.id.in_(ids[start:start + A_SLICE]))
                      .order_by(OrganisationClosure.depth, Membership.id))
    facts = {one.id: one.facts for one in standings}
    if now is not None:
        anew = facts_of(ids, now=now, today=clock.local_date(now))
        facts = {one: anew.get(one, NOTHING) for one in ids}
    return [_line(*rows[one], facts[one]) for one in ids if one in rows]


def _line(row: Any, places: list[str], facts: Facts) -> Line:
    return Line(*tuple(row)[:8], places="; ".join(places), facts=facts)


def _read(lines: sa.Select[*tuple[Any, ...]]) -> dict[int, tuple[Any, list[str]]]:
    """By person id, as they come: what is known of them, and the words for where they stand."""
    found: dict[int, tuple[Any, list[str]]] = {}
    for row in db.session.execute(lines):
        _first, places = found.setdefault(row.id, (row, []))
        words = ", ".join(part for part in (row.position, row.place if row.depth else None) if part)
        if words and words not in places:
            places.append(words)
    return found


def _lines(group: Group) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Person.id, Person.uuid, Person.full_name, Person.birth_year, Person.phone, Person.email, Person.personal_code,
                  Person.secret_hash.is_not(None), Membership.position, OrganisationPeriod.name.label("place"),
                  OrganisationClosure.depth)
        .join(Membership, sa.and_(Membership.person_id == Person.id, *BELONGS))
        .join(OrganisationClosure, OrganisationClosure.descendant_id == Membership.organisation_id)
        .outerjoin(OrganisationPeriod, sa.and_(OrganisationPeriod.organisation_id == Membership.organisation_id,
                                               OrganisationPeriod.valid_to.is_(None)))
        .where(OrganisationClosure.ancestor_id.in_(group.organisation_ids)))


def ids_among(actor: Actor, group: Group, uuids: Collection[UUID]) -> list[int] | None:
    """Ids of these people when every one of them stands on the table, else None. One statement."""
    wanted = set(uuids)
    ids = list(db.session.scalars(people_of(actor, group).where(Person.uuid.in_(wanted))))
    return ids if len(ids) == len(wanted) else None


def due_words_day(lines: Collection[Line]) -> date | None:
    """The first day that is due among these lines."""
    return min((line.facts.due_on for line in lines if line.facts.due_on), default=None)
