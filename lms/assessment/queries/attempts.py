"""Reads of attempts: always of one person, named by an id that came from the actor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.assessment import rules
from lms.assessment.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    AttemptItem,
    ItemVersion,
    LateResponse,
    Response,
)
from lms.core.db import db
from lms.people.models import Actor, Person
from lms.people.queries.actors import read_with_actor, select_with_actor


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt with what its pages show: the assessment it pins, and where the answers stand."""

    id: int
    uuid: UUID
    assessment_id: int
    version_id: int
    policy_id: int | None
    number: int
    state: str                      # as written; what holds now is `state_at`
    started_at: datetime
    due_at: datetime
    closes_at: datetime
    submitted_at: datetime | None
    submitted_by: str | None
    result: dict[str, Any] | None
    key: str
    title: str
    short_title: str
    use: str
    show_answers: str
    marks: str | None               # "1a,2af,4f": answered, flagged positions
    receipt: int | None             # of the last save
    saved_at: datetime | None
    document: dict[str, Any] | None  # the answer at the position asked for
    flagged: bool | None
    sequence: int | None

    @property
    def answered(self) -> frozenset[int]:
        """Positions that hold an answer."""
        return self._marked("a")

    @property
    def flagged_positions(self) -> frozenset[int]:
        """Positions that the learner wants to look at again."""
        return self._marked("f")

    def _marked(self, letter: str) -> frozenset[int]:
        marks = (self.marks or "").split(",")
        return frozenset(int(mark.rstrip("af")) for mark in marks if letter in mark)

    def state_at(self, now: datetime) -> str:
        """`in_progress`, `overdue`, `submitted` or `abandoned`."""
        return rules.state_at(self.state, due_at=self.due_at, closes_at=self.closes_at,
                              answered=len(self.answered), now=now)


def _of_this_attempt(value: Any) -> Any:
    return sa.select(value).where(Response.attempt_id == Attempt.id).correlate(Attempt).scalar_subquery()


_MARK = (
    sa.cast(Response.position, sa.String) + sa.case((Response.document.is_not(None), "a"), else_="")
    + sa.case((Response.flagged, "f"), else_="")
)
_COLUMNS = (
        Attempt.id, Attempt.uuid, Attempt.assessment_id, Attempt.assessment_version_id.label("version_id"),
        Attempt.policy_id, Attempt.number, Attempt.state, Attempt.started_at, Attempt.due_at, Attempt.closes_at,
        Attempt.submitted_at, Attempt.submitted_by, Attempt.result, Assessment.key, AssessmentVersion.title,
        AssessmentVersion.short_title, AssessmentVersion.use, AssessmentVersion.show_answers,
        _of_this_attempt(sa.func.aggregate_strings(_MARK, ",")).label("marks"),
        _of_this_attempt(sa.func.max(Response.receipt)).label("receipt"),
        _of_this_attempt(sa.func.max(Response.saved_at)).label("saved_at"),
        Response.document, Response.flagged, Response.sequence)
_ROWS = (
    sa.join(Attempt, Assessment, Assessment.id == Attempt.assessment_id)
    .join(AssessmentVersion, AssessmentVersion.id == Attempt.assessment_version_id)
    .outerjoin(Response, (Response.attempt_id == Attempt.id) & (Response.position == sa.bindparam("position")))
)
_ASKED = (Attempt.uuid == sa.bindparam("uuid", type_=Attempt.uuid.type)) & (Assessment.key == sa.bindparam("key"))
_ATTEMPT = sa.select(*_COLUMNS).select_from(_ROWS).where(_ASKED, Attempt.person_id == sa.bindparam("person_id"))
_ATTEMPT_WITH_ACTOR = select_with_actor(*_COLUMNS).outerjoin(_ROWS, (Attempt.person_id == Person.id) & _ASKED)


def attempt_of(person_id: int, key: str, uuid: UUID, *, position: int = 0) -> AttemptView | None:
    """This person's attempt at the assessment `key`, with the answer at `position`; None when it is not theirs.

    One statement.
    """
    row: Any = db.session.connection().execute(
        _ATTEMPT, {"person_id": person_id, "key": key, "uuid": uuid, "position": position}).first()
    return AttemptView(*row) if row else None


def attempt_with_actor(
    token: str, key: str, uuid: UUID, *, position: int, now: datetime,
) -> tuple[Actor, AttemptView | None] | None:
    """Whoever is signed in with this token, and `attempt_of` them. One statement; None when the token is not live."""
    found = read_with_actor(_ATTEMPT_WITH_ACTOR, token, now=now, key=key, uuid=uuid, position=position)
    if found is None:
        return None
    actor, row = found
    return actor, AttemptView(*row) if row[0] is not None else None


def responses_of(attempt_id: int) -> dict[int, dict[str, Any]]:
    """The answers that stand, by position."""
    rows = db.session.execute(
        sa.select(Response.position, Response.document)
        .where(Response.attempt_id == attempt_id, Response.document.is_not(None)))
    return {row.position: row.document for row in rows}


def late_positions_of(person_id: int) -> dict[UUID, list[int]]:
    """For staff: by attempt, the questions whose answer arrived after the end and does not count. One statement."""
    rows = db.session.execute(
        sa.select(Attempt.uuid, LateResponse.position).join(Attempt, Attempt.id == LateResponse.attempt_id)
        .where(Attempt.person_id == person_id).order_by(LateResponse.position))
    late: dict[UUID, list[int]] = {}
    for row in rows:
        late.setdefault(row.uuid, []).append(row.position)
    return late


def attempts_of(person_id: int, assessment_id: int) -> Sequence[Attempt]:
    """This person's attempts at the assessment, the newest first."""
    mine = sa.select(Attempt).where(Attempt.person_id == person_id, Attempt.assessment_id == assessment_id)
    return db.session.scalars(mine.order_by(Attempt.number.desc())).all()


def kept_about_attempts(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every attempt of this person with the answers that stand, in plain values, oldest first. Two statements."""
    answers: dict[int, dict[int, Any]] = {}
    for row in db.session.execute(
            sa.select(Response.attempt_id, Response.position, Response.document)
            .join(Attempt, Attempt.id == Response.attempt_id).where(Attempt.person_id == person_id)):
        answers.setdefault(row.attempt_id, {})[row.position] = row.document
    rows = db.session.execute(
        sa.select(Attempt, Assessment.key).join(Assessment, Assessment.id == Attempt.assessment_id)
        .where(Attempt.person_id == person_id).order_by(Attempt.id))
    return {"attempts": [
        {"uuid": str(one.uuid), "assessment": key, "number": one.number, "state": one.state,
         "started_at": one.started_at.isoformat(), "score_percent": one.score_percent, "passed": one.passed,
         "submitted_at": one.submitted_at.isoformat() if one.submitted_at else None, "answers": answers.get(one.id, {})}
        for one, key in rows]}


def standing_of(person_id: int, assessment_id: int, *, lessons_missing: int = 0, now: datetime) -> rules.Standing:
    """What decides whether the person may start another attempt. One statement."""
    today = sa.case((Attempt.started_at > sa.literal(now - rules.A_DAY, Attempt.started_at.type), 1), else_=0)
    row = db.session.execute(
        sa.select(sa.func.count(Attempt.id), sa.func.coalesce(sa.func.sum(today), 0), sa.func.max(Attempt.submitted_at))
        .where(Attempt.person_id == person_id, Attempt.assessment_id == assessment_id)).one()
    return rules.Standing(*row, lessons_missing=lessons_missing)


def offered_version(key: str) -> AssessmentVersion | None:
    """What the assessment `key` consists of today; None when there is none or it was withdrawn."""
    found: AssessmentVersion | None = db.session.scalar(
        sa.select(AssessmentVersion).join(Assessment, Assessment.current_version_id == AssessmentVersion.id)
        .where(Assessment.key == key, Assessment.retired.is_(False)))
    return found


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list of assessments, with how the person stands there."""

    key: str
    title: str
    use: str
    minutes: int
    questions: int
    attempts: int
    best: int | None
    passed: bool
    open_uuid: UUID | None


def offers_for(person_id: int) -> list[Offer]:
    """Every assessment on offer, the counting ones first, with this person's best result. One statement."""
    mine = (Attempt.assessment_id == Assessment.id) & (Attempt.person_id == person_id)
    running = sa.select(Attempt.uuid).where(mine, Attempt.state == "in_progress").correlate(Assessment)
    rows = db.session.execute(
        sa.select(Assessment.key, AssessmentVersion.title, AssessmentVersion.use, AssessmentVersion.minutes,
                  AssessmentVersion.draw, sa.func.count(Attempt.id), sa.func.max(Attempt.score_percent),
                  sa.func.max(sa.case((Attempt.passed.is_(True), 1), else_=0)), running.scalar_subquery())
        .join(AssessmentVersion, AssessmentVersion.id == Assessment.current_version_id)
        .outerjoin(Attempt, mine).where(Assessment.retired.is_(False))
        .group_by(Assessment.id, AssessmentVersion.id)
        .order_by(AssessmentVersion.use, AssessmentVersion.title))
    return [Offer(key, title, use, minutes, sum(part["count"] for part in draw), attempts, best, bool(passed), running_uuid)
            for key, title, use, minutes, draw, attempts, best, passed, running_uuid in rows]


def states_shown(results: Iterable[tuple[Any, bool | None]]) -> dict[str, str]:
    """`passed` or `learning` for each skill that these attempts (stored result, whether it passed) examined.

    Passed: in a passed attempt the skill's own questions reached the overall pass mark. What was passed once stays.
    """
    states: dict[str, str] = {}
    for result, passed in results:
        for skill in result["skills"]:
            if passed and skill["percent"] >= result["required"]:
                states[skill["ref"]] = "passed"
            else:
                states.setdefault(skill["ref"], "learning")
    return states


def attempts_to_close(*, now: datetime, limit: int) -> Sequence[Attempt]:
    """Open attempts whose grace has passed, locked; rows that somebody else is closing are left out."""
    over = sa.select(Attempt).where(Attempt.state == "in_progress", Attempt.closes_at < now)
    return db.session.scalars(
        over.order_by(Attempt.closes_at).limit(limit).with_for_update(skip_locked=True)).all()


def questions_seen(person_id: int, assessment_id: int) -> dict[int, int]:
    """Item id -> number of the latest attempt of this person at the assessment that held it."""
    rows = db.session.execute(
        sa.select(ItemVersion.item_id, sa.func.max(Attempt.number).label("number"))
        .join(AttemptItem, AttemptItem.item_version_id == ItemVersion.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.person_id == person_id, Attempt.assessment_id == assessment_id).group_by(ItemVersion.item_id))
    return {row.item_id: row.number for row in rows}

