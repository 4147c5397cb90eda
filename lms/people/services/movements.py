"""People and roles follow their organisation. Memberships and grants are ended and begun anew, never rewritten."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms.core import audit
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Actor, Membership, Organisation, RoleGrant
from lms.people.queries.organisations import organisation_ids_above
from lms.people.rules.roles import can_grant
from lms.people.services.sign_ins import end_sign_ins_of

LONGEST_REASON = 300
A_STATEMENT = 5000  # ids in one statement


def move_people(
    old: Organisation, new: Organisation, *, on: date, reason: str = "", only: Collection[int] | None = None,
) -> int:
    """Whoever belongs to `old` (`only` these persons) belongs to `new` from `on`, with position, code and class.

    Somebody who belongs to `new` already keeps that place. Returns how many people there were.
    """
    here = Membership.organisation_id == old.id
    ids = sorted(only or ())
    parts = [here] if only is None else [
        sa.and_(here, Membership.person_id.in_(ids[start:start + A_STATEMENT])) for start in range(0, len(ids), A_STATEMENT)]
    moved = 0
    for which in parts:
        _begin(which, new, on=on)
        moved += _end(which, on=on, reason=reason)
    return moved


def leave_for(old: Organisation, above: Organisation, *, on: date, reason: str = "") -> int:
    """Everybody leaves `old` on this day; those who then belong nowhere belong to `above`. Returns how many those are."""
    other, here = sa.orm.aliased(Membership), Membership.organisation_id == old.id
    elsewhere = sa.exists().where(
        other.person_id == Membership.person_id, other.organisation_id != old.id, other.left_on.is_(None),
        other.is_claimed)
    went_up = _begin(sa.and_(here, ~elsewhere), above, on=on)
    _end(here, on=on, reason=reason)
    return went_up


def check_roles_are_below(old: Organisation, new: Organisation, by: Actor | None) -> None:
    """Whoever merges or splits could take every role held at `old`, and give it at `new`.

    Raises DomainError organisation.roles_above_yours.
    """
    if by is None:
        return
    held = db.session.scalars(sa.select(RoleGrant.role).where(
        RoleGrant.organisation_id == old.id, RoleGrant.ended_at.is_(None)).distinct()).all()
    places = [organisation_ids_above(one.id) for one in (old, new)]
    if not all(can_grant(by, role, at=above) for role in held for above in places):
        raise DomainError("organisation.roles_above_yours")


def carry_roles(
    old: Organisation, new: Organisation, *, now: datetime, by: Actor | None = None, operator: str | None = None,
    reason: str = "", only: Collection[int] | None = None,
) -> int:
    """Whoever holds a role at `old` (`only` these persons) is given it at `new`; the old grant ends. Returns how many.

    The new grant comes first: there is always an administrator. Ask first whether they may (check_roles_are_below).
    """
    grants = [grant for grant in db.session.scalars(sa.select(RoleGrant).where(
        RoleGrant.organisation_id == old.id, RoleGrant.ended_at.is_(None)).order_by(RoleGrant.id))
        if only is None or grant.person_id in only]
    there = {(grant.person_id, grant.role) for grant in db.session.scalars(sa.select(RoleGrant).where(
        RoleGrant.organisation_id == new.id, RoleGrant.ended_at.is_(None)))}
    doer = by.id if by else None
    for grant in grants:
        if (grant.person_id, grant.role) not in there:
            db.session.add(RoleGrant(
                person_id=grant.person_id, organisation_id=new.id, role=grant.role, granted_at=now, granted_by_id=doer,
                is_deputy=grant.is_deputy, holds_from=grant.holds_from, holds_until=grant.holds_until,
                reason=reason[:LONGEST_REASON] or None))
        grant.ended_at, grant.ended_by_id, grant.reason = now, doer, reason[:LONGEST_REASON] or None
        end_sign_ins_of(grant.person_id, why="role_changed", now=now)
        audit.record("role.carried", now=now, actor_id=doer, operator=operator, subject=f"role_grant:{grant.id}",
                     organisation_id=new.id, role=grant.role, was_at=old.key)
    db.session.flush()
    return len(grants)


def _begin(which: sa.ColumnElement[bool], new: Organisation, *, on: date) -> int:
    """Memberships of `new` for those behind these live ones who have none yet. Returns how many were added."""
    db.session.flush()
    there = sa.orm.aliased(Membership)
    # A list, not EXISTS: without fresh statistics PostgreSQL would look through it once for everybody.
    there_already = sa.select(there.person_id).where(there.organisation_id == new.id, there.left_on.is_(None))
    live = sa.and_(which, Membership.left_on.is_(None))
    # Who said yes to the one has said yes to the other that follows it.
    claimed = sa.select(Membership.person_id).where(live, Membership.is_claimed)
    db.session.execute(
        sa.update(there).where(
            there.organisation_id == new.id, there.left_on.is_(None), there.is_claimed.is_(False),
            there.person_id.in_(claimed)).values(is_claimed=True),
        execution_options={"synchronize_session": False})
    copied: list[Any] = [Membership.person_id, Membership.position, Membership.staff_code, Membership.school_class,
                         Membership.is_claimed]
    rows = sa.select(*copied, sa.literal(new.id).label("at"),
                     _not_before(Membership.joined_on, on).label("since")).where(live, Membership.person_id.not_in(there_already))
    count = db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery()))
    db.session.execute(sa.insert(Membership).from_select(
        [*(column.key for column in copied), "organisation_id", "joined_on"], rows))
    return count or 0


def _not_before(joined_on: Any, on: date) -> Any:
    """The day of the change, or a later day on which somebody came before the change was entered."""
    return sa.case((joined_on > on, joined_on), else_=sa.literal(on, sa.Date()))


def _end(which: sa.ColumnElement[bool], *, on: date, reason: str) -> int:
    ended: Any = db.session.execute(
        sa.update(Membership).where(which, Membership.left_on.is_(None))
        .values(left_on=_not_before(Membership.joined_on, on), left_reason=reason[:LONGEST_REASON] or None),
        execution_options={"synchronize_session": False})
    db.session.expire_all()  # rows were changed behind the session's back
    count: int = ended.rowcount
    return count
