"""Who may change the tree of organisations, and the order in which it is read."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lms.core.vietnamese import clean, fold
from lms.people.models import Actor

KEEP_ORGANISATIONS = ("officer", "admin")
_DIGITS = re.compile(r"(\d+)")


def can_keep_organisations(actor: Actor) -> bool:
    """May open the tree (of their own organisations and those below)."""
    return actor.has_role(*KEEP_ORGANISATIONS)


def can_build_below(actor: Actor, *, at: Collection[int]) -> bool:
    """May add an organisation below another, or take one in there; `at` is that other and everything above it."""
    return any(held.role in KEEP_ORGANISATIONS and held.organisation_id in at for held in actor.roles)


def can_change(actor: Actor, *, above: Collection[int]) -> bool:
    """May rename, move, merge, split or end an organisation; `above` is what stands above it, without itself.

    Nobody decides about the organisation at which they hold their own role: those above it do.
    """
    return can_build_below(actor, at=above)


def natural_key(folded_name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorting key that puts "to dan pho 2" before "to dan pho 10"."""
    # A number of a thousand digits is a word.
    return tuple((0, int(part), "") if part.isdigit() and len(part) < 10 else (1, 0, part)
                 for part in _DIGITS.split(folded_name) if part)


@dataclass(frozen=True, slots=True)
class Member:
    """By what somebody who belongs to an organisation may be named in a list."""

    person_id: int
    full_name: str
    personal_code: str
    staff_code: str | None
    school_class: str | None


@dataclass(frozen=True)
class Named:
    """Who was meant by the lines of a list; the lines that mean nobody, and those that may mean one of several."""

    person_ids: frozenset[int]
    unknown: tuple[str, ...]
    ambiguous: tuple[str, ...]


def members_named(lines: Iterable[str], members: Iterable[Member]) -> Named:
    """Who is meant: a line is a personal code, a staff code, a full name, or a class, which means everybody in it."""
    single: dict[str, set[int]] = {}
    classes: dict[str, set[int]] = {}
    for one in members:
        for word in (one.personal_code, one.personal_code.replace("-", ""), one.staff_code, one.full_name):
            if word:
                single.setdefault(fold(word), set()).add(one.person_id)
        if one.school_class:
            classes.setdefault(fold(one.school_class), set()).add(one.person_id)
    meant: set[int] = set()
    unknown, ambiguous = [], []
    for line in filter(None, map(clean, lines)):
        found = single.get(fold(line), set())
        if len(found) > 1:
            ambiguous.append(line)
        elif found or fold(line) in classes:
            meant |= found or classes[fold(line)]
        else:
            unknown.append(line)
    return Named(frozenset(meant), tuple(unknown), tuple(ambiguous))
