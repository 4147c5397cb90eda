"""The way of a resident, walked on phones of 360 px: from a paper slip, and from a lesson's QR code to a certificate."""

import re
import subprocess

import pytest
from playwright.sync_api import expect

from lms.demo.loading import right_answer
from tests.browser.steps import (
    add_person,
    answer_all,
    checks_of,
    follow,
    give,
    paper_of,
    press,
    register,
    set_pin,
    sign_in,
    submit,
    texts_of,
)
from tests.browser.ward import ASSESSOR, OFFICER, right_response

pytestmark = pytest.mark.browser
PIN = "735291"
COURSE = "xoa-mu-cong-nghe"
FIRST, SECOND = "mo-may-va-chinh-man-hinh", "goi-dien"


def read_qr(picture):
    """What a phone's camera makes of the QR code in this picture."""
    result = subprocess.run(["zbarimg", "--raw", "-q", picture], capture_output=True, text=True)
    assert result.returncode == 0, f"no QR code can be read in {picture}"
    return result.stdout.strip()


def heading(page):
    return page.get_by_role("heading", level=1)


def test_paper_slip_leads_to_the_first_step_of_a_lesson(phone, site, tmp_path):
    staff = phone()
    sign_in(staff, OFFICER)
    add_person(staff, "Trương Thị Phiếu", "1959", "Tổ dân phố 3")
    staff.locator(".qrbox .qr").evaluate("code => code.scrollIntoView({block: 'center'})")
    staff.screenshot(path=tmp_path / "slip.png")

    learner = phone()
    learner.goto(read_qr(tmp_path / "slip.png"))
    expect(heading(learner)).to_have_text("Bạn là Phiếu?")
    assert "Trương" not in learner.content()
    set_pin(learner, PIN)
    press(learner, "Xong, vào học")
    expect(heading(learner)).to_have_text("Hôm nay học gì?")
    follow(learner, "Học bài này")
    with learner.expect_response("**/tien-do") as reached:
        learner.locator("[data-step]").first.scroll_into_view_if_needed()
    assert reached.value.status == 204
    learner.goto("/hom-nay")
    expect(learner.locator("main")).to_contain_text("Học tiếp bước 1")

    somebody_else = phone()
    somebody_else.goto(read_qr(tmp_path / "slip.png"))
    expect(somebody_else.locator("main")).to_contain_text("Phiếu này đã dùng rồi")
    assert "Bạn là" not in somebody_else.content()


def test_lesson_qr_without_account_leads_to_a_certificate_that_a_stranger_checks(phone, site, tmp_path):
    name = "Đặng Thị Ngọc Ưu"
    learner = phone(accept_downloads=True)
    learn_as_a_guest(learner, site)
    register_and_find_everything_again(learner, name)
    learn_on(learner)
    fail_the_first_attempt(learner, site)
    pass_the_second_while_the_line_dies(learner, site)
    assess(phone(), name)
    site.lms("credentials", "issue-due")
    address = download_and_scan(learner, name, tmp_path)

    stranger = phone(java_script_enabled=False)
    stranger.goto(address)
    expect(heading(stranger)).to_have_text("Giấy mẫu, có trong sổ mẫu")
    expect(stranger.locator("main")).to_contain_text(name)
    expect(stranger.locator("main")).to_contain_text("1961")
    assert "0900000901" not in stranger.content()


def learn_as_a_guest(page, site):
    """Open the lesson that a QR code on a poster names; do a step, the practice and a self-check, first wrong."""
    page.goto(f"/bai/{FIRST}")
    with page.expect_response("**/tien-do"):
        page.locator("[data-step]").nth(1).scroll_into_view_if_needed()
    press(page, "Tôi đã làm xong")
    expect(page.locator("#thuc-hanh-xong")).to_contain_text("Bạn đã thực hành")
    right, box = right_answer(checks_of(site, FIRST)[0]), page.locator("#tu-kiem-tra-1")
    offered = box.locator("[name=choice]").evaluate_all("all => all.map((one) => one.value)")
    box.locator(f"label:has([value='{next(one for one in offered if one not in right)}'])").click()
    box.get_by_role("button").click()
    expect(box.get_by_role("status")).to_contain_text("bạn xem lại")


def register_and_find_everything_again(page, name):
    """Three short steps, and what was done before is there."""
    follow(page, "Đăng nhập")
    page.get_by_role("link", name=re.compile("^Đăng ký mới")).click()
    register(page, name, "1961", phone="0900000901", pin=PIN)
    follow(page, "Vào học")
    expect(page.locator("main")).to_contain_text("Học tiếp bước 2")
    page.goto(f"/bai/{FIRST}")
    expect(page.locator("#thuc-hanh-xong")).to_contain_text("Bạn đã thực hành")
    expect(page.locator("#tu-kiem-tra-1")).to_contain_text("bạn xem lại")


def learn_on(page):
    """Two lessons to their end; the course counts them."""
    press(page, "Bài sau")
    page.wait_for_url(f"**/bai/{SECOND}")
    press(page, "Bài sau")
    page.goto(f"/khoa-hoc/{COURSE}")
    expect(page.locator("main")).to_contain_text("2 trên 8 bài")


def begin_assessment(page, site, words):
    press(page, words)
    page.wait_for_url("**/cau/1")
    return paper_of(site, page)


def fail_the_first_attempt(page, site):
    """Every answer wrong; no page says so before the end."""
    page.goto("/hom-nay")
    follow(page, "Xem đường đi")
    follow(page, "Xem bài kiểm tra")
    items = begin_assessment(page, site, "Bắt đầu làm bài")
    secrets = {text for item in items for text in texts_of(item.document)}
    assert len(secrets) > len(items)
    seen = answer_all(page, items, right=False)
    leaked = [text for html in seen for text in secrets if text in html]
    assert leaked == []
    submit(page)
    expect(page.locator("main")).to_contain_text("Cả bài được 0%, cần đạt 70%.")


def pass_the_second_while_the_line_dies(page, site):
    """A new draw. The line dies twice: the answer waits on the phone and arrives when there is a line again, once on
    the page that stayed open, once after the window was closed."""
    items = begin_assessment(page, site, "Làm bài mới")
    saved = page.locator("#da-luu")
    give(page, right_response(items[0]))
    expect(saved).to_contain_text("Đã lưu lúc")
    press(page, "Câu sau")
    page.wait_for_url("**/cau/2")

    page.context.set_offline(True)
    give(page, right_response(items[1]))
    expect(saved).to_contain_text("Mất mạng. Câu trả lời vẫn còn trên máy")
    press(page, "Câu sau")
    assert page.url.endswith("/cau/2")
    page.context.set_offline(False)
    expect(saved).to_contain_text("Đã lưu lúc")
    press(page, "Câu sau")
    page.wait_for_url("**/cau/3")

    page.context.set_offline(True)
    give(page, right_response(items[2]))
    expect(saved).to_contain_text("Mất mạng")
    review, context = page.url.replace("cau/3", "xem-lai"), page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(review)
    expect(page.get_by_role("link", name="Câu 3, đã trả lời")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name !== 'idle-since').length") == 0

    for position, item in list(enumerate(items, start=1))[3:]:
        page.goto(review.replace("xem-lai", f"cau/{position}"))
        give(page, right_response(item))
        press(page, "Câu sau" if position < len(items) else "Xem lại")
        page.wait_for_url(lambda address, here=f"/cau/{position}": not address.endswith(here))
    expect(page.locator("main")).to_contain_text(f"Bạn đã trả lời đủ {len(items)} câu")
    submit(page)
    expect(heading(page)).to_have_text("Bạn đã đạt bài kiểm tra")


def assess(page, name):
    """An assessor finds the person waiting, watches every task, and signs."""
    sign_in(page, ASSESSOR)
    page.goto("/xac-nhan?muc=practical")
    page.locator("li", has_text=name).get_by_role("link", name="Bắt đầu đánh giá").click()
    tasks = page.locator("fieldset[id^=viec-]")
    for number in range(tasks.count()):
        words = "Làm được sau một lần nhắc" if number == 2 else "Tự làm được"
        tasks.nth(number).locator("label", has_text=words).click()
    page.locator("label", has_text="Xác nhận làm được").click()
    press(page, "Ký và gửi kết luận")
    expect(page.get_by_role("status").first).to_contain_text("Đã xác nhận")


def download_and_scan(page, name, folder):
    """The learner fetches the certificate; returns the address in its QR code."""
    page = page.context.pages[-1]
    page.goto("/giay-xac-nhan")
    follow(page, "Xem giấy")
    with page.expect_download() as download:
        follow(page, "Tải tệp PDF")
    paper = folder / "giay.pdf"
    download.value.save_as(paper)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", paper, folder / "giay"], check=True)
    text = subprocess.run(["pdftotext", paper, "-"], capture_output=True, text=True, check=True, encoding="utf-8").stdout
    assert name in text
    return read_qr(folder / "giay.png")


def test_phone_goes_to_a_second_person_and_keeps_nothing_of_the_first(phone, site):
    page = phone()
    sign_in(page, "0900000027")
    page.goto(f"/bai/{SECOND}")
    expect(page.locator("#da-luu")).to_be_visible()
    page.goto("/giay-xac-nhan")
    follow(page, "Xem giấy")
    expect(page.locator("main")).to_contain_text("Hồ Văn Quý")
    kept = page.evaluate("""async () => Promise.all((await caches.keys()).map(async (name) => {
      const cache = await caches.open(name);
      return Promise.all((await cache.keys()).map(async (one) => (await cache.match(one)).text()));
    }))""")
    assert any(kept)
    assert not [page_text for cache in kept for page_text in cache if "Quý" in page_text]
    page.goto("/cua-toi")

    press(page, "Đổi người")
    expect(heading(page)).to_have_text("Vào học")
    page.wait_for_load_state("networkidle")
    stored = page.evaluate("""async () => ({local: localStorage.length, session: sessionStorage.length,
      caches: await caches.keys(), bases: (await indexedDB.databases()).length})""")
    assert stored == {"local": 0, "session": 0, "caches": [], "bases": 0}
    for _step in range(4):
        page.go_back()
        assert "Hồ Văn Quý" not in page.content()
        assert "Quý" not in page.inner_text("body")

    sign_in(page, "0900000028")
    page.goto("/cua-toi")
    expect(heading(page)).to_have_text("Kiều Thị Thắm")
    page.goto("/giay-xac-nhan")
    expect(page.locator("main")).to_contain_text("Bạn chưa có giấy xác nhận")
