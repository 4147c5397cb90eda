"""A list on its way: taken in, its columns corrected, checked, decided about row by row, sent on to be written.

The slow steps are jobs: `checking.check` and `committing.commit`. Until the commit nothing of the list is in the
tables of people.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core import audit, jobs, throttle
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Actor, Cohort, Organisation, Person
from lms.people.queries.organisations import organisation_ids_above
from lms.people.queries.persons import person_visible_to
from lms.people.rules.roles import ADD_PEOPLE
from lms.people.services.tree import check_takes_people
from lms.rosters.models import RosterDecision, RosterFile, RosterImport, RosterMapping, RosterRow
from lms.rosters.queries.imports import decisions_of, undecided_rows
from lms.rosters.reading import ROSTER, Choice, Reading, read_pasted, read_roster
from lms.rosters.reading.result_words import RESULTS
from lms.rosters.rules.names import same_name

CHECK, COMMIT = "roster.check", "roster.commit"
LONGEST_FILE_NAME = 200
LONGEST_CELL = 500
MOST_CORRECTIONS = 500
KEPT_FOR = timedelta(days=7)
# A focal point with a messy file tries a few times; hundreds in an hour are no focal point.
PER_ACTOR = throttle.Limit(failures=60, window=timedelta(hours=1), pause=timedelta(hours=1))
OPEN = ("uploaded", "checked", "failed")
VOCABULARIES = {"people": ROSTER, "results": RESULTS}  # what the columns of each kind of list may mean


def begin_import(
    *, content: bytes, filename: str, organisation: Organisation, by: Actor | None, now: datetime,
    cohort: Cohort | None = None, operator: str | None = None, read: Reading | None = None, kind: str = "people",
) -> RosterImport:
    """Take a list in and say what was found in it (`found`); nothing is checked yet.

    `read` is the reading when the caller has made it already, outside the transaction. `by` None is the command line.
    Raises DomainError roster.not_yours, organisation.ended, roster.too_many, roster.cohort_elsewhere, and what
    `read_roster` raises.
    """
    may_begin(organisation, by, kind=kind)
    _count(by, now=now)
    if cohort and (cohort.organisation_id != organisation.id or cohort.ended_at):
        raise DomainError("roster.cohort_elsewhere")
    choice = Choice()
    read = read or read_roster(content, filename=filename, choice=choice, vocabulary=VOCABULARIES[kind])
    remembered = remembered_choice(organisation, read)
    if remembered:
        choice = remembered
        read = read_roster(content, filename=filename, choice=choice, vocabulary=VOCABULARIES[kind])
    return _store(content, filename, read, choice, organisation=organisation, by=by, now=now, cohort=cohort,
                  operator=operator, kind=kind)


def begin_pasted(
    *, text: str, organisation: Organisation, by: Actor | None, now: datetime, cohort: Cohort | None = None,
    operator: str | None = None, kind: str = "people",
) -> RosterImport:
    """The same with rows pasted from a spreadsheet or a chat. Raises what `begin_import` raises."""
    may_begin(organisation, by, kind=kind)
    _count(by, now=now)
    if cohort and (cohort.organisation_id != organisation.id or cohort.ended_at):
        raise DomainError("roster.cohort_elsewhere")
    read = read_pasted(text, choice=Choice(), vocabulary=VOCABULARIES[kind])
    choice = remembered_choice(organisation, read) or Choice()
    if choice.columns:
        read = read_pasted(text, choice=choice, vocabulary=VOCABULARIES[kind])
    roster = _store(text.encode("utf-8", "replace"), "", read, choice, organisation=organisation, by=by, now=now,
                    cohort=cohort, operator=operator, kind=kind)
    roster.is_pasted = True
    return roster


def may_send(organisation_id: int, by: Actor | None) -> None:
    """Whether somebody may send lists for this organisation. Raises DomainError roster.not_yours."""
    if by and not organisation_ids_above(organisation_id) & set(by.organisations(*ADD_PEOPLE)):
        raise DomainError("roster.not_yours")


def may_begin(organisation: Organisation, by: Actor | None, *, kind: str = "people") -> None:
    """The same, and whether the organisation still takes people in; results of a former one may come late.

    Raises DomainError roster.not_yours, organisation.ended.
    """
    may_send(organisation.id, by)
    if kind == "people":
        check_takes_people(organisation.id)


def _count(by: Actor | None, *, now: datetime) -> None:
    if by is None:
        return
    subject = throttle.subject_key("roster", str(by.id))
    if throttle.locked_until([subject], now=now):
        raise DomainError("roster.too_many")
    throttle.count_failure(subject, PER_ACTOR, now=now)


def _store(
    content: bytes, filename: str, read: Reading, choice: Choice, *, organisation: Organisation, by: Actor | None,
    now: datetime, cohort: Cohort | None, operator: str | None, kind: str,
) -> RosterImport:
    roster = RosterImport(
        organisation_id=organisation.id, cohort_id=cohort.id if cohort else None, kind=kind,
        file_name=clean(filename.replace("\\", "/").rpartition("/")[2])[:LONGEST_FILE_NAME],
        content_hash=hashlib.sha256(content).hexdigest(), state="uploaded", choice=choice_as_document(choice),
        found=found_in(read), by_id=by.id if by else None, operator=operator, begun_at=now)
    db.session.add(roster)
    db.session.flush()
    db.session.add(RosterFile(roster_id=roster.id, content=content, stored_at=now))
    _note("roster.begun", roster, by=by, operator=operator, now=now, rows=len(read.rows))
    db.session.flush()
    return roster


def _note(action: str, roster: RosterImport, *, by: Actor | None, now: datetime, operator: str | None = None,
          **detail: Any) -> None:
    audit.record(action, now=now, actor_id=by.id if by else None, operator=operator or roster.operator,
                 subject=f"roster:{roster.uuid}", organisation_id=roster.organisation_id, **detail)


def found_in(read: Reading) -> dict[str, Any]:
    """What a reading found, as the page shows it before anything is checked."""
    return {
        "file": read.file, "sheet": read.sheet, "sheets": list(read.sheets), "encoding": read.encoding,
        "header_row": read.header_row, "columns": dict(read.columns), "letters": dict(read.letters),
        "sample_names": list(read.sample_names), "rows": len(read.rows),
        "found": [asdict(one) for one in read.found], "notes": [asdict(one) for one in read.notes],
        "dropped": [one.cell.rstrip("0123456789") for one in read.warnings if one.code == "column.dropped"]}


def choice_as_document(choice: Choice) -> dict[str, Any]:
    """A person's corrections of the reading, to be kept."""
    return {"sheet": choice.sheet, "encoding": choice.encoding, "header_row": choice.header_row,
            "columns": dict(choice.columns)}


def choice_of(roster: RosterImport) -> Choice:
    """The corrections that were kept."""
    return Choice(**roster.choice) if roster.choice else Choice()


def read_again(roster: RosterImport, choice: Choice | None = None) -> Reading:
    """The stored list, read with the corrections. Raises DomainError roster.file_gone."""
    stored = db.session.get(RosterFile, roster.id)
    if stored is None:
        raise DomainError("roster.file_gone")
    choice = choice or choice_of(roster)
    if roster.is_pasted:
        return read_pasted(stored.content.decode("utf-8"), choice=choice, vocabulary=VOCABULARIES[roster.kind])
    return read_roster(stored.content, filename=roster.file_name, choice=choice, vocabulary=VOCABULARIES[roster.kind])


def change_choice(
    roster: RosterImport, choice: Choice, *, by: Actor | None, now: datetime, remember: bool = True,
) -> RosterImport:
    """Another sheet, header row, encoding or other columns: read anew; rows checked before are forgotten.

    Corrected columns are remembered (`remember`) for the organisation's next list with the same header words.
    Raises DomainError roster.not_open, roster.file_gone, and what `read_roster` raises.
    """
    _in_state(roster, *OPEN)
    read = read_again(roster, choice)
    roster.choice, roster.found, roster.state = choice_as_document(choice), found_in(read), "uploaded"
    _forget_check(roster)
    if remember and choice.columns:
        _remember(roster, read, choice, now=now)
    db.session.flush()
    return roster


def _header_hash(read: Reading) -> str:
    words = "\n".join(f"{one.letter}:{one.header}" for one in read.found)
    return hashlib.sha256(words.encode()).hexdigest()


def _remember(roster: RosterImport, read: Reading, choice: Choice, *, now: datetime) -> None:
    key = (roster.organisation_id, _header_hash(read))
    row = db.session.get(RosterMapping, key)
    if row is None:
        db.session.add(RosterMapping(organisation_id=key[0], header_hash=key[1], columns=dict(choice.columns), changed_at=now))
    else:
        row.columns, row.changed_at = dict(choice.columns), now


def remembered_choice(organisation: Organisation, read: Reading) -> Choice | None:
    """The columns that somebody assigned before in a list of this organisation with the same header words, or None."""
    row = db.session.get(RosterMapping, (organisation.id, _header_hash(read)))
    if row is None:
        return None
    return Choice(sheet=read.sheet, encoding=None, header_row=read.header_row, columns=row.columns)


def _in_state(roster: RosterImport, *states: str) -> None:
    if roster.state not in states:
        raise DomainError("roster.not_open")


def _forget_check(roster: RosterImport) -> None:
    roster.document = roster.fault = roster.checked_at = None
    db.session.execute(sa.delete(RosterRow).where(RosterRow.roster_id == roster.id))


def request_check(roster: RosterImport, *, by: Actor | None, now: datetime) -> jobs.Job:
    """Have every row checked in the background. Raises DomainError roster.not_open, roster.name_column."""
    _in_state(roster, *OPEN)
    job = jobs.enqueue(CHECK, argument={"roster": roster.id}, actor_id=by.id if by else None, now=now,
                       key=f"roster:{roster.uuid}")
    roster.state, roster.job_id, roster.fault = "checking", job.id, None
    db.session.flush()
    return job


def decide_row(
    roster: RosterImport, row_number: int, *, same_as: UUID | None, by: Actor | None, now: datetime, take_back: bool = False,
) -> None:
    """Say who is meant by an unclear row: somebody here already, or somebody new (None). The last decision counts.

    `take_back`: nobody has decided. Raises DomainError roster.not_open, roster.row_unknown, roster.not_a_candidate (not
    one of those offered, not visible, or another name).
    """
    _in_state(roster, "checked")
    row = db.session.scalar(sa.select(RosterRow).where(RosterRow.roster_id == roster.id, RosterRow.number == row_number))
    if row is None or row.verdict != "unclear":
        raise DomainError("roster.row_unknown", row=row_number)
    person = _candidate(row, same_as, by) if same_as else None
    db.session.add(RosterDecision(
        roster_id=roster.id, row_number=row_number, same_as_id=person.id if person else None, is_open=take_back,
        by_id=by.id if by else None, at=now))
    db.session.flush()


def _candidate(row: RosterRow, uuid: UUID, by: Actor | None) -> Person:
    person = person_visible_to(by, uuid) if by else db.session.scalar(sa.select(Person).where(Person.uuid == uuid))
    offered = any(one["uuid"] == str(uuid) for one in row.candidates)
    if person is None or not offered or not same_name(person.full_name, row.values["full_name"]):
        raise DomainError("roster.not_a_candidate")
    return person


def correct_cell(
    roster: RosterImport, row_number: int, key: str, text: str, *, by: Actor | None, now: datetime,
) -> jobs.Job:
    """Type one cell anew on the page; the whole list is checked again, since rows are compared with one another.

    Raises DomainError roster.not_open, roster.row_unknown, roster.column_unknown, roster.too_many_corrections.
    """
    return correct_cells(roster, {(row_number, key): text}, by=by, now=now)


def correct_cells(
    roster: RosterImport, typed: Mapping[tuple[int, str], str], *, by: Actor | None, now: datetime,
) -> jobs.Job:
    """Type several cells anew, by (row number, column key); one check follows. Raises what `correct_cell` raises."""
    _in_state(roster, "checked")
    rows = {number for number, _ in typed}
    known = set(db.session.scalars(
        sa.select(RosterRow.number).where(RosterRow.roster_id == roster.id, RosterRow.number.in_(rows))))
    if rows - known:
        raise DomainError("roster.row_unknown", row=min(rows - known))
    corrections = {number: dict(cells) for number, cells in roster.corrections.items()}
    for (number, key), text in typed.items():
        if key not in CORRECTABLE:
            raise DomainError("roster.column_unknown")
        corrections.setdefault(str(number), {})[key] = clean(text)[:LONGEST_CELL]
    if len(corrections) > MOST_CORRECTIONS:
        raise DomainError("roster.too_many_corrections", most=MOST_CORRECTIONS)
    roster.corrections = corrections
    return request_check(roster, by=by, now=now)


CORRECTABLE = ("full_name", "birth_date", "phone", "email", "staff_code", "class", "position", "organisation", "note")


def request_commit(roster: RosterImport, *, skip_faulty: bool, by: Actor | None, now: datetime) -> jobs.Job:
    """Have the checked rows written in the background, all or nothing; with `skip_faulty` the rows without a fault.

    Raises DomainError roster.not_open, roster.faults_open (count), roster.undecided (count), roster.nothing_to_write.
    """
    _in_state(roster, "checked")
    document = roster.document or {}
    faulty = document["rows"] - document["new"] - document["matched"]
    if (document["errors"] and not skip_faulty) or not document["rows"]:
        raise DomainError("roster.faults_open", count=faulty)
    if not document["new"] + document["matched"]:
        raise DomainError("roster.nothing_to_write")
    undecided = undecided_rows(roster)
    if undecided:
        raise DomainError("roster.undecided", count=undecided)
    job = jobs.enqueue(COMMIT, argument={"roster": roster.id, "skip_faulty": skip_faulty},
                       actor_id=by.id if by else None, now=now, key=f"roster:{roster.uuid}")
    roster.state, roster.job_id, roster.fault = "committing", job.id, None
    db.session.flush()
    return job


def discard_import(roster: RosterImport, *, by: Actor | None, now: datetime) -> None:
    """Throw the list away before it is written: its file and its checked rows are deleted.

    Raises DomainError roster.not_open.
    """
    _in_state(roster, *OPEN)
    roster.state, roster.found, roster.corrections = "discarded", None, {}
    _forget_check(roster)
    forget_file(roster)
    db.session.execute(sa.delete(RosterDecision).where(RosterDecision.roster_id == roster.id))
    _note("roster.discarded", roster, by=by, now=now)
    db.session.flush()


def forget_file(roster: RosterImport) -> None:
    """Delete the bytes that were sent."""
    db.session.execute(sa.delete(RosterFile).where(RosterFile.roster_id == roster.id))


def purge_files(*, now: datetime) -> int:
    """Discard lists that nobody wrote within a week, delete what is left of their files; return how many files."""
    stale = list(db.session.scalars(
        sa.select(RosterImport).join(RosterFile, RosterFile.roster_id == RosterImport.id)
        .where(RosterFile.stored_at < now - KEPT_FOR, RosterImport.state.in_(OPEN))))
    for roster in stale:
        discard_import(roster, by=None, now=now)
    old = sa.select(RosterFile.roster_id).where(RosterFile.stored_at < now - KEPT_FOR)
    db.session.execute(sa.delete(RosterRow).where(RosterRow.roster_id.in_(old)))
    db.session.execute(sa.update(RosterImport).where(RosterImport.id.in_(old)).values(corrections={}, found=None)
                       .execution_options(synchronize_session=False))
    gone = db.session.execute(sa.delete(RosterFile).where(RosterFile.stored_at < now - KEPT_FOR))
    return len(stale) + int(gone.rowcount)  # type: ignore[attr-defined]


__all__ = ["begin_import", "begin_pasted", "change_choice", "choice_of", "correct_cell", "decide_row", "decisions_of",
           "discard_import", "purge_files", "request_check", "request_commit"]
