"""Everything that one learner did, for whoever follows them: lines by date, the newest first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.assessment.models import AssessmentVersion, Attempt, Confirmation, ExternalEvidence
from lms.campaign.models import Reminder
from lms.certificates.models import Credential
from lms.core.db import db
from lms.courses.models import Course, Enrolment, Lesson, LessonVersion, Progress
from lms.framework.models import Level
from lms.people.models import Actor, Person
from lms.people.queries.organisations import organisation_ids_under
from lms.people.queries.persons import is_or_was, people_visible_to
from lms.reports.rules import FOLLOW

MOST = 300


@dataclass(frozen=True)
class Happened:
    """One thing in the life of a learner. `kind` says what `number` and `flag` mean; `day` where only a day is known."""

    kind: str
    at: datetime
    words: str
    number: int | None = None
    flag: bool | None = None
    day: date | None = None


def learner_followed_by(actor: Actor, uuid: UUID) -> Person | None:
    """The person of this uuid when the actor follows them, else None."""
    found: Person | None = db.session.scalar(people_visible_to(actor, *FOLLOW).where(Person.uuid == uuid))
    return found


def history_of(actor: Actor, person: Person) -> list[Happened]:
    """Lessons, tests, confirmations, papers, enrolments, evidence from elsewhere, reminders. One statement.

    Enrolments, evidence and reminders of units that the actor has nothing to do with are not in it.
    """
    rows = db.session.execute(_everything(actor, person.id))
    return [Happened(*row) for row in rows]


def _everything(actor: Actor, person_id: int) -> sa.Select[Any]:
    moment = Attempt.submitted_at.type
    no_number, no_day = sa.cast(sa.null(), sa.Integer), sa.cast(sa.null(), sa.Date)
    here = organisation_ids_under(actor, *FOLLOW)
    parts = sa.union_all(
        sa.select(sa.literal("lesson").label("kind"), sa.type_coerce(Progress.updated_at, moment).label("at"),
                  LessonVersion.title.label("words"), no_number.label("number"), Progress.completed_at.is_not(None).label("flag"),
                  no_day.label("day"))
        .join(Lesson, Lesson.id == Progress.lesson_id)
        .join(LessonVersion, LessonVersion.id == Progress.version_id).where(is_or_was(Progress.person_id, person_id)),
        sa.select(sa.literal("attempt"), sa.func.coalesce(Attempt.submitted_at, Attempt.started_at), AssessmentVersion.short_title,
                  Attempt.score_percent, Attempt.passed, no_day)
        .join(AssessmentVersion, AssessmentVersion.id == Attempt.assessment_version_id)
        .where(is_or_was(Attempt.person_id, person_id)),
        sa.select(sa.literal("confirmation"), Confirmation.decided_at, Level.short_name, no_number,
                  Confirmation.ended_at.is_(None), no_day)
        .join(Level, Level.ref == Confirmation.level_ref).where(is_or_was(Confirmation.person_id, person_id)),
        sa.select(sa.literal("certificate"), Credential.issued_at, Credential.serial, no_number, Credential.state == "good", no_day)
        .where(is_or_was(Credential.person_id, person_id)),
        sa.select(sa.literal("enrolment"), Enrolment.enrolled_at, Course.title, no_number, Enrolment.ended_at.is_(None),
                  Enrolment.due_on)
        .join(Course, Course.id == Enrolment.course_id)
        .where(is_or_was(Enrolment.person_id, person_id),
               sa.or_(Enrolment.via_organisation_id.is_(None), Enrolment.via_organisation_id.in_(here))),
        sa.select(sa.literal("elsewhere"), ExternalEvidence.checked_at, ExternalEvidence.course_title, no_number,
                  ExternalEvidence.ended_at.is_(None), ExternalEvidence.completed_on)
        .where(is_or_was(ExternalEvidence.person_id, person_id), ExternalEvidence.organisation_id.in_(here)),
        sa.select(sa.literal("reminder"), Reminder.sent_at, Reminder.text, no_number, Reminder.by_mail, no_day)
        .where(is_or_was(Reminder.person_id, person_id), Reminder.organisation_id.in_(here)),
    ).subquery()
    return sa.select(parts).order_by(parts.c.at.desc(), parts.c.kind, parts.c.words).limit(MOST)
