"""Imports as an actor sees them: their list, one of them, its rows, what hinders it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.core.jobs import Job, JobState, job_state
from lms.people.models import Actor, Membership, Organisation, OrganisationPeriod, Person
from lms.people.queries.organisations import organisation_ids_under
from lms.people.queries.persons import people_visible_to
from lms.people.rules.roles import ADD_PEOPLE
from lms.rosters.models import RosterChange, RosterDecision, RosterImport, RosterRow
from lms.rosters.rules.names import same_name

PAGE = 50
UNDO_WITHIN = timedelta(days=30)
SHOWS = ("all", "faults", "unclear", "new", "matched", "warnings")


def import_for(actor: Actor, uuid: UUID, *, kind: str = "people") -> RosterImport | None:
    """The import of this uuid when it is for an organisation to which the actor may add people, else None."""
    found: RosterImport | None = db.session.scalar(
        sa.select(RosterImport).where(
            RosterImport.uuid == uuid, RosterImport.kind == kind,
            RosterImport.organisation_id.in_(organisation_ids_under(actor, *ADD_PEOPLE))))
    return found


def import_by_uuid(uuid: UUID) -> RosterImport | None:
    """The import of this uuid, for the command line."""
    found: RosterImport | None = db.session.scalar(sa.select(RosterImport).where(RosterImport.uuid == uuid))
    return found


@dataclass(frozen=True)
class ListedImport:
    """One line of the list of imports. `counts` is None before the commit."""

    uuid: UUID
    file_name: str
    organisation: str
    state: str
    begun_at: datetime
    committed_at: datetime | None
    by: str | None
    counts: dict[str, Any] | None
    rows: int
    faulty: int
    can_be_undone: bool


def imports_for(
    actor: Actor, *, kind: str = "people", most: int = 20, page: int = 1, now: datetime,
) -> list[ListedImport]:
    """The imports for the actor's organisations, the newest first, without the discarded ones."""
    rows = db.session.execute(
        sa.select(RosterImport, OrganisationPeriod.name.label("organisation"), Person.full_name.label("by"))
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == RosterImport.organisation_id)
        .outerjoin(Person, Person.id == RosterImport.by_id)
        .where(OrganisationPeriod.valid_to.is_(None), RosterImport.kind == kind, RosterImport.state != "discarded",
               RosterImport.organisation_id.in_(organisation_ids_under(actor, *ADD_PEOPLE)))
        .order_by(RosterImport.begun_at.desc(), RosterImport.id.desc()).limit(most).offset((page - 1) * most))
    return [ListedImport(
        roster.uuid, roster.file_name, organisation, roster.state, roster.begun_at, roster.committed_at, by, roster.counts,
        (roster.document or {}).get("rows", 0), faulty_rows_in(roster.document), can_be_undone(roster, now=now))
        for roster, organisation, by in rows]


def count_imports(actor: Actor, *, kind: str = "people") -> int:
    """How many imports `imports_for` lists in all."""
    return db.session.scalar(
        sa.select(sa.func.count()).select_from(RosterImport)
        .where(RosterImport.kind == kind, RosterImport.state != "discarded",
               RosterImport.organisation_id.in_(organisation_ids_under(actor, *ADD_PEOPLE)))) or 0


def faulty_rows_in(document: dict[str, Any] | None) -> int:
    """How many rows of a checked list have a fault."""
    return (document["rows"] - document["new"] - document["matched"]) if document else 0


def can_be_undone(roster: RosterImport, *, now: datetime) -> bool:
    """Whether the time for undoing this import has not passed."""
    return roster.state == "done" and roster.committed_at is not None and now - roster.committed_at <= UNDO_WITHIN


def job_of(roster: RosterImport, *, now: datetime) -> JobState | None:
    """How far the job that checks or writes this list is."""
    uuid = db.session.scalar(sa.select(Job.uuid).where(Job.id == roster.job_id)) if roster.job_id else None
    return job_state(uuid, now=now) if uuid else None


@dataclass(frozen=True)
class Candidate:
    """Somebody here already who may be meant by an unclear row. `name_agrees`: only then "the same" may be chosen."""

    uuid: UUID
    full_name: str
    birth_year: int | None
    phone: str | None
    personal_code: str
    organisations: str
    evidence: tuple[str, ...]
    name_agrees: bool = True


@dataclass(frozen=True)
class ShownRow:
    """One row for the page. `faults` and `warnings`: {cell, column, code, params}; `decision`: "same", "new" or None."""

    number: int
    verdict: str
    is_unchanged: bool
    values: dict[str, Any]
    cells: dict[str, Any]
    faults: Sequence[dict[str, Any]]
    warnings: Sequence[dict[str, Any]]
    evidence: tuple[str, ...] = ()
    matched: Candidate | None = None
    candidates: tuple[Candidate, ...] = ()
    decision: str | None = None
    decided_uuid: UUID | None = None


@dataclass(frozen=True)
class RowsPage:
    """One page of rows, the page shown, how many pages and rows there are, and how many rows each `show` has."""

    rows: list[ShownRow]
    page: int
    pages: int
    total: int
    counts: dict[str, int] = field(default_factory=dict)


def rows_of(actor: Actor, roster: RosterImport, *, show: str = "all", page: int = 1) -> RowsPage:
    """The checked rows of a list, fifty a page, in the order of the sheet; a constant number of statements.

    Of people here already only those are named whom the actor may see. `show` is one of SHOWS (others mean all).
    """
    counts = row_counts(roster)
    wanted = sa.select(RosterRow).where(RosterRow.roster_id == roster.id, *_of(show))
    total = counts.get(show, counts["all"])
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = list(db.session.scalars(wanted.order_by(RosterRow.number).limit(PAGE).offset((page - 1) * PAGE)))
    decided = decisions_of(roster, [row.number for row in rows])
    known = _people_named(actor, rows)
    return RowsPage([_shown(row, decided.get(row.number), known) for row in rows], page, pages, total, counts)


def _of(show: str) -> list[sa.ColumnElement[bool]]:
    if show == "warnings":
        return [RosterRow.has_warnings.is_(True)]
    verdict = {"faults": "faulty", "unclear": "unclear", "new": "new", "matched": "matched"}.get(show)
    return [RosterRow.verdict == verdict] if verdict else []


def row_counts(roster: RosterImport) -> dict[str, int]:
    """How many rows each filter of the page shows."""
    found = db.session.execute(
        sa.select(RosterRow.verdict, RosterRow.has_warnings, sa.func.count()).where(RosterRow.roster_id == roster.id)
        .group_by(RosterRow.verdict, RosterRow.has_warnings)).all()
    by = {verdict: sum(n for v, _, n in found if v == verdict) for verdict in ("faulty", "unclear", "new", "matched")}
    return {"all": sum(by.values()), "faults": by["faulty"], "unclear": by["unclear"], "new": by["new"],
            "matched": by["matched"], "warnings": sum(n for _, has, n in found if has)}


def decisions_of(roster: RosterImport, numbers: Sequence[int] | None = None) -> dict[int, RosterDecision]:
    """The decision that counts, by row number; those taken back are left out."""
    wanted = sa.select(RosterDecision).where(RosterDecision.roster_id == roster.id)
    if numbers is not None:
        wanted = wanted.where(RosterDecision.row_number.in_(numbers))
    last = {one.row_number: one for one in db.session.scalars(wanted.order_by(RosterDecision.id))}
    return {number: one for number, one in last.items() if not one.is_open}


def undecided_rows(roster: RosterImport) -> int:
    """How many unclear rows nobody has decided about."""
    numbers = db.session.scalars(
        sa.select(RosterRow.number).where(RosterRow.roster_id == roster.id, RosterRow.verdict == "unclear")).all()
    return len(set(numbers) - decisions_of(roster).keys())


def _people_named(actor: Actor, rows: list[RosterRow]) -> dict[str, Any]:
    """Whom these rows name and the actor may see, by uuid and by id, with where they belong, in one statement."""
    ids = {row.person_id for row in rows if row.person_id}
    uuids = {UUID(one["uuid"]) for row in rows for one in row.candidates}
    found = db.session.execute(
        people_visible_to(actor).where(sa.or_(Person.id.in_(ids), Person.uuid.in_(uuids)))
        .with_only_columns(Person.id, Person.uuid, Person.full_name, Person.birth_year, Person.phone, Person.personal_code))
    known: dict[str, Any] = {}
    for one in found:
        known[str(one.uuid)] = known[f"#{one.id}"] = one
    return known


def _shown(row: RosterRow, decision: RosterDecision | None, known: dict[str, Any]) -> ShownRow:
    decided = known.get(f"#{decision.same_as_id}") if decision else None
    return ShownRow(
        number=row.number, verdict=row.verdict, is_unchanged=row.is_unchanged, values=row.values, cells=row.cells,
        faults=row.faults, warnings=row.warnings, evidence=tuple(row.evidence),
        matched=_candidate(known.get(f"#{row.person_id}"), row.evidence, row),
        candidates=tuple(one for one in (_candidate(known.get(c["uuid"]), c["evidence"], row) for c in row.candidates) if one),
        decision=None if decision is None else "same" if decision.same_as_id else "new",
        decided_uuid=decided.uuid if decided else None)


def _candidate(person: Any, evidence: Sequence[str], row: RosterRow) -> Candidate | None:
    if person is None:
        return None
    return Candidate(person.uuid, person.full_name, person.birth_year, person.phone, person.personal_code, "",
                     tuple(evidence), name_agrees=same_name(person.full_name, row.values.get("full_name", "")))


def people_of_import(actor: Actor, roster: RosterImport) -> sa.Select[Any]:
    """Ids of the people whom this import brought or matched and whom the actor may see: for slips and enrolment."""
    here = sa.select(RosterChange.person_id).where(RosterChange.roster_id == roster.id, RosterChange.undone_at.is_(None))
    return people_visible_to(actor).where(Person.id.in_(here)).with_only_columns(Person.id)


def waiting_for_yes(roster: RosterImport) -> list[str]:
    """Names, as the list has them, of people who had an account already and have not yet said that they belong there.

    The sender is shown nothing else of them. Whoever said no is left out.
    """
    rows = db.session.scalars(
        sa.select(RosterChange.after).join(Membership, Membership.id == RosterChange.membership_id)
        .where(RosterChange.roster_id == roster.id, RosterChange.kind == "membership_begun",
               RosterChange.undone_at.is_(None), Membership.left_on.is_(None), Membership.is_claimed.is_(False))
        .order_by(RosterChange.row_number))
    return [after["listed"]["full_name"] for after in rows if after and "listed" in after]


def organisation_of(roster: RosterImport) -> Organisation:
    """The organisation the list is for."""
    return db.session.get_one(Organisation, roster.organisation_id)
