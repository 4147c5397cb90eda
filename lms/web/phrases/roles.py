"""Names of roles, audiences, kinds of organisation, forms of address."""

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _l

ROLE_NAMES: dict[str, LazyString] = {
    "learner": lazy_pgettext("one", "Người học"), "mentor": _l("Người hướng dẫn"), "instructor": _l("Giảng viên"),
    "focal_point": _l("Cán bộ đầu mối"), "assessor": _l("Người đánh giá"), "author": _l("Người biên soạn"),
    "reviewer": _l("Người thẩm định"), "officer": _l("Cán bộ phường"), "admin": _l("Quản trị viên"),
}
AUDIENCE_NAMES: dict[str, LazyString] = {
    "nguoi-dan": _l("Người dân"), "hoc-sinh-sinh-vien": _l("Học sinh, sinh viên"),
    "can-bo": _l("Cán bộ, công chức, viên chức"), "nguoi-lao-dong": _l("Người lao động trong doanh nghiệp"),
}
KIND_NAMES: dict[str, LazyString] = {
    "province": _l("Tỉnh, thành phố"), "ward": _l("Xã, phường, đặc khu"), "village": _l("Thôn, tổ dân phố"),
    "school": _l("Trường học"), "agency": _l("Cơ quan"), "enterprise": _l("Doanh nghiệp"),
    "cooperative": _l("Hợp tác xã"), "association": _l("Hội, đoàn thể"), "club": _l("Câu lạc bộ"),
    "team": _l("Tổ công nghệ số cộng đồng"), "other": _l("Đơn vị khác"),
}
ADDRESS_NAMES: dict[str, LazyString] = {
    "bac": _l("bác"), "co": _l("cô"), "chu": _l("chú"), "anh": _l("anh"), "chi": _l("chị"), "ban": _l("bạn"),
}
