"""Slips: made face to face or on paper, used once, and then the person has a PIN."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from lms.core import audit
from lms.core.bulk import among, insert_rows
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import ActivationCode, Actor, Membership, OrganisationClosure, Person, RoleAt, RoleGrant
from lms.people.queries.activation_codes import codes_from, hash_of, open_activation_code
from lms.people.queries.organisations import organisation_ids_of
from lms.people.queries.persons import has_consent, roles_of
from lms.people.rules.roles import MAKE_SLIPS, can_make_slip_for, holds_at
from lms.people.rules.sight import BELONGS
from lms.people.services.persons import CONSENT_VERSION, Agreement, give_consent
from lms.people.services.secrets import set_secret
from lms.people.services.sign_ins import end_sign_ins_of

VALID_FOR = timedelta(days=30)


def make_activation_code(
    person: Person, *, by: Actor | None, now: datetime, operator: str | None = None, batch: UUID | None = None,
) -> tuple[ActivationCode, str]:
    """A slip for this person and its code; slips made before become void. The old PIN holds until the slip is used.

    `by` None is the command line. Raises DomainError slip.not_yours_to_make.
    """
    roles = roles_of(person.id)
    if by and not can_make_slip_for(by, person_id=person.id, roles=roles, at=organisation_ids_of(person.id)):
        raise DomainError("slip.not_yours_to_make")
    db.session.execute(
        sa.update(ActivationCode)
        .where(ActivationCode.person_id == person.id, ActivationCode.used_at.is_(None), ActivationCode.void_at.is_(None))
        .values(void_at=now))
    uuid = uuid4()
    code = codes_from(uuid)[0]
    row = ActivationCode(
        uuid=uuid, person_id=person.id, code_hash=hash_of(code), purpose="reset" if person.secret_hash else "activate",
        batch=batch or uuid4(), made_by_id=by.id if by else None, made_at=now, expires_at=now + VALID_FOR)
    db.session.add(row)
    db.session.flush()
    audit.record("activation.made", now=now, actor_id=by.id if by else None, operator=operator,
                 subject=f"person:{person.uuid}", purpose=row.purpose)
    return row, code


def make_activation_codes(people: Iterable[Person], *, by: Actor, now: datetime) -> tuple[UUID, int]:
    """One batch of slips, for those of these people whom the actor may make one for; (batch, how many).

    The same number of statements for eight people and for eight hundred.
    """
    batch, allowed = uuid4(), _allowed(list(people), by=by, now=now)
    if not allowed:
        return batch, 0
    db.session.execute(
        sa.update(ActivationCode)
        .where(among(ActivationCode.person_id, [person.id for person in allowed]), ActivationCode.used_at.is_(None),
               ActivationCode.void_at.is_(None))
        .values(void_at=now).execution_options(synchronize_session=False))
    slips, lines = [], []
    for person in allowed:
        uuid, purpose = uuid4(), "reset" if person.secret_hash else "activate"
        slips.append((uuid, person.id, hash_of(codes_from(uuid)[0]), purpose, batch, by.id, now, now + VALID_FOR))
        lines.append((now, by.id, "activation.made", f"person:{person.uuid}", {"purpose": purpose}))
    insert_rows(ActivationCode, ("uuid", "person_id", "code_hash", "purpose", "batch", "made_by_id", "made_at", "expires_at"),
                slips)
    insert_rows(audit.AuditEvent, ("at", "actor_id", "action", "subject", "detail"), lines)
    return batch, len(slips)


def _allowed(people: Sequence[Person], *, by: Actor, now: datetime) -> list[Person]:
    """Those of these people whom the actor may hand a slip, asked in two statements."""
    ids = [person.id for person in people]
    if not ids:
        return []
    roles: dict[int, list[RoleAt]] = {}
    for row in db.session.execute(sa.select(RoleGrant.person_id, RoleGrant.role, RoleGrant.organisation_id).where(
            among(RoleGrant.person_id, ids), *holds_at(now))):
        roles.setdefault(row.person_id, []).append(RoleAt(row.role, row.organisation_id))
    places: dict[int, set[int]] = {}
    for place in db.session.execute(
            sa.select(Membership.person_id, OrganisationClosure.ancestor_id)
            .join(OrganisationClosure, OrganisationClosure.descendant_id == Membership.organisation_id)
            .where(among(Membership.person_id, ids), *BELONGS,
                   OrganisationClosure.ancestor_id.in_(by.organisations(*MAKE_SLIPS)))):
        places.setdefault(place.person_id, set()).add(place.ancestor_id)
    return [one for one in people if can_make_slip_for(
        by, person_id=one.id, roles=roles.get(one.id, ()), at=places.get(one.id, ()))]


def use_activation_code(
    code: str, *, secret: str, form_of_address: str, agreement: Agreement | None, now: datetime,
) -> Person:
    """The slip's owner sets a PIN with it; every sign-in there was ends. One of two simultaneous uses wins.

    `agreement` may be None only when the present consent text was agreed to before.
    Raises DomainError consent.missing, what `open_activation_code`, `set_secret` and `give_consent` raise.
    """
    row = open_activation_code(code, now=now)
    person = db.session.get_one(Person, row.person_id)
    if agreement is None and not has_consent(person.id, CONSENT_VERSION):
        raise DomainError("consent.missing")
    taken = db.session.execute(
        sa.update(ActivationCode).where(ActivationCode.id == row.id, ActivationCode.used_at.is_(None))
        .values(used_at=now).execution_options(synchronize_session=False))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError("activation.used")
    set_secret(person, secret, now=now)
    if agreement is not None:
        give_consent(person, agreement, now=now)
    person.form_of_address = form_of_address
    end_sign_ins_of(person.id, why="by_helper" if row.purpose == "reset" else "replaced", now=now)
    db.session.flush()
    audit.record("activation.used", now=now, actor_id=person.id, subject=f"person:{person.uuid}", purpose=row.purpose)
    return person
