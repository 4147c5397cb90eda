"""What every change of the tree is made of: periods that end and begin, and the flat tree of today that follows them.

Today's tree also holds the organisations that have ended: under the one they were merged into, else under what stood
above them last. So whoever answers for a place today finds the records that were made there under its earlier names.
"""

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Actor, Organisation, OrganisationClosure, OrganisationPeriod, OrganisationSuccession
from lms.people.queries.organisations import organisation_ids_above
from lms.people.rules.organisations import can_build_below, can_change

LONGEST_DECISION = 200
A_STATEMENT = 500  # ids in one statement


def hold_the_tree() -> None:
    """Let nobody else change the tree until this transaction ends: two moves at once could make a circle."""
    db.session.execute(sa.select(Organisation.id).order_by(Organisation.id).limit(1).with_for_update(key_share=True))


def check_day(on: date, *, now: datetime) -> None:
    """A change is entered on its day or later. Raises DomainError organisation.day_ahead."""
    if on > clock.local_date(now):
        raise DomainError("organisation.day_ahead", on=on)


def check_may_change(organisation: Organisation, by: Actor | None) -> None:
    """The command line may always. Raises DomainError organisation.not_yours."""
    if by and not can_change(by, above=organisation_ids_above(organisation.id) - {organisation.id}):
        raise DomainError("organisation.not_yours")


def check_may_build(parent: Organisation | None, by: Actor | None) -> None:
    """Only the command line builds at the top. Raises DomainError organisation.not_yours."""
    if by and not (parent and can_build_below(by, at=organisation_ids_above(parent.id))):
        raise DomainError("organisation.not_yours")


def open_period(organisation: Organisation) -> OrganisationPeriod:
    """Its present name, kind and place. Raises DomainError organisation.ended."""
    period: OrganisationPeriod | None = db.session.scalar(sa.select(OrganisationPeriod).where(
        OrganisationPeriod.organisation_id == organisation.id, OrganisationPeriod.valid_to.is_(None)))
    if period is None:
        raise DomainError("organisation.ended", key=organisation.key)
    return period


def check_takes_people(organisation_id: int) -> None:
    """Nobody comes into an organisation that is no more. Raises DomainError organisation.ended."""
    living = sa.select(sa.exists().where(
        OrganisationPeriod.organisation_id == organisation_id, OrganisationPeriod.valid_to.is_(None)))
    if not db.session.scalar(living):
        raise DomainError("organisation.ended", key=db.session.get_one(Organisation, organisation_id).key)


def period_from(organisation: Organisation, on: date, decision: str) -> OrganisationPeriod:
    """The period that begins on this day: the open one when it began that very day, else a copy after it.

    Raises DomainError organisation.ended, organisation.day_wrong.
    """
    now_open = open_period(organisation)
    if on < now_open.valid_from:
        raise DomainError("organisation.day_wrong", since=now_open.valid_from)
    if on == now_open.valid_from:
        now_open.decision = kept_decision(decision) or now_open.decision
        return now_open
    return _cut(now_open, on, decision)


def check_may_close(organisation: Organisation, on: date) -> None:
    """Its last period has at least one day. Raises DomainError organisation.ended, organisation.day_wrong."""
    since = open_period(organisation).valid_from
    if on <= since:
        raise DomainError("organisation.day_wrong", since=since)


def close(organisation: Organisation, *, on: date) -> None:
    """Its last period ends; the audit log keeps the decision. Raises DomainError organisation.ended, organisation.day_wrong."""
    check_may_close(organisation, on)
    open_period(organisation).valid_to = on
    db.session.flush()


def rehang_children(old: Organisation, new: Organisation, *, on: date, decision: str, only: set[int] | None = None) -> int:
    """From `on`, what stood under `old` stands under `new` (`only` these); their own later changes are kept.

    Returns how many organisations moved. The number of statements does not grow with them.
    """
    periods = db.session.scalars(sa.select(OrganisationPeriod).where(
        OrganisationPeriod.parent_id == old.id, OrganisationPeriod.organisation_id != new.id,
        OrganisationPeriod.valid_to.is_(None) | (OrganisationPeriod.valid_to > on)))
    going = [one for one in periods if only is None or one.organisation_id in only]
    begun_before = [one for one in going if one.valid_from < on]
    later = [_copy(one, on, decision) for one in begun_before]
    for one in begun_before:
        one.valid_to = on
    db.session.flush()  # first the end of the old ones: only one period may be open
    db.session.add_all(later)
    for one in [*later, *(one for one in going if one.valid_from >= on)]:
        one.parent_id = new.id
    db.session.flush()
    moved = {one.organisation_id for one in going}
    hang(moved & _hanging_under(old.id), new.id)
    return len(moved)


def hang(organisation_ids: Collection[int], parent_id: int | None) -> None:
    """Today's tree: these, which stand side by side, with all that is below them, stand under `parent_id` and nowhere else."""
    ids = sorted(organisation_ids)
    if not ids:
        return
    was_above = list(db.session.scalars(sa.select(OrganisationClosure.ancestor_id).where(
        OrganisationClosure.descendant_id == ids[0], OrganisationClosure.ancestor_id != ids[0])))
    above, under = sa.orm.aliased(OrganisationClosure), sa.orm.aliased(OrganisationClosure)
    for some in (ids[start:start + A_STATEMENT] for start in range(0, len(ids), A_STATEMENT)):
        below = sa.select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id.in_(some))
        db.session.execute(
            sa.delete(OrganisationClosure).where(
                OrganisationClosure.ancestor_id.in_(was_above), OrganisationClosure.descendant_id.in_(below)),
            execution_options={"synchronize_session": False})
        rows = (sa.select(above.ancestor_id, under.descendant_id, above.depth + under.depth + 1)
                .join_from(above, under, under.ancestor_id.in_(some)).where(above.descendant_id == parent_id))
        db.session.execute(sa.insert(OrganisationClosure).from_select(["ancestor_id", "descendant_id", "depth"], rows))


def _hanging_under(organisation_id: int) -> set[int]:
    """What hangs directly under it in today's tree because it stands, or stood, there: not what was merged into it."""
    merged = sa.select(OrganisationSuccession.from_id).where(OrganisationSuccession.kind == "merge")
    return set(db.session.scalars(sa.select(OrganisationClosure.descendant_id).where(
        OrganisationClosure.ancestor_id == organisation_id, OrganisationClosure.depth == 1,
        OrganisationClosure.descendant_id.not_in(merged))))


def kept_decision(decision: str) -> str | None:
    """The number of a decision as the table keeps it."""
    return decision[:LONGEST_DECISION] or None


def _cut(period: OrganisationPeriod, on: date, decision: str) -> OrganisationPeriod:
    """End the period on this day and begin a copy of it, which ends when the first would have."""
    later = _copy(period, on, decision)
    period.valid_to = on
    db.session.flush()  # first the end of the old one: only one period may be open
    db.session.add(later)
    return later


def _copy(period: OrganisationPeriod, on: date, decision: str) -> OrganisationPeriod:
    return OrganisationPeriod(
        organisation_id=period.organisation_id, name=period.name, folded_name=period.folded_name, kind=period.kind,
        parent_id=period.parent_id, valid_from=on, valid_to=period.valid_to, decision=kept_decision(decision))
