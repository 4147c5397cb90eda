"""Removing who is no longer on the list: an action of its own, previewed by name; people leave the unit and stay on record."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from lms.core import audit, clock
from lms.core.bulk import among, insert_rows
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Actor, Membership, OrganisationClosure, Person, RoleGrant
from lms.people.services.many import lock_lists
from lms.rosters.models import RosterChange, RosterImport
from lms.rosters.services.imports import may_send

GUARD = 0.10  # of those who belong there; beyond, the number must be typed
REMOVED = "roster.absent"


@dataclass(frozen=True)
class Leaving:
    """Somebody who belongs to the unit and is not on the list."""

    uuid: UUID
    full_name: str
    birth_year: int | None
    position: str | None
    membership_id: int
    person_id: int


@dataclass(frozen=True)
class RemovalPreview:
    """Who would leave, of how many; `kept` are the names of those who hold a role there and stay.

    `fingerprint` goes back with the form: who is removed is who was shown.
    """

    leaving: Sequence[Leaving]
    belonging: int
    kept: Sequence[str]
    fingerprint: str

    @property
    def needs_number(self) -> bool:
        """Whether so many would leave that their number must be typed."""
        return self.is_guarded(len(self.leaving))

    def is_guarded(self, people: int) -> bool:
        """Whether the number must be typed when so many leave."""
        return people > self.belonging * GUARD


def preview_removal(roster: RosterImport, *, by: Actor | None) -> RemovalPreview:
    """Who belongs to the list's unit (or below it) and is not on this list. The actor's own place is never among them.

    Raises DomainError roster.not_yours, roster.not_done.
    """
    may_send(roster.organisation_id, by)
    if roster.state != "done":
        raise DomainError("roster.not_done")
    below = sa.select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id == roster.organisation_id)
    listed = sa.select(RosterChange.person_id).where(RosterChange.roster_id == roster.id, RosterChange.undone_at.is_(None))
    holds_role = sa.exists().where(RoleGrant.person_id == Person.id, RoleGrant.ended_at.is_(None),
                                   RoleGrant.organisation_id.in_(below))
    here = (Membership.left_on.is_(None), Membership.is_claimed.is_(True), Membership.organisation_id.in_(below))
    rows = db.session.execute(
        sa.select(Person.uuid, Person.full_name, Person.birth_year, Membership.position, Membership.id.label("membership_id"),
                  Person.id.label("person_id"), holds_role.label("holds_role"))
        .join(Membership, Membership.person_id == Person.id)
        .where(*here, Person.ended_at.is_(None), Person.id.not_in(listed))
        .order_by(Person.name_key, Person.id, Membership.id)).all()
    belonging = db.session.scalar(sa.select(sa.func.count(sa.distinct(Membership.person_id))).where(*here)) or 0
    own = by.id if by else None
    leaving = [Leaving(*row[:6]) for row in rows if not row.holds_role and row.person_id != own]
    kept = [row.full_name for row in rows if row.holds_role or row.person_id == own]
    ids = ",".join(str(one.membership_id) for one in leaving)
    return RemovalPreview(leaving, belonging, list(dict.fromkeys(kept)), hashlib.sha256(ids.encode()).hexdigest()[:32])


def remove_absent(
    roster: RosterImport, *, fingerprint: str, typed: str = "", by: Actor | None, now: datetime, operator: str | None = None,
    chosen: Collection[UUID] | None = None,
) -> int:
    """End the memberships that were previewed; return how many people left. Undoing the import brings them back.

    `chosen`: only these of them. Raises DomainError removal.changed (somebody came or went since), removal.number (count)
    above the guard, removal.nobody, and what `preview_removal` raises.
    """
    lock_lists()
    preview = preview_removal(roster, by=by)
    leaving = [one for one in preview.leaving if chosen is None or one.uuid in chosen]
    people = {one.person_id for one in leaving}
    if not people:
        raise DomainError("removal.nobody")
    if preview.fingerprint != fingerprint:
        raise DomainError("removal.changed")
    if preview.is_guarded(len(people)) and typed.strip() != str(len(people)):
        raise DomainError("removal.number", count=len(people))
    db.session.execute(
        sa.update(Membership).where(among(Membership.id, [one.membership_id for one in leaving]))
        .values(left_on=clock.local_date(now), left_reason=REMOVED).execution_options(synchronize_session=False))
    insert_rows(RosterChange, ("roster_id", "kind", "person_id", "membership_id"), (
        (roster.id, "membership_ended", one.person_id, one.membership_id) for one in leaving))
    audit.record("roster.absent_removed", now=now, actor_id=by.id if by else None, operator=operator,
                 subject=f"roster:{roster.uuid}", organisation_id=roster.organisation_id, people=len(people))
    db.session.flush()
    return len(people)
