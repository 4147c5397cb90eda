"""Self-registration: three short steps, four for a child."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine

from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.signals import person_arrived
from lms.people.models import Consent, Membership, Person
from lms.people.services.persons import CONSENT_VERSION, Agreement, create_person, register_person
from tests.people.factories import NOW, PIN, make_account, make_ward


def first_steps(client, name="Nguyễn Thị Hoa", year="1959", audience="nguoi-dan"):
    client.send("/dang-ky", audience=audience)
    return client.send("/dang-ky/ten", full_name=name, birth_year=year)


def last_step(client, **values):
    return client.send("/dang-ky/ma", **{"phone": "0905 123 456", "secret": PIN, "again": PIN, "agreed": "1", **values})


def people():
    return list(db.session.scalars(sa.select(Person).order_by(Person.id)))


def test_registration_in_three_steps(client):
    ward, _to_1, _to_2 = make_ward()
    db.session.commit()
    heard = []

    def listen(_sender, **values):
        heard.append((values["person_id"], values["how"]))

    assert first_steps(client).location == "/dang-ky/ma"
    with person_arrived.connected_to(listen):
        assert last_step(client, kept="1").location == "/dang-ky/xong"
    page = client.get("/dang-ky/xong").get_data(as_text=True)

    person, = people()
    assert (person.full_name, person.birth_year, person.phone, person.audience) == (
        "Nguyễn Thị Hoa", 1959, "0905123456", "nguoi-dan")
    assert person.personal_code in page
    assert heard == [(person.id, "registered")]
    assert db.session.scalars(sa.select(Membership.organisation_id)).all() == [ward.id]
    consent = db.session.scalars(sa.select(Consent)).one()
    assert (consent.version, consent.given_by, consent.guardian_name) == (CONSENT_VERSION, "self", None)


def test_registration_without_phone_gets_a_personal_code(client):
    first_steps(client)

    last_step(client, phone="", no_phone="1")

    person, = people()
    assert person.phone is None
    assert person.personal_code.startswith("BT-")


def test_registration_joins_the_organisation_of_the_address(client):
    _ward, to_1, _to_2 = make_ward()
    db.session.commit()

    page = client.get("/dang-ky?don-vi=to-1").get_data(as_text=True)
    client.send("/dang-ky?don-vi=to-1", audience="nguoi-dan")
    client.send("/dang-ky/ten", full_name="Hoa", birth_year="1959")
    last_step(client)

    assert "Bạn đăng ký vào Tổ dân phố 1." in page
    assert db.session.scalars(sa.select(Membership.organisation_id)).all() == [to_1.id]


def test_registration_with_an_unknown_organisation_joins_the_body(client):
    ward, _to_1, _to_2 = make_ward()
    db.session.commit()

    client.send("/dang-ky?don-vi=khong-co", audience="nguoi-dan")
    client.send("/dang-ky/ten", full_name="Hoa", birth_year="1959")
    last_step(client)

    assert db.session.scalars(sa.select(Membership.organisation_id)).all() == [ward.id]


def test_child_needs_a_guardian(client):
    assert first_steps(client, "Lê Bảo An", "2014", "hoc-sinh-sinh-vien").location == "/dang-ky/giam-ho"
    assert client.get("/dang-ky/ma").location == "/dang-ky/giam-ho"
    assert client.send("/dang-ky/giam-ho", guardian_name="Lê Thị Mai").status_code == 422

    client.send("/dang-ky/giam-ho", guardian_name="Lê Thị Mai", guardian_relation="me", guardian_agrees="1")
    last_step(client)

    consents = list(db.session.scalars(sa.select(Consent).order_by(Consent.id)))
    assert [(c.given_by, c.guardian_name, c.guardian_relation) for c in consents] == [
        ("guardian", "Lê Thị Mai", "Mẹ"), ("self", None, None)]


@pytest.mark.parametrize(("values", "sentence"), [
    ({"agreed": ""}, "Bạn đọc và đánh dấu đồng ý"),
    ({"phone": ""}, "Bạn gõ số điện thoại, hoặc đánh dấu là không có."),
    ({"phone": "0905"}, "Số điện thoại có 10 chữ số. Bạn mới gõ 4 số."),
    ({"phone": "02363000000"}, "Số máy bàn không dùng để đăng nhập được."),
    ({"secret": "123456", "again": "123456"}, "Mã này dễ đoán."),
    ({"secret": "123", "again": "123"}, "Mã PIN có 6 chữ số. Bạn đã gõ 3 số."),
    ({"again": "482916"}, "Hai lần gõ chưa giống nhau."),
], ids=["consent", "no phone", "short phone", "landline", "easy", "short", "different"])
def test_last_step_refuses(client, values, sentence):
    first_steps(client)

    answer = last_step(client, **values)

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert people() == []


@pytest.mark.parametrize(("name", "year", "sentence"), [
    ("", "1959", "Bạn gõ họ và tên."), ("Hoa 😀", "1959", "Bạn bỏ ký tự “😀”."), ("H" * 121, "1959", "tối đa 120 ký tự"),
    ("Hoa", "59", "Năm sinh nằm trong khoảng 1906 đến 2021."), ("Hoa", "", "Năm sinh có 4 chữ số"),
    ("Hoa", "một chín", "Năm sinh có 4 chữ số"),
])
def test_name_step_refuses(client, name, year, sentence):
    with time_machine.travel(NOW, tick=False):
        answer = first_steps(client, name, year)

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_steps_cannot_be_jumped(client):
    assert client.get("/dang-ky/ten").location == "/dang-ky"
    assert client.get("/dang-ky/ma").location == "/dang-ky/ten"
    assert last_step(client).location == "/dang-ky/ten"
    assert people() == []


def test_session_never_holds_the_secret(client):
    first_steps(client)
    last_step(client, again="482916")

    with client.session_transaction() as session:
        assert PIN not in str(dict(session))


def test_two_halves_of_a_double_click_at_the_same_moment_are_one_person(app):
    make_ward()
    db.session.commit()
    uuid, start = uuid4(), Barrier(4)

    def press(_number):
        with app.app_context():
            start.wait()
            person = register_person(
                uuid=uuid, full_name="Nguyễn Thị Hoa", birth_year=1959, audience="nguoi-dan", phone="0905123456",
                secret=PIN, agreement=Agreement(), organisation=None, address="10.0.0.1", now=NOW)
            db.session.commit()
            return person.id

    db.session.remove()
    with ThreadPoolExecutor(4) as pool:
        pressed = set(pool.map(press, range(4)))

    assert pressed == {person.id for person in people()}
    assert len(pressed) == db.session.scalar(sa.select(sa.func.count()).select_from(Consent)) == 1


def test_double_click_makes_one_person(client):
    """The browser sends the last step twice with the cookie of before; both answers belong to one account."""
    first_steps(client)
    before = client.get_cookie("phien").value

    first = last_step(client)
    client.set_cookie("phien", before)
    second = last_step(client)

    assert (first.location, second.location) == ("/dang-ky/xong", "/dang-ky/xong")
    assert len(people()) == 1
    client.set_cookie("phien", before)
    assert last_step(client, secret="730264", again="730264").status_code == 422


def test_a_known_phone_registers_like_an_unknown_one(client):
    make_account(phone="0905123456")
    db.session.commit()
    first_steps(client)

    assert last_step(client, secret="730264", again="730264").location == "/dang-ky/xong"
    assert len(people()) == 2


def test_registration_on_one_phone_is_limited(app):
    def register(number):
        return register_person(
            uuid=uuid4(), full_name="Kẻ Lạ", birth_year=1990, audience="nguoi-dan", phone="0905123456",
            secret=f"48{number}91{number}", agreement=Agreement(), organisation=None, address="203.0.113.9", now=NOW)

    for number in range(5):
        register(number)
    with pytest.raises(DomainError, match="registration.too_many"):
        register(6)


def test_registered_person_keeps_the_text_size_of_the_browser(client):
    client.set_cookie("co_chu", "rat-lon")
    first_steps(client)
    last_step(client)

    assert [person.text_size for person in people()] == ["rat-lon"]


def test_registration_goes_on_to_the_lesson_it_came_from(client):
    client.get("/dang-ky?next=/bai/goi-dien")
    first_steps(client)
    last_step(client)

    assert 'href="/bai/goi-dien"' in client.get("/dang-ky/xong").get_data(as_text=True)


def test_passphrase_form_has_no_number_keyboard(client):
    first_steps(client)

    letters = client.get("/dang-ky/ma?kieu=chu").get_data(as_text=True)

    assert "Đặt mật khẩu chữ" in letters
    assert 'type="password" inputmode="numeric"' not in letters


def test_email_is_unique_and_well_formed(app):
    create_person(full_name="Hoa", email="hoa@benthu.example", organisation=None, now=NOW)

    with pytest.raises(DomainError, match="person.email_taken"):
        create_person(full_name="Hoa", email="HOA@benthu.example", organisation=None, now=NOW)
    with pytest.raises(DomainError, match="person.email_wrong"):
        create_person(full_name="Hoa", email="hoa@", organisation=None, now=NOW)
