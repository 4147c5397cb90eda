"""Who waits for a confirmation: found by the database, policy by policy, in one statement whatever their number."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.assessment.fulfilment import Fulfilment
from lms.assessment.models import Assessment, Attempt, Confirmation, Observation, Rubric, RubricVersion, SentBack
from lms.assessment.queries.cases import ASSESS
from lms.assessment.queries.confirmations import PAGE, Page, SentBackView, organisation_names, page_of, sent_back_to
from lms.assessment.queries.fulfilments import ended_by, fulfilments_of
from lms.core import clock
from lms.core.db import db
from lms.core.vietnamese import fold
from lms.courses.models import Course, Lesson, Progress
from lms.framework.models import Level, Policy
from lms.framework.queries import PolicyView, policy_by_id
from lms.framework.rules import deciding_policy
from lms.people.models import Actor, Membership, Organisation, OrganisationClosure, Person
from lms.people.queries.organisations import organisation_ids_under
from lms.people.rules.sight import BELONGS, Sight, sight

STAGES = ("ready", "practical", "sent_back")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One person and one policy on the list."""

    person_uuid: UUID
    full_name: str
    birth_year: int | None
    organisations: str
    level: str
    stage: str
    since: datetime             # of the passed assessment
    fulfilment: Fulfilment
    sent_back: SentBackView | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The list of one stage, and how many stand in each."""

    stage: str
    counts: dict[str, int]
    page: Page


def waiting_for(actor: Actor, *, stage: str | None = None, search: str = "", page: int = 1, now: datetime) -> Queue:
    """People where the actor assesses who passed the assessments of their policy and are not confirmed yet.

    `ready`: nothing but the confirmation is missing; `practical`: to be watched; `sent_back`: asked for more, and
    nothing new since. Without `stage` the first that holds somebody. Those who wait longest come first, 50 a page.
    """
    policies = _policies_near(actor, on=clock.local_date(now))
    asked = [one for one in policies if one.document.confirm.by == "person"]
    if not asked:
        return Queue(stage or STAGES[0], dict.fromkeys(STAGES, 0), Page([], 1, 1, 0))
    waiting = _candidates(asked, policies, _seen_by(actor, search), now=now).subquery()
    counts = dict.fromkeys(STAGES, 0) | dict(db.session.execute(
        sa.select(waiting.c.stage, sa.func.count()).group_by(waiting.c.stage)).all())
    stage = stage if stage in STAGES else next((one for one in STAGES if counts[one]), STAGES[0])
    number, pages = page_of(counts[stage], page)
    rows = db.session.execute(
        sa.select(waiting).where(waiting.c.stage == stage)
        .order_by(waiting.c.since, waiting.c.person_id, waiting.c.policy_id)
        .limit(PAGE).offset((number - 1) * PAGE)).all()
    return Queue(stage, counts, Page(_lines(rows, policies, sight(actor, *ASSESS), now=now), number, pages, counts[stage]))


def due_by_decision(*, limit: int, after: int = 0, now: datetime) -> list[tuple[int, PolicyView]]:
    """(person id, policy) of people whom a policy confirms by decision of the body, in the order of the person id,
    from above `after` on. Whether they truly fulfil it, the confirmation itself weighs."""
    policies = _in_force(on=clock.local_date(now))
    asked = [one for one in policies if one.document.confirm.by == "decision"]
    if not asked:
        return []
    belongs = sa.exists().where(Membership.person_id == Person.id, *BELONGS)
    due = _candidates(asked, policies, (belongs, Person.id > after), now=now).subquery()
    rows = db.session.execute(
        sa.select(due.c.person_id, due.c.policy_id).order_by(due.c.person_id, due.c.policy_id).limit(limit))
    views = {one.id: one for one in asked}
    return [(person_id, views[policy_id]) for person_id, policy_id in rows]


def _seen_by(actor: Actor, search: str) -> tuple[sa.ColumnElement[bool], ...]:
    here = sa.exists().where(Membership.person_id == Person.id, *sight(actor, *ASSESS).memberships())
    named = [Person.folded_name.contains(fold(search), autoescape=True)] if search else []
    return (here, Person.id != actor.id, *named)


def _policies_near(actor: Actor, *, on: date) -> list[PolicyView]:
    """Policies in force that some learner under this actor may fall under."""
    mine = actor.organisations(*ASSESS)
    above = sa.select(OrganisationClosure.ancestor_id).where(OrganisationClosure.descendant_id.in_(mine))
    related = sa.select(Organisation.key).where(
        Organisation.id.in_(organisation_ids_under(actor, *ASSESS)) | Organisation.id.in_(above))
    return _in_force(Policy.organisation_key.is_(None) | Policy.organisation_key.in_(related), on=on)


def _in_force(*conditions: sa.ColumnElement[bool], on: date) -> list[PolicyView]:
    """What holds today: one policy for each level, audience and deciding organisation. One statement."""
    decided: dict[tuple[str, str, str | None], list[Policy]] = {}
    for row in db.session.scalars(sa.select(Policy).where(*conditions).order_by(Policy.id)):
        decided.setdefault((row.level_ref, row.audience, row.organisation_key), []).append(row)
    holding = [deciding_policy(rows, organisation_keys=[key] if key else [], on=on) for (_, _, key), rows in decided.items()]
    views = (policy_by_id(row.id) for row in holding if row)  # the rows are in the session: no further statement
    return [view for view in views if view]


def _candidates(
    asked: list[PolicyView], policies: list[PolicyView], people: tuple[sa.ColumnElement[bool], ...], *, now: datetime,
) -> sa.CompoundSelect[Any]:
    return sa.union_all(*(_under(policy, policies, people, now=now) for policy in asked))


def _under(
    policy: PolicyView, policies: list[PolicyView], people: tuple[sa.ColumnElement[bool], ...], *, now: datetime,
) -> sa.Select[Any]:
    """(person_id, policy_id, since, stage) of those who passed what this policy asks and are not confirmed."""
    keys = [gate.key for gate in policy.document.assessments]
    passed_at = sa.select(sa.func.max(Attempt.submitted_at)).where(*_passed(policy, keys, now)).scalar_subquery()
    watched = _watched(policy, now)
    done, observed_at = (sa.true(), sa.null()) if watched is None else watched
    back_at = _sent_back_at(policy)
    since = sa.func.coalesce(passed_at, observed_at) if keys else observed_at
    newer = [back_at < moment for moment in ([passed_at] if keys else []) + ([observed_at] if watched else [])]
    stage = sa.case((back_at.is_not(None) & ~sa.func.coalesce(sa.or_(*newer), sa.false()), "sent_back"),
                    (done, "ready"), else_="practical")
    gates: list[sa.ColumnElement[bool]] = [sa.exists().where(*_passed(policy, [key], now)) for key in keys]
    if not keys:
        gates = [observed_at.is_not(None)]
    return (
        sa.select(Person.id.label("person_id"), sa.literal(policy.id).label("policy_id"),
                  sa.type_coerce(since, Attempt.submitted_at.type).label("since"), stage.label("stage"))
        .where(Person.audience == policy.audience, Person.ended_at.is_(None), *people, *gates,
               *_decided_here(policy, policies), *_learned(policy), ~sa.exists().where(
                   Confirmation.person_id == Person.id, Confirmation.level_ref == policy.level_ref,
                   ended_by(now).is_(None))))


def _after_the_last_end(policy: PolicyView, moment: Any, now: datetime) -> sa.ColumnElement[bool]:
    """What lies before the end of an earlier confirmation of the level no longer counts."""
    return ~sa.exists().where(
        Confirmation.person_id == Person.id, Confirmation.level_ref == policy.level_ref, ended_by(now) >= moment)


def _passed(policy: PolicyView, keys: list[str], now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    ids = sa.select(Assessment.id).where(Assessment.key.in_(keys))
    return (Attempt.person_id == Person.id, Attempt.assessment_id.in_(ids), Attempt.passed.is_(True),
            Attempt.policy_id.in_(sa.select(Policy.id).where(Policy.level_ref == policy.level_ref)),
            _after_the_last_end(policy, Attempt.submitted_at, now))


def _watched(policy: PolicyView, now: datetime) -> tuple[Any, Any] | None:
    """(whether the last sitting completed the practical, when it was), or None where none is asked for."""
    if policy.document.practical is None:
        return None
    versions = sa.select(RubricVersion.id).join(Rubric).where(Rubric.key == policy.document.practical.rubric)
    mine = (Observation.person_id == Person.id, Observation.rubric_version_id.in_(versions),
            _after_the_last_end(policy, Observation.observed_at, now))
    last = (sa.select(Observation.completes).where(*mine)
            .order_by(Observation.observed_at.desc(), Observation.id.desc()).limit(1).scalar_subquery())
    at = sa.select(sa.func.max(Observation.observed_at)).where(*mine).scalar_subquery()
    return sa.func.coalesce(last, sa.false()), at


def _sent_back_at(policy: PolicyView) -> Any:
    same = sa.select(Policy.id).where(Policy.key == policy.key)
    return (sa.select(sa.func.max(SentBack.at))
            .where(SentBack.person_id == Person.id, SentBack.policy_id.in_(same)).scalar_subquery())


def _decided_here(policy: PolicyView, policies: list[PolicyView]) -> tuple[sa.ColumnElement[bool], ...]:
    """That of the bodies which decided about this level, the one nearest to the person decided this policy."""
    bodies = [one.organisation_key for one in policies
              if one.organisation_key and (one.level_ref, one.audience) == (policy.level_ref, policy.audience)]
    if not bodies:
        return ()
    nearest = (
        sa.select(Organisation.key)
        .join(OrganisationClosure, OrganisationClosure.ancestor_id == Organisation.id)
        .join(Membership, Membership.organisation_id == OrganisationClosure.descendant_id)
        .where(Membership.person_id == Person.id, *BELONGS, Organisation.key.in_(bodies))
        .order_by(OrganisationClosure.depth, Organisation.key).limit(1).scalar_subquery())
    return (nearest.is_(None) if policy.organisation_key is None else nearest == policy.organisation_key,)


def _learned(policy: PolicyView) -> tuple[sa.ColumnElement[bool], ...]:
    if not policy.document.lessons.required:
        return ()
    finished = sa.select(Progress.id).where(
        Progress.person_id == Person.id, Progress.lesson_id == Lesson.id, Progress.completed_at.is_not(None))
    left = sa.select(Lesson.id).join(Course, Course.id == Lesson.course_id).where(
        Course.key == policy.document.lessons.course, Lesson.retired_at.is_(None),
        ~finished.correlate(Person, Lesson).exists())
    return (~left.correlate(Person).exists(),)


def _lines(rows: Any, policies: list[PolicyView], seen: Sight, *, now: datetime) -> list[Waiting]:
    views = {policy.id: policy for policy in policies}
    ids = {row.person_id for row in rows}
    weighed = fulfilments_of([(row.person_id, views[row.policy_id]) for row in rows], now=now)
    people = {person.id: person for person in db.session.scalars(sa.select(Person).where(Person.id.in_(ids)))}
    levels: dict[str, str] = dict(db.session.execute(
        sa.select(Level.ref, Level.short_name).where(Level.ref.in_({views[row.policy_id].level_ref for row in rows}))).all())
    places, back = organisation_names(seen, ids), sent_back_to(ids)
    return [
        Waiting(person.uuid, person.full_name, person.birth_year, places.get(person.id, ""), levels[policy.level_ref],
                row.stage, row.since, weighed[person.id, policy.id],
                back.get((person.id, policy.key)) if row.stage == "sent_back" else None)
        for row in rows for person, policy in [(people[row.person_id], views[row.policy_id])]]
