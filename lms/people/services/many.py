"""Many persons and memberships at once, for lists that were checked row by row before."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from lms.core import settings
from lms.core.bulk import among, insert_rows, is_postgresql, new_ids
from lms.core.db import db
from lms.core.vietnamese import name_key
from lms.people.models import CohortMember, Membership, Person
from lms.people.models.persons import LONGEST_NAME_KEY
from lms.people.rules.identities import LONGEST_NAME, new_personal_code

PERSON_COLUMNS = (
    "id", "uuid", "full_name", "folded_name", "name_key", "birth_year", "birth_date", "audience", "form_of_address", "phone",
    "email", "personal_code", "locale", "text_size", "extra_time_percent", "is_demo", "created_at")
MEMBERSHIP_COLUMNS = ("id", "person_id", "organisation_id", "position", "staff_code", "school_class", "is_claimed", "joined_on")
LISTS_LOCK = 7_0110  # of PostgreSQL's advisory locks


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be added. Every value has its normal form, `folded_name` is that of `full_name`."""

    full_name: str
    folded_name: str
    audience: str
    birth_year: int | None = None
    birth_date: date | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class NewMembership:
    """A membership to be added."""

    person_id: int
    organisation_id: int
    position: str | None = None
    staff_code: str | None = None
    school_class: str | None = None
    is_claimed: bool = True


def lock_lists() -> None:
    """Until the end of the transaction nobody else writes a list: two schools at once must not make one person twice.

    SQLite has one writer anyway.
    """
    if is_postgresql():
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(LISTS_LOCK)))


def insert_people(people: Sequence[NewPerson], *, now: datetime) -> list[tuple[int, UUID]]:
    """Add them all, each with a fresh personal code; (id, uuid) in the same order. No audit line: the list has one."""
    ids, codes = new_ids(Person, len(people)), new_personal_codes(len(people))
    made = list(zip(ids, _uuids(len(people)), strict=True))
    insert_rows(Person, PERSON_COLUMNS, (
        (person_id, uuid, one.full_name, one.folded_name[:LONGEST_NAME], name_key(one.full_name)[:LONGEST_NAME_KEY],
         one.birth_year, one.birth_date, one.audience, "ban", one.phone, one.email, code, "vi", "vua", 0, False, now)
        for (person_id, uuid), code, one in zip(made, codes, people, strict=True)))
    return made


def _uuids(count: int) -> list[UUID]:
    """As uuid4 makes them, with one call for their random bytes."""
    noise = secrets.token_bytes(16 * count)
    return [UUID(bytes=noise[16 * n:16 * n + 16], version=4) for n in range(count)]


def insert_memberships(memberships: Sequence[NewMembership], *, on: date) -> list[int]:
    """Add them all from this day; their ids in the same order."""
    ids = new_ids(Membership, len(memberships))
    insert_rows(Membership, MEMBERSHIP_COLUMNS, (
        (membership_id, one.person_id, one.organisation_id, one.position, one.staff_code, one.school_class, one.is_claimed, on)
        for membership_id, one in zip(ids, memberships, strict=True)))
    return ids


def insert_cohort_members(cohort_id: int, person_ids: Sequence[int], *, on: date) -> None:
    """Put them all into the cohort from this day; none of them is in it."""
    insert_rows(CohortMember, ("cohort_id", "person_id", "joined_on"), ((cohort_id, one, on) for one in person_ids))


def new_personal_codes(count: int) -> list[str]:
    """So many personal codes that nobody has."""
    prefix = settings.current().serial_prefix
    codes: set[str] = set()
    while len(codes) < count:
        fresh = {new_personal_code(prefix) for _ in range(count - len(codes))} - codes
        codes |= fresh - set(db.session.scalars(sa.select(Person.personal_code).where(among(Person.personal_code, fresh))))
    return list(codes)
