"""The parts of a lesson as safe HTML: texts, drawings, and the self-checks with every text in them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import Markup

from lms.courses.documents import Check, ReplicaDocument
from lms.web.markdown import UnsafeDrawing, render, render_inline, safe_svg

MAX_DRAWING = 6 * 1024
MAX_DRAWINGS = 24 * 1024
_ROOT = re.compile(r"<svg\b[^>]*>")
_LABEL = re.compile(r'\s(?:aria-label|role)="[^"]*"')
_VIEWBOX = re.compile(r'viewBox="0 0 320 (\d{2,3})(?:\.\d+)?"')


def text_html(markdown: str) -> Markup:
    """Safe HTML of a text of several paragraphs."""
    return Markup(render(markdown))  # noqa: S704 - cleaned by render


def line_html(markdown: str) -> Markup:
    """Safe HTML of a short text without blocks."""
    return Markup(render_inline(markdown))  # noqa: S704 - cleaned by render_inline


class Drawings:
    """The drawings of one lesson: read once, safe, each with a label of its own on the page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._labels: dict[str, int] = {}

    def file(self, source: str) -> Path:
        """The file of a picture named as `media/x.svg`."""
        return self.folder / source

    def fault(self, source: str) -> str:
        """What is wrong with a drawing, in a sentence; empty when nothing is."""
        path = self.file(source)
        if not re.fullmatch(r"media/[a-z0-9][a-z0-9-]*\.svg", source):
            return f"{source}: drawings are media/<lower-case-name>.svg"
        if not path.is_file():
            return f"{source} is not there"
        text = path.read_text(encoding="utf-8")
        if len(text.encode()) > MAX_DRAWING:
            return f"{source} has {len(text.encode())} bytes; at most {MAX_DRAWING}"
        try:
            safe = safe_svg(text)
        except UnsafeDrawing as fault:
            return f"{source} may not hold {fault}"
        height = _VIEWBOX.search(safe)
        if not height or not 120 <= int(height[1]) <= 500:
            return f'{source}: viewBox="0 0 320 H", H between 150 and 400'
        return ""

    def show(self, source: str, label: str) -> Markup:
        """The drawing, ready to stand in the page. A label that the page already has gets a number."""
        count = self._labels[label] = self._labels.get(label, 0) + 1
        words = label if count == 1 else f"{label} (hình {count})"
        svg = safe_svg(self.file(source).read_text(encoding="utf-8"))
        root = _ROOT.match(svg)
        if root is None:
            raise UnsafeDrawing("no <svg> at its root")
        opening = _LABEL.sub("", root[0]).removesuffix(">")
        return Markup('{} role="img" aria-label="{}">{}').format(
            Markup(opening), words, Markup(svg[root.end():]))  # noqa: S704 - cleaned by safe_svg


def check_document(check: Check) -> dict[str, Any]:
    """A self-check as stored: the schema's fields, every text rendered to safe HTML."""
    rendered: dict[str, Any] = _rendered(
        check.model_dump(by_alias=True, exclude_none=True), line_html, ("id", "type", "surface"))
    return rendered


def replica_document(replica: ReplicaDocument, drawings: Drawings) -> dict[str, Any]:
    """A replica as its template shows it: safe texts, drawings, target in percent."""
    screens = [
        {"svg": drawings.show(screen.picture, screen.alt), "say": line_html(screen.say), "hint": line_html(screen.hint),
         "name": screen.name, "target": screen.target} for screen in replica.screens]
    return {"title": replica.title, "screens": screens, "done": line_html(replica.done)}


def _rendered(value: Any, render_text: Callable[[str], str], plain: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: item if key in plain else _rendered(item, render_text, plain) for key, item in value.items()}
    if isinstance(value, list):
        return [_rendered(item, render_text, plain) for item in value]
    return str(render_text(value)) if isinstance(value, str) else value


def plain_words(markdown: str) -> str:
    """The words of a short Markdown text without its marks, for labels and the search index."""
    return line_html(markdown).striptags()
