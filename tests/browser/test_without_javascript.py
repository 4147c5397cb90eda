"""The way from a slip to a result on a phone without JavaScript: lesson, self-check, a whole attempt, submission."""

import json

import pytest
from playwright.sync_api import expect

from lms.demo.loading import right_answer
from tests.browser.steps import answer_all, checks_of, follow, paper_of, press, set_pin, submit

pytestmark = pytest.mark.browser
LESSON = "goi-dien"


def test_lesson_and_whole_attempt_need_no_javascript(phone, site):
    site.lms("user", "create", "--name", "Lò Thị Không", "--phone", "0900000902", "--birth-year", "1958", "--org", "to-dan-pho-5")
    page = phone(java_script_enabled=False)
    page.goto(json.loads(site.lms("user", "reset", "0900000902", "--json"))["address"])
    set_pin(page, "735291")
    press(page, "Xong, vào học")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay học gì?")

    page.goto(f"/bai/{LESSON}")
    page.get_by_role("button", name="Nhớ tôi học đến bước này").nth(1).click()
    expect(page.locator("main")).to_contain_text("Học tiếp bước 2")
    press(page, "Tôi đã làm xong")
    expect(page.locator("#thuc-hanh-xong")).to_contain_text("Bạn đã thực hành")
    box = page.locator("#tu-kiem-tra-1")
    for value in right_answer(checks_of(site, LESSON)[0]):
        box.locator(f"label:has([value='{value}'])").click()
    box.get_by_role("button").click()
    expect(box.get_by_role("status")).to_contain_text("Đúng rồi")
    press(page, "Bài sau")

    page.goto("/cua-toi/xac-nhan")
    follow(page, "Xem bài kiểm tra")
    press(page, "Bắt đầu làm bài")
    page.wait_for_url("**/cau/1")
    items = paper_of(site, page)
    answer_all(page, items, right=True)
    expect(page.locator("main")).to_contain_text(f"Bạn đã trả lời đủ {len(items)} câu")
    submit(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bạn đã đạt bài kiểm tra")

    page.go_back()
    page.goto(page.url.replace("ket-qua", "cau/1"))
    assert page.url.endswith("/ket-qua")
