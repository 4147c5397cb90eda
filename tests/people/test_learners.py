"""Staff pages: whom one sees, adds, makes slips for."""

import re

import pytest
import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import ActivationCode, Person
from lms.people.queries import persons
from lms.people.services.organisations import create_organisation
from lms.people.services.persons import create_person
from tests.factories import NOW, make_member
from tests.people.factories import make_account, make_learner, make_staff, make_ward
from tests.statements import counted

ROLES_THAT_SEE = ("mentor", "focal_point", "assessor", "officer", "admin")


def names(page):
    return re.findall(r'<th scope="row"><a[^>]*>([^<]*)<', page.get_data(as_text=True))


@pytest.mark.parametrize("role", ROLES_THAT_SEE)
def test_learners_are_those_of_ones_own_tree(client, role):
    _ward, to_1, to_2 = make_ward()
    make_learner(to_1, "Lê Thị Mai")
    make_learner(to_2, "Phạm Văn Xa")
    make_learner(to_1, "Đã Nghỉ Rồi", ended_at=NOW)
    client.sign_in(make_staff(role, to_1))

    assert names(client.get("/nguoi-hoc")) == ["Lê Thị Mai"]


@pytest.mark.parametrize("role", [None, "learner", "instructor", "author", "reviewer"])
def test_learners_are_nobody_elses_business(client, role):
    ward, _to_1, _to_2 = make_ward()
    client.sign_in(make_staff(role, ward) if role else make_account())

    assert [client.get(path).status_code for path in ("/nguoi-hoc", "/nguoi-hoc/moi", "/phieu")] == [403] * 3


def test_learners_are_sorted_by_given_name_in_vietnamese(client):
    _ward, to_1, _to_2 = make_ward()
    for name in ("Trần Bình", "Lê Ánh", "Phạm An", "Nguyễn Đào", "Võ Dung", "Lê Anh", "Trần An"):
        make_learner(to_1, name)
    client.sign_in(make_staff("mentor", to_1))

    assert names(client.get("/nguoi-hoc")) == [
        "Phạm An", "Trần An", "Lê Anh", "Lê Ánh", "Trần Bình", "Võ Dung", "Nguyễn Đào"]


@pytest.mark.parametrize("name", ["ß" * 120, "ΐ" * 120, "한" * 120, "Nguyễn " * 17 + "A"])
def test_a_name_whose_letters_fold_to_several_fits(app, name):
    ward, *_hamlets = make_ward()

    person = create_person(full_name=name, organisation=ward, now=NOW)
    unit = create_organisation(key="don-vi-dai", name=name, kind="club", now=NOW)
    db.session.commit()

    assert len(person.folded_name) <= 120
    assert unit.key == "don-vi-dai"


@pytest.mark.parametrize(("search", "found"), [
    ("mai", ["Lê Thị Mai"]), ("MÁI", ["Lê Thị Mai"]), ("le thi", ["Lê Thị Mai"]), ("0905", ["Lê Thị Mai"]),
    ("0905 123", ["Lê Thị Mai"]), ("%", []), ("_", []), ("bt-aaa-aaa", ["Võ Văn Đức"]), ("duc", ["Võ Văn Đức"]),
])
def test_search_finds_name_phone_and_code(client, search, found):
    _ward, to_1, _to_2 = make_ward()
    make_learner(to_1, "Lê Thị Mai", phone="0905123456")
    make_learner(to_1, "Võ Văn Đức", personal_code="BT-AAA-AAA")
    client.sign_in(make_staff("mentor", to_1))

    assert names(client.get("/nguoi-hoc", query_string={"tim": search})) == found


def test_learners_come_fifty_a_page_at_constant_cost(client):
    _ward, to_1, _to_2 = make_ward()
    make_learner(to_1, "Lê Thị Mai")
    staff = make_staff("focal_point", to_1)
    client.sign_in(staff)
    client.get("/nguoi-hoc")
    with counted() as for_one:
        client.get("/nguoi-hoc")
    for number in range(59):
        make_learner(to_1, f"Người {'ABCDEFGHIJ'[number % 10]}{'abcdef'[number // 10]}")
    db.session.commit()

    with counted() as for_sixty:
        first = client.get("/nguoi-hoc")
    second = client.get("/nguoi-hoc?trang=2")

    assert (len(names(first)), len(names(second))) == (50, 10)
    assert len(for_sixty) == len(for_one) <= 4
    assert "Trang 1 trên 2" in first.get_data(as_text=True)


def test_the_top_of_a_long_list_is_the_same_list(client, monkeypatch):
    _ward, to_1, to_2 = make_ward()
    for number in range(60):
        make_learner((to_1, to_2)[number % 2], f"Người {'ABCDEFGHIJ'[number % 10]}{'abcdef'[number // 10]}")
    client.sign_in(make_staff("focal_point", to_1))
    short = names(client.get("/nguoi-hoc"))

    monkeypatch.setattr(persons, "MANY", 3)
    monkeypatch.setattr(persons, "_totals", {})
    monkeypatch.setattr(persons, "NEAR", 0)

    assert names(client.get("/nguoi-hoc")) == short
    assert len(short) == 30
    assert names(client.get("/nguoi-hoc?tim=Aa")) == ["Người Aa"]


def test_person_of_another_organisation_is_not_found(client):
    _ward, to_1, to_2 = make_ward()
    own, foreign = make_learner(to_1, "Lê Thị Mai"), make_learner(to_2, "Phạm Văn Xa", phone="0905123456")
    client.sign_in(make_staff("focal_point", to_1))

    assert "Lê Thị Mai" in client.get(f"/nguoi-hoc/{own.uuid}").get_data(as_text=True)
    for answer in (client.get(f"/nguoi-hoc/{foreign.uuid}"), client.send(f"/nguoi-hoc/{foreign.uuid}/phieu")):
        assert answer.status_code == 404
        assert "Xa" not in answer.get_data(as_text=True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ActivationCode)) == 0


def test_a_person_in_two_organisations_is_seen_by_both(client):
    _ward, to_1, to_2 = make_ward()
    both = make_learner(to_1, "Lê Thị Mai")
    make_member(both, to_2)
    staff = make_staff("mentor", to_1), make_staff("mentor", to_2)
    db.session.commit()

    for helper in staff:
        assert names(client.sign_in(helper).get("/nguoi-hoc")) == ["Lê Thị Mai"]


def test_the_button_pressed_twice_adds_one_person(client):
    _ward, to_1, to_2 = make_ward()
    foreign = make_learner(to_2, "Phạm Văn Xa")
    client.sign_in(make_staff("focal_point", to_1))
    page = client.get("/nguoi-hoc/moi").get_data(as_text=True)
    typed = {"uuid": re.search(r'name="uuid" type="hidden" value="([^"]+)"', page)[1], "full_name": "Bà Năm",
             "audience": "nguoi-dan", "organisation": str(to_1.uuid)}

    first, second = client.send("/nguoi-hoc/moi", **typed), client.send("/nguoi-hoc/moi", **typed)
    stolen = client.send("/nguoi-hoc/moi", **{**typed, "uuid": str(foreign.uuid)})

    assert first.location.startswith("/phieu/")
    assert second.location == f"/nguoi-hoc/{typed['uuid']}"
    assert len(db.session.scalars(sa.select(Person).where(Person.full_name == "Bà Năm")).all()) == 1
    assert stolen.status_code == 404


def test_new_person_gets_a_slip_at_once(client):
    _ward, to_1, _to_2 = make_ward()
    client.sign_in(make_staff("focal_point", to_1))

    answer = client.send("/nguoi-hoc/moi", full_name="Bà  Năm", birth_year="1950", phone="", audience="nguoi-dan",
                         organisation=str(to_1.uuid))
    page = client.get(answer.location).get_data(as_text=True)

    person = db.session.scalars(sa.select(Person).where(Person.full_name == "Bà Năm")).one()
    assert person.personal_code in page
    assert "Đưa màn hình này cho người học quét" in page
    assert names(client.get("/nguoi-hoc")) == ["Bà Năm"]


def test_new_person_cannot_be_put_into_a_foreign_organisation(client):
    _ward, to_1, to_2 = make_ward()
    client.sign_in(make_staff("focal_point", to_1))

    answer = client.send("/nguoi-hoc/moi", full_name="Bà Năm", audience="nguoi-dan", organisation=str(to_2.uuid))

    assert answer.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).where(Person.full_name == "Bà Năm")) == 0


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("full_name", "", "Bạn gõ họ và tên."), ("birth_year", "50", "Năm sinh nằm trong khoảng"),
    ("birth_year", "năm mươi", "Năm sinh có 4 chữ số"), ("phone", "0905", "Bạn mới gõ 4 số."),
])
def test_new_person_says_what_is_wrong(client, field, value, sentence):
    _ward, to_1, _to_2 = make_ward()
    client.sign_in(make_staff("focal_point", to_1))

    answer = client.send("/nguoi-hoc/moi", **{"full_name": "Bà Năm", "audience": "nguoi-dan",
                                              "organisation": str(to_1.uuid), field: value})

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_mentor_makes_slips_but_adds_nobody(client):
    _ward, to_1, _to_2 = make_ward()
    learner = make_learner(to_1)
    client.sign_in(make_staff("mentor", to_1))

    assert client.get("/nguoi-hoc/moi").status_code == 403
    assert client.send(f"/nguoi-hoc/{learner.uuid}/phieu").status_code == 302


def test_assessor_sees_people_but_makes_no_slip(client):
    _ward, to_1, _to_2 = make_ward()
    learner = make_learner(to_1)
    client.sign_in(make_staff("assessor", to_1))

    page = client.get(f"/nguoi-hoc/{learner.uuid}").get_data(as_text=True)

    assert "Làm phiếu mới" not in page
    assert client.send(f"/nguoi-hoc/{learner.uuid}/phieu").status_code == 403


def test_slip_for_somebody_of_higher_standing_is_refused(client):
    _ward, to_1, _to_2 = make_ward()
    officer = make_staff("officer", to_1, "Cán Bộ Lớn")
    make_member(officer, to_1)
    client.sign_in(make_staff("focal_point", to_1))

    page = client.get(f"/nguoi-hoc/{officer.uuid}").get_data(as_text=True)
    answer = client.send(f"/nguoi-hoc/{officer.uuid}/phieu")

    assert "Làm phiếu mới" not in page
    assert answer.status_code == 409
    assert "Bạn không làm phiếu cho người này được." in answer.get_data(as_text=True)
