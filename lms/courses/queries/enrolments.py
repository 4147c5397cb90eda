"""Enrolments: what a person is to study, and who of a group is enrolled in a course."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from lms.core.bulk import among
from lms.core.db import db
from lms.courses.models import Course, EligibilityRule, Enrolment, Lesson, Progress
from lms.courses.queries.eligibility import reasons_against
from lms.courses.queries.home import WHOSE_HOME, home_rows
from lms.people.models import Membership, OrganisationPeriod, Person
from lms.people.queries.persons import OFFERED


def assigned_at_home() -> sa.Select[Any]:
    """What a learner is enrolled in, the nearest last day first, with how many lessons are `done` of the `total`."""
    lessons = (sa.select(sa.func.count()).select_from(Lesson)
               .where(Lesson.course_id == Course.id, Lesson.retired_at.is_(None)).correlate(Course).scalar_subquery())
    done = (sa.select(sa.func.count()).select_from(Progress).join(Lesson, Lesson.id == Progress.lesson_id)
            .where(Progress.person_id == WHOSE_HOME, Progress.completed_at.is_not(None), Lesson.course_id == Course.id,
                   Lesson.retired_at.is_(None)).correlate(Course).scalar_subquery())
    return (
        home_rows(key=Course.key, title=Course.title, due_on=Enrolment.due_on, total=lessons, done=done, rank=Course.position)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.person_id == WHOSE_HOME, Enrolment.ended_at.is_(None), Course.retired_at.is_(None)))


def offers_at_home() -> sa.Select[Any]:
    """The units that wait for a learner's own word, in the order of `offers_to`."""
    return (
        home_rows(title=OrganisationPeriod.name, rank=Membership.id)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Membership.organisation_id)
        .where(Membership.person_id == WHOSE_HOME, *OFFERED, OrganisationPeriod.valid_to.is_(None)))


def enrolled_ids(course: Course) -> sa.Select[Any]:
    """Ids of those who are enrolled in the course today, to stand inside `in_(…)`."""
    return sa.select(Enrolment.person_id).where(Enrolment.course_id == course.id, Enrolment.ended_at.is_(None))


def begun_ids(course: Course) -> sa.Select[Any]:
    """Ids of those who have begun a lesson of the course."""
    return (sa.select(Progress.person_id).join(Lesson, Lesson.id == Progress.lesson_id)
            .where(Lesson.course_id == course.id, Progress.person_id.is_not(None)))


def not_begun(people: sa.Select[Any], course: Course) -> sa.Select[Any]:
    """Of these people those who have not begun a lesson of the course."""
    return people.where(Person.id.not_in(begun_ids(course)))


def enrolments_of(person_id: int) -> Sequence[Any]:
    """Every enrolment of a person, ended ones too, with the course: key, title, due_on, enrolled_at, ended_at."""
    return db.session.execute(
        sa.select(Course.key, Course.title, Enrolment.due_on, Enrolment.enrolled_at, Enrolment.ended_at)
        .join(Course, Course.id == Enrolment.course_id).where(Enrolment.person_id == person_id)
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())).all()


def enrolments_kept(person_id: int) -> list[dict[str, Any]]:
    """Everything kept about what a person was to study, in plain values, the newest first."""
    return [{"course": one.title, "due_on": one.due_on.isoformat() if one.due_on else None,
             "enrolled_at": one.enrolled_at.isoformat(), "ended_at": one.ended_at.isoformat() if one.ended_at else None}
            for one in enrolments_of(person_id)]


@dataclass(frozen=True)
class Preview:
    """What enrolling a group would do: how many people, who is enrolled already, who does not meet a rule and why."""

    people: int
    enrolled: int
    against: dict[int, tuple[str, ...]]

    @property
    def fresh(self) -> int:
        """How many would be enrolled."""
        return self.people - self.enrolled - len(self.against)


def preview_of(people: sa.Select[Any], course: Course, rules: Sequence[EligibilityRule], *, on: date) -> Preview:
    """Of a select of persons. One statement, and one more for each rule."""
    is_enrolled = Person.id.in_(enrolled_ids(course))
    row = db.session.execute(
        people.order_by(None).with_only_columns(sa.func.count(), sa.func.count(sa.case((is_enrolled, 1))))).one()
    return Preview(row[0], row[1], reasons_against(rules, people.where(~is_enrolled), on=on))


def allowed(people: sa.Select[Any], against: Collection[int]) -> sa.Select[Any]:
    """Of these people those who are not named in `against`."""
    return people.where(~among(Person.id, against)) if against else people


def names_of(people: sa.Select[Any], ids: Collection[int], *, most: int) -> list[Any]:
    """(id, uuid, full_name) of those of these people who are named, by given name; so many at most."""
    return list(db.session.execute(
        people.where(among(Person.id, ids)).with_only_columns(Person.id, Person.uuid, Person.full_name)
        .order_by(None).order_by(Person.name_key, Person.id).limit(most)))
