"""The question page: a frame drawn once for each place on a paper, filled for each request.

The frame (header, list of questions, buttons) is the same for everybody who looks at question 7 of 12 in the same
language and text size; the question itself, what the learner has done and the token of every form go into its holes.
"""

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, get_template_attribute, render_template, session
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from lms.assessment import item_types
from lms.assessment.queries.attempts import AttemptView
from lms.assessment.queries.papers import Paper
from lms.core import clock
from lms.core.recent import Recent
from lms.web import icons, shell
from lms.web.holes import Holed, drawing_for, hole
from lms.web.packed import page_of

MACROS = "assessment/exam.html"
BOTH = (False, True)
MOST_FRAMES = 256


@dataclass(frozen=True, slots=True)
class Words:
    """What pages of a running attempt say about it, in one language, escaped."""

    time_up: Markup
    last_minute: Markup
    minutes: Markup
    saved: Markup
    saves_itself: Markup

    def clock(self, left: int) -> Markup:
        """What the clock shows with so many seconds left."""
        return self.minutes.format(-(-left // 60)) if left > 60 else self.last_minute if left else self.time_up

    def save(self, view: AttemptView) -> Markup:
        """Time and receipt of the last save."""
        if view.saved_at is None:
            return self.saves_itself
        return self.saved.format(f"{view.saved_at.astimezone(clock.WARD_ZONE):%H:%M}", view.receipt)


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawn page, the symbols that its sprite holds, and the four looks of each square in the list of questions."""

    page: Holed
    icons: frozenset[str]
    squares: tuple[dict[tuple[bool, bool], str], ...]  # by (answered, flagged), question after question

    def list_of_questions(self, answered: frozenset[int], flagged: frozenset[int]) -> str:
        """The squares as they stand for one learner."""
        return "".join(looks[n in answered, n in flagged] for n, looks in enumerate(self.squares, start=1))


_words: dict[str, Words] = {}


def words() -> Words:
    """The words in the language of this request."""
    known = _words.get(shell.locale())
    if known is None:
        texts = (_("Hết giờ"), _("Còn dưới 1 phút"), _("Còn {} phút"), _("Đã lưu lúc {}, lần lưu số {}"),
                 _("Máy tự lưu mỗi câu trả lời"))
        known = _words[shell.locale()] = Words(*(escape(text) for text in texts))
    return known


def question_page(
    paper: Paper, view: AttemptView, position: int, *, base: str, left: int, refusal: str = "", status: int = 200,
) -> Response:
    """The page of this question for the learner whose attempt `view` is; `base` is the address of the attempt."""
    count = len(paper.items)
    frame = _frame(position, count)
    item = paper.items[position - 1]
    kind = item_types.of(item.type)
    shown = kind.present(item.document, seed=item.seed)
    question = get_template_attribute(kind.template, "question")(shown, view.document)
    notice = get_template_attribute(MACROS, "notice")(refusal, left) if refusal or not left else ""
    says = words()
    answered = view.answered
    return page_of(list(frame.page.filled({
        "squares": frame.list_of_questions(answered, view.flagged_positions), "base": base, "token": generate_csrf(),
        "attempt": str(view.uuid), "person": str(current_user.uuid), "left": str(left), "clock": says.clock(left),
        "percent": str(100 * len(answered) // count), "done": str(len(answered)), "saved": says.save(view),
        "sequence": str((view.sequence or 0) + 1), "flag": " checked" if view.flagged else "", "notice": str(notice),
        "question": str(question), "icons": "".join(icons.SYMBOLS[name] for name in icons.used() - frame.icons)})), status)


def _frame(position: int, count: int) -> Frame:
    size, theme, locale = shell.text_size(), shell.theme(), shell.locale()
    name = (position, count, size, theme, locale, session.permanent)  # the layout watches a browser that is not kept
    frames: Recent[tuple[Any, ...], Frame] = current_app.extensions.setdefault("question_frames", Recent(MOST_FRAMES))
    frame = frames.get(name)
    if frame is None:
        with drawing_for(current_user._get_current_object()):
            page = render_template("assessment/question.html", position=position, count=count, hole=hole,
                                   text_size=lambda: size, theme=lambda: theme)
        square = get_template_attribute(MACROS, "square")
        looks = tuple({(done, flag): str(square(n, n, done, flag, n == position)) for done in BOTH for flag in BOTH}
                      for n in range(1, count + 1))
        frame = Frame(Holed(page), frozenset(icons.used()), looks)
        frames.put(name, frame)
    return frame
