"""Persons come, belong somewhere, agree, change and go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError

from lms.core import audit, clock, settings, throttle
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.vietnamese import fold, name_key
from lms.people.models import Actor, CohortMember, Consent, Membership, Organisation, Person
from lms.people.models.persons import LONGEST_NAME_KEY
from lms.people.queries.organisations import organisation_ids_above
from lms.people.queries.persons import claimed_at_once
from lms.people.rules.identities import (
    LONGEST_NAME,
    checked_birth_year,
    clean_name,
    is_mobile,
    is_under_16,
    new_personal_code,
    normal_phone,
)
from lms.people.rules.roles import ADD_PEOPLE
from lms.people.services.roles import end_roles_of
from lms.people.services.secrets import secret_matches, set_secret
from lms.people.services.sign_ins import end_sign_ins_of
from lms.people.services.tree import check_takes_people

CONSENT_VERSION = "2026-11"  # its text: templates/people/consent-2026-11.html; a changed text is a new version
# Nobody registers more than a few people on one phone number in a day; a hall may register a hundred in an hour.
PER_PHONE = throttle.Limit(failures=5, window=timedelta(days=1), pause=timedelta(days=1))
PER_ADDRESS = throttle.Limit(failures=200, window=timedelta(hours=1), pause=timedelta(hours=1))


@dataclass(frozen=True)
class Agreement:
    """Who agreed to the present consent text: the person, and for a child the guardian too."""

    guardian_name: str = ""
    guardian_relation: str = ""


def new_person(
    *, full_name: str, now: datetime, birth_year: int | None = None, audience: str = "nguoi-dan", phone: str = "",
    email: str = "", uuid: UUID | None = None, **values: Any,
) -> Person:
    """Add a person with a fresh personal code; the callers say why in the audit log.

    Raises DomainError for a name, birth year, phone or e-mail that is not well formed, and person.email_taken.
    """
    name = clean_name(full_name)
    if birth_year is not None:
        checked_birth_year(birth_year, on=clock.local_date(now))
    # Cut: a letter of another script may fold to two or three.
    person = Person(
        uuid=uuid or uuid4(), full_name=name, folded_name=fold(name)[:LONGEST_NAME],
        name_key=name_key(name)[:LONGEST_NAME_KEY], birth_year=birth_year,
        audience=audience, phone=normal_phone(phone) if phone.strip() else None, email=_free_email(email),
        personal_code=_free_personal_code(), created_at=now, **values)
    db.session.add(person)
    db.session.flush()
    return person


def _free_personal_code() -> str:
    while True:
        code = new_personal_code(settings.current().serial_prefix)
        if not db.session.scalar(sa.select(sa.exists().where(Person.personal_code == code))):
            return code


def _free_email(text: str) -> str | None:
    if not text.strip():
        return None
    try:
        email = validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as fault:
        raise DomainError("person.email_wrong") from fault
    if db.session.scalar(sa.select(sa.exists().where(Person.email == email))):
        raise DomainError("person.email_taken")
    return email


def register_person(
    *, uuid: UUID, full_name: str, birth_year: int, audience: str, phone: str, secret: str, agreement: Agreement,
    organisation: Organisation | None, address: str, now: datetime,
) -> Person:
    """Somebody makes their own account. The same `uuid` with the same secret again (a double click) is the same person.

    Raises DomainError registration.too_many, registration.done, consent.guardian_missing, phone.landline, and what
    `new_person` and `set_secret` raise.
    """
    known = _registered(uuid, secret)
    if known:
        return known
    if phone and not is_mobile(normal_phone(phone)):
        raise DomainError("phone.landline")
    try:
        with db.session.begin_nested():
            person = new_person(
                uuid=uuid, full_name=full_name, birth_year=birth_year, audience=audience, phone=phone, now=now)
    except IntegrityError:  # the first half of the double click has just been committed
        known = _registered(uuid, secret)
        if known is None:
            raise
        return known
    _count_registration(person.phone, address, now=now)
    set_secret(person, secret, now=now)
    give_consent(person, agreement, now=now)
    if organisation:
        add_member(person, organisation, now=now, actor_id=person.id)
    audit.record("person.registered", now=now, actor_id=person.id, subject=f"person:{person.uuid}",
                 organisation_id=organisation.id if organisation else None)
    return person


def _registered(uuid: UUID, secret: str) -> Person | None:
    known: Person | None = db.session.scalar(sa.select(Person).where(Person.uuid == uuid))
    if known and not secret_matches(known.secret_hash or "", secret):
        raise DomainError("registration.done")
    return known


def _count_registration(phone: str | None, address: str, *, now: datetime) -> None:
    counted = [(throttle.subject_key("registration_address", address), PER_ADDRESS)]
    if phone:
        counted.append((throttle.subject_key("registration_phone", phone), PER_PHONE))
    if throttle.locked_until([subject for subject, _ in counted], now=now):
        raise DomainError("registration.too_many")
    for subject, limit in counted:
        throttle.count_failure(subject, limit, now=now)


def create_person(
    *, full_name: str, now: datetime, organisation: Organisation | None, by: Actor | None = None,
    operator: str | None = None, **values: Any,
) -> Person:
    """Staff or a command adds a person, who sets the PIN with a slip. `values` as for `new_person`.

    `by` None is the command line. Raises DomainError person.not_yours_to_add, organisation.ended, and what `new_person`
    raises.
    """
    if by and not (organisation and organisation_ids_above(organisation.id) & set(by.organisations(*ADD_PEOPLE))):
        raise DomainError("person.not_yours_to_add")
    if organisation:
        check_takes_people(organisation.id)
    person = new_person(full_name=full_name, now=now, **values)
    actor_id = by.id if by else None
    audit.record("person.created", now=now, actor_id=actor_id, operator=operator, subject=f"person:{person.uuid}",
                 organisation_id=organisation.id if organisation else None)
    if organisation:
        add_member(person, organisation, now=now, actor_id=actor_id, operator=operator)
    return person


def add_member(
    person: Person, organisation: Organisation, *, now: datetime, actor_id: int | None = None,
    operator: str | None = None, **values: Any,
) -> Membership:
    """The person belongs to the organisation from today; once is enough. `values`: position, staff_code, school_class.

    Somebody who was here already says yes first (`is_claimed`), unless they came themselves.
    Raises DomainError organisation.ended.
    """
    live: Membership | None = db.session.scalar(sa.select(Membership).where(
        Membership.person_id == person.id, Membership.organisation_id == organisation.id, Membership.left_on.is_(None)))
    if live:
        return live
    check_takes_people(organisation.id)
    if "is_claimed" not in values:
        values["is_claimed"] = actor_id == person.id or bool(claimed_at_once(None, [person.id]))
    membership = Membership(person_id=person.id, organisation_id=organisation.id, joined_on=clock.local_date(now), **values)
    db.session.add(membership)
    db.session.flush()
    audit.record("membership.begun", now=now, actor_id=actor_id, operator=operator, subject=f"person:{person.uuid}",
                 organisation_id=organisation.id)
    return membership


def give_consent(person: Person, agreement: Agreement, *, now: datetime) -> None:
    """Keep that the person agreed to the present text; under 16 the guardian's consent too, with name and relation.

    Raises DomainError consent.guardian_missing.
    """
    on = clock.local_date(now)
    if is_under_16(birth_year=person.birth_year, birth_date=person.birth_date, on=on):
        if not agreement.guardian_relation:
            raise DomainError("consent.guardian_missing")
        db.session.add(Consent(
            person_id=person.id, version=CONSENT_VERSION, given_at=now, given_by="guardian",
            guardian_name=clean_name(agreement.guardian_name), guardian_relation=agreement.guardian_relation[:60]))
    db.session.add(Consent(person_id=person.id, version=CONSENT_VERSION, given_at=now, given_by="self"))
    db.session.flush()
    audit.record("consent.given", now=now, actor_id=person.id, subject=f"person:{person.uuid}", version=CONSENT_VERSION)


def change_profile(person: Person, *, now: datetime, **values: str) -> None:
    """The person changes how they are addressed, the text size or the language. Unchanged values leave no trace."""
    changed = {name: value for name, value in values.items() if getattr(person, name) != value}
    for name, value in changed.items():
        setattr(person, name, value)
    if changed:
        db.session.flush()
        audit.record("person.changed", now=now, actor_id=person.id, subject=f"person:{person.uuid}", fields=sorted(changed))


def end_person(person: Person, *, now: datetime, by: Actor | None = None, operator: str | None = None) -> None:
    """The account is closed: every sign-in ends at once, roles and memberships too. Records stay.

    Raises DomainError role.last_admin when nobody would be left to run the installation.
    """
    end_roles_of(person, now=now, by=by, operator=operator)
    for model in (Membership, CohortMember):
        left = sa.update(model).where(model.person_id == person.id, model.left_on.is_(None))
        db.session.execute(left.values(left_on=clock.local_date(now)))
    end_sign_ins_of(person.id, why="person_ended", now=now)
    person.ended_at = now
    db.session.flush()
    audit.record("person.ended", now=now, actor_id=by.id if by else None, operator=operator, subject=f"person:{person.uuid}")
