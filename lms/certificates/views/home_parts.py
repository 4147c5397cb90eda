"""What certificates add to the learner's home; app.py hands it over (HomeParts)."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from lms.certificates.queries import papers_held_by
from lms.certificates.rules import current_state
from lms.courses.queries.home import HomeCard, HomeLink
from lms.people.models import Actor
from lms.web.phrases.certificates import STATE_NAMES
from lms.web.shell import day


def certificate_cards(actor: Actor, now: datetime) -> Iterator[HomeCard]:
    """One card for each paper that is good or suspended, newest first. One statement."""
    for credential, level in papers_held_by(actor):
        state = current_state(credential.state, credential.valid_until, now=now)
        if state == "good":
            text = _("Cấp ngày %(day)s.", day=day(credential.issued_at))
        elif state == "suspended":
            text = str(STATE_NAMES[state])
        else:
            continue
        address = url_for("certificates.certificate", serial=credential.serial)
        yield HomeCard(_("Giấy xác nhận của bạn"), level, text,
                       state="confirmed" if state == "good" else None, links=(HomeLink(_("Xem giấy"), address, "award"),))
