"""Learners at every stage, made by plain rows: what the class table counts."""

from datetime import date, timedelta

import sqlalchemy as sa

from lms.assessment.models import Assessment, AssessmentVersion, Attempt, Confirmation, EvidenceSource, ExternalEvidence
from lms.core.db import db
from lms.courses.models import Course, Enrolment, Lesson, LessonVersion, Progress
from lms.framework.models import Policy
from tests.campaign.factories import make_teacher
from tests.factories import NOW
from tests.framework.factories import make_framework, make_policy


class Stage:
    """The rows that stages refer to, made once a test."""

    def __init__(self, organisation):
        self.organisation = organisation
        self.course = Course(key="khoa", title="Khóa mẫu", short_title="Mẫu", summary="", icon="book-open", position=1,
                             reviewed_on=date(2026, 1, 1), review_by=date(2027, 1, 1))
        self.lessons, self.versions = [], []
        db.session.add(self.course)
        db.session.flush()
        for number in range(1, 6):
            lesson = Lesson(key=f"khoa/bai-{number}", slug=f"bai-{number}", course_id=self.course.id, position=number, version="v")
            db.session.add(lesson)
            db.session.flush()
            version = LessonVersion(
                lesson_id=lesson.id, hash="v", title=f"Bài {number}", goal="", skill_ref="s", also=[], minutes=5, bytes=1,
                facts=[], reviewed_on=date(2026, 1, 1), review_by=date(2027, 1, 1), steps=[], document={}, loaded_at=NOW)
            db.session.add(version)
            db.session.flush()
            self.lessons.append(lesson)
            self.versions.append(version)
        self.assessment = Assessment(key="bai-kiem-tra")
        db.session.add(self.assessment)
        db.session.flush()
        self.version = AssessmentVersion(
            assessment_id=self.assessment.id, hash="v", title="Bài kiểm tra", short_title="Bài kiểm tra", use="counting",
            minutes=20, grace_seconds=0, wait_hours=0, draw=[], banks=[], pass_rule={}, show_answers="never",
            created_at=NOW)
        self.source = EvidenceSource(key="nguon", name="Nền tảng khác", vouched_by="Sở", organisation_id=organisation.id,
                                     created_at=NOW)
        make_framework()
        make_policy()
        self.policy = db.session.scalars(sa.select(Policy)).one()
        db.session.add_all([self.version, self.source])
        db.session.flush()

    def learns(self, person, lessons=1, *, done=True, at=NOW):
        for lesson, version in list(zip(self.lessons, self.versions, strict=True))[:lessons]:
            db.session.add(Progress(person_id=person.id, lesson_id=lesson.id, version_id=version.id, started_at=at, updated_at=at,
                                    completed_at=at if done else None))
        db.session.flush()

    def tries(self, person, score, *, at=NOW, number=1, counts=True):
        db.session.add(Attempt(
            person_id=person.id, assessment_id=self.assessment.id, assessment_version_id=self.version.id, number=number, seed=1,
            policy_id=self.policy.id if counts else None, organisation_id=self.organisation.id, state="submitted",
            started_at=at - timedelta(minutes=9), due_at=at + timedelta(minutes=9), closes_at=at + timedelta(minutes=9),
            submitted_at=at, submitted_by="client", score_percent=score, passed=score >= 70, result={}, scoring_version=1))
        db.session.flush()

    def confirmed(self, person, *, at=NOW, ended_at=None, valid_until=None):
        db.session.add(Confirmation(
            person_id=person.id, level_ref="k@1/level/cap-1", framework_ref="k@1", policy_id=self.policy.id,
            organisation_id=self.organisation.id, evidence={"skills": []}, evidence_hash="0" * 64, basis="decision",
            decision_number="15/QĐ", decided_at=at, ended_at=ended_at, valid_until=valid_until))
        db.session.flush()

    def elsewhere(self, person, count=1, *, ended_at=None):
        for number in range(count):
            db.session.add(ExternalEvidence(
                person_id=person.id, source_id=self.source.id, organisation_id=self.organisation.id, course_title="Khóa của Sở",
                fingerprint=f"{person.id}-{number}", operator="test", checked_at=NOW, ended_at=ended_at))
        db.session.flush()

    def enrolled(self, person, due_on):
        db.session.add(Enrolment(person_id=person.id, course_id=self.course.id, due_on=due_on, enrolled_at=NOW))
        db.session.flush()


__all__ = ["Stage", "make_teacher"]
