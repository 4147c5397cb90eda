"""Brings checked courses into the database; what the tree no longer has is retired."""

from datetime import datetime

from lms.core.content_tree import ContentTree
from lms.courses.content.checking import check
from lms.courses.content.reading import ReadCourse
from lms.courses.rendering.articles import compose
from lms.courses.rendering.fragments import plain_words
from lms.courses.services.catalogue import retire_missing, save_course, save_lesson


def load(tree: ContentTree, *, now: datetime) -> dict[str, int]:
    """Write courses and lessons as `check` read them; returns rows changed by noun. A second run changes nothing."""
    if tree.root not in tree.shared.get("read_courses", {}):
        check(tree)
    changed = {"courses": 0, "lessons": 0}
    courses: list[ReadCourse] = tree.shared["read_courses"][tree.root]
    # Courses that lead to a level come first, in the order of the levels.
    ordered = sorted(courses, key=lambda one: (one.document.level is None, one.document.level or "", one.key))
    for position, read in enumerate(ordered, start=1):
        course, differs = save_course(read.key, read.document, position=position)
        changed["courses"] += differs
        slugs: list[str | None] = [None, *(lesson.source.slug for lesson in read.lessons), None]
        for number, lesson in enumerate(read.lessons, start=1):
            source = lesson.source
            headings = [plain_words(part.title) for part in (*source.text.sections[1:], *source.text.steps)]
            changed["lessons"] += save_lesson(
                course, source.slug, source.front, version=source.version(lesson.body), article=compose(source),
                headings=headings, position=number, neighbours=(slugs[number - 1], slugs[number + 1]), now=now)
    changed["retired"] = retire_missing(tree.shared["courses"], tree.shared["lessons"], now=now)
    return changed
