"""Lessons: the page's row with the reader's progress, the stored text, lessons of skills."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from lms.core.db import db
from lms.courses.models import Course, Lesson, LessonBody, LessonSkill, LessonVersion, Progress, Reader

_IS_CURRENT = sa.and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.hash == Lesson.version)


def _page_of(mine: sa.ColumnElement[bool]) -> Any:
    return (
        sa.select(
            Lesson.id, Lesson.slug, Lesson.previous_slug, Lesson.next_slug, Lesson.retired_at,
            Course.key.label("course_key"), Course.short_title.label("course_title"),
            LessonVersion.id.label("version_id"), LessonVersion.hash, LessonBody.digest, LessonBody.device,
            Progress.id.label("progress_id"), Progress.last_step, Progress.checks, Progress.practised_at,
            Progress.completed_at)
        .join(Course, Course.id == Lesson.course_id)
        .join(LessonVersion, _IS_CURRENT)
        .join(LessonBody, sa.and_(LessonBody.version_id == LessonVersion.id,
                                  LessonBody.device.in_(["both", sa.bindparam("device")])))
        .outerjoin(Progress, sa.and_(Progress.lesson_id == Lesson.id, mine))
        .where(Lesson.slug == sa.bindparam("slug")))


_PAGE_OF_PERSON = _page_of(Progress.person_id == sa.bindparam("reader"))
_PAGE_OF_GUEST = _page_of(Progress.guest_id == sa.bindparam("reader"))


def lesson_page(slug: str, reader: Reader, device: str) -> Any | None:
    """The row a lesson page needs, with the reader's progress in it: one statement, no text. None: no such lesson."""
    values: dict[str, Any] = {"slug": slug, "device": device}
    if reader.person_id is not None:
        return db.session.execute(_PAGE_OF_PERSON, {**values, "reader": reader.person_id}).first()
    return db.session.execute(_PAGE_OF_GUEST, {**values, "reader": reader.guest_id or ""}).first()


def lesson_text(version_id: int, device: str) -> Any:
    """What a version says: its facts, named parts and the HTML of its article for `device` (as lesson_page gave it)."""
    statement = (
        sa.select(LessonVersion.title, LessonVersion.goal, LessonVersion.minutes, LessonVersion.bytes,
                  LessonVersion.reviewed_on, LessonVersion.steps, LessonVersion.document, LessonBody.html)
        .join(LessonBody, LessonBody.version_id == LessonVersion.id)
        .where(LessonVersion.id == version_id, LessonBody.device == device))
    return db.session.execute(statement).one()


def lesson_with_version(slug: str) -> tuple[Lesson, LessonVersion] | None:
    """A lesson and its version of today, for writing progress; None when there is no such lesson."""
    row = db.session.execute(sa.select(Lesson, LessonVersion).join(LessonVersion, _IS_CURRENT)
                             .where(Lesson.slug == slug)).first()
    return (row[0], row[1]) if row else None


def lessons_of_skills(skill_refs: Collection[str], reader: Reader) -> list[Any]:
    """Live lessons that train one of these skills, each once per skill, in course order, with the reader's progress."""
    statement = (
        sa.select(LessonSkill.skill_ref, Lesson.slug, LessonVersion.title, LessonVersion.minutes, Progress.started_at,
                  Progress.completed_at)
        .join(Lesson, Lesson.id == LessonSkill.lesson_id)
        .join(Course, Course.id == Lesson.course_id)
        .join(LessonVersion, _IS_CURRENT)
        .outerjoin(Progress, sa.and_(Progress.lesson_id == Lesson.id, reader.owns()))
        .where(LessonSkill.skill_ref.in_(skill_refs), Lesson.retired_at.is_(None), Course.retired_at.is_(None))
        .order_by(Course.position, Lesson.position))
    return list(db.session.execute(statement))
