"""The day of a focal point: from the school's messy file to a list that the ward has, on a wide screen and on a phone."""

import json
import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from lms.courses.models import Enrolment
from lms.people.models import Membership, Organisation, Person
from tests.browser.steps import follow, press, set_pin, sign_in
from tests.browser.ward import OFFICER
from tests.rosters.school_list import school_list

pytestmark = pytest.mark.browser
PIN = "735291"
MOST_CLICKS = 12
ASKED = "Danh sách cán bộ, giáo viên tham gia học"
# Two schools with a focal point of their own, so that each walk hands in its own list: the screen, the new focal point's
# telephone, the school, its first telephone.
DAYS = [
    pytest.param({"viewport": {"width": 1280, "height": 900}, "is_mobile": False, "has_touch": False, "device_scale_factor": 1},
                 "0900000090", "truong-thcs-cau-dua", 930_000_000, id="1280"),
    pytest.param({}, "0900000091", "truong-tieu-hoc-dong-sen", 931_000_000, id="phone"),
]


class Hand:
    """Counts what the focal point clicks; typing and the corrections do not count."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def press(self, words):
        self.page.get_by_role("button", name=words).click()
        self.clicks += 1

    def follow(self, words):
        self.page.get_by_role("link", name=words).first.click()
        self.clicks += 1

    def choose_file(self, content):
        self.page.get_by_label("Chọn tệp bảng tính").set_input_files(
            {"name": "DS giáo viên.xlsx", "mimeType": "application/octet-stream", "buffer": content})
        self.clicks += 1


def appoint(site, page, number, school):
    """A new focal point of the school, signed in."""
    site.lms("user", "create", "--name", "Người Đầu Mối", "--phone", number, "--org", school, "--birth-year", "1980")
    site.lms("user", "grant", number, "focal_point", "--org", school)
    page.goto(f"/p/{json.loads(site.lms('user', 'reset', number, '--json'))['code']}")
    set_pin(page, PIN)
    press(page, "Xong, vào học")
    page.wait_for_url(lambda address: "/p/" not in address)
    page.goto("/dau-moi")


def heading(page):
    return page.get_by_role("heading", level=1)


def people_of(site, key):
    """Those who belong to the school today and came by its list."""
    with site.database() as session:
        rows = session.scalars(
            sa.select(Person).join(Membership, Membership.person_id == Person.id)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(Organisation.key == key, Membership.left_on.is_(None), Person.full_name != "Người Đầu Mối")).all()
        session.expunge_all()
    return rows


@pytest.mark.parametrize(("screen", "focal", "school", "first_phone"), DAYS)
def test_eighty_teachers_from_a_messy_file_to_the_ward(phone, site, screen, focal, school, first_phone):
    sheet = school_list(first_phone=first_phone)
    officer = phone()
    sign_in(officer, OFFICER)
    sent_before = lists_sent(officer)
    page = phone(**screen)
    appoint(site, page, focal, school)
    hand = Hand(page)

    hand.follow("Nhập danh sách")
    hand.choose_file(sheet.content)
    hand.press("Tiếp tục")
    expect(page.locator("main")).to_contain_text("Đã đọc được 80 dòng, 6 cột")
    expect(page.locator("main")).to_contain_text("chữ TCVN3 (phông .VnTime) đã đổi sang Unicode")
    hand.press("Kiểm tra danh sách")
    expect(heading(page)).to_have_text("Còn 5 dòng cần bạn sửa")
    correct(page, sheet)
    expect(heading(page)).to_have_text("Danh sách sẵn sàng: 80 người")
    hand.press("Ghi danh sách 80 người")
    expect(heading(page)).to_have_text("Đã ghi 80 người")
    enrol(page, hand)
    slip = print_slips(page, hand)
    hand_in(page, hand)
    assert hand.clicks <= MOST_CLICKS

    stands(site, school, sheet)
    first_teacher_signs_in(phone(), slip)
    assert lists_sent(officer) == sent_before + 1  # 1 of 8 in a fresh ward


def correct(page, sheet):
    """The five faults, each in its field."""
    for (row, key), text in sheet.faults.items():
        page.locator(f"#o-{row}-{key}").fill(text)
    press(page, "Kiểm tra lại 5 dòng")


def enrol(page, hand):
    page.get_by_label("Học xong trước hết ngày").fill("2027-03-31")
    hand.press("Giao cho 80 người")
    expect(page.get_by_role("status").first).to_contain_text("cho 80 người")


def print_slips(page, hand):
    """The address on the first slip."""
    hand.press("In 80 phiếu")
    expect(heading(page)).to_have_text("80 phiếu, 10 tờ A4")
    assert page.locator(".slip").count() == 80
    code = re.sub("[^0-9A-Z]", "", page.locator(".slip__code").first.inner_text())
    name = page.locator(".slip h2").first.inner_text()
    page.go_back()
    hand.clicks += 1
    return f"/p/{code}", name


def hand_in(page, hand):
    hand.follow("Nộp danh sách cho phường")
    hand.follow(f"Nộp danh sách {ASKED}")
    hand.press(re.compile("Nộp [0-9]+ người"))
    expect(page.locator("main")).to_contain_text("Đã gửi")


def stands(site, school, sheet):
    """Everybody is in the school and in the course, each with their own name; the families share their telephone."""
    people = people_of(site, school)
    assert sorted((one.full_name, one.phone) for one in people) == sorted((one.name, one.phone) for one in sheet.teachers)
    with site.database() as session:
        enrolled = session.scalar(sa.select(sa.func.count()).select_from(Enrolment).where(
            Enrolment.person_id.in_([one.id for one in people]), Enrolment.ended_at.is_(None)))
    assert enrolled == 80


def first_teacher_signs_in(teacher, slip):
    address, name = slip
    teacher.goto(address)
    expect(heading(teacher)).to_have_text(f"Bạn là {name.split()[-1]}?")
    set_pin(teacher, PIN)
    press(teacher, "Xong, vào học")
    expect(teacher.locator("main")).to_contain_text("31/3/2027")


def lists_sent(officer):
    """Of how many of its eight schools the ward has the list."""
    officer.goto("/dia-ban/danh-sach")
    follow(officer, ASKED)
    expect(heading(officer)).to_have_text(re.compile("^[0-8]/8 trường đã gửi$"))
    return int(heading(officer).inner_text()[0])
