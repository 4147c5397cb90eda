"""Pure arithmetic of learning: where a reader stands in a lesson, whether a self-check was answered rightly."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.core.errors import DomainError

Step = dict[str, Any]  # {"id", "title", "device", "slot"} of LessonVersion.steps

# Which framework's map an audience sees.
FRAMEWORK_OF_AUDIENCE = {
    "nguoi-dan": "qd757-I1-nguoi-dan@1.0",
    "hoc-sinh-sinh-vien": "tt02-2025@2025",
    "can-bo": "na-26-chuyen-de@2026",
    "nguoi-lao-dong": "qd757-I4-nguoi-lao-dong-doanh-nghiep@1.0",
}

# States of a skill, from the least to the most; the position is the number of its mark.
SKILL_STATES = ("not_started", "learning", "passed", "confirmed")


@dataclass(frozen=True)
class Position:
    """Where a reader stands: the steps of their phone in order, how many lie behind, and the one to go on with."""

    steps: tuple[Step, ...]
    done: int
    step: Step | None

    @property
    def number(self) -> int:
        """Number of the step to go on with, from 1."""
        return self.done + 1

    @property
    def percent(self) -> int:
        """Share of the steps that lie behind."""
        return round(100 * self.done / len(self.steps)) if self.steps else 0


def steps_for(steps: Sequence[Step], device: str) -> list[Step]:
    """The steps of a version that a reader with this phone sees."""
    return [step for step in steps if step["device"] in ("both", device)]


def position(steps: Sequence[Step], device: str, *, last_step: str | None, completed: bool) -> Position:
    """Where a reader stands in a version, given the furthest step they reached (in this or an older version).

    A step that the version no longer has counts as none: the reader begins anew, but a completed lesson stays
    completed. The Android and the iPhone form of a step count as one.
    """
    mine = tuple(steps_for(steps, device))
    if completed:
        return Position(mine, len(mine), None)
    slot = next((step["slot"] for step in steps if step["id"] == last_step), None)
    if slot is None:
        return Position(mine, 0, mine[0] if mine else None)
    behind = [step for step in mine if step["slot"] < slot]
    here = mine[len(behind)] if len(behind) < len(mine) else None
    return Position(mine, len(behind), here)


def furthest_step(steps: Sequence[Step], one: str | None, other: str | None) -> str | None:
    """Whichever of two step ids lies further on in this version; an id the version does not have loses."""
    slots = {step["id"]: step["slot"] for step in steps}
    return max((one, other), key=lambda step: slots.get(step, -1))


def minutes_left(minutes: int, where: Position) -> int:
    """Minutes that the rest of a lesson takes, at least one, from the share of its steps that is left."""
    left = len(where.steps) - where.done
    return max(1, round(minutes * left / len(where.steps))) if where.steps else minutes


@dataclass(frozen=True)
class Today:
    """What a learner's home proposes: the lesson to go on with, the next new one and why, and how the courses stand.

    `reason`: "first" (nothing learned yet), "same_course", "next_course", or "all_done" (no new lesson is left).
    """

    begun: Any | None
    upcoming: Any | None
    reason: str
    courses: tuple[tuple[Any, int, int], ...]  # (a lesson row of the course, lessons completed, lessons)


def today_of(lessons: Sequence[Any]) -> Today:
    """Choose from the rows of queries.home.lessons_for, which stand in course order."""
    begun = max((row for row in lessons if row.started_at and not row.completed_at), key=lambda row: row.updated_at,
                default=None)
    latest = max((row for row in lessons if row.started_at), key=lambda row: row.updated_at, default=None)
    fresh = [row for row in lessons if not row.started_at]
    near = [row for row in fresh if latest and row.course_key == latest.course_key]
    upcoming = (near or fresh or [None])[0]
    reason = "all_done" if upcoming is None else "first" if latest is None else "same_course" if near else "next_course"
    courses: dict[str, list[Any]] = {}
    for row in lessons:
        courses.setdefault(row.course_key, []).append(row)
    counted = tuple((rows[0], sum(1 for row in rows if row.completed_at), len(rows)) for rows in courses.values())
    return Today(begun, upcoming, reason, counted)


@dataclass(frozen=True)
class CheckResult:
    """Outcome of a self-check: right or not, the feedback (safe HTML) and what each chosen part deserves."""

    right: bool
    answer: tuple[str, ...]
    feedback: tuple[str, ...]
    marks: dict[str, bool] = field(default_factory=dict)  # id of a chosen part -> rightly chosen


def choices_of(check: dict[str, Any]) -> list[dict[str, Any]]:
    """What can be chosen in a check: its options, parts, or the two words of a true-false question."""
    if check["type"] == "true_false":
        return [{"id": "dung"}, {"id": "sai"}]
    return list(check.get("options") or check["parts"])


def mark_check(check: dict[str, Any], chosen: Collection[str]) -> CheckResult:
    """Mark the chosen ids of a self-check (as stored in LessonVersion.document).

    Raises DomainError `check.nothing_chosen` and, for an id the check does not have, `check.unknown_choice`.
    """
    known = {choice["id"]: choice for choice in choices_of(check)}
    answer = tuple(ident for ident in known if ident in chosen)
    if set(chosen) - set(known) or (check["type"] in ("single_choice", "true_false") and len(answer) > 1):
        raise DomainError("check.unknown_choice")
    if not answer:
        raise DomainError("check.nothing_chosen")
    if check["type"] == "true_false":
        right = (answer[0] == "dung") == check["answer"]
        return CheckResult(right, answer, (check["feedback"]["right" if right else "wrong"],), {answer[0]: right})
    if check["type"] == "scenario":
        return _mark_scenario(check, answer, known)
    marks = {ident: known[ident]["score"] > 0 for ident in answer}
    wanted = {ident for ident, option in known.items() if option["score"] > 0}
    return CheckResult(set(answer) == wanted, answer, tuple(known[ident]["feedback"] for ident in answer), marks)


def _mark_scenario(check: dict[str, Any], answer: tuple[str, ...], known: dict[str, dict[str, Any]]) -> CheckResult:
    marks = {ident: bool(known[ident]["suspicious"]) for ident in answer}
    found = sum(marks.values())
    right = found >= check["pass"]["found"] and len(marks) - found <= check["pass"]["false_alarms"]
    # After a right answer everything is told; before, only what was chosen, so that looking again is worth it.
    told = [ident for ident, part in known.items() if ident in marks or (right and part["suspicious"])]
    return CheckResult(right, answer, tuple(known[ident]["feedback"] for ident in told), marks)
