"""Reminders: once a day, all or nothing, on the learner's home until they go on."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from lms.campaign.models import Reminder
from lms.campaign.queries.reminders import reminders_of
from lms.campaign.services.reminders import _add, remind_people
from lms.campaign.views.home_parts import REMINDERS
from lms.core import mail
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.mail import Letter
from lms.courses.queries.home import HomeParts
from tests.campaign.factories import make_schools, make_staffed, make_teacher
from tests.factories import NOW, make_actor
from tests.reports.factories import Stage
from tests.statements import counted

TEXT = "Mời bác vào học tiếp."


@pytest.fixture
def world(app):
    _ward, (school, other) = make_schools(2)
    person, focal = make_staffed("focal_point", school, "Võ Thị Đầu")
    return type("World", (), {"school": school, "other": other, "focal": focal, "person": person})


def remind(world, people, *, now=NOW, text=TEXT, by_mail=False):
    return remind_people([one.id for one in people], world.school, text=text, subject="Mời học", by_mail=by_mail, by=world.focal,
                         now=now)


def rows():
    return db.session.execute(sa.select(Reminder.person_id, Reminder.text).order_by(Reminder.person_id)).all()


def test_each_at_most_once_a_day_of_the_ward(world):
    one, two = make_teacher(world.school, "Một"), make_teacher(world.school, "Hai")

    first = remind(world, [one])
    again = remind(world, [one, two], now=NOW + timedelta(hours=3))
    evening = NOW + timedelta(hours=14, minutes=1)  # 00:01 of the next day in the ward
    next_day = remind(world, [one], now=evening)

    assert [(sent.reminded, sent.already) for sent in (first, again, next_day)] == [(1, 0), (1, 1), (1, 0)]
    assert [row.sent_at for row in reminders_of(one.id)] == [evening, NOW]


def test_one_of_another_school_refuses_the_whole(world):
    mine, other = make_teacher(world.school, "Của Mình"), make_teacher(world.other, "Của Người")

    with pytest.raises(DomainError, match=r"^reminder\.not_yours$"):
        remind(world, [mine, other])

    assert rows() == []


@pytest.mark.parametrize(("people", "text", "code"), [
    (False, TEXT, "reminder.nobody"), (True, " \x00 ", "reminder.text_missing"), (True, "a" * 301, "reminder.text_too_long")])
def test_refusals(world, people, text, code):
    one = make_teacher(world.school, "Một")

    with pytest.raises(DomainError) as refusal:
        remind(world, [one] if people else [], text=text)

    assert refusal.value.code == code


def test_a_letter_goes_to_those_with_an_address_where_letters_are_sent(world, app, monkeypatch):
    one = make_teacher(world.school, "Có Thư", email="co@benthu.example")
    two = make_teacher(world.school, "Không Thư")
    assert remind(world, [one, two], by_mail=True).letters == 0
    monkeypatch.setitem(app.config, "LMS_SMTP_URL", "smtp://x")
    monkeypatch.setitem(app.config, "LMS_MAIL_FROM", "hocso@benthu.example")

    sent = remind(world, [one, two], by_mail=True, now=NOW + timedelta(days=1))
    remind(world, [one, two], by_mail=True, now=NOW + timedelta(days=1, hours=1))
    remind(world, [one, two], by_mail=False, now=NOW + timedelta(days=2))

    assert (sent.reminded, sent.letters, mail.is_on()) == (2, 1, True)
    letter, = db.session.scalars(sa.select(Letter))
    assert (letter.address, letter.text) == ("co@benthu.example", TEXT)
    assert [row.by_mail for row in reminders_of(one.id)] == [False, True, False]


def test_two_at_the_same_moment_remind_once(world):
    one = make_teacher(world.school, "Một")
    remind(world, [one])

    row = db.session.scalars(sa.select(Reminder)).one()
    values = {column.name: getattr(row, column.name) for column in Reminder.__table__.columns if column.name not in ("id", "uuid")}
    assert _add([{**values, "uuid": uuid4()}]) == []


def shown_to(app, actor, *, now):
    with app.test_request_context():
        return [(card.title, card.text) for card in HomeParts(cards=(REMINDERS,)).cards_for(actor, now)]


def test_the_learner_sees_it_until_they_go_on_or_two_weeks_are_over(app, world):
    person = make_teacher(world.school, "Một")
    actor = make_actor(person)
    remind(world, [person], now=NOW - timedelta(days=1), text="Cũ")
    remind(world, [person])

    assert shown_to(app, actor, now=NOW) == [("Lời nhắc ngày 21/11/2026", TEXT)]
    assert shown_to(app, actor, now=NOW + timedelta(days=15)) == []
    Stage(world.school).learns(person, 1, at=NOW + timedelta(hours=1))
    assert shown_to(app, actor, now=NOW + timedelta(hours=2)) == []
    assert shown_to(app, world.focal, now=NOW) == []


def test_many_cost_as_many_statements_as_few(world):
    few = [make_teacher(world.school, f"Người {n}") for n in range(2)]
    many = [make_teacher(world.school, f"Người nữa {n}") for n in range(60)]
    db.session.commit()
    assert all(one.id for one in (world.school, *few, *many))

    with counted() as sent_few:
        remind(world, few)
    with counted() as sent_many:
        remind(world, many)

    assert len(sent_few) == len(sent_many) <= 8
