"""The learner's home with cards of every kind: each is there, in order, and the whole page costs five statements."""

from datetime import timedelta

import sqlalchemy as sa

from lms.campaign.services.reminders import remind_people
from lms.core import clock
from lms.core.db import db
from lms.courses.models import Course
from lms.courses.services.enrolments import enrol_people
from tests.assessment.factories_attempts import begin, make_offer
from tests.certificates.factories import make_certificate
from tests.courses.factories import load, write_course
from tests.courses.factories_enrolments import make_course, make_two_schools
from tests.courses.test_views import publish_map
from tests.factories import make_member, make_organisation, make_person
from tests.people.factories import make_account
from tests.statements import counted

CARDS = ("Trường B đưa bạn vào danh sách", "Việc được giao", "Bạn đang làm dở một bài", "Giấy xác nhận của bạn",
         "Mời cô vào học.")


def busy_learner(tmp_path, *, offers=1):
    """Somebody whose home has a card of every kind."""
    now = clock.now()
    _ward, (school, focal, _people), (other, _focal, _strangers) = make_two_schools()
    person, stranger = make_account("Lê Thị Mai"), make_person("Người Khác")
    make_member(person, school)
    for one in (person, stranger):
        make_member(one, other, is_claimed=False)
    for number in range(1, offers):
        make_member(person, make_organisation(f"Đơn vị {number}"), is_claimed=False)
    load(write_course(tmp_path))
    publish_map()
    course = db.session.scalars(sa.select(Course).order_by(Course.id)).first()
    enrol_people([person.id], course, due_on=clock.local_date(now) + timedelta(days=9), by=None, now=now)
    enrol_people([stranger.id], make_course("khoa-la", "Khóa của người khác", position=9), due_on=None, by=None, now=now)
    make_offer()
    begin(person, now=now)
    make_certificate(person=person, evidence={"skills": []})
    remind_people([person.id], school, text="Mời cô vào học.", subject="Mời học", by_mail=False, by=focal, now=now)
    db.session.commit()
    return person


def test_home_with_cards_of_every_kind_costs_five_statements(client, tmp_path):
    client.sign_in(busy_learner(tmp_path))
    client.get("/hom-nay")

    with counted() as sent:
        answer = client.get("/hom-nay")

    page = answer.get_data(as_text=True)
    assert [card for card in CARDS if card not in page] == []
    assert "Khóa của người khác" not in page
    assert len(sent) <= 5, sent


def test_more_cards_cost_no_more(client, tmp_path):
    client.sign_in(busy_learner(tmp_path, offers=4))
    client.get("/hom-nay")

    with counted() as sent:
        page = client.get("/hom-nay").get_data(as_text=True)

    places = [page.index(f"{name} đưa bạn vào danh sách") for name in ("Trường B", "Đơn vị 1", "Đơn vị 2", "Đơn vị 3")]
    assert places == sorted(places)
    assert [f'href="/cua-toi#don-vi-{number}"' in page for number in (1, 2, 3, 4, 5)] == [True, True, True, True, False]
    assert len(sent) <= 5, sent
