"""Words of the pages on which a list is read in."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ENCODING_NAMES: dict[str, LazyString] = {
    "utf-8": _l("Unicode"), "utf-16": _l("Unicode (UTF-16)"), "windows-1258": _l("Windows-1258"),
    "tcvn3": _l("TCVN3 (phông .VnTime)"), "vni": _l("VNI (phông VNI-Times)"),
}
AS_IN_FILE = _l("Unicode, như trong tệp")
EVIDENCE_NAMES: dict[str, LazyString] = {
    "personal_code": _l("mã cá nhân"), "staff_code": _l("mã cán bộ"), "email": _l("thư điện tử"), "phone": _l("số điện thoại"),
    "name": _l("họ tên"), "birth_date": _l("ngày sinh"), "birth_year": _l("năm sinh"),
}
