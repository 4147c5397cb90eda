"""Courses: the catalogue, one course with its lessons, the opening lesson of the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms.core.db import db
from lms.courses.models import Course, CourseAudience, Lesson, LessonVersion, Progress, Reader

_IS_CURRENT = sa.and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.hash == Lesson.version)


@dataclass(frozen=True)
class CourseCard:
    """A course as the catalogue shows it."""

    key: str
    title: str
    short_title: str
    summary: str
    icon: str
    level_ref: str | None
    audiences: tuple[str, ...]
    lessons: int
    minutes: int
    first_slug: str


def course_cards(*, audience: str | None = None, level_ref: str | None = None) -> list[CourseCard]:
    """Live courses in order, for one audience or all, of one level or all. One statement."""
    audiences = (sa.select(sa.func.aggregate_strings(CourseAudience.audience, ","))
                 .where(CourseAudience.course_id == Course.id).correlate(Course).scalar_subquery())
    first = (sa.select(Lesson.slug).where(Lesson.course_id == Course.id, Lesson.retired_at.is_(None))
             .order_by(Lesson.position).limit(1).correlate(Course).scalar_subquery())
    statement = (
        sa.select(Course.key, Course.title, Course.short_title, Course.summary, Course.icon, Course.level_ref,
                  audiences.label("audiences"), sa.func.count(Lesson.id).label("lessons"),
                  sa.func.sum(LessonVersion.minutes).label("minutes"),
                  first.label("first_slug"))
        .join(Lesson, sa.and_(Lesson.course_id == Course.id, Lesson.retired_at.is_(None)))
        .join(LessonVersion, _IS_CURRENT)
        .where(Course.retired_at.is_(None))
        .group_by(Course.id).order_by(Course.position))
    if audience:
        statement = statement.where(sa.exists().where(
            CourseAudience.course_id == Course.id, CourseAudience.audience == audience))
    if level_ref:
        statement = statement.where(Course.level_ref == level_ref)
    return [
        CourseCard(**{**row._mapping, "audiences": tuple(sorted((row.audiences or "").split(",")))})
        for row in db.session.execute(statement)]


def course_by_key(key: str) -> Course | None:
    """A course, retired or not."""
    return db.session.scalar(sa.select(Course).where(Course.key == key))


def lessons_of_course(course: Course, reader: Reader) -> Sequence[Any]:
    """Live lessons of a course in order, with the reader's progress in each."""
    statement = (
        sa.select(Lesson.slug, LessonVersion.title, LessonVersion.goal, LessonVersion.minutes, LessonVersion.bytes,
                  Progress.started_at, Progress.completed_at)
        .join(LessonVersion, _IS_CURRENT)
        .outerjoin(Progress, sa.and_(Progress.lesson_id == Lesson.id, reader.owns()))
        .where(Lesson.course_id == course.id, Lesson.retired_at.is_(None))
        .order_by(Lesson.position))
    return db.session.execute(statement).all()


def opening_lesson() -> Any | None:
    """The first lesson of the first course, with what a card of it shows; None while nothing is loaded."""
    statement = (
        sa.select(Lesson.slug, LessonVersion.title, LessonVersion.goal, LessonVersion.minutes, LessonVersion.document)
        .join(Course, Course.id == Lesson.course_id).join(LessonVersion, _IS_CURRENT)
        .where(Lesson.retired_at.is_(None), Course.retired_at.is_(None))
        .order_by(Course.position, Lesson.position).limit(1))
    return db.session.execute(statement).first()


def courses_on_offer() -> list[tuple[str, str]]:
    """(key, title) of every live course in order, for a page to offer."""
    rows = db.session.execute(
        sa.select(Course.key, Course.title).where(Course.retired_at.is_(None)).order_by(Course.position, Course.id))
    return [(row.key, row.title) for row in rows]
