"""The dry run: every row of a list checked and matched in one pass. The page and the command line run the same code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms.core import clock, jobs
from lms.core.db import db, reading
from lms.core.errors import DomainError
from lms.core.vietnamese import fold
from lms.people.models import Actor, Cohort
from lms.people.queries.actors import actor_of_person
from lms.people.services.tree import check_takes_people
from lms.rosters.models import RosterImport
from lms.rosters.queries.known import KnownPeople, known_people, organisations_named
from lms.rosters.reading import Cell, Reading, ReadRow
from lms.rosters.rules.checking import check_roster
from lms.rosters.rules.finding import Finder, Found
from lms.rosters.rules.lines import Line, as_document, document_of, show_texts, tell_lines, values_of
from lms.rosters.rules.people import Known, plan_for
from lms.rosters.rules.records import Checked, CheckedRow
from lms.rosters.services.imports import may_send, read_again
from lms.rosters.services.keeping import keep_lines

Tell = Callable[[int, int], None]


@dataclass
class CheckedList:
    """A list after the dry run: its rows, the contract's document without sentences, and whom it may mean."""

    lines: list[Line]
    document: dict[str, Any]
    known: KnownPeople = field(default_factory=KnownPeople)


@dataclass(frozen=True)
class Target:
    """Where a list goes. `cohort_id` 0: a class that is yet to be made."""

    organisation_id: int
    by: Actor | None = None
    cohort_id: int | None = None


@dataclass
class Notices:
    """Says where in the sheet something is to be told."""

    read: Reading
    rows: dict[int, ReadRow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = {row.number: row for row in self.read.rows}

    def __call__(self, number: int, key: str, code: str, **params: Any) -> dict[str, Any]:
        cell = self.rows[number].cells.get(key)
        return {"row": number, "cell": cell.address if cell else "", "column": self.read.columns.get(key, ""), "code": code,
                "params": params, "key": key}


def check_list(read: Reading, target: Target, *, now: datetime, tell: Tell = lambda done, total: None) -> CheckedList:
    """Check and match every row of a reading. Reads only; a constant number of statements.

    `tell(done, total)` hears how far it is.
    """
    checked = check_roster(read, today=clock.local_date(now))
    tell(len(read.rows) // 2, len(read.rows))
    values = {row.number: values_of(row) for row in checked.rows}
    notice = Notices(read)
    warnings = _place(values, target.organisation_id, notice)
    known = known_people(values.values(), organisation_id=target.organisation_id, by=target.by, cohort_id=target.cohort_id)
    matching = Matching(notice, target, known, Finder(known.by_id))
    lines = [matching.line(row, values[row.number]) for row in checked.rows]
    tell(len(read.rows), len(read.rows))
    errors = [as_document(one) for one in checked.errors] + matching.errors
    warnings = [as_document(one) for one in checked.warnings] + warnings + matching.warnings
    lines += _faulty_lines(read, checked, lines)
    tell_lines(lines, errors, warnings)
    document = document_of(read, lines, errors, warnings, rows=checked.counted)
    return CheckedList(sorted(lines, key=lambda one: one.number), document, known)


def _place(values: Mapping[int, dict[str, Any]], organisation_id: int, notice: Notices) -> list[dict[str, Any]]:
    """Put the sub-organisation that each row names into it; one warning for each name that nobody bears."""
    if not any("organisation" in one for one in values.values()):
        return []
    names, strange = organisations_named(organisation_id), {}
    for number, one in values.items():
        name = fold(one.get("organisation", ""))
        if name and names.get(name):
            one["organisation_id"] = names[name]
        elif name and name not in strange:
            strange[name] = notice(number, "organisation", "organisation.not_here", name=one["organisation"][:80])
    return list(strange.values())


@dataclass
class Matching:
    """Matches row after row, and sees to it that nobody is meant by two of them."""

    notice: Notices
    target: Target
    known: KnownPeople
    finder: Finder
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def line(self, row: CheckedRow, values: dict[str, Any]) -> Line:
        """The row, matched."""
        found = self.finder.find(row, values)
        line = Line(row.number, "new", values)
        if found.match.kind == "same" and found.match.person_id is not None:
            self._same(line, self.known.by_id[found.match.person_id], list(found.match.evidence))
        elif found.match.kind == "unclear":
            self._unclear(line, found)
        elif found.attached:
            line.attached_id = found.attached.id
        self._free_email(line)
        return line

    def _same(self, line: Line, known: Known, evidence: list[str]) -> None:
        first = self.finder.taken[known.id]
        if first != line.number:
            line.verdict = "faulty"
            self.errors.append(self.notice(line.number, "full_name", "row.duplicate", first=first, name=line.values["full_name"]))
            return
        line.verdict, line.person_id, line.evidence = "matched", known.id, evidence
        plan = plan_for(line.values, known, organisation_id=self.target.organisation_id,
                        has_cohort=self.target.cohort_id is not None)
        line.is_unchanged = plan.is_empty
        self.warnings += [self.notice(line.number, key, "person.kept") for key in plan.kept if key != "birth_year"]

    def _unclear(self, line: Line, found: Found) -> None:
        line.verdict, evidence = "unclear", list(found.match.evidence)
        line.candidates = [{"uuid": str(self.known.by_id[one].uuid), "evidence": evidence} for one in found.offered]
        self.warnings.append(self.notice(line.number, "full_name", "person.similar"))

    def _free_email(self, line: Line) -> None:
        """An address that somebody else has is not written."""
        email = line.values.get("email")
        holder = self.known.emails.get(email) if email else None
        if holder is not None and holder not in (line.person_id, line.attached_id):
            del line.values["email"]
            self.warnings.append(self.notice(line.number, "email", "email.taken"))


def _faulty_lines(read: Reading, checked: Checked, lines: list[Line]) -> list[Line]:
    have = {line.number for line in lines}
    return [Line(row.number, "faulty", {"full_name": row.text("full_name")}) for row in read.rows
            if row.number in checked.faulty and row.number not in have]


def check(job: jobs.Job, step: jobs.Step) -> dict[str, Any]:
    """The job "roster.check": read and match without a lock, then keep the rows as checked."""
    roster_id, actor_id = job.argument["roster"], job.actor_id
    with reading():
        roster = db.session.get_one(RosterImport, roster_id)
        read = corrected(read_again(roster), roster.corrections)
        checked = check_list(read, target_of(roster, actor_id, now=clock.now()), now=clock.now(), tell=step)
        show_texts(checked.lines, read)
    roster = db.session.get_one(RosterImport, roster_id)
    if roster.state != "checking":
        raise DomainError("roster.not_open")
    keep_lines(roster, checked.lines, checked.document, now=clock.now())
    return {name: checked.document[name] for name in ("rows", "new", "matched", "unchanged")}


def check_failed(job: jobs.Job, refusal: DomainError) -> None:
    """What becomes of the list when it could not be checked."""
    roster = db.session.get(RosterImport, job.argument["roster"])
    if roster and roster.state == "checking":
        roster.state, roster.fault = "failed", job.fault


def target_of(roster: RosterImport, actor_id: int | None, *, now: datetime) -> Target:
    """Where a list goes and with whose eyes its people are looked for.

    Raises roster.not_yours (the sender has lost the right since), organisation.ended (it has ended since).
    """
    by = actor_of_person(actor_id, now=now) if actor_id else None
    if actor_id and by is None:
        raise DomainError("roster.not_yours")
    may_send(roster.organisation_id, by)
    check_takes_people(roster.organisation_id)
    return Target(roster.organisation_id, by, class_of(roster))


def class_of(roster: RosterImport) -> int | None:
    """The class a list goes into: its id, 0 for one that is yet to be made, None for none."""
    name = roster.extra.get("class")
    if roster.cohort_id or not name:
        return roster.cohort_id
    found: int | None = db.session.scalar(sa.select(Cohort.id).where(
        Cohort.organisation_id == roster.organisation_id, Cohort.folded_name == fold(name), Cohort.ended_at.is_(None)))
    return found or 0


def corrected(read: Reading, corrections: Mapping[str, Mapping[str, str]]) -> Reading:
    """The reading with the cells that were typed on the page."""
    if not corrections:
        return read
    rows = tuple(_corrected(row, read, corrections[str(row.number)]) if str(row.number) in corrections else row
                 for row in read.rows)
    return Reading(**{**{name: getattr(read, name) for name in Reading.__dataclass_fields__}, "rows": rows})


def _corrected(row: ReadRow, read: Reading, cells: Mapping[str, str]) -> ReadRow:
    typed = {key: Cell(text, text, row.cells[key].address if key in row.cells else f"{read.letters.get(key, '')}{row.number}")
             for key, text in cells.items()}
    return ReadRow(row.number, {**row.cells, **typed})
