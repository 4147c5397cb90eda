"""A word to learners who stand still: on their home, and by letter where letters are sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.dialects import postgresql, sqlite

from lms.campaign.models import Reminder
from lms.campaign.queries.reminders import reminded_on
from lms.campaign.rules import REMIND
from lms.core import audit, clock, mail
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Actor, Organisation, Person
from lms.people.queries.persons import people_visible_to

LONGEST_TEXT = 300
A_SLICE = 500  # ids in one statement


@dataclass(frozen=True)
class Sent:
    """How many got the word, how many had one today already, how many letters were put in the outbox."""

    reminded: int
    already: int
    letters: int


def remind_people(
    person_ids: Collection[int], organisation: Organisation, *, text: str, subject: str, by_mail: bool, by: Actor,
    now: datetime,
) -> Sent:
    """Remind these people, each at most once a day. All or nothing: one whom the actor does not see refuses the whole.

    Raises DomainError reminder.nobody, reminder.text_missing, reminder.text_too_long, reminder.not_yours.
    """
    text = clean(text)
    if not person_ids:
        raise DomainError("reminder.nobody")
    if not text:
        raise DomainError("reminder.text_missing")
    if len(text) > LONGEST_TEXT:
        raise DomainError("reminder.text_too_long", most=LONGEST_TEXT, size=len(text))
    wanted = sorted(set(person_ids))
    found: dict[int, str | None] = {}
    already: set[int] = set()
    today = clock.local_date(now)
    for start in range(0, len(wanted), A_SLICE):
        ids = wanted[start:start + A_SLICE]
        seen = people_visible_to(by, *REMIND).where(Person.id.in_(ids)).with_only_columns(Person.id, Person.email)
        found |= {row.id: row.email for row in db.session.execute(seen)}
        already |= reminded_on(ids, today)
    if len(found) < len(wanted):
        raise DomainError("reminder.not_yours")
    todo = _add([
        {"uuid": uuid4(), "person_id": one, "organisation_id": organisation.id, "sent_by_id": by.id, "sent_at": now,
         "sent_on": today, "text": text, "by_mail": by_mail and mail.is_on() and bool(found[one])}
        for one in wanted if one not in already])
    letters = sum(mail.put(str(found[one]), subject=subject, text=text, now=now) for one in todo if by_mail and found[one])
    if todo:
        audit.record("reminder.sent", now=now, actor_id=by.id, organisation_id=organisation.id, people=len(todo),
                     subject=f"organisation:{organisation.uuid}", letters=letters)
    db.session.flush()
    return Sent(len(todo), len(wanted) - len(todo), letters)


def _add(rows: list[dict[str, Any]]) -> list[int]:
    # Somebody else may remind the same people at this moment: their row stands, and only one letter goes out.
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added: list[int] = []
    for start in range(0, len(rows), A_SLICE):
        statement = insert(Reminder).values(rows[start:start + A_SLICE]).on_conflict_do_nothing()
        added += db.session.scalars(statement.returning(Reminder.person_id))
    return added
