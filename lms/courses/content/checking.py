"""Faults of courses and lessons, each with file and line and the way to mend it."""

import re
from datetime import date
from typing import Any

from lms.core import clock
from lms.core.content_tree import ContentTree
from lms.courses.content.reading import ReadCourse, ReadLesson, read_courses
from lms.courses.rendering.fragments import MAX_DRAWINGS, Drawings
from lms.courses.rendering.structure import LessonText, slots
from lms.web.icons import SYMBOLS
from lms.web.markdown import SCHEMES

STEPS = range(3, 8)
CHECKS = range(1, 4)
_LINK = re.compile(r"\]\(([^)\s]{1,500})")


def check(tree: ContentTree) -> None:
    """Report faults of courses; leaves what was read for `load`, and the keys in `tree.shared` for higher shelves."""
    courses = list(read_courses(tree))
    tree.shared.setdefault("read_courses", {})[tree.root] = courses
    keys: set[str] = tree.shared.setdefault("courses", set())
    slugs: set[str] = tree.shared.setdefault("lessons", set())
    for course in courses:
        _check_course(tree, course)
        keys.add(course.key)
        for slug in course.document.lessons:
            if slug in slugs:
                tree.error(course.file.name, course.file.line_of(("lessons",)), "lesson.twice",
                           f"The slug {slug} is taken by another lesson of the installation.")
            slugs.add(slug)
    for course in courses:
        for lesson in course.lessons:
            _check_lesson(tree, lesson, slugs)
    tree.report.count("courses", len(courses))
    tree.report.count("lessons", sum(len(course.lessons) for course in courses))


def _check_course(tree: ContentTree, course: ReadCourse) -> None:
    document, file = course.document, course.file
    if document.icon not in SYMBOLS:
        tree.error(file.name, file.line_of(("icon",)), "icon.unknown", f"There is no icon {document.icon}.")
    if document.level:
        _check_ref(tree, file.name, file.line_of(("level",)), "levels", document.level)
    if len(set(document.lessons)) < len(document.lessons):
        tree.error(file.name, file.line_of(("lessons",)), "lesson.twice", "A lesson stands twice in the list.")
    listed = set(document.lessons)
    for path in sorted(course.folder.glob("*.md")):
        if path.stem.partition("-")[2] not in listed:
            tree.error(file.name, file.line_of(("lessons",)), "lesson.unlisted", f"{path.name} is not in the list of lessons.")
    _check_review(tree, file.name, file.line_of(("review_by",)), document.review_by)


def _check_ref(tree: ContentTree, file: str, at: str, kind: str, ref: str) -> None:
    """An entry of a framework; not checked while no framework shelf has said what there is."""
    if kind in tree.shared and ref not in tree.shared[kind]:
        tree.error(file, at, f"{kind[:-1]}.unknown", f"No loaded framework has {ref}.")


def _check_review(tree: ContentTree, file: str, at: str, review_by: date) -> None:
    if review_by < clock.local_date(clock.now()):
        tree.warning(file, at, "review.due", f"To be reviewed by {review_by.isoformat()}; that day is past.")


def _check_lesson(tree: ContentTree, lesson: ReadLesson, slugs: set[str]) -> None:
    source, file = lesson.source, lesson.front_file
    for position, ref in enumerate([source.front.skill, *source.front.also]):
        at = ("skill",) if position == 0 else ("also", position - 1)
        _check_ref(tree, file.name, file.line_of(at), "skills", ref)
    _check_review(tree, file.name, file.line_of(("review_by",)), source.front.review_by)
    _check_steps(tree, lesson)
    _check_blocks(tree, lesson)
    _check_drawings(tree, lesson)
    _check_recordings(tree, lesson)
    _check_links(tree, lesson, slugs)


def _check_steps(tree: ContentTree, lesson: ReadLesson) -> None:
    text, name = lesson.source.text, lesson.source.file
    seen: set[str] = set()
    for part in (part for section in text.sections for part in (section, *section.steps) if part.id):
        if part.id in seen:
            tree.error(name, f"line {part.line}", "heading.twice", f"The id {part.id} stands twice in this lesson.")
        seen.add(part.id)
    for device in ("android", "iphone"):
        steps = [step for step in text.steps if step.device in ("both", device)]
        if len(steps) not in STEPS:
            tree.error(name, f"line {_steps_line(text)}", "steps.number",
                       f"{len(steps)} steps for {device}; write 3 to 7 under “## Làm từng bước”.")
            return
    # A form for one phone without its twin would leave a gap for the other.
    numbers = slots(text.steps)
    for step, slot in zip(text.steps, numbers, strict=True):
        if step.device != "both" and numbers.count(slot) != 2:
            tree.error(name, f"line {step.line}", "step.twin", "Write the Android and the iPhone form one after the other.")


def _steps_line(text: LessonText) -> int:
    return next((section.line for section in text.sections if section.is_steps), text.sections[0].line)


def _check_blocks(tree: ContentTree, lesson: ReadLesson) -> None:
    source = lesson.source
    if len(source.text.pieces("check")) not in CHECKS:
        tree.error(source.file, "file", "checks.number", "A lesson has one to three self-checks.")
    ids = [check.id for check in source.checks]
    for ident in sorted({ident for ident in ids if ids.count(ident) > 1}):
        tree.error(source.file, "file", "check.twice", f"Two self-checks have the id {ident}.")


def _check_drawings(tree: ContentTree, lesson: ReadLesson) -> None:
    source, drawings = lesson.source, Drawings(lesson.source.folder)
    named = [(piece.source, piece.line) for piece in source.text.pieces("picture")]
    blocks = source.text.pieces("replica")
    for block, replica in zip(blocks, source.replicas, strict=False):
        named += [(screen.picture, block.line) for screen in replica.screens]
    faulty = {name: fault for name in {name for name, _line in named} if (fault := drawings.fault(name))}
    for name, line in named:
        if name in faulty:
            tree.error(source.file, f"line {line}", "drawing", faulty[name])
    together = sum(drawings.file(name).stat().st_size for name in {name for name, _line in named} - set(faulty))
    if together > MAX_DRAWINGS:
        tree.error(source.file, "file", "drawings.heavy", f"The drawings have {together} bytes together; at most {MAX_DRAWINGS}.")


def _check_recordings(tree: ContentTree, lesson: ReadLesson) -> None:
    front, file = lesson.source.front, lesson.front_file
    kinds: dict[str, tuple[Any, tuple[str, ...]]] = {
        "audio": (front.audio, (".mp3", ".m4a", ".ogg")), "video": (front.video, (".mp4", ".webm")),
        "captions": (front.captions, (".vtt",))}
    for kind, (path, suffixes) in kinds.items():
        if path and not (lesson.source.folder / path).is_file():
            tree.error(file.name, file.line_of((kind,)), "recording.missing", f"{path} is not there.")
        elif path and not path.endswith(suffixes):
            tree.error(file.name, file.line_of((kind,)), "recording.kind", f"{kind} is one of {', '.join(suffixes)}.")


def _check_links(tree: ContentTree, lesson: ReadLesson, slugs: set[str]) -> None:
    for piece in lesson.source.text.texts():
        for target in _LINK.findall(piece.text):
            if target.startswith("/bai/"):
                known = target.removeprefix("/bai/").partition("#")[0] in slugs
            else:
                known = target.partition(":")[0] in SCHEMES - {"http"}
            if not known:
                tree.error(lesson.source.file, f"line {piece.line}", "link.broken",
                           f"{target}: link to /bai/<slug> of a lesson that is there, or to an https address.")
