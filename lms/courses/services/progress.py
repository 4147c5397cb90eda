"""Progress: steps reached, self-checks answered, practice done, lesson completed. It only grows; repeating is harmless."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.models import Lesson, LessonVersion, Progress, Reader
from lms.courses.rules import CheckResult, furthest_step, mark_check

GUESTS_KEPT = timedelta(days=180)


def reach_step(reader: Reader, lesson: Lesson, version: LessonVersion, step: str, *, now: datetime) -> Progress:
    """The reader came to this step (a heading id). Raises `lesson.unknown_step` when the version does not have it."""
    if step not in {known["id"] for known in version.steps}:
        raise DomainError("lesson.unknown_step")
    progress = _touch(reader, lesson, version, now=now)
    if step not in progress.steps:
        progress.steps = [*progress.steps, step]
    progress.last_step = furthest_step(version.steps, progress.last_step, step)
    db.session.flush()
    return progress


def answer_check(
    reader: Reader, lesson: Lesson, version: LessonVersion, number: int, check_id: str, chosen: Collection[str], *,
    now: datetime,
) -> CheckResult:
    """Mark the answer to self-check `number` (from 1) and keep it; an answer once right stays.

    Raises `lesson.changed` when that check has another id by now, and what `rules.mark_check` raises.
    """
    checks = version.document["checks"]
    if not 1 <= number <= len(checks) or checks[number - 1]["id"] != check_id:
        raise DomainError("lesson.changed")
    result = mark_check(checks[number - 1], chosen)
    progress = _touch(reader, lesson, version, now=now)
    if not progress.checks.get(check_id, {}).get("right"):
        progress.checks = {**progress.checks, check_id: {"answer": list(result.answer), "right": result.right}}
    db.session.flush()
    return result


def finish_practice(reader: Reader, lesson: Lesson, version: LessonVersion, *, now: datetime) -> Progress:
    """The reader did the practice task of the lesson (their own word for it)."""
    progress = _touch(reader, lesson, version, now=now)
    progress.practised_at = progress.practised_at or now
    db.session.flush()
    return progress


def complete_lesson(reader: Reader, lesson: Lesson, version: LessonVersion, *, now: datetime) -> Progress:
    """The reader is through with the lesson; it stays completed when its content changes."""
    progress = _touch(reader, lesson, version, now=now)
    progress.completed_at = progress.completed_at or now
    db.session.flush()
    return progress


def adopt_guest(guest_id: str, person_id: int, *, now: datetime) -> int:
    """Move what a guest learned to a person; where both have progress the further state of each part stays.

    Returns the number of lessons moved. Running it twice, or for a guest without progress, changes nothing.
    """
    rows = list(db.session.scalars(
        sa.select(Progress).where(Progress.guest_id == guest_id).order_by(Progress.lesson_id).with_for_update()))
    for theirs in rows:
        mine = _row_of(Reader(person_id=person_id), theirs.lesson_id, theirs.version_id, now=now)
        _merge(mine, theirs, db.session.get_one(LessonVersion, theirs.version_id).steps)
        db.session.delete(theirs)
    db.session.flush()
    return len(rows)


def purge_guests(*, now: datetime) -> int:
    """Remove progress of guests who have not come back for GUESTS_KEPT; return how many rows."""
    stale = sa.delete(Progress).where(Progress.guest_id.is_not(None), Progress.updated_at < now - GUESTS_KEPT)
    return int(db.session.execute(stale).rowcount)  # type: ignore[attr-defined]


def _merge(mine: Progress, theirs: Progress, steps: list[dict[str, Any]]) -> None:
    mine.steps = [*mine.steps, *(step for step in theirs.steps if step not in mine.steps)]
    mine.last_step = furthest_step(steps, mine.last_step, theirs.last_step)
    right = {ident for ident, kept in mine.checks.items() if kept["right"]}
    mine.checks = {**mine.checks, **{ident: kept for ident, kept in theirs.checks.items() if ident not in right}}
    mine.started_at = min(mine.started_at, theirs.started_at)
    mine.practised_at = _first(mine.practised_at, theirs.practised_at)
    mine.completed_at = _first(mine.completed_at, theirs.completed_at)
    if theirs.updated_at > mine.updated_at:
        mine.version_id, mine.updated_at = theirs.version_id, theirs.updated_at


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


def _touch(reader: Reader, lesson: Lesson, version: LessonVersion, *, now: datetime) -> Progress:
    progress = _row_of(reader, lesson.id, version.id, now=now)
    progress.version_id, progress.updated_at = version.id, max(now, progress.updated_at)
    return progress


def _row_of(reader: Reader, lesson_id: int, version_id: int, *, now: datetime) -> Progress:
    """The reader's row for this lesson, locked until the commit; made when it is not there. Two at once make one."""
    mine = sa.select(Progress).where(reader.owns(), Progress.lesson_id == lesson_id).with_for_update()
    progress: Progress | None = db.session.scalar(mine)
    if progress is not None:
        return progress
    progress = Progress(person_id=reader.person_id, guest_id=None if reader.person_id else reader.guest_id, steps=[],
                        checks={}, lesson_id=lesson_id, version_id=version_id, started_at=now, updated_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(progress)
    except IntegrityError:  # another request made it just now
        return db.session.scalars(mine.execution_options(populate_existing=True)).one()
    return progress
