"""Who plays in the sweeps: every role in one tổ dân phố (A), in another (B) and in the ward above both, somebody in A
to whom things belong (the owner), and the things themselves."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from lms.assessment.models import Attempt, Confirmation
from lms.assessment.queries.papers import paper_of
from lms.assessment.services.attempts import start_attempt
from lms.certificates.models import Credential
from lms.core import clock
from lms.core.db import db
from lms.demo.loading import POLICY, TASKS
from lms.demo.ward import PIN
from lms.operations.health import head_revision
from lms.people.models import ROLES, Organisation, SignIn
from lms.people.queries.actors import token_hash
from lms.people.rules.identities import shown_activation_code
from lms.people.services.activations import make_activation_code
from lms.people.services.persons import Agreement, give_consent
from lms.people.services.secrets import hash_secret
from tests.factories import make_actor, make_member, make_person, make_role, make_sign_in
from tests.world import build_world, person

A, B, WARD = "to-dan-pho-7", "to-dan-pho-2", "phuong-ben-thu"
SIDES = {"A": (A, ROLES), "B": (B, ROLES), "W": (WARD, ("assessor", "officer", "admin"))}
COLUMNS = ["visitor", "owner", *(f"{side}-{role}" for side, (_, roles) in SIDES.items() for role in roles)]
SEES_PEOPLE = ("mentor", "focal_point", "assessor", "officer", "admin")
# Whoever may see the owner somewhere: themselves, and those who work with people in A or above it.
MAY_SEE = {"owner", *(f"{side}-{role}" for side in "AW" for role in SEES_PEOPLE)}
OWNER, CASE = "Hồ Văn Quý", "Quách Thị Hiền"  # both of A; the second waits to be watched and confirmed
RUNNING, FINISHED = "luyen-an-toan-chong-lua-dao", "cap-1-xoa-mu-cong-nghe"


@dataclass
class Cast:
    """The sign-in token of each column, what is owned (names as the routes' examples use them), and strings that only
    those in MAY_SEE may read."""

    tokens: dict[str, str] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)


def build_cast():
    """The world of tests/world.py, and the cast in it."""
    build_world()
    stamp_revision()
    now = clock.now()
    cast, secret_hash = Cast(), hash_secret(PIN)
    staff = {}
    for side, (key, roles) in SIDES.items():
        for role in roles:
            staff[f"{side}-{role}"] = appoint(f"Người {side} {role}", role, key, secret_hash, now=now)
    owner = person(OWNER)
    cast.tokens = {name: make_sign_in(one, now=now) for name, one in {**staff, "owner": owner}.items()}
    own_things(cast, owner, staff["A-officer"], now=now)
    db.session.commit()
    db.session.remove()
    return cast


def stamp_revision():
    """The database says that it is at this code's revision, so that /readyz answers as in life."""
    db.session.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    db.session.execute(sa.text("INSERT INTO alembic_version VALUES (:head)"), {"head": head_revision()})


def appoint(name, role, key, secret_hash, *, now):
    """Somebody with this role at the organisation; a learner is somebody with none."""
    place = db.session.scalars(sa.select(Organisation).where(Organisation.key == key)).one()
    one = make_person(name, now=now, birth_year=1980, secret_hash=secret_hash, secret_kind="pin", secret_set_at=now)
    make_member(one, place)
    if role != "learner":
        make_role(one, role, place, now=now)
    give_consent(one, Agreement(), now=now)
    return one


def own_things(cast, owner, officer, *, now):
    """Everything that routes name by an id."""
    credential = db.session.scalars(sa.select(Credential).where(Credential.person_id == owner.id, Credential.state == "good")).one()
    confirmation = db.session.get_one(Confirmation, credential.confirmation_id)
    finished = db.session.scalars(sa.select(Attempt.uuid).where(
        Attempt.person_id == owner.id, Attempt.state == "submitted").limit(1)).one()
    running = start_attempt(person_id=owner.id, key=RUNNING, now=now)
    device = db.session.scalars(sa.select(SignIn.uuid).where(
        SignIn.token_hash == token_hash(make_actor(owner, now=now).token))).one()
    slip, code = make_activation_code(owner, by=make_actor(officer, now=now), now=now)
    case = person(CASE)
    cast.things = {
        "owner": owner.uuid, "phone": owner.phone, "case": case.uuid, "policy": POLICY, "task": TASKS[0],
        "serial": credential.serial, "confirmation": confirmation.uuid, "device": device, "batch": slip.batch, "code": code,
        "running": running, "finished": finished, "questions": len(paper_of(running).items),
        "organisation": db.session.scalars(sa.select(Organisation.uuid).where(Organisation.key == A)).one(),
    }
    cast.things |= {"case_phone": case.phone, "case_code": case.personal_code}
    cast.secrets = [value for one in (owner, case) for value in (
        one.full_name, one.phone, f"{one.phone[:4]} {one.phone[4:7]} {one.phone[7:]}", one.personal_code, str(one.uuid))]
    cast.secrets += [credential.serial, credential.serial[-9:], code, shown_activation_code(code), str(slip.batch),
                     str(running), str(finished), str(confirmation.uuid), str(device)]
