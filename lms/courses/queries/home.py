"""The learner's home and skill map: lessons with progress, states of skills, and what higher packages add to them.

Assessment and certificates stand above courses, so they are not asked by name: `app.py` hands their functions over as
HomeParts, and `home_parts` of the application is what the pages call.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from lms.core.db import UTCDateTime, db
from lms.courses.models import Course, CourseAudience, Lesson, LessonVersion, Progress, Reader
from lms.courses.rules import SKILL_STATES
from lms.people.models import Actor


@dataclass(frozen=True)
class HomeLink:
    """One thing to do on a card."""

    label: str
    address: str
    icon: str = "arrow-right"


@dataclass(frozen=True)
class HomeCard:
    """A card that a higher package puts on the home: cards of one `heading` stand together.

    `place` is "next" (something to do now, shown before the skill map, with its reason in `text`) or "side".
    `state` is the mark beside it (one of rules.SKILL_STATES), or None.
    """

    heading: str
    title: str
    text: str
    place: str = "side"
    state: str | None = None
    links: tuple[HomeLink, ...] = ()


# What a row behind a card may hold, whatever it is about.
_ROW: dict[str, Any] = {
    "title": sa.String(), "text": sa.String(), "key": sa.String(), "due_on": sa.Date(), "at": UTCDateTime(),
    "until": UTCDateTime(), "done": sa.Integer(), "total": sa.Integer(), "rank": sa.Integer()}
WHOSE_HOME: sa.BindParameter[int] = sa.bindparam("person_id", type_=sa.Integer())


def home_rows(**columns: Any) -> sa.Select[Any]:
    """A select of these columns of _ROW, NULL for the others: of one shape, so that one statement reads those of all cards.

    Narrow it to WHOSE_HOME. The rows come by `due_on`, then by `rank`.
    """
    return sa.select(*(
        (sa.type_coerce(columns[name], kind) if name in columns else sa.cast(sa.null(), kind)).label(name)
        for name, kind in _ROW.items()))


@dataclass(frozen=True)
class HomeRows:
    """Cards that a package draws from rows: `rows` is a select made with `home_rows`, `draw(rows, now)` gives HomeCards."""

    rows: sa.Select[Any]
    draw: Callable[[Sequence[Any], datetime], Iterable[HomeCard]]


@dataclass(frozen=True)
class HomeParts:
    """What higher packages know: `skill_states(person_id)` gives refs that are "passed" or "confirmed" (one statement
    each); `cards` are HomeRows (one statement for all of them) or a `cards(actor, now)` that asks by itself."""

    skill_states: tuple[Callable[[int], dict[str, str]], ...] = ()
    cards: tuple[HomeRows | Callable[[Actor, datetime], Iterable[HomeCard]], ...] = ()

    def states_of(self, person_id: int) -> dict[str, str]:
        """The highest state that any package knows of each skill."""
        states: dict[str, str] = {}
        for ask in self.skill_states:
            raise_states(states, ask(person_id))
        return states

    def cards_for(self, actor: Actor, now: datetime) -> list[HomeCard]:
        """Every card, in the order of the packages."""
        found: dict[int, list[Any]] = {}
        if self._all_rows is not None:
            for row in db.session.connection().execute(self._all_rows, {"person_id": actor.id}):
                found.setdefault(row.part, []).append(row)
        drawn = (part.draw(found.get(number, []), now) if isinstance(part, HomeRows) else part(actor, now)
                 for number, part in enumerate(self.cards))
        return [card for cards in drawn for card in cards]

    @cached_property
    def _all_rows(self) -> sa.CompoundSelect[Any] | None:
        # Built once: putting it together for every page costs more than asking.
        numbered = [part.rows.add_columns(sa.literal_column(str(number), sa.Integer()).label("part"))
                    for number, part in enumerate(self.cards) if isinstance(part, HomeRows)]
        in_order: Any = sa.nulls_last(sa.literal_column("due_on")), sa.literal_column("rank")
        return sa.union_all(*numbered).order_by(*in_order) if numbered else None


def raise_states(states: dict[str, str], more: dict[str, str]) -> None:
    """Take over each state that is higher than the one known."""
    for ref, state in more.items():
        if SKILL_STATES.index(state) > SKILL_STATES.index(states.get(ref, SKILL_STATES[0])):
            states[ref] = state


_STARTED = sa.and_(Progress.id.is_not(None), Progress.completed_at.is_(None))


def _lessons(mine: sa.ColumnElement[bool]) -> sa.Select[Any]:
    for_audience = sa.exists().where(CourseAudience.course_id == Course.id,
                                     CourseAudience.audience == sa.bindparam("audience"))
    steps = sa.case((_STARTED, LessonVersion.steps), else_=sa.null())
    return (
        sa.select(
            Lesson.slug, LessonVersion.title, LessonVersion.minutes, LessonVersion.skill_ref, LessonVersion.also,
            Course.key.label("course_key"), Course.short_title.label("course_title"), Course.icon.label("course_icon"),
            Progress.last_step, Progress.started_at, Progress.updated_at, Progress.completed_at,
            steps.label("steps"))
        .join(Course, Course.id == Lesson.course_id)
        .join(LessonVersion, sa.and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.hash == Lesson.version))
        .outerjoin(Progress, sa.and_(Progress.lesson_id == Lesson.id, mine))
        .where(Lesson.retired_at.is_(None), Course.retired_at.is_(None), sa.or_(for_audience, Progress.id.is_not(None)))
        .order_by(Course.position, Lesson.position))


_LESSONS_OF_PERSON = _lessons(Progress.person_id == sa.bindparam("reader"))
_LESSONS_OF_GUEST = _lessons(Progress.guest_id == sa.bindparam("reader"))


def lessons_for(audience: str, reader: Reader) -> Sequence[Any]:
    """Live lessons of the courses for this audience, and any other the reader has begun, in order, with progress.

    One statement. `steps` only for lessons that are begun and not completed.
    """
    # By the connection, as all statements of the home: the session's ORM machinery would cost half as much again.
    if reader.person_id is not None:
        return db.session.connection().execute(_LESSONS_OF_PERSON, {"audience": audience, "reader": reader.person_id}).all()
    return db.session.connection().execute(_LESSONS_OF_GUEST, {"audience": audience, "reader": reader.guest_id or ""}).all()


def learning_states(lessons: Iterable[Any]) -> dict[str, str]:
    """Skills of the lessons that the reader has begun."""
    return {ref: "learning" for lesson in lessons if lesson.started_at for ref in (lesson.skill_ref, *lesson.also)}
