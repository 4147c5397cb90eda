"""First pages and one learner's page: what is next, what happened, nothing of others."""

import re
from datetime import date, timedelta

import pytest

from lms.campaign.services.reminders import remind_people
from lms.core import clock
from lms.core.db import db
from lms.people.models import Cohort
from lms.people.views.browser import home_of
from lms.reports.queries import classes
from tests.campaign.factories import make_request, make_schools, make_staffed, make_teacher
from tests.factories import NOW, make_actor, make_member, make_role
from tests.people.factories import make_learner, make_staff
from tests.reports.factories import Stage
from tests.statements import counted


@pytest.fixture
def world(app):
    classes.forget()
    ward, (school, other) = make_schools(2)
    officer, _actor = make_staffed("officer", ward, "Cán Bộ Phường")
    focal, focal_actor = make_staffed("focal_point", school, "Đầu Mối", audience="can-bo")
    return type("World", (), {"ward": ward, "school": school, "other": other, "officer": officer, "focal": focal,
                              "focal_actor": focal_actor, "stage": Stage(school)})


def page(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def links(response):
    return re.findall(r'<a [^>]*href="(/[^"#?]*)', response.get_data(as_text=True))


def test_the_focal_points_first_page_counts_its_school_and_shows_what_is_next(client, world):
    request = make_request(world.ward, [world.school, world.other], due=clock.local_date(clock.now()) + timedelta(days=3),
                           now=clock.now())
    world.stage.learns(make_teacher(world.school, "Đang Học"), 1)
    make_teacher(world.other, "Trường Khác")
    db.session.add(Cohort(organisation_id=world.school.id, name="Lớp tối", folded_name="lop toi", begun_on=date(2026, 9, 1),
                          created_at=NOW))
    db.session.add(Cohort(organisation_id=world.other.id, name="Lớp trường khác", folded_name="x", begun_on=date(2026, 9, 1),
                          created_at=NOW))
    client.sign_in(world.focal)

    hub = client.get("/dau-moi")

    words = page(hub)
    assert "2 người, 0 người đã được xác nhận" in words
    assert re.search(r"Chưa bắt đầu 1 Đang học 1 Đạt 0 Được xác nhận 0", words)
    assert words.index("Nộp danh sách") < words.index("Ai đang ở đâu") < words.index("Làm gì tiếp?")
    assert f"/dau-moi/nop/{request.uuid}/{world.school.uuid}" in links(hub)
    assert "Lớp tối" in words
    assert "trường khác" not in words.casefold()


def test_every_link_of_a_first_page_opens(client, world):
    make_request(world.ward, [world.school], due=clock.local_date(clock.now()) + timedelta(days=3), now=clock.now())
    for person, path in ((world.focal, "/dau-moi"), (world.officer, "/dia-ban"), (world.officer, "/dau-moi")):
        client.sign_in(person)
        for address in sorted(set(links(client.get(path)))):
            assert client.get(address).status_code in (200, 302), address


def test_a_unit_with_nobody_is_told_to_begin(client, world):
    _ward, (empty,) = make_schools(1)
    person = make_staff("focal_point", empty, "Mới Nhận Việc")
    client.sign_in(person)

    words = page(client.get("/dau-moi"))

    assert "Chưa có ai trong danh sách của đơn vị" in words
    assert "Nhập danh sách" in words


def test_first_pages_cost_the_same_for_few_and_for_many(client, world):
    def cost(person, path):
        client.sign_in(person)
        client.get(path)
        with counted() as sent:
            client.get(path)
        return len(sent)

    few = cost(world.focal, "/dau-moi"), cost(world.officer, "/dia-ban")
    for number in range(40):
        world.stage.learns(make_teacher(world.school, f"Người {number}"), 1)
    for _ in range(5):
        make_request(world.ward, [world.school, world.other], due=clock.local_date(clock.now()), now=clock.now())
    few = max(few[0], cost(world.focal, "/dau-moi")), few[1]
    for _ in range(20):
        make_request(world.ward, [world.school, world.other], due=clock.local_date(clock.now()), now=clock.now())

    assert cost(world.focal, "/dau-moi") == few[0] <= 8
    assert cost(world.officer, "/dia-ban") <= few[1] + 1 <= 8


@pytest.mark.parametrize(("role", "path"), [
    ("focal_point", "/dau-moi"), ("mentor", "/nguoi-hoc"), ("officer", "/dia-ban"), ("admin", "/dia-ban"), (None, "/hom-nay")])
def test_where_each_lands_after_signing_in(client, world, role, path):
    person = make_learner(world.school, "Ai Đó")
    if role:
        make_role(person, role, world.school)
    with client.application.test_request_context():
        assert home_of(make_actor(person)) == path


def test_one_learners_page_tells_everything_that_happened(client, world):
    person = make_teacher(world.school, "Lê Thị Đào")
    stage = world.stage
    stage.learns(person, 1)
    stage.tries(person, 85)
    stage.confirmed(person)
    stage.elsewhere(person)
    stage.enrolled(person, date(2026, 12, 1))
    remind_people([person.id], world.school, text="Mời cô học tiếp", subject="s", by_mail=False, by=world.focal_actor, now=NOW)
    client.sign_in(world.focal)

    words = page(client.get(f"/dau-moi/nguoi-hoc/{person.uuid}"))

    for told in ("Học xong bài: Bài 1", "Bài kiểm tra : 85%, đạt", "Được xác nhận", "Học ở nơi khác: Khóa của Sở",
                 "Ghi danh: Khóa mẫu , hạn 1/12/2026", "Được nhắc : Mời cô học tiếp", "Làm phiếu mới"):
        assert told in words, told


def test_another_schools_enrolments_evidence_and_reminders_stay_there(client, world):
    person = make_teacher(world.school, "Dạy Hai Nơi")
    make_member(person, world.other).is_claimed = True
    focal, actor = make_staffed("focal_point", world.other, "Đầu Mối Khác")
    world.stage.elsewhere(person)
    remind_people([person.id], world.other, text="Lời của trường khác", subject="s", by_mail=False, by=actor, now=NOW)
    db.session.commit()

    client.sign_in(world.focal)
    assert "Lời của trường khác" not in page(client.get(f"/dau-moi/nguoi-hoc/{person.uuid}"))
    client.sign_in(focal)
    words = page(client.get(f"/dau-moi/nguoi-hoc/{person.uuid}"))
    assert "Lời của trường khác" in words
    assert "Khóa của Sở" not in words


def test_a_learner_of_another_school_is_not_there(client, world):
    stranger = make_teacher(world.other, "Trường Khác")
    unclaimed = make_teacher(world.school, "Chưa Trả Lời", claimed=False)
    client.sign_in(world.focal)

    assert [client.get(f"/dau-moi/nguoi-hoc/{one.uuid}").status_code for one in (stranger, unclaimed)] == [404, 404]


def test_one_learners_page_costs_the_same_however_long_the_life(client, world):
    short, long = make_teacher(world.school, "Mới"), make_teacher(world.school, "Lâu")
    world.stage.learns(long, 5)
    for number in range(1, 20):
        world.stage.tries(long, 50, number=number)
    client.sign_in(world.focal)
    costs = []
    for person in (short, long):
        address = f"/dau-moi/nguoi-hoc/{person.uuid}"
        client.get(address)
        with counted() as sent:
            client.get(address)
        costs.append(len(sent))

    assert costs[0] == costs[1] <= 8
