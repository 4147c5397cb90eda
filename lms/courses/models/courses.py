"""Courses, lessons and their versions, what each lesson trains, the search index, and progress."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import db, one_of
from lms.people.models import AUDIENCES, Person

DEVICES = ("android", "iphone")


class Course(db.Model):
    """A row of lessons on one aim. `key` is its folder; a course that left the content tree is retired, never deleted."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    short_title: Mapped[str] = mapped_column(sa.String(28))
    summary: Mapped[str] = mapped_column(sa.String(400))
    level_ref: Mapped[str | None] = mapped_column(sa.String(160))
    icon: Mapped[str] = mapped_column(sa.String(40))
    position: Mapped[int] = mapped_column(index=True)
    assessment_key: Mapped[str | None] = mapped_column(sa.String(80))
    reviewed_on: Mapped[date]
    review_by: Mapped[date]
    retired_at: Mapped[datetime | None]


class CourseAudience(db.Model):
    """A course is for this audience."""

    course_id: Mapped[int] = mapped_column(sa.ForeignKey(Course.id), primary_key=True)
    audience: Mapped[str] = mapped_column(one_of("course_audience", *AUDIENCES), primary_key=True, index=True)


class Lesson(db.Model):
    """A lesson by its key `<course>/<slug>`; `version` is the hash of the LessonVersion shown today.

    `previous_slug` and `next_slug` are its neighbours in the course, kept here so that a lesson page asks once.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(161), unique=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey(Course.id), index=True)
    position: Mapped[int]
    version: Mapped[str] = mapped_column(sa.String(16))
    previous_slug: Mapped[str | None] = mapped_column(sa.String(80))
    next_slug: Mapped[str | None] = mapped_column(sa.String(80))
    retired_at: Mapped[datetime | None]


class LessonVersion(db.Model):
    """What a lesson said at one time, named by the hash of its content. Rows are added, never removed.

    `steps` is `[{"id", "title", "device", "slot"}]` in order; the Android and the iPhone form of a step share a slot.
    `document` holds the parts that pages need by name (self-checks, practice, weights). It and the bodies are the
    rendering of the content, made at load time; a newer renderer may make them anew.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey(Lesson.id))
    hash: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(120))
    goal: Mapped[str] = mapped_column(sa.String(300))
    skill_ref: Mapped[str] = mapped_column(sa.String(160))
    also: Mapped[list[Any]]
    minutes: Mapped[int]
    bytes: Mapped[int]
    facts: Mapped[list[Any]]
    reviewed_on: Mapped[date]
    review_by: Mapped[date]
    steps: Mapped[list[Any]]
    document: Mapped[dict[str, Any]]
    loaded_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("lesson_id", "hash"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 60", name="minutes_in_range"),
    )


class LessonBody(db.Model):
    """The article of a version as safe HTML, for one kind of phone or for both; `digest` changes with the HTML."""

    version_id: Mapped[int] = mapped_column(sa.ForeignKey(LessonVersion.id), primary_key=True)
    device: Mapped[str] = mapped_column(one_of("lesson_device", "both", *DEVICES), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(16))
    html: Mapped[str] = mapped_column(sa.Text)


class LessonSkill(db.Model):
    """A skill that the lesson of today trains; `is_main` for the one it was written for."""

    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey(Lesson.id), primary_key=True)
    skill_ref: Mapped[str] = mapped_column(sa.String(160), primary_key=True, index=True)
    is_main: Mapped[bool]


class SearchEntry(db.Model):
    """What the search finds: a course or a lesson with its words as written (lower case) and folded (no marks)."""

    kind: Mapped[str] = mapped_column(one_of("search_kind", "course", "lesson"), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    summary: Mapped[str] = mapped_column(sa.String(400))
    minutes: Mapped[int]
    position: Mapped[int]
    title_words: Mapped[str] = mapped_column(sa.String(120))
    title_folded: Mapped[str] = mapped_column(sa.String(120))
    words: Mapped[str] = mapped_column(sa.Text)
    folded: Mapped[str] = mapped_column(sa.Text)


class Progress(db.Model):
    """How far a person, or a guest before having an account, came in a lesson. It only ever grows.

    `steps` are the heading ids reached, `last_step` the furthest one, `checks` maps the id of a self-check to
    `{"answer": [...], "right": bool}`. `version_id` is the version last seen.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    guest_id: Mapped[str | None] = mapped_column(sa.String(22))
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey(Lesson.id), index=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey(LessonVersion.id))
    steps: Mapped[list[Any]] = mapped_column(default=list)
    last_step: Mapped[str | None] = mapped_column(sa.String(80))
    checks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    practised_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("(person_id IS NULL) <> (guest_id IS NULL)", name="one_reader"),
        sa.Index("uq_progress_person", "person_id", "lesson_id", unique=True,
                 sqlite_where=sa.text("person_id IS NOT NULL"), postgresql_where=sa.text("person_id IS NOT NULL")),
        sa.Index("uq_progress_guest", "guest_id", "lesson_id", unique=True,
                 sqlite_where=sa.text("guest_id IS NOT NULL"), postgresql_where=sa.text("guest_id IS NOT NULL")),
    )


@dataclass(frozen=True)
class Reader:
    """Who reads: a person, or a guest by the random id of their browser, or somebody who has left no trace yet."""

    person_id: int | None = None
    guest_id: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether there can be progress of theirs."""
        return self.person_id is not None or self.guest_id is not None

    def owns(self) -> sa.ColumnElement[bool]:
        """The condition under which a progress row is this reader's."""
        if self.person_id is not None:
            return Progress.person_id == self.person_id
        return Progress.guest_id == (self.guest_id or "")
