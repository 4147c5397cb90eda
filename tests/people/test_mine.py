"""What is one's own."""

import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.core.signals import personal_data_asked
from lms.people.models import SignIn
from lms.people.queries.actors import actor_of
from lms.people.services.persons import Agreement, end_person, give_consent
from lms.people.services.secrets import secret_matches
from tests.factories import make_member, make_role, make_sign_in
from tests.people.factories import NOW, PIN, make_account, make_ward
from tests.statements import counted


def test_mine_shows_the_person_and_their_organisations_only(client):
    ward, to_1, _to_2 = make_ward()
    person = make_account()
    make_member(person, to_1)
    db.session.commit()

    page = client.sign_in(person).get("/cua-toi").get_data(as_text=True)

    assert "Nguyễn Thị Hoa" in page
    assert person.personal_code in page
    assert "Tổ dân phố 1" in page
    assert "Tổ dân phố 2" not in page
    assert "Công việc của bạn" not in page


def test_mine_links_to_the_areas_of_ones_roles(client):
    ward, _to_1, _to_2 = make_ward()
    person = make_account()
    make_role(person, "focal_point", ward)
    db.session.commit()

    page = client.sign_in(person).get("/cua-toi").get_data(as_text=True)

    assert 'href="/nguoi-hoc"' in page
    assert 'href="/phieu"' in page


def test_display_is_kept_with_the_person_and_on_the_browser(client):
    person = make_account()
    client.sign_in(person)

    answer = client.send("/cua-toi/hien-thi", form_of_address="bac", text_size="lon")

    db.session.refresh(person)
    assert (person.form_of_address, person.text_size) == ("bac", "lon")
    assert any(c.startswith("co_chu=lon") for c in answer.headers.getlist("Set-Cookie"))
    assert client.send("/cua-toi/hien-thi", form_of_address="vua", text_size="lon").status_code == 400


def test_change_pin_needs_the_old_one_and_ends_other_sign_ins(client):
    person = make_account()
    elsewhere = make_sign_in(person, now=clock.now())
    client.sign_in(person)

    wrong = client.send("/cua-toi/ma-pin", old="739104", secret="730264", again="730264")
    right = client.send("/cua-toi/ma-pin", old=PIN, secret="730264", again="730264")

    assert "Mã PIN chưa đúng. Bạn còn 4 lần thử." in wrong.get_data(as_text=True)
    assert right.location == "/cua-toi"
    assert actor_of(elsewhere, now=clock.now()) is None
    assert client.get("/cua-toi").status_code == 200
    db.session.refresh(person)
    assert secret_matches(person.secret_hash, "730264")


def test_change_pin_locks_after_five_wrong_ones(client):
    client.sign_in(make_account())

    for _ in range(5):
        client.send("/cua-toi/ma-pin", old="739104", secret="730264", again="730264")
    locked = client.send("/cua-toi/ma-pin", old=PIN, secret="730264", again="730264")

    assert "Đã thử 5 lần. Đợi 15 phút rồi thử lại." in locked.get_data(as_text=True)


def test_change_pin_ten_times_a_day_at_most(client):
    person = make_account()
    client.sign_in(person)
    pins = [f"48{n}91{n}" for n in range(11)]

    answers = [client.send("/cua-toi/ma-pin", old=old, secret=new, again=new) for old, new in zip([PIN, *pins], pins)]

    assert [a.status_code for a in answers] == [302] * 10 + [422]
    assert "Hôm nay bạn đã đổi mã nhiều lần." in answers[-1].get_data(as_text=True)


def test_change_pin_refuses_an_easy_one(client):
    client.sign_in(make_account())

    answer = client.send("/cua-toi/ma-pin", old=PIN, secret="123456", again="123456")

    assert "Mã này dễ đoán." in answer.get_data(as_text=True)


def test_devices_lists_ones_own_and_ends_one(client):
    person, stranger = make_account(), make_account("Người Lạ", phone="0900000002")
    token = make_sign_in(person, now=clock.now())
    foreign = make_sign_in(stranger, now=clock.now())
    client.sign_in(person)
    rows = {row.token_hash: row for row in db.session.scalars(sa.select(SignIn))}
    from lms.people.queries.actors import token_hash

    page = client.get("/cua-toi/thiet-bi").get_data(as_text=True)
    client.send(f"/cua-toi/thiet-bi/{rows[token_hash(token)].uuid}")
    refused = client.send(f"/cua-toi/thiet-bi/{rows[token_hash(foreign)].uuid}")

    assert "2 máy đang đăng nhập" in page
    assert actor_of(token, now=clock.now()) is None
    assert refused.status_code == 404
    assert actor_of(foreign, now=clock.now()) is not None


def test_end_other_devices_keeps_this_one(client):
    person = make_account()
    tokens = [make_sign_in(person, now=clock.now()) for _ in range(3)]
    client.sign_in(person)

    client.send("/cua-toi/thiet-bi")

    assert [actor_of(token, now=clock.now()) for token in tokens] == [None] * 3
    assert client.get("/cua-toi").status_code == 200


def test_my_data_file_holds_what_is_ones_own_and_no_hash(client):
    person, stranger = make_account(), make_account("Người Lạ", phone="0900000002")
    give_consent(person, Agreement(), now=NOW)
    give_consent(stranger, Agreement(), now=NOW)
    client.sign_in(person)

    def tell(_sender, person_id):
        return {"told": [person_id]}

    with personal_data_asked.connected_to(tell):
        answer = client.get("/cua-toi/du-lieu.json")

    document = answer.get_json()
    assert list(document)[:9] == [
        "person", "memberships", "offers", "cohorts", "join_requests", "roles", "consents", "sign_ins", "log"]
    assert document["person"]["full_name"] == "Nguyễn Thị Hoa"
    assert document["told"] == [person.id]
    assert len(document["consents"]) == 1
    text = answer.get_data(as_text=True)
    assert "argon2" not in text
    assert "Người Lạ" not in text


def test_personal_data_page_is_public_and_names_the_version(client):
    page = client.get("/du-lieu-ca-nhan").get_data(as_text=True)

    assert "Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15" in page
    assert "Nghị định 356/2025/NĐ-CP" in page
    assert "Bản 2026-11." in page


def test_end_person_ends_everything(app):
    ward, _to_1, _to_2 = make_ward()
    person = make_account()
    make_member(person, ward)
    make_role(person, "mentor", ward)
    token = make_sign_in(person)

    end_person(person, now=NOW)

    from lms.people.queries.persons import memberships_of, roles_of
    assert actor_of(token, now=NOW) is None
    assert (memberships_of(person.id), roles_of(person.id), person.ended_at) == ([], (), NOW)


def test_mine_costs_the_same_for_many_memberships(client):
    ward, to_1, to_2 = make_ward()
    one, many = make_account(), make_account("Lê Thị Mai", phone="0900000002")
    make_member(one, to_1)
    for organisation in (ward, to_1, to_2):
        make_member(many, organisation)
    db.session.commit()

    costs = []
    for person in (one, many):
        client.sign_in(person).get("/cua-toi")
        with counted() as sent:
            client.get("/cua-toi")
        costs.append(len(sent))

    assert costs[0] == costs[1] <= 4
