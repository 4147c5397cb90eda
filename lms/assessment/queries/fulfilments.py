"""What people have of what policies ask for. The same number of statements for one person and for fifty."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms.assessment.fulfilment import Examined, Fulfilment, Learned, Lessons, Rubric, Sitting, fulfilment
from lms.assessment.models import Assessment, AssessmentVersion, Attempt, Confirmation, Observation, RubricVersion
from lms.assessment.models import Rubric as RubricRow
from lms.core.db import db
from lms.courses.models import Course, Lesson, LessonVersion, Progress
from lms.framework.models import Policy
from lms.framework.queries import PolicyView, policy_by_id
from lms.people.models import Person

Wanted = Iterable[tuple[int, PolicyView]]


def fulfilment_of(person_id: int, policy: PolicyView, *, now: datetime) -> Fulfilment:
    """How far this person is from what the policy asks for. The id came from an actor or a `Case`."""
    return fulfilments_of([(person_id, policy)], now=now)[person_id, policy.id]


def fulfilments_of(wanted: Wanted, *, now: datetime) -> dict[tuple[int, int], Fulfilment]:
    """By (person id, policy id), how far each person is. At most nine statements, however many people."""
    pairs = list(wanted)
    if not pairs:
        return {}
    people = {person_id for person_id, _ in pairs}
    policies = {policy.id: policy for _, policy in pairs}.values()
    facts = _facts(people, policies, now=now)
    return {(person_id, policy.id): _weigh(person_id, policy, facts) for person_id, policy in pairs}


@dataclass
class _Facts:
    attempts: dict[int, list[Examined]]
    titles: dict[str, str]
    rubrics: dict[str, Rubric]
    sittings: dict[tuple[int, str], list[Sitting]]
    ends: dict[tuple[int, str], datetime]
    courses: dict[str, tuple[str, tuple[str, ...]]]
    learned: dict[int, dict[str, Learned]] = field(default_factory=dict)


def _facts(people: Collection[int], policies: Collection[PolicyView], *, now: datetime) -> _Facts:
    assessments = {gate.key for policy in policies for gate in policy.document.assessments}
    rubrics = {policy.document.practical.rubric for policy in policies if policy.document.practical}
    courses = {policy.document.lessons.course for policy in policies if policy.document.lessons.course}
    return _Facts(
        attempts=_attempts(people, assessments), titles=_titles(assessments), rubrics=_rubrics(rubrics),
        sittings=sittings_of(people, rubrics), ends=_ends(people, {policy.level_ref for policy in policies}, now),
        courses=_courses(courses), learned=_learned(people, courses))


def _weigh(person_id: int, policy: PolicyView, facts: _Facts) -> Fulfilment:
    practical = policy.document.practical
    rubric = facts.rubrics.get(practical.rubric) if practical else None
    return fulfilment(
        policy, lessons=_lessons(person_id, policy, facts), attempts=facts.attempts.get(person_id, []),
        titles=facts.titles, rubric=rubric, sittings=facts.sittings.get((person_id, rubric.key), []) if rubric else [],
        since=facts.ends.get((person_id, policy.level_ref)))


def _attempts(people: Collection[int], keys: Collection[str]) -> dict[int, list[Examined]]:
    rows = db.session.execute(
        sa.select(Attempt.person_id, Attempt.uuid, Assessment.key, AssessmentVersion.hash, Attempt.number,
                  Attempt.submitted_at, Attempt.passed, Attempt.result, AssessmentVersion.draw, Attempt.policy_id)
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .join(AssessmentVersion, AssessmentVersion.id == Attempt.assessment_version_id)
        .where(Attempt.person_id.in_(people), Assessment.key.in_(keys), Attempt.state == "submitted")).all()
    pinned = pinned_policies({row.policy_id for row in rows if row.policy_id})
    found = defaultdict(list)
    for row in rows:
        found[row.person_id].append(Examined(
            row.uuid, row.key, row.hash, row.number, row.submitted_at, bool(row.passed), row.result,
            tuple(sorted({part["skill"] for part in row.draw})), pinned.get(row.policy_id)))
    return found


def pinned_policies(policy_ids: Collection[int]) -> dict[int, PolicyView]:
    """These policies by id, in force or not. One statement."""
    rows = db.session.scalars(sa.select(Policy).where(Policy.id.in_(policy_ids))).all()
    views = ((row.id, policy_by_id(row.id)) for row in rows)  # the rows are in the session: no further statement
    return {policy_id: view for policy_id, view in views if view}


def _titles(keys: Collection[str]) -> dict[str, str]:
    rows = db.session.execute(
        sa.select(Assessment.key, AssessmentVersion.short_title)
        .join(AssessmentVersion, AssessmentVersion.id == Assessment.current_version_id).where(Assessment.key.in_(keys)))
    return {row.key: row.short_title for row in rows}


def _rubrics(keys: Collection[str]) -> dict[str, Rubric]:
    rows = db.session.execute(
        sa.select(RubricRow.key, RubricVersion.id, RubricVersion.hash, RubricVersion.title, RubricVersion.document)
        .join(RubricVersion, RubricVersion.id == RubricRow.current_version_id).where(RubricRow.key.in_(keys)))
    return {row.key: Rubric(row.key, row.id, row.hash, row.title, tuple(row.document["tasks"])) for row in rows}


def sittings_of(people: Collection[int], rubrics: Collection[str]) -> dict[tuple[int, str], list[Sitting]]:
    """By (person id, key of the rubric), the sittings in order of time. One statement."""
    rows = db.session.execute(
        sa.select(Observation.person_id, RubricRow.key, Observation.uuid, Observation.observed_at,
                  Observation.assessor_id, Person.full_name, Observation.marks, Observation.note)
        .join(RubricVersion, RubricVersion.id == Observation.rubric_version_id)
        .join(RubricRow, RubricRow.id == RubricVersion.rubric_id)
        .join(Person, Person.id == Observation.assessor_id)
        .where(Observation.person_id.in_(people), RubricRow.key.in_(rubrics))
        .order_by(Observation.observed_at, Observation.id))
    found = defaultdict(list)
    for person_id, key, *sitting in rows:
        found[person_id, key].append(Sitting(*sitting))
    return found


def _ends(people: Collection[int], levels: Collection[str], now: datetime) -> dict[tuple[int, str], datetime]:
    """When the latest earlier confirmation of each level ended: withdrawn, or run out."""
    end = ended_by(now)
    rows = db.session.execute(
        sa.select(Confirmation.person_id, Confirmation.level_ref, sa.func.max(end))
        .where(Confirmation.person_id.in_(people), Confirmation.level_ref.in_(levels), end.is_not(None))
        .group_by(Confirmation.person_id, Confirmation.level_ref))
    return {(person_id, level): at for person_id, level, at in rows}


def ended_by(now: datetime | sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The moment a confirmation ended, as a column: its end, or its last day when that is past; NULL while it lives.

    `now` is the moment, or a parameter for it.
    """
    moment = now if isinstance(now, sa.ColumnElement) else sa.literal(now, Confirmation.valid_until.type)
    run_out = sa.case((Confirmation.valid_until <= moment, Confirmation.valid_until), else_=sa.null())
    return sa.type_coerce(sa.func.coalesce(Confirmation.ended_at, run_out), Confirmation.valid_until.type)


def _courses(keys: Collection[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    rows = db.session.execute(
        sa.select(Course.key, Course.title, Lesson.key).join(Lesson, Lesson.course_id == Course.id)
        .where(Course.key.in_(keys), Lesson.retired_at.is_(None)).order_by(Lesson.position))
    for key, title, lesson in rows:
        found[key] = title, (*found.get(key, ("", ()))[1], lesson)
    return found


def _learned(people: Collection[int], courses: Collection[str]) -> dict[int, dict[str, Learned]]:
    found: dict[int, dict[str, Learned]] = defaultdict(dict)
    rows = db.session.execute(
        sa.select(Progress.person_id, Lesson.key, LessonVersion.hash, Progress.completed_at)
        .join(Lesson, Lesson.id == Progress.lesson_id).join(Course, Course.id == Lesson.course_id)
        .join(LessonVersion, LessonVersion.id == Progress.version_id)
        .where(Progress.person_id.in_(people), Course.key.in_(courses), Progress.completed_at.is_not(None)))
    for row in rows:
        person_id, key, version, at = row
        assert person_id is not None
        assert at is not None
        found[person_id][key] = Learned(key, version, at)
    return found


def _lessons(person_id: int, policy: PolicyView, facts: _Facts) -> Lessons | None:
    gate = policy.document.lessons
    if gate.course is None:
        return None
    title, keys = facts.courses.get(gate.course, (gate.course, ()))
    mine: Mapping[str, Learned] = facts.learned.get(person_id, {})
    return Lessons(gate.course, title, gate.required, len(keys), tuple(mine[key] for key in keys if key in mine))
