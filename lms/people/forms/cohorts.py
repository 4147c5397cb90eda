"""What focal points type about groups of people: a cohort, a code with which people join."""

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from lms.people.forms.frame import NumberField, RuledForm, choices
from lms.people.models import AUDIENCES
from lms.web.forms import DayField, ListField, TextField
from lms.web.phrases.roles import AUDIENCE_NAMES

PLACE_UNKNOWN = _l("Bạn chọn một đơn vị trong danh sách.")


class CohortForm(RuledForm):
    """A new cohort: of which unit, its name, for whom."""

    organisation = ListField(_l("Của đơn vị"), PLACE_UNKNOWN, name="don-vi", id="don-vi")
    cohort_name = TextField(_l("Tên nhóm hoặc lớp"), name="ten", id="ten-nhom")
    audience = ListField(_l("Gồm những ai"), _l("Bạn chọn một nhóm người học trong danh sách."), name="nhom", id="nhom-nguoi",
                         choices=[SelectChoice("", _l("Mọi người")), *choices(AUDIENCES, AUDIENCE_NAMES)])

    FIELD_OF = {"cohort.not_yours": "organisation", "organisation.": "organisation", "cohort.": "cohort_name"}


class CohortNameForm(RuledForm):
    cohort_name = TextField(_l("Tên mới"), name="ten", id="ten-nhom")

    FIELD_OF = {"cohort.": "cohort_name"}


class JoinCodeForm(RuledForm):
    """A code with which people ask to join: into which unit or cohort, until when, for how many."""

    place = ListField(_l("Mời vào đâu"), _l("Bạn chọn một đơn vị hoặc một nhóm trong danh sách."), name="noi", id="noi")
    until = DayField(_l("Nhận đến hết ngày"), [InputRequired(_l("Bạn chọn ngày cuối nhận người."))], name="den", id="den-ngay")
    most = NumberField(_l("Nhận tối đa bao nhiêu người"), [InputRequired(_l("Bạn gõ một số, ví dụ 50."))], name="so", id="so-nguoi")

    FIELD_OF = {"join.until": "until", "join.most": "most", "join.": "place", "cohort.": "place",
                "organisation.": "place"}


class JoinTypedForm(RuledForm):
    code = TextField(_l("Mã tham gia"), id="ma-tham-gia")

    FIELD_OF = {"join.": "code", "activation.": "code"}
