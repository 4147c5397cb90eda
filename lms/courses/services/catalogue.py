"""Courses and lessons as the content tree has them, written to the database; repeating changes nothing."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms.core.content_tree import content_hash
from lms.core.db import db
from lms.core.vietnamese import clean, fold
from lms.courses.documents import CourseDocument, LessonDocument
from lms.courses.models import Course, CourseAudience, Lesson, LessonBody, LessonSkill, LessonVersion, SearchEntry


def save_course(key: str, document: CourseDocument, *, position: int) -> tuple[Course, bool]:
    """The course of this key as the document says; whether anything changed."""
    values = {**document.model_dump(exclude={"audience", "level", "assessment", "lessons"}), "level_ref": document.level,
              "assessment_key": document.assessment, "position": position, "retired_at": None}
    course = db.session.scalar(sa.select(Course).where(Course.key == key))
    if course is None:
        course = Course(key=key, **values)
        db.session.add(course)
        changed = True
    else:
        changed = _update(course, values)
    db.session.flush()
    has = set(db.session.scalars(sa.select(CourseAudience.audience).where(CourseAudience.course_id == course.id)))
    if has != set(document.audience):
        db.session.execute(sa.delete(CourseAudience).where(CourseAudience.course_id == course.id))
        db.session.add_all(CourseAudience(course_id=course.id, audience=name) for name in dict.fromkeys(document.audience))
        changed = True
    changed |= _save_search("course", key, document.title, document.summary, [], minutes=0, position=position)
    return course, changed


def save_lesson(
    course: Course, slug: str, front: LessonDocument, *, version: str, article: Any, headings: list[str], position: int,
    neighbours: tuple[str | None, str | None], now: datetime,
) -> bool:
    """The lesson of this slug, its version of today and the rendering of it; whether anything changed.

    `article` is a rendering.articles.Article. A version that is already there keeps its row; its rendering is made
    anew when the renderer makes it differently.
    """
    values = {"course_id": course.id, "key": f"{course.key}/{slug}", "position": position, "version": version,
              "previous_slug": neighbours[0], "next_slug": neighbours[1], "retired_at": None}
    lesson = db.session.scalar(sa.select(Lesson).where(Lesson.slug == slug))
    if lesson is None:
        lesson = Lesson(slug=slug, **values)
        db.session.add(lesson)
        changed = True
    else:
        changed = _update(lesson, values)
    db.session.flush()
    changed |= _save_version(lesson, front, article, now=now)
    changed |= _save_skills(lesson, front)
    changed |= _save_search("lesson", slug, front.title, front.goal, headings, minutes=front.minutes,
                            position=course.position * 1000 + position)
    db.session.flush()
    return changed


def retire_missing(course_keys: set[str], slugs: set[str], *, now: datetime) -> int:
    """Retire live courses and lessons that the content no longer has; return how many. Nothing is deleted."""
    gone = [*db.session.scalars(sa.select(Course).where(Course.retired_at.is_(None), Course.key.not_in(course_keys))),
            *db.session.scalars(sa.select(Lesson).where(Lesson.retired_at.is_(None), Lesson.slug.not_in(slugs)))]
    for row in gone:
        row.retired_at = now
        kind, name = ("course", row.key) if isinstance(row, Course) else ("lesson", row.slug)
        db.session.execute(sa.delete(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.slug == name))
    db.session.flush()
    return len(gone)


def _update(row: Any, values: dict[str, Any]) -> bool:
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def _save_version(lesson: Lesson, front: LessonDocument, article: Any, *, now: datetime) -> bool:
    rendering = {"steps": article.steps, "document": article.document, "bytes": article.bytes}
    version = db.session.scalar(sa.select(LessonVersion).where(
        LessonVersion.lesson_id == lesson.id, LessonVersion.hash == lesson.version))
    changed = version is None
    if version is None:
        version = LessonVersion(
            lesson_id=lesson.id, hash=lesson.version, skill_ref=front.skill, loaded_at=now, **rendering,
            **front.model_dump(include={"title", "goal", "also", "minutes", "facts", "reviewed_on", "review_by"}))
        db.session.add(version)
        db.session.flush()
    else:
        changed = _update(version, rendering)
    stored = {row.device: row.digest for row in db.session.execute(
        sa.select(LessonBody.device, LessonBody.digest).where(LessonBody.version_id == version.id))}
    digests = {device: content_hash(html) for device, html in article.bodies.items()}
    if stored != digests:
        db.session.execute(sa.delete(LessonBody).where(LessonBody.version_id == version.id))
        db.session.add_all(LessonBody(version_id=version.id, device=device, digest=digests[device], html=html)
                           for device, html in article.bodies.items())
        changed = True
    return changed


def _save_skills(lesson: Lesson, front: LessonDocument) -> bool:
    wanted = {**dict.fromkeys(front.also, False), front.skill: True}
    stored = {row.skill_ref: row.is_main for row in db.session.execute(
        sa.select(LessonSkill.skill_ref, LessonSkill.is_main).where(LessonSkill.lesson_id == lesson.id))}
    if stored == wanted:
        return False
    db.session.execute(sa.delete(LessonSkill).where(LessonSkill.lesson_id == lesson.id))
    db.session.add_all(LessonSkill(lesson_id=lesson.id, skill_ref=ref, is_main=main) for ref, main in wanted.items())
    return True


def _save_search(
    kind: str, slug: str, title: str, summary: str, headings: list[str], *, minutes: int, position: int,
) -> bool:
    words = clean(" ".join([title, summary, *headings]))
    values = {"title": title, "summary": summary, "minutes": minutes, "position": position,
              "title_words": clean(title).casefold(), "title_folded": fold(title), "words": words.casefold(),
              "folded": fold(words)}
    entry = db.session.get(SearchEntry, (kind, slug))
    if entry is None:
        db.session.add(SearchEntry(kind=kind, slug=slug, **values))
        return True
    return _update(entry, values)
