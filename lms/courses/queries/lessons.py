"""Lessons: the page's row with the reader's progress, the stored text, lessons of skills."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from lms.core.db import db
from lms.courses.models import Course, Lesson, LessonBody, LessonSkill, LessonVersion, Progress, Reader
from lms.people.models import Actor, Person
from lms.people.queries.actors import read_with_actor, select_with_actor

_IS_CURRENT = sa.and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.hash == Lesson.version)


class LessonRow(NamedTuple):
    """What a lesson page needs besides its text, with the reader's progress (None: not begun)."""

    id: int
    slug: str
    previous_slug: str | None
    next_slug: str | None
    retired_at: datetime | None
    course_key: str
    course_title: str
    version_id: int
    hash: str
    digest: str
    device: str
    progress_id: int | None
    last_step: str | None
    checks: dict[str, Any]
    practised_at: datetime | None
    completed_at: datetime | None


_COLUMNS = (
    Lesson.id, Lesson.slug, Lesson.previous_slug, Lesson.next_slug, Lesson.retired_at, Course.key, Course.short_title,
    LessonVersion.id, LessonVersion.hash, LessonBody.digest, LessonBody.device, Progress.id, Progress.last_step,
    Progress.checks, Progress.practised_at, Progress.completed_at)
_ROWS = (
    sa.join(Lesson, Course, Course.id == Lesson.course_id)
    .join(LessonVersion, _IS_CURRENT)
    .join(LessonBody, sa.and_(LessonBody.version_id == LessonVersion.id,
                              LessonBody.device.in_(["both", sa.bindparam("device")]))))
_ASKED = Lesson.slug == sa.bindparam("slug")
_OF_GUEST = (
    sa.select(*_COLUMNS).select_from(_ROWS)
    .outerjoin(Progress, sa.and_(Progress.lesson_id == Lesson.id, Progress.guest_id == sa.bindparam("guest")))
    .where(_ASKED))
_OF_PERSON = (
    sa.select(*_COLUMNS).select_from(_ROWS)
    .outerjoin(Progress, sa.and_(Progress.lesson_id == Lesson.id, Progress.person_id == sa.bindparam("person")))
    .where(_ASKED))
_WITH_ACTOR = (
    select_with_actor(*_COLUMNS).outerjoin(_ROWS, _ASKED)
    .outerjoin(Progress, sa.and_(Progress.lesson_id == Lesson.id, Progress.person_id == Person.id)))


def lesson_page(slug: str, reader: Reader, device: str) -> LessonRow | None:
    """The row a lesson page needs, with the reader's progress in it: one statement, no text. None: no such lesson."""
    values: dict[str, Any] = {"slug": slug, "device": device}
    if reader.person_id is not None:
        row: Any = db.session.execute(_OF_PERSON, {**values, "person": reader.person_id}).first()
    else:
        row = db.session.execute(_OF_GUEST, {**values, "guest": reader.guest_id or ""}).first()
    return LessonRow(*row) if row else None


def lesson_with_actor(token: str, slug: str, device: str, *, now: datetime) -> tuple[Actor, LessonRow | None] | None:
    """Whoever is signed in with this token, and `lesson_page` for them. One statement; None when the token is not live."""
    found = read_with_actor(_WITH_ACTOR, token, now=now, slug=slug, device=device)
    if found is None:
        return None
    actor, row = found
    return actor, LessonRow(*row) if row[0] is not None else None


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
