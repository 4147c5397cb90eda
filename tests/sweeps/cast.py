"""Who plays in the sweeps: every role in one tổ dân phố (A), in another (B) and in the ward above both, somebody in A
to whom things belong (the owner), and the things themselves."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from lms.assessment.models import Attempt, Confirmation, ExternalEvidence
from lms.assessment.queries.papers import paper_of
from lms.assessment.services.attempts import start_attempt
from lms.assessment.services.external_evidence import EvidenceLine, create_source, record_external_evidence
from lms.campaign.services.list_requests import ask_for_list
from lms.campaign.services.submissions import hand_in
from lms.certificates.models import Credential
from lms.core import clock
from lms.core.db import db
from lms.demo.loading import POLICY, TASKS
from lms.demo.ward import PIN
from lms.operations.health import head_revision
from lms.people.models import ROLES, Organisation, SignIn
from lms.people.queries.actors import token_hash
from lms.people.queries.joining import code_of
from lms.people.rules.identities import shown_activation_code
from lms.people.services.activations import make_activation_code
from lms.people.services.merges import merge_persons
from lms.people.services.persons import Agreement, give_consent
from lms.people.services.proposals import propose_organisation
from lms.people.services.secrets import hash_secret
from lms.rosters.models import RosterImport
from lms.rosters.rules.lines import show_texts
from lms.rosters.services.checking import Target, check_list
from lms.rosters.services.directly import CheckedFile, write_file
from lms.rosters.services.imports import begin_pasted, read_again, request_check
from lms.rosters.services.keeping import keep_lines
from lms.rosters.services.removal import preview_removal
from lms.rosters.services.results import begin_results, check_list_of_results, target_of, write_results
from tests.factories import make_actor, make_member, make_person, make_role, make_sign_in
from tests.people.factories_groups import make_group_work
from tests.world import build_world, person

A, B, WARD = "to-dan-pho-7", "to-dan-pho-2", "phuong-ben-thu"
SIDES = {"A": (A, ROLES), "B": (B, ROLES), "W": (WARD, ("assessor", "officer", "admin"))}
COLUMNS = ["visitor", "owner", *(f"{side}-{role}" for side, (_, roles) in SIDES.items() for role in roles)]
SEES_PEOPLE = ("mentor", "focal_point", "assessor", "officer", "admin")
# Whoever may see the owner somewhere: themselves, and those who work with people in A or above it.
MAY_SEE = {"owner", *(f"{side}-{role}" for side in "AW" for role in SEES_PEOPLE)}
OWNER, CASE = "Hồ Văn Quý", "Quách Thị Hiền"  # both of A; the second waits to be watched and confirmed
ELSEWHERE = "SO-KHAC-7731"  # number of the owner's paper from another platform
LIST_OF_A = """Họ và tên,Năm sinh,Số điện thoại,Chức vụ
{owner.full_name},{owner.birth_year},{owner.phone},Tổ viên
Người Trong Sách,1980,,
"""
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
    cast.things |= learned_elsewhere(owner, officer, now=now)
    cast.things |= asked_upward(owner, officer, now=now)
    cast.things |= lists_of_people(owner, officer, now=now)
    cast.things["today"] = clock.local_date(now).isoformat()
    cast.things |= asked_for_lists(now=now)
    cast.things |= gathered(owner, officer, now=now)
    cast.things |= {"case_phone": case.phone, "case_code": case.personal_code,
                    "absent": absent_from(cast.things["list_done"], officer, now=now)}
    cast.secrets = [value for one in (owner, case) for value in (
        one.full_name, one.phone, f"{one.phone[:4]} {one.phone[4:7]} {one.phone[7:]}", one.personal_code, str(one.uuid))]
    cast.secrets += [credential.serial, credential.serial[-9:], code, shown_activation_code(code), str(slip.batch),
                     str(running), str(finished), str(confirmation.uuid), str(device), ELSEWHERE,
                     str(cast.things["external"]), str(cast.things["note"]), str(cast.things["proposal"]),
                     *(str(cast.things[f"list_{one}"]) for one in ("read", "running", "checked", "done")),
                     str(cast.things["cohort"]), str(cast.things["join_code"]), str(cast.things["nomination"])]


def learned_elsewhere(owner, officer, *, now):
    """What the owner learned elsewhere, from a source that is kept in A."""
    actor = make_actor(officer, now=now)
    place = db.session.scalars(sa.select(Organisation).where(Organisation.key == A)).one()
    source = create_source(key="nguon-cua-a", name="Nguồn của A", vouched_by="Sở mẫu", organisation=place, by=actor, now=now)
    record_external_evidence([EvidenceLine(owner.id, "Khóa ở nơi khác", None, ELSEWHERE, "Đạt")], source=source,
                             organisation=place, import_uuid=uuid4(), by=actor, now=now)
    evidence = db.session.scalars(sa.select(ExternalEvidence.uuid).where(ExternalEvidence.source_id == source.id)).one()
    return {"external": evidence, "source": source.uuid, "results": results_list(owner, source, place, actor, now=now).uuid,
            "results_done": results_list(owner, source, place, actor, now=now, is_written=True).uuid}


def results_list(owner, source, place, actor, *, now, is_written=False):
    """A list of results of A about the owner, checked or written, with a line about nobody."""
    course = "Khóa đã ghi" if is_written else "Khóa chờ ghi"
    text = f"Họ và tên\tSố điện thoại\tKhóa học\n{owner.full_name}\t{owner.phone}\t{course}\nNgười Không Thấy\t\t{course}"
    roster = begin_results(source=source, organisation=place, by=actor, now=now, text=text)
    keep_lines(roster, *check_list_of_results(read_again(roster), target_of(roster), now=now), now=now)
    if is_written:
        write_results(roster, by=actor, now=now)
    return roster


def lists_of_people(owner, officer, *, now):
    """Four lists of A that name the owner: as read, being checked, checked with a fault, and written."""
    place = db.session.scalars(sa.select(Organisation).where(Organisation.key == A)).one()
    actor = make_actor(officer, now=now)
    text = f"Họ và tên\tSố điện thoại\tNăm sinh\n{owner.full_name}\t{owner.phone}\t{owner.birth_year}\nNgười Lỗi\t0905\t1980\n"
    read, running, checked = (begin_pasted(text=text, organisation=place, by=actor, now=now) for _ in range(3))
    request_check(running, by=actor, now=now)
    keep_checked(checked, place, actor, now=now)
    whole = CheckedFile("ds.csv", place, actor, "")
    whole.read(LIST_OF_A.format(owner=owner).encode())
    write_file(whole, skip_faulty=False, now=now)
    done = db.session.scalars(sa.select(RosterImport.uuid).where(
        RosterImport.organisation_id == place.id, RosterImport.state == "done", RosterImport.kind == "people")).one()
    return {"list_read": read.uuid, "list_running": running.uuid, "list_checked": checked.uuid, "list_done": done}


def absent_from(uuid, officer, *, now):
    """The fingerprint of those of A who are not on the written list; it goes back with the form."""
    roster = db.session.scalars(sa.select(RosterImport).where(RosterImport.uuid == uuid)).one()
    return preview_removal(roster, by=make_actor(officer, now=now)).fingerprint


def keep_checked(roster, place, actor, *, now):
    """What the background work of checking leaves."""
    reading = read_again(roster)
    checked = check_list(reading, Target(place.id, actor), now=now)
    show_texts(checked.lines, reading)
    keep_lines(roster, checked.lines, checked.document, now=now)


def asked_upward(owner, officer, *, now):
    """A proposal of A, somebody with a role there, a namesake of the owner, one already merged, and a list of B that
    names the owner."""
    place, far = (db.session.scalars(sa.select(Organisation).where(Organisation.key == key)).one() for key in (A, B))
    actor = make_actor(officer, now=now)
    focal, held = make_person("Người Đề Nghị", now=now, birth_year=1980), make_person("Người Giữ Vai", now=now, birth_year=1980)
    for one, role in ((focal, "focal_point"), (held, "mentor")):
        make_member(one, place)
        make_role(one, role, place, now=now)
    proposal = propose_organisation(place, name="Nhóm của A", kind="club", reason="Đông người", now=now,
                                    by=make_actor(focal, now=now))
    twin, merged = (make_person(owner.full_name, now=now, birth_year=1980) for _ in range(2))
    for one in (twin, merged):
        make_member(one, place)
    note = merge_persons(owner, merged, reason="Hai hồ sơ", by=actor, now=now)
    make_member(owner, far, is_claimed=False)
    return {"proposal": proposal.uuid, "held": held.uuid, "twin": twin.uuid, "note": note.uuid, "far": far.uuid}


def gathered(owner, officer, *, now):
    """A cohort of A with the owner in it, its join code, somebody who asks, a nomination."""
    place = db.session.scalars(sa.select(Organisation).where(Organisation.key == A)).one()
    made = make_group_work(place, owner, make_actor(officer, now=now), now=now)
    return {**made, "join": code_of(made.pop("code_row"))}


def asked_for_lists(*, now):
    """Two lists that the ward asked A for: one that A has yet to hand in, and one that is with the ward."""
    place, ward = (db.session.scalars(sa.select(Organisation).where(Organisation.key == key)).one() for key in (A, WARD))
    to_do, done = (ask_for_list(ward, title=title, meant="Mọi người", due_on=clock.local_date(now) + timedelta(days=30),
                                unit_ids=[place.id], now=now) for title in ("Danh sách chưa nộp", "Danh sách đã nộp"))
    return {"ward": ward.uuid, "list": to_do.uuid, "list_sent": done.uuid, "submission": hand_in(done, place.id, now=now).uuid}
