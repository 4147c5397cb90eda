"""What the other packages hold about learners, for many people in one statement."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.assessment.models import Attempt, Confirmation, ExternalEvidence
from lms.campaign.models import Reminder
from lms.core.db import db
from lms.courses.models import Enrolment, Progress
from lms.people.models import Person, PersonAlias
from lms.reports.rules import is_overdue, learning_state


@dataclass(frozen=True, slots=True)
class Facts:
    """How far one person is. `lessons` are completed ones, `attempts` submitted ones that count, `elsewhere` lines of
    external evidence that stand."""

    state: str = "not_begun"
    last_at: datetime | None = None
    lessons: int = 0
    attempts: int = 0
    best: int | None = None
    confirmed_at: datetime | None = None
    elsewhere: int = 0
    due_on: date | None = None
    is_overdue: bool = False
    reminders: int = 0
    reminded_on: date | None = None


NOTHING = Facts()
PERSON_IDS = "person_ids"


def facts_of(people: sa.Select[Any] | Collection[int], *, now: datetime, today: date) -> dict[int, Facts]:
    """By person id; whoever did nothing yet is not in it. `people`: ids, or a select of ids. One statement."""
    if isinstance(people, sa.Select):
        statement = _everything(people.cte("followed").prefix_with("MATERIALIZED"))
        rows = db.session.execute(statement, {"now": now})
    else:
        rows = db.session.execute(_OF_FEW, {"now": now, PERSON_IDS: list(people)})
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row.person_id][row.what] = row
    return {person_id: _weigh(of, today) for person_id, of in found.items()}


def _weigh(of: dict[str, Any], today: date) -> Facts:
    learned, tried, confirmed, due = of.get("learned"), of.get("tried"), of.get("confirmed"), of.get("due")
    elsewhere, reminded = of.get("elsewhere"), of.get("reminded")
    state = learning_state(
        confirmed=confirmed.count if confirmed else 0, passed_at=tried.then if tried else None,
        ended_at=confirmed.then if confirmed else None, has_begun=bool(learned or tried))
    due_on = due.day if due else None
    return Facts(
        state, max((row.at for row in (learned, tried) if row and row.at), default=None),
        learned.count if learned else 0, tried.count if tried else 0, tried.best if tried else None,
        confirmed.at if confirmed else None, elsewhere.count if elsewhere else 0, due_on,
        is_overdue(due_on, state, today=today), reminded.count if reminded else 0, reminded.day if reminded else None)


def _everything(people: Any) -> sa.CompoundSelect[Any]:
    """(what, person, count, moment, another moment, number, day) of each kind of fact, for the ids of `people`."""
    moment = Attempt.submitted_at.type
    no_moment, no_number, no_day = sa.cast(sa.null(), moment), sa.cast(sa.null(), sa.Integer), sa.cast(sa.null(), sa.Date)
    # What was done under a row that was merged into somebody's is theirs.
    merged = sa.select(PersonAlias.kept_id, PersonAlias.other_id).where(
        PersonAlias.kept_id.in_(sa.select(people.c.id)), PersonAlias.ended_at.is_(None))
    own = sa.select(people.c.id.label("id"), people.c.id.label("row_id"))
    rows = sa.union_all(own, merged).cte("their_rows").prefix_with("MATERIALIZED")
    done = sa.case((Progress.completed_at.is_not(None), Progress.lesson_id))
    counts = Attempt.policy_id.is_not(None)
    now = sa.bindparam("now", type_=moment)
    is_live = sa.and_(Confirmation.ended_at.is_(None), sa.or_(Confirmation.valid_until.is_(None), Confirmation.valid_until > now))

    def of(table: Any, what: str, *columns: Any) -> sa.Select[Any]:
        count, at, then, best, day = columns
        return sa.select(
            sa.literal(what).label("what"), rows.c.id.label("person_id"), count.label("count"), at.label("at"),
            then.label("then"), best.label("best"), day.label("day"),
        ).select_from(table).join(rows, rows.c.row_id == table.person_id).group_by(rows.c.id)

    return sa.union_all(
        of(Progress, "learned", sa.func.count(sa.distinct(done)), sa.type_coerce(sa.func.max(Progress.updated_at), moment),
           no_moment, no_number, no_day),
        of(Attempt, "tried", sa.func.count(sa.case((sa.and_(counts, Attempt.submitted_at.is_not(None)), 1))),
           sa.func.max(sa.func.coalesce(Attempt.submitted_at, Attempt.started_at)),
           sa.func.max(sa.case((sa.and_(counts, Attempt.passed.is_(True)), Attempt.submitted_at))),
           sa.func.max(sa.case((counts, Attempt.score_percent))), no_day),
        of(Confirmation, "confirmed", sa.func.count(sa.case((is_live, 1))),
           sa.func.max(sa.case((is_live, Confirmation.decided_at))), sa.func.max(Confirmation.ended_at), no_number, no_day),
        of(ExternalEvidence, "elsewhere", sa.func.count(), no_moment, no_moment, no_number, no_day)
        .where(ExternalEvidence.ended_at.is_(None)),
        of(Enrolment, "due", sa.func.count(), no_moment, no_moment, no_number, sa.func.min(Enrolment.due_on))
        .where(Enrolment.ended_at.is_(None)),
        of(Reminder, "reminded", sa.func.count(), no_moment, no_moment, no_number, sa.func.max(Reminder.sent_on)),
    )


def _few() -> sa.CompoundSelect[Any]:
    # The ids once: repeated in every part of the statement they would be too many parameters.
    few = sa.select(Person.id).where(Person.id.in_(sa.bindparam(PERSON_IDS, expanding=True)))
    return _everything(few.cte("followed").prefix_with("MATERIALIZED"))


# Built once: putting it together for every page costs more than asking.
_OF_FEW = _few()
