"""Persons: those an actor may see, those a sign-in name means, and what is stored about one."""

import re
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import clean, fold
from lms.people.models import (
    ActivationCode,
    Actor,
    Consent,
    Membership,
    Organisation,
    OrganisationPeriod,
    Person,
    PersonAlias,
    RoleAt,
    RoleGrant,
)
from lms.people.rules.identities import SignInName, normal_personal_code, normal_phone
from lms.people.rules.roles import SEE_PEOPLE
from lms.people.rules.sight import BELONGS, sight

PAGE = 50
MANY = 1000      # people in a list; its number is counted anew every so many seconds only
KEPT_FOR = 60.0
NEAR = 100       # what part of a list stands near its top


def is_near_the_top(page: int, total: int) -> bool:
    """Whether this page of a list stands so far up that walking down to it is quicker than sorting everybody."""
    return page * PAGE * NEAR <= total


def people_visible_to(actor: Actor, *roles: str) -> sa.Select[Person]:
    """Persons whom the actor sees (with these roles of theirs; `rules.sight`). Narrow and order it as you need."""
    return sight(actor, *roles).select().with_only_columns(Person, maintain_column_froms=True)


def person_visible_to(actor: Actor, uuid: UUID) -> Person | None:
    """The person of this uuid when the actor may see them, else None."""
    found: Person | None = db.session.scalar(people_visible_to(actor).where(Person.uuid == uuid))
    return found


def people_visible_among(actor: Actor, uuids: Iterable[UUID]) -> list[Person]:
    """Those of these persons whom the actor may see, in name order."""
    return list(db.session.scalars(
        people_visible_to(actor).where(Person.uuid.in_(list(uuids))).order_by(Person.name_key, Person.id)))


def claimed_at_once(by: Actor | None, person_ids: Collection[int]) -> set[int]:
    """Those of these persons for whom a membership that `by` lays on them counts without being asked. One statement.

    Those who were nobody's before (no secret, no membership), and those whom `by` sees anyway. None is the command line.
    """
    known = sa.or_(Person.secret_hash.is_not(None),
                   sa.exists().where(Membership.person_id == Person.id, Membership.left_on.is_(None)))
    seen = Person.id.in_(sight(by).select()) if by else sa.false()
    return set(db.session.scalars(sa.select(Person.id).where(Person.id.in_(person_ids), sa.or_(~known, seen))))


@dataclass(frozen=True)
class Offer:
    """A membership that a list laid on somebody who has not answered yet."""

    organisation_uuid: UUID
    organisation: str
    position: str | None
    on: date


OFFERED: tuple[sa.ColumnElement[bool], ...] = (Membership.left_on.is_(None), Membership.is_claimed.is_(False))


def offers_to(actor: Actor) -> list[Offer]:
    """The memberships that wait for the actor's own word, the oldest first. One statement."""
    rows = db.session.execute(
        sa.select(Organisation.uuid, OrganisationPeriod.name, Membership.position, Membership.joined_on)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Membership.organisation_id)
        .where(Membership.person_id == actor.id, *OFFERED, OrganisationPeriod.valid_to.is_(None)).order_by(Membership.id))
    return [Offer(*row) for row in rows]


def offer_to(actor: Actor, organisation_uuid: UUID) -> Membership | None:
    """The one of this organisation, when it is still open."""
    found: Membership | None = db.session.scalar(
        sa.select(Membership).join(Organisation, Organisation.id == Membership.organisation_id).where(
            Organisation.uuid == organisation_uuid, Membership.person_id == actor.id, *OFFERED))
    return found


def true_person_ids(person_ids: Collection[int]) -> dict[int, int]:
    """For each of these ids the person it stands for today: itself, or whom it was merged into. One statement."""
    merged = db.session.execute(
        sa.select(PersonAlias.other_id, PersonAlias.kept_id)
        .where(PersonAlias.other_id.in_(person_ids), PersonAlias.ended_at.is_(None)))
    return {one: one for one in person_ids} | {row.other_id: row.kept_id for row in merged}


def is_or_was(column: Any, person_id: Any) -> sa.ColumnElement[bool]:
    """That a record was made by this person, under whichever of the rows that were merged into one."""
    return sa.or_(column == person_id, column.in_(
        sa.select(PersonAlias.other_id).where(PersonAlias.kept_id == person_id, PersonAlias.ended_at.is_(None))))


def ids_with_aliases(person_ids: Any) -> sa.Select[int]:
    """These ids (a list or a subselect) and those of the rows merged into them, to stand inside `in_(…)`."""
    return sa.select(Person.id).where(sa.or_(Person.id.in_(person_ids), Person.id.in_(
        sa.select(PersonAlias.other_id).where(PersonAlias.kept_id.in_(person_ids), PersonAlias.ended_at.is_(None)))))


@dataclass(frozen=True)
class Listed:
    """One line of the list of learners."""

    uuid: UUID
    full_name: str
    birth_year: int | None
    phone: str | None
    personal_code: str
    has_secret: bool
    organisations: str          # present names, joined
    slip_until: datetime | None  # of the live slip


@dataclass(frozen=True)
class Page:
    """One page of a list: the lines, the page shown, how many pages and lines there are."""

    lines: list[Listed]
    page: int
    pages: int
    total: int


def learners_for(
    actor: Actor, *, search: str = "", waiting: bool = False, page: int = 1, now: datetime,
    among: tuple[str, sa.Select[Any]] | None = None,
) -> Page:
    """The learners an actor sees, fifty a page, by given name. `waiting`: only those without a PIN yet. `among`: only
    those of a group, given by a name of its own and a subselect of ids."""
    wanted: list[sa.ColumnElement[bool]] = []
    if among:
        wanted.append(Person.id.in_(among[1]))
    if waiting:
        wanted.append(Person.secret_hash.is_(None))
    if search:
        wanted.append(matching(search))
    people = sight(actor).select().where(*wanted)
    total = _total(people, name=(actor.organisations(*SEE_PEOPLE), waiting, search, among and among[0]))
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    if total <= MANY:
        # A few among very many: found first. Otherwise PostgreSQL walks through everybody in the order of names.
        few = people.cte("few").prefix_with("MATERIALIZED")
        people = sa.select(Person.id).join(few, few.c.id == Person.id)
    elif is_near_the_top(page, total):
        people = sight(actor).select_one_by_one().where(*wanted)
    rows = db.session.execute(
        people.with_only_columns(
            Person.uuid, Person.full_name, Person.birth_year, Person.phone, Person.personal_code,
            Person.secret_hash.is_not(None).label("has_secret"), _organisations(actor).label("organisations"),
            _slip_until(now).label("slip_until"))
        .order_by(Person.name_key, Person.id).limit(PAGE).offset((page - 1) * PAGE))
    return Page([Listed(*row) for row in rows], page, pages, total)


_totals: dict[Any, tuple[float, int]] = {}


def _total(ids: sa.Select[Any], *, name: tuple[Any, ...]) -> int:
    """How many there are; of more than MANY the number may be a minute old, for counting them is the dearest part."""
    counted_at, total = _totals.get(name, (-KEPT_FOR, 0))
    if time.monotonic() - counted_at >= KEPT_FOR:
        total = db.session.scalar(sa.select(sa.func.count()).select_from(ids.subquery())) or 0
        if len(_totals) > MANY:
            _totals.clear()
        if total > MANY:
            _totals[name] = time.monotonic(), total
    return total


def _organisations(actor: Actor) -> Any:
    # Of their organisations those that the actor sees: what else they are is not told.
    return (
        sa.select(sa.func.aggregate_strings(OrganisationPeriod.name, ", "))
        .join(Membership, Membership.organisation_id == OrganisationPeriod.organisation_id)
        .where(Membership.person_id == Person.id, *sight(actor).memberships(), OrganisationPeriod.valid_to.is_(None))
        .correlate(Person).scalar_subquery())


def _slip_until(now: datetime) -> Any:
    return (
        sa.select(sa.func.max(ActivationCode.expires_at))
        .where(ActivationCode.person_id == Person.id, ActivationCode.used_at.is_(None), ActivationCode.void_at.is_(None),
               ActivationCode.expires_at > now)
        .correlate(Person).scalar_subquery())


def matching(search: str) -> sa.ColumnElement[bool]:
    """Part of the name without marks, part of the phone, or the whole personal code."""
    search = clean(search)
    ways: list[sa.ColumnElement[bool]] = [Person.folded_name.contains(fold(search), autoescape=True)]
    digits = re.sub(r"[\s.\-]", "", search)
    if digits.isdecimal() and len(digits) >= 3:
        ways.append(Person.phone.contains(digits, autoescape=True))
    ways.append(Person.personal_code == (normal_personal_code(search, prefix="") or search.upper()))
    return sa.or_(*ways)


def holders_of(name: SignInName, *, most: int) -> list[Person]:
    """Who may sign in with this name: live, with a secret; at most so many, those of longest standing first."""
    column = {"phone": Person.phone, "code": Person.personal_code, "email": Person.email}[name.kind]
    return list(db.session.scalars(
        sa.select(Person).where(column == name.value, Person.ended_at.is_(None), Person.secret_hash.is_not(None))
        .order_by(Person.id).limit(most)))


def person_named(name: str) -> Person:
    """The one live person of this personal code, e-mail or phone number (the command line's USER).

    Raises DomainError person.unknown, person.ambiguous (several share the number).
    """
    code = normal_personal_code(name, prefix="") or name.strip().upper()
    names = [Person.personal_code == code, Person.email == name.strip().lower()]
    with suppress(DomainError):
        names.append(Person.phone == normal_phone(name))
    found = list(db.session.scalars(sa.select(Person).where(Person.ended_at.is_(None), sa.or_(*names))))
    if len(found) != 1:
        raise DomainError("person.ambiguous" if found else "person.unknown")
    return found[0]


def roles_of(person_id: int) -> tuple[RoleAt, ...]:
    """The live roles of a person."""
    rows = db.session.execute(sa.select(RoleGrant.role, RoleGrant.organisation_id).where(
        RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None)))
    return tuple(RoleAt(row.role, row.organisation_id) for row in rows)


def roles_seen_by(actor: Actor, person_id: int) -> tuple[RoleAt, ...]:
    """The live roles that a person holds where the actor works with people."""
    rows = db.session.execute(sa.select(RoleGrant.role, RoleGrant.organisation_id).where(
        RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None),
        RoleGrant.organisation_id.in_(sight(actor).organisations())))
    return tuple(RoleAt(row.role, row.organisation_id) for row in rows)


def memberships_of(person_id: int, *, seen_by: Actor | None = None) -> list[tuple[str, date]]:
    """(present name of the organisation, joined on) of each live membership, for others only of those they see."""
    rows = db.session.execute(
        sa.select(OrganisationPeriod.name, Membership.joined_on)
        .join(Membership, Membership.organisation_id == OrganisationPeriod.organisation_id)
        .where(Membership.person_id == person_id, *(sight(seen_by).memberships() if seen_by else BELONGS),
               OrganisationPeriod.valid_to.is_(None))
        .order_by(Membership.joined_on, Membership.id))
    return [(row.name, row.joined_on) for row in rows]


def consents_of(person_id: int) -> list[Consent]:
    """Every consent of this person, the newest first."""
    return list(db.session.scalars(
        sa.select(Consent).where(Consent.person_id == person_id).order_by(Consent.given_at.desc(), Consent.id.desc())))


def has_consent(person_id: int, version: str) -> bool:
    """Whether this version was agreed to and not taken back."""
    return bool(db.session.scalar(sa.select(sa.exists().where(
        Consent.person_id == person_id, Consent.version == version, Consent.withdrawn_at.is_(None)))))


def person_of(actor: Actor) -> Person:
    """The actor's own row, to show or to change."""
    return db.session.get_one(Person, actor.id)


def personal_code_of(actor: Actor) -> str:
    """The actor's own personal code, as printed."""
    code: str = db.session.scalars(sa.select(Person.personal_code).where(Person.id == actor.id)).one()
    return code
