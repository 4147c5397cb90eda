"""People who are here already and whom the rows of a list may mean, fetched for all rows at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from lms.core.bulk import among, without_compiling
from lms.core.db import db
from lms.people.models import (
    Actor,
    CohortMember,
    Membership,
    OrganisationClosure,
    OrganisationPeriod,
    Person,
    PersonAlias,
)
from lms.people.rules.sight import sight
from lms.people.services.merges import MERGED
from lms.people.services.offers import REFUSED
from lms.rosters.models import RosterChange, RosterImport
from lms.rosters.queries.worked import people_who_worked
from lms.rosters.rules.people import Former, Held, Known

_APOSTROPHES = re.compile("['’ʼ`]")
KEYS = ("folded_name", "phone", "email", "personal_code", "staff_code")
FACTS: tuple[Any, ...] = (
    Person.id, Person.uuid, Person.full_name, Person.folded_name, Person.birth_year, Person.birth_date, Person.phone,
    Person.email, Person.personal_code, Person.secret_hash.is_not(None).label("has_secret"))


@dataclass
class KnownPeople:
    """Whom a list may mean: `by_id`; `ended` are those whom an undone import of this organisation had brought;
    `emails` who holds which address, whoever they are."""

    by_id: dict[int, Known] = field(default_factory=dict)
    ended: list[Known] = field(default_factory=list)
    emails: dict[str, int] = field(default_factory=dict)


def known_people(
    rows: Iterable[Mapping[str, Any]], *, organisation_id: int, by: Actor | None, cohort_id: int | None,
) -> KnownPeople:
    """Everybody whom one of these rows (normal forms) may mean; the same number of statements for 1 row and 20,000.

    `by` None is the command line, which sees everybody.
    """
    asked: dict[str, set[str]] = {key: set() for key in KEYS}
    for values in rows:
        for key, texts in asked.items():
            if key in values:
                texts.add(values[key])
        if _APOSTROPHES.search(values["folded_name"]):
            asked["folded_name"] |= {_APOSTROPHES.sub(sign, values["folded_name"]) for sign in "'’ʼ`"}
    known = KnownPeople()
    without_compiling()
    for row in db.session.execute(_people(asked, organisation_id, by, cohort_id)):
        known.by_id[row.id] = _known(row, is_seen=bool(row.is_seen), is_elsewhere=bool(row.is_elsewhere),
                                     in_cohort=bool(row.in_cohort), has_refused=bool(row.has_refused))
    _add_memberships(known.by_id, organisation_id)
    _add_listed(known.by_id)
    _add_former(known.by_id, organisation_id)
    nobodys = [one.id for one in known.by_id.values() if not (one.has_secret or one.is_elsewhere or one.held)]
    for person_id in people_who_worked(nobodys):
        known.by_id[person_id].has_records = True
    known.ended = _ended_by_undo(asked, organisation_id)
    known.emails = {row.email: row.id for row in db.session.execute(
        sa.select(Person.email, Person.id).where(among(Person.email, asked["email"])))}
    return known


def _below(organisation_id: int) -> sa.Select[int]:
    return sa.select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id == organisation_id)


def _people(asked: Mapping[str, set[str]], organisation_id: int, by: Actor | None, cohort_id: int | None) -> sa.Select[Any]:
    """Live persons with one of these names, numbers, addresses or codes, also those of a row that was merged into theirs."""
    ways = [sa.select(Person.id).where(among(getattr(Person, key), asked[key])) for key in KEYS[:4]]
    ways.append(sa.select(Membership.person_id).where(
        sa.or_(Membership.left_on.is_(None), Membership.left_reason == MERGED),
        Membership.organisation_id.in_(_below(organisation_id)), among(Membership.staff_code, asked["staff_code"])))
    found = sa.union(*ways).cte("found")
    kept = sa.select(PersonAlias.kept_id).where(PersonAlias.ended_at.is_(None), PersonAlias.other_id.in_(sa.select(found.c[0])))
    below = _below(organisation_id)
    is_elsewhere = sa.exists().where(Membership.person_id == Person.id, Membership.left_on.is_(None),
                                     Membership.organisation_id.not_in(below))
    in_cohort = sa.exists().where(CohortMember.person_id == Person.id, CohortMember.left_on.is_(None),
                                  CohortMember.cohort_id == (cohort_id or 0))
    has_refused = sa.exists().where(Membership.person_id == Person.id, Membership.left_reason == REFUSED,
                                    Membership.organisation_id.in_(below))
    is_seen: Any = sa.true() if by is None else Person.id.in_(sight(by).select())
    return sa.select(
        *FACTS, is_seen.label("is_seen"), is_elsewhere.label("is_elsewhere"), in_cohort.label("in_cohort"),
        has_refused.label("has_refused"),
    ).where(Person.ended_at.is_(None), Person.id.in_(sa.union(sa.select(found.c[0]), kept)))


def _known(row: Any, **values: Any) -> Known:
    return Known(
        id=row.id, uuid=row.uuid, full_name=row.full_name, folded_name=row.folded_name, birth_year=row.birth_year,
        birth_date=row.birth_date, phone=row.phone, email=row.email, personal_code=row.personal_code,
        has_secret=bool(row.has_secret), **values)


def _add_memberships(people: dict[int, Known], organisation_id: int) -> None:
    """What each of them holds in the organisation and below it."""
    rows = db.session.execute(
        sa.select(Membership.person_id, Membership.id, Membership.organisation_id, OrganisationClosure.depth,
                  Membership.position, Membership.staff_code, Membership.school_class, Membership.is_claimed)
        .join(OrganisationClosure, OrganisationClosure.descendant_id == Membership.organisation_id)
        .where(OrganisationClosure.ancestor_id == organisation_id, Membership.left_on.is_(None),
               among(Membership.person_id, people.keys())))
    for row in rows:
        people[row.person_id].held.append(Held(
            row.id, row.organisation_id, row.depth, row.position, row.staff_code, row.school_class, row.is_claimed))


def _add_listed(people: dict[int, Known]) -> None:
    """Of those who have not said yes to this organisation: what its own list said. The last list counts."""
    waiting = {held.id: one for one in people.values() if not any(held.is_claimed for held in one.held) for held in one.held}
    rows = db.session.execute(
        sa.select(RosterChange.membership_id, RosterChange.after)
        .where(RosterChange.kind == "membership_begun", RosterChange.undone_at.is_(None),
               among(RosterChange.membership_id, waiting.keys())).order_by(RosterChange.id))
    for membership_id, after in rows:
        waiting[membership_id].listed = (after or {}).get("listed")


def _add_former(people: dict[int, Known], organisation_id: int) -> None:
    """What the rows said that were merged into theirs: an older list still says it."""
    ended = sa.and_(Membership.person_id == Person.id, Membership.left_reason == MERGED,
                    Membership.organisation_id.in_(_below(organisation_id)))
    rows = db.session.execute(
        sa.select(PersonAlias.kept_id, *FACTS, Membership.staff_code).join(Person, Person.id == PersonAlias.other_id)
        .outerjoin(Membership, ended).where(PersonAlias.ended_at.is_(None), among(PersonAlias.kept_id, people.keys()))
        .order_by(PersonAlias.id))
    for row in rows:
        people[row.kept_id].former.append(Former(
            full_name=row.full_name, birth_year=row.birth_year, birth_date=row.birth_date, phone=row.phone, email=row.email,
            personal_code=row.personal_code, staff_code=row.staff_code))


def _ended_by_undo(asked: Mapping[str, set[str]], organisation_id: int) -> list[Known]:
    """Whom an import of this organisation had brought before it was undone, and who was never ended otherwise."""
    brought = (
        sa.select(RosterChange.person_id).join(RosterImport, RosterImport.id == RosterChange.roster_id)
        .where(RosterImport.organisation_id == organisation_id, RosterChange.undone_at.is_not(None),
               RosterChange.kind.in_(("person_created", "person_revived"))))
    rows = db.session.execute(
        sa.select(*FACTS).where(
            Person.ended_at.is_not(None), Person.secret_hash.is_(None), Person.id.in_(brought),
            among(Person.folded_name, asked["folded_name"])).order_by(Person.id))
    return [_known(row, is_seen=True, is_elsewhere=False) for row in rows]


def organisations_named(organisation_id: int) -> dict[str, int | None]:
    """Present names (folded) of the organisation and everything below it; None for a name that two of them bear."""
    names: dict[str, int | None] = {}
    for row in db.session.execute(
            sa.select(OrganisationPeriod.folded_name, OrganisationPeriod.organisation_id, OrganisationClosure.depth)
            .join(OrganisationClosure, OrganisationClosure.descendant_id == OrganisationPeriod.organisation_id)
            .where(OrganisationClosure.ancestor_id == organisation_id, OrganisationPeriod.valid_to.is_(None))
            .order_by(OrganisationClosure.depth)):
        is_second = row.folded_name in names and row.depth > 0
        names[row.folded_name] = None if is_second and names[row.folded_name] != organisation_id else names.get(
            row.folded_name, row.organisation_id)
    return names


def kind_of(organisation_id: int) -> str:
    """What kind of organisation this is today."""
    kind: str = db.session.scalars(sa.select(OrganisationPeriod.kind).where(
        OrganisationPeriod.organisation_id == organisation_id, OrganisationPeriod.valid_to.is_(None))).one()
    return kind
