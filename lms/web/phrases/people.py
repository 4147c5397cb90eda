"""Sentences of people's refusals, and the words that several of their pages share."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "person.name_missing": _l("Bạn gõ họ và tên."),
    "person.name_too_long": _l("Họ tên dài tối đa %(most)d ký tự. Bạn đã gõ %(size)d. Bạn bỏ bớt phần không có trên giấy tờ."),
    "person.name_sign": _l("Họ tên chỉ gồm chữ. Bạn bỏ ký tự “%(sign)s”."),
    "person.birth_year": _l("Năm sinh nằm trong khoảng %(first)d đến %(last)d. Bạn gõ đủ 4 chữ số, ví dụ 1959."),
    "person.email_wrong": _l("Địa chỉ thư điện tử này chưa đúng. Ví dụ: hoa@benthu.example"),
    "person.email_taken": _l("Đã có người dùng địa chỉ thư điện tử này."),
    "person.unknown": _l("Không có ai mang mã cá nhân, số điện thoại hay thư điện tử này."),
    "person.ambiguous": _l("Nhiều người dùng chung số này. Bạn dùng mã cá nhân."),
    "person.not_yours_to_add": _l("Bạn chỉ thêm được người vào đơn vị mình phụ trách."),
    "phone.length": _l("Số điện thoại có 10 chữ số. Bạn mới gõ %(typed)d số."),
    "phone.invalid": _l("Số điện thoại này chưa đúng. Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."),
    "phone.landline": _l("Số máy bàn không dùng để đăng nhập được. Bạn gõ số di động, hoặc dùng mã cá nhân."),
    "sign_in.name_missing": _l("Bạn gõ số điện thoại hoặc mã cá nhân."),
    "sign_in.code_wrong": _l("Mã này chưa đúng. So lại từng ký tự với tờ phiếu, hoặc gõ số điện thoại."),
    "secret.missing": _l("Bạn gõ mã PIN."),
    "secret.pin_length": _l("Mã PIN có 6 chữ số. Bạn đã gõ %(typed)d số."),
    "secret.too_short": _l("Mật khẩu chữ cần ít nhất %(least)d ký tự. Bạn mới gõ %(typed)d."),
    "secret.too_long": _l("Mật khẩu chữ dài tối đa %(most)d ký tự."),
    "secret.too_easy": _l("Mã này dễ đoán. Bạn chọn mã khác, không phải ngày sinh, số điện thoại hay dãy số liền nhau."),
    "secret.locked": _l("Đã thử 5 lần. Đợi %(minutes)d phút rồi thử lại."),
    "secret.changed_often": _l("Hôm nay bạn đã đổi mã nhiều lần. Ngày mai bạn đổi tiếp."),
    "consent.missing": _l("Bạn đọc và đánh dấu đồng ý để có tài khoản. Không đồng ý thì vẫn học được, nhưng không lưu."),
    "consent.guardian_missing": _l("Người dưới 16 tuổi cần cha, mẹ hoặc người giám hộ đồng ý."),
    "registration.too_many": _l("Số điện thoại hoặc nơi này đã đăng ký nhiều lần. Bạn thử lại ngày mai, hoặc gọi số trợ giúp."),
    "registration.done": _l("Bạn đã đăng ký xong. Bạn đăng nhập bằng mã PIN vừa đặt."),
    "activation.code_length": _l("Mã trên phiếu có %(most)d ký tự. Bạn đã gõ %(typed)d."),
    "activation.unknown": _l("Không có phiếu nào mang mã này. So lại từng ký tự, hoặc xin phiếu mới ở cán bộ đầu mối."),
    "activation.used": _l("Phiếu này đã dùng rồi. Bạn đăng nhập bằng mã PIN đã đặt, hoặc xin phiếu mới ở cán bộ đầu mối."),
    "activation.expired": _l("Phiếu này đã hết hạn từ ngày %(at)s. Bạn xin phiếu mới ở cán bộ đầu mối."),
    "activation.unreadable": _l("Phiếu này không in lại được. Bạn làm phiếu mới."),
    "slip.not_yours_to_make": _l("Bạn không làm phiếu cho người này được. Người có vai trò cao hơn làm giúp."),
    "slip.nobody": _l("Bạn chọn ít nhất một người."),
    "role.not_yours_to_give": _l("Bạn không trao hay thu vai trò này được."),
    "role.last_admin": _l("Đây là quản trị viên cuối cùng. Bạn trao quyền quản trị cho một người khác trước."),
    "organisation.key_wrong": _l("Mã đơn vị “%(key)s” chưa đúng: chỉ gồm chữ thường không dấu, số và gạch nối."),
    "organisation.key_taken": _l("Đã có đơn vị mang mã “%(key)s”."),
    "organisation.kind_unknown": _l("Không có loại đơn vị “%(kind)s”. Các loại: %(kinds)s."),
    "organisation.name_missing": _l("Tên đơn vị có từ 1 đến 200 ký tự."),
    "organisation.unknown": _l("Không có đơn vị mang mã “%(key)s”."),
    "organisation.own_descendant": _l("Không đặt một đơn vị vào dưới chính nó được."),
    "organisation.day_wrong": _l("Ngày này sớm quá: tên và chỗ đứng hiện nay của đơn vị có từ %(since)s."),
    "organisation.day_ahead": _l("Ngày %(on)s chưa đến. Đến ngày ấy bạn hãy ghi việc này."),
    "organisation.name_taken": _l("Ở đây đã có đơn vị tên “%(name)s”."),
    "organisation.ended": _l("Đơn vị mang mã “%(key)s” đã kết thúc, không đổi được và không nhận thêm người nữa."),
    "organisation.is_root": _l("Đây là đơn vị trên cùng: không kết thúc hay tách được."),
    "organisation.has_children": _l("Bên dưới còn đơn vị khác. Bạn chuyển hoặc kết thúc các đơn vị ấy trước, hoặc chọn sáp nhập."),
    "organisation.not_yours": _l("Việc này do cán bộ của đơn vị cấp trên làm."),
    "organisation.roles_above_yours": _l(
        "Ở đây có người giữ vai trò ngang bạn hoặc cao hơn. Quản trị viên của đơn vị cấp trên làm việc này."),
    "organisation.not_chosen": _l("Bạn chọn một đơn vị trong danh sách."),
    "organisation.nothing_to_merge": _l("Bạn chọn ít nhất một đơn vị để sáp nhập vào đơn vị khác."),
    "organisation.parts_missing": _l("Tách thì cần ít nhất hai đơn vị, mỗi đơn vị một tên."),
    "organisation.part_ambiguous": _l(
        "“%(what)s” có thể là nhiều người, hoặc được xếp vào hai nơi. Bạn ghi mã cá nhân, mỗi người một nơi."),
    "organisation.part_unknown": _l("Không biết xếp “%(what)s” vào đâu: đó không phải người hay đơn vị thuộc đơn vị này."),
}
WRONG = _l("Mã PIN chưa đúng. Bạn còn %(left)d lần thử.")
LOCKED = _l("Đã thử 5 lần. Đợi %(minutes)d phút rồi thử lại.")
LOCKED_CALL = _l("Đã thử 5 lần. Đợi %(minutes)d phút, hoặc gọi %(phone)s để được đặt lại mã PIN.")
ADDRESS_LOCKED = _l("Nơi này đã thử sai nhiều lần. Đợi %(minutes)d phút rồi thử lại.")
AMBIGUOUS = _l("Số này có hơn một người dùng cùng mã PIN. Bạn quay lại, gõ mã cá nhân của mình.")
MISMATCH = _l("Hai lần gõ chưa giống nhau. Bạn gõ lại cả hai.")
GUARDIANS: dict[str, LazyString] = {
    "me": _l("Mẹ"), "cha": _l("Cha"), "ong-ba": _l("Ông, bà"), "giam-ho": _l("Người giám hộ khác"),
}
TEXT_SIZE_NAMES: dict[str, LazyString] = {"vua": _l("Vừa"), "lon": _l("Lớn"), "rat-lon": _l("Rất lớn")}
