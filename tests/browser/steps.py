"""What people do on the pages, by the words on the buttons, as they would."""

import re
from uuid import UUID

import sqlalchemy as sa
from playwright.sync_api import expect

from lms.assessment.models import Attempt, AttemptItem, ItemVersion
from lms.courses.models import Lesson, LessonVersion
from tests.browser.ward import PIN, right_response, wrong_response


def press(page, words, **options):
    page.get_by_role("button", name=words, exact=True, **options).click()


def follow(page, words):
    page.get_by_role("link", name=words, exact=True).first.click()


def sign_in(page, name, pin=PIN):
    """From the sign-in page; `name` is a phone number or a personal code."""
    if "/dang-nhap" not in page.url:
        page.goto("/dang-nhap")
    page.get_by_label("Số điện thoại hoặc mã cá nhân").fill(name)
    press(page, "Tiếp tục")
    page.get_by_label("Mã PIN của bạn").fill(pin)
    press(page, "Vào học")
    page.wait_for_url(lambda address: "dang-nhap" not in address)


def set_pin(page, pin):
    """The part that a slip's page and registration share."""
    page.get_by_label("Mã PIN", exact=True).fill(pin)
    page.get_by_label("Gõ lại lần nữa").fill(pin)
    page.get_by_label("Tôi đồng ý").check()


def register(page, name, year, *, phone, pin):
    """The three steps, from the first page of registration on."""
    press(page, "Người dân")
    page.get_by_label("Họ và tên").fill(name)
    page.get_by_label("Năm sinh").fill(year)
    press(page, "Tiếp tục")
    page.get_by_label("Số điện thoại", exact=True).fill(phone)
    set_pin(page, pin)
    press(page, "Xong, đăng ký")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng ký xong. Đây là mã của bạn")


def add_person(page, name, year, organisation):
    """A member of staff adds somebody; the slip is on the screen afterwards."""
    page.goto("/nguoi-hoc/moi")
    page.get_by_label("Họ và tên").fill(name)
    page.get_by_label("Năm sinh").fill(year)
    page.get_by_label("Đơn vị").select_option(label=organisation)
    page.locator("main form button").last.click()
    page.wait_for_url("**/phieu/*")


def paper_of(site, page):
    """The questions of the attempt that is open on the page, by position; read from the database, never from the page."""
    uuid = UUID(re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", page.url).group())
    with site.database() as session:
        rows = session.scalars(
            sa.select(ItemVersion).join(AttemptItem, AttemptItem.item_version_id == ItemVersion.id)
            .join(Attempt, Attempt.id == AttemptItem.attempt_id).where(Attempt.uuid == uuid).order_by(AttemptItem.position)).all()
        session.expunge_all()
    return rows


def checks_of(site, slug):
    """The self-checks of a lesson, from the database."""
    with site.database() as session:
        document = session.scalars(
            sa.select(LessonVersion.document)
            .join(Lesson, (LessonVersion.lesson_id == Lesson.id) & (LessonVersion.hash == Lesson.version))
            .where(Lesson.slug == slug)).one()
    return document["checks"]


def give(page, response):
    """Answer the question on the page as somebody with a finger would."""
    form = page.locator("#bai")
    if "text" in response:
        form.get_by_role("textbox").fill(response["text"])
    for value in response.get("chosen", ()):
        form.locator(f"label:has(input[name=answer][value='{value}'])").click()
    for part, place in {**response.get("pairs", {}), **response.get("places", {})}.items():
        select = form.locator(f"[name='answer-{part}']")
        select.select_option(value=str(place)) if "pairs" in response else select.select_option(label=str(place))


def answer_all(page, items, *, right):
    """From the first question to the page before submission; returns the question pages as they stood when answered."""
    seen = []
    for position, item in enumerate(items, start=1):
        expect(page.locator(".exam")).to_contain_text(f"Câu {position} ")
        give(page, right_response(item) if right else wrong_response(item))
        seen.append(page.content())
        press(page, "Câu sau" if position < len(items) else "Xem lại")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi nộp")
    return seen


def submit(page):
    page.get_by_label("Tôi đã xem lại và muốn nộp bài").check()
    press(page, "Nộp bài")
    page.wait_for_url("**/ket-qua")


def texts_of(document):
    """Every sentence in a stored item that only the marked question may show."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in ("explanation_html", "feedback_html", "right_html", "wrong_html") and value:
                yield re.sub("<[^>]+>", "", value)
            else:
                yield from texts_of(value)
    elif isinstance(document, list):
        for value in document:
            yield from texts_of(value)
