"""Composes the article of a lesson for each kind of phone, and the document of its named parts."""

import gzip
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from flask import current_app
from markupsafe import Markup

from lms.core.content_tree import content_hash
from lms.core.vietnamese import fold
from lms.courses.documents import Check, LessonDocument, ReplicaDocument
from lms.courses.models import DEVICES
from lms.courses.rendering.fragments import (
    Drawings,
    check_document,
    line_html,
    plain_words,
    replica_document,
    text_html,
)
from lms.courses.rendering.structure import PRACTICE, LessonText, Section, slots
from lms.web.holes import hole

PAGE_BYTES = 3300  # what stands around every article, compressed (a test compares)
CHECKS_HEADING = "Tự kiểm tra"
ALERTS = {"tip": ("tip", "lightbulb"), "info": ("", "info"), "danger": ("bad", "shield-alert"),
          "success": ("ok", "circle-check")}


@dataclass(frozen=True)
class LessonSource:
    """A lesson file read and checked, with its folder, ready to be composed."""

    file: str
    course_key: str
    slug: str
    front: LessonDocument
    text: LessonText
    checks: list[Check]
    replicas: list[ReplicaDocument]
    folder: Path

    @property
    def key(self) -> str:
        """`<course>/<slug>`."""
        return f"{self.course_key}/{self.slug}"

    def version(self, body: str) -> str:
        """Hash of everything a learner can see of it: front matter, text, drawings, size of recordings."""
        media = sorted({p.source for p in self.text.pieces("picture")} | {s.picture for r in self.replicas for s in r.screens})
        drawings = {source: (self.folder / source).read_text(encoding="utf-8") for source in media}
        return content_hash({"front": self.front.model_dump(mode="json"), "body": body, "drawings": drawings,
                             "recordings": recordings(self)})


@dataclass
class Article:
    """What is stored of a version: body by device, steps, named parts, weight in bytes as sent (compressed)."""

    bodies: dict[str, str] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """The heaviest body as it goes over the line, and the page around it."""
        return PAGE_BYTES + max(len(gzip.compress(html.encode(), 5)) for html in self.bodies.values())


def compose(source: LessonSource) -> Article:
    """The article of a checked lesson file. Needs an application context for the template."""
    steps = [
        {"id": step.id, "title": plain_words(step.title), "device": step.device, "slot": slot}
        for step, slot in zip(source.text.steps, slots(source.text.steps), strict=True)]
    differs = any(step["device"] != "both" for step in steps)
    article = Article(steps=steps, document=_document(source))
    template = current_app.jinja_env.get_template("courses/lesson-body.html")
    for device in DEVICES if differs else ("both",):
        parts = _Parts(source, device)
        article.bodies[device] = template.render(
            slug=source.slug, goal=_goal(source), opening=parts.opening(), sections=parts.sections(), hole=hole,
            prepare=line_html(source.front.prepare) if source.front.prepare else None, title=source.front.title,
            video=article.document.get("video"), captions=article.document.get("captions"),
            checks=range(1, len(source.checks) + 1))
    return article


def recordings(source: LessonSource) -> dict[str, dict[str, Any]]:
    """The recordings of a lesson by kind (audio, video, captions): file name and bytes."""
    named = {"audio": source.front.audio, "video": source.front.video, "captions": source.front.captions}
    return {kind: {"name": Path(path).name, "bytes": (source.folder / path).stat().st_size}
            for kind, path in named.items() if path}


def _document(source: LessonSource) -> dict[str, Any]:
    tasks = [str(line_html(task.text)) for task in source.text.pieces("task")]
    pictures = [p for step in source.text.steps for p in step.pieces if p.kind == "picture"]
    cover = str(Drawings(source.folder).show(pictures[0].source, pictures[0].title)) if pictures else None
    return {
        "checks": [check_document(check) for check in source.checks], "has_practice": bool(tasks),
        "has_replica": bool(source.replicas), "cover": cover, "opening": _first_words(source.text),
        "folder": source.folder.name, **recordings(source),
    }


def _goal(source: LessonSource) -> Markup:
    # An opening that already says what one can do afterwards is not said twice.
    return Markup() if "Học xong bài này" in _first_words(source.text) else line_html(source.front.goal)


def _first_words(text: LessonText) -> str:
    first = next((piece.text for piece in text.sections[0].pieces if piece.kind == "text"), "")
    return plain_words(first.split("\n\n")[0])


class _Parts:
    """The sections of a lesson as plain dicts for the template, for one kind of phone."""

    def __init__(self, source: LessonSource, device: str) -> None:
        self.source = source
        self.device = device
        self.drawings = Drawings(source.folder)
        self.replicas = iter(source.replicas)

    def opening(self) -> list[dict[str, Any]]:
        return self.pieces(self.source.text.sections[0])

    def sections(self) -> list[dict[str, Any]]:
        shown = []
        for section in self.source.text.sections[1:]:
            pieces = self.pieces(section)
            if section.title == CHECKS_HEADING and not pieces:
                continue  # its checks stand at the end of every lesson anyway
            steps = [s for s in section.steps if s.device in ("both", self.device)]
            shown.append({
                "title": line_html(section.title), "id": section.id or fold(section.title).replace(" ", "-").strip("?.,"),
                "pieces": pieces, "is_steps": section.is_steps, "is_practice": section.id == PRACTICE,
                "steps": [self.step(step, number) for number, step in enumerate(steps, start=1)],
            })
        return shown

    def step(self, step: Section, number: int) -> dict[str, Any]:
        pieces = self.pieces(step)
        lead = list(takewhile(lambda piece: piece["kind"] == "text", pieces))
        return {"n": number, "id": step.id, "title": line_html(step.title), "lead": lead, "rest": pieces[len(lead):],
                "side": sum(piece["kind"] == "picture" for piece in pieces) == 1}

    def pieces(self, section: Section) -> list[dict[str, Any]]:
        return [made for piece in section.pieces if (made := self.piece(piece))]

    def piece(self, piece: Any) -> dict[str, Any] | None:
        if piece.kind == "text":
            return {"kind": "text", "html": text_html(piece.text)}
        if piece.kind == "task":
            return {"kind": "task", "html": line_html(piece.text)}
        if piece.kind == "picture":
            return {"kind": "picture", "svg": self.drawings.show(piece.source, piece.title),
                    "caption": line_html(piece.caption) if piece.caption else Markup()}
        if piece.kind == "callout":
            css, symbol = ALERTS[piece.source]
            return {"kind": "callout", "css": css, "icon": symbol, "title": line_html(piece.title),
                    "html": text_html(piece.text)}
        if piece.kind == "replica":
            return {"kind": "replica", **replica_document(next(self.replicas), self.drawings)}
        return None  # self-checks stand at the end
