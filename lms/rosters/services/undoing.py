"""Undoing an import within thirty days: what its commit did is taken back, people are ended and never erased."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.core import audit, clock
from lms.core.bulk import among
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import ActivationCode, Actor, CohortMember, Membership, Person
from lms.people.services.many import lock_lists
from lms.rosters.models import RosterChange, RosterImport
from lms.rosters.queries.imports import can_be_undone
from lms.rosters.queries.worked import people_who_worked
from lms.rosters.services.imports import may_send

MOST_NAMED = 20
UNDONE = "roster.undone"
BROUGHT = ("person_created", "person_revived")


def undo_import(
    roster: RosterImport, *, by: Actor | None, now: datetime, operator: str | None = None, spare: bool = False,
) -> dict[str, int]:
    """Take back what the import did: {"undone": people, "kept": people who have worked since}.

    Nothing is undone while somebody whom the list brought has worked since; `spare` undoes it for all the others.
    Raises DomainError roster.not_yours, roster.not_done, roster.undo_too_late, roster.people_worked (count, names),
    roster.listed_since (count: people whom a later list names too; that one is undone first).
    """
    may_send(roster.organisation_id, by)
    if roster.state != "done":
        raise DomainError("roster.not_done")
    if not can_be_undone(roster, now=now):
        raise DomainError("roster.undo_too_late")
    lock_lists()
    worked, later = who_worked(roster), listed_since(roster)
    if worked and not spare:
        names = db.session.scalars(
            sa.select(Person.full_name).where(among(Person.id, worked)).order_by(Person.name_key, Person.id)).all()
        raise DomainError("roster.people_worked", count=len(names), names=", ".join(names[:MOST_NAMED]))
    if later and not spare:
        raise DomainError("roster.listed_since", count=len(later))
    worked |= later
    people = set(db.session.scalars(sa.select(RosterChange.person_id).where(RosterChange.roster_id == roster.id)))
    _take_back(roster, worked, now=now)
    done = {"undone": len(people - worked), "kept": len(worked)}
    roster.state, roster.undone_at, roster.counts = "undone", now, {**(roster.counts or {}), **done}
    audit.record("roster.undone", now=now, actor_id=by.id if by else None, operator=operator,
                 subject=f"roster:{roster.uuid}", organisation_id=roster.organisation_id, **done)
    db.session.flush()
    return done


def who_worked(roster: RosterImport) -> set[int]:
    """Ids of people whom this import brought, or laid on the unit, and who have worked or agreed since."""
    brought = set(db.session.scalars(
        sa.select(RosterChange.person_id).where(RosterChange.roster_id == roster.id, RosterChange.kind.in_(BROUGHT))))
    agreed = db.session.execute(
        sa.select(RosterChange.person_id, RosterChange.after)
        .join(Membership, Membership.id == RosterChange.membership_id)
        .where(RosterChange.roster_id == roster.id, RosterChange.kind == "membership_begun", Membership.is_claimed.is_(True)))
    return people_who_worked(brought) | {row.person_id for row in agreed if "listed" in (row.after or {})}


def listed_since(roster: RosterImport) -> set[int]:
    """Ids of people whom this import brought and whom a later one, not undone itself, found on its list again."""
    brought = sa.select(RosterChange.person_id).where(RosterChange.roster_id == roster.id, RosterChange.kind.in_(BROUGHT))
    return set(db.session.scalars(
        sa.select(RosterChange.person_id).join(RosterImport, RosterImport.id == RosterChange.roster_id)
        .where(RosterImport.committed_at > roster.committed_at, RosterImport.state == "done", RosterImport.kind == "people",
               RosterChange.undone_at.is_(None), RosterChange.kind != "membership_ended",
               RosterChange.person_id.in_(brought))))


def _take_back(roster: RosterImport, worked: Collection[int], *, now: datetime) -> None:
    changes = [one for one in db.session.scalars(
        sa.select(RosterChange).where(RosterChange.roster_id == roster.id, RosterChange.undone_at.is_(None))
        .order_by(RosterChange.id.desc())) if one.person_id not in worked]
    kinds: dict[str, list[RosterChange]] = {}
    for change in changes:
        kinds.setdefault(change.kind, []).append(change)
    on = clock.local_date(now)
    _leave(kinds, roster, on)
    for change in kinds.get("membership_changed", []):
        _restore(Membership, change.membership_id, change)
    for change in kinds.get("person_changed", []):
        _restore(Person, change.person_id, change)
    _end([one.person_id for kind in BROUGHT for one in kinds.get(kind, [])], now=now)
    _come_back(kinds.get("membership_ended", []))
    db.session.execute(
        sa.update(RosterChange).where(among(RosterChange.id, [one.id for one in changes])).values(undone_at=now)
        .execution_options(synchronize_session=False))
    db.session.expire_all()


def _leave(kinds: dict[str, list[RosterChange]], roster: RosterImport, on: date) -> None:
    """Memberships and places in the class that the list began."""
    begun = [one.membership_id for kind in (*BROUGHT, "membership_begun") for one in kinds.get(kind, []) if one.membership_id]
    _many(sa.update(Membership).where(Membership.left_on.is_(None), among(Membership.id, begun)),
          left_on=on, left_reason=UNDONE)
    joined = [one.person_id for one in kinds.get("cohort_joined", [])]
    if roster.cohort_id and joined:
        _many(sa.update(CohortMember).where(CohortMember.cohort_id == roster.cohort_id, CohortMember.left_on.is_(None),
                                            among(CohortMember.person_id, joined)), left_on=on)


def _many(statement: sa.Update, **values: Any) -> None:
    db.session.execute(statement.values(**values).execution_options(synchronize_session=False))


def _restore(model: Any, row_id: int | None, change: RosterChange) -> None:
    """The former values, where what the list wrote still stands; later corrections by people stay."""
    row = db.session.get(model, row_id)
    for name, value in (change.before or {}).items():
        now_there = getattr(row, name)
        if (now_there.isoformat() if isinstance(now_there, date) else now_there) == (change.after or {}).get(name):
            setattr(row, name, date.fromisoformat(value) if name == "birth_date" and value else value)
    db.session.flush()


def _end(person_ids: list[int], *, now: datetime) -> None:
    """The people whom the list brought are ended, except those who by now belong somewhere else too. Their slips are void,
    their addresses free for whoever comes next."""
    elsewhere = set(db.session.scalars(
        sa.select(Membership.person_id).where(Membership.left_on.is_(None), among(Membership.person_id, person_ids))))
    ending = [one for one in person_ids if one not in elsewhere]
    _many(sa.update(ActivationCode).where(
        ActivationCode.used_at.is_(None), ActivationCode.void_at.is_(None), among(ActivationCode.person_id, ending)), void_at=now)
    _many(sa.update(CohortMember).where(CohortMember.left_on.is_(None), among(CohortMember.person_id, ending)),
          left_on=clock.local_date(now))
    _many(sa.update(Person).where(Person.ended_at.is_(None), among(Person.id, ending)), ended_at=now, email=None)


def _come_back(changes: list[RosterChange]) -> None:
    """Memberships that were ended because the list did not name them; not where the person belongs there again."""
    rows = db.session.scalars(sa.select(Membership).where(among(Membership.id, [one.membership_id for one in changes]))).all()
    pairs = {tuple(pair) for pair in db.session.execute(
        sa.select(Membership.person_id, Membership.organisation_id)
        .where(Membership.left_on.is_(None), among(Membership.person_id, [one.person_id for one in rows])))}
    for row in rows:
        if (row.person_id, row.organisation_id) not in pairs:
            row.left_on = row.left_reason = None
    db.session.flush()
