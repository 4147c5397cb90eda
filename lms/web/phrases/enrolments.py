"""Sentences about enrolments, nominations and whom a course is for."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "course.unknown": _l("Không có khóa học này. Bạn chọn một khóa trong danh sách."),
    "course.retired": _l("Khóa này không còn dùng nữa. Bạn chọn khóa khác."),
    "enrolment.due_wrong": _l("Ngày phải học xong từ ngày %(first)s trở đi, và không quá ba năm."),
    "enrolment.nobody": _l("Không còn ai để giao khóa này. Bạn chọn đơn vị, nhóm hoặc điều kiện khác."),
    "enrolment.changed": _l("Danh sách vừa thay đổi từ lúc bạn xem. Chưa giao cho ai. Bạn xem lại rồi bấm lần nữa."),
    "nomination.nobody": _l("Không còn ai để đề cử: người bạn chọn đã học khóa này, đang chờ duyệt, hoặc đã được quyết định."),
    "nomination.not_yours": _l("Bạn chỉ đề cử hoặc duyệt người của đơn vị mình phụ trách."),
    "nomination.own": _l("Danh sách này do bạn đề cử. Một cán bộ khác duyệt."),
    "nomination.ineligible": _l("Có người chưa đúng đối tượng của khóa. Bạn bỏ chọn những người đó, hoặc ghi lý do nhận ngoại lệ."),
    "nomination.reason_missing": _l("Bạn ghi lý do trả lại, đơn vị sẽ đọc."),
    "nomination.decided": _l("Có người vừa duyệt xong trước bạn. Bạn tải lại trang để xem."),
    "eligibility.not_yours": _l("Bạn chỉ đặt đối tượng học cho đơn vị mình phụ trách."),
    "eligibility.audience_unknown": _l("Không có nhóm người học này. Bạn tải lại trang rồi chọn lại."),
    "eligibility.age_wrong": _l("Tuổi là số từ 0 đến %(most)d."),
    "eligibility.ages_turned": _l("Tuổi từ %(age_from)d lớn hơn tuổi đến %(age_to)d. Bạn đổi lại."),
    "eligibility.role_unknown": _l("Không có vai trò này. Bạn tải lại trang rồi chọn lại."),
}

REASON_NAMES: dict[str, LazyString] = {
    "audience": _l("không thuộc nhóm người học của khóa"), "age_unknown": _l("chưa có năm sinh"),
    "too_young": _l("chưa đủ tuổi"), "too_old": _l("quá tuổi"), "organisation": _l("không thuộc đơn vị được học"),
    "role": _l("không giữ vai trò khóa này đòi hỏi"),
}
NOMINATION_STATES: dict[str, LazyString] = {
    "waiting": _l("Chờ duyệt"), "accepted": _l("Đã nhận"), "returned": _l("Trả lại"), "withdrawn": _l("Đã rút"),
}
