"""What focal points and officers type: until when a course is due, a note, a reason, whom a course is for."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from lms.core.errors import DomainError
from lms.courses.rules.eligibility import ASKABLE_ROLES
from lms.people.models import AUDIENCES
from lms.web import phrases
from lms.web.forms import AtMost, BaseForm, DayField, ListField, TextField
from lms.web.phrases.roles import AUDIENCE_NAMES, ROLE_NAMES

LONGEST = 300
NOT_ASKED = _l("Không đòi hỏi")
PLACE_UNKNOWN = _l("Bạn chọn một đơn vị trong danh sách.")


class RuledForm(BaseForm):
    """A form whose rules' refusals find their field by the beginning of their code."""

    FIELD_OF: dict[str, str] = {}

    def show(self, error: DomainError) -> None:
        """Put the rule's sentence beside its field. Raises the error again when it belongs to no field."""
        for code, field in self.FIELD_OF.items():
            if error.code.startswith(code):
                self.add_error(field, phrases.sentence(error))
                return
        raise error


class DueForm(RuledForm):
    """Until when the course is to be finished; empty for no last day."""

    due_on = DayField(_l("Học xong trước hết ngày"), [Optional()], name="han", id="han")

    FIELD_OF = {"enrolment.": "due_on", "course.": "due_on"}


class NominateForm(DueForm):
    note = TextField(_l("Lời nhắn cho cán bộ duyệt"), [AtMost(LONGEST)], name="loi_nhan", id="loi-nhan")

    FIELD_OF = {"reason.": "note", "enrolment.": "due_on", "course.": "due_on", "nomination.": "due_on"}


class DecideForm(RuledForm):
    """Accepting takes an exception's reason only for those who do not meet the rule; returning always takes a reason."""

    exception = TextField(_l("Lý do nhận ngoại lệ"), [AtMost(LONGEST)], name="ngoai_le", id="ngoai-le")
    reason = TextField(_l("Lý do trả lại"), [AtMost(LONGEST)], name="ly_do", id="ly-do")

    FIELD_OF = {"nomination.ineligible": "exception", "nomination.reason": "reason", "reason.": "reason"}


class AgeField(TextField):
    """An age in years, or nothing."""

    @property
    def years(self) -> int | None:
        """The number typed; None for nothing."""
        return int(self.data) if self.data else None

    def pre_validate(self, form: Any) -> None:
        if self.data and not (self.data.isascii() and self.data.isdecimal() and len(self.data) <= 4):
            raise ValidationError(_l("Tuổi là số, ví dụ 18."))


class Chosen(SelectMultipleField):
    """Ticked boxes of a fixed list; whatever was not offered is a fault."""

    def pre_validate(self, form: Any) -> None:
        if set(self.data or ()) - {choice.value for choice in self.choices or ()}:
            raise ValidationError(phrases.ERRORS["eligibility.audience_unknown"])


class RuleForm(RuledForm):
    """Whom a course, or a cohort, is for. Everything empty: for everybody."""

    place = ListField(_l("Quy định này dùng cho"), PLACE_UNKNOWN, name="noi", id="noi")
    audiences = Chosen(_l("Nhóm người học"), name="nhom", id="nhom",
                       choices=[SelectChoice(key, AUDIENCE_NAMES[key]) for key in AUDIENCES])
    age_from = AgeField(_l("Từ bao nhiêu tuổi"), name="tu", id="tu-tuoi")
    age_to = AgeField(_l("Đến bao nhiêu tuổi"), name="den", id="den-tuoi")
    within = ListField(_l("Phải thuộc đơn vị"), PLACE_UNKNOWN, name="thuoc", id="thuoc")
    role = ListField(_l("Phải giữ vai trò"), phrases.ERRORS["eligibility.role_unknown"], name="vai_tro", id="vai-tro",
                     choices=[SelectChoice("", NOT_ASKED), *(SelectChoice(key, ROLE_NAMES[key]) for key in ASKABLE_ROLES)])

    FIELD_OF = {"eligibility.audience": "audiences", "eligibility.age": "age_from", "eligibility.role": "role",
                "eligibility.": "place"}

    def offer(self, places: list[tuple[Any, str]]) -> None:
        """Fill the choices with the organisations that the actor may name."""
        self.place.choices = [SelectChoice(str(uuid), name) for uuid, name in places]
        self.within.choices = [SelectChoice("", NOT_ASKED), *self.place.choices]
