"""Lists of results from elsewhere: among whom their rows are looked for, and what became of them."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from lms.core.bulk import among
from lms.core.db import db
from lms.people.models import Membership, OrganisationClosure, Person
from lms.people.rules.sight import BELONGS
from lms.rosters.models import RosterDecision, RosterImport, RosterRow
from lms.rosters.queries.imports import decisions_of
from lms.rosters.rules.records import Candidate


def _members(organisation_id: int) -> Any:
    """Conditions: live members of the organisation or of what stands below it, who agreed to be."""
    below = sa.select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id == organisation_id)
    return (*BELONGS, Membership.organisation_id.in_(below), Person.ended_at.is_(None))


def members_below(organisation_id: int) -> list[Candidate]:
    """Everybody who may be meant by a row of a list for this organisation, whoever sends it in. One statement.

    People who were listed here by somebody and have not agreed are left out: a list must not find out anything about them.
    """
    rows = db.session.execute(
        sa.select(Person.id, Person.full_name, Person.phone, Person.email, Person.birth_year, Person.birth_date,
                  Person.personal_code, Membership.staff_code)
        .join(Membership, Membership.person_id == Person.id).where(*_members(organisation_id)).order_by(Person.id))
    people: dict[int, Any] = {}
    codes: dict[int, set[str]] = {}
    for row in rows:
        people[row.id] = row[:-1]
        codes.setdefault(row.id, set()).update([row.staff_code] if row.staff_code else [])
    return [Candidate(*facts, staff_codes=frozenset(codes[person_id]), belongs=True) for person_id, facts in people.items()]


def still_members(organisation_id: int, person_ids: Collection[int]) -> set[int]:
    """Which of these people are members there still."""
    return set(db.session.scalars(
        sa.select(Membership.person_id).join(Person, Person.id == Membership.person_id)
        .where(*_members(organisation_id), among(Membership.person_id, person_ids))))


def rows_to_take(roster: RosterImport) -> list[tuple[RosterRow, int]]:
    """(row, person) of every line that is to become evidence: matched and new here, or decided by somebody."""
    decided: dict[int, RosterDecision] = decisions_of(roster)
    rows = db.session.scalars(
        sa.select(RosterRow).where(RosterRow.roster_id == roster.id, RosterRow.verdict.in_(("matched", "unclear")),
                                   RosterRow.is_unchanged.is_(False)).order_by(RosterRow.number))
    taken = []
    for row in rows:
        decision = decided.get(row.number)
        person_id = row.person_id if row.verdict == "matched" else decision.same_as_id if decision else None
        if person_id:
            taken.append((row, person_id))
    return taken


def names_of(person_ids: Collection[int]) -> dict[int, Any]:
    """Name, birth year and uuid of these people, for rows that were matched among one's own members."""
    return {row.id: row for row in db.session.execute(
        sa.select(Person.id, Person.uuid, Person.full_name, Person.birth_year).where(among(Person.id, person_ids)))}
