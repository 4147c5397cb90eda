"""Under what terms a person takes an assessment: the level policy that asks for it, what passes, which bank counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms.assessment.models import AssessmentVersion, ItemBank
from lms.core import clock
from lms.core.db import db
from lms.courses.models import Reader
from lms.courses.queries.courses import course_by_key, lessons_of_course
from lms.framework.queries import PolicyView, policies_for_assessment, policy_by_id
from lms.people.models import Person
from lms.people.queries.organisations import organisation_keys_of

USES = {"counting": ("counting-open", "counting-closed"), "practice": ("practice", "counting-open")}


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one person and one assessment on one day."""

    policy: PolicyView | None
    pass_rule: dict[str, Any]
    bank_uses: tuple[str, ...]
    lessons_missing: int


def terms_for(person: Person, key: str, version: AssessmentVersion, *, now: datetime) -> Terms:
    """The terms for this person today. Of several policies that ask for the assessment, that of its own level decides.

    A policy replaces the pass rule of the assessment, may ask for lessons first, and may allow closed banks only.
    """
    policies = policies_for_assessment(key, audience=person.audience, on=clock.local_date(now),
                                       organisation_keys=organisation_keys_of(person.id))
    policy = min(policies, key=lambda one: one.level_ref != version.level_ref, default=None)
    uses: tuple[str, ...] = USES[version.use]
    if policy and policy.document.bank == "closed":
        uses = ("counting-closed",)
    return Terms(policy, _pass_rule(policy, key, version), uses, _lessons_missing(policy, person.id))


def pass_rule_under(policy_id: int | None, key: str, version: AssessmentVersion) -> dict[str, Any]:
    """The pass rule of an attempt that pins this policy (None: no policy asked for the assessment)."""
    return _pass_rule(policy_by_id(policy_id) if policy_id else None, key, version)


def bank_uses_of(version: AssessmentVersion, uses: tuple[str, ...]) -> set[str]:
    """Of these uses, those that the assessment's banks have: whether it draws from open or from closed ones."""
    rows = db.session.scalars(sa.select(ItemBank.use).where(ItemBank.key.in_(version.banks), ItemBank.use.in_(uses)))
    return set(rows)


def _pass_rule(policy: PolicyView | None, key: str, version: AssessmentVersion) -> dict[str, Any]:
    gates = policy.document.assessments if policy else []
    gate = next((one for one in gates if one.key == key), None)
    return gate.model_dump(include={"overall", "groups", "must_pass_skills"}) if gate else version.pass_rule


def _lessons_missing(policy: PolicyView | None, person_id: int) -> int:
    if policy is None or not policy.document.lessons.required or policy.document.lessons.course is None:
        return 0
    course = course_by_key(policy.document.lessons.course)
    lessons = lessons_of_course(course, Reader(person_id=person_id)) if course else []
    return sum(lesson.completed_at is None for lesson in lessons)
