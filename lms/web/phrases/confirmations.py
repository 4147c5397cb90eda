"""Sentences of confirmation: the four marks, the states, why something could not be confirmed."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MARK_NAMES: dict[str, LazyString] = {
    "alone": _l("Tự làm được"), "one_reminder": _l("Làm được sau một lần nhắc"),
    "needs_help": _l("Cần nhắc nhiều lần hoặc cầm máy giúp"), "not_tried": _l("Chưa thử"),
}
STATE_NAMES: dict[str, LazyString] = {
    "confirmed": _l("Được xác nhận"), "withdrawn": _l("Đã rút"), "expired": _l("Đã hết hạn"),
    "superseded": _l("Đã được thay thế"),
}
CONCLUSION_NAMES: dict[str, LazyString] = {"continue": _l("Hẹn làm tiếp"), "learn": _l("Cần học thêm")}
LIKENESS_NAMES: dict[str, LazyString] = {
    "phone": _l("cùng số điện thoại"), "name_and_birth_year": _l("cùng họ tên và năm sinh"),
}
ERRORS: dict[str, LazyString] = {
    "confirmation.oneself": _l("Đây là hồ sơ của chính bạn. Bạn nhờ người đánh giá khác xem và xác nhận."),
    "confirmation.by_decision": _l("Cấp này được xác nhận theo quyết định của đơn vị, không cần người đánh giá ký."),
    "confirmation.not_your_role": _l("Chính sách của cấp này không giao việc xác nhận cho vai trò của bạn."),
    "confirmation.already_live": _l("Người học đã được xác nhận rồi. Bạn tải lại trang để xem."),
    "confirmation.not_fulfilled": _l(
        "Chưa xác nhận được. Còn thiếu: bài học %(lessons)s, bài kiểm tra %(assessments)s, "
        "việc làm trực tiếp %(tasks)s."),
    "confirmation.unknown_conclusion": _l("Chọn một trong ba kết luận rồi gửi lại."),
    "confirmation.reason_missing": _l("Ghi rõ lý do, để người học biết cần làm gì."),
    "confirmation.already_ended": _l("Xác nhận này đã hết hiệu lực từ trước. Bạn tải lại trang để xem."),
    "observation.not_asked": _l("Cấp này không có phần làm trực tiếp."),
    "observation.unknown_task": _l("Danh sách việc vừa thay đổi. Bạn tải lại trang rồi ghi lại."),
    "observation.unknown_mark": _l("Chọn một trong bốn mức cho mỗi việc."),
}
