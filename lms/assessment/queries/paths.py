"""The way to a confirmation, as the learner sees it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms.assessment.fulfilment import Fulfilment
from lms.assessment.queries.cases import policies_of
from lms.assessment.queries.confirmations import ConfirmationView, SentBackView, confirmation_states, sent_back_to
from lms.assessment.queries.fulfilments import fulfilments_of
from lms.core import clock
from lms.core.db import db
from lms.framework.models import Level
from lms.people.models import Actor
from lms.people.queries.organisations import organisation_keys_of


@dataclass(frozen=True, slots=True)
class Path:
    """One level that the learner may reach: what is done, what comes next, and what an assessor last said."""

    level: str
    fulfilment: Fulfilment
    confirmation: ConfirmationView | None   # that holds
    ended: ConfirmationView | None          # the last one, when it holds no more
    sent_back: SentBackView | None

    @property
    def stages(self) -> list[tuple[str, str]]:
        """(learn | examine | show | confirm | paper, done | now | wait) in order; those the policy does not have are left out.

        Lessons that are not required drop out once the test is passed without them.
        """
        document, weighed = self.fulfilment.policy.document, self.fulfilment
        lessons, passed = weighed.lessons, not weighed.examinations_missing
        learned = lessons is not None and len(lessons.done) == lessons.total
        skipped = lessons is None or (passed and not lessons.required and not learned)
        done = {
            "learn": None if skipped else learned,
            "examine": passed if document.assessments else None,
            "show": not weighed.tasks_missing if weighed.practical else None,
            "confirm": False, "paper": False,
        }
        states, now_given = [], False
        for stage, is_done in done.items():
            if is_done is None:
                continue
            state = "done" if is_done or self.confirmation else "wait" if now_given else "now"
            now_given = now_given or state == "now"
            states.append((stage, state))
        return states


def paths_of(actor: Actor, *, now: datetime) -> list[Path]:
    """The way to each level that a policy describes for this learner today. The same number of statements for any number."""
    policies = policies_of(actor.audience, organisation_keys_of(actor.id), on=clock.local_date(now))
    weighed = fulfilments_of([(actor.id, policy) for policy in policies], now=now)
    last = {one.level_ref: one for one in reversed(confirmation_states(actor.id))}
    back = sent_back_to([actor.id])
    levels: dict[str, str] = dict(db.session.execute(
        sa.select(Level.ref, Level.short_name).where(Level.ref.in_([one.level_ref for one in policies]))).all())
    paths = []
    for policy in policies:
        mine, newest = weighed[actor.id, policy.id], last.get(policy.level_ref)
        holds = newest is not None and newest.state_at(now) == "confirmed"
        paths.append(Path(levels[policy.level_ref], mine, newest if holds else None, None if holds else newest,
                          None if holds else _still_asked(back.get((actor.id, policy.key)), mine)))
    return paths


def _still_asked(back: SentBackView | None, weighed: Fulfilment) -> SentBackView | None:
    """What was asked, until there is something newer: a passed attempt or a sitting."""
    newer = [one.submitted_at for exam in weighed.examinations for one in exam.attempts if one.passed]
    newer += [one.at for one in weighed.practical.sittings] if weighed.practical else []
    return back if back and all(moment <= back.at for moment in newer) else None
