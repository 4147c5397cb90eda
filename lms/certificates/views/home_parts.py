"""What certificates add to the learner's home; app.py hands it over (HomeParts)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lms.certificates.queries import papers_at_home
from lms.certificates.rules import current_state
from lms.courses.queries.home import HomeCard, HomeLink, HomeRows
from lms.web.phrases.certificates import STATE_NAMES
from lms.web.shell import day


def certificate_cards(rows: Sequence[Any], now: datetime) -> Iterator[HomeCard]:
    """One card for each paper that is good or suspended, newest first."""
    for paper in rows:
        state = current_state(paper.text, paper.until, now=now)
        if state == "good":
            text = _("Cấp ngày %(day)s.", day=day(paper.at))
        elif state == "suspended":
            text = str(STATE_NAMES[state])
        else:
            continue
        address = url_for("certificates.certificate", serial=paper.key)
        yield HomeCard(_("Giấy xác nhận của bạn"), paper.title, text,
                       state="confirmed" if state == "good" else None, links=(HomeLink(_("Xem giấy"), address, "award"),))


PAPERS = HomeRows(papers_at_home(), certificate_cards)
