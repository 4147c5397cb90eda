"""The result of an attempt: against the pass rule, group by group, and what to do next."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, url_for
from flask_login import current_user

from lms.assessment import item_types, rules
from lms.assessment.models import AssessmentVersion
from lms.assessment.queries import attempts as queries
from lms.assessment.queries.attempts import AttemptView
from lms.assessment.queries.papers import paper_of
from lms.assessment.services import attempts as services
from lms.assessment.views.attempts import CLOSED, refusal_to_start, sentence
from lms.assessment.views.blueprint import bp
from lms.core import clock
from lms.core.db import db
from lms.core.signals import personal_data_asked
from lms.courses.models import Reader
from lms.courses.queries.lessons import lessons_of_skills
from lms.framework.queries import policy_by_id, skills_of
from lms.web.access import signed_in

MOST_LESSONS = 3


@bp.get("/bai-kiem-tra/<key>/<uuid:uuid>/ket-qua")
@signed_in
def result(key: str, uuid: UUID) -> Any:
    view = queries.attempt_of(current_user.id, key, uuid) or abort(404)
    now = clock.now()
    if view.state_at(now) not in CLOSED:
        return redirect(url_for(".review", key=key, uuid=uuid))
    marked = services.result_at(view, now=now)
    names = skills_of(skill["ref"] for skill in marked["skills"]) if marked else {}
    refusal = refusal_to_start(db.session.get_one(AssessmentVersion, view.version_id), now=now)
    return render_template(
        "assessment/result.html", view=view, marked=marked, by_clock=view.submitted_by != "client",
        closed_at=view.submitted_at or view.closes_at, groups=_groups(marked, names), refusal=refusal and sentence(refusal),
        lessons=_lessons_next(marked, names) if marked and not marked["passed"] else [],
        wrong=_wrong(view, marked) if marked else [], policy=policy_by_id(view.policy_id) if view.policy_id else None,
        mine=queries.attempts_of(current_user.id, view.assessment_id))


@personal_data_asked.connect
def attempts_about(_sender: Any, *, person_id: int) -> dict[str, Any]:
    """For the file of everything that is stored about a person."""
    return queries.kept_about_attempts(person_id)


def _groups(marked: dict[str, Any] | None, names: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups on the paper with the names that screens use."""
    short = {skill.group_ref: skill.group_short_name for skill in names.values()}
    groups = marked["groups"] if marked else []
    return [{**group, "name": short.get(group["ref"], group["ref"].rpartition("/")[2])} for group in groups if group["of"]]


def _lessons_next(marked: dict[str, Any], names: dict[str, Any]) -> list[Any]:
    """Lessons of the weakest skills, each once: those of groups that were failed first, then the weakest first; lessons
    not finished before those finished."""
    failed = {group["ref"] for group in marked["groups"] if group["passed"] is False}
    weak = [skill for skill in marked["skills"] if skill["of"] and skill["percent"] < marked["required"]]
    weak.sort(key=lambda one: (one["ref"] not in names or names[one["ref"]].group_ref not in failed, one["percent"]))
    order = {skill["ref"]: place for place, skill in enumerate(weak)}
    rows = lessons_of_skills(order, Reader(person_id=current_user.id)) if order else []
    rows.sort(key=lambda row: (row.completed_at is not None, order[row.skill_ref]))
    return list({row.slug: row for row in rows}.values())[:MOST_LESSONS]


def _wrong(view: AttemptView, marked: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """The questions not answered wholly right, as they may be shown now: none where the assessment keeps its answers."""
    paper = paper_of(view.uuid)
    if paper is None or not rules.may_show_answers(view.show_answers, state=view.state_at(clock.now())):
        return []
    responses = queries.responses_of(view.id)
    shown = []
    for item, score in zip(paper.items, marked["scores"], strict=True):
        if score < 1:
            kind = item_types.of(item.type)
            seen = kind.review(item.document, responses.get(item.position), seed=item.seed)
            shown.append({"position": item.position, "template": kind.template, "seen": seen})
    return shown
