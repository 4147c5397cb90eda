"""What an assessor types when concluding, and an officer when taking something back or naming a source of results."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, ValidationError
from wtforms.validators import AnyOf

from lms.assessment.models.external_evidence import LONGEST_ADDRESS, LONGEST_REASON, LONGEST_SOURCE_NAME
from lms.core.errors import DomainError
from lms.web.forms import AtMost, BaseForm, Required, TextField
from lms.web.phrases import sentence
from lms.web.phrases.confirmations import CONCLUSION_NAMES, ERRORS
from lms.web.phrases.external_evidence import ERRORS as SOURCE_ERRORS

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


class SourceForm(BaseForm):
    """A platform or school whose lists are taken; `key` and the organisation are asked once, when it is made."""

    organisation = SelectField(_l("Dùng cho đơn vị"), validate_choice=False)
    key = TextField(_l("Mã nguồn"), [AtMost(80)])
    name = TextField(_l("Tên nền tảng hoặc trường"), [Required(SOURCE_ERRORS["source.name_missing"]), AtMost(LONGEST_SOURCE_NAME)])
    vouched_by = TextField(_l("Cơ quan bảo đảm"), [Required(SOURCE_ERRORS["source.voucher_missing"]), AtMost(LONGEST_SOURCE_NAME)])
    address = TextField(_l("Địa chỉ trang"), [AtMost(LONGEST_ADDRESS)])

    def show(self, error: DomainError) -> None:
        """Put the sentence beside the field it is about."""
        field = {"source.key_wrong": "key", "source.key_taken": "key", "source.voucher_missing": "vouched_by",
                 "source.address_wrong": "address"}.get(error.code, "name")
        self.add_error(field, sentence(error))


class EvidenceWithdrawalForm(BaseForm):
    """Why a result from elsewhere is taken back."""

    ly_do = TextField(_l("Lý do"), [Required(SOURCE_ERRORS["evidence.reason_missing"]), AtMost(LONGEST_REASON)])
