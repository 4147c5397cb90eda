"""The pages of cohorts and of joining by a code, as focal points and strangers meet them."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.people.models import Cohort, CohortMember, JoinCode, JoinDecision, JoinRequest
from lms.people.queries.joining import code_of
from lms.people.services.cohorts import add_to_cohort, create_cohort
from lms.people.services.joining import ask_to_join, open_join_code
from tests.factories import make_actor, make_organisation, make_person
from tests.pages import PageClient
from tests.people.factories import make_learner, make_staff, make_ward
from tests.statements import counted


def school_with(client, count=2):
    """(school A, its people, somebody of B, a cohort of A, one of B, the focal point of A), who is signed in."""
    ward, _to_1, _to_2 = make_ward()
    school, other = (make_organisation(name, kind="school", parent=ward) for name in ("Trường A", "Trường B"))
    people = [make_learner(school, f"Người {n:03d}") for n in range(count)]
    stranger = make_learner(other, "Phạm Văn Xa")
    focal = make_staff("focal_point", school)
    mine, foreign = (create_cohort(organisation=place, name=name, now=clock.now())
                     for place, name in ((school, "Tổ Toán"), (other, "Tổ Lạ")))
    add_to_cohort(foreign, [stranger.id], now=clock.now())
    client.sign_in(focal)
    return school, people, stranger, mine, foreign, focal


def members(cohort):
    return sorted(db.session.scalars(sa.select(CohortMember.person_id).where(
        CohortMember.cohort_id == cohort.id, CohortMember.left_on.is_(None))))


def text(answer):
    return answer.get_data(as_text=True)


def test_cohort_is_made_filled_and_emptied(client):
    school, people, stranger, _mine, _foreign, _focal = school_with(client)

    made = client.send("/dau-moi/nhom", **{"don-vi": str(school.uuid), "ten": "Lớp 6A", "nhom": "can-bo"})
    cohort = db.session.scalars(sa.select(Cohort).where(Cohort.name == "Lớp 6A")).one()
    offered = text(client.get(made.location))
    client.send(made.location, nguoi=[str(people[0].uuid)])
    client.send(made.location, tat_ca="1")

    assert made.location == f"/dau-moi/nhom/{cohort.uuid}/them"
    assert [name in offered for name in ("Người 000", "Người 001", stranger.full_name)] == [True, True, False]
    assert members(cohort) == [p.id for p in people]
    assert "2 người" in text(client.get(f"/dau-moi/nhom/{cohort.uuid}"))

    client.send(f"/dau-moi/nhom/{cohort.uuid}/bo", nguoi=[str(people[0].uuid)])

    assert members(cohort) == [people[1].id]


def test_wrong_forms_keep_what_was_typed_and_say_what_to_do(client):
    school, _people, _stranger, mine, _foreign, _focal = school_with(client)
    unit = {"don-vi": str(school.uuid), "nhom": ""}

    taken = client.send("/dau-moi/nhom", **unit, ten="tổ toán")
    nameless = client.send("/dau-moi/nhom", **unit, ten=" \0 ")
    nowhere = client.send("/dau-moi/nhom", **{"don-vi": str(uuid4()), "nhom": "", "ten": "Mới"})
    renamed = client.send(f"/dau-moi/nhom/{mine.uuid}/ten", ten="x" * 121)

    assert [a.status_code for a in (taken, nameless, nowhere, renamed)] == [422] * 4
    assert "Đơn vị đã có nhóm “tổ toán”" in text(taken)
    assert 'value="tổ toán"' in text(taken)
    assert "Bạn gõ tên nhóm" in text(nameless)
    assert "Bạn chọn một đơn vị trong danh sách." in text(nowhere)
    assert "tối đa 120 ký tự" in text(renamed)


def test_cohort_is_renamed_and_ended(client):
    _school, people, _stranger, mine, _foreign, _focal = school_with(client)
    add_to_cohort(mine, [people[0].id], now=clock.now())
    db.session.commit()

    client.send(f"/dau-moi/nhom/{mine.uuid}/ten", ten="Tổ Toán Tin")
    client.send(f"/dau-moi/nhom/{mine.uuid}/ket-thuc")
    still = db.session.get_one(Cohort, mine.id, populate_existing=True).ended_at
    client.send(f"/dau-moi/nhom/{mine.uuid}/ket-thuc", chac_chan="1")

    assert still is None
    assert members(mine) == []
    client.get("/dau-moi/nhom")  # shows the notice once
    assert "Tổ Toán Tin" not in text(client.get("/dau-moi/nhom"))
    assert "Tổ Toán Tin" in text(client.get("/dau-moi/nhom?xong=1"))
    assert client.get(f"/dau-moi/nhom/{mine.uuid}/them").status_code == 409


@pytest.mark.parametrize("path", ["", "/them"])
def test_a_foreign_cohort_is_not_there(client, path):
    _school, people, stranger, _mine, foreign, _focal = school_with(client)

    answer = client.get(f"/dau-moi/nhom/{foreign.uuid}{path}")

    assert answer.status_code == 404
    assert not {foreign.name, stranger.full_name} & set(re.findall("Tổ Lạ|Phạm Văn Xa", text(answer)))
    for action, form in (("ten", {"ten": "Của tôi"}), ("ket-thuc", {"chac_chan": "1"}), ("bo", {"nguoi": str(stranger.uuid)}),
                         ("them", {"nguoi": str(people[0].uuid)})):
        assert client.send(f"/dau-moi/nhom/{foreign.uuid}/{action}", **form).status_code == 404
    assert members(foreign) == [stranger.id]
    assert "Tổ Lạ" not in text(client.get("/dau-moi/nhom"))


def test_one_stranger_among_the_ticked_and_nobody_is_put_in(client):
    _school, people, stranger, mine, _foreign, _focal = school_with(client)

    for wrong in (str(stranger.uuid), "khong-phai-uuid", "\0", str(uuid4())):
        answer = client.send(f"/dau-moi/nhom/{mine.uuid}/them", nguoi=[str(people[0].uuid), wrong])
        assert (answer.status_code, "không thuộc đơn vị bạn phụ trách" in text(answer)) == (409, True), wrong
    assert client.send(f"/dau-moi/nhom/{mine.uuid}/them").status_code == 409
    assert members(mine) == []


def test_pages_cost_the_same_for_one_and_for_many(client):
    school, people, _stranger, mine, _foreign, _focal = school_with(client, 60)
    add_to_cohort(mine, [people[0].id], now=clock.now())
    costs = {}
    for round_number in range(2):
        db.session.commit()
        for path in ("/dau-moi/nhom", f"/dau-moi/nhom/{mine.uuid}", f"/dau-moi/nhom/{mine.uuid}/them", "/dau-moi/tham-gia"):
            client.get(path)
            with counted() as sent:
                client.get(path)
            costs.setdefault(path, []).append(len(sent))
        if not round_number:
            add_to_cohort(mine, [p.id for p in people[1:40]], now=clock.now())
            for number in range(30):
                create_cohort(organisation=school, name=f"Lớp {number}", now=clock.now())

    assert {path: few == many <= 8 for path, (few, many) in costs.items()} == dict.fromkeys(costs, True), costs


def opened(school, focal, *, cohort=None, most=10):
    row = open_join_code(organisation=school, cohort=cohort, until=clock.local_date(clock.now() + timedelta(days=30)),
                         most=most, now=clock.now(), by=make_actor(focal, now=clock.now()))
    db.session.commit()
    return row


def test_code_is_opened_printed_and_closed(client, app):
    _school, _people, _stranger, mine, _foreign, _focal = school_with(client)

    answer = client.send("/dau-moi/tham-gia", noi=str(mine.uuid), den=(clock.now() + timedelta(days=9)).date().isoformat(), so="40")
    row = db.session.scalars(sa.select(JoinCode)).one()
    poster = text(client.get(answer.location))
    client.send(f"/dau-moi/tham-gia/{row.uuid}/dong")

    assert (row.cohort_id, row.most) == (mine.id, 40)
    assert "Tổ Toán" in poster
    assert f"{code_of(row)[:5]}-{code_of(row)[5:]}" in poster
    assert "hocso.benthu.example/vao" in poster
    assert db.session.get_one(JoinCode, row.id, populate_existing=True).closed_at is not None
    assert PageClient(app).get(f"/vao/{code_of(row)}").status_code == 404


def test_a_stranger_sees_where_it_leads_and_no_names(client, app):
    school, _people, _stranger, mine, _foreign, focal = school_with(client)
    row = opened(school, focal, cohort=mine)
    browser = PageClient(app)

    page = text(browser.get(f"/vao/{code_of(row).lower()}"))
    sent = browser.send(f"/vao/{code_of(row)}")

    assert [words in page for words in ("Tổ Toán", "Trường A", "Đăng nhập rồi xin vào", "Tôi chưa có tài khoản")] == [True] * 4
    assert not re.search("Người 00|Trần Văn Cán", page)
    assert sent.location == f"/dang-nhap?next=/vao/{code_of(row)}"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(JoinRequest)) == 0


def test_asked_waiting_and_let_in(client, app):
    school, _people, _stranger, mine, _foreign, focal = school_with(client)
    row = opened(school, focal, cohort=mine)
    new = make_person("Người Mới", phone="0905123456")
    browser = PageClient(app).sign_in(new)

    browser.send(f"/vao/{code_of(row)}")
    waiting = text(browser.get(f"/vao/{code_of(row)}"))
    listed = text(client.get("/dau-moi/tham-gia"))
    request = db.session.scalars(sa.select(JoinRequest)).one()
    client.send("/dau-moi/tham-gia/duyet", don=str(request.uuid), viec="nhan")

    assert "Đã gửi, đang chờ duyệt" in waiting
    assert "Người Mới" in listed
    assert "0905 123 456" not in listed
    assert members(mine) == [new.id]
    assert "Bạn đã ở đây rồi" in text(browser.get(f"/vao/{code_of(row)}"))


def test_the_returned_read_the_reason_also_when_the_code_is_closed(client, app):
    school, _people, _stranger, _mine, _foreign, focal = school_with(client)
    row = opened(school, focal)
    browser = PageClient(app).sign_in(make_person("Người Mới"))
    browser.send(f"/vao/{code_of(row)}")
    request = db.session.scalars(sa.select(JoinRequest)).one()

    client.send("/dau-moi/tham-gia/duyet", don=str(request.uuid), viec="tra-lai", ly_do="")
    silent = db.session.scalar(sa.select(sa.func.count()).select_from(JoinDecision))
    client.send("/dau-moi/tham-gia/duyet", don=str(request.uuid), viec="tra-lai", ly_do="Bác ở phường khác.")
    client.send(f"/dau-moi/tham-gia/{row.uuid}/dong")

    assert silent == 0
    assert "Bác ở phường khác." in text(browser.get(f"/vao/{code_of(row)}"))


def test_requests_and_codes_of_another_unit_are_not_there(client, app):
    school, _people, _stranger, _mine, _foreign, focal = school_with(client)
    row = opened(school, focal)
    request = ask_to_join(row, by=make_actor(make_person("Người Mới"), now=clock.now()), now=clock.now())
    other = make_organisation("Trường C", kind="school")
    spy = PageClient(app).sign_in(make_staff("focal_point", other))

    page = text(spy.get("/dau-moi/tham-gia"))

    assert not re.search("Người Mới|Trường A", page)
    assert spy.get(f"/dau-moi/tham-gia/{row.uuid}").status_code == 404
    assert spy.send(f"/dau-moi/tham-gia/{row.uuid}/dong").status_code == 404
    assert spy.send("/dau-moi/tham-gia/duyet", don=str(request.uuid), viec="nhan").status_code == 409
    assert db.session.scalar(sa.select(sa.func.count()).select_from(JoinDecision)) == 0


def test_wrong_codes_are_answered_alike_and_slowed(client, app):
    school, _people, _stranger, _mine, _foreign, focal = school_with(client)
    row = opened(school, focal)
    browser = PageClient(app)

    answers = [browser.get(f"/vao/{code}") for code in ("2222222222", "ngan", "%00", "a" * 500)]
    typed = browser.send("/vao", code="ngan")
    for _ in range(40):
        browser.get("/vao/3333333333")

    assert [a.status_code for a in answers if a.status_code != 404] == []
    assert "Mã này chưa đúng hoặc không còn nhận người" in text(answers[0])
    assert text(answers[0]).replace("2222222222", "") == text(answers[1]).replace("ngan", "")
    assert (typed.status_code, "Mã này chưa đúng" in text(typed)) == (422, True)
    assert browser.get(f"/vao/{code_of(row)}").status_code == 429


@pytest.mark.parametrize(("field", "value", "words"), [
    ("den", "31/2/2027", "Ngày viết theo kiểu 31/3/2027."), ("den", "2020-01-01", "Ngày cuối nhận người"),
    ("so", "nhiều", "Bạn gõ một số, ví dụ 50."), ("so", "0", "Số người nằm trong khoảng 1"),
    ("so", " ", "Bạn gõ một số, ví dụ 50."),
    ("noi", "\0", "Bạn chọn một đơn vị hoặc một nhóm trong danh sách.")])
def test_wrong_codes_forms_say_what_to_do(client, field, value, words):
    _school, _people, _stranger, mine, _foreign, _focal = school_with(client)
    good = {"noi": str(mine.uuid), "den": (clock.now() + timedelta(days=9)).date().isoformat(), "so": "40"}

    answer = client.send("/dau-moi/tham-gia", **{**good, field: value})

    assert (answer.status_code, words in text(answer)) == (422, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(JoinCode)) == 0
