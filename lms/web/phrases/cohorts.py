"""Sentences about cohorts, joining by a code, and slips for many."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "cohort.name_missing": _l("Bạn gõ tên nhóm, ví dụ: Tổ Toán, Lớp 6A."),
    "cohort.name_too_long": _l("Tên nhóm dài tối đa %(most)d ký tự. Bạn đã gõ %(size)d."),
    "cohort.name_taken": _l("Đơn vị đã có nhóm “%(name)s”. Bạn đặt tên khác."),
    "cohort.ended": _l("Nhóm này đã kết thúc. Bạn tạo nhóm mới."),
    "cohort.not_yours": _l("Bạn chỉ lập và sửa được nhóm của đơn vị mình phụ trách."),
    "cohort.nobody": _l("Bạn chọn ít nhất một người."),
    "people.not_all_yours": _l(
        "Trong những người đã chọn có người không thuộc đơn vị bạn phụ trách. Chưa ghi gì. Bạn tải lại trang rồi chọn lại."),
    "reason.too_long": _l("Lời ghi dài tối đa %(most)d ký tự. Bạn đã gõ %(size)d."),
    "join.unknown": _l("Mã này chưa đúng hoặc không còn nhận người. Bạn so lại từng ký tự, hoặc hỏi cán bộ đầu mối."),
    "join.until_wrong": _l("Ngày cuối nhận người nằm trong khoảng %(first)s đến %(last)s."),
    "join.most_wrong": _l("Số người nằm trong khoảng 1 đến %(most)d."),
    "join.not_yours": _l("Bạn chỉ mở mã tham gia và duyệt người cho đơn vị mình phụ trách."),
    "join.nobody": _l("Bạn chọn ít nhất một người đang chờ."),
    "join.reason_missing": _l("Bạn ghi lý do, người xin tham gia sẽ đọc."),
    "join.belongs": _l("Bạn đã ở trong đơn vị này rồi."),
    "join.decided": _l("Có người vừa duyệt xong trước bạn. Bạn tải lại trang để xem."),
}
