"""What the campaign adds to the learner's home; app.py hands it over (HomeParts)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lms.campaign.queries.reminders import SHOWN_FOR, reminder_at_home, reminders_of
from lms.core.signals import personal_data_asked
from lms.courses.queries.home import HomeCard, HomeLink, HomeRows
from lms.web.phrases import day_of


def reminder_cards(rows: Sequence[Any], now: datetime) -> Iterator[HomeCard]:
    """The last word of the focal point, for two weeks or until the learner has gone on."""
    for one in rows:
        if one.at > now - SHOWN_FOR:
            yield HomeCard(_("Đơn vị nhắc bạn"), _("Lời nhắc ngày %(day)s", day=day_of(one.at)), one.text, "next", None,
                           (HomeLink(_("Vào học"), url_for("courses.catalogue")),))


REMINDERS = HomeRows(reminder_at_home(), reminder_cards)


@personal_data_asked.connect
def reminders_kept(_sender: Any, *, person_id: int) -> dict[str, Any]:
    """For the file of everything that is stored about a person."""
    return {"reminders": [{"at": one.sent_at.isoformat(), "text": one.text, "by_mail": one.by_mail}
                          for one in reminders_of(person_id)]}
