"""Sentences of assessment: why an attempt cannot start, why an answer was not taken."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "assessment.not_offered": _l("Bài kiểm tra này hiện không mở."),
    "assessment.bank_too_small": _l("Ngân hàng câu hỏi của bài này chưa đủ câu. Bạn báo giúp cán bộ đầu mối."),
    "attempt.lessons_first": _l("Bạn học xong các bài bắt buộc rồi mới làm bài kiểm tra này. Còn %(count)s bài."),
    "attempt.none_left": _l("Bạn đã làm đủ %(count)s lần. Bạn hỏi cán bộ đầu mối nếu cần làm thêm."),
    "attempt.wait": _l("Bạn vừa làm bài này. Lần sau mở lúc %(opens_at)s."),
    "attempt.too_many_today": _l("Hôm nay bạn đã làm bài này %(count)s lần. Bạn học thêm, mai làm tiếp."),
    "attempt.try_again": _l("Bài chưa mở được. Bạn bấm lại một lần nữa."),
    "attempt.not_found": _l("Không có bài làm này trong tài khoản của bạn."),
    "attempt.signed_out": _l("Bạn đã đăng xuất. Đăng nhập lại rồi mở bài làm tiếp. Câu trả lời vẫn còn trên máy."),
    "attempt.not_reviewed": _l("Đánh dấu vào ô “Tôi đã xem lại và muốn nộp bài” rồi bấm Nộp bài."),
    "attempt.closed": _l("Bài này đã nộp. Câu trả lời đến sau không được tính."),
    "attempt.time_is_up": _l("Hết giờ. Những câu bạn đã trả lời đã được nộp."),
    "response.invalid": _l("Câu trả lời này không hợp với câu hỏi. Bạn tải lại trang rồi trả lời lại."),
    "response.stale": _l("Câu này vừa được trả lời ở một cửa sổ khác. Bạn tải lại trang để xem câu trả lời mới nhất."),
}
