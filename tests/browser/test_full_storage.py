"""A phone whose storage is full, or a private window that may store nothing: no answer is lost."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from lms.assessment.models import Attempt, Response
from lms.people.models import Person
from tests.browser.steps import give, paper_of, press, register
from tests.browser.ward import right_response

pytestmark = pytest.mark.browser
NAME = "Đỗ Thị Đầy Máy"
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"


def test_answers_reach_the_server_when_the_phone_can_store_nothing(phone, site):
    page = phone()
    page.add_init_script(FULL)
    page.goto("/dang-ky")
    register(page, NAME, "1957", phone="0900000977", pin="519374")
    page.goto("/bai-kiem-tra/luyen-an-toan-chong-lua-dao")
    page.locator("form[action$='/bat-dau'] button").click()
    page.wait_for_url("**/cau/1")
    items = paper_of(site, page)

    give(page, right_response(items[0]))
    press(page, "Câu sau")
    page.wait_for_url("**/cau/2")
    page.context.set_offline(True)
    give(page, right_response(items[1]))
    expect(page.locator("#da-luu")).to_contain_text("Mất mạng")
    page.context.set_offline(False)
    expect(page.locator("#da-luu")).to_contain_text("Đã lưu lúc")

    with site.database() as session:
        saved = session.scalars(
            sa.select(Response.position).join(Attempt, Attempt.id == Response.attempt_id)
            .join(Person, Person.id == Attempt.person_id).where(Person.full_name == NAME)).all()
    assert sorted(saved) == [1, 2]
