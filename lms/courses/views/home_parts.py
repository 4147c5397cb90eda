"""What people's own data and enrolments add to the learner's home; app.py hands it over (HomeParts)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lms.core import clock
from lms.courses.queries.enrolments import assigned_at_home, offers_at_home
from lms.courses.queries.home import HomeCard, HomeLink, HomeRows
from lms.web.phrases import day_of


def offer_cards(rows: Sequence[Any], now: datetime) -> Iterator[HomeCard]:
    """One card for each list that named the person and waits for their word."""
    for number, offer in enumerate(rows, start=1):
        yield HomeCard(
            _("Cần bạn trả lời"), _("%(name)s đưa bạn vào danh sách", name=offer.title),
            _("Bạn có ở đơn vị này không?"), "next", None,
            (HomeLink(_("Trả lời"), url_for("people.mine", _anchor=f"don-vi-{number}")),))


def assigned_cards(rows: Sequence[Any], now: datetime) -> Iterator[HomeCard]:
    """A card for each course that the person was given and has not finished, the nearest last day first."""
    for one in rows:
        if one.done < one.total:
            yield HomeCard(_("Việc được giao"), one.title, _text(one, now), "next", None, (
                HomeLink(_("Mở khóa học"), url_for("courses.course", key=one.key), "book-open"),))


def _text(one: Any, now: datetime) -> str:
    done = _("Đã học %(done)s trên %(total)s bài.", done=one.done, total=one.total)
    if one.due_on is None:
        return str(done)
    if one.due_on < clock.local_date(now):
        return str(_("Hạn học xong là ngày %(day)s, đã qua. Bạn vẫn học được.", day=day_of(one.due_on))) + " " + str(done)
    return str(_("Học xong trước hết ngày %(day)s.", day=day_of(one.due_on))) + " " + str(done)


OFFERS = HomeRows(offers_at_home(), offer_cards)
ASSIGNED = HomeRows(assigned_at_home(), assigned_cards)
