"""Sentences about what was learned elsewhere, and the sources it comes from."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.web.phrases.rosters import COLUMN_NAMES, fault_sentence

ERRORS: dict[str, LazyString] = {
    "source.key_wrong": _l("Mã nguồn chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, ví dụ hoc-so-da-nang."),
    "source.key_taken": _l("Mã nguồn %(key)s đã có. Bạn chọn mã khác."),
    "source.name_missing": _l("Ghi tên nền tảng hoặc trường gửi kết quả."),
    "source.voucher_missing": _l("Ghi cơ quan bảo đảm kết quả này là đúng."),
    "source.address_wrong": _l("Địa chỉ trang bắt đầu bằng https:// và dài tối đa 300 ký tự. Không có thì để trống."),
    "source.not_yours": _l("Nguồn này thuộc đơn vị khác. Bạn nhờ cán bộ của đơn vị đó."),
    "source.ended": _l("Nguồn %(name)s đã ngừng nhận kết quả."),
    "source.not_here": _l("Nguồn này không dùng cho đơn vị bạn chọn. Bạn chọn nguồn khác."),
    "source.unknown": _l("Không có nguồn kết quả nào tên là %(key)s cho đơn vị này."),
    "results.people_gone": _l(
        "%(count)s người trong danh sách vừa rời đơn vị, nên chưa ghi gì. Bạn kiểm tra lại danh sách rồi ghi."),
    "evidence.reason_missing": _l("Ghi lý do rút. Người học đọc được lý do này."),
    "evidence.withdrawn": _l("Kết quả này đã được rút từ trước. Bạn tải lại trang để xem."),
}

# Columns of a list of results, in the order in which they are asked for.
RESULT_COLUMNS: dict[str, LazyString] = {
    **{key: COLUMN_NAMES[key] for key in ("full_name", "birth_date", "phone", "email", "staff_code", "personal_code")},
    "course": _l("Khóa học"), "completed_on": _l("Ngày hoàn thành"), "number": _l("Số giấy"), "result": _l("Kết quả"),
}
REASON = _l("Lý do")
RESULT_FAULTS: dict[str, LazyString] = {
    "course.missing": _l("Thiếu tên khóa học."),
    "person.unmatched": _l("Không thấy ai như vậy trong đơn vị. Dòng này để lại, không ghi."),
    "person.similar": _l("Có người trùng họ tên, không đủ căn cứ để biết là ai."),
}
_COLUMN_MISSING = {"course": _l("Không thấy cột tên khóa học. Bạn chọn cột nào là khóa học, hoặc ghi tên khóa học chung.")}
_DAY_WRONG = _l("Ngày hoàn thành chưa đúng. Viết ngày/tháng/năm, ví dụ 20/11/2026.")
_DAY_YEAR_ONLY = _l("Chỉ có năm hoàn thành, nên không ghi ngày.")


def result_sentence(fault: Mapping[str, Any]) -> str:
    """What to tell a person about a fault or a warning in a list of results."""
    code, key, params = fault["code"], fault.get("key"), fault.get("params") or {}
    if code == "column.missing" and key in _COLUMN_MISSING:
        return str(_COLUMN_MISSING[key])
    if key == "completed_on" and code in ("date.invalid", "date.year_only"):
        return str(_DAY_WRONG if code == "date.invalid" else _DAY_YEAR_ONLY)
    return str(RESULT_FAULTS[code]) if code in RESULT_FAULTS else fault_sentence(code, params)
