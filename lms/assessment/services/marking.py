"""Marking: from a paper and its answers to a result. Pure arithmetic in exact fractions; nothing is rounded upwards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from lms.assessment import item_types

SCORING_VERSION = 1   # raise it when the same answers would give another result
FEWEST_TO_JUDGE = 4   # a group of fewer items is reported, not judged (DECISIONS)


class Scorable(Protocol):
    """What marking needs of an item version."""

    type: str
    skill_ref: str
    group_ref: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tally:
    """How a group or a skill was done. `percent` is whole, cut off: 69,9 is 69.

    `right` counts items answered wholly right, `of` all of them; part points count in `percent` alone. `required` is
    the percentage asked for (None: none); `passed` is None when nothing is asked, or the group is too small to judge.
    """

    ref: str
    right: int
    of: int
    percent: int
    judged: bool
    required: float | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Result:
    """The marking of one paper; `asdict` of it is stored.

    `scores` are the points of each item (0 to 1) in the order of the paper.
    """

    right: int
    of: int
    score_percent: int
    required: float
    passed: bool
    groups: tuple[Tally, ...]
    skills: tuple[Tally, ...]
    scores: tuple[float, ...]
    scoring_version: int


def mark(items: Sequence[tuple[Scorable, dict[str, Any] | None]], pass_rule: Mapping[str, Any]) -> Result:
    """The result of a paper: each item version with the response to it (None: left empty).

    `pass_rule` holds `overall` (percent), `groups` (ref to percent) and `must_pass_skills` (refs), the last two where
    there are any. Passed is who reaches the overall percentage, the percentage of every named group that has at least
    four items on the paper, and in the must-pass skills on the paper every item wholly right. All points weigh the
    same. An empty paper is not passed.
    """
    points = [item_types.of(item.type).points(item.document, response) for item, response in items]
    by_group = _collect((item.group_ref for item, _ in items), points)
    by_skill = _collect((item.skill_ref for item, _ in items), points)
    asked_of_groups = {ref: _exact(percent) for ref, percent in (pass_rule.get("groups") or {}).items()}
    asked_of_skills = dict.fromkeys(pass_rule.get("must_pass_skills") or (), Fraction(100))
    groups = _tallies(by_group, asked_of_groups, fewest=FEWEST_TO_JUDGE)
    skills = _tallies(by_skill, asked_of_skills, fewest=1)
    overall = _exact(pass_rule["overall"])
    gates = [tally.passed for tally in (*groups, *skills) if tally.passed is not None]
    return Result(
        right=points.count(Fraction(1)), of=len(points), score_percent=int(_percent(points)), required=float(overall),
        passed=bool(points) and _percent(points) >= overall and all(gates), groups=groups, skills=skills,
        scores=tuple(float(point) for point in points), scoring_version=SCORING_VERSION,
    )


def _collect(refs: Iterable[str], points: list[Fraction]) -> dict[str, list[Fraction]]:
    collected: dict[str, list[Fraction]] = {}
    for ref, point in zip(refs, points, strict=True):
        collected.setdefault(ref, []).append(point)
    return collected


def _tallies(collected: dict[str, list[Fraction]], asked: dict[str, Fraction], *, fewest: int) -> tuple[Tally, ...]:
    """One tally for each ref that was drawn or asked for, by ref."""
    return tuple(_tally(ref, collected.get(ref, []), asked.get(ref), fewest) for ref in sorted({*collected, *asked}))


def _tally(ref: str, points: list[Fraction], asked: Fraction | None, fewest: int) -> Tally:
    judged = len(points) >= fewest
    return Tally(
        ref=ref, right=points.count(Fraction(1)), of=len(points), percent=int(_percent(points)), judged=judged,
        required=None if asked is None else float(asked),
        passed=None if asked is None or not judged else _percent(points) >= asked,
    )


def _percent(points: list[Fraction]) -> Fraction:
    return 100 * sum(points, Fraction(0)) / len(points) if points else Fraction(0)


def _exact(percent: float) -> Fraction:
    return Fraction(str(percent))
