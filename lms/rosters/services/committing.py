"""The commit: the rows that were shown, written in one transaction, with what undoing them needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.core import audit, clock, jobs
from lms.core.bulk import insert_rows
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Membership, Person
from lms.people.services.many import (
    NewMembership,
    NewPerson,
    insert_cohort_members,
    insert_memberships,
    insert_people,
    lock_lists,
)
from lms.rosters.models import RosterChange, RosterDecision, RosterImport, RosterRow
from lms.rosters.queries.imports import decisions_of
from lms.rosters.queries.known import KnownPeople, kind_of, known_people
from lms.rosters.rules.finding import Finder, revived
from lms.rosters.rules.lines import Line, audience_of, checked_row_of
from lms.rosters.rules.people import MEMBERSHIP_FIELDS, Known, Plan, plan_for
from lms.rosters.services.checking import Target, target_of
from lms.rosters.services.classes import settle_class
from lms.rosters.services.imports import forget_file

CHANGE_COLUMNS = ("roster_id", "row_number", "kind", "person_id", "membership_id", "before", "after")
LISTED = ("full_name", "birth_year", "birth_date", "phone", "email")


@dataclass
class Batch:
    """What a commit writes, collected row by row and then written table by table."""

    roster: RosterImport
    target: Target
    today: date
    kind: str                                    # of the organisation
    people: list[tuple[Line, NewPerson]] = field(default_factory=list)
    memberships: list[tuple[Line, NewMembership, dict[str, Any]]] = field(default_factory=list)
    joining: list[tuple[Line, int]] = field(default_factory=list)
    changes: list[tuple[Any, ...]] = field(default_factory=list)

    def note(self, line: Line, kind: str, person_id: int, membership_id: int | None = None, *,
             before: dict[str, Any] | None = None, after: dict[str, Any] | None = None) -> None:
        """Remember what was done, for the undoing."""
        self.changes.append((self.roster.id, line.number, kind, person_id, membership_id, before, after))

    def membership(self, line: Line, person_id: int, organisation_id: int, *, is_claimed: bool = True) -> NewMembership:
        """A membership with what the row says of it."""
        said = {column: line.values.get(key) for key, column in MEMBERSHIP_FIELDS.items()}
        return NewMembership(person_id, organisation_id, is_claimed=is_claimed, **said)

    def where(self, line: Line) -> int:
        """The organisation that the row is about."""
        return int(line.values.get("organisation_id") or self.target.organisation_id)


def write_lines(
    lines: Iterable[Line], roster: RosterImport, target: Target, known: KnownPeople, *, now: datetime,
    decided: Mapping[int, RosterDecision] | None = None,
) -> None:
    """Write these rows (none of them faulty). The caller holds `lock_lists`. Unclear rows that nobody decided are new."""
    batch = Batch(roster, target, clock.local_date(now), kind_of(target.organisation_id))
    ended = list(known.ended)
    for line in lines:
        person = _person_of(line, known, decided or {})
        if person is not None:
            _write_known(batch, line, person, is_attached=line.attached_id is not None)
        elif back := revived(line.values, ended):
            ended.remove(back)
            _revive(batch, line, back)
        else:
            batch.people.append((line, _new_person(batch, line)))
    _write(batch, now=now)


def _person_of(line: Line, known: KnownPeople, decided: Mapping[int, RosterDecision]) -> Known | None:
    if line.verdict == "unclear":
        decision = decided.get(line.number)
        if decision is None or decision.same_as_id is None:
            return None
        if decision.same_as_id not in known.by_id:
            raise DomainError("roster.changed", count=1)
        return known.by_id[decision.same_as_id]
    found = line.person_id or line.attached_id
    return known.by_id[found] if found else None


def _new_person(batch: Batch, line: Line) -> NewPerson:
    born = line.values.get("birth_date")
    return NewPerson(
        full_name=line.values["full_name"], folded_name=line.values["folded_name"],
        audience=audience_of(batch.kind, line.values, today=batch.today), birth_year=line.values.get("birth_year"),
        birth_date=date.fromisoformat(born) if born else None, phone=line.values.get("phone"), email=line.values.get("email"))


def _write_known(batch: Batch, line: Line, person: Known, *, is_attached: bool) -> None:
    plan = plan_for(line.values, person, organisation_id=batch.target.organisation_id,
                    has_cohort=batch.target.cohort_id is not None)
    if not is_attached:
        batch.note(line, "person_matched", person.id)
    if plan.person:
        _change_person(batch, line, person, plan)
    if plan.begin_at:
        listed = {} if plan.is_claimed else {"listed": {key: line.values.get(key) for key in LISTED}}
        batch.memberships.append((
            line, batch.membership(line, person.id, plan.begin_at, is_claimed=plan.is_claimed), listed))
    elif plan.changes and plan.membership:
        before = {column: getattr(plan.membership, column) for column in plan.changes}
        db.session.execute(_update(Membership, plan.membership.id, plan.changes))
        batch.note(line, "membership_changed", person.id, plan.membership.id, before=before, after=plan.changes)
    if plan.joins_cohort:
        batch.joining.append((line, person.id))


def _change_person(batch: Batch, line: Line, person: Known, plan: Plan) -> None:
    before = {key: _plain(getattr(person, key)) for key in plan.person}
    values = {key: date.fromisoformat(value) if key == "birth_date" and value else value for key, value in plan.person.items()}
    db.session.execute(_update(Person, person.id, values))
    batch.note(line, "person_changed", person.id, before=before, after=plan.person)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _update(model: Any, row_id: int, values: Mapping[str, Any]) -> sa.Update:
    return sa.update(model).where(model.id == row_id).values(**values).execution_options(synchronize_session=False)


def _revive(batch: Batch, line: Line, person: Known) -> None:
    new = _new_person(batch, line)
    db.session.execute(_update(Person, person.id, {
        "ended_at": None, "full_name": new.full_name, "birth_year": new.birth_year, "birth_date": new.birth_date,
        "phone": new.phone, "email": new.email}))
    batch.note(line, "person_revived", person.id)
    batch.memberships.append((line, batch.membership(line, person.id, batch.where(line)), {}))
    if batch.target.cohort_id:
        batch.joining.append((line, person.id))


def _write(batch: Batch, *, now: datetime) -> None:
    """Everything that was collected, table by table."""
    made = insert_people([new for _, new in batch.people], now=now)
    for (line, _), (person_id, _) in zip(batch.people, made, strict=True):
        batch.memberships.append((line, batch.membership(line, person_id, batch.where(line)), {"created": True}))
        if batch.target.cohort_id:
            batch.joining.append((line, person_id))
    ids = insert_memberships([new for _, new, _ in batch.memberships], on=batch.today)
    for (line, new, after), membership_id in zip(batch.memberships, ids, strict=True):
        if after.get("created"):
            batch.note(line, "person_created", new.person_id, membership_id)
        else:
            batch.note(line, "membership_begun", new.person_id, membership_id, after=after or None)
    if batch.target.cohort_id:
        insert_cohort_members(batch.target.cohort_id, [person_id for _, person_id in batch.joining], on=batch.today)
        for line, person_id in batch.joining:
            batch.note(line, "cohort_joined", person_id, after={"cohort": batch.target.cohort_id})
    insert_rows(RosterChange, CHANGE_COLUMNS, batch.changes)


def counts_of(roster: RosterImport, *, faulty: int) -> dict[str, int]:
    """What the commit did, counted in the database after it. Somebody who was attached unseen counts as new."""
    rows = db.session.execute(
        sa.select(RosterChange.kind, sa.func.count()).where(RosterChange.roster_id == roster.id)
        .group_by(RosterChange.kind)).all()
    by_kind = {row[0]: row[1] for row in rows}
    people = db.session.scalar(
        sa.select(sa.func.count(sa.distinct(RosterChange.person_id))).join(Membership, sa.and_(
            Membership.person_id == RosterChange.person_id, Membership.left_on.is_(None)))
        .where(RosterChange.roster_id == roster.id)) or 0
    matched = by_kind.get("person_matched", 0)
    changed = db.session.scalar(
        sa.select(sa.func.count(sa.distinct(RosterChange.row_number))).where(
            RosterChange.roster_id == roster.id, RosterChange.kind.in_(
                ("person_changed", "membership_changed", "membership_begun", "cohort_joined")),
            RosterChange.person_id.in_(sa.select(RosterChange.person_id).where(
                RosterChange.roster_id == roster.id, RosterChange.kind == "person_matched")))) or 0
    return {"people": people, "new": people - matched, "matched": matched, "unchanged": matched - changed, "faulty": faulty}


def finish(roster: RosterImport, *, actor_id: int | None, operator: str | None, now: datetime, faulty: int) -> dict[str, int]:
    """The list is written: its state, its counts, one line in the audit log."""
    counts = counts_of(roster, faulty=faulty)
    roster.state, roster.committed_at, roster.counts = "done", now, counts
    roster.document = {**(roster.document or {}), "committed": True, "errors": [], "warnings": []}
    audit.record("roster.committed", now=now, actor_id=actor_id, operator=operator, subject=f"roster:{roster.uuid}",
                 organisation_id=roster.organisation_id, **counts)
    return counts


def commit(job: jobs.Job, step: jobs.Step) -> dict[str, Any]:
    """The job "roster.commit". Refused with roster.changed when rows would no longer mean whom the page showed."""
    roster = db.session.get_one(RosterImport, job.argument["roster"])
    if roster.state != "committing":
        raise DomainError("roster.not_open")
    now, actor_id, operator = clock.now(), job.actor_id, roster.operator
    lock_lists()
    target = target_of(roster, actor_id, now=now)
    settle_class(roster, by=target.by, now=now)
    target = Target(target.organisation_id, target.by, roster.cohort_id)
    lines = [_line(row) for row in db.session.scalars(
        sa.select(RosterRow).where(RosterRow.roster_id == roster.id).order_by(RosterRow.number))]
    good = [line for line in lines if line.verdict != "faulty"]
    step(0, len(good))
    known = known_people((line.values for line in good), organisation_id=target.organisation_id, by=target.by,
                         cohort_id=target.cohort_id)
    _settle_again(good, known)
    step(len(good) // 2, len(good))
    write_lines(good, roster, target, known, now=now, decided=decisions_of(roster))
    counts = finish(roster, actor_id=actor_id, operator=operator, now=now, faulty=len(lines) - len(good))
    forget_preview(roster)
    step(len(good), len(good))
    return counts


def _line(row: RosterRow) -> Line:
    return Line(number=row.number, verdict=row.verdict, values=row.values, candidates=row.candidates, person_id=row.person_id)


def _settle_again(lines: list[Line], known: KnownPeople) -> None:
    """Match anew: the people shown must be the same. Raises roster.changed (count)."""
    finder, changed = Finder(known.by_id), 0
    for line in lines:
        found = finder.find(checked_row_of(line), line.values)
        offered = {str(known.by_id[one].uuid) for one in found.offered}
        verdict = {"same": "matched", "unclear": "unclear", "new": "new"}[found.match.kind]
        is_other = verdict != line.verdict or (verdict == "matched" and found.match.person_id != line.person_id)
        changed += is_other or (verdict == "unclear" and offered != {one["uuid"] for one in line.candidates})
        line.attached_id = found.attached.id if found.attached else None
        email = line.values.get("email")
        if email and known.emails.get(email) not in (None, line.person_id, line.attached_id):
            changed += 1
    if changed:
        raise DomainError("roster.changed", count=changed)


def forget_preview(roster: RosterImport) -> None:
    """Delete the file and the rows as checked; while rows with faults are to be given back, the file stays for a week."""
    roster.found = None
    if not (roster.counts or {}).get("faulty"):
        roster.corrections = {}
        forget_file(roster)
    db.session.execute(sa.delete(RosterRow).where(RosterRow.roster_id == roster.id, RosterRow.verdict != "faulty"))


def commit_failed(job: jobs.Job, refusal: DomainError) -> None:
    """The list goes back to where its sender checks it; nothing was written."""
    roster = db.session.get(RosterImport, job.argument["roster"])
    if roster and roster.state == "committing":
        roster.state, roster.fault = "checked", job.fault
