"""What only a browser can show of a lesson: steps remembered, answers in place, the replica, the copy for dead lines."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
LESSON = "/bai/bao-tin-lua-dao-156"
CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const page = await (await cache.match(request)).clone().text();
      found.push([new URL(request.url).pathname, page]);
    }
  }
  return found;
}"""


def kept(page):
    """Open the lesson and wait until the phone really holds it."""
    page.goto(LESSON)
    expect(page.locator("#da-luu")).to_be_visible()


def test_a_self_check_is_answered_in_place(phone):
    page = phone()
    page.goto(LESSON)
    check = page.locator("#tu-kiem-tra-1")

    check.get_by_role("button", name="Xem đúng chưa").click()
    expect(check.get_by_role("alert")).to_contain_text("Bạn chọn câu trả lời trước")
    check.get_by_label("Xóa hết tin nhắn").check()
    check.get_by_role("button", name="Xem đúng chưa").click()
    expect(check.get_by_role("status")).to_contain_text("Chưa đúng")
    check.get_by_label("Gọi ngân hàng theo số in trên thẻ").check()
    check.get_by_role("button", name="Xem đúng chưa").click()

    expect(check.get_by_role("status")).to_contain_text("Đúng rồi")
    expect(check.get_by_role("status")).to_be_focused()
    assert page.url.endswith(LESSON)
    page.reload()
    expect(page.locator("#tu-kiem-tra-1").get_by_role("status")).to_contain_text("Đúng rồi")


def test_the_step_in_view_is_remembered(phone):
    page = phone()
    page.goto(LESSON)
    step = page.locator("[data-step]").nth(2)

    with page.expect_response(lambda answer: answer.url.endswith("/tien-do")) as answer:
        step.evaluate("step => step.scrollIntoView({block: 'center'})")

    assert answer.value.status == 204
    page.reload()
    expect(page.get_by_role("link", name="Học tiếp bước 3")).to_have_attribute("href", f"#{step.get_attribute('id')}")


def test_the_replica_hints_after_two_misses_and_ends_with_a_word(phone):
    page = phone()
    page.goto(LESSON)
    replica = page.locator("[data-replica]")
    screen = replica.locator("[data-screen]:visible")
    expect(screen).to_have_count(1)
    said = screen.locator(".replica__say").inner_text()

    for misses in (1, 2):
        screen.locator(".replica__screen").click(position={"x": 20, "y": 40})
        expect(screen.locator(".replica__ring")).to_be_visible(visible=misses == 2)
    expect(replica.locator(".replica__miss")).to_contain_text("Nút xanh nhạt")
    screen.locator(".replica__target").click()
    expect(screen.locator(".replica__say")).not_to_have_text(said)
    expect(screen.locator(".replica__say")).to_be_focused()

    # The rest by keyboard alone: the right place is a button with a name.
    for _ in range(3):
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    expect(replica.locator(".replica__done")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(screen.locator(".replica__say")).to_have_text(said)


def test_without_script_everything_is_still_there(phone):
    page = phone(java_script_enabled=False)
    page.goto(LESSON)

    expect(page.locator("[data-screen]:visible")).to_have_count(4)
    expect(page.get_by_text("Chỗ cần bấm: nút Tin mới.")).to_be_visible()
    expect(page.locator("#da-luu")).to_be_hidden()
    expect(page.locator("#nghe")).to_be_hidden()
    page.locator("[data-step]").nth(1).get_by_role("button", name="Nhớ tôi học đến bước này").click()
    expect(page.get_by_role("link", name="Học tiếp bước 2")).to_be_visible()
    page.get_by_role("link", name="iPhone").click()
    expect(page.get_by_role("link", name="iPhone")).to_have_attribute("aria-current", "page")
    page.locator("#tu-kiem-tra-1").get_by_label("Gọi ngân hàng theo số in trên thẻ").check()
    page.locator("#tu-kiem-tra-1").get_by_role("button", name="Xem đúng chưa").click()
    expect(page.locator("#tu-kiem-tra-1").get_by_role("status")).to_contain_text("Đúng rồi")


def test_an_opened_lesson_is_read_again_without_a_line(phone):
    page = phone()
    kept(page)
    page.context.set_offline(True)

    page.goto(LESSON)
    expect(page.get_by_role("heading", level=1)).to_have_text("Báo tin lừa đảo")
    expect(page.get_by_text("Bản đã lưu trên máy")).to_be_visible()
    page.locator("[data-replica] [data-screen]:visible .replica__target").click()
    page.goto("/bai/goi-dien")
    expect(page.get_by_role("heading", level=1)).to_have_text("Máy đang không có mạng")
    page.get_by_role("link", name="Báo tin lừa đảo").click()

    expect(page.get_by_text("Bản đã lưu trên máy")).to_be_visible()


def test_the_badge_stays_away_where_nothing_can_be_kept(phone):
    page = phone(service_workers="block")

    page.goto(LESSON, wait_until="networkidle")

    expect(page.locator("#da-luu")).to_be_hidden()


def test_nothing_of_a_reader_lies_in_the_phones_cache(phone):
    page = phone()
    page.goto(LESSON)
    page.locator("#tu-kiem-tra-1").get_by_label("Gọi ngân hàng theo số in trên thẻ").check()
    page.locator("#tu-kiem-tra-1").get_by_role("button", name="Xem đúng chưa").click()
    expect(page.locator("#tu-kiem-tra-1").get_by_role("status")).to_be_visible()
    kept(page)
    page.goto("/khoa-hoc")
    page.goto("/tim?q=ma+otp")

    cached = dict(page.evaluate(CACHED))

    pages = {path: text for path, text in cached.items() if not path.startswith("/tinh/")}
    assert set(pages) == {"/ngoai-tuyen", LESSON}
    for text in pages.values():
        assert not re.search(r"csrf_token|checked|Đúng rồi|tien-do", text)
