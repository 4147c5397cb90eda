"""What the administrator types about the body."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import Regexp

from lms.web.forms import AtMost, BaseForm, Required, TextField


class SettingsForm(BaseForm):
    """The settings that stand on pages and papers; the names are those of core.settings."""

    body_name = TextField(_l("Tên đơn vị, in trên giấy"), [Required(_l("Gõ tên đơn vị.")), AtMost(160)])
    body_short = TextField(_l("Tên ngắn, cạnh biểu tượng"), [Required(_l("Gõ tên ngắn.")), AtMost(60)])
    body_parent = TextField(_l("Cơ quan cấp trên (dòng trên tên đơn vị)"), [AtMost(160)])
    serial_prefix = TextField(_l("Chữ đầu của số hiệu"), [
        Regexp(r"[A-Z]{2,4}$", message=_l("Dùng 2 đến 4 chữ in hoa không dấu, ví dụ BT."))])
    help_phone = TextField(_l("Số trợ giúp"), [
        Regexp(r"[0-9 ]{0,15}$", message=_l("Chỉ gõ chữ số và dấu cách."))])
    help_place = TextField(_l("Nơi trợ giúp"), [AtMost(200)])
    certificate_title = TextField(_l("Tên giấy"), [Required(_l("Gõ tên giấy, ví dụ Giấy xác nhận.")), AtMost(60)])
    certificate_place = TextField(_l("Địa danh trước ngày tháng"), [AtMost(60)])
    signatory_title = TextField(_l("Chức vụ người ký"), [AtMost(120)])
    signatory_name = TextField(_l("Họ tên người ký"), [AtMost(120)])
    decision_number = TextField(_l("Số quyết định, ví dụ 15/QĐ-UBND ngày 10/9/2026"), [AtMost(160)])

    def values(self) -> dict[str, Any]:
        """What was typed, by name of the setting."""
        typed = {name: value for name, value in self.data.items() if name != "csrf_token"}
        return {**typed, "help_phone": typed["help_phone"].replace(" ", "")}
