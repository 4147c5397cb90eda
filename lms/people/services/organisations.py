"""One organisation begins, is renamed, moved and ended. Names and places are periods: the old ones stay for old records."""

import re
from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa

from lms.core import audit, clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean, fold
from lms.people.models import (
    ORGANISATION_KINDS,
    Actor,
    Organisation,
    OrganisationClosure,
    OrganisationPeriod,
    RoleGrant,
)
from lms.people.queries.organisations import children_of, organisation_by_key
from lms.people.services.movements import leave_for
from lms.people.services.roles import end_role
from lms.people.services.tree import (
    check_day,
    check_may_build,
    check_may_change,
    close,
    hang,
    hold_the_tree,
    kept_decision,
    open_period,
    period_from,
)

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,78}[a-z0-9]")
LONGEST_NAME, LONGEST_STEM = 200, 60


def create_organisation(
    *, key: str, name: str, kind: str, now: datetime, parent: Organisation | None = None, valid_from: date | None = None,
    decision: str = "", by: Actor | None = None, operator: str | None = None, uuid: UUID | None = None,
) -> Organisation:
    """Add an organisation below `parent` (None: at the top, for the command line only).

    Raises DomainError organisation.key_wrong, organisation.key_taken, organisation.name_missing, organisation.name_taken,
    organisation.kind_unknown, organisation.day_ahead, organisation.day_wrong, organisation.ended, organisation.not_yours.
    """
    check_may_build(parent, by)
    if not KEY.fullmatch(key):
        raise DomainError("organisation.key_wrong", key=key)
    if organisation_by_key(key):
        raise DomainError("organisation.key_taken", key=key)
    kind, name = checked_kind(kind), checked_name(name)
    since = valid_from or clock.local_date(now)
    check_day(since, now=now)
    if parent:
        hold_the_tree()
        _check_room(parent, name, since)
    organisation = Organisation(key=key, uuid=uuid or uuid4(), created_at=now)
    db.session.add(organisation)
    db.session.flush()
    db.session.add(OrganisationPeriod(
        organisation_id=organisation.id, name=name, folded_name=folded(name), kind=kind,
        parent_id=parent.id if parent else None, valid_from=since, decision=kept_decision(decision)))
    db.session.add(OrganisationClosure(ancestor_id=organisation.id, descendant_id=organisation.id, depth=0))
    db.session.flush()
    hang({organisation.id}, parent.id if parent else None)
    record("created", organisation, now=now, by=by, operator=operator, name=name, decision=decision)
    return organisation


def rename_organisation(
    organisation: Organisation, name: str, *, on: date, now: datetime, kind: str | None = None, decision: str = "",
    by: Actor | None = None, operator: str | None = None,
) -> OrganisationPeriod:
    """It is called `name`, and is of this kind, from `on`. On the first day of its present name this corrects that name.

    Raises DomainError organisation.name_missing, organisation.kind_unknown, organisation.day_wrong,
    organisation.day_ahead, organisation.ended, organisation.not_yours.
    """
    check_may_change(organisation, by)
    check_day(on, now=now)
    name = checked_name(name)
    hold_the_tree()
    period = period_from(organisation, on, decision)
    old, period.name, period.folded_name = period.name, name, folded(name)
    if kind:
        period.kind = checked_kind(kind)
    db.session.flush()
    record("renamed", organisation, now=now, by=by, operator=operator, old=old, new=name, on=on, decision=decision)
    return period


def move_organisation(
    organisation: Organisation, parent: Organisation | None, *, on: date, now: datetime, decision: str = "",
    by: Actor | None = None, operator: str | None = None,
) -> OrganisationPeriod:
    """It stands below `parent` from `on`, with everything below it. Decided by who holds the role above both.

    Raises DomainError organisation.own_descendant, organisation.day_wrong, organisation.day_ahead, organisation.ended,
    organisation.not_yours.
    """
    check_may_change(organisation, by)
    check_may_build(parent, by)
    check_day(on, now=now)
    hold_the_tree()
    if parent:
        check_not_below(parent, organisation)
        open_period(parent)
    period = period_from(organisation, on, decision)
    period.parent_id = parent.id if parent else None
    db.session.flush()
    hang({organisation.id}, period.parent_id)
    record("moved", organisation, now=now, by=by, operator=operator, parent=parent.key if parent else None, on=on,
           decision=decision)
    return period


def end_organisation(
    organisation: Organisation, *, on: date, now: datetime, decision: str = "", by: Actor | None = None,
    operator: str | None = None,
) -> int:
    """It is no more from `on`, and nobody follows it. Whoever belonged nowhere else belongs to what stood above it.

    Its roles end. Its records stay, and are seen from above. Returns how many people went up.
    Raises DomainError organisation.has_children, organisation.is_root, organisation.day_wrong, organisation.day_ahead,
    organisation.ended, organisation.not_yours, role.not_yours_to_give, role.last_admin.
    """
    check_may_change(organisation, by)
    check_day(on, now=now)
    hold_the_tree()
    if children_of(organisation.id):
        raise DomainError("organisation.has_children")
    parent_id = open_period(organisation).parent_id
    if parent_id is None:
        raise DomainError("organisation.is_root")
    close(organisation, on=on)
    went_up = leave_for(organisation, db.session.get_one(Organisation, parent_id), on=on, reason=decision)
    for grant in db.session.scalars(sa.select(RoleGrant).where(
            RoleGrant.organisation_id == organisation.id, RoleGrant.ended_at.is_(None))).all():
        end_role(grant, now=now, by=by, operator=operator, reason=decision)
    record("ended", organisation, now=now, by=by, operator=operator, on=on, decision=decision, people=went_up)
    return went_up


def free_key(name: str) -> str:
    """A key for an organisation of this name that nobody has: its letters without marks, numbered when taken."""
    stem = re.sub(r"[^a-z0-9]+", "-", fold(name))[:LONGEST_STEM].strip("-") or "don-vi"
    taken = set(db.session.scalars(sa.select(Organisation.key).where(Organisation.key.startswith(stem, autoescape=True))))
    stem = stem if len(stem) > 1 else f"don-vi-{stem}"
    return next(key for key in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def checked_name(name: str) -> str:
    """The name as it is kept. Raises DomainError organisation.name_missing."""
    name = clean(name)
    if not name or len(name) > LONGEST_NAME:
        raise DomainError("organisation.name_missing")
    return name


def checked_kind(kind: str) -> str:
    """Raises DomainError organisation.kind_unknown."""
    if kind not in ORGANISATION_KINDS:
        raise DomainError("organisation.kind_unknown", kind=kind, kinds=", ".join(ORGANISATION_KINDS))
    return kind


def folded(name: str) -> str:
    """The searching form, as long as its column: a letter of another script may fold to two or three."""
    return fold(name)[:LONGEST_NAME]


def check_not_below(lower: Organisation, upper: Organisation) -> None:
    """Raises DomainError organisation.own_descendant when `lower` is `upper` or stands below it."""
    if db.session.get(OrganisationClosure, (upper.id, lower.id)):
        raise DomainError("organisation.own_descendant")


def record(
    what: str, organisation: Organisation, *, now: datetime, by: Actor | None, operator: str | None,
    on: date | None = None, **detail: object,
) -> None:
    """The line of the audit log."""
    told = {name: value for name, value in detail.items() if value not in ("", None)}
    audit.record(f"organisation.{what}", now=now, actor_id=by.id if by else None, operator=operator,
                 subject=f"organisation:{organisation.key}", organisation_id=organisation.id,
                 **({"on": on.isoformat()} if on else {}), **told)


def _check_room(parent: Organisation, name: str, since: date) -> None:
    """The parent lives, is not younger, and has no other child of this very name."""
    open_period(parent)
    begun = db.session.scalar(sa.select(sa.func.min(OrganisationPeriod.valid_from)).where(
        OrganisationPeriod.organisation_id == parent.id))
    if begun and since < begun:
        raise DomainError("organisation.day_wrong", since=begun)
    if any(child.name.casefold() == name.casefold() for child in children_of(parent.id)):
        raise DomainError("organisation.name_taken", name=name)
