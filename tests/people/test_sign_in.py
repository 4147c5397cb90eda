"""The door: two steps, the same for everybody."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from lms.core import clock, settings, throttle
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.signals import person_arrived
from lms.people.models import SignIn
from lms.people.rules.identities import SignInName
from lms.people.services import admission, secrets
from lms.people.services.admission import Device, Refusal, admit
from tests.factories import make_organisation, make_role
from tests.people.factories import NOW, PIN, make_account

PHONE = SignInName("phone", "0900000001")


def enter(client, name="0900000001", secret=PIN, **values):
    client.send("/dang-nhap", name=name)
    return client.send("/dang-nhap/pin", secret=secret, **values)


def who(client):
    return client.get("/cua-toi").status_code == 200


@pytest.mark.parametrize("name", ["0900 000 001", "+84900000001", "code", "hoa@benthu.example", "HOA@benthu.example"])
def test_sign_in_by_phone_code_or_email(client, name):
    person = make_account(email="hoa@benthu.example")
    from lms.people.rules.identities import new_personal_code
    person.personal_code = new_personal_code("BT")
    db.session.commit()

    answer = enter(client, person.personal_code.lower() if name == "code" else name)

    assert answer.status_code == 302
    page = client.get("/cua-toi").get_data(as_text=True)
    assert "Nguyễn Thị Hoa" in page


def test_sign_in_asks_for_the_right_form(client):
    answer = client.send("/dang-nhap", name="090512345")

    assert answer.status_code == 422
    assert "Số điện thoại có 10 chữ số. Bạn mới gõ 9 số." in answer.get_data(as_text=True)


def test_sign_in_takes_an_activation_code_to_its_page(client):
    answer = client.send("/dang-nhap", name="k7qm2-rxd4f")

    assert answer.location == "/p/K7QM2RXD4F"


def test_pin_page_shows_the_number_masked_and_no_name(client):
    make_account()
    db.session.commit()

    client.send("/dang-nhap", name="0900000001")
    page = client.get("/dang-nhap/pin").get_data(as_text=True)

    assert "0900 ••• 001" in page
    assert "Hoa" not in page
    assert "0900000001" not in page


def test_pin_page_without_first_step_goes_back(client):
    assert client.get("/dang-nhap/pin").location == "/dang-nhap"


def test_wrong_pin_counts_down_then_locks_with_the_help_number(client):
    make_account()
    settings.change(now=NOW, help_phone="02363000000")
    db.session.commit()
    client.send("/dang-nhap", name="0900000001")

    pages = [client.send("/dang-nhap/pin", secret="739104") for _ in range(5)]

    texts = [page.get_data(as_text=True) for page in pages]
    for left, text in zip((4, 3, 2, 1), texts):
        assert f"Mã PIN chưa đúng. Bạn còn {left} lần thử." in text
    assert "Đã thử 5 lần. Đợi 15 phút, hoặc gọi 0236 3000 000 để được đặt lại mã PIN." in texts[4]
    assert [page.status_code for page in pages] == [422, 422, 422, 422, 429]
    assert client.send("/dang-nhap/pin", secret=PIN).status_code == 429  # the right one too, while it is locked


def test_after_the_pause_the_right_pin_opens(app):
    person = make_account()
    for _ in range(5):
        admit(PHONE, "739104", address="10.0.0.1", device=Device(), now=NOW)

    locked = admit(PHONE, PIN, address="10.0.0.1", device=Device(), now=NOW + timedelta(minutes=14))
    opened = admit(PHONE, PIN, address="10.0.0.1", device=Device(), now=NOW + timedelta(minutes=15, seconds=1))

    assert isinstance(locked, Refusal)
    assert opened is person


def test_family_on_one_phone_each_signs_in(app):
    hoa, minh = make_account(), make_account("Lê Quang Minh", secret="730264")

    assert admit(PHONE, PIN, address="10.0.0.1", device=Device(), now=NOW) is hoa
    assert admit(PHONE, "730264", address="10.0.0.1", device=Device(), now=NOW) is minh


def test_family_with_one_pin_is_asked_for_the_personal_code(client):
    make_account()
    make_account("Lê Quang Minh")
    db.session.commit()

    answer = enter(client)

    assert answer.status_code == 422
    assert "hơn một người dùng cùng mã PIN" in answer.get_data(as_text=True)
    assert not who(client)


def test_ended_and_unactivated_people_do_not_open(app):
    make_account(ended_at=NOW)
    from tests.factories import make_person
    make_person(phone="0900000001")

    assert admit(PHONE, PIN, address="10.0.0.1", device=Device(), now=NOW) == Refusal("wrong", left=4)


def test_kept_lasts_ninety_days_else_twelve_hours(client):
    make_account()
    db.session.commit()

    enter(client, kept="1")
    kept = db.session.scalars(sa.select(SignIn).order_by(SignIn.id.desc())).first()
    client.send("/dang-xuat")
    enter(client)
    short = db.session.scalars(sa.select(SignIn).order_by(SignIn.id.desc())).first()

    assert kept.expires_at - kept.begun_at == timedelta(days=90)
    assert short.expires_at - short.begun_at == timedelta(hours=12)
    assert kept.ended_why == "signed_out"


def test_kept_decides_between_lasting_and_session_cookie(client):
    make_account()
    db.session.commit()

    lasting = enter(client, kept="1").headers.getlist("Set-Cookie")
    client.send("/dang-xuat")
    passing = enter(client).headers.getlist("Set-Cookie")

    assert "Expires" in next(c for c in lasting if c.startswith("phien="))
    assert "Expires" not in next(c for c in passing if c.startswith("phien="))


def test_sign_in_goes_on_to_what_was_wanted(client):
    make_account()
    db.session.commit()

    refused = client.get("/cua-toi/thiet-bi")
    client.get(refused.location)
    answer = enter(client)

    assert refused.location == "/dang-nhap?next=/cua-toi/thiet-bi"
    assert answer.location == "/cua-toi/thiet-bi"


@pytest.mark.parametrize(("role", "address"), [
    ("focal_point", "/dau-moi"), ("mentor", "/nguoi-hoc"), ("officer", "/dia-ban")])
def test_sign_in_goes_to_the_first_page_of_the_area(client, role, address):
    make_role(make_account(), role, make_organisation())
    db.session.commit()

    assert enter(client).location == address


def test_sign_in_tells_the_others_who_arrived(client):
    person = make_account()
    db.session.commit()
    heard = []

    def listen(_sender, **values):
        heard.append((values["person_id"], values["how"]))

    with person_arrived.connected_to(listen):
        enter(client)

    assert heard == [(person.id, "signed_in")]


def test_sign_in_is_logged_and_a_refused_one_names_nobody(client):
    person = make_account()
    db.session.commit()

    enter(client, secret="739104")
    enter(client)

    lines = list(db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)))
    assert [(line.action, line.actor_id) for line in lines] == [("sign_in.refused", None), ("sign_in.begun", person.id)]
    assert "0900000001" not in str([(line.subject, line.detail) for line in lines])


def test_sign_out_ends_the_row_and_forgets(client):
    make_account()
    db.session.commit()
    enter(client)

    answer = client.send("/dang-xuat")

    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert not who(client)


def test_change_person_leads_to_an_empty_sign_in_page_that_clears_the_browser(client):
    make_account()
    db.session.commit()
    enter(client)

    answer = client.send("/doi-nguoi")
    page = client.get(answer.location).get_data(as_text=True)

    assert answer.location == "/dang-nhap"
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert "js/leave.js" in page
    assert "Hoa" not in page
    assert "0900" not in page.replace("0900 000 123", "")
    with client.session_transaction() as session:
        assert set(session) <= {"csrf_token", "left", "_fresh"}


def test_text_size_of_the_person_comes_along_and_does_not_stay(client):
    make_account(text_size="rat-lon")
    db.session.commit()

    enter(client)
    assert 'data-text="rat-lon"' in client.get("/cua-toi").get_data(as_text=True)
    client.send("/doi-nguoi")
    assert 'data-text="vua"' in client.get("/dang-nhap").get_data(as_text=True)


def test_a_device_of_the_owner_is_not_locked_by_strangers(client, app):
    make_account()
    db.session.commit()
    enter(client)
    client.send("/dang-xuat")
    for _ in range(6):
        admit(PHONE, "739104", address="203.0.113.9", device=Device(), now=clock.now())
    db.session.commit()

    stranger = admit(PHONE, PIN, address="203.0.113.9", device=Device(), now=clock.now())
    db.session.commit()
    owner = enter(client)

    assert isinstance(stranger, Refusal)
    assert owner.status_code == 302


def test_a_known_device_has_five_tries_of_its_own(app):
    person = make_account()
    device = Device("aa" * 8)
    device = Device(device.id, frozenset({device.mark_of(person)}))
    for _ in range(5):
        admit(PHONE, "739104", address="203.0.113.9", device=Device(), now=NOW)

    lefts = [admit(PHONE, "739104", address="10.0.0.1", device=device, now=NOW) for _ in range(5)]

    assert [refusal.left for refusal in lefts] == [4, 3, 2, 1, 0]
    assert admit(PHONE, PIN, address="10.0.0.1", device=device, now=NOW).why == "locked"


def test_a_device_opens_a_locked_phone_only_for_those_it_knows(app):
    hoa, minh = make_account(), make_account("Lê Quang Minh", secret="730264")
    device = Device("aa" * 8)
    device = Device(device.id, frozenset({device.mark_of(minh)}))
    for _ in range(5):
        admit(PHONE, "739104", address="203.0.113.9", device=Device(), now=NOW)

    assert isinstance(admit(PHONE, PIN, address="10.0.0.1", device=device, now=NOW), Refusal)
    assert admit(PHONE, "730264", address="10.0.0.1", device=device, now=NOW) is minh
    assert hoa.secret_hash


def test_own_successes_do_not_wipe_out_failures_on_a_shared_number(app):
    """Somebody who registers on a victim's number must not guess on by signing in to their own account in between."""
    make_account()
    make_account("Kẻ Lạ", secret="730264")

    for _ in range(4):
        admit(PHONE, "739104", address="203.0.113.9", device=Device(), now=NOW)
    admit(PHONE, "730264", address="203.0.113.9", device=Device(), now=NOW)
    fifth = admit(PHONE, "739104", address="203.0.113.9", device=Device(), now=NOW)

    assert fifth.why == "locked"


def test_successes_of_a_whole_commune_never_count(app):
    make_account()

    for _ in range(60):
        assert not isinstance(admit(PHONE, PIN, address="10.0.0.1", device=Device(), now=NOW), Refusal)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(throttle.Throttle)) == 0


def test_forged_device_cookie_is_no_device(client):
    make_account()
    db.session.commit()
    for _ in range(5):
        admit(PHONE, "739104", address="203.0.113.9", device=Device(), now=clock.now())
    db.session.commit()
    client.set_cookie("may_quen", "eyJkIjoiYSIsIm0iOlsiYiJdfQ.forged")

    assert enter(client).status_code == 429


def test_locked_sentence_is_complete_without_help_number(app):
    from lms.people.views.sign_in import refusal_sentence

    with app.test_request_context():
        assert refusal_sentence(Refusal("locked", until=NOW + timedelta(minutes=3)), now=NOW) == (
            "Đã thử 5 lần. Đợi 3 phút rồi thử lại.")
        assert "Nơi này" in refusal_sentence(Refusal("address_locked", until=NOW + timedelta(minutes=3)), now=NOW)


def test_a_failure_costs_the_same_however_many_share_the_phone(app, monkeypatch):
    computed = []
    real = secrets.HASHER.verify
    monkeypatch.setattr(secrets, "HASHER", _Counting(real, computed))

    costs = []
    for number in range(7):
        computed.clear()
        admit(PHONE, "739104", address="10.0.0.1", device=Device(), now=NOW + timedelta(hours=number))
        costs.append(len(computed))
        make_account(f"Người Thứ {'ABCDEFG'[number]}", secret=f"48{number}91{number}")

    assert costs == [admission.MOST_TRIED] * 7


class _Counting:
    """argon2's hasher, with a tally of its verifications."""

    def __init__(self, verify, tally):
        self.real_verify, self.tally = verify, tally

    def verify(self, *arguments):
        self.tally.append(1)
        return self.real_verify(*arguments)

    def hash(self, text):
        return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(text)
