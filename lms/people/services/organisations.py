"""The tree of organisations grows, is renamed and moved. Names and places are periods; the closure is today's tree."""

import re
from datetime import date, datetime

import sqlalchemy as sa

from lms.core import audit, clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean, fold
from lms.people.models import ORGANISATION_KINDS, Organisation, OrganisationClosure, OrganisationPeriod
from lms.people.queries.organisations import organisation_by_key

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,78}[a-z0-9]")
LONGEST_NAME = 200


def create_organisation(
    *, key: str, name: str, kind: str, now: datetime, parent: Organisation | None = None, valid_from: date | None = None,
    decision: str = "", actor_id: int | None = None, operator: str | None = None,
) -> Organisation:
    """Add an organisation below `parent` (None: at the top).

    Raises DomainError organisation.key_wrong, organisation.key_taken, organisation.name_missing, organisation.kind_unknown.
    """
    if not KEY.fullmatch(key):
        raise DomainError("organisation.key_wrong", key=key)
    if organisation_by_key(key):
        raise DomainError("organisation.key_taken", key=key)
    if kind not in ORGANISATION_KINDS:
        raise DomainError("organisation.kind_unknown", kind=kind, kinds=", ".join(ORGANISATION_KINDS))
    name = _checked_name(name)
    organisation = Organisation(key=key, created_at=now)
    db.session.add(organisation)
    db.session.flush()
    db.session.add(OrganisationPeriod(
        organisation_id=organisation.id, name=name, folded_name=_folded(name), kind=kind,
        parent_id=parent.id if parent else None, valid_from=valid_from or clock.local_date(now), decision=decision or None))
    db.session.add(OrganisationClosure(ancestor_id=organisation.id, descendant_id=organisation.id, depth=0))
    _hang_under([(organisation.id, 0)], parent)
    audit.record("organisation.created", now=now, actor_id=actor_id, operator=operator,
                 subject=f"organisation:{key}", organisation_id=organisation.id)
    return organisation


def rename_organisation(
    organisation: Organisation, name: str, *, on: date, now: datetime, decision: str = "", actor_id: int | None = None,
    operator: str | None = None,
) -> OrganisationPeriod:
    """It is called `name` from `on`. Raises DomainError organisation.name_missing, organisation.day_wrong."""
    name = _checked_name(name)
    period = _period_from(organisation, on, decision)
    old, period.name, period.folded_name = period.name, name, _folded(name)
    db.session.flush()
    audit.record("organisation.renamed", now=now, actor_id=actor_id, operator=operator,
                 subject=f"organisation:{organisation.key}", organisation_id=organisation.id, old=old, new=name)
    return period


def move_organisation(
    organisation: Organisation, parent: Organisation | None, *, on: date, now: datetime, decision: str = "",
    actor_id: int | None = None, operator: str | None = None,
) -> OrganisationPeriod:
    """It stands below `parent` from `on`, with everything below it; today's tree is rebuilt there.

    Raises DomainError organisation.own_descendant, organisation.day_wrong.
    """
    below = db.session.execute(
        sa.select(OrganisationClosure.descendant_id, OrganisationClosure.depth)
        .where(OrganisationClosure.ancestor_id == organisation.id)).all()
    subtree = [(row.descendant_id, row.depth) for row in below]
    ids = [descendant for descendant, _ in subtree]
    if parent and parent.id in ids:
        raise DomainError("organisation.own_descendant")
    period = _period_from(organisation, on, decision)
    period.parent_id = parent.id if parent else None
    db.session.execute(sa.delete(OrganisationClosure).where(
        OrganisationClosure.descendant_id.in_(ids), OrganisationClosure.ancestor_id.not_in(ids)))
    _hang_under(subtree, parent)
    audit.record("organisation.moved", now=now, actor_id=actor_id, operator=operator,
                 subject=f"organisation:{organisation.key}", organisation_id=organisation.id,
                 parent=parent.key if parent else None)
    return period


def _checked_name(name: str) -> str:
    name = clean(name)
    if not name or len(name) > LONGEST_NAME:
        raise DomainError("organisation.name_missing")
    return name


def _folded(name: str) -> str:
    return fold(name)[:LONGEST_NAME]  # a letter of another script may fold to two or three


def _period_from(organisation: Organisation, on: date, decision: str) -> OrganisationPeriod:
    """The period that begins on this day: the open one when it began that very day, else a copy after it."""
    now_open = db.session.scalars(sa.select(OrganisationPeriod).where(
        OrganisationPeriod.organisation_id == organisation.id, OrganisationPeriod.valid_to.is_(None))).one()
    if on < now_open.valid_from:
        raise DomainError("organisation.day_wrong")
    if on == now_open.valid_from:
        return now_open
    now_open.valid_to = on
    db.session.flush()  # first the end of the old one: only one period may be open
    period = OrganisationPeriod(
        organisation_id=organisation.id, name=now_open.name, folded_name=now_open.folded_name, kind=now_open.kind,
        parent_id=now_open.parent_id, valid_from=on, decision=decision or None)
    db.session.add(period)
    return period


def _hang_under(subtree: list[tuple[int, int]], parent: Organisation | None) -> None:
    """Closure rows from the parent and everything above it to each (id, depth) of the subtree."""
    if parent:
        above = db.session.execute(
            sa.select(OrganisationClosure.ancestor_id, OrganisationClosure.depth)
            .where(OrganisationClosure.descendant_id == parent.id)).all()
        db.session.add_all(
            OrganisationClosure(ancestor_id=a.ancestor_id, descendant_id=descendant, depth=a.depth + 1 + depth)
            for a in above for descendant, depth in subtree)
    db.session.flush()
