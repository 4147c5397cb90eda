"""What the other packages hold about learners, for many people in one statement."""

from collections import Counter, defaultdict
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
        found[row.id][row.what] = row
    return {person_id: _weigh(of, today) for person_id, of in found.items()}


def state_counts(people: sa.Select[Any], *, now: datetime) -> Counter[str]:
    """How many of these people (a select of ids) are how far, by state. One statement, a line for each kind of case."""
    followed = people.cte("followed").prefix_with("MATERIALIZED")
    rows = _rows_of(followed)
    learned = sa.select(rows.c.id).where(sa.exists().where(Progress.person_id == rows.c.row_id)).distinct().subquery()
    tried = _of(rows, Attempt, _PASSED_AT.label("passed_at")).subquery()
    held = _of(rows, Confirmation, sa.func.count(sa.case((_IS_LIVE, 1))).label("count"),
               sa.func.max(Confirmation.ended_at).label("ended_at")).subquery()
    is_confirmed = sa.func.coalesce(held.c.count, 0) > 0
    passed_at = sa.case((~is_confirmed, tried.c.passed_at))
    case = sa.select(
        is_confirmed.label("confirmed"), passed_at.label("passed_at"),
        sa.case((passed_at.is_not(None), held.c.ended_at)).label("ended_at"),
        sa.or_(learned.c.id.is_not(None), tried.c.id.is_not(None)).label("has_begun"),
    ).select_from(followed).outerjoin(learned, learned.c.id == followed.c.id).outerjoin(
        tried, tried.c.id == followed.c.id).outerjoin(held, held.c.id == followed.c.id).subquery()
    counts: Counter[str] = Counter()
    for *what, people_like_this in db.session.execute(sa.select(case, sa.func.count()).group_by(*case.c), {"now": now}):
        confirmed, passed, ended, begun = what
        counts[learning_state(confirmed=confirmed, passed_at=passed, ended_at=ended, has_begun=begun)] += people_like_this
    return counts


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


_MOMENT = Attempt.submitted_at.type
_NOW = sa.bindparam("now", type_=_MOMENT)
_COUNTS = Attempt.policy_id.is_not(None)
_PASSED_AT = sa.func.max(sa.case((sa.and_(_COUNTS, Attempt.passed.is_(True)), Attempt.submitted_at)))
_IS_LIVE = sa.and_(
    Confirmation.ended_at.is_(None), sa.or_(Confirmation.valid_until.is_(None), Confirmation.valid_until > _NOW))


def _rows_of(people: Any) -> Any:
    """(id, id of a row of theirs): what was done under a row that was merged into somebody's is theirs."""
    merged = sa.select(PersonAlias.kept_id, PersonAlias.other_id).where(
        PersonAlias.kept_id.in_(sa.select(people.c.id)), PersonAlias.ended_at.is_(None))
    own = sa.select(people.c.id.label("id"), people.c.id.label("row_id"))
    return sa.union_all(own, merged).cte("their_rows").prefix_with("MATERIALIZED")


def _of(rows: Any, table: Any, *columns: Any) -> sa.Select[Any]:
    """What a table holds about these people, one line for each who is in it."""
    return sa.select(rows.c.id, *columns).select_from(table).join(rows, rows.c.row_id == table.person_id).group_by(rows.c.id)


def _everything(people: Any) -> sa.CompoundSelect[Any]:
    """(person, what, count, moment, another moment, number, day) of each kind of fact, for the ids of `people`."""
    no_moment, no_number, no_day = sa.cast(sa.null(), _MOMENT), sa.cast(sa.null(), sa.Integer), sa.cast(sa.null(), sa.Date)
    rows = _rows_of(people)
    done = sa.case((Progress.completed_at.is_not(None), Progress.lesson_id))

    def of(table: Any, what: str, *columns: Any) -> sa.Select[Any]:
        count, at, then, best, day = columns
        return _of(rows, table, sa.literal(what).label("what"), count.label("count"), at.label("at"), then.label("then"),
                   best.label("best"), day.label("day"))

    return sa.union_all(
        of(Progress, "learned", sa.func.count(sa.distinct(done)), sa.type_coerce(sa.func.max(Progress.updated_at), _MOMENT),
           no_moment, no_number, no_day),
        of(Attempt, "tried", sa.func.count(sa.case((sa.and_(_COUNTS, Attempt.submitted_at.is_not(None)), 1))),
           sa.func.max(sa.func.coalesce(Attempt.submitted_at, Attempt.started_at)),
           _PASSED_AT, sa.func.max(sa.case((_COUNTS, Attempt.score_percent))), no_day),
        of(Confirmation, "confirmed", sa.func.count(sa.case((_IS_LIVE, 1))),
           sa.func.max(sa.case((_IS_LIVE, Confirmation.decided_at))), sa.func.max(Confirmation.ended_at), no_number, no_day),
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
