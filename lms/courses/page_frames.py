"""The lesson page drawn once for everybody and kept, with holes for what belongs to the reader of the moment.

A frame depends on the stored article (its digest), the neighbours of the lesson, the kind of phone, and how this browser
shows pages. Each worker keeps the frames it has drawn; settings or a new version of the content make new ones.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import get_template_attribute, render_template, session
from flask_babel import force_locale
from flask_login import AnonymousUserMixin
from markupsafe import Markup

from lms.courses.queries.lessons import lesson_text
from lms.courses.rules import Position, Step, steps_for
from lms.people.models import AUDIENCES, Actor
from lms.web import icons, shell
from lms.web.holes import Holed, drawing_for, hole, kept, with_filled
from lms.web.packed import Part

MOST_FRAMES = 256
PARTS = "courses/parts/lesson-marks.html"
# Symbols that may be shown in a hole; the sprite of the page must hold them.
ICONS_IN_HOLES = ("circle-check", "circle-alert", "lightbulb", "arrow-right", "check", "play", "pause")


@dataclass(frozen=True)
class Frame:
    """A drawn page with its holes; `defaults` is what stands in them for somebody who has done nothing."""

    page: Holed
    steps: list[Step]
    checks: list[dict[str, Any]]
    defaults: dict[str, Holed]
    _resumes: dict[int, str] = field(default_factory=dict)

    def resume(self, slug: str, where: Position) -> str:
        """The way back to the step at which a reader stands, drawn for the first who stands there."""
        if where.number not in self._resumes:
            self._resumes[where.number] = str(macro("resume")(slug, where, len(where.steps)))
        return self._resumes[where.number]

    def filled(self, marks: dict[str, str], token: str) -> list[Part]:
        """The page for one reader: `marks` by hole, `token` for the forms."""
        return list(self.page.filled({**self.defaults, "token": token, **marks}))


def stored_html(value: Any) -> Any:
    """A stored document with its texts marked as the safe HTML they are (rendering.fragments cleaned them)."""
    if isinstance(value, dict):
        return {key: stored_html(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [stored_html(item) for item in value]
    return Markup(value) if isinstance(value, str) else value  # noqa: S704


def macro(name: str) -> Any:
    """A macro of the reader's marks (self-check, practice, resume, flashes)."""
    return get_template_attribute(PARTS, name)


def frame_of(row: Any, *, area: str, device: str) -> Frame:
    """The frame for a row of queries.lessons.lesson_page; drawn now if this worker has not got it.

    `area` is learner (signed in), public (a guest) or offline (what the service worker keeps: without forms).
    """
    frames = kept("lesson_frames", size=MOST_FRAMES)
    look = ("vua", "", "vi") if area == "offline" else (shell.text_size(), shell.theme(), shell.locale())
    shared_machine = area == "learner" and not session.permanent  # the layout watches such a browser
    name = (shared_machine, row.hash, row.digest, row.previous_slug, row.next_slug, row.course_key, row.course_title,
            row.retired_at is None, device, area, *look)
    frame: Frame | None = frames.get(name)
    if frame is None:
        with drawing_for(stand_in(area, locale=look[2])), force_locale(look[2]):
            frame = _draw(row, area=area, device=device, look=look)
        frames.put(name, frame)
    return frame


def stand_in(area: str, *, locale: str) -> Any:
    """The reader in whose place a frame is drawn."""
    if area != "learner":
        return AnonymousUserMixin()
    return Actor(id=0, uuid=UUID(int=0), full_name="", form_of_address="ban", audience=AUDIENCES[0], locale=locale,
                 text_size="vua", token="")


def _draw(row: Any, *, area: str, device: str, look: tuple[str, str, str]) -> Frame:
    lesson = lesson_text(row.version_id, row.device)
    checks = [stored_html(check) for check in lesson.document["checks"]]
    article = _article(lesson.html, row=row, area=area, device=device, steps=lesson.steps)
    icons.used().update(ICONS_IN_HOLES)
    size, theme, _locale = look
    page = render_template(
        "courses/offline-lesson.html" if area == "offline" else "courses/lesson.html",
        row=row, lesson=lesson, document=stored_html(lesson.document), article=article, area=area, device=device, hole=hole,
        steps=steps_for(lesson.steps, device),
        text_size=lambda: size, theme=lambda: theme)
    self_check = macro("self_check")
    defaults = {
        f"check-{number}": Holed(self_check(row.slug, number, check, token=hole("token"), offline=area == "offline"))
        for number, check in enumerate(checks, start=1)}
    if lesson.document["has_practice"] and area != "offline":
        defaults["practice"] = Holed(macro("practice")(done=False))
    return Frame(Holed(page), lesson.steps, checks, defaults)


def _article(html: str, *, row: Any, area: str, device: str, steps: list[Step]) -> Markup:
    """The stored article with the holes filled that do not depend on the reader, and its icons noted for the sprite."""
    static = {}
    if area != "offline":
        keep = macro("keep_place")
        static = {f"keep-{step['id']}": keep(step["id"]) for step in steps}
        if row.device != "both":
            static["tabs"] = macro("device_tabs")(row.slug, device)
    article = with_filled(html, static)
    icons.used().update(icons.names_in(article))
    return Markup(article)  # noqa: S704 - composed of cleaned parts at load time
