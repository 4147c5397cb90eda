"""Every page of the site: who looks at it, and how one comes there. A route that is missing here fails a test."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser import ward as w

CONTENT = Path(__file__).parent.parent.parent / "courses_content"

FRAMEWORK = "qd757-I1-nguoi-dan"
LESSON = "goi-dien"


@dataclass(frozen=True)
class Visit:
    """One page in one state. `at` is its address, or walks there from wherever the page (tab) is."""

    name: str
    endpoint: str
    at: str | Callable[..., Any]
    who: str | None = None  # phone number of somebody of the ward; None is a stranger in a fresh browser
    status: int = 200


def of_ward(make):
    """The address that `make` builds from what the ward holds."""
    return lambda page, ward: page.goto(make(ward))


def press(page, words):
    page.get_by_role("button", name=words, exact=True).click()


def at_step_2(page, _ward):
    page.goto("/dang-ky")
    press(page, "Người dân")


def at_step_3(page, ward, year="1959"):
    at_step_2(page, ward)
    page.get_by_label("Họ và tên").fill("Trần Thị Mẫu")
    page.get_by_label("Năm sinh").fill(year)
    press(page, "Tiếp tục")


def at_guardian(page, ward):
    at_step_3(page, ward, year="2013")


def refused_registration(page, ward):
    at_step_3(page, ward)
    page.get_by_label("Số điện thoại", exact=True).fill("090")
    press(page, "Xong, đăng ký")


def at_pin(page, _ward):
    page.goto("/dang-nhap")
    page.locator("#name").fill("0900000099")
    press(page, "Tiếp tục")


def wrong_pin(page, ward):
    at_pin(page, ward)
    page.locator("main input[type=password]").fill("975310")
    press(page, "Vào học")


def empty_sign_in(page, _ward):
    page.goto("/dang-nhap")
    press(page, "Tiếp tục")


def refused_activation(page, ward):
    page.goto(f"/p/{ward.slip('0900000026')}")
    press(page, "Xong, vào học")


def child_slip(ward):
    return f"/p/{ward.slip(ward.site.person('Lê Minh Khôi').personal_code)}"


def one_slip(page, ward):
    page.goto(f"/nguoi-hoc/{ward.uuid('Đoàn Văn Giàu')}")
    page.locator("main form[action$='/phieu'] button").click()
    page.wait_for_url("**/phieu/*")


def many_slips(page, _ward):
    page.goto("/phieu")
    for box in page.locator("input[name=nguoi]").all():  # who got a slip in another test is not ticked
        box.check()
    page.locator("main form.stack button").click()
    page.wait_for_url("**/phieu/*")


def refused_new_person(page, _ward):
    page.goto("/nguoi-hoc/moi")
    page.locator("main form button").last.click()


def refused_submission(page, ward):
    page.goto(ward.staged(w.LEARNED) + "/xem-lai")
    press(page, "Nộp bài")


def result_of_every_type(page, ward):
    page.goto(ward.staged(w.PASSED_LATE) + "/xem-lai")
    if "xem-lai" in page.url:
        page.get_by_label("Tôi đã xem lại").check()
        press(page, "Nộp bài")
        page.wait_for_url("**/ket-qua")
    page.locator("summary", has_text="chưa đúng").click()


def refused_conclusion(page, ward):
    page.goto(f"/xac-nhan/{ward.uuid('Trần Văn Hùng')}/{w.POLICY}")
    page.locator("[name=ket_luan][value=confirm]").check()
    press(page, "Ký và gửi kết luận")


def answered_check(page, _ward):
    page.goto(f"/bai/{LESSON}")
    page.locator("#tu-kiem-tra-1 [name=choice]").first.check()
    page.locator("#tu-kiem-tra-1 button").click()
    page.locator("#tu-kiem-tra-1 [role=status]").wait_for()


def record_of(name):
    return of_ward(lambda ward: f"/xac-nhan/{ward.uuid(name)}/{w.POLICY}")


VISITS = (
    # for everybody
    Visit("home", "courses.home", "/"),
    Visit("catalogue", "courses.catalogue", "/khoa-hoc"),
    Visit("course", "courses.course", "/khoa-hoc/xoa-mu-cong-nghe"),
    Visit("audience", "courses.audience_path", "/nhom/nguoi-dan"),
    Visit("audience-empty", "courses.audience_path", "/nhom/nguoi-lao-dong"),
    Visit("lesson", "courses.lesson", f"/bai/{LESSON}"),
    Visit("lesson-iphone", "courses.lesson", "/bai/cai-vneid-dung-cach?may=iphone"),
    Visit("lesson-answered", "courses.lesson", answered_check),
    Visit("lesson-kept", "courses.lesson", f"/bai/{LESSON}?ban=ngoai-tuyen"),
    Visit("offline", "courses.offline", "/ngoai-tuyen"),
    Visit("search", "courses.search", "/tim?q=lua+dao"),
    Visit("search-nothing", "courses.search", "/tim?q=xyzxyz"),
    Visit("skills-stranger", "courses.skill_map", "/ky-nang"),
    Visit("frameworks", "framework.frameworks", "/khung"),
    Visit("framework", "framework.framework", f"/khung/{FRAMEWORK}"),
    Visit("framework-local", "framework.framework", "/khung/vinhbao-4-cap-do"),
    Visit("framework-umbrella", "framework.framework", "/khung/qd757"),
    Visit("framework-levels", "framework.framework", "/khung/tt02-2025"),
    Visit("framework-outcomes", "framework.level_outcomes", "/khung/tt02-2025/yeu-cau/CB1"),
    Visit("about-framework", "framework.about_framework", "/khung/vinhbao-4-cap-do/ve-khung-nay"),
    Visit("sign-in", "people.sign_in", "/dang-nhap"),
    Visit("sign-in-refused", "people.sign_in", empty_sign_in, status=422),
    Visit("pin", "people.sign_in_pin", at_pin),
    Visit("pin-wrong", "people.sign_in_pin", wrong_pin, status=422),
    Visit("register-1", "people.register", "/dang-ky"),
    Visit("register-2", "people.register_name", at_step_2),
    Visit("register-guardian", "people.register_guardian", at_guardian),
    Visit("register-3", "people.register_secret", at_step_3),
    Visit("register-3-refused", "people.register_secret", refused_registration, status=422),
    Visit("slip-code", "people.activation_code", "/p"),
    Visit("slip-code-unknown", "people.activate", "/p/2345678923", status=404),
    Visit("activate", "people.activate", of_ward(lambda ward: f"/p/{ward.slip('0900000019')}")),
    Visit("activate-child", "people.activate", of_ward(child_slip)),
    Visit("activate-refused", "people.activate", refused_activation, status=422),
    Visit("personal-data", "people.personal_data", "/du-lieu-ca-nhan"),
    Visit("help", "web.help_page", "/tro-giup"),
    Visit("accessibility", "web.accessibility", "/de-dung"),
    Visit("check", "certificates.search", "/tra-cuu"),
    Visit("verify-good", "certificates.verify", of_ward(lambda ward: f"/k/{ward.serial('good')}")),
    Visit("verify-revoked", "certificates.verify", of_ward(lambda ward: f"/k/{ward.serial('revoked')}")),
    Visit("verify-unknown", "certificates.verify", "/k/BT-2026-000001-2222-2222", status=404),
    Visit("verify-incomplete", "certificates.verify", "/k/BT-2026-000001", status=404),
    Visit("missing", "missing", "/khong-co-trang-nay", status=404),
    # learners
    Visit("today-learning", "courses.today", "/hom-nay", w.HOA),
    Visit("today-confirmed", "courses.today", "/hom-nay", w.BINH),
    Visit("today-sent-back", "courses.today", "/hom-nay", w.Y_BAC),
    Visit("skills", "courses.skill_map", "/ky-nang", w.BINH),
    Visit("skill-group", "courses.skill_group", "/ky-nang/N5", w.BINH),
    Visit("lesson-begun", "courses.lesson", "/bai/vao-mang-wifi-va-4g", w.HOA),
    Visit("lesson-done", "courses.lesson", f"/bai/{LESSON}", w.BINH),
    Visit("course-begun", "courses.course", "/khoa-hoc/xoa-mu-cong-nghe", w.HOA),
    Visit("tests", "assessment.my_assessments", "/bai-kiem-tra", w.FAILED),
    Visit("test", "assessment.assessment", f"/bai-kiem-tra/{w.COUNTING}", w.HOA),
    Visit("test-again", "assessment.assessment", f"/bai-kiem-tra/{w.COUNTING}", w.FAILED),
    *(Visit(f"question-{name}", "assessment.question",
            of_ward(lambda ward, number=number: f"{ward.staged(w.LEARNED)}/cau/{number}"), w.LEARNED)
      for number, name in enumerate(w.TYPES, start=1)),
    Visit("review", "assessment.review", of_ward(lambda ward: ward.staged(w.LEARNED) + "/xem-lai"), w.LEARNED),
    Visit("review-refused", "assessment.submit", refused_submission, w.LEARNED, status=422),
    Visit("result-failed", "assessment.result", of_ward(lambda ward: ward.attempt(w.FAILED) + "/ket-qua"), w.FAILED),
    Visit("result-passed", "assessment.result", of_ward(lambda ward: ward.attempt(w.HUNG) + "/ket-qua"), w.HUNG),
    Visit("result-every-type", "assessment.result", result_of_every_type, w.PASSED_LATE),
    Visit("my-confirmations", "assessment.my_confirmations", "/cua-toi/xac-nhan", w.HOA),
    Visit("my-confirmations-sent-back", "assessment.my_confirmations", "/cua-toi/xac-nhan", w.Y_BAC),
    Visit("my-confirmations-done", "assessment.my_confirmations", "/cua-toi/xac-nhan", w.BINH),
    Visit("certificates", "certificates.mine", "/giay-xac-nhan", w.BINH),
    Visit("certificates-none", "certificates.mine", "/giay-xac-nhan", w.HOA),
    Visit("certificate", "certificates.certificate",
          of_ward(lambda ward: f"/giay-xac-nhan/{ward.serial('good')}"), w.BINH),
    Visit("mine", "people.mine", "/cua-toi", w.HOA),
    Visit("change-pin", "people.change_pin", "/cua-toi/ma-pin", w.HOA),
    Visit("devices", "people.devices", "/cua-toi/thiet-bi", w.HOA),
    Visit("my-data", "people.my_data", "/cua-toi/du-lieu", w.HOA),
    Visit("registered", "people.registered", "/dang-ky/xong", w.HOA),
    # staff
    Visit("mine-officer", "people.mine", "/cua-toi", w.OFFICER),
    Visit("learners", "people.learners", "/nguoi-hoc", w.OFFICER),
    Visit("learners-nobody", "people.learners", "/nguoi-hoc?tim=xyzxyz", w.OFFICER),
    Visit("person", "people.person", of_ward(lambda ward: f"/nguoi-hoc/{ward.uuid('Nguyễn Thị Hoa')}"), w.OFFICER),
    Visit("new-person", "people.new_person", "/nguoi-hoc/moi", w.OFFICER),
    Visit("new-person-refused", "people.new_person", refused_new_person, w.OFFICER, status=422),
    Visit("slips", "people.slips", "/phieu", w.OFFICER),
    Visit("slip-sheet-one", "people.slip_sheet", one_slip, w.OFFICER),
    Visit("slip-sheet-many", "people.slip_sheet", many_slips, w.FOCAL),
    Visit("queue-ready", "assessment.to_confirm", "/xac-nhan", w.ASSESSOR),
    Visit("queue-practical", "assessment.to_confirm", "/xac-nhan?muc=practical", w.ASSESSOR),
    Visit("queue-sent-back", "assessment.to_confirm", "/xac-nhan?muc=sent_back", w.ASSESSOR),
    Visit("queue-nobody", "assessment.to_confirm", "/xac-nhan?tim=xyzxyz", w.ASSESSOR),
    Visit("confirmed-by-me", "assessment.confirmed_by_me", "/xac-nhan/da-lam", w.ASSESSOR),
    Visit("record-practical", "assessment.record", record_of("Quách Thị Hiền"), w.ASSESSOR),
    Visit("record-ready", "assessment.record", record_of("Mai Thị Ưởng"), w.ASSESSOR),
    Visit("record-sent-back", "assessment.record", record_of("Đặng Thị Ỷ"), w.ASSESSOR),
    Visit("record-confirmed", "assessment.record", record_of("Phan Văn Bình"), w.ASSESSOR),
    Visit("record-refused", "assessment.conclude", refused_conclusion, w.ASSESSOR, status=422),
    Visit("withdraw", "assessment.withdraw", of_ward(lambda ward: f"/xac-nhan/{ward.confirmation(w.BINH)}/rut"), w.OFFICER),
    Visit("register-of-papers", "certificates.register", "/dia-ban/so-goc", w.OFFICER),
    Visit("paper", "certificates.entry", of_ward(lambda ward: f"/dia-ban/so-goc/{ward.serial('good')}"), w.OFFICER),
    Visit("paper-revoked", "certificates.entry", of_ward(lambda ward: f"/dia-ban/so-goc/{ward.serial('revoked')}"), w.OFFICER),
    Visit("revoke", "certificates.decide", of_ward(lambda ward: f"/dia-ban/so-goc/{ward.serial('good')}/thu-hoi"), w.OFFICER),
    Visit("settings", "operations.settings", "/quan-tri/cai-dat", w.ADMIN),
)

# The same pages with everything else that the content tree holds; for the heavy tier.
MORE_CONTENT = (
    *(Visit(f"{path.stem}-{device}", "courses.lesson", f"/bai/{path.stem[3:]}?may={device}")
      for path in sorted(CONTENT.glob("courses/*/[0-9]*.md")) for device in ("android", "iphone")),
    *(Visit(f"{path.stem}-{page or 'levels'}", "framework.framework", f"/khung/{path.stem}/{page}".rstrip("/"))
      for path in sorted(CONTENT.glob("frameworks/*.yaml")) for page in ("", "ve-khung-nay")),
)

NO_PAGES = {  # what a GET answers here is for machines
    "asset", "courses.service_worker", "courses.lesson_file", "certificates.pdf", "certificates.register_pdf",
    "people.my_data_file", "operations.healthz", "operations.readyz",
}
