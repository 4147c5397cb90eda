"""What officers type about an organisation: its beginning, and each change of its name, place or existence."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import UUID as UUIDValidator

from lms.people.forms.frame import RuledForm, choices
from lms.people.models import ORGANISATION_KINDS
from lms.web.forms import AtMost, DayField, Required, TextField
from lms.web.phrases.roles import KIND_NAMES

LONGEST_NAME, LONGEST_DECISION, MOST_TEXT = 200, 200, 100_000
MOST_PARTS = 4
KINDS = choices(ORGANISATION_KINDS, KIND_NAMES)
NEW = "moi"


class Chosen(SelectField):
    """One of what is offered, or nothing; whatever was not offered is nothing. The service asks again who may."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, validate_choice=False, choices=[], **options)


class Ticked(SelectMultipleField):
    """Several, each asked again before it is used."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, validate_choice=False, choices=[], **options)


class ChangeForm(RuledForm):
    """When it holds from, and the number of the decision."""

    on = DayField(_l("Có hiệu lực từ ngày"), [Required(_l("Bạn chọn ngày có hiệu lực."))], name="tu-ngay", id="tu-ngay")
    decision = TextField(_l("Số quyết định (nếu có)"), [AtMost(LONGEST_DECISION)], name="quyet-dinh", id="quyet-dinh")

    FIELD_OF = {"organisation.day": "on", "": "on"}


class NamedForm(ChangeForm):
    name = TextField(_l("Tên đơn vị"), [Required(_l("Bạn gõ tên đơn vị.")), AtMost(LONGEST_NAME)], name="ten", id="ten-don-vi")
    kind = SelectField(_l("Loại"), choices=KINDS, name="loai", id="loai")

    FIELD_OF = {"organisation.name": "name", "organisation.kind": "kind", **ChangeForm.FIELD_OF}


class NewOrganisationForm(NamedForm):
    """`uuid` comes with the page, so that its button pressed twice adds one organisation."""

    uuid = HiddenField(validators=[UUIDValidator()])


class MoveForm(ChangeForm):
    parent = Chosen(_l("Chuyển vào dưới đơn vị nào"), name="vao", id="vao")

    FIELD_OF = {**ChangeForm.FIELD_OF, "": "parent"}


class MergeForm(ChangeForm):
    into = Chosen(_l("Nhập vào đơn vị nào"), name="vao", id="vao")
    name = TextField(_l("Tên đơn vị mới"), [AtMost(LONGEST_NAME)], name="ten", id="ten-don-vi")
    kind = SelectField(_l("Loại của đơn vị mới"), choices=KINDS, name="loai", id="loai")
    others = Ticked(_l("Những đơn vị cùng sáp nhập"), name="cung", id="cung")

    FIELD_OF = {**ChangeForm.FIELD_OF, "organisation.name": "name", "organisation.kind": "kind", "": "into"}


class SplitForm(ChangeForm):
    """Up to four parts. The first takes whatever is not named; a list says who goes to each of the others."""

    lives_on = BooleanField(_l("Đơn vị cũ vẫn còn, chỉ tách bớt ra"), name="con", id="con")
    name_1 = TextField(_l("Đơn vị mới thứ nhất"), [AtMost(LONGEST_NAME)], name="ten-1", id="ten-1")
    name_2 = TextField(_l("Đơn vị mới thứ hai"), [AtMost(LONGEST_NAME)], name="ten-2", id="ten-2")
    name_3 = TextField(_l("Đơn vị mới thứ ba (nếu có)"), [AtMost(LONGEST_NAME)], name="ten-3", id="ten-3")
    name_4 = TextField(_l("Đơn vị mới thứ tư (nếu có)"), [AtMost(LONGEST_NAME)], name="ten-4", id="ten-4")
    people_2 = TextAreaField(_l("Những người sang đơn vị thứ hai"), [AtMost(MOST_TEXT)], name="nguoi-2", id="nguoi-2")
    people_3 = TextAreaField(_l("Những người sang đơn vị thứ ba"), [AtMost(MOST_TEXT)], name="nguoi-3", id="nguoi-3")
    people_4 = TextAreaField(_l("Những người sang đơn vị thứ tư"), [AtMost(MOST_TEXT)], name="nguoi-4", id="nguoi-4")

    FIELD_OF = {**ChangeForm.FIELD_OF, "organisation.parts": "name_2", "organisation.part_": "people_2",
                "organisation.name": "name_2", "": "name_2"}

    def names(self) -> list[tuple[int, str]]:
        """(number, name) of each part that has one."""
        return [(number, self[f"name_{number}"].data) for number in range(1, MOST_PARTS + 1) if self[f"name_{number}"].data]

    def people(self, number: int) -> list[str]:
        """The lines of the list of this part; the first has none."""
        return [] if number == 1 else (self[f"people_{number}"].data or "").splitlines()


class EndForm(ChangeForm):
    FIELD_OF = {**ChangeForm.FIELD_OF}
