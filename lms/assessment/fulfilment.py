"""What a level policy asks for and what a person has of it. Pure: rows in, answers out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from lms.core import clock
from lms.framework.documents import AssessmentGate, PracticalGate
from lms.framework.queries import PolicyView


@dataclass(frozen=True, slots=True)
class Examined:
    """A submitted attempt with its stored marking, and the level policy that it pinned when it began."""

    uuid: UUID
    key: str                    # of the assessment
    version: str                # its hash
    number: int
    submitted_at: datetime
    passed: bool                # as judged when it was marked
    result: Mapping[str, Any]
    skills: tuple[str, ...]     # that the assessment draws from
    policy: PolicyView | None

    @property
    def percent(self) -> int:
        """Overall score, whole percent."""
        return int(self.result["score_percent"])


@dataclass(frozen=True, slots=True)
class Sitting:
    """The marks of one sitting of the practical, by the assessor who watched."""

    uuid: UUID
    at: datetime
    assessor_id: int
    assessor: str
    marks: Mapping[str, str]    # task id -> mark
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """A finished lesson and the version in which it was seen last."""

    key: str
    version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rubric:
    """The practical tasks as they stand today."""

    key: str
    version_id: int
    version: str
    title: str
    tasks: tuple[Mapping[str, Any], ...]


def meets(result: Mapping[str, Any], gate: AssessmentGate) -> bool:
    """Whether a stored marking reaches what this gate asks for.

    Overall percent, the percent of every named group that the paper could judge (a group of fewer than four items is
    not judged), and in the must-pass skills on the paper nothing missed. Percentages are whole and cut off.
    """
    groups = {tally["ref"]: tally for tally in result["groups"] if tally["judged"]}
    skills = {tally["ref"]: tally for tally in result["skills"] if tally["of"]}
    return (
        result["score_percent"] >= gate.overall
        and all(groups[ref]["percent"] >= needed for ref, needed in gate.groups.items() if ref in groups)
        and all(skills[ref]["percent"] >= 100 for ref in gate.must_pass_skills if ref in skills)
    )


def counts(attempt: Examined, gate: AssessmentGate, policy: PolicyView) -> bool:
    """Whether this attempt passes this gate of the policy.

    What was passed under an earlier version of the same policy stays passed. Under another policy of the same level
    (the default, before the body decided its own) the numbers must reach this gate. A policy that wants a closed bank
    takes no attempt drawn from an open one.
    """
    pinned = attempt.policy
    if attempt.key != gate.key or pinned is None or pinned.level_ref != policy.level_ref:
        return False
    if policy.document.bank == "closed" and pinned.document.bank != "closed":
        return False
    return (pinned.key == policy.key and attempt.passed) or meets(attempt.result, gate)


def latest_marks(sittings: Iterable[Sitting]) -> dict[str, tuple[str, Sitting]]:
    """The mark that stands for each task and the sitting it is from: the latest; `not_tried` never replaces a mark."""
    standing: dict[str, tuple[str, Sitting]] = {}
    for sitting in sorted(sittings, key=lambda one: one.at):
        for task, mark in sitting.marks.items():
            if mark != "not_tried" or task not in standing:
                standing[task] = mark, sitting
    return standing


@dataclass(frozen=True, slots=True)
class Lessons:
    """The course of the policy: whether it must be finished, and how far the person is."""

    course: str
    title: str
    required: bool
    total: int
    done: tuple[Learned, ...]

    @property
    def missing(self) -> int:
        """Lessons that the policy still asks for."""
        return self.total - len(self.done) if self.required else 0


@dataclass(frozen=True, slots=True)
class Examination:
    """One assessment that the policy asks for: every attempt, newest first, and the one that passes."""

    gate: AssessmentGate
    title: str
    attempts: tuple[Examined, ...]
    best: Examined | None


@dataclass(frozen=True, slots=True)
class TaskStanding:
    """One practical task and the mark that stands."""

    task: Mapping[str, Any]
    mark: str | None
    sitting: Sitting | None
    accepted: bool

    @property
    def is_open(self) -> bool:
        """Nobody has judged it yet."""
        return self.mark in (None, "not_tried")


@dataclass(frozen=True, slots=True)
class Visit:
    """One meeting: the day, the assessor, how many tasks were marked, what was noted."""

    day: date
    assessor: str
    tasks: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Practical:
    """The observed tasks: the rubric, what is accepted, and what stands."""

    rubric: Rubric
    accept: tuple[str, ...]
    sittings: tuple[Sitting, ...]

    @property
    def tasks(self) -> list[TaskStanding]:
        """Every task in the order of the rubric."""
        standing = latest_marks(self.sittings)
        found = ((task, *standing.get(task["id"], (None, None))) for task in self.rubric.tasks)
        return [TaskStanding(task, mark, sitting, mark in self.accept) for task, mark, sitting in found]

    @property
    def visits(self) -> list[Visit]:
        """The meetings in order: what one assessor recorded on one day of the ward's calendar."""
        visits: dict[tuple[int, date], list[Sitting]] = {}
        for one in self.sittings:
            visits.setdefault((one.assessor_id, clock.local_date(one.at)), []).append(one)
        return [
            Visit(day, same[0].assessor, len({task for one in same for task in one.marks}),
                  tuple(one.note for one in same if one.note))
            for (_, day), same in visits.items()]

    @property
    def missing(self) -> list[TaskStanding]:
        """Required tasks without an accepted mark."""
        return [one for one in self.tasks if one.task.get("required", True) and not one.accepted]


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """How far a person is from what one policy asks for; everything but the confirmation itself."""

    policy: PolicyView
    lessons: Lessons | None
    examinations: tuple[Examination, ...]
    practical: Practical | None

    @property
    def lessons_missing(self) -> int:
        """Required lessons not finished."""
        return self.lessons.missing if self.lessons else 0

    @property
    def examinations_missing(self) -> list[Examination]:
        """Assessments without an attempt that counts."""
        return [one for one in self.examinations if one.best is None]

    @property
    def tasks_missing(self) -> list[TaskStanding]:
        """Practical tasks that are required and lack an accepted mark."""
        return self.practical.missing if self.practical else []

    @property
    def is_fulfilled(self) -> bool:
        """Whether the level may be confirmed now."""
        return not (self.lessons_missing or self.examinations_missing or self.tasks_missing)

    @property
    def skills(self) -> list[str]:
        """Refs of the skills that a confirmation of this vouches for."""
        drawn = {ref for one in self.examinations if one.best for ref in one.best.skills}
        shown = {one.task["skill"] for one in self.practical.tasks if one.accepted} if self.practical else set()
        return sorted(drawn | shown)

    def evidence(self) -> dict[str, Any]:
        """The snapshot that a confirmation keeps, in plain values."""
        return {
            "policy": {"key": self.policy.key, "version": self.policy.version, "hash": self.policy.content_hash},
            "lessons": self.lessons and {
                "course": self.lessons.course, "of": self.lessons.total,
                "done": [{"lesson": one.key, "version": one.version, "at": one.at.isoformat()}
                         for one in self.lessons.done]},
            "attempts": [_attempt_evidence(one.best) for one in self.examinations if one.best],
            "practical": self.practical and _practical_evidence(self.practical),
            "skills": self.skills,
        }


def fulfilment(
    policy: PolicyView, *, lessons: Lessons | None, attempts: Sequence[Examined], titles: Mapping[str, str],
    rubric: Rubric | None, sittings: Sequence[Sitting], since: datetime | None = None,
) -> Fulfilment:
    """Weigh a person's rows against the policy.

    `titles` are those of the assessments by key. Attempts and sittings up to `since`, the end of an earlier
    confirmation of this level, no longer count.
    """
    fresh = [one for one in attempts if since is None or one.submitted_at > since]
    watched = tuple(one for one in sittings if since is None or one.at > since)
    return Fulfilment(
        policy, lessons,
        tuple(_examination(gate, policy, fresh, titles.get(gate.key, gate.key)) for gate in policy.document.assessments),
        _practical(policy.document.practical, rubric, watched))


def evidence_hash(evidence: Mapping[str, Any]) -> str:
    """SHA-256 of the snapshot in normal form, 64 hexadecimal digits: shows a later change of the row."""
    text = json.dumps(evidence, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _examination(
    gate: AssessmentGate, policy: PolicyView, attempts: Sequence[Examined], title: str,
) -> Examination:
    tried = sorted((one for one in attempts if one.key == gate.key), key=lambda one: -one.number)
    passing = [one for one in tried if counts(one, gate, policy)]
    best = max(passing, key=lambda one: (one.percent, -one.number), default=None)
    return Examination(gate, title, tuple(tried), best)


def _practical(gate: PracticalGate | None, rubric: Rubric | None, sittings: tuple[Sitting, ...]) -> Practical | None:
    return Practical(rubric, tuple(gate.accept), sittings) if gate and rubric else None


def _attempt_evidence(one: Examined) -> dict[str, Any]:
    return {
        "uuid": str(one.uuid), "assessment": one.key, "version": one.version, "number": one.number,
        "submitted_at": one.submitted_at.isoformat(), "percent": one.percent,
        "groups": [{name: tally[name] for name in ("ref", "right", "of", "percent", "judged")}
                   for tally in one.result["groups"]],
        "policy": {"key": one.policy.key, "version": one.policy.version} if one.policy else None,
    }


def _practical_evidence(practical: Practical) -> dict[str, Any]:
    return {
        "rubric": practical.rubric.key, "version": practical.rubric.version,
        "tasks": [{"task": one.task["id"], "mark": one.mark, "observation": str(one.sitting.uuid),
                   "at": one.sitting.at.isoformat(), "assessor_id": one.sitting.assessor_id}
                  for one in practical.tasks if one.sitting],
    }
