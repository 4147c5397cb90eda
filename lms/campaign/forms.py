"""What the ward types about a list it asks for."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from lms.campaign.queries.list_requests import Askable
from lms.core.errors import DomainError
from lms.people.models import AUDIENCES
from lms.web import phrases
from lms.web.forms import AtMost, BaseForm, DayField, Required, TextField
from lms.web.phrases.roles import AUDIENCE_NAMES


class Chosen(SelectMultipleField):  # type: ignore[misc]
    """Ticked boxes; whatever was not offered is nothing."""

    def pre_validate(self, form: Any) -> None:
        offered = {choice.value for choice in self.choices or ()}
        self.data = [value for value in self.data or () if value in offered]


class RequestForm(BaseForm):
    """A list that units shall hand in. `kinds` takes every unit of a kind, `units` single ones."""

    organisation = SelectField(_l("Đơn vị yêu cầu"), name="don-vi-hoi", id="don-vi-hoi")
    title = TextField(_l("Tên danh sách"), [Required(_l("Bạn gõ tên danh sách cần nộp.")), AtMost(200)], name="ten", id="ten")
    meant = TextField(_l("Gồm những ai"), [Required(_l("Bạn ghi danh sách gồm những ai.")), AtMost(500)], name="gom", id="gom")
    audience = SelectField(_l("Chỉ lấy một nhóm"), name="nhom", id="nhom")
    due_on = DayField(_l("Hạn nộp, đến hết ngày"), [Required(_l("Bạn chọn ngày hết hạn."))], name="han", id="han")
    kinds = Chosen(_l("Mọi đơn vị thuộc loại"), name="loai", id="loai")
    units = Chosen(_l("Hoặc chọn từng đơn vị"), name="don-vi", id="don-vi")

    FIELD_OF = {"list.title": "title", "list.due": "due_on", "list.nobody": "units", "list.not_yours": "units"}

    def offer(self, asking: Iterable[tuple[Any, str]], units: list[Askable]) -> None:
        """Fill the choices: who may ask, and whom."""
        self.organisation.choices = [SelectChoice(str(uuid), name) for uuid, name in asking]
        self.audience.choices = [SelectChoice("", _l("Mọi người trong đơn vị")),
                                 *(SelectChoice(key, AUDIENCE_NAMES[key]) for key in AUDIENCES)]
        self.kinds.choices = [SelectChoice(kind, kind) for kind in dict.fromkeys(unit.kind for unit in units)]
        self.units.choices = [SelectChoice(str(unit.uuid), unit.name) for unit in units]

    def wanted(self, units: list[Askable]) -> list[int]:
        """Ids of the units that were ticked, by kind or by name."""
        return [unit.id for unit in units if unit.kind in self.kinds.data or str(unit.uuid) in self.units.data]

    def show(self, error: DomainError) -> None:
        """Put the rule's sentence beside its field. Raises the error again when it belongs to no field."""
        for code, field in self.FIELD_OF.items():
            if error.code.startswith(code):
                self.add_error(field, phrases.sentence(error))
                return
        raise error


class ReturnForm(BaseForm):
    """Why a list goes back, and until when the unit may hand in again."""

    reason = TextField(_l("Lý do trả lại"), [Required(_l("Bạn ghi lý do trả lại để đơn vị biết cần sửa gì.")), AtMost(500)],
                       name="ly-do", id="ly-do")
    until = DayField(_l("Nộp lại trước hết ngày"), [Optional()], name="den", id="den")


class ReopenForm(BaseForm):
    """Until when one unit may hand in after the day has passed."""

    until = DayField(_l("Mở lại đến hết ngày"), [Required(_l("Bạn chọn ngày hết hạn."))], name="den", id="den")
