"""Sentences and names of credentials."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "serial.without_end": _l("Còn thiếu %(missing)d ký tự cuối. Gõ cả số hiệu như trên giấy."),
    "serial.incomplete": _l("Số hiệu chưa đủ. Gõ cả số hiệu như trên giấy."),
    "serial.unknown": _l("Không có giấy nào mang số hiệu này. So lại từng ký tự với tờ giấy."),
    "credential.address_not_public": _l(
        "Chưa cấp giấy được: người ngoài chưa mở được trang kiểm tra. Quản trị viên đặt địa chỉ công khai (https) "
        "trong %(setting)s rồi cấp lại."),
    "credential.name_not_printable": _l("Họ tên này chưa in được. Sửa họ tên: chỉ dùng chữ cái, tối đa 120 ký tự."),
    "credential.confirmation_ended": _l("Xác nhận này không còn hiệu lực nên không cấp giấy."),
    "credential.not_suspended": _l("Chỉ tạm dừng được giấy còn hiệu lực."),
    "credential.not_reinstated": _l("Chỉ khôi phục được giấy đang tạm dừng."),
    "credential.not_revoked": _l("Giấy này không còn để thu hồi: đã thu hồi hoặc đã được thay thế."),
    "credential.not_replaced": _l("Chỉ thay được giấy còn hiệu lực hoặc đang tạm dừng."),
}
STATE_NAMES: dict[str, LazyString] = {
    "good": _l("Còn hiệu lực"), "suspended": _l("Tạm dừng hiệu lực"), "revoked": _l("Đã thu hồi"),
    "replaced": _l("Đã được thay thế"), "expired": _l("Hết hạn"),
}
EVENT_NAMES: dict[str, LazyString] = {
    "issued": _l("Cấp giấy"), "suspended": _l("Tạm dừng hiệu lực"), "reinstated": _l("Khôi phục hiệu lực"),
    "revoked": _l("Thu hồi"), "replaced": _l("Thay thế"), "expired": _l("Hết hạn"),
}
