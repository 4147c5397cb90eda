"""What frameworks and policies say when they refuse, and how far an entry can be trusted."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "framework.published_changed": _l(
        "Khung %(key)s phiên bản %(version)s đã công bố nên không sửa được nữa. Bạn nâng số phiên bản rồi nạp lại; "
        "bản cũ vẫn còn bên cạnh."),
    "policy.published_changed": _l(
        "Chính sách %(key)s phiên bản %(version)s đã công bố nên không sửa được nữa. Bạn nâng số phiên bản và ghi ngày "
        "bắt đầu áp dụng rồi nạp lại."),
    "policy.level_unknown": _l("Chính sách %(key)s dựa trên %(level)s, nhưng chưa có khung nào công bố mục này."),
}
CONFIDENCE_NAMES: dict[str, LazyString] = {
    "official-text": _l("Chính văn bản"), "official-summary": _l("Trang trích hoặc tóm tắt"),
    "inferred": _l("Nhóm biên soạn suy ra"),
}
CONFIDENCE_MEANINGS: dict[str, LazyString] = {
    "official-text": _l("Câu chữ đọc trong chính văn bản."),
    "official-summary": _l("Câu chữ đọc trong một trang trích hoặc tóm tắt văn bản."),
    "inferred": _l("Danh sách chính thức chưa đọc được; nhóm biên soạn suy ra từ tài liệu đã công bố."),
}
RELATION_NAMES: dict[str, LazyString] = {
    "exact": _l("trùng với"), "close": _l("gần với"), "broader": _l("rộng hơn"), "narrower": _l("hẹp hơn"),
}
