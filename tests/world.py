"""A small whole world: the real content and the invented ward, plus a row in every table the ward leaves empty."""

from datetime import date, timedelta

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
    db.session.flush()


def withdraw_first(officer, *, now):
    """One confirmation is taken back."""
    from lms.assessment.models import Confirmation

    row = db.session.scalars(sa.select(Confirmation).where(Confirmation.ended_at.is_(None)).order_by(Confirmation.id)).first()
    withdraw_confirmation(confirmation=confirmation_for(officer, row.uuid), actor=officer, reason="Mẫu.", now=now)
