"""The attack list, section 3: focal points and other people's learners. The number of the case stands in each name."""

import re

import pytest
import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Person, RoleGrant, SignIn
from tests.factories import make_actor, make_member, make_person, make_role
from tests.pages import PageClient
from tests.people.factories import PIN, make_account, make_learner, make_staff, make_ward

FOREIGN = {"full_name": "Quách Nơi Khác", "phone": "0900000777", "personal_code": "KHAC-77"}


@pytest.fixture
def two_schools(app):
    """(ward, A, B, the focal point of A, somebody who belongs to B only)."""
    ward, a, b = make_ward()
    focal = make_staff("focal_point", a, "Đầu Mối A")
    stranger = make_person(FOREIGN["full_name"], phone=FOREIGN["phone"], personal_code=FOREIGN["personal_code"])
    make_member(stranger, b)
    make_learner(a, "Người Của A", phone="0900000771")
    db.session.commit()
    return ward, a, b, focal, stranger


def browser(app, person):
    return PageClient(app).sign_in(person)


def pages_without_arguments(app):
    """Every address that needs nothing to be opened."""
    return sorted({rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments} - {"/readyz"})


WAYS = ("org", "organisation", "don-vi", "don_vi", "lop", "tim", "q", "sap-xep", "sort", "trang", "nguoi")


def test_35_no_parameter_makes_a_list_of_others_people(app, two_schools):
    _ward, _a, b, focal, stranger = two_schools
    client, told = browser(app, focal), []
    for path in pages_without_arguments(app):
        for query in ("", "?" + "&".join(f"{way}={b.uuid}" for way in WAYS), f"?tim={FOREIGN['phone']}&q={FOREIGN['phone']}",
                      f"?nguoi={stranger.uuid}&loc=tat-ca"):
            answer = client.get(path + query)
            text = answer.get_data().decode(errors="replace")
            assert answer.status_code < 500, path + query
            told += [f"{path}{query}: {word}" for word in (FOREIGN["full_name"], FOREIGN["personal_code"], str(stranger.uuid))
                     if word in text and word not in query]
    assert told == []


def test_35_bulk_actions_with_mixed_people_take_none_of_the_foreign(app, two_schools):
    _ward, _a, _b, focal, stranger = two_schools
    mine = db.session.scalars(sa.select(Person).where(Person.full_name == "Người Của A")).one()
    client = browser(app, focal)
    before = slips()

    answer = client.post("/phieu", data={"csrf_token": client.token(), "nguoi": [str(mine.uuid), str(stranger.uuid)]})

    assert answer.status_code in (302, 400, 404, 409, 422)
    assert slips() - before <= {mine.id}
    assert FOREIGN["full_name"] not in answer.get_data(as_text=True)


def slips():
    from lms.people.models import ActivationCode

    return set(db.session.scalars(sa.select(ActivationCode.person_id)))


def test_38_a_focal_point_makes_no_way_into_other_accounts(app, two_schools):
    ward, a, _b, focal, stranger = two_schools
    officer, admin = make_staff("officer", ward, "Cán Bộ"), make_staff("admin", ward, "Quản Trị")
    teacher = make_staff("assessor", a, "Đánh Giá Viên")
    for one in (officer, admin, teacher):
        make_member(one, a)
    db.session.commit()
    client, before = browser(app, focal), slips()

    for person in (stranger, officer, admin, teacher, focal):
        answer = client.send(f"/nguoi-hoc/{person.uuid}/phieu", phone="0900000666", email="x@y.example", secret="111222")
        assert answer.status_code in (302, 403, 404, 409, 422), person.full_name
        if person is stranger:
            assert answer.status_code == 404
    assert slips() == before
    assert db.session.scalars(sa.select(Person.phone).where(Person.id == stranger.id)).one() == FOREIGN["phone"]


def test_39_a_learner_of_two_schools_shows_each_focal_point_their_own(app, two_schools):
    _ward, a, b, focal, _stranger = two_schools
    both = make_learner(a, "Người Hai Trường", phone="0900000778")
    make_member(both, b)
    focal_b = make_staff("focal_point", b, "Đầu Mối B")
    db.session.commit()

    for person in (focal, focal_b):
        assert browser(app, person).get(f"/nguoi-hoc/{both.uuid}").status_code == 200


def test_42_nobody_can_act_as_somebody_else(app):
    """There is no "view as": the one way into an account is its own secret or slip."""
    words = re.compile(r"impersonat|view-?as|xem-nhu|dong-vai|sudo|become|switch-user|login-as|dang-nhap-nhu")
    assert [rule.rule for rule in app.url_map.iter_rules() if words.search(rule.rule + rule.endpoint)] == []


def test_42_no_session_field_or_header_names_another_actor(app, two_schools):
    _ward, _a, _b, focal, stranger = two_schools
    client = browser(app, focal)
    with client.session_transaction() as session:
        session["actor"] = session["person_id"] = session["as"] = stranger.id
    headers = {"X-Actor": str(stranger.uuid), "X-User": str(stranger.id), "X-Forwarded-User": FOREIGN["phone"],
               "Remote-User": FOREIGN["phone"]}
    page = client.get("/cua-toi?as=" + str(stranger.uuid), headers=headers).get_data(as_text=True)
    assert "Đầu Mối A" in page
    assert FOREIGN["full_name"] not in page


@pytest.mark.parametrize("role", ["mentor", "focal_point", "assessor", "officer", "admin"])
def test_44_no_page_or_file_holds_a_secret_of_anybody(app, role):
    ward, a, _b = make_ward()
    person = make_account("Người Có Mã", phone="0900000555", email="rieng@benthu.example", secret=PIN)
    make_member(person, a)
    staff = make_account("Cán Bộ Xem", phone="0900000556", secret="730264")
    make_role(staff, role, ward)
    db.session.commit()
    hashes = [one.secret_hash for one in (person, staff)]
    hashes += list(db.session.scalars(sa.select(SignIn.token_hash)))
    client = browser(app, staff)
    for path in [*pages_without_arguments(app), f"/nguoi-hoc/{person.uuid}", f"/nguoi-hoc/{person.uuid}/hoc-o-noi-khac"]:
        body = client.get(path).get_data()
        assert not any(one.encode() in body for one in hashes), path
        assert b"$argon2" not in body, path


def test_44_an_assessor_reads_no_mail_address_and_no_birth_date(app):
    from datetime import date

    ward, a, _b = make_ward()
    person = make_person("Người Có Ngày Sinh", email="rieng@benthu.example", birth_date=date(1959, 3, 14), birth_year=1959)
    make_member(person, a)
    assessor = make_staff("assessor", ward)
    db.session.commit()
    client = browser(app, assessor)
    for path in [*pages_without_arguments(app), f"/nguoi-hoc/{person.uuid}"]:
        text = client.get(path).get_data().decode(errors="replace")
        assert "rieng@benthu.example" not in text, path
        assert "14/3/1959" not in text, path
        assert "1959-03-14" not in text, path


def test_45_a_fresh_installation_holds_no_account_at_all(app):
    for model in (Person, RoleGrant, SignIn):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0


def test_45_the_demonstrations_people_do_not_come_into_a_real_installation(app):
    answer = app.test_cli_runner().invoke(args=["demo", "load"])
    assert answer.exit_code != 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


def test_45_people_made_by_staff_have_no_first_password(app):
    from lms.people.services.persons import create_person
    from tests.factories import NOW

    ward, a, _b = make_ward()
    actor = make_actor(make_staff("focal_point", a))
    person = create_person(full_name="Người Mới", phone="0900000999", organisation=a, by=actor, now=NOW)
    assert person.secret_hash is None
    client = PageClient(app)
    client.send("/dang-nhap", name="0900000999")
    for guess in ("123456", "000000", "0900000999", ""):
        assert client.send("/dang-nhap/pin", secret=guess).status_code in (422, 429)
