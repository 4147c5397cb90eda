"""Real objects with plain defaults. They flush; the test commits when it needs to."""

import itertools
import secrets
from datetime import UTC, date, datetime, timedelta

from lms.core.db import db
from lms.core.vietnamese import fold, name_key
from lms.people.models import (
    Membership,
    Organisation,
    OrganisationClosure,
    OrganisationPeriod,
    Person,
    RoleGrant,
    SignIn,
)
from lms.people.queries.actors import actor_of, token_hash

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_person(name="Nguyễn Thị Hoa", *, now=NOW, **values):
    number = next(_numbers)
    person = Person(**{
        "full_name": name, "folded_name": fold(name), "name_key": name_key(name), "birth_year": 1959,
        "audience": "nguoi-dan", "personal_code": f"T{number:06d}", "created_at": now, **values})
    db.session.add(person)
    db.session.flush()
    return person


def make_organisation(name="Phường Bến Thu", *, parent=None, kind="ward", key=None, now=NOW):
    organisation = Organisation(key=key or f"don-vi-{next(_numbers)}", created_at=now)
    db.session.add(organisation)
    db.session.flush()
    db.session.add(OrganisationPeriod(
        organisation_id=organisation.id, name=name, folded_name=fold(name), kind=kind,
        parent_id=parent.id if parent else None, valid_from=date(2025, 7, 1)))
    db.session.add(OrganisationClosure(ancestor_id=organisation.id, descendant_id=organisation.id, depth=0))
    if parent:
        for above in db.session.query(OrganisationClosure).filter_by(descendant_id=parent.id).all():
            db.session.add(OrganisationClosure(
                ancestor_id=above.ancestor_id, descendant_id=organisation.id, depth=above.depth + 1))
    db.session.flush()
    return organisation


def make_member(person, organisation, *, on=date(2026, 9, 1), **values):
    membership = Membership(**{
        "person_id": person.id, "organisation_id": organisation.id, "joined_on": on, "is_claimed": True, **values})
    db.session.add(membership)
    db.session.flush()
    return membership


def make_role(person, role, organisation, *, now=NOW):
    grant = RoleGrant(person_id=person.id, organisation_id=organisation.id, role=role, granted_at=now)
    db.session.add(grant)
    db.session.flush()
    return grant


def make_sign_in(person, *, now=NOW):
    """A live sign-in; returns its token."""
    token = secrets.token_urlsafe(32)
    db.session.add(SignIn(token_hash=token_hash(token), person_id=person.id, begun_at=now,
                          expires_at=now + timedelta(days=1)))
    db.session.flush()
    return token


def make_actor(person, *, now=NOW):
    """The actor that this person is when signed in."""
    return actor_of(make_sign_in(person, now=now), now=now)
