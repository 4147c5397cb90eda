"""What a registrar types about a paper."""

from flask_babel import lazy_gettext as _l

from lms.web.forms import AtMost, BaseForm, Required, TextField


class DecisionForm(BaseForm):
    """Why, and by which written decision where there is one. Both stand on the public page."""

    reason = TextField(_l("Lý do"), [Required(_l("Gõ lý do.")), AtMost(300)])
    decision = TextField(_l("Số quyết định (nếu có)"), [AtMost(160)])
