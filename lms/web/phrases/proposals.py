"""Sentences about roles, hand-overs, merged persons, and what units ask of the ward."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "role.person_ended": _l("Tài khoản của người này đã đóng nên không giữ vai trò được."),
    "role.days_wrong": _l("Ngày cuối phải sau hôm nay và không trước ngày đầu."),
    "role.ended": _l("Vai trò này vừa được bàn giao hoặc thu lại. Bạn mở lại danh sách vai trò."),
    "role.same_person": _l("Người này đang giữ vai trò đó. Bạn chọn người khác."),
    "role.reason_missing": _l("Bạn ghi lý do, một câu ngắn là đủ."),
    "merge.same_person": _l("Đây là cùng một hồ sơ. Bạn chọn hồ sơ thứ hai."),
    "merge.ended": _l("Một trong hai hồ sơ đã đóng nên không gộp được."),
    "merge.not_yours": _l("Chỉ cán bộ phụ trách cả hai hồ sơ, và có vai trò cao hơn cả hai người, mới gộp hoặc tách được."),
    "merge.names_differ": _l("Hai tên khác nhau là hai người. Nếu một tên gõ sai, bạn sửa tên trước rồi hãy gộp."),
    "merge.has_others": _l("Hồ sơ này đã nhận hồ sơ khác gộp vào. Bạn giữ lại hồ sơ này, gộp hồ sơ kia vào."),
    "merge.split_already": _l("Hai hồ sơ này đã tách rồi."),
    "proposal.not_yours": _l("Bạn chỉ đề nghị được cho đơn vị và những người mình phụ trách."),
    "proposal.not_yours_to_decide": _l("Người khác trả lời đề nghị này: không ai tự duyệt điều mình đề nghị."),
    "proposal.reason_missing": _l("Bạn ghi lý do, một câu ngắn là đủ."),
    "proposal.role_not_asked_for": _l("Vai trò này do cấp trên cử, đơn vị không đề nghị."),
    "proposal.decided": _l("Đề nghị này đã có trả lời. Bạn tải lại trang để xem."),
    "proposal.overtaken": _l("Người được nêu không còn giữ vai trò này nữa. Bạn trả lại đề nghị để đơn vị gửi lại."),
}
PROPOSAL_KIND_NAMES: dict[str, LazyString] = {
    "organisation": _l("Lập đơn vị mới"), "role": _l("Trao vai trò"), "hand_over": _l("Bàn giao vai trò"),
    "merge": _l("Gộp hai hồ sơ"),
}
PROPOSAL_STATE_NAMES: dict[str, LazyString] = {
    "open": _l("Chờ phường trả lời"), "accepted": _l("Phường đã đồng ý"), "returned": _l("Phường trả lại"),
    "withdrawn": _l("Đơn vị đã rút"),
}
