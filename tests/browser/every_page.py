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


def of_unit(key, more=""):
    """The page of an organisation of the ward."""
    return of_ward(lambda ward: f"/dia-ban/don-vi/{ward.unit(key)}{more}")


def press(page, words):
    page.get_by_role("button", name=words, exact=True).click()


def refused_unit_below(page, ward):
    of_unit("phuong-ben-thu", "/moi")(page, ward)
    press(page, "Thêm đơn vị")


def refused_merge(page, ward):
    of_unit("to-dan-pho-7", "/sap-nhap")(page, ward)
    press(page, "Xem trước điều sẽ xảy ra")


def merge_to_confirm(page, ward):
    of_unit("to-dan-pho-7", "/sap-nhap")(page, ward)
    page.get_by_label("Tổ dân phố 2", exact=False).first.check()
    press(page, "Xem trước điều sẽ xảy ra")


def refused_evidence(page, ward):
    page.goto(f"/dau-moi/ket-qua-noi-khac/rut/{ward.elsewhere('evidence')}")
    press(page, "Rút kết quả")


def refused_source(page, _ward):
    page.goto("/dia-ban/nguon-ket-qua")
    press(page, "Thêm nguồn")


def refused_results(page, _ward):
    page.goto("/dau-moi/ket-qua-noi-khac")
    press(page, "Kiểm tra danh sách")


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
    press(page, "Làm phiếu cho những người đã chọn")
    page.wait_for_url("**/phieu/*")


def of_group(path="", kind="cohort"):
    """The page of a cohort (by its name), of a join code or of a nomination of the ward."""
    return of_ward(lambda ward: ward.group(kind) + path)


def handed_in(page, ward):
    page.goto(ward.list_address("truong-tieu-hoc-ben-thu"))
    button = page.locator("main form button", has_text="Nộp")
    if button.count():  # not handed in by another test yet
        button.click()
        page.get_by_text("Đã gửi danh sách").first.wait_for()


def refused_list_request(page, _ward):
    page.goto("/dia-ban/danh-sach/moi")
    press(page, "Gửi yêu cầu")


def refused_list_return(page, ward):
    page.goto(f"/dia-ban/danh-sach/ban/{ward.submission()}")
    press(page, "Trả lại danh sách")


def words_to_copy(page, ward):
    page.goto(of_school(ward) + "?loc=chua-bat-dau")
    page.get_by_label("Kèm tên từng người").check()
    press(page, "Lấy lời nhắc để chép")


def of_school(ward):
    return f"/dau-moi/lop/{ward.unit('truong-thcs-ben-thu')}"


def refused_cohort(page, _ward):
    page.goto("/dau-moi/nhom")
    press(page, "Tạo nhóm")


def refused_join_code(page, _ward):
    page.goto("/dau-moi/tham-gia")
    page.get_by_label("Nhận tối đa bao nhiêu người").fill("0")
    press(page, "Mở mã, làm tờ mời")


def refused_nomination(page, ward):
    page.goto(ward.group("nomination"))
    page.locator("input[name=nguoi]").first.check()
    press(page, "Trả lại người đã chọn")


def refused_rule(page, _ward):
    page.goto("/dia-ban/doi-tuong?khoa=xoa-mu-cong-nghe")
    page.get_by_label("Từ bao nhiêu tuổi").fill("90")
    page.get_by_label("Đến bao nhiêu tuổi").fill("18")
    press(page, "Lưu đối tượng")


def changed_enrolment(page, ward):
    page.goto(f"/dau-moi/ghi-danh?noi={ward.unit('truong-thcs-ben-thu')}&khoa=an-toan-chong-lua-dao")
    page.get_by_label("Học xong trước hết ngày").evaluate("field => { field.type = 'text'; field.value = '31/2/2027' }")
    page.locator("button[value=giao]").click()


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


def holding_of_focal(page, _ward):
    """The focal point of the secondary school, as the list of roles leads there."""
    page.goto("/dia-ban/vai-tro?tim=0900000005")
    page.locator("main table a").first.click()
    page.wait_for_url("**/focal_point")


def refused_hand_over(page, ward):
    holding_of_focal(page, ward)
    press(page, "Bàn giao")


def refused_role(page, ward):
    page.goto(f"/nguoi-hoc/{ward.uuid('Hà Thị Quỳnh')}/vai-tro")
    press(page, "Trao vai trò")


def refused_return(page, _ward):
    page.goto("/dia-ban/de-nghi")
    page.locator("main details summary").first.click()
    page.get_by_role("button", name="Trả lại đơn vị").first.click()


def refused_unit(page, _ward):
    page.goto("/dau-moi/de-nghi/don-vi")
    press(page, "Gửi đề nghị")


def record_of(name):
    return of_ward(lambda ward: f"/xac-nhan/{ward.uuid(name)}/{w.POLICY}")


def checked_list(show=""):
    """A list with faults, doubts and warnings; checked where nobody has yet."""
    def at(page, ward):
        address = ward.people_list("waiting")
        page.goto(address)
        if page.url.endswith("/ghep-cot"):
            press(page, "Kiểm tra danh sách")
            page.wait_for_url("**/kiem-tra")
        page.goto(f"{address}/kiem-tra{show}")
    return at


def refused_upload(page, _ward):
    page.goto("/dau-moi/nhap")
    press(page, "Tiếp tục")


def refused_writing(page, ward):
    checked_list("?xem=phan-van")(page, ward)
    choice = page.locator("form[action*='/quyet'] input[type=radio]").last
    choice.evaluate("one => { one.value = 'ai'; one.checked = true }")
    press(page, "Lưu lựa chọn")


def refused_removal(page, ward):
    page.goto(ward.people_list("done") + "/vang-mat")
    press(page, "Cho những người đã chọn ra khỏi đơn vị")


def refused_form(page, _ward):
    page.goto("/dau-moi/mau")
    page.locator("[name=dau-bang]").fill("x\n" * 20)
    press(page, "Lưu mẫu")


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
    Visit("mine-offer", "people.mine", "/cua-toi", w.NAMED),
    Visit("mine-focal", "people.mine", "/cua-toi", w.FOCAL),
    Visit("roles", "people.roles", "/dia-ban/vai-tro", w.OFFICER),
    Visit("roles-nobody", "people.roles", "/dia-ban/vai-tro?tim=xyzxyz", w.OFFICER),
    Visit("give-role", "people.give_role", of_ward(lambda ward: f"/nguoi-hoc/{ward.uuid('Hà Thị Quỳnh')}/vai-tro"), w.OFFICER),
    Visit("give-role-refused", "people.give_role", refused_role, w.OFFICER, status=422),
    Visit("holding", "people.holding", holding_of_focal, w.OFFICER),
    Visit("holding-refused", "people.holding", refused_hand_over, w.OFFICER, status=422),
    Visit("holding-own", "people.holding", holding_of_focal, w.FOCAL),
    Visit("proposals-mine", "people.my_proposals", "/dau-moi/de-nghi", w.FOCAL),
    Visit("proposals", "people.proposals", "/dia-ban/de-nghi", w.OFFICER),
    Visit("proposals-refused", "people.send_back", refused_return, w.OFFICER, status=422),
    Visit("propose-unit", "people.propose_unit", "/dau-moi/de-nghi/don-vi", w.FOCAL),
    Visit("propose-unit-refused", "people.propose_unit", refused_unit, w.FOCAL, status=422),
    Visit("merge", "people.merge", of_ward(lambda ward: f"/nguoi-hoc/{ward.uuid('Nguyễn Văn Toàn')}/gop"), w.OFFICER),
    Visit("merge-nobody", "people.merge", of_ward(lambda ward: f"/nguoi-hoc/{ward.uuid('Hà Thị Quỳnh')}/gop"), w.OFFICER),
    Visit("audit-log", "people.audit_log", "/dia-ban/nhat-ky", w.OFFICER),
    Visit("audit-log-nothing", "people.audit_log", "/dia-ban/nhat-ky?ai=xyzxyz&viec=role&tu=2026-01-01", w.OFFICER),
    Visit("organisations", "people.organisations", "/dia-ban/don-vi", w.OFFICER),
    Visit("organisations-found", "people.organisations", "/dia-ban/don-vi?tim=truong", w.OFFICER),
    Visit("organisations-nobody", "people.organisations", "/dia-ban/don-vi?tim=xyzxyz", w.OFFICER),
    Visit("organisation", "people.organisation", of_unit("phuong-ben-thu"), w.OFFICER),
    Visit("organisation-below", "people.organisation", of_unit("to-dan-pho-7"), w.OFFICER),
    Visit("new-organisation", "people.new_organisation", of_unit("phuong-ben-thu", "/moi"), w.OFFICER),
    Visit("new-organisation-refused", "people.new_organisation", refused_unit_below, w.OFFICER, status=422),
    *(Visit(f"organisation-{what}", "people.change_organisation", of_unit("to-dan-pho-7", f"/{what}"), w.OFFICER)
      for what in ("doi-ten", "chuyen", "sap-nhap", "tach", "ket-thuc")),
    Visit("organisation-merge-refused", "people.change_organisation", refused_merge, w.OFFICER, status=422),
    Visit("organisation-merge-sure", "people.change_organisation", merge_to_confirm, w.OFFICER),
    Visit("slips-cohort", "people.slips", of_group("", "slips"), w.FOCAL),
    Visit("cohorts", "people.cohorts", "/dau-moi/nhom", w.FOCAL),
    Visit("cohorts-ended", "people.cohorts", "/dau-moi/nhom?xong=1", w.FOCAL),
    Visit("cohorts-refused", "people.cohorts", refused_cohort, w.FOCAL, status=422),
    Visit("cohort", "people.cohort", of_group(), w.FOCAL),
    Visit("cohort-people", "people.cohort_people", of_group("/them"), w.FOCAL),
    Visit("cohort-rule", "courses.cohort_rule", of_group("/doi-tuong"), w.FOCAL),
    Visit("joining", "people.joining", "/dau-moi/tham-gia", w.FOCAL),
    Visit("joining-refused", "people.joining", refused_join_code, w.FOCAL, status=422),
    Visit("join-poster", "people.join_poster", of_group("", "poster"), w.FOCAL),
    Visit("join", "people.join", of_group("", "join")),
    Visit("join-signed-in", "people.join", of_group("", "join"), w.HOA),
    Visit("join-waiting", "people.join", of_group("", "join"), w.COMER),
    Visit("join-unknown", "people.join", "/vao/2222222222", status=404),
    Visit("join-typed", "people.join_typed", "/vao"),
    Visit("hub", "reports.hub", "/dau-moi", w.FOCAL),
    Visit("ward", "reports.ward", "/dia-ban", w.OFFICER),
    Visit("class-table", "reports.class_table", of_ward(of_school), w.FOCAL),
    Visit("class-table-sorted", "reports.class_table",
          of_ward(lambda ward: of_school(ward) + "?loc=dang-hoc&xep=bai&nguoc=1"), w.FOCAL),
    Visit("class-table-nobody", "reports.class_table", of_ward(lambda ward: of_school(ward) + "?tim=xyzxyz"), w.FOCAL),
    Visit("class-table-ward", "reports.class_table",
          of_ward(lambda ward: f"/dau-moi/lop/{ward.unit('phuong-ben-thu')}"), w.OFFICER),
    Visit("words-to-copy", "reports.remind", words_to_copy, w.FOCAL),
    Visit("learner-history", "reports.learner",
          of_ward(lambda ward: f"/dau-moi/nguoi-hoc/{ward.uuid('Phan Văn Bình')}"), w.OFFICER),
    Visit("learner-nothing", "reports.learner",
          of_ward(lambda ward: f"/dau-moi/nguoi-hoc/{ward.uuid('Tô Văn Sáu')}"), w.OFFICER),
    Visit("lists-to-hand-in", "campaign.requests", "/dau-moi/nop", w.FOCAL),
    Visit("handing-in", "campaign.handing_in", of_ward(lambda ward: ward.list_address("truong-thcs-ben-thu")), w.FOCAL),
    Visit("handed-in", "campaign.handing_in", handed_in, w.PRIMARY_FOCAL),
    Visit("lists-asked", "campaign.asked", "/dia-ban/danh-sach", w.OFFICER),
    Visit("list-asked", "campaign.asked_list", of_ward(lambda ward: ward.submission() and ward.asked_list()), w.OFFICER),
    Visit("list-received", "campaign.handed_in", of_ward(lambda ward: f"/dia-ban/danh-sach/ban/{ward.submission()}"), w.OFFICER),
    Visit("list-return-refused", "campaign.give_back", refused_list_return, w.OFFICER, status=422),
    Visit("list-request", "campaign.new_request", "/dia-ban/danh-sach/moi", w.OFFICER),
    Visit("list-request-refused", "campaign.new_request", refused_list_request, w.OFFICER, status=422),
    Visit("enrol", "courses.enrol", "/dau-moi/ghi-danh", w.FOCAL),
    Visit("enrol-preview", "courses.enrol", of_ward(
        lambda ward: f"/dau-moi/ghi-danh?noi={ward.unit('truong-thcs-ben-thu')}&khoa=xoa-mu-cong-nghe"), w.FOCAL),
    Visit("enrol-refused", "courses.enrol", changed_enrolment, w.FOCAL, status=422),
    Visit("nominations-none", "courses.nominations", "/dau-moi/de-cu", w.FOCAL),
    Visit("nominations", "courses.nominations", "/dau-moi/de-cu", w.OFFICER),
    Visit("new-nomination", "courses.new_nomination", of_ward(
        lambda ward: f"/dau-moi/de-cu/moi?noi={ward.unit('truong-thcs-ben-thu')}&khoa=xoa-mu-cong-nghe"), w.FOCAL),
    Visit("nomination", "courses.nomination", of_group("", "own_nomination"), w.OFFICER),
    Visit("nominations-to-decide", "courses.nominations_to_decide", "/dia-ban/de-cu", w.OFFICER),
    Visit("decide-nomination", "courses.decide_nomination", of_group("", "nomination"), w.OFFICER),
    Visit("decide-nomination-refused", "courses.decide_nomination", refused_nomination, w.OFFICER, status=422),
    Visit("eligibility-choose", "courses.eligibility", "/dia-ban/doi-tuong", w.OFFICER),
    Visit("eligibility", "courses.eligibility", "/dia-ban/doi-tuong?khoa=xoa-mu-cong-nghe", w.OFFICER),
    Visit("eligibility-refused", "courses.eligibility", refused_rule, w.OFFICER, status=422),
    Visit("course-officer", "courses.course", "/khoa-hoc/xoa-mu-cong-nghe", w.OFFICER),
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
    Visit("learned-elsewhere", "assessment.learned_elsewhere", "/cua-toi/hoc-o-noi-khac", w.BINH),
    Visit("learned-elsewhere-nothing", "assessment.learned_elsewhere", "/cua-toi/hoc-o-noi-khac", w.HOA),
    Visit("external-evidence", "assessment.external_evidence",
          of_ward(lambda ward: f"/nguoi-hoc/{ward.uuid('Phùng Thị Cẩm Vân')}/hoc-o-noi-khac"), w.FOCAL),
    Visit("withdraw-evidence", "assessment.withdraw_evidence",
          of_ward(lambda ward: f"/dau-moi/ket-qua-noi-khac/rut/{ward.elsewhere('evidence')}"), w.FOCAL),
    Visit("withdraw-evidence-refused", "assessment.withdraw_evidence", refused_evidence, w.FOCAL, status=422),
    Visit("evidence-sources", "assessment.evidence_sources", "/dia-ban/nguon-ket-qua", w.OFFICER),
    Visit("evidence-sources-refused", "assessment.evidence_sources", refused_source, w.OFFICER, status=422),
    Visit("evidence-source", "assessment.evidence_source",
          of_ward(lambda ward: f"/dia-ban/nguon-ket-qua/{ward.elsewhere('source')}"), w.OFFICER),
    Visit("list", "rosters.upload", "/dau-moi/nhap", w.PRIMARY_FOCAL),
    Visit("list-officer", "rosters.upload", "/dau-moi/nhap", w.OFFICER),
    Visit("list-refused", "rosters.upload", refused_upload, w.PRIMARY_FOCAL, status=422),
    Visit("list-columns", "rosters.columns", of_ward(lambda ward: ward.people_list("waiting") + "/ghep-cot"), w.PRIMARY_FOCAL),
    Visit("list-waiting", "rosters.waiting", of_ward(lambda ward: ward.people_list("running") + "/dang-doc"), w.PRIMARY_FOCAL),
    Visit("list-faults", "rosters.check", checked_list("?xem=can-sua"), w.PRIMARY_FOCAL),
    Visit("list-doubts", "rosters.check", checked_list("?xem=phan-van"), w.PRIMARY_FOCAL),
    Visit("list-warnings", "rosters.check", checked_list("?xem=xem-lai"), w.PRIMARY_FOCAL),
    Visit("list-all", "rosters.check", checked_list("?xem=tat-ca"), w.PRIMARY_FOCAL),
    Visit("list-decision-refused", "rosters.decide", refused_writing, w.PRIMARY_FOCAL, status=422),
    Visit("list-done", "rosters.result", of_ward(lambda ward: ward.people_list("done") + "/ket-qua"), w.FOCAL),
    Visit("list-undo", "rosters.undo", of_ward(lambda ward: ward.people_list("done") + "/hoan-tac"), w.FOCAL),
    Visit("list-absent", "rosters.removal", of_ward(lambda ward: ward.people_list("done") + "/vang-mat"), w.FOCAL),
    Visit("list-absent-refused", "rosters.removal", refused_removal, w.FOCAL, status=422),
    Visit("lists", "rosters.imports", "/dau-moi/nhap/da-nhap", w.FOCAL),
    Visit("list-form", "rosters.own_form", "/dau-moi/mau", w.FOCAL),
    Visit("list-form-refused", "rosters.own_form", refused_form, w.FOCAL, status=422),
    Visit("elsewhere", "rosters.elsewhere", "/dau-moi/ket-qua-noi-khac", w.FOCAL),
    Visit("elsewhere-refused", "rosters.elsewhere", refused_results, w.FOCAL, status=422),
    Visit("elsewhere-doubts", "rosters.elsewhere_list",
          of_ward(lambda ward: f"/dau-moi/ket-qua-noi-khac/{ward.elsewhere('checked')}"), w.FOCAL),
    Visit("elsewhere-all", "rosters.elsewhere_list",
          of_ward(lambda ward: f"/dau-moi/ket-qua-noi-khac/{ward.elsewhere('checked')}?xem=tat-ca"), w.FOCAL),
    Visit("elsewhere-done", "rosters.elsewhere_list",
          of_ward(lambda ward: f"/dau-moi/ket-qua-noi-khac/{ward.elsewhere('done')}"), w.FOCAL),
    Visit("settings", "operations.settings", "/quan-tri/cai-dat", w.ADMIN),
)

# The same pages with everything else that the content tree holds; for the heavy tier.
MORE_CONTENT = (
    *(Visit(f"{path.stem}-{device}", "courses.lesson", f"/bai/{path.stem[3:]}?may={device}")
      for path in sorted(CONTENT.glob("courses/*/[0-9]*.md")) for device in ("android", "iphone")),
    *(Visit(f"{path.stem}-{page or 'levels'}", "framework.framework", f"/khung/{path.stem}/{page}".rstrip("/"))
      for path in sorted(CONTENT.glob("frameworks/*.yaml")) for page in ("", "ve-khung-nay")),
)

NO_PAGES = {  # what a GET answers here is for machines, or leads to another page
    "rosters.open_import", "rosters.template", "rosters.error_list", "rosters.export",
    "campaign.list_file", "rosters.elsewhere_left_out", "campaign.all_lists_file", "reports.class_file",
    "asset", "courses.service_worker", "courses.lesson_file", "certificates.pdf", "certificates.register_pdf",
    "people.my_data_file", "people.audit_log_file", "operations.healthz", "operations.readyz",
}
