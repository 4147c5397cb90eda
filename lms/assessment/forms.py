"""What an assessor types when concluding, and an officer when taking a confirmation back."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, ValidationError
from wtforms.validators import AnyOf

from lms.web.forms import AtMost, BaseForm, Required, TextField
from lms.web.phrases.confirmations import CONCLUSION_NAMES, ERRORS

LONGEST_NOTE = 500
_UNCHOSEN = ERRORS["confirmation.unknown_conclusion"]


class ConclusionForm(BaseForm):
    """The conclusion of a record, and the words for the learner; asking for more needs them."""

    ket_luan = TextField(_l("Kết luận của bạn"), [
        Required(_UNCHOSEN), AnyOf(("confirm", *CONCLUSION_NAMES), message=_UNCHOSEN)])
    loi_nhan = TextField(_l("Lời nhắn"), [AtMost(LONGEST_NOTE)])

    def validate_loi_nhan(self, field: Any) -> None:
        """Asking for more without a word would leave the learner guessing."""
        if self.ket_luan.data in CONCLUSION_NAMES and not field.data:
            raise ValidationError(ERRORS["confirmation.reason_missing"])


class WithdrawalForm(BaseForm):
    """Why a confirmation is taken back, and that it is meant."""

    ly_do = TextField(_l("Lý do"), [Required(_l("Ghi lý do rút.")), AtMost(LONGEST_NOTE)])
    chac_chan = BooleanField(_l("Tôi hiểu và muốn rút xác nhận này"), [Required(_l("Đánh dấu vào ô này rồi bấm Rút xác nhận."))])
