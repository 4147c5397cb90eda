"""Starting an attempt, and closing it: by the learner, or by the clock with what was saved."""

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms.assessment import rules
from lms.assessment.models import AssessmentVersion, Attempt, AttemptItem
from lms.assessment.queries import attempts, papers
from lms.assessment.queries.terms import Terms, pass_rule_under, terms_for
from lms.assessment.services import assembly, marking
from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Membership, Person
from lms.people.rules.sight import BELONGS

SEED_BITS = 62  # fits a signed 64-bit column


def start_attempt(*, person_id: int, key: str, now: datetime) -> UUID:
    """Open an attempt at the assessment `key` with a new draw, or give back the one that is open already.

    However many requests come at once, one attempt is opened: the database allows one open attempt for each person and
    assessment. Raises DomainError: assessment.not_offered, assessment.bank_too_small, and those of
    `rules.check_may_start`.
    """
    version = attempts.offered_version(key)
    if version is None:
        raise DomainError("assessment.not_offered")
    running = _running(person_id, version.assessment_id)
    if running and not rules.is_over(running.closes_at, now=now):
        return running.uuid
    if running:
        _close(running, now=now)
    person = db.session.get_one(Person, person_id)
    terms = terms_for(person, key, version, now=now)
    standing = attempts.standing_of(person_id, version.assessment_id, lessons_missing=terms.lessons_missing, now=now)
    rules.check_may_start(standing, use=version.use, max_attempts=version.max_attempts,
                          wait_hours=version.wait_hours, now=now)
    try:
        with db.session.begin_nested():
            return _open(person, version, terms, number=standing.attempts + 1, now=now).uuid
    except IntegrityError:
        # A second press of the button was faster; its attempt is the one.
        running = _running(person_id, version.assessment_id)
        if running is None:
            raise DomainError("attempt.try_again") from None
        return running.uuid


def submit_attempt(*, person_id: int, uuid: UUID, now: datetime) -> None:
    """Close the attempt with the answers that stand, and mark it. A closed attempt stays as it is: one result, ever.

    After the grace it is closed as of its end, by the clock. Raises DomainError attempt.not_found.
    """
    attempt = db.session.scalar(
        sa.select(Attempt).where(Attempt.uuid == uuid, Attempt.person_id == person_id)
        .with_for_update().execution_options(populate_existing=True))
    if attempt is None:
        raise DomainError("attempt.not_found")
    if attempt.state == "in_progress":
        _close(attempt, now=now)


def close_overdue(*, now: datetime, limit: int = 200) -> int:
    """Close attempts whose grace has passed, with what was saved; how many. Safe to run twice and side by side."""
    over = attempts.attempts_to_close(now=now, limit=limit)
    for attempt in over:
        _close(attempt, now=now)
    return len(over)


def result_at(view: attempts.AttemptView, *, now: datetime) -> dict[str, Any] | None:
    """The marking as it stands at this moment, or None while the attempt is open or was abandoned.

    When the grace has passed and the row was not closed yet, the same marking that closing will store.
    """
    if view.result is not None:
        return view.result
    if view.state_at(now) != "submitted":
        return None
    return _marking(view.uuid, view.version_id, view.policy_id, attempts.responses_of(view.id))


def _running(person_id: int, assessment_id: int) -> Attempt | None:
    found: Attempt | None = db.session.scalar(
        sa.select(Attempt).where(Attempt.person_id == person_id, Attempt.assessment_id == assessment_id,
                                 Attempt.state == "in_progress")
        .with_for_update().execution_options(populate_existing=True))
    return found


def _open(person: Person, version: AssessmentVersion, terms: Terms, *, number: int, now: datetime) -> Attempt:
    seed = secrets.randbits(SEED_BITS)
    questions = assembly.draw(assembly.pool_of(version.banks, uses=terms.bank_uses), version.draw, seed=seed,
                              seen=attempts.questions_seen(person.id, version.assessment_id))
    due_at, closes_at = rules.deadlines(now, minutes=version.minutes, grace_seconds=version.grace_seconds,
                                        extra_time_percent=person.extra_time_percent)
    attempt = Attempt(
        person_id=person.id, assessment_id=version.assessment_id, assessment_version_id=version.id,
        policy_id=terms.policy.id if terms.policy else None, organisation_id=_organisation_of(person.id),
        number=number, seed=seed, started_at=now, due_at=due_at, closes_at=closes_at,
        extra_time_percent=person.extra_time_percent)
    db.session.add(attempt)
    db.session.flush()
    db.session.execute(sa.insert(AttemptItem), [
        {"attempt_id": attempt.id, "position": position, "item_version_id": one.version_id, "seed": one.seed}
        for position, one in enumerate(questions, start=1)])
    audit.record("attempt.started", now=now, actor_id=person.id, subject=f"attempt:{attempt.uuid}",
                 organisation_id=attempt.organisation_id, number=number)
    return attempt


def _organisation_of(person_id: int) -> int | None:
    """Where the attempt counts: the membership that began last."""
    found: int | None = db.session.scalar(
        sa.select(Membership.organisation_id).where(Membership.person_id == person_id, *BELONGS)
        .order_by(Membership.joined_on.desc(), Membership.id.desc()).limit(1))
    return found


def _close(attempt: Attempt, *, now: datetime) -> None:
    by_clock = rules.is_over(attempt.closes_at, now=now)
    responses = attempts.responses_of(attempt.id)
    if responses or not by_clock:
        result = _marking(attempt.uuid, attempt.assessment_version_id, attempt.policy_id, responses)
        attempt.result, attempt.passed = result, result["passed"]
        attempt.score_percent, attempt.scoring_version = result["score_percent"], result["scoring_version"]
    attempt.state = "submitted" if attempt.result else "abandoned"
    attempt.submitted_at = attempt.closes_at if by_clock else now
    attempt.submitted_by = "deadline" if by_clock else "client"
    audit.record(f"attempt.{attempt.state}", now=now, actor_id=None if by_clock else attempt.person_id,
                 operator="clock" if by_clock else None, subject=f"attempt:{attempt.uuid}",
                 organisation_id=attempt.organisation_id, by=attempt.submitted_by)
    db.session.flush()


def _marking(
    uuid: UUID, version_id: int, policy_id: int | None, responses: dict[int, dict[str, Any]],
) -> dict[str, Any]:
    paper = papers.paper_of(uuid)
    assert paper is not None
    pass_rule = pass_rule_under(policy_id, paper.key, db.session.get_one(AssessmentVersion, version_id))
    return asdict(marking.mark([(item, responses.get(item.position)) for item in paper.items], pass_rule))
