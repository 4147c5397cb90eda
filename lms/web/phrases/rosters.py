"""Sentences about lists: why a file cannot be read, what is wrong in a cell, what is worth a look."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "file.unreadable": _l("Tệp này không đọc được như bảng tính (%(what)s). Bạn mở tệp bằng Excel hoặc LibreOffice, "
                          "chọn Lưu thành, kiểu Excel (.xlsx), rồi chọn tệp mới đó."),
    "file.encrypted": _l("Tệp này có mật khẩu. Bạn mở bằng Excel, bỏ mật khẩu, lưu lại rồi chọn tệp đó."),
    "file.too_large": _l("Tệp này lớn quá: tối đa %(megabytes)s MB, %(rows)s dòng, %(columns)s cột. Bạn chia thành nhiều tệp."),
    "file.empty": _l("Không thấy dòng nào trong tệp. Bạn mở tệp xem lại, hoặc dán các dòng vào ô bên dưới."),
    "file.suffix": _l("Hệ thống ghi được tệp .xlsx hoặc .csv, không ghi được tệp .%(suffix)s."),
    "sheet.two_tables": _l("Trang tính này có hai bảng (%(first)s và %(second)s). Bạn tách mỗi bảng ra một "
                           "trang tính rồi nhập từng bảng."),
    "sheet.unknown": _l("Tệp không có trang tính này. Bạn chọn lại."),
    "sheet.row_unknown": _l("Trang tính chỉ có %(rows)s dòng. Bạn gõ lại dòng tên cột."),
    "column.unknown": _l("Tệp không có cột %(letters)s. Bạn chọn lại."),
    "column.missing": _l("Không thấy cột họ tên. Bạn chọn cột nào là họ tên."),
    "roster.not_yours": _l("Bạn chỉ nhập được danh sách cho đơn vị mình phụ trách."),
    "roster.too_many": _l("Bạn vừa nhập rất nhiều danh sách. Đợi một giờ rồi nhập tiếp."),
    "roster.cohort_elsewhere": _l("Lớp này không thuộc đơn vị bạn chọn. Bạn chọn lại."),
    "roster.file_gone": _l("Tệp này đã được xóa khỏi hệ thống. Bạn chọn tệp và nhập lại."),
    "roster.not_open": _l("Danh sách này không còn ở bước đó. Bạn mở lại từ Danh sách đã nhập."),
    "roster.row_unknown": _l("Danh sách không có dòng %(row)s. Bạn tải lại trang."),
    "roster.column_unknown": _l("Không có cột này. Bạn tải lại trang."),
    "roster.not_a_candidate": _l("Người này không nằm trong những người được gợi ý. Bạn tải lại trang rồi chọn lại."),
    "roster.too_many_corrections": _l("Trang này sửa được tối đa %(most)d dòng. Bạn tải tệp lỗi về sửa rồi nhập lại."),
    "roster.faults_open": _l("Còn %(count)d dòng có lỗi. Bạn sửa hết, hoặc chỉ nhận những dòng đúng."),
    "roster.undecided": _l("Còn %(count)d người bạn chưa quyết là người mới hay người đã có."),
    "roster.nothing_to_write": _l("Không có dòng nào ghi được. Bạn sửa các dòng có lỗi trước."),
    "job.taken": _l("Máy đang làm việc này. Bạn đợi một phút rồi tải lại trang."),
    "job.broken": _l("Máy đã thử ba lần mà chưa làm được; chưa ghi gì cả. Bạn thử lại, nếu vẫn không được thì gọi số trợ giúp."),
    "roster.changed": _l("Từ lúc kiểm tra đến nay, hệ thống đã có thay đổi ở %(count)s người trong danh sách. Chưa ghi gì cả. "
                         "Bạn kiểm tra lại danh sách."),
    "roster.not_done": _l("Danh sách này chưa được ghi, hoặc đã hoàn tác rồi."),
    "roster.undo_too_late": _l("Đã quá 30 ngày nên không hoàn tác được nữa."),
    "roster.people_worked": _l("%(count)d người đã bắt đầu học hoặc đã nhận việc nên không hoàn tác được: %(names)s. "
                               "Bạn có thể hoàn tác cho những người còn lại."),
    "roster.listed_since": _l("%(count)d người có mặt trong danh sách nhập sau. Bạn hoàn tác danh sách nhập sau trước."),
    "removal.nobody": _l("Bạn chọn ít nhất một người."),
    "removal.changed": _l("Trong lúc bạn xem, danh sách người của đơn vị đã thay đổi. Bạn xem lại các tên rồi xác nhận."),
    "removal.number": _l("Hơn một phần mười số người sẽ ra khỏi đơn vị. Bạn gõ số %(count)d để xác nhận."),
    "form.too_many_lines": _l("Phần đầu tờ mẫu có tối đa %(most)d dòng."),
    "form.column_unknown": _l("Không có cột này. Bạn tải lại trang."),
    "form.column_twice": _l("Cột “%(words)s” có hai lần. Bạn bỏ một."),
    "form.name_missing": _l("Mẫu phải có cột họ và tên."),
}
COLUMN_NAMES: dict[str, LazyString] = {
    "full_name": _l("Họ và tên"), "birth_date": _l("Ngày sinh"), "phone": _l("Số điện thoại"), "email": _l("Thư điện tử"),
    "staff_code": _l("Mã cán bộ"), "class": _l("Lớp"), "position": _l("Chức vụ"), "organisation": _l("Đơn vị"),
    "note": _l("Ghi chú"), "personal_code": _l("Mã cá nhân"), "identity_number": _l("Số căn cước"),
}
FAULT_SENTENCES: dict[str, LazyString] = {
    "name.missing": _l("Thiếu họ tên."),
    "name.invalid": _l("Họ tên chỉ gồm chữ. Bỏ ký tự “%(sign)s”."),
    "name.too_long": _l("Họ tên dài %(size)s ký tự, tối đa %(most)s."),
    "text.too_long": _l("Ô này dài %(size)s ký tự, tối đa %(most)s. Viết ngắn lại."),
    "phone.invalid": _l("Số điện thoại chưa đúng. Số di động có 10 chữ số, ví dụ 0905 123 456."),
    "email.invalid": _l("Địa chỉ thư điện tử chưa đúng. Ví dụ: hoa@benthu.example"),
    "date.invalid": _l("Ngày sinh chưa đúng. Viết ngày/tháng/năm, ví dụ 20/11/1984, hoặc chỉ năm sinh."),
    "row.duplicate": _l("Trùng người với dòng %(first)s. Giữ một dòng."),
    "phone.shared": _l("Dùng chung số điện thoại với dòng %(first)s. Hai người trong một nhà?"),
    "date.year_only": _l("Chỉ có năm sinh."),
    "person.similar": _l("Có thể là người đã có trong hệ thống."),
    "person.kept": _l("Người này đã tự đặt thông tin khác; hệ thống giữ thông tin của họ."),
    "email.taken": _l("Thư điện tử này đã có người khác dùng, nên không ghi."),
    "organisation.not_here": _l("Không có đơn vị “%(name)s” bên dưới. Người này vào đơn vị đang nhập."),
    "row.skipped": _l("Không phải dòng của một người, đã bỏ qua: “%(text)s”."),
    "column.dropped": _l("Cột số căn cước đã được bỏ, không lưu ở đâu."),
    "column.missing": _l("Không thấy cột họ tên."),
}
SHORT_PHONE = _l("Số điện thoại có 10 chữ số. Dòng này mới có %(typed)s số.")
NAMESAKE = _l("Trùng họ tên với dòng %(first)s, không có gì để phân biệt. Nếu là một người, giữ một dòng.")
NOTE_SENTENCES: dict[str, LazyString] = {
    "rows.hidden": _l("Có %(count)s dòng đang ẩn trong bảng tính; những dòng đó cũng được đọc."),
    "sheet.several": _l("Tệp có %(count)s trang tính; đây là trang có danh sách."),
    "columns.joined": _l("Họ tên nằm ở nhiều cột, đã ghép lại."),
}


def fault_sentence(code: str, params: Mapping[str, Any]) -> str:
    """What to tell a person about a fault or a warning of a cell."""
    text = str(FAULT_SENTENCES.get(code, ""))
    if code == "phone.invalid" and 6 <= int(params.get("typed") or 0) < 10:
        text = str(SHORT_PHONE)
    elif code == "person.similar" and "first" in params:
        text = str(NAMESAKE)
    try:
        return text % dict(params)
    except (KeyError, ValueError):
        return text


def note_sentence(code: str, params: Mapping[str, Any]) -> str:
    """What to tell a person about how a list was read."""
    return str(NOTE_SENTENCES.get(code, "")) % dict(params)
