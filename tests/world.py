"""A small whole world: the real content and the invented ward, plus a row in every table the ward leaves empty."""

from datetime import date, timedelta
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app

from lms.assessment.models import Attempt, AttemptItem, LateResponse
from lms.assessment.queries.confirmations import confirmation_for
from lms.assessment.services.confirmations import withdraw_confirmation
from lms.certificates.models import Credential
from lms.certificates.services import issue_due, make_link
from lms.core import clock, throttle
from lms.core.db import db
from lms.courses.models import Reader
from lms.courses.queries.lessons import lesson_with_version
from lms.courses.services.progress import reach_step
from lms.demo.loading import load_ward
from lms.people.models import Organisation, OrganisationSuccession, Person
from lms.people.services.activations import make_activation_code
from tests.factories import make_actor, make_sign_in
from tests.people.factories_groups import make_group_work
from tests.rosters.factories import make_list_work

LIMIT = throttle.Limit(failures=5, window=timedelta(minutes=15), pause=timedelta(minutes=15))


def load_real_content():
    """The content tree of the repository and what the invented ward decided."""
    from lms.app import DEMO_CONTENT, load_content
    from lms.core.content_tree import ContentTree

    public = ContentTree(current_app.config["LMS_CONTENT"])
    document = load_content([public, ContentTree(DEMO_CONTENT, public.report, is_private=True)])
    assert document["errors"] == []


def person(name):
    """Somebody of the ward by name."""
    return db.session.scalars(sa.select(Person).where(Person.full_name == name).order_by(Person.id)).first()


def build_world():
    """Load everything; returns nothing: ask by name (`person("Nguyễn Thị Hoa")`)."""
    now = clock.now()
    load_real_content()
    load_ward(now=now)
    issue_due(now=now)
    officer = make_actor(person("Nguyễn Thị Thu Hà"), now=now)
    make_sign_in(person("Phan Văn Bình"), now=now)
    make_activation_code(person("Tô Văn Sáu"), by=officer, now=now)
    throttle.count_failure("somebody", LIMIT, now=now)
    to_1, to_2 = (db.session.scalars(sa.select(Organisation).where(Organisation.key == f"to-dan-pho-{n}")).one() for n in (1, 2))
    db.session.add(OrganisationSuccession(from_id=to_1.id, to_id=to_2.id, on=date(2026, 7, 1), kind="merge"))
    lesson, version = lesson_with_version("goi-dien")
    reach_step(Reader(guest_id="khach-mau-khong-ai-22c"[:22]), lesson, version, version.steps[0]["id"], now=now)
    attempt = db.session.scalars(sa.select(Attempt).where(Attempt.state == "submitted").order_by(Attempt.id)).first()
    item = db.session.scalars(sa.select(AttemptItem).where(AttemptItem.attempt_id == attempt.id).limit(1)).one()
    db.session.add(LateResponse(attempt_id=attempt.id, position=item.position, sequence=9, document=None, received_at=now))
    credential = db.session.scalars(sa.select(Credential).order_by(Credential.id.desc())).first()
    make_link(credential, actor=make_actor(db.session.get_one(Person, credential.person_id), now=now), now=now)
    withdraw_first(officer, now=now)
    learned_elsewhere(officer, now=now)
    two_rows_of_one(officer, now=now)
    asked_and_reminded(officer, now=now)
    school = db.session.scalars(sa.select(Organisation).where(Organisation.key == "truong-thcs-ben-thu")).one()
    make_group_work(school, person("Nguyễn Khánh An"), officer, now=now)
    make_list_work(school, officer, now=now)
    db.session.flush()


def withdraw_first(officer, *, now):
    """One confirmation is taken back."""
    from lms.assessment.models import Confirmation

    row = db.session.scalars(sa.select(Confirmation).where(Confirmation.ended_at.is_(None)).order_by(Confirmation.id)).first()
    withdraw_confirmation(confirmation=confirmation_for(officer, row.uuid), actor=officer, reason="Mẫu.", now=now)


def learned_elsewhere(officer, *, now):
    """A source, and two lines of it about one person, of which one was taken back."""
    from lms.assessment.models import ExternalEvidence
    from lms.assessment.services.external_evidence import (
        EvidenceLine,
        create_source,
        record_external_evidence,
        withdraw_external_evidence,
    )

    ward = db.session.scalars(sa.select(Organisation).where(Organisation.key == "phuong-ben-thu")).one()
    source = create_source(key="nen-tang-mau", name="Nền tảng mẫu", vouched_by="Sở mẫu", address="https://nentang.example",
                           organisation=ward, by=officer, now=now)
    learner = person("Nguyễn Thị Hoa")
    lines = [EvidenceLine(learner.id, course, date(2026, 5, 2), "MAU-1", "Đạt") for course in ("Khóa mẫu", "Khóa nhầm")]
    record_external_evidence(lines, source=source, organisation=ward, import_uuid=uuid4(), by=officer, now=now)
    wrong = db.session.scalars(sa.select(ExternalEvidence).where(ExternalEvidence.course_title == "Khóa nhầm")).one()
    withdraw_external_evidence(wrong, reason="Nhầm người.", by=officer, now=now)


def two_rows_of_one(officer, *, now):
    """Somebody who came twice."""
    from lms.people.services.merges import merge_persons
    from lms.people.services.persons import create_person

    kept = person("Trịnh Xuân Phú")
    place = db.session.scalars(sa.select(Organisation).where(Organisation.key == "to-dan-pho-6")).one()
    other = create_person(full_name="Trịnh Xuân Phú", organisation=place, by=officer, now=now)
    merge_persons(kept, other, reason="Đăng ký hai lần.", by=officer, now=now)


def asked_and_reminded(officer, *, now):
    """A list that the ward asked a tổ for and has, a learner who was reminded, a letter that waits."""
    from lms.campaign.services.list_requests import ask_for_list
    from lms.campaign.services.reminders import remind_people
    from lms.campaign.services.submissions import hand_in
    from lms.core.mail import Letter

    ward, place = (db.session.scalars(sa.select(Organisation).where(Organisation.key == key)).one()
                   for key in ("phuong-ben-thu", "to-dan-pho-6"))
    request = ask_for_list(ward, title="Danh sách tổ", meant="Mọi người trong tổ", due_on=clock.local_date(now) + timedelta(days=9),
                           unit_ids=[place.id], by=officer, now=now)
    hand_in(request, place.id, by=officer, now=now)
    remind_people([person("Tô Văn Sáu").id], ward, text="Mời bác học tiếp.", subject="Mời học", by_mail=False, by=officer, now=now)
    db.session.add(Letter(address="mau@benthu.example", subject="Mời học", text="Mời bác học tiếp.", created_at=now, next_at=now))
