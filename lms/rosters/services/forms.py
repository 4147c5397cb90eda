"""A body sets its own form for lists: which columns, in which order, under which words, below which lines."""

from collections.abc import Sequence
from datetime import datetime

from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Actor, Organisation
from lms.rosters.models import RosterFormRow
from lms.rosters.reading import HEADINGS, KEYS
from lms.rosters.services.imports import may_send

MOST_LINES, LONGEST_LINE, LONGEST_WORDS = 12, 200, 60
OWN_COLUMNS = (*KEYS, "personal_code")


def set_form(
    organisation: Organisation, *, columns: Sequence[tuple[str, str]], lines: Sequence[str], by: Actor | None, now: datetime,
    operator: str | None = None,
) -> RosterFormRow:
    """From now on lists of this organisation and of those below have this form. Empty words mean the usual ones.

    Raises DomainError roster.not_yours, form.column_unknown, form.column_twice (words), form.name_missing,
    form.too_many_lines (most).
    """
    may_send(organisation.id, by)
    wanted = [{"key": key, "words": clean(words)[:LONGEST_WORDS] or HEADINGS.get(key, "")} for key, words in columns]
    _check_columns(wanted)
    heading = [clean(line)[:LONGEST_LINE] for line in lines if clean(line)]
    if len(heading) > MOST_LINES:
        raise DomainError("form.too_many_lines", most=MOST_LINES)
    row = db.session.get(RosterFormRow, organisation.id)
    if row is None:
        row = RosterFormRow(organisation_id=organisation.id)
        db.session.add(row)
    row.columns, row.heading, row.changed_at, row.changed_by_id = wanted, heading, now, by.id if by else None
    db.session.flush()
    _note(organisation, is_own=True, by=by, now=now, operator=operator)
    return row


def drop_form(organisation: Organisation, *, by: Actor | None, now: datetime, operator: str | None = None) -> None:
    """Back to the form from above. Raises DomainError roster.not_yours."""
    may_send(organisation.id, by)
    row = db.session.get(RosterFormRow, organisation.id)
    if row:
        db.session.delete(row)
        db.session.flush()
        _note(organisation, is_own=False, by=by, now=now, operator=operator)


def _check_columns(columns: Sequence[dict[str, str]]) -> None:
    keys, words = [one["key"] for one in columns], [one["words"].casefold() for one in columns]
    if not set(keys) <= set(OWN_COLUMNS):
        raise DomainError("form.column_unknown")
    twice = next((one["words"] for one in columns if words.count(one["words"].casefold()) > 1 or keys.count(one["key"]) > 1), None)
    if twice:
        raise DomainError("form.column_twice", words=twice)
    if "full_name" not in keys:
        raise DomainError("form.name_missing")


def _note(organisation: Organisation, *, is_own: bool, by: Actor | None, now: datetime, operator: str | None) -> None:
    audit.record("roster.form_changed", now=now, actor_id=by.id if by else None, operator=operator,
                 subject=f"organisation:{organisation.key}", organisation_id=organisation.id, is_own=is_own)
