"""What assessment adds to the learner's home and skill map; app.py hands it over (HomeParts).

Both parts of a page come from one statement, kept for the request.
"""

from collections.abc import Iterator
from datetime import datetime

from flask import request, url_for
from flask_babel import gettext as _

from lms.assessment.queries.home import Known, known_about
from lms.assessment.rules import seconds_left
from lms.core import clock
from lms.courses.queries.home import HomeCard, HomeLink
from lms.people.models import Actor
from lms.web.phrases.confirmations import CONCLUSION_NAMES


def skill_states(person_id: int) -> dict[str, str]:
    """What attempts and confirmations show, by skill: learning, passed, confirmed."""
    return _known(person_id, clock.now()).skill_states


def attempt_cards(actor: Actor, now: datetime) -> Iterator[HomeCard]:
    """The way back into an attempt that was left open, while its time lasts."""
    running = _known(actor.id, now).running
    if running:
        minutes = seconds_left(running.ended, now=now) // 60 + 1
        yield HomeCard(
            _("Bạn đang làm dở một bài"), running.words, _("Còn %(count)s phút. Những câu đã trả lời còn nguyên.", count=minutes),
            "next", None, (HomeLink(_("Làm tiếp"), url_for("assessment.assessment", key=running.what)),))


def confirmation_cards(actor: Actor, now: datetime) -> Iterator[HomeCard]:
    """One card on the way to the confirmation: what an assessor asked for, or the stage reached."""
    known = _known(actor.id, now)
    heading, place, state = _("Con đường tới giấy xác nhận"), "side", None
    if known.stage == "sent_back" and known.sent_back:
        heading, place = _("Người đánh giá nhắn bạn"), "next"
        title, text = str(CONCLUSION_NAMES[known.sent_back.what]), known.sent_back.words
    elif known.stage == "wait":
        title, text = _("Chờ người đánh giá xác nhận"), _("Bạn đã đạt bài kiểm tra và làm đủ các việc.")
    elif known.stage == "show":
        title, text = _("Gặp người đánh giá"), _("Bạn đã đạt bài kiểm tra. Còn phần làm trước mặt người đánh giá.")
    elif known.stage == "confirmed":
        title, text, state = known.live[0].words, _("Bạn đã được xác nhận."), "confirmed"
    elif known.stage == "begin":
        title, text = _("Ba chặng"), _("Học, kiểm tra, rồi làm trước mặt người đánh giá.")
    else:
        return
    yield HomeCard(heading, title, text, place, state, (HomeLink(_("Xem đường đi"), url_for("assessment.my_confirmations")),))


def _known(person_id: int, now: datetime) -> Known:
    kept: dict[int, Known] = request.environ.setdefault("lms.known_to_assessment", {})
    if person_id not in kept:
        kept[person_id] = known_about(person_id, now=now)
    return kept[person_id]
