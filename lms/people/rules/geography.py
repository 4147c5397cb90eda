"""The tree as it stood on a day, and where in it something belongs that was recorded on another day.

Pure: it is given all periods and successions, and for the organisations that were merged or split the memberships and
roles of their people. So figures can be summed in the geography of any day: new places for old dates, old for new.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

A_DAY = timedelta(days=1)
MOST_STEPS = 1000  # no organisation was followed by so many others


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that counts once: `key` is its identity. Where, on which day and of whom it was recorded.

    `tie` says what decides for a merged or split organisation: where the person belonged, or where they held a role.
    """

    key: Hashable
    organisation_id: int
    day: date
    person_id: int | None = None
    tie: str = "membership"


@dataclass(frozen=True, slots=True)
class Period:
    """What an organisation was called and where it stood from a day to before another."""

    organisation_id: int
    name: str
    parent_id: int | None
    valid_from: date
    valid_to: date | None

    def covers(self, day: date) -> bool:
        """Whether it held on this day."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)


@dataclass(frozen=True, slots=True)
class Succession:
    """From `on` one organisation stands in the place of another. `id` orders those of one day."""

    id: int
    from_id: int
    to_id: int
    on: date


@dataclass(frozen=True, slots=True)
class Tie:
    """A person belonged to an organisation, or held a role there, from a day to before another."""

    kind: str
    person_id: int
    organisation_id: int
    since: date
    until: date | None


@dataclass(frozen=True)
class Geography:
    """The tree as it stood on the day `on`."""

    on: date
    periods: Iterable[Period]
    successions: Iterable[Succession]
    ties: Iterable[Tie] = ()
    _above: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def name(self, organisation_id: int) -> str | None:
        """What it was called; None when it did not exist."""
        period = self._standing.get(organisation_id)
        return period.name if period else None

    def children(self, organisation_id: int) -> list[int]:
        """What stood directly below it."""
        return sorted(one for one, period in self._standing.items() if period.parent_id == organisation_id)

    def above(self, organisation_id: int) -> tuple[int, ...]:
        """The organisation itself and everything above it, the nearest first; nothing when it did not exist."""
        if organisation_id not in self._above:
            path: list[int] = []
            here: int | None = organisation_id
            while here is not None and here in self._standing and here not in path:
                path.append(here)
                here = self._standing[here].parent_id
            self._above[organisation_id] = tuple(path)
        return self._above[organisation_id]

    def place(self, fact: Fact) -> int | None:
        """The organisation of this geography to which the fact belongs; None when nothing of that day is known for it.

        An organisation that was split, or several that were merged: where the person was on the other side of that
        day. Not known: with the one that lives on under its own name, else with what stood above.
        """
        if fact.organisation_id not in self._lives:
            return None
        begun, ended = self._life(fact.organisation_id)
        day = max(fact.day, begun) if ended is None else min(max(fact.day, begun), ended - A_DAY)
        return self._forward(fact, day) if day < self.on else self._backward(fact, day)

    def figures(self, facts: Mapping[str, Iterable[Fact]]) -> dict[int, dict[str, int]]:
        """For every organisation that has any: how many of each kind belong to it and to what stood below it."""
        found: dict[int, dict[str, set[Hashable]]] = defaultdict(lambda: defaultdict(set))
        for kind, some in facts.items():
            for fact in some:
                place = self.place(fact)
                for above in () if place is None else self.above(place):
                    found[above][kind].add(fact.key)
        return {one: {kind: len(keys) for kind, keys in kinds.items()} for one, kinds in found.items()}

    def placed_in(self, organisation_id: int) -> set[int]:
        """Ids of all organisations, of whatever time, that count as a whole as part of this one."""
        whole = {one: self.place(Fact(one, one, self.on)) for one in self._lives}
        return {one for one, place in whole.items() if place is not None and organisation_id in self.above(place)}

    def _forward(self, fact: Fact, day: date) -> int | None:
        here: int | None = fact.organisation_id
        done: tuple[date, float] = (day, math.inf)
        for _ in range(MOST_STEPS):
            if here is None:
                return None
            step = min((s for s in self._from[here] if done < (s.on, s.id) and s.on <= self.on),
                       key=lambda s: (s.on, s.id), default=None)
            if step is None:
                if here in self._standing:
                    return here
                done = (self._life(here)[1] or self.on, -1)
                here = self._last(here).parent_id
                continue
            group = [s for s in self._from[here] if s.on == step.on]
            lives_on = self._stood(here, step.on)
            chosen = self._chosen(fact, {s.to_id for s in group}, here if lives_on else None, step.on, is_forward=True)
            done = (step.on, max(s.id for s in group) if chosen is not None else -1)
            here = self._last(here).parent_id if chosen is None else chosen
        return None

    def _backward(self, fact: Fact, day: date) -> int | None:
        here: int | None = fact.organisation_id
        done: tuple[date, float] = (day, math.inf)
        for _ in range(MOST_STEPS):
            if here is None:
                return None
            step = max((s for s in self._to[here] if (s.on, s.id) < done and s.on > self.on),
                       key=lambda s: (s.on, s.id), default=None)
            if step is None:
                if here in self._standing:
                    return here
                first = self._lives[here][0]
                done, here = (first.valid_from, math.inf), first.parent_id
                continue
            group = [s for s in self._to[here] if s.on == step.on]
            was_there = self._stood(here, step.on - A_DAY)
            chosen = self._chosen(fact, {s.from_id for s in group}, here if was_there else None, step.on, is_forward=False)
            done = (step.on, min(s.id for s in group) if chosen is not None else math.inf)
            here = self._parent_on(here, step.on) if chosen is None else chosen
        return None

    def _chosen(self, fact: Fact, others: set[int], itself: int | None, on: date, *, is_forward: bool) -> int | None:
        """On the other side of this day: where the person was, else the same organisation, else the only other one."""
        among = others | ({itself} if itself is not None else set())
        for tie in self._ties[fact.tie, fact.person_id]:
            if tie.organisation_id in among and (
                    (tie.until is None or tie.until > on) if is_forward
                    else tie.since < on and (tie.until is None or tie.until >= on)):
                return tie.organisation_id
        if itself is not None:
            return itself
        return others.pop() if len(others) == 1 else None

    def _stood(self, organisation_id: int, day: date) -> bool:
        return any(period.covers(day) for period in self._lives[organisation_id])

    def _parent_on(self, organisation_id: int, day: date) -> int | None:
        return next((p.parent_id for p in self._lives[organisation_id] if p.covers(day)), None)

    def _last(self, organisation_id: int) -> Period:
        return self._lives[organisation_id][-1]

    def _life(self, organisation_id: int) -> tuple[date, date | None]:
        return self._lives[organisation_id][0].valid_from, self._last(organisation_id).valid_to

    @cached_property
    def _lives(self) -> dict[int, list[Period]]:
        found: dict[int, list[Period]] = defaultdict(list)
        for period in sorted(self.periods, key=lambda period: period.valid_from):
            found[period.organisation_id].append(period)
        return dict(found)

    @cached_property
    def _standing(self) -> dict[int, Period]:
        return {period.organisation_id: period for some in self._lives.values() for period in some if period.covers(self.on)}

    @cached_property
    def _from(self) -> dict[int, list[Succession]]:
        found: dict[int, list[Succession]] = defaultdict(list)
        for one in self.successions:
            found[one.from_id].append(one)
        return found

    @cached_property
    def _to(self) -> dict[int, list[Succession]]:
        found: dict[int, list[Succession]] = defaultdict(list)
        for one in self.successions:
            found[one.to_id].append(one)
        return found

    @cached_property
    def _ties(self) -> dict[tuple[str, int | None], list[Tie]]:
        found: dict[tuple[str, int | None], list[Tie]] = defaultdict(list)
        for tie in sorted(self.ties, key=lambda tie: (tie.since, tie.organisation_id)):
            found[tie.kind, tie.person_id].append(tie)
        return found
