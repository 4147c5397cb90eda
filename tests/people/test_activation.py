"""Slips: once, for thirty days, face to face."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.core import clock
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import ActivationCode, Consent
from lms.people.queries.activation_codes import open_activation_code
from lms.people.queries.actors import actor_of
from lms.people.services.activations import make_activation_code, use_activation_code
from lms.people.services.persons import Agreement, give_consent
from lms.people.services.secrets import secret_matches
from tests.factories import make_person, make_sign_in
from tests.people.factories import NOW, PIN, make_account, make_actor, make_code, make_learner, make_staff, make_ward


def use(client, code, **values):
    return client.send(f"/p/{code}", **{"secret": PIN, "again": PIN, "agreed": "1", "form_of_address": "bac", **values})


def live_code(person):
    code = make_code(person, now=clock.now())
    db.session.commit()
    return code


def test_code_has_ten_unambiguous_characters_and_is_stored_hashed(app):
    person = make_person()

    row, code = make_activation_code(person, by=None, now=NOW)

    assert len(code) == 10
    assert set(code) <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert code not in str(vars(row))
    assert row.expires_at == NOW + timedelta(days=30)
    assert open_activation_code(code, now=NOW) is row


def test_a_thousand_codes_are_all_different(app):
    from uuid import uuid4

    from lms.people.queries.activation_codes import codes_from

    assert len({codes_from(uuid4())[0] for _ in range(1000)}) == 1000


def test_code_survives_a_new_secret_of_the_installation(app):
    person = make_person()
    code = make_code(person)
    old = app.config["SECRET_KEY"]

    app.config.update(SECRET_KEY="j7-Wq8sZ" * 6, SECRET_KEY_FALLBACKS=[old])
    try:
        assert open_activation_code(code, now=NOW).person_id == person.id
    finally:
        app.config.update(SECRET_KEY=old, SECRET_KEY_FALLBACKS=[])


def test_a_new_slip_makes_the_older_void(app):
    person = make_person()
    old, new = make_code(person), make_code(person)

    with pytest.raises(DomainError, match="activation.unknown"):
        open_activation_code(old, now=NOW)
    assert open_activation_code(new, now=NOW)


def test_slip_opens_with_the_given_name_only(client):
    code = live_code(make_person("Nguyễn Thị Hoa", phone="0905123456"))

    page = client.get(f"/p/{code}").get_data(as_text=True)

    assert "Bạn là Hoa?" in page
    assert "Nguyễn" not in page
    assert "0905" not in page
    assert "1959" not in page


def test_slip_is_used_once_and_signs_in(client):
    person = make_person("Nguyễn Thị Hoa")
    code = live_code(person)

    answer = use(client, code)

    assert answer.status_code == 302
    assert "Nguyễn Thị Hoa" in client.get("/cua-toi").get_data(as_text=True)
    db.session.refresh(person)
    assert (person.form_of_address, secret_matches(person.secret_hash, PIN)) == ("bac", True)
    client.send("/dang-xuat")
    again = use(client, code, secret="730264", again="730264")
    assert again.status_code == 404
    assert "Phiếu này đã dùng rồi." in again.get_data(as_text=True)
    db.session.refresh(person)
    assert secret_matches(person.secret_hash, PIN)


def test_double_click_on_the_slip_goes_on(client):
    code = live_code(make_person())

    first = use(client, code)
    second = use(client, code)

    assert second.location == first.location


def test_slip_typed_by_hand(client):
    code = live_code(make_person())

    answer = client.send("/p", code=f" {code[:5].lower()} - {code[5:].lower()} ")

    assert answer.location == f"/p/{code}"
    assert client.get(f"/p/{code.lower()}").status_code == 200


def test_short_code_says_how_many_characters(client):
    answer = client.send("/p", code="K7Q")

    assert "Mã trên phiếu có 10 ký tự. Bạn đã gõ 3." in answer.get_data(as_text=True)


def test_expired_slip_says_since_when(client, app):
    person = make_person()
    code = make_code(person, now=clock.now() - timedelta(days=31))
    row = db.session.scalars(sa.select(ActivationCode)).one()
    db.session.commit()

    text = client.get(f"/p/{code}").get_data(as_text=True)

    on = clock.local_date(row.expires_at)
    assert f"Phiếu này đã hết hạn từ ngày {on.day}/{on.month}/{on.year}. Bạn xin phiếu mới ở cán bộ đầu mối." in text
    assert "Hoa" not in text


def test_unknown_and_void_slips_get_the_same_answer(client):
    person = make_person()
    void = live_code(person)
    live_code(person)

    pages = [client.get(f"/p/{code}") for code in (void, "2222222222")]

    first, second = (re.sub(r'csrf_token" value="[^"]*"', "", page.get_data(as_text=True)) for page in pages)
    assert first == second
    assert [page.status_code for page in pages] == [404, 404]
    assert "Không có phiếu nào mang mã này." in first


def test_slip_without_consent_is_refused(client):
    person = make_person()
    code = live_code(person)

    answer = use(client, code, agreed="")

    assert answer.status_code == 422
    assert "Bạn đọc và đánh dấu đồng ý" in answer.get_data(as_text=True)
    with pytest.raises(DomainError, match="consent.missing"):
        use_activation_code(code, secret=PIN, form_of_address="ban", agreement=None, now=clock.now())


def test_child_on_a_slip_needs_the_guardian(client):
    person = make_person("Lê Bảo An", birth_year=clock.now().year - 12)
    code = live_code(person)

    assert use(client, code).status_code == 422
    assert use(client, code, guardian_name="Lê Thị Mai", guardian_relation="me", guardian_agrees="1").status_code == 302

    givers = db.session.scalars(sa.select(Consent.given_by).where(Consent.person_id == person.id).order_by(Consent.id))
    assert list(givers) == ["guardian", "self"]


def test_reset_asks_no_consent_again_and_ends_every_sign_in(client):
    person = make_account()
    give_consent(person, Agreement(), now=NOW)
    token = make_sign_in(person, now=clock.now())
    code = live_code(person)

    page = client.get(f"/p/{code}").get_data(as_text=True)
    answer = use(client, code, secret="730264", again="730264", agreed="")

    assert "Bạn chỉ đặt mã PIN mới" in page
    assert "Tôi đồng ý" not in page
    assert answer.status_code == 302
    assert actor_of(token, now=clock.now()) is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Consent)) == 1


def test_until_the_slip_is_used_the_old_pin_holds(app):
    person = make_account()

    row, _code = make_activation_code(person, by=None, now=NOW)

    assert row.purpose == "reset"
    assert secret_matches(person.secret_hash, PIN)


def test_slip_with_an_easy_pin_is_not_used_up(client):
    code = live_code(make_person())

    refused = use(client, code, secret="123456", again="123456")

    assert refused.status_code == 422
    assert use(client, code).status_code == 302


def test_slip_made_by_a_helper_is_logged(app):
    _ward, to_1, to_2 = make_ward()
    mentor, learner, far = make_staff("mentor", to_1), make_learner(to_1), make_learner(to_2)

    make_activation_code(learner, by=make_actor(mentor), now=NOW)

    line = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "activation.made")).one()
    assert (line.actor_id, line.subject) == (mentor.id, f"person:{learner.uuid}")
    with pytest.raises(DomainError, match="slip.not_yours_to_make"):
        make_activation_code(far, by=make_actor(mentor), now=NOW)
    with pytest.raises(DomainError, match="slip.not_yours_to_make"):
        make_activation_code(mentor, by=make_actor(mentor), now=NOW)


def test_of_two_simultaneous_uses_one_wins(app):
    person = make_person()
    code = make_code(person)
    row = open_activation_code(code, now=NOW)
    db.session.execute(sa.update(ActivationCode).values(used_at=NOW).execution_options(synchronize_session=False))
    assert row.used_at is None  # as the slower request still sees it

    with pytest.raises(DomainError, match="activation.used"):
        use_activation_code(code, secret=PIN, form_of_address="ban", agreement=Agreement(), now=NOW)
    assert person.secret_hash is None


def test_guessing_codes_is_slowed(client):
    code = live_code(make_person())

    answers = [client.get(f"/p/{number:010d}".replace("0", "2").replace("1", "3")).status_code for number in range(41)]

    assert answers[:40] == [404] * 40
    assert answers[40] == 429
    assert client.get(f"/p/{code}").status_code == 429
