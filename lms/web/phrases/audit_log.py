"""Words of the audit log: what was done, to what, and the small print of a line."""

from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.web.phrases.roles import ROLE_NAMES

HEADINGS = (_l("Lúc"), _l("Ai làm"), _l("Làm hộ, làm bằng lệnh"), _l("Việc"), _l("Với ai, với gì"), _l("Đơn vị"), _l("Chi tiết"))
# The noun that an action begins with: how the page groups them, and what it calls the thing acted upon.
NOUNS: dict[str, LazyString] = {
    "person": _l("Hồ sơ người"), "membership": _l("Người trong đơn vị"), "role": _l("Vai trò"),
    "organisation": _l("Đơn vị"), "proposal": _l("Đề nghị"), "roster": _l("Nhập danh sách"),
    "results": _l("Kết quả học ở nơi khác"), "external_evidence": _l("Minh chứng từ nơi khác"),
    "evidence_source": _l("Nguồn kết quả"), "cohort": _l("Nhóm, lớp"), "join_code": _l("Mã vào nhóm"),
    "join": _l("Xin vào nhóm"), "enrolment": _l("Ghi danh"), "eligibility": _l("Điều kiện ghi danh"),
    "nomination": _l("Đề cử"), "list": _l("Nộp danh sách"), "reminder": _l("Nhắc học"), "activation": _l("Phiếu kích hoạt"),
    "secret": _l("Mã PIN"), "sign_in": _l("Đăng nhập"), "consent": _l("Đồng ý xử lý dữ liệu"), "attempt": _l("Bài kiểm tra"),
    "observation": _l("Đánh giá trực tiếp"), "confirmation": _l("Xác nhận"), "credential": _l("Giấy xác nhận"),
    "setting": _l("Cài đặt"), "audit_log": _l("Nhật ký"), "framework": _l("Khung kỹ năng"), "policy": _l("Quy định xét cấp"),
    "crosswalk": _l("Bảng đối chiếu"), "item_bank": _l("Ngân hàng câu hỏi"), "assessment": _l("Đề kiểm tra"),
    "rubric": _l("Bảng tiêu chí chấm"), "demo": _l("Bản mẫu"),
}
ACTION_NAMES: dict[str, LazyString] = {
    "person.registered": _l("Tự đăng ký tài khoản"), "person.created": _l("Thêm người"),
    "person.changed": _l("Đổi cách hiển thị của mình"), "person.ended": _l("Đóng tài khoản"),
    "person.merged": _l("Gộp hai hồ sơ"), "person.split": _l("Tách lại hai hồ sơ"),
    "membership.begun": _l("Đưa vào đơn vị"), "membership.accepted": _l("Nhận là người của đơn vị"),
    "membership.refused": _l("Báo không phải người của đơn vị"),
    "role.granted": _l("Trao vai trò"), "role.ended": _l("Thu lại vai trò"), "role.handed_over": _l("Bàn giao vai trò"),
    "role.carried": _l("Chuyển vai trò sang đơn vị mới"),
    "organisation.created": _l("Lập đơn vị"), "organisation.renamed": _l("Đổi tên đơn vị"),
    "organisation.moved": _l("Chuyển đơn vị sang cấp trên khác"), "organisation.ended": _l("Kết thúc đơn vị"),
    "organisation.merged": _l("Sáp nhập vào đơn vị khác"), "organisation.received": _l("Nhận đơn vị sáp nhập vào"),
    "organisation.split": _l("Tách đơn vị"),
    "proposal.made": _l("Gửi đề nghị"), "proposal.accepted": _l("Đồng ý đề nghị"), "proposal.returned": _l("Trả lại đề nghị"),
    "proposal.withdrawn": _l("Rút đề nghị"),
    "roster.begun": _l("Nạp tệp danh sách"), "roster.committed": _l("Nhập danh sách"), "roster.discarded": _l("Bỏ lần nhập"),
    "roster.undone": _l("Hoàn tác lần nhập"), "roster.absent_removed": _l("Cho ra khỏi đơn vị người không có trong danh sách"),
    "roster.form_changed": _l("Đổi mẫu danh sách"),
    "results.imported": _l("Nhập kết quả từ nơi khác"), "results.undone": _l("Hoàn tác lần nhập kết quả"),
    "external_evidence.withdrawn": _l("Rút minh chứng từ nơi khác"),
    "evidence_source.created": _l("Thêm nguồn kết quả"), "evidence_source.changed": _l("Đổi nguồn kết quả"),
    "evidence_source.ended": _l("Ngừng dùng nguồn kết quả"),
    "cohort.created": _l("Lập nhóm"), "cohort.renamed": _l("Đổi tên nhóm"), "cohort.ended": _l("Kết thúc nhóm"),
    "cohort.people_added": _l("Thêm người vào nhóm"), "cohort.people_removed": _l("Cho người ra khỏi nhóm"),
    "join_code.opened": _l("Mở mã vào nhóm"), "join_code.closed": _l("Đóng mã vào nhóm"),
    "join.asked": _l("Xin vào nhóm"), "join.approved": _l("Nhận vào nhóm"), "join.returned": _l("Không nhận vào nhóm"),
    "enrolment.begun": _l("Ghi danh vào khóa học"), "enrolment.ended": _l("Rút khỏi khóa học"),
    "enrolment.due_changed": _l("Đổi hạn học xong"),
    "eligibility.set": _l("Đặt điều kiện ghi danh"), "eligibility.lifted": _l("Bỏ điều kiện ghi danh"),
    "nomination.made": _l("Đề cử người học"), "nomination.accepted": _l("Nhận người được đề cử"),
    "nomination.returned": _l("Trả lại đề cử"), "nomination.withdrawn": _l("Rút đề cử"),
    "list.asked": _l("Yêu cầu các đơn vị nộp danh sách"), "list.reopened": _l("Mở lại yêu cầu nộp danh sách"),
    "list.reminded": _l("Nhắc nộp danh sách"), "list.submitted": _l("Nộp danh sách"),
    "list.withdrawn": _l("Rút danh sách đã nộp"), "list.received": _l("Nhận danh sách"), "list.returned": _l("Trả lại danh sách"),
    "reminder.sent": _l("Nhắc người học"),
    "activation.made": _l("Làm phiếu kích hoạt"), "activation.used": _l("Dùng phiếu kích hoạt"),
    "secret.changed": _l("Đổi mã PIN"), "secret.change_refused": _l("Đổi mã PIN không thành"),
    "sign_in.begun": _l("Đăng nhập"), "sign_in.ended": _l("Đăng xuất"), "sign_in.refused": _l("Đăng nhập không thành"),
    "consent.given": _l("Đồng ý xử lý dữ liệu"),
    "attempt.started": _l("Bắt đầu làm bài"), "attempt.submitted": _l("Nộp bài"), "attempt.expired": _l("Hết giờ làm bài"),
    "attempt.start_refused": _l("Bắt đầu làm bài không thành"),
    "observation.recorded": _l("Ghi kết quả đánh giá trực tiếp"),
    "confirmation.made": _l("Xác nhận làm được"), "confirmation.refused": _l("Xác nhận không thành"),
    "confirmation.sent_back": _l("Nhắn người học làm thêm"), "confirmation.withdrawn": _l("Rút xác nhận"),
    "credential.issued": _l("Cấp giấy xác nhận"), "credential.link_made": _l("Tạo đường dẫn mở giấy"),
    "credential.suspended": _l("Tạm dừng hiệu lực giấy"), "credential.reinstated": _l("Khôi phục hiệu lực giấy"),
    "credential.revoked": _l("Thu hồi giấy"), "credential.replaced": _l("Thay giấy"), "credential.expired": _l("Giấy hết hạn"),
    "setting.changed": _l("Đổi cài đặt"),
    "audit_log.read": _l("Xem nhật ký"), "audit_log.exported": _l("Tải nhật ký về"),
    "framework.published": _l("Công bố khung kỹ năng"), "policy.published": _l("Công bố quy định xét cấp"),
    "crosswalk.changed": _l("Đổi bảng đối chiếu"), "item_bank.loaded": _l("Nạp ngân hàng câu hỏi"),
    "assessment.loaded": _l("Nạp đề kiểm tra"), "assessment.retired": _l("Ngừng dùng đề kiểm tra"),
    "rubric.loaded": _l("Nạp bảng tiêu chí chấm"), "rubric.retired": _l("Ngừng dùng bảng tiêu chí chấm"),
    "demo.loaded": _l("Nạp dữ liệu mẫu"),
}
SUBJECTS: dict[str, LazyString] = {
    "person": _l("một người"), "role_grant": _l("vai trò"), "sign_in": _l("lượt đăng nhập"), "proposal": _l("đề nghị"),
    "roster": _l("lần nhập danh sách"), "attempt": _l("lượt làm bài"), "confirmation": _l("xác nhận"),
    "credential": _l("giấy xác nhận"), "cohort": _l("nhóm"), "list_request": _l("yêu cầu nộp danh sách"),
    "organisation": _l("đơn vị"),
}
# What of a line's detail people can read; the rest is for those who look into the database.
DETAILS: dict[str, LazyString] = {
    "reason": _l("lý do"), "role": _l("vai trò"), "decision": _l("quyết định"), "old": _l("tên cũ"), "new": _l("tên mới"),
    "name": _l("tên"), "rows": _l("số dòng"), "people": _l("số người"), "count": _l("số người"), "on": _l("ngày"),
    "narrowed_by": _l("lọc theo"), "deputy": _l("làm phó"), "serial": _l("số hiệu"),
}
FILTERS: dict[str, LazyString] = {
    "ai": _l("người làm"), "viec": _l("việc"), "don-vi": _l("đơn vị"), "tu": _l("từ ngày"), "den": _l("đến ngày"),
}
_SHOWN = 160


def action_name(action: str) -> str:
    """What was done; the bare code when it has no name yet."""
    return str(ACTION_NAMES.get(action, action))


def action_groups() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(noun, its name, [(action, its name)]) in the order above, for the field that narrows the log."""
    return [(noun, str(name), [(code, str(words)) for code, words in ACTION_NAMES.items() if code.partition(".")[0] == noun])
            for noun, name in NOUNS.items()]


def subject_words(subject: tuple[str, str | None] | None) -> str:
    """Whom or what a line is about: a name where the reader may know it, else the kind of thing."""
    if subject is None:
        return ""
    kind, name = subject
    is_id = name is None or len(name) == 36 or name.isdigit()
    return str(SUBJECTS.get(kind, NOUNS.get(kind, kind))) if is_id else str(name)


def detail_words(detail: dict[str, Any]) -> str:
    """The readable part of a line's detail, in one short piece of text."""
    return "; ".join(f"{words}: {_value(name, detail[name])}" if detail[name] is not True else str(words)
                     for name, words in DETAILS.items() if detail.get(name) not in (None, "", [], False))


def _value(name: str, value: Any) -> str:
    if name == "role":
        return str(ROLE_NAMES.get(value, value))
    if name == "narrowed_by":
        return ", ".join(str(FILTERS.get(one, one)) for one in value)
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
