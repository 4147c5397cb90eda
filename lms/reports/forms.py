"""What a focal point types to those who stand still."""

from flask_babel import lazy_gettext as _l

from lms.campaign.services.reminders import LONGEST_TEXT
from lms.web.forms import AtMost, BaseForm, Required, TextField


class ReminderForm(BaseForm):
    """The words of a reminder."""

    text = TextField(_l("Lời nhắc"), [Required(_l("Bạn gõ lời nhắc.")), AtMost(LONGEST_TEXT)], name="loi-nhac", id="loi-nhac")
