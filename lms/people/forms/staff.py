"""What staff type about people: a new one, a role, a reason, an organisation they ask for."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import UUID as UUIDValidator
from wtforms.validators import Optional

from lms.people.forms.frame import RuledForm, YearField, choices
from lms.people.models import AUDIENCES, ORGANISATION_KINDS
from lms.web.forms import AtMost, DayField, Required, TextField
from lms.web.phrases.roles import AUDIENCE_NAMES, KIND_NAMES


class NewPersonForm(RuledForm):
    """One person whom staff add. `uuid` comes with the page, so that its button pressed twice adds one person."""

    uuid = HiddenField(validators=[UUIDValidator()])

    full_name = TextField(_l("Họ và tên"))
    birth_year = YearField(_l("Năm sinh"), [Optional()])
    phone = TextField(_l("Số điện thoại (nếu có)"), id="so-dien-thoai")
    audience = SelectField(_l("Nhóm"), choices=choices(AUDIENCES, AUDIENCE_NAMES))
    organisation = SelectField(_l("Đơn vị"))

    FIELD_OF = {"person.name": "full_name", "person.birth": "birth_year", "phone.": "phone", "organisation.": "organisation"}


class ReasonForm(RuledForm):
    """Why: kept with the decision and in the log."""

    reason = TextField(_l("Lý do"), [Required(_l("Bạn ghi lý do, một câu ngắn là đủ.")), AtMost(300)])

    FIELD_OF = {"": "reason"}


class RoleForm(ReasonForm):
    """A role for one person; the choices come from the view."""

    role = SelectField(_l("Vai trò"))
    organisation = SelectField(_l("Ở đơn vị"))
    is_deputy = BooleanField(_l("Làm phó, giúp người đang giữ vai trò này"))
    first = DayField(_l("Từ ngày (nếu có)"), [Optional()])
    last = DayField(_l("Đến hết ngày (nếu có)"), [Optional()])

    FIELD_OF = {"role.days": "last", "role.not_yours": "role", "proposal.role": "role", "proposal.not_yours": "organisation",
                "role.person": "role"}


class NewUnitForm(ReasonForm):
    """An organisation that the ward is asked to make."""

    organisation = SelectField(_l("Nằm trong"))
    name = TextField(_l("Tên đơn vị mới"), [AtMost(200)])
    kind = SelectField(_l("Loại"), choices=choices(ORGANISATION_KINDS, KIND_NAMES), default="club")

    FIELD_OF = {"organisation.name": "name", "organisation.kind": "kind", "proposal.not_yours": "organisation",
                "proposal.reason": "reason"}
