"""Names of how far a learner is, and of the columns of the class table."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

LEARNING_STATE_NAMES: dict[str, LazyString] = {
    "not_begun": _l("Chưa bắt đầu"), "learning": _l("Đang học"), "passed": _l("Đạt"), "confirmed": _l("Được xác nhận"),
}
COLUMN_NAMES: dict[str, LazyString] = {
    "ten": _l("Họ và tên"), "tinh-trang": _l("Tình trạng"), "gan-nhat": _l("Học gần nhất"), "bai": _l("Bài đã xong"),
    "lan-lam": _l("Lần kiểm tra"), "ket-qua": _l("Kết quả tốt nhất"), "noi-khac": _l("Học ở nơi khác"), "han": _l("Hạn"),
}
