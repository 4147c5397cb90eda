"""One example request for every route and method: whole enough that whoever may do the thing does it.

In braces stand things of the cast (cast.py). A new route needs a line here before the sweeps can walk it.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lms.demo.ward import PIN

NEW_PIN = "519374"
SETTINGS = {
    "body_name": "Ủy ban nhân dân phường Bến Thu", "body_short": "Bến Thu", "body_parent": "", "serial_prefix": "BT",
    "help_phone": "0900000000", "help_place": "", "certificate_title": "Giấy xác nhận", "certificate_place": "Bến Thu",
    "signatory_title": "CHỦ TỊCH", "signatory_name": "Lê Thị Minh Tâm", "decision_number": "Quyết định số 15",
}
TYPED = {"register": {"uuid": "6f1e0a52-0d0c-4d0a-9f6b-0b8a3f0c9d11", "audience": "nguoi-dan", "organisation": None,
                      "full_name": "Người Mới Đến", "birth_year": 1960}}
CHILD = {"register": {**TYPED["register"], "birth_year": 2015}}


@dataclass(frozen=True)
class Example:
    """The values of the address, the query, what is posted, and what the browser's session holds already."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    session: dict[str, Any] = field(default_factory=dict)


def _attempt(which, **more):
    key = {"running": "luyen-an-toan-chong-lua-dao", "finished": "cap-1-xoa-mu-cong-nghe"}[which]
    return {"key": key, "uuid": "{" + which + "}", **more}


ANSWER = {"sequence": "1", "xem_lai": "1", "toi": "2"}
RECORD = {"person_uuid": "{case}", "policy_key": "{policy}"}
SERIAL = {"serial": "{serial}"}
LESSON = {"slug": "goi-dien"}
HOLDING = {"organisation": "{organisation}", "person": "{held}", "role": "mentor"}
FRAMEWORK = {"key": "qd757-I1-nguoi-dan"}
UNIT = {"uuid": "{organisation}"}

UNIT_OF_LIST = {"request_uuid": "{list}", "unit_uuid": "{organisation}"}
UNIT_OF_LIST_SENT = {**UNIT_OF_LIST, "request_uuid": "{list_sent}"}
REMINDER = {"lop": "{organisation}", "chon": "{owner}", "loi-nhac": "Mời học tiếp.", "viec": "nhac"}

COHORT = {"uuid": "{cohort}"}
GIVEN = {"noi": "{cohort}", "khoa": "xoa-mu-cong-nghe"}
RULE = {"nhom": "nguoi-dan", "tu": "16", "den": "80", "thuoc": "", "vai_tro": ""}

EXAMPLES = {
    "GET assessment.assessment": Example({"key": "cap-1-xoa-mu-cong-nghe"}),
    "POST assessment.start": Example({"key": "luyen-cap-1"}),
    "GET assessment.question": Example(_attempt("running", position=1)),
    "POST assessment.answer": Example(_attempt("running", position=1), data=ANSWER),
    "POST assessment.save_answer": Example(_attempt("running", position=1), data=ANSWER),
    "GET assessment.review": Example(_attempt("running")),
    "POST assessment.submit": Example(_attempt("running"), data={"hieu": "1"}),
    "GET assessment.result": Example(_attempt("finished")),
    "GET assessment.to_confirm": Example(query={"tim": "h"}),
    "GET assessment.record": Example(RECORD),
    "POST assessment.save_sitting": Example(RECORD, data={"viec-goi-dien": "alone", "so_lan": "0", "ghi_chu": "Tốt."}),
    "POST assessment.conclude": Example(RECORD, data={"ket_luan": "continue", "loi_nhan": "Hẹn bác thứ Ba."}),
    "GET assessment.external_evidence": Example({"uuid": "{owner}"}),
    "GET assessment.withdraw_evidence": Example({"uuid": "{external}"}),
    "POST assessment.withdraw_evidence": Example({"uuid": "{external}"}, data={"ly_do": "Nhầm người."}),
    "POST assessment.evidence_sources": Example(data={
        "organisation": "{organisation}", "key": "nguon-moi", "name": "Nguồn mới", "vouched_by": "Sở mẫu", "address": ""}),
    "GET assessment.evidence_source": Example({"uuid": "{source}"}),
    "POST assessment.evidence_source": Example({"uuid": "{source}"}, data={
        "name": "Tên khác", "vouched_by": "Sở mẫu", "address": "https://khac.example"}),
    "POST assessment.close_evidence_source": Example({"uuid": "{source}"}),
    "GET assessment.withdraw": Example({"uuid": "{confirmation}"}),
    "POST assessment.withdraw": Example({"uuid": "{confirmation}"}, data={"ly_do": "Nhầm người.", "chac_chan": "y"}),
    "GET asset": Example({"release": "{release}", "name": "css/tokens.css"}),
    "GET campaign.handing_in": Example(UNIT_OF_LIST),
    "POST campaign.handing_in": Example(UNIT_OF_LIST),
    "POST campaign.take_back": Example(UNIT_OF_LIST_SENT),
    "GET campaign.list_file": Example({"uuid": "{submission}"}),
    "POST campaign.new_request": Example(data={
        "don-vi-hoi": "{ward}", "ten": "Danh sách mẫu", "gom": "Mọi người", "nhom": "", "han": "2099-12-31", "loai": "village"}),
    "GET campaign.asked_list": Example({"uuid": "{list}"}),
    "GET campaign.all_lists_file": Example({"uuid": "{list_sent}"}),
    "POST campaign.remind": Example({"uuid": "{list}"}),
    "GET campaign.handed_in": Example({"uuid": "{submission}"}),
    "POST campaign.receive": Example({"uuid": "{submission}"}),
    "POST campaign.give_back": Example({"uuid": "{submission}"}, data={"ly-do": "Còn thiếu người."}),
    "POST campaign.open_again": Example({"uuid": "{list}", "unit_uuid": "{organisation}"}, data={"den": "2099-12-31"}),
    "GET reports.class_table": Example({"uuid": "{organisation}"}, query={"tim": "h", "xep": "bai", "loc": "dang-hoc"}),
    "GET reports.class_file": Example({"uuid": "{organisation}"}),
    "GET reports.learner": Example({"uuid": "{owner}"}),
    "POST reports.remind": Example(data=REMINDER),
    "GET certificates.certificate": Example(SERIAL),
    "POST certificates.link": Example(SERIAL),
    "GET certificates.pdf": Example(SERIAL),
    "GET certificates.verify": Example(SERIAL),
    "GET certificates.search": Example(query={"so_hieu": "{serial}"}),
    "GET certificates.register": Example(query={"tim": "h"}),
    "GET certificates.register_pdf": Example(SERIAL),
    "GET certificates.entry": Example(SERIAL),
    "GET certificates.decide": Example({**SERIAL, "what": "tam-dung"}),
    "POST certificates.decide": Example({**SERIAL, "what": "tam-dung"}, data={"reason": "Xem lại hồ sơ.", "decision": "16/QĐ"}),
    "GET courses.audience_path": Example({"audience": "nguoi-dan"}),
    "GET courses.course": Example({"key": "xoa-mu-cong-nghe"}),
    "GET courses.catalogue": Example(query={"nhom": "nguoi-dan", "cap": "cap-1"}),
    "GET courses.lesson": Example(LESSON),
    "GET courses.lesson_file": Example({**LESSON, "name": "khong-co.opus"}),
    "POST courses.lesson_progress": Example(LESSON, data={"done": "1"}),
    "POST courses.self_check": Example({**LESSON, "number": 1}, data={"check": "{check}", "choice": "{choice}"}),
    "GET courses.search": Example(query={"q": "lừa đảo"}),
    "GET courses.skill_group": Example({"code": "N5"}),
    "GET framework.framework": Example(FRAMEWORK),
    "GET framework.about_framework": Example(FRAMEWORK),
    "GET framework.level_outcomes": Example({"key": "tt02-2025", "code": "CB1"}),
    "POST operations.settings": Example(data=SETTINGS),
    "GET people.activate": Example({"code": "{code}"}),
    "POST people.activate": Example({"code": "{code}"}, data={
        "form_of_address": "bac", "secret": NEW_PIN, "again": NEW_PIN, "agreed": "y", "kept": "y",
        "guardian_name": "Người Giám Hộ", "guardian_relation": "me", "guardian_agrees": "y"}),
    "POST people.activation_code": Example(data={"code": "{code}"}),
    "POST people.change_pin": Example(data={"old": PIN, "secret": NEW_PIN, "again": NEW_PIN, "kept": "y"}),
    "POST people.display": Example(data={"form_of_address": "co", "text_size": "lon"}),
    "POST people.end_device": Example({"uuid": "{device}"}),
    "GET people.learners": Example(query={"tim": "0900 0000"}),
    "POST people.make_slip": Example({"uuid": "{owner}"}),
    "POST people.new_person": Example(data={
        "full_name": "Người Mới Đến", "birth_year": "1960", "phone": "0900 000 999", "audience": "nguoi-dan",
        "organisation": "{organisation}"}),
    "GET people.person": Example({"uuid": "{owner}"}),
    "POST people.register": Example(data={"audience": "nguoi-dan"}),
    "GET people.register_name": Example(session=TYPED),
    "POST people.register_name": Example(data={"full_name": "Người Mới Đến", "birth_year": "1960"}, session=TYPED),
    "GET people.register_guardian": Example(session=CHILD),
    "POST people.register_guardian": Example(session=CHILD, data={
        "guardian_name": "Người Giám Hộ", "guardian_relation": "me", "guardian_agrees": "y"}),
    "GET people.register_secret": Example(session=TYPED),
    "POST people.register_secret": Example(session=TYPED, data={
        "phone": "0900 000 998", "secret": NEW_PIN, "again": NEW_PIN, "kept": "y", "agreed": "y"}),
    "POST people.sign_in": Example(data={"name": "{phone}"}),
    "GET people.sign_in_pin": Example(session={"sign_in": ["phone", "{phone}"]}),
    "POST people.sign_in_pin": Example(data={"secret": PIN, "kept": "y"}, session={"sign_in": ["phone", "{phone}"]}),
    "POST people.answer_offer": Example({"organisation": "{far}"}, data={"tra_loi": "dung"}),
    "GET people.audit_log": Example(query={"ai": "a", "viec": "role", "tu": "2026-01-01"}),
    "GET people.audit_log_file": Example({"suffix": "csv"}),
    "GET people.give_role": Example({"uuid": "{owner}"}),
    "POST people.give_role": Example({"uuid": "{owner}"}, data={
        "role": "mentor", "organisation": "{organisation}", "reason": "Giúp người lớn tuổi"}),
    "GET people.holding": Example(HOLDING),
    "POST people.hand_role_over": Example(HOLDING, data={"nguoi": "{owner}", "reason": "Chuyển công tác"}),
    "POST people.take_role_back": Example(HOLDING, data={"reason": "Chuyển công tác"}),
    "GET people.merge": Example({"uuid": "{owner}"}),
    "POST people.merge": Example({"uuid": "{owner}"}, data={"kia": "{twin}", "reason": "Một người hai hồ sơ"}),
    "POST people.split": Example({"person": "{owner}", "note": "{note}"}, data={"reason": "Hai người"}),
    "POST people.propose_unit": Example(data={
        "name": "Tổ Toán", "kind": "club", "organisation": "{organisation}", "reason": "Đông người"}),
    "POST people.withdraw": Example({"uuid": "{proposal}"}),
    "POST people.accept": Example({"uuid": "{proposal}"}),
    "POST people.send_back": Example({"uuid": "{proposal}"}, data={"reason": "Chưa cần"}),
    "GET people.slip_sheet": Example({"batch": "{batch}"}),
    "GET people.organisations": Example(query={"tim": "to"}),
    "GET people.organisation": Example(UNIT),
    "GET people.new_organisation": Example(UNIT),
    "POST people.new_organisation": Example(UNIT, data={
        "uuid": "5b0c6a52-0d0c-4d0a-9f6b-0b8a3f0c9d12", "ten": "Nhóm Sáng Mai", "loai": "club", "tu-ngay": "{today}"}),
    "GET people.change_organisation": Example({**UNIT, "what": "tach"}),
    "POST people.change_organisation": Example({**UNIT, "what": "doi-ten"}, data={
        "ten": "Tổ Hòa Bình", "loai": "village", "tu-ngay": "{today}", "quyet-dinh": "15/QĐ", "chac_chan": "1"}),
    "GET people.slips": Example(query={"tim": "h"}),
    "POST people.slips": Example(data={"nguoi": "{owner}"}),
    "GET people.cohorts": Example(query={"xong": "1"}),
    "POST people.cohorts": Example(data={"don-vi": "{organisation}", "ten": "Nhóm Mai", "nhom": ""}),
    "GET people.cohort": Example(COHORT, query={"tim": "h"}),
    "POST people.cohort_rename": Example(COHORT, data={"ten": "Nhóm Hoa Cúc"}),
    "POST people.cohort_end": Example(COHORT, data={"chac_chan": "1"}),
    "GET people.cohort_people": Example(COHORT, query={"tim": "n"}),
    "POST people.cohort_people": Example(COHORT, data={"nguoi": "{case}"}),
    "POST people.cohort_leave": Example(COHORT, data={"nguoi": "{owner}"}),
    "POST people.joining": Example(data={"noi": "{cohort}", "den": "{today}", "so": "20"}),
    "POST people.decide_joining": Example(data={"don": "{request}", "viec": "nhan", "ly_do": ""}),
    "GET people.join_poster": Example({"uuid": "{join_code}"}),
    "POST people.close_joining": Example({"uuid": "{join_code}"}),
    "GET people.join": Example({"code": "{join}"}),
    "POST people.ask": Example({"code": "{join}"}),
    "POST people.join_typed": Example(data={"code": "{join}"}),
    "GET courses.enrol": Example(query=GIVEN),
    "POST courses.enrol": Example(query=GIVEN, data={"viec": "doi-han", "han": "{today}", "so_nguoi": "0"}),
    "GET courses.new_nomination": Example(query=GIVEN),
    "POST courses.new_nomination": Example(query={**GIVEN, "khoa": "an-toan-chong-lua-dao"}, data={
        "nguoi": "{owner}", "han": "", "loi_nhan": ""}),
    "GET courses.nomination": Example({"uuid": "{nomination}"}),
    "POST courses.withdraw_nomination": Example({"uuid": "{nomination}"}, data={"nguoi": "{named}"}),
    "GET courses.nominations_to_decide": Example(query={"tat_ca": "1"}),
    "GET courses.decide_nomination": Example({"uuid": "{nomination}"}),
    "POST courses.decide_nomination": Example({"uuid": "{nomination}"}, data={
        "viec": "tra-lai", "nguoi": "{named}", "ly_do": "Chưa đến đợt.", "ngoai_le": ""}),
    "GET courses.eligibility": Example(query={"khoa": "xoa-mu-cong-nghe", "noi": "{organisation}"}),
    "POST courses.eligibility": Example(query={"khoa": "xoa-mu-cong-nghe"}, data={**RULE, "noi": "{organisation}"}),
    "GET courses.cohort_rule": Example(COHORT),
    "POST courses.cohort_rule": Example(COHORT, data={**RULE, "noi": "{organisation}"}),
    "POST web.display": Example(data={"next": "/khoa-hoc", "co_chu": "lon"}),
    "POST rosters.upload": Example(data={"don-vi": "{organisation}", "dan": "Họ và tên\tNăm sinh\nNgười Mới Đến\t1960"}),
    "GET rosters.open_import": Example({"uuid": "{list_read}"}),
    "GET rosters.columns": Example({"uuid": "{list_read}"}),
    "POST rosters.columns": Example({"uuid": "{list_read}"}, data={"viec": "kiem-tra", "cot-A": "full_name", "nho": "1"}),
    "GET rosters.waiting": Example({"uuid": "{list_running}"}),
    "GET rosters.check": Example({"uuid": "{list_checked}"}, query={"xem": "tat-ca"}),
    "POST rosters.correct": Example({"uuid": "{list_checked}"}, data={"o-3-phone": "0905123456"}),
    "POST rosters.decide": Example({"uuid": "{list_checked}"}),
    "POST rosters.commit": Example({"uuid": "{list_checked}"}, data={"bo_loi": "1"}),
    "POST rosters.discard": Example({"uuid": "{list_checked}"}),
    "GET rosters.error_list": Example({"uuid": "{list_checked}"}),
    "GET rosters.result": Example({"uuid": "{list_done}"}),
    "POST rosters.slips": Example({"uuid": "{list_done}"}),
    "POST rosters.enrol": Example({"uuid": "{list_done}"}, data={"khoa": "xoa-mu-cong-nghe", "han": "{today}"}),
    "GET rosters.undo": Example({"uuid": "{list_done}"}),
    "POST rosters.undo": Example({"uuid": "{list_done}"}),
    "GET rosters.removal": Example({"uuid": "{list_done}"}),
    "POST rosters.removal": Example({"uuid": "{list_done}"}, data={"nguoi": "{case}", "so_nguoi": "1", "da-xem": "{absent}"}),
    "GET rosters.template": Example(query={"don-vi": "{organisation}"}),
    "GET rosters.export": Example({"uuid": "{organisation}"}),
    "GET rosters.own_form": Example(query={"don-vi": "{organisation}"}),
    "POST rosters.own_form": Example(data={"don-vi": "{organisation}", "dau-bang": "Danh sách", "co-full_name": "1",
                                           "ten-full_name": "Họ tên", "so-full_name": "1"}),
    "POST rosters.elsewhere": Example(data={
        "don-vi": "{organisation}", "nguon": "{source}", "dan": "Họ và tên\tKhóa học\nNgười Không Thấy\tKhóa mới"}),
    "GET rosters.elsewhere_list": Example({"uuid": "{results}"}),
    "POST rosters.elsewhere_columns": Example({"uuid": "{results}"}, data={"khoa": "Khóa chung"}),
    "POST rosters.elsewhere_decide": Example({"uuid": "{results}"}),
    "POST rosters.elsewhere_commit": Example({"uuid": "{results}"}),
    "POST rosters.elsewhere_discard": Example({"uuid": "{results}"}),
    "POST rosters.elsewhere_undo": Example({"uuid": "{results_done}"}),
    "GET rosters.elsewhere_left_out": Example({"uuid": "{results}"}),
}

# Things that nobody has: the same request with these must be refused in the same words.
NOBODYS = {
    **dict.fromkeys(("owner", "case", "confirmation", "device", "batch", "running", "finished", "external", "source", "results",
                     "results_done", "list_read", "list_running", "list_checked", "list_done",
                     "cohort", "join_code", "request", "named", "nomination",
                     "organisation"),
                    UUID("00000000-0000-4000-8000-000000000000")),
    "serial": "BT-2026-999999-2222-2222", "code": "2222222222", "join": "2222222222", "phone": "0900000997",
}


def example_of(endpoint, method, arguments):
    """The example of this route; an empty one for a route without parts in its address and without fields."""
    found = EXAMPLES.get(f"{method} {endpoint}")
    assert found or not arguments, f"add {method} {endpoint} to tests/sweeps/examples.py"
    return found or Example()


def filled(value, things):
    """The example's value with the things of the cast in place of `{names}`."""
    if isinstance(value, dict):
        return {name: filled(one, things) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, things) for one in value]
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return str(things[value[1:-1]])
    return value
