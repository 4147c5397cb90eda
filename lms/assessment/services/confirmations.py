"""Confirming a level, asking for more, taking a confirmation back. Rows are added; the one live row is kept by the database."""

import calendar
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms.assessment.fulfilment import Fulfilment, evidence_hash
from lms.assessment.models import Confirmation, ConfirmationEvent, SentBack
from lms.assessment.models.confirmations import SENT_BACK_KINDS
from lms.assessment.queries.cases import Case
from lms.assessment.queries.confirmations import ConfirmationView
from lms.assessment.queries.fulfilments import fulfilment_of, fulfilments_of
from lms.assessment.queries.waiting import due_by_decision
from lms.core import audit, clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.framework.queries import PolicyView
from lms.people.models import Actor, Membership, Organisation, OrganisationClosure, Person
from lms.people.rules.sight import BELONGS

AT_ONCE = 500  # people weighed together by confirm_due


def check_may_decide(case: Case, *, now: datetime) -> None:
    """Whether the actor may watch and conclude in this case now.

    Raises DomainError confirmation.oneself, confirmation.by_decision, confirmation.not_your_role,
    confirmation.already_live.
    """
    _check_actor(case)
    if live_confirmation(case.person_id, case.policy.level_ref, now=now):
        raise DomainError("confirmation.already_live")


def _check_actor(case: Case) -> None:
    if case.is_own:
        raise DomainError("confirmation.oneself")
    if case.policy.document.confirm.by == "decision":
        raise DomainError("confirmation.by_decision")
    if not case.may_decide:
        raise DomainError("confirmation.not_your_role")


def one_at_a_time(case: Case) -> None:
    """Let two presses of a button about the same learner follow one another (SQLite's writers do anyway)."""
    db.session.execute(sa.select(Person.id).where(Person.id == case.person_id).with_for_update(key_share=True))


def confirm_level(*, case: Case, note: str = "", now: datetime) -> Confirmation:
    """Confirm, as a person, that the learner holds the level. A second press gives back the confirmation there is.

    Raises DomainError confirmation.oneself, confirmation.by_decision, confirmation.not_your_role and
    confirmation.not_fulfilled (lessons, assessments, tasks: how many of each are missing at this moment).
    """
    live = live_confirmation(case.person_id, case.policy.level_ref, now=now)
    if live:
        return live
    _check_actor(case)
    weighed = fulfilment_of(case.person_id, case.policy, now=now)
    if not weighed.is_fulfilled:
        raise DomainError(
            "confirmation.not_fulfilled", lessons=weighed.lessons_missing,
            assessments=len(weighed.examinations_missing), tasks=len(weighed.tasks_missing))
    row, _ = _add(weighed, case.person_id, case.organisation_id, now=now, alike=case.alike, basis="person",
                  assessor_id=case.actor_id, note=note or None)
    return row


def confirm_due(*, now: datetime, operator: str = "clock") -> int:
    """Confirm by decision of the body everyone who fulfils a policy that says so; how many. Safe to run twice.

    For the background job and the command line; the caller commits.
    """
    confirmed, after = 0, 0
    while due := due_by_decision(limit=AT_ONCE, after=after, now=now):
        after = due[-1][0]
        places = _organisations_of(due)
        for pair, weighed in fulfilments_of(due, now=now).items():
            if weighed.is_fulfilled:
                _, is_new = _add(weighed, pair[0], places[pair], now=now, basis="decision", operator=operator,
                                 decision_number=weighed.policy.document.confirm.decision_number)
                confirmed += is_new
    return confirmed


def send_back(*, case: Case, kind: str, reason: str, now: datetime) -> SentBack:
    """Ask for more before confirming: `kind` is continue (go on another day) or learn (learn first).

    The learner reads the reason. The same once more, with nothing new between, stays one row.
    Raises DomainError of `check_may_decide`, confirmation.unknown_conclusion, confirmation.reason_missing.
    """
    check_may_decide(case, now=now)
    if kind not in SENT_BACK_KINDS:
        raise DomainError("confirmation.unknown_conclusion")
    if not reason:
        raise DomainError("confirmation.reason_missing")
    one_at_a_time(case)
    last: SentBack | None = db.session.scalar(
        sa.select(SentBack).where(SentBack.person_id == case.person_id, SentBack.policy_id == case.policy.id)
        .order_by(SentBack.at.desc(), SentBack.id.desc()).limit(1))
    if last and (last.assessor_id, last.kind, last.reason) == (case.actor_id, kind, reason) and _is_today(last.at, now):
        return last
    row = SentBack(person_id=case.person_id, policy_id=case.policy.id, assessor_id=case.actor_id, kind=kind,
                   reason=reason, at=now)
    db.session.add(row)
    db.session.flush()
    audit.record("confirmation.sent_back", now=now, actor_id=case.actor_id, subject=f"person:{case.person_uuid}",
                 organisation_id=case.organisation_id, policy=case.policy.key, kind=kind)
    return row


def withdraw_confirmation(*, confirmation: ConfirmationView, actor: Actor, reason: str, now: datetime) -> None:
    """Take a confirmation back, for a reason. What came before no longer counts for a new one.

    `confirmation` is from `confirmation_for(actor, …)`, which asks for the role. Raises DomainError
    confirmation.oneself, confirmation.reason_missing, confirmation.already_ended.
    """
    if confirmation.person_id == actor.id:
        raise DomainError("confirmation.oneself")
    if not reason:
        raise DomainError("confirmation.reason_missing")
    _end(confirmation.id, "withdrawn", at=now, actor_id=actor.id, reason=reason)
    audit.record("confirmation.withdrawn", now=now, actor_id=actor.id, subject=f"confirmation:{confirmation.uuid}",
                 organisation_id=confirmation.organisation_id, level=confirmation.level_ref)


def live_confirmation(person_id: int, level_ref: str, *, now: datetime) -> Confirmation | None:
    """The confirmation of this level that holds now, or None. One that has run out does not."""
    row = _unended(person_id, level_ref)
    return row if row and (row.valid_until is None or row.valid_until > now) else None


def _unended(person_id: int, level_ref: str) -> Confirmation | None:
    found: Confirmation | None = db.session.scalar(
        sa.select(Confirmation).where(Confirmation.person_id == person_id, Confirmation.level_ref == level_ref,
                                      Confirmation.ended_at.is_(None)))
    return found


def _add(
    weighed: Fulfilment, person_id: int, organisation_id: int, *, now: datetime, operator: str | None = None,
    alike: tuple[str, ...] = (), **values: Any,
) -> tuple[Confirmation, bool]:
    """(the live row, whether it is new). When another request was faster, its row is the one."""
    policy = weighed.policy
    evidence = {**weighed.evidence(), **({"assessor_alike": list(alike)} if alike else {})}
    old = _unended(person_id, policy.level_ref)
    if old and old.valid_until and old.valid_until <= now:
        _end(old.id, "expired", at=old.valid_until, actor_id=None, reason="")
    row = Confirmation(
        person_id=person_id, level_ref=policy.level_ref, framework_ref=policy.level_ref.partition("/")[0],
        policy_id=policy.id, organisation_id=organisation_id, evidence=evidence, evidence_hash=evidence_hash(evidence),
        decided_at=now, valid_until=_valid_until(policy.document.valid_months, now), **values)
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        faster = _unended(person_id, policy.level_ref)
        if faster is None:
            raise
        return faster, False
    audit.record("confirmation.made", now=now, actor_id=row.assessor_id, operator=operator,
                 subject=f"confirmation:{row.uuid}", organisation_id=organisation_id, policy=policy.key,
                 version=policy.version, level=policy.level_ref, evidence=row.evidence_hash)
    return row, True


def _end(confirmation_id: int, kind: str, *, at: datetime, actor_id: int | None, reason: str) -> None:
    ended = db.session.execute(
        sa.update(Confirmation).where(Confirmation.id == confirmation_id, Confirmation.ended_at.is_(None))
        .values(ended_at=at))
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError("confirmation.already_ended")
    db.session.add(ConfirmationEvent(confirmation_id=confirmation_id, kind=kind, at=at, actor_id=actor_id, reason=reason))
    db.session.flush()


def _valid_until(months: int | None, now: datetime) -> datetime | None:
    """The same hour and day of the ward's calendar so many months later, or the last day of that month."""
    if months is None:
        return None
    here = now.astimezone(clock.WARD_ZONE)
    year, month = divmod(here.year * 12 + here.month - 1 + months, 12)
    return here.replace(year=year, month=month + 1, day=min(here.day, calendar.monthrange(year, month + 1)[1]))


def _is_today(moment: datetime, now: datetime) -> bool:
    return clock.local_date(moment) == clock.local_date(now)


def _organisations_of(due: Iterable[tuple[int, PolicyView]]) -> dict[tuple[int, int], int]:
    """By (person id, policy id), the membership under the body that decided; any, where the policy is general."""
    people = {person_id for person_id, _ in due}
    rows = db.session.execute(
        sa.select(Membership.person_id, Membership.organisation_id, Organisation.key)
        .join(OrganisationClosure, OrganisationClosure.descendant_id == Membership.organisation_id)
        .join(Organisation, Organisation.id == OrganisationClosure.ancestor_id)
        .where(Membership.person_id.in_(people), *BELONGS)
        .order_by(OrganisationClosure.depth.desc(), Membership.id.desc())).all()
    nearest: dict[tuple[int, str | None], int] = {}
    for person_id, organisation_id, key in rows:
        nearest[person_id, key] = nearest[person_id, None] = organisation_id
    return {(person_id, policy.id): nearest[person_id, policy.organisation_key] for person_id, policy in due}
