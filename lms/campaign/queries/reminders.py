"""Reminders: the one a learner should see, those of one learner, who was reminded today."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from lms.campaign.models import Reminder
from lms.core.db import db
from lms.courses.models import Progress
from lms.courses.queries.home import WHOSE_HOME, home_rows

SHOWN_FOR = timedelta(days=14)


def reminder_at_home() -> sa.Select[Any]:
    """The last reminder, until the learner has gone on learning: its `text`, sent `at`. Shown for SHOWN_FOR."""
    last = (
        sa.select(Reminder.text, Reminder.sent_at)
        .where(Reminder.person_id == WHOSE_HOME,
               ~sa.exists().where(Progress.person_id == Reminder.person_id, Progress.updated_at > Reminder.sent_at))
        .order_by(Reminder.sent_at.desc()).limit(1).subquery())
    return home_rows(text=last.c.text, at=last.c.sent_at)


def reminded_on(person_ids: Collection[int], day: date) -> set[int]:
    """Which of these people were reminded on this day already."""
    return set(db.session.scalars(
        sa.select(Reminder.person_id).where(Reminder.sent_on == day, Reminder.person_id.in_(list(person_ids)))))


def reminders_of(person_id: int) -> list[Reminder]:
    """Every reminder of this person, the newest first. The id came from an actor's sight."""
    return list(db.session.scalars(
        sa.select(Reminder).where(Reminder.person_id == person_id).order_by(Reminder.sent_at.desc()).limit(50)))
