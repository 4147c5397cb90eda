"""Organisations are merged and split. People, roles and what stood below go over; records keep where they were made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Actor, Organisation, OrganisationSuccession
from lms.people.queries.organisations import children_of, live_member_ids, role_holder_ids
from lms.people.services.movements import carry_roles, check_roles_are_below, move_people
from lms.people.services.organisations import check_not_below, record
from lms.people.services.tree import (
    check_day,
    check_may_build,
    check_may_change,
    check_may_close,
    close,
    hang,
    hold_the_tree,
    open_period,
    rehang_children,
)


@dataclass(frozen=True)
class Done:
    """How many people, roles and organisations below went over."""

    people: int = 0
    roles: int = 0
    children: int = 0


@dataclass(frozen=True)
class Division:
    """Who and what goes where when an organisation is split: the parts, of which the first takes whatever is not named.

    A part may be the organisation itself: then it lives on and only gives something away.
    """

    parts: tuple[Organisation, ...]
    people: Mapping[int, Organisation] = field(default_factory=dict)     # person id -> part
    children: Mapping[int, Organisation] = field(default_factory=dict)   # id of an organisation directly below -> part


def merge_organisations(
    sources: Sequence[Organisation], into: Organisation, *, on: date, now: datetime, decision: str = "",
    by: Actor | None = None, operator: str | None = None,
) -> Done:
    """From `on` the sources are no more: `into`, new or old, has their people, their roles and what stood below them.

    Decided by whoever holds the role above them all. Raises DomainError organisation.nothing_to_merge,
    organisation.own_descendant, organisation.day_wrong, organisation.day_ahead, organisation.ended,
    organisation.not_yours, organisation.roles_above_yours.
    """
    sources = list(dict.fromkeys(sources))
    if not sources:
        raise DomainError("organisation.nothing_to_merge")
    _check_merge(sources, into, on=on, now=now, by=by)
    people = roles = children = 0
    for source in sources:
        db.session.add(OrganisationSuccession(from_id=source.id, to_id=into.id, on=on, kind="merge"))
        children += rehang_children(source, into, on=on, decision=decision)
        close(source, on=on)
        hang({source.id}, into.id)
        people += move_people(source, into, on=on, reason=decision)
        roles += carry_roles(source, into, now=now, by=by, operator=operator, reason=decision)
        record("merged", source, now=now, by=by, operator=operator, into=into.key, on=on, decision=decision)
    done = Done(people, roles, children)
    record("received", into, now=now, by=by, operator=operator, sources=[one.key for one in sources], on=on,
           decision=decision, people=people, roles=roles, children=children)
    return done


def split_organisation(
    source: Organisation, division: Division, *, on: date, now: datetime, decision: str = "", by: Actor | None = None,
    operator: str | None = None,
) -> Done:
    """From `on` the parts stand in the place of `source`; each person, role and organisation below goes to one of them.

    A role goes where its holder goes. The records of before stay with `source`, seen by those above it. Raises
    DomainError organisation.parts_missing, organisation.part_unknown, organisation.is_root, organisation.own_descendant,
    organisation.day_wrong, organisation.day_ahead, organisation.ended, organisation.not_yours,
    organisation.roles_above_yours.
    """
    _check_split(source, division, on=on, now=now, by=by)
    members, holders = live_member_ids(source.id), role_holder_ids(source.id)
    stand_below = {one.id for one in children_of(source.id)}
    done = Done()
    for part in division.parts:
        if part == source:
            continue
        db.session.add(OrganisationSuccession(from_id=source.id, to_id=part.id, on=on, kind="split"))
        done = Done(
            done.people + move_people(source, part, on=on, reason=decision,
                                      only=_going(division, part, members, division.people)),
            done.roles + carry_roles(source, part, now=now, by=by, operator=operator, reason=decision,
                                     only=_going(division, part, holders, division.people)),
            done.children + rehang_children(source, part, on=on, decision=decision,
                                            only=_going(division, part, stand_below, division.children)))
    if source not in division.parts:
        close(source, on=on)
    record("split", source, now=now, by=by, operator=operator, parts=[one.key for one in division.parts], on=on,
           decision=decision, people=done.people, roles=done.roles, children=done.children)
    return done


def _check_merge(
    sources: Sequence[Organisation], into: Organisation, *, on: date, now: datetime, by: Actor | None,
) -> None:
    check_may_build(into, by)
    check_day(on, now=now)
    hold_the_tree()
    if open_period(into).valid_from > on:
        raise DomainError("organisation.day_wrong", since=open_period(into).valid_from)
    for source in sources:
        check_may_change(source, by)
        check_may_close(source, on)
        check_roles_are_below(source, into, by)
        for other in (into, *sources):
            if other != source or into == source:
                check_not_below(other, source)


def _check_split(source: Organisation, division: Division, *, on: date, now: datetime, by: Actor | None) -> None:
    check_may_change(source, by)
    check_day(on, now=now)
    hold_the_tree()
    if open_period(source).parent_id is None:
        raise DomainError("organisation.is_root")
    if len(set(division.parts)) < 2 or len(set(division.parts)) != len(division.parts):
        raise DomainError("organisation.parts_missing")
    for part in division.parts:
        if part != source:
            check_may_build(part, by)
            check_not_below(part, source)
            check_roles_are_below(source, part, by)
        if open_period(part).valid_from > on:
            raise DomainError("organisation.day_wrong", since=open_period(part).valid_from)
    if source not in division.parts:
        check_may_close(source, on)
    _check_named(division, live_member_ids(source.id) | role_holder_ids(source.id), division.people)
    _check_named(division, {one.id for one in children_of(source.id)}, division.children)


def _check_named(division: Division, known: set[int], places: Mapping[int, Organisation]) -> None:
    stray = set(places) - known
    if stray:
        raise DomainError("organisation.part_unknown", what=min(stray))
    if not set(places.values()) <= set(division.parts):
        raise DomainError("organisation.parts_missing")


def _going(division: Division, part: Organisation, ids: Iterable[int], places: Mapping[int, Organisation]) -> set[int]:
    return {one for one in ids if places.get(one, division.parts[0]) == part}
