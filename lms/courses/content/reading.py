"""Reads one course of the tree: course.yaml, its lessons, and the blocks inside them. Schema faults are reported."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from lms.core.content_tree import ContentTree, Source
from lms.courses.documents import CHECK_TYPES, Check, CourseDocument, LessonDocument, ReplicaDocument
from lms.courses.rendering.articles import LessonSource
from lms.courses.rendering.structure import Piece, read_structure

Schema = TypeVar("Schema", bound=BaseModel)


@dataclass
class ReadLesson:
    """A lesson file as read; `source` only when its schema is right."""

    source: LessonSource
    body: str
    front_file: Source


@dataclass
class ReadCourse:
    """A course folder as read."""

    key: str
    file: Source
    document: CourseDocument
    folder: Path
    lessons: list[ReadLesson] = field(default_factory=list)


def read_courses(tree: ContentTree) -> Iterator[ReadCourse]:
    """Every readable course of the tree, in folder order, with the lessons that could be read."""
    for file in tree.yaml_files("courses/*/course.yaml"):
        document = tree.parse(file, CourseDocument)
        if document is None:
            continue
        folder = file.path.parent
        course = ReadCourse(folder.name, file, document, folder)
        for slug in document.lessons:
            lesson = _read_lesson(tree, course, slug)
            if lesson:
                course.lessons.append(lesson)
        yield course


def _read_lesson(tree: ContentTree, course: ReadCourse, slug: str) -> ReadLesson | None:
    files = [path for path in course.folder.glob("*.md") if path.stem.partition("-")[2] == slug]
    if len(files) != 1:
        problem = "is missing" if not files else "is there more than once"
        tree.error(course.file.name, course.file.line_of(("lessons", course.document.lessons.index(slug))),
                   "lesson.file", f"The file <NN>-{slug}.md {problem} in {course.folder.name}.")
        return None
    file = tree.markdown_file(files[0].relative_to(tree.root).as_posix())
    front = tree.parse(file, LessonDocument) if file else None
    if file is None or front is None:
        return None
    text = read_structure(file.body, first_line=file.body_line)
    for fault in text.faults:
        tree.error(file.name, f"line {fault.line}", fault.code, fault.message)
    checks = [check for piece in text.pieces("check") if (check := _read_check(tree, file, piece))]
    replicas = [one for piece in text.pieces("replica") if (one := _read_block(tree, file, piece, ReplicaDocument))]
    source = LessonSource(file.name, course.key, slug, front, text, checks, replicas, course.folder)
    return ReadLesson(source, file.body, file)


def _load_block(tree: ContentTree, file: Source, piece: Piece) -> Source | None:
    try:
        data = YAML(typ="rt").load(piece.text)
    except YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        tree.error(file.name, f"line {piece.line + (mark.line if mark else 0)}", "yaml.invalid",
                   str(getattr(fault, "problem", fault)))
        return None
    if not isinstance(data, dict):
        tree.error(file.name, f"line {piece.line}", "block.form", f"A {piece.kind} block holds keys and values.")
        return None
    return Source(file.path, file.name, data, first_line=piece.line)


def _read_block(tree: ContentTree, file: Source, piece: Piece, schema: type[Schema]) -> Schema | None:
    block = _load_block(tree, file, piece)
    return tree.parse(block, schema) if block else None


def _read_check(tree: ContentTree, file: Source, piece: Piece) -> Check | None:
    block = _load_block(tree, file, piece)
    if block is None:
        return None
    schema: Any = CHECK_TYPES.get(str(block.data.get("type")))
    if schema is None:
        tree.error(file.name, block.line_of(("type",)), "check.type",
                   f"A self-check is one of: {', '.join(CHECK_TYPES)}.")
        return None
    check: Check | None = tree.parse(block, schema)
    return check
