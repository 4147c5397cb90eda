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
FRAMEWORK = {"key": "qd757-I1-nguoi-dan"}

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
    "GET assessment.withdraw": Example({"uuid": "{confirmation}"}),
    "POST assessment.withdraw": Example({"uuid": "{confirmation}"}, data={"ly_do": "Nhầm người.", "chac_chan": "y"}),
    "GET asset": Example({"release": "{release}", "name": "css/tokens.css"}),
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
    "GET people.slip_sheet": Example({"batch": "{batch}"}),
    "GET people.slips": Example(query={"tim": "h"}),
    "POST people.slips": Example(data={"nguoi": "{owner}"}),
    "POST web.display": Example(data={"next": "/khoa-hoc", "co_chu": "lon"}),
}

# Things that nobody has: the same request with these must be refused in the same words.
NOBODYS = {
    **dict.fromkeys(("owner", "case", "confirmation", "device", "batch", "running", "finished", "organisation"),
                    UUID("00000000-0000-4000-8000-000000000000")),
    "serial": "BT-2026-999999-2222-2222", "code": "2222222222", "phone": "0900000997",
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
