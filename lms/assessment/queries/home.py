"""What assessment knows about a learner for the home and the skill map, from one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms.assessment.models import Assessment, AssessmentVersion, Attempt, Confirmation, Observation, SentBack
from lms.assessment.queries.attempts import states_shown
from lms.assessment.queries.fulfilments import ended_by
from lms.core.db import db
from lms.framework.models import Level, Policy
from lms.people.models import Person


@dataclass(frozen=True, slots=True)
class Known:
    """The rows of one learner, each (at, what, words, flag, document) by kind; the newest first."""

    running: Any | None         # the attempt that is open: ended = its end, what = key of the assessment, words = its title
    attempts: list[Any]         # submitted: flag = passed, document = the result
    confirmations: list[Any]    # words = short name of the level, document = the evidence, what = when it ended
    observation: Any | None     # the last: flag = completes
    sent_back: Any | None       # the last: what = kind, words = reason
    has_policy: bool

    @property
    def live(self) -> list[Any]:
        """Confirmations that hold."""
        return [row for row in self.confirmations if row.ended is None]

    @property
    def skill_states(self) -> dict[str, str]:
        """`learning`, `passed` or `confirmed` by skill."""
        states = states_shown((row.document, row.flag) for row in self.attempts)
        return states | {ref: "confirmed" for row in self.live for ref in row.document["skills"]}

    @property
    def stage(self) -> str | None:
        """`sent_back`, `wait` (for the conclusion), `show` (to an assessor), `confirmed`, `begin`, or None."""
        ended = _last(row.ended for row in self.confirmations if row.ended)
        passed = _last(row.at for row in self.attempts if row.flag and row.counts and (ended is None or row.at > ended))
        confirmed = _last(row.at for row in self.live)
        newest = _last(at for at in (passed, self.observation and self.observation.at, confirmed) if at)
        if self.sent_back and (newest is None or newest <= self.sent_back.at):
            return "sent_back"
        if passed and (confirmed is None or passed > confirmed):
            return "wait" if self.observation and self.observation.flag else "show"
        if confirmed:
            return "confirmed"
        return "begin" if self.has_policy else None


def known_about(person_id: int, *, now: datetime) -> Known:
    """What stands about this learner now. One statement."""
    rows: dict[str, list[Any]] = {}
    for row in db.session.connection().execute(_EVERYTHING, {"person_id": person_id, "now": now}):
        rows.setdefault(row.kind, []).append(row)
    for same in rows.values():
        same.sort(key=lambda row: row.at or now, reverse=True)
    first = {kind: same[0] for kind, same in rows.items()}
    return Known(first.get("running"), rows.get("attempt", []), rows.get("confirmation", []), first.get("observation"),
                 first.get("sent_back"), "policy" in rows)


def _everything() -> sa.CompoundSelect[Any]:
    person_id = sa.bindparam("person_id", type_=sa.Integer())
    now = sa.bindparam("now", type_=Attempt.submitted_at.type)
    none = sa.null()
    text = sa.cast(none, sa.String)
    moment = Attempt.submitted_at.type
    attempts = sa.select(
        sa.literal("attempt").label("kind"), Attempt.submitted_at.label("at"), sa.cast(none, moment).label("ended"),
        text.label("what"), text.label("words"), Attempt.passed.label("flag"), Attempt.policy_id.is_not(None).label("counts"),
        Attempt.result.label("document")).where(Attempt.person_id == person_id, Attempt.state == "submitted")
    running = (
        sa.select(sa.literal("running"), Attempt.started_at, Attempt.due_at, Assessment.key, AssessmentVersion.short_title,
                  none, none, none)
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .join(AssessmentVersion, AssessmentVersion.id == Attempt.assessment_version_id)
        .where(Attempt.person_id == person_id, Attempt.state == "in_progress", Attempt.due_at > now))
    confirmations = sa.select(
        sa.literal("confirmation"), Confirmation.decided_at, ended_by(now), none, Level.short_name, none, none,
        Confirmation.evidence).join(Level, Level.ref == Confirmation.level_ref).where(Confirmation.person_id == person_id)
    watched = (sa.select(Observation.observed_at, Observation.completes).where(Observation.person_id == person_id)
               .order_by(Observation.observed_at.desc(), Observation.id.desc()).limit(1).subquery())
    asked = (sa.select(SentBack.at, SentBack.kind, SentBack.reason).where(SentBack.person_id == person_id)
             .order_by(SentBack.at.desc(), SentBack.id.desc()).limit(1).subquery())
    return sa.union_all(
        attempts, running, confirmations,
        sa.select(sa.literal("observation"), watched.c.observed_at, none, none, none, watched.c.completes, none, none),
        sa.select(sa.literal("sent_back"), asked.c.at, none, asked.c.kind, asked.c.reason, none, none, none),
        sa.select(sa.literal("policy"), none, none, none, none, none, none, none)
        .where(Person.id == person_id, sa.exists().where(Policy.audience == Person.audience)))


# Built once: putting it together for every page costs more than asking.
_EVERYTHING = _everything()


def _last(moments: Iterable[datetime]) -> datetime | None:
    return max(moments, default=None)
