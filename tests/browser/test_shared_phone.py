"""A phone that goes from hand to hand while answers still wait on it: nothing is lost, nothing of the last person stays."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from lms.assessment.models import Attempt, Response
from lms.people.models import Person
from tests.browser.steps import give, paper_of, press, sign_in
from tests.browser.ward import HOA, right_response

pytestmark = pytest.mark.browser
STORED = "() => Object.keys(localStorage).filter((key) => key.startsWith('bai-lam:')).length"


def arrive(page, site, name, number):
    """Somebody new to the ward signs in on this phone."""
    with site.database() as session:
        model = session.scalars(sa.select(Person).where(Person.phone == HOA)).one()
        copied = {column.key: getattr(model, column.key) for column in sa.inspect(Person).columns
                  if column.key not in ("id", "uuid", "personal_code", "phone", "full_name", "email")}
        session.add(Person(full_name=name, phone=number, personal_code=f"T{number[-6:]}", **copied))
    sign_in(page, number)


def saved_of(site, name):
    with site.database() as session:
        return sorted(session.scalars(
            sa.select(Response.position).join(Attempt, Attempt.id == Response.attempt_id)
            .join(Person, Person.id == Attempt.person_id).where(Person.full_name == name)))


@pytest.fixture
def offline_answer(phone, site):
    """`offline_answer(name, number)`: the page of somebody who has answered question 1 without a line."""
    def begin(name, number):
        page = phone()
        arrive(page, site, name, number)
        page.goto("/cua-toi")
        mine = page.context.new_page()
        mine.goto("/bai-kiem-tra/luyen-an-toan-chong-lua-dao")
        mine.locator("form[action$='/bat-dau'] button").click()
        mine.wait_for_url("**/cau/1")
        items = paper_of(site, mine)
        page.context.set_offline(True)
        give(mine, right_response(items[0]))
        expect(mine.locator("#da-luu")).to_contain_text("Mất mạng")
        mine.evaluate("() => { window.fetch = () => Promise.reject(new Error('dead')); }")  # else it sends while it closes
        mine.close()
        assert page.evaluate(STORED) == 1
        return page

    return begin


def test_who_leaves_without_a_line_is_covered_and_signed_out_once_all_is_sent(offline_answer, site):
    name = "Đỗ Thị Vội Đi"
    page = offline_answer(name, "0900000978")

    press(page, "Đổi người")

    expect(page.locator("#con-cau")).to_contain_text("Còn 1 câu trả lời chưa gửi")
    expect(page.locator("#con-cau")).to_contain_text("vẫn còn trên máy")
    expect(page.locator("main")).to_be_hidden()
    assert "Vội Đi" not in page.inner_text("body")
    assert "Vội Đi" not in page.title()
    assert saved_of(site, name) == []

    page.context.set_offline(False)

    page.wait_for_url("**/dang-nhap")
    assert saved_of(site, name) == [1]
    assert page.evaluate("() => localStorage.length") == 0


def test_a_covered_page_stays_covered_when_it_is_opened_anew(offline_answer, site):
    name = "Đỗ Thị Mở Lại"
    page = offline_answer(name, "0900000979")
    press(page, "Đăng xuất")
    expect(page.locator("#con-cau")).to_be_visible()
    page.route("**/luu", lambda route: route.abort())
    page.context.set_offline(False)

    page.goto("/cua-toi")

    expect(page.locator("#con-cau")).to_contain_text("Còn 1 câu trả lời chưa gửi")
    assert "Mở Lại" not in page.inner_text("body")
    page.unroute("**/luu")
    press(page, "Gửi lại ngay")
    page.wait_for_url("**/dang-nhap")
    assert saved_of(site, name) == [1]


def test_who_changes_their_mind_stays(offline_answer):
    page = offline_answer("Đỗ Thị Ở Lại", "0900000980")
    press(page, "Đăng xuất")

    press(page, "Ở lại, chưa đăng xuất")

    expect(page.locator("main")).to_be_visible()
    expect(page.locator("#con-cau")).to_be_hidden()
    assert page.evaluate(STORED) == 1


def test_answers_go_out_from_any_page_once_there_is_a_line(offline_answer, site):
    name = "Đỗ Thị Trang Khác"
    page = offline_answer(name, "0900000981")

    page.context.set_offline(False)
    page.goto("/hom-nay")
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('bai-lam:'))")

    assert saved_of(site, name) == [1]


def test_the_next_person_is_told_of_answers_whose_sign_in_has_ended(offline_answer, site):
    name = "Đỗ Thị Hết Phiên"
    page = offline_answer(name, "0900000982")
    page.context.clear_cookies()
    page.context.set_offline(False)

    page.goto("/dang-nhap")

    expect(page.locator("#con-cau-truoc")).to_contain_text("Máy này còn 1 câu trả lời chưa gửi")
    assert "Hết Phiên" not in page.inner_text("body")


def test_the_last_answers_are_sent_again_and_again_when_time_is_up(phone, site):
    page, name = phone(), "Đỗ Thị Hết Giờ"
    arrive(page, site, name, "0900000983")
    page.goto("/bai-kiem-tra/luyen-an-toan-chong-lua-dao")
    page.locator("form[action$='/bat-dau'] button").click()
    page.wait_for_url("**/cau/1")
    items, tries = paper_of(site, page), []

    def fail_twice(route):
        tries.append(1)
        if len(tries) <= 3:
            route.abort()
        else:
            route.continue_()

    page.route("**/luu", fail_twice)
    give(page, right_response(items[0]))
    expect(page.locator("#da-luu")).to_contain_text("vẫn còn trên máy")
    with page.expect_request("**/nop", timeout=20_000):
        page.evaluate("() => document.dispatchEvent(new Event('lms:time-up'))")

    assert len(tries) >= 4
    assert saved_of(site, name) == [1]
