"""Watching somebody do the practical tasks: each sitting is a row, what stands is the fold of all."""

from collections.abc import Mapping
from datetime import datetime

from lms.assessment.fulfilment import Practical, Sitting, latest_marks
from lms.assessment.models import Observation
from lms.assessment.models.confirmations import MARKS
from lms.assessment.queries.cases import Case
from lms.assessment.queries.fulfilments import fulfilment_of
from lms.assessment.services.confirmations import check_may_decide, one_at_a_time
from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError


def record_sitting(
    *, case: Case, marks: Mapping[str, str], seen: int | None = None, note: str = "", now: datetime,
) -> Observation | None:
    """Keep the marks (task id -> one of MARKS) that the actor gave, as one row; None when none of them is new.

    `seen` is how many sittings the page held when it was opened: what it showed then and sends back unchanged is no
    mark of this sitting, whatever somebody else recorded meanwhile. Raises DomainError of `check_may_decide`,
    observation.not_asked, observation.unknown_task, observation.unknown_mark.
    """
    one_at_a_time(case)
    check_may_decide(case, now=now)
    practical = fulfilment_of(case.person_id, case.policy, now=now).practical
    if practical is None:
        raise DomainError("observation.not_asked")
    if not set(marks) <= {task["id"] for task in practical.rubric.tasks}:
        raise DomainError("observation.unknown_task")
    if not set(marks.values()) <= set(MARKS):
        raise DomainError("observation.unknown_mark")
    new = _new_marks(marks, practical.sittings[:seen])
    if not new:
        return None
    observation = Observation(
        person_id=case.person_id, rubric_version_id=practical.rubric.version_id, policy_id=case.policy.id,
        organisation_id=case.organisation_id, assessor_id=case.actor_id, marks=new, note=note or None,
        observed_at=now, completes=_completes(practical, new, case, now=now))
    db.session.add(observation)
    db.session.flush()
    audit.record("observation.recorded", now=now, actor_id=case.actor_id, subject=f"person:{case.person_uuid}",
                 organisation_id=case.organisation_id, policy=case.policy.key, observation=str(observation.uuid), marks=new)
    return observation


def _new_marks(marks: Mapping[str, str], shown: tuple[Sitting, ...]) -> dict[str, str]:
    standing = latest_marks(shown)
    return {task: mark for task, mark in marks.items()
            if task not in standing or mark not in (standing[task][0], "not_tried")}


def _completes(practical: Practical, new: Mapping[str, str], case: Case, *, now: datetime) -> bool:
    sitting = Sitting(case.person_uuid, now, case.actor_id, case.actor_name, new)
    return not Practical(practical.rubric, practical.accept, (*practical.sittings, sitting)).missing
