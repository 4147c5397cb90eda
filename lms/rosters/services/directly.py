"""A list checked and written in one go, without the pages: what the command line does with the same code."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lms.core.db import db
from lms.core.vietnamese import clean
from lms.people.models import Actor, Organisation
from lms.people.rules.cohorts import checked_cohort_name
from lms.people.services.many import lock_lists
from lms.rosters.models import RosterImport
from lms.rosters.reading import Choice, Reading, read_roster
from lms.rosters.services.checking import CheckedList, Target, check_list, class_of
from lms.rosters.services.classes import settle_class
from lms.rosters.services.committing import finish, write_lines
from lms.rosters.services.imports import LONGEST_FILE_NAME, choice_as_document, may_begin, remembered_choice


@dataclass
class CheckedFile:
    """A file on its way through: who brings it, and what has become of it so far."""

    name: str
    organisation: Organisation
    by: Actor | None
    operator: str
    class_name: str = ""
    reading: Reading | None = None
    choice: Choice = field(default_factory=Choice)
    content_hash: str = ""

    def read(self, content: bytes) -> None:
        """Read the file, with the columns that somebody assigned for this organisation before.

        Raises DomainError roster.not_yours, organisation.ended, cohort.name_too_long, and what `read_roster` raises.
        """
        may_begin(self.organisation, self.by)
        if clean(self.class_name):
            self.class_name = checked_cohort_name(self.class_name)
        self.reading = read_roster(content, filename=self.name, choice=self.choice)
        remembered = remembered_choice(self.organisation, self.reading)
        if remembered:
            self.choice = remembered
            self.reading = read_roster(content, filename=self.name, choice=remembered)
        self.content_hash = hashlib.sha256(content).hexdigest()

    def roster(self, *, now: datetime) -> RosterImport:
        """The import as it will be kept; not yet in the session."""
        return RosterImport(
            organisation_id=self.organisation.id, kind="people", file_name=clean(self.name)[:LONGEST_FILE_NAME],
            content_hash=self.content_hash, state="committing", choice=choice_as_document(self.choice),
            extra={"class": self.class_name} if self.class_name else {}, corrections={},
            by_id=self.by.id if self.by else None, operator=self.operator, begun_at=now, checked_at=now)


def check_file(whole: CheckedFile, *, now: datetime) -> dict[str, Any]:
    """The dry run: the contract's document (without sentences), nothing written."""
    return _check(whole, whole.roster(now=now), now=now).document


def _check(whole: CheckedFile, roster: RosterImport, *, now: datetime) -> CheckedList:
    assert whole.reading is not None
    return check_list(whole.reading, Target(whole.organisation.id, whole.by, class_of(roster)), now=now)


def write_file(whole: CheckedFile, *, skip_faulty: bool, now: datetime) -> dict[str, Any]:
    """Check and write, all or nothing (with `skip_faulty`: all rows without a fault); the document.

    A list that changes nothing leaves no trace. Unclear rows are somebody new, with their warning.
    """
    lock_lists()
    roster = whole.roster(now=now)
    checked = _check(whole, roster, now=now)
    good = [line for line in checked.lines if line.verdict != "faulty"]
    if (checked.document["errors"] and not skip_faulty) or not good:
        return checked.document
    if not all(line.is_unchanged for line in good):
        db.session.add(roster)
        db.session.flush()
        settle_class(roster, by=whole.by, now=now)
        target = Target(whole.organisation.id, whole.by, roster.cohort_id)
        write_lines(good, roster, target, checked.known, now=now)
        roster.document = checked.document
        finish(roster, actor_id=whole.by.id if whole.by else None, operator=whole.operator, now=now,
               faulty=len(checked.lines) - len(good))
    return {**checked.document, "committed": True}
