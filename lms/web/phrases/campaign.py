"""Sentences of refusals around lists and reminders, and the names of a list's states."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "list.not_yours": _l("Bạn chỉ làm việc này cho đơn vị mình phụ trách."),
    "list.not_asked": _l("Đơn vị này không có trong yêu cầu."),
    "list.title_missing": _l("Bạn gõ tên danh sách cần nộp."),
    "list.text_too_long": _l("Ô này chứa tối đa %(most)d ký tự."),
    "list.due_past": _l("Ngày này đã qua. Bạn chọn từ hôm nay trở đi."),
    "list.nobody_asked": _l("Bạn chọn ít nhất một đơn vị."),
    "list.closed": _l("Hạn nộp là hết ngày %(at)s, nay đã qua. Bạn nhờ phường mở lại cho đơn vị mình."),
    "list.already_submitted": _l("Danh sách của đơn vị đã gửi rồi. Muốn gửi danh sách khác thì rút lại trước."),
    "list.empty": _l("Đơn vị chưa có ai trong danh sách. Bạn nhập danh sách trước, rồi quay lại nộp."),
    "list.changed": _l("Danh sách vừa thay đổi sau khi bạn mở trang này. Bạn xem lại rồi nộp."),
    "list.nothing_submitted": _l("Không có danh sách nào đang gửi để rút lại."),
    "list.replaced": _l("Đơn vị vừa rút lại hoặc thay danh sách này. Bạn tải lại trang để xem bản mới."),
    "list.reason_missing": _l("Bạn ghi lý do trả lại để đơn vị biết cần sửa gì."),
    "reminder.nobody": _l("Bạn chọn ít nhất một người để nhắc."),
    "reminder.text_missing": _l("Bạn gõ lời nhắc."),
    "reminder.text_too_long": _l("Lời nhắc dài tối đa %(most)d ký tự. Bạn đã gõ %(size)d."),
    "reminder.not_yours": _l("Bạn chỉ nhắc được người thuộc đơn vị mình phụ trách."),
}
STATE_NAMES: dict[str, LazyString] = {
    "waiting": _l("Chưa gửi"), "submitted": _l("Đã gửi, chờ phường nhận"), "received": _l("Đã gửi, phường đã nhận"),
    "returned": _l("Phường trả lại"),
}
EVENT_NAMES: dict[str, LazyString] = {
    "asked": _l("Phường yêu cầu nộp danh sách"), "reminded": _l("Phường nhắc nộp"), "submitted": _l("Đã gửi danh sách"),
    "withdrawn": _l("Đã rút lại danh sách"), "received": _l("Phường đã nhận"), "returned": _l("Phường trả lại"),
    "reopened": _l("Phường mở lại để nộp"),
}
