"""What people type about themselves: shape and messages. Rules speak through DomainError, shown beside the field."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, RadioField, ValidationError
from wtforms.validators import InputRequired

from lms.core.errors import DomainError
from lms.people.forms.frame import RuledForm, YearField, choices
from lms.people.models import AUDIENCES, FORMS_OF_ADDRESS
from lms.people.rules.identities import is_mobile, normal_phone
from lms.people.rules.secrets import Owner, checked_secret
from lms.web import phrases
from lms.web.forms import BaseForm, Required, TextField
from lms.web.phrases.people import GUARDIANS, MISMATCH, TEXT_SIZE_NAMES
from lms.web.phrases.roles import ADDRESS_NAMES, AUDIENCE_NAMES

NOBODY = Owner("")


class PhoneFields(RuledForm):
    """A phone number or none. Stands before the secret: the error summary follows the order of classes here."""

    phone = TextField(_l("Số điện thoại"), id="so-dien-thoai")  # "phone" is an icon's id
    no_phone = BooleanField()

    def validate_phone(self, field: Any) -> None:
        if not field.data and not self.no_phone.data:
            raise ValidationError(_l("Bạn gõ số điện thoại, hoặc đánh dấu là không có."))
        if field.data and not self.no_phone.data:
            try:
                if not is_mobile(normal_phone(field.data)):
                    raise DomainError("phone.landline")
            except DomainError as error:
                raise ValidationError(phrases.sentence(error)) from error


class OldSecretField(RuledForm):
    old = PasswordField(_l("Mã PIN đang dùng"), [Required(_l("Bạn gõ mã PIN đang dùng."))])


class NewSecretForm(RuledForm):
    """A PIN or passphrase typed twice, and whether this browser stays signed in."""

    secret = PasswordField(_l("Mã PIN"))
    again = PasswordField(_l("Gõ lại lần nữa"))
    kept = BooleanField()

    def validate_secret(self, field: Any) -> None:
        # What is wrong with it whoever it belongs to; the service knows the rest. So all faults are told at once.
        try:
            checked_secret(field.data or "", NOBODY)
        except DomainError as error:
            raise ValidationError(phrases.sentence(error)) from error

    def validate_again(self, field: Any) -> None:
        if (field.data or "") != (self.secret.data or ""):
            raise ValidationError(MISMATCH)


class SignInForm(RuledForm):
    name = TextField(_l("Số điện thoại hoặc mã cá nhân"))

    FIELD_OF = {"": "name"}


class SignInPinForm(BaseForm):
    secret = PasswordField(_l("Mã PIN của bạn"), [Required(_l("Bạn gõ mã PIN."))])
    kept = BooleanField()


class RegisterForm(BaseForm):
    audience = RadioField(
        _l("Bạn thuộc nhóm nào?"), [InputRequired(_l("Bạn chọn một nhóm."))],
        choices=choices(AUDIENCES, AUDIENCE_NAMES))


class RegisterNameForm(RuledForm):
    full_name = TextField(_l("Họ và tên"))
    birth_year = YearField(_l("Năm sinh"), [InputRequired(_l("Năm sinh có 4 chữ số, ví dụ 1959."))])

    FIELD_OF = {"person.name": "full_name", "person.birth": "birth_year"}


class GuardianFields(RuledForm):
    """What a father, mother or guardian fills in for a child."""

    guardian_name = TextField(_l("Họ và tên người giám hộ"))
    guardian_relation = RadioField(_l("Người này là"), choices=choices(GUARDIANS, GUARDIANS), validate_choice=False)
    guardian_agrees = BooleanField(_l("Người giám hộ đồng ý"))

    def check_guardian(self) -> bool:
        """Whether all three are there; puts a sentence beside each that is not."""
        if not self.guardian_name.data:
            self.add_error("guardian_name", str(_l("Bạn gõ họ và tên của cha, mẹ hoặc người giám hộ.")))
        if self.guardian_relation.data not in GUARDIANS:
            self.add_error("guardian_relation", str(_l("Bạn chọn người này là ai.")))
        if not self.guardian_agrees.data:
            self.add_error("guardian_agrees", str(_l("Người giám hộ đọc rồi đánh dấu đồng ý.")))
        return not self.errors


class RegisterGuardianForm(GuardianFields):
    FIELD_OF = {"person.name": "guardian_name"}


class RegisterSecretForm(PhoneFields, NewSecretForm):
    agreed = BooleanField(_l("Đồng ý"))

    FIELD_OF = {"phone.": "phone", "secret.": "secret", "registration.": "phone", "consent.": "agreed"}

    def validate_agreed(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(phrases.ERRORS["consent.missing"])


class ActivationCodeForm(RuledForm):
    code = TextField(_l("Mã trên phiếu"))

    FIELD_OF = {"activation.": "code"}


class ActivateForm(NewSecretForm, GuardianFields):
    form_of_address = RadioField(
        _l("Bạn muốn được gọi là gì?"), choices=choices(FORMS_OF_ADDRESS, ADDRESS_NAMES), default="ban")
    agreed = BooleanField(_l("Đồng ý"))

    FIELD_OF = {"secret.": "secret", "consent.guardian": "guardian_relation", "consent.": "agreed", "person.name": "guardian_name"}


class DisplayForm(BaseForm):
    """How somebody is addressed and how large the letters are."""

    form_of_address = RadioField(
        _l("Bạn muốn được gọi là gì?"), choices=choices(FORMS_OF_ADDRESS, ADDRESS_NAMES))
    text_size = RadioField(_l("Cỡ chữ"), choices=choices(TEXT_SIZE_NAMES, TEXT_SIZE_NAMES))


class ChangeSecretForm(OldSecretField, NewSecretForm):
    FIELD_OF = {"secret.locked": "old", "secret.": "secret"}
