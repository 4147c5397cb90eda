"""What learners read when a lesson refuses something."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "lesson.unknown_step": _l("Bài này vừa được cập nhật. Bạn tải lại trang rồi học tiếp."),
    "lesson.changed": _l("Câu hỏi này vừa được cập nhật. Bạn tải lại trang rồi trả lời lại."),
    "check.nothing_chosen": _l("Bạn chọn câu trả lời trước, rồi bấm Xem đúng chưa."),
    "check.unknown_choice": _l("Câu trả lời này không có trong bài. Bạn tải lại trang rồi chọn lại."),
}

SKILL_STATE_NAMES: dict[str, LazyString] = {
    "not_started": _l("Chưa học"), "learning": _l("Đang học"), "passed": _l("Đã đạt"), "confirmed": _l("Đã xác nhận"),
}
