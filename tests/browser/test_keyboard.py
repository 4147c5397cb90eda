"""The assessment by keyboard alone, on a small screen at 200 % zoom: every type of question can be reached, seen,
answered and sent."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import sign_in
from tests.browser.ward import TYPES, Ward

pytestmark = pytest.mark.browser
LEARNER = "0900000038"
ZOOMED = {"viewport": {"width": 320, "height": 390}, "is_mobile": False, "has_touch": False}  # 640 × 780 at 200 %
MOST_TABS = 40

FOCUSED = """() => {
  const e = document.activeElement, seen = e.closest("label") || e;
  const marked = [e, ...seen.querySelectorAll("*"), e.nextElementSibling].filter(Boolean)
    .some((one) => { const s = getComputedStyle(one); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0; });
  const box = seen.getBoundingClientRect();
  const x = box.left + box.width / 2, hits = [0.25, 0.5, 0.75].some((part) => {
    const hit = document.elementFromPoint(x, box.top + box.height * part);
    return hit && (seen.contains(hit) || hit.contains(seen));
  });
  return {name: e.name || "", chosen: e.type === "checkbox" && e.checked, words: seen.textContent.trim(), marked, hits,
    wide: document.documentElement.scrollWidth};
}"""


def tab_to(page, matches):
    """Press Tab until what has the focus matches; everything on the way must be seen and marked."""
    for _step in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        assert here["marked"], f"no focus ring on {here}"
        assert here["hits"], f"hidden behind something: {here}"
        assert here["wide"] <= 320
        if matches(here):
            return
    raise AssertionError(f"cannot be reached by Tab: {page.url}")


def words(text):
    return lambda here: here["words"] == text


def answer_by_keyboard(page, kind):
    """Whatever the type, some answer that was not there before."""
    tab_to(page, lambda here: here["name"].startswith("answer") and not here["chosen"])
    if kind in ("single_choice", "true_false", "hotspot"):
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    elif kind in ("multiple_choice", "scenario"):
        page.keyboard.press("Space")
    elif kind in ("matching", "ordering"):
        page.keyboard.press("ArrowDown")
    else:
        page.keyboard.type("12")


def test_every_type_of_question_is_answered_by_keyboard_at_twice_the_size(phone, site):
    page = phone(**ZOOMED)
    sign_in(page, LEARNER)
    page.goto(Ward(site).staged(LEARNER) + "/cau/1")
    for position, kind in enumerate(TYPES, start=1):
        expect(page.locator(".exam")).to_contain_text(f"Câu {position} ")
        answer_by_keyboard(page, kind)
        expect(page.locator("#da-luu")).to_contain_text("Đã lưu lúc")
        expect(page.locator("#da-luu")).to_have_attribute("data-state", "saved")
        tab_to(page, words("Câu sau" if position < len(TYPES) else "Xem lại"))
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address, here=f"/cau/{position}": not address.endswith(here))

    expect(page.locator("main")).to_contain_text("Bạn đã trả lời đủ 9 câu")
    tab_to(page, lambda here: here["name"] == "hieu")
    page.keyboard.press("Space")
    tab_to(page, words("Nộp bài"))
    page.keyboard.press("Enter")

    page.wait_for_url("**/ket-qua")
    expect(page.get_by_role("heading", level=2, name="Kết quả từng nhóm")).to_be_visible()
