"""Results from elsewhere: a list becomes evidence about people who are here, and nothing else.

Taken in and read like a list of people (services.imports); checked and written by jobs of its own. Nobody is created:
lines that mean nobody here are listed and left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.assessment.models import EvidenceSource
from lms.assessment.queries.external_evidence import fingerprints_here
from lms.assessment.services.external_evidence import EvidenceLine, record_external_evidence, withdraw_import
from lms.core import audit, clock, jobs
from lms.core.bulk import among
from lms.core.db import db, reading
from lms.core.errors import DomainError
from lms.core.spreadsheets import SheetToWrite, write_workbook
from lms.core.vietnamese import clean
from lms.people.models import Actor, Organisation
from lms.people.queries.actors import actor_of_person
from lms.people.queries.organisations import organisation_ids_above
from lms.people.rules.roles import ADD_PEOPLE
from lms.rosters.models import RosterImport, RosterRow
from lms.rosters.queries.imports import can_be_undone, decisions_of
from lms.rosters.queries.results import members_below, names_of, rows_to_take, still_members
from lms.rosters.reading import Reading
from lms.rosters.rules.lines import Line, as_document, document_of, show_texts, tell_lines, values_of
from lms.rosters.rules.matching import match_row
from lms.rosters.rules.records import Match
from lms.rosters.rules.results import LONGEST_COURSE, Members, ResultRow, check_results
from lms.rosters.services.imports import KEPT_FOR, OPEN, begin_import, begin_pasted, forget_file, read_again
from lms.rosters.services.keeping import keep_lines
from lms.web.phrases.external_evidence import REASON, RESULT_COLUMNS, result_sentence

CHECK, COMMIT = "results.check", "results.commit"
UNDONE = "Hoàn tác lần nhận danh sách."


def begin_results(
    *, source: EvidenceSource, organisation: Organisation, by: Actor | None, now: datetime, content: bytes | None = None,
    filename: str = "", text: str = "", course: str = "", operator: str | None = None,
) -> RosterImport:
    """Take in a list of this source: a file's `content`, or pasted `text`. `course` is that of rows that name none.

    Raises DomainError source.ended, and what `begin_import` raises.
    """
    if source.ended_at is not None:
        raise DomainError("source.ended", name=source.name)
    if content is None:
        roster = begin_pasted(text=text, organisation=organisation, by=by, now=now, operator=operator, kind="results")
    else:
        roster = begin_import(content=content, filename=filename, organisation=organisation, by=by, now=now,
                              operator=operator, kind="results")
    roster.extra = {"source": str(source.uuid), "course": clean(course)[:LONGEST_COURSE]}
    db.session.flush()
    return roster


def source_of(roster: RosterImport) -> EvidenceSource:
    """The source a list of results came from."""
    return db.session.scalars(sa.select(EvidenceSource).where(EvidenceSource.uuid == UUID(roster.extra["source"]))).one()


def request_results_check(roster: RosterImport, *, by: Actor | None, now: datetime) -> jobs.Job:
    """Have every line checked in the background. Raises DomainError roster.not_open."""
    if roster.state not in OPEN:
        raise DomainError("roster.not_open")
    return _ask(CHECK, "checking", roster, {}, by=by, now=now)


def request_results_commit(roster: RosterImport, *, skip_faulty: bool, by: Actor | None, now: datetime) -> jobs.Job:
    """Have the checked lines written as evidence in the background, all or nothing. Lines that mean nobody here, or of
    which nobody has said whom they mean, are left out.

    Raises DomainError roster.not_open, roster.faults_open (count), roster.nothing_to_write.
    """
    if roster.state != "checked":
        raise DomainError("roster.not_open")
    document = roster.document or {}
    if document["errors"] and not skip_faulty:
        raise DomainError("roster.faults_open", count=document["rows"] - document["new"] - document["matched"])
    if not rows_to_take(roster):
        raise DomainError("roster.nothing_to_write")
    return _ask(COMMIT, "committing", roster, {}, by=by, now=now)


def _ask(kind: str, state: str, roster: RosterImport, argument: dict[str, Any], *, by: Actor | None, now: datetime) -> jobs.Job:
    job = jobs.enqueue(kind, argument={"roster": roster.id, **argument}, actor_id=by.id if by else None, now=now,
                       key=f"roster:{roster.uuid}")
    roster.state, roster.job_id, roster.fault = state, job.id, None
    db.session.flush()
    return job


def check(job: jobs.Job, step: jobs.Step) -> dict[str, Any]:
    """The job of `request_results_check`: read and match without a lock, then keep the lines as checked.

    Raises DomainError roster.not_yours (the sender has gone), roster.not_open, and what reading raises.
    """
    roster_id, actor_id = job.argument["roster"], job.actor_id
    with reading():
        roster = db.session.get_one(RosterImport, roster_id)
        _still_here(actor_id, roster.organisation_id)
        read = read_again(roster)
        step(0, len(read.rows))
        lines, document = check_list_of_results(read, target_of(roster), now=clock.now())
        step(len(read.rows), len(read.rows))
    roster = db.session.get_one(RosterImport, roster_id)
    if roster.state != "checking":
        raise DomainError("roster.not_open")
    keep_lines(roster, lines, document, now=clock.now())
    return {name: document[name] for name in ("rows", "new", "matched", "unchanged")}


@dataclass(frozen=True)
class ResultsTarget:
    """What a list of results is checked against: the people of this organisation, the lines of this source."""

    organisation_id: int
    source_id: int
    course: str = ""


def target_of(roster: RosterImport) -> ResultsTarget:
    """Against what this list is checked."""
    return ResultsTarget(roster.organisation_id, source_of(roster).id, roster.extra["course"])


def _still_here(actor_id: int | None, organisation_id: int) -> Actor | None:
    """The sender, with the rights of this moment. Raises roster.not_yours when they have gone, or lost the role."""
    by = actor_of_person(actor_id, now=clock.now()) if actor_id else None
    if actor_id:
        _may(by, organisation_id)
    return by


def _may(by: Actor | None, organisation_id: int) -> None:
    if by is None or not organisation_ids_above(organisation_id) & set(by.organisations(*ADD_PEOPLE)):
        raise DomainError("roster.not_yours")


def check_list_of_results(read: Reading, target: ResultsTarget, *, now: datetime) -> tuple[list[Line], dict[str, Any]]:
    """Check and match every line; reads only. In the document `new` are the lines that mean nobody here: they are left
    out, with a warning each."""
    checked = check_results(read, today=clock.local_date(now), course=target.course)
    members = members_below(target.organisation_id)
    index, uuids = Members(members), {one.person_id: one for one in members}
    found = {row.number: match_row(row.person, index.near(row.person)) for row in checked.rows}
    here = fingerprints_here(target.source_id, {match.person_id for match in found.values() if match.person_id} & uuids.keys())
    known = names_of({one for match in found.values() for one in (*match.others, match.person_id) if one})
    errors, warnings = [as_document(one) for one in checked.errors], [as_document(one) for one in checked.warnings]
    lines = [Line(row.number, "new", values_of_result(row)) for row in checked.rows]
    for line in lines:
        _settle(line, found[line.number], known, here)
        if line.verdict in ("new", "unclear"):
            code = "person.unmatched" if line.verdict == "new" else "person.similar"
            warnings.append(_warning(read, line.number, code))
    lines += [Line(row.number, "faulty", {"full_name": row.text("full_name")}) for row in read.rows if row.number in checked.faulty]
    show_texts(lines, read)
    tell_lines(lines, errors, warnings)
    return (sorted(lines, key=lambda one: one.number),
            document_of(read, lines, errors, warnings, rows=checked.counted))


def _settle(line: Line, match: Match, known: Mapping[int, Any], here: set[tuple[int, str]]) -> None:
    """Whom the line means. The same line twice, here already or above in the file, is unchanged."""
    line.evidence = list(match.evidence)
    if match.kind == "same" and match.person_id:
        line.verdict, line.person_id = "matched", match.person_id
        mark = (match.person_id, evidence_line(line.values, match.person_id).fingerprint)
        line.is_unchanged = mark in here
        here.add(mark)
    elif match.kind == "unclear":
        line.verdict = "unclear"
        others = match.others or ((match.person_id,) if match.person_id else ())
        line.candidates = [{"uuid": str(known[one].uuid), "evidence": list(match.evidence)} for one in others]


def values_of_result(row: ResultRow) -> dict[str, Any]:
    """The normal forms of a line, as they are kept and written."""
    learned = {"course": row.course_title, "completed_on": row.completed_on.isoformat() if row.completed_on else None,
               "number": row.certificate, "result": row.result}
    return {**values_of(row.person), **{key: value for key, value in learned.items() if value}}


def evidence_line(values: Mapping[str, Any], person_id: int) -> EvidenceLine:
    """What a checked line says about this person."""
    day = values.get("completed_on")
    return EvidenceLine(person_id, values["course"], date.fromisoformat(day) if day else None, values.get("number"),
                        values.get("result"))


def _warning(read: Reading, number: int, code: str) -> dict[str, Any]:
    letter = read.letters.get("full_name", "").partition("+")[0]
    return {"row": number, "cell": f"{letter}{number}" if letter else "", "column": read.columns.get("full_name", ""),
            "code": code, "params": {}, "key": "full_name"}


def commit(job: jobs.Job, step: jobs.Step) -> dict[str, Any]:
    """The job of `request_results_commit`: what was shown is written, or nothing.

    Raises DomainError results.people_gone (count): somebody matched is no member any more; source.ended, roster.not_open,
    roster.not_yours.
    """
    roster, now = db.session.get_one(RosterImport, job.argument["roster"], with_for_update=True), clock.now()
    by = _still_here(job.actor_id, roster.organisation_id)
    if roster.state != "committing":
        raise DomainError("roster.not_open")
    return write_results(roster, by=by, now=now, step=step)


def write_results(roster: RosterImport, *, by: Actor | None, now: datetime, step: jobs.Step | None = None) -> dict[str, Any]:
    """Make evidence of the lines that were kept; what was done, counted after it. Raises what `commit` raises."""
    step = step or jobs.Step()
    taken = rows_to_take(roster)
    gone = {person_id for _, person_id in taken} - still_members(roster.organisation_id, {person_id for _, person_id in taken})
    if gone:
        raise DomainError("results.people_gone", count=len(gone))
    step(0, len(taken))
    organisation = db.session.get_one(Organisation, roster.organisation_id)
    added = record_external_evidence(
        [evidence_line(row.values, person_id) for row, person_id in taken], source=source_of(roster), organisation=organisation,
        import_uuid=roster.uuid, by=by, operator=None if by else roster.operator, now=now)
    document = roster.document or {}
    roster.counts = {"added": added, "unchanged": document["unchanged"] + len(taken) - added,
                     "left_out": document["rows"] - document["unchanged"] - len(taken)}
    roster.state, roster.committed_at, roster.document = "done", now, {**document, "committed": True}
    _forget_preview(roster, {row.number for row, _ in taken})
    audit.record("results.imported", now=now, actor_id=by.id if by else None, operator=roster.operator,
                 subject=f"roster:{roster.uuid}", organisation_id=roster.organisation_id, source=source_of(roster).key,
                 **roster.counts)
    step(len(taken), len(taken))
    return dict(roster.counts)


def left_out_file(roster: RosterImport) -> bytes | None:
    """The lines that became no evidence, each with its reason, as xlsx; None when there are none."""
    decided = decisions_of(roster)
    rows = [row for row in db.session.scalars(
        sa.select(RosterRow).where(RosterRow.roster_id == roster.id, RosterRow.verdict.in_(("faulty", "new", "unclear")))
        .order_by(RosterRow.number)) if not (row.number in decided and decided[row.number].same_as_id)]
    if not rows:
        return None
    keys = [key for key in RESULT_COLUMNS if any(key in row.cells for row in rows)]
    heading = [*(str(RESULT_COLUMNS[key]) for key in keys), str(REASON)]
    table = [[*(row.cells.get(key, "") for key in keys),
              " ".join(result_sentence(one) for one in (*row.faults, *row.warnings))] for row in rows]
    return write_workbook([SheetToWrite("De lai", heading, table)])


def _forget_preview(roster: RosterImport, taken: set[int]) -> None:
    """Delete the file and every line that was used; those that were left out stay for a week, to be given back."""
    roster.found, roster.corrections = None, {}
    forget_file(roster)
    used = [row.id for row in db.session.scalars(sa.select(RosterRow).where(RosterRow.roster_id == roster.id))
            if row.verdict == "matched" or row.number in taken]
    db.session.execute(sa.delete(RosterRow).where(among(RosterRow.id, used)).execution_options(synchronize_session=False))


def purge_left_out(*, now: datetime) -> int:
    """Delete the lines that were left out of lists written more than a week ago; return how many."""
    old = sa.select(RosterImport.id).where(RosterImport.kind == "results", RosterImport.committed_at < now - KEPT_FOR)
    gone = db.session.execute(sa.delete(RosterRow).where(RosterRow.roster_id.in_(old)).execution_options(synchronize_session=False))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def job_failed(job: jobs.Job, refusal: DomainError) -> None:
    """What becomes of the list when its job could not be done: not checked, or checked and not written."""
    roster = db.session.get(RosterImport, job.argument["roster"])
    after = {"checking": "failed", "committing": "checked"}
    if roster and roster.state in after:
        roster.state, roster.fault = after[roster.state], {"code": refusal.code, "params": refusal.params}


def undo_results(roster: RosterImport, *, by: Actor | None, operator: str | None = None, now: datetime) -> int:
    """Withdraw everything that this list put forward; return how many lines. They stay on record as withdrawn.

    Raises DomainError roster.not_yours, roster.not_done, roster.undo_too_late.
    """
    if by:
        _may(by, roster.organisation_id)
    if roster.state != "done":
        raise DomainError("roster.not_done")
    if not can_be_undone(roster, now=now):
        raise DomainError("roster.undo_too_late")
    count = withdraw_import(roster.uuid, reason=UNDONE, by=by, operator=operator, now=now)
    roster.state, roster.undone_at = "undone", now
    audit.record("results.undone", now=now, actor_id=by.id if by else None, operator=operator or roster.operator,
                 subject=f"roster:{roster.uuid}", organisation_id=roster.organisation_id, withdrawn=count)
    db.session.flush()
    return count
