"""Reading the content tree: YAML 1.2 and front matter, checked against schemas, every fault with file and line."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Schema = TypeVar("Schema", bound=BaseModel)
FENCE = "---\n"


@dataclass(frozen=True)
class Problem:
    """One fault or warning of the content: where it is and how to mend it."""

    file: str
    at: str
    code: str
    message: str


@dataclass
class Report:
    """What `lms content check` found: counts by noun, errors and warnings."""

    counts: dict[str, int] = field(default_factory=dict)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def count(self, noun: str, number: int = 1) -> None:
        self.counts[noun] = self.counts.get(noun, 0) + number

    def as_document(self) -> dict[str, Any]:
        """The JSON document of contract §2."""
        nouns = ("frameworks", "levels", "skills", "courses", "lessons", "items", "assessments")
        counts = {**dict.fromkeys(nouns, 0), **self.counts}
        return {**counts, "errors": [asdict(p) for p in self.errors], "warnings": [asdict(p) for p in self.warnings]}


@dataclass(frozen=True)
class Source:
    """One file read: its data, its text body (Markdown files) and the line of every node."""

    path: Path
    name: str           # path inside the tree, with forward slashes
    data: Any
    body: str = ""
    body_line: int = 1  # line of the file on which the body begins
    first_line: int = 1  # line of the file on which the data begins

    def line_of(self, location: tuple[Any, ...]) -> str:
        """`line 12` of the node at this location, or of the nearest node above it."""
        node, line = self.data, 0
        for step in location:
            position = getattr(node, "lc", None)
            try:
                known = position.data[step] if position is not None else None
                line = known[0] if known else line
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
        return f"line {line + self.first_line}"


class ContentTree:
    """A content folder. Reading problems and schema faults are collected in `report`.

    A private tree (LMS_PRIVATE_CONTENT) is read after the public one and may name what stands there, never the reverse.
    """

    def __init__(self, root: Path, report: Report | None = None, *, is_private: bool = False) -> None:
        self.root = root
        self.is_private = is_private
        self.report = report if report is not None else Report()
        self.shared: dict[str, Any] = {}  # what lower shelves found, for the cross references of higher ones

    def yaml_files(self, pattern: str) -> Iterator[Source]:
        """Every YAML file that matches, in name order; unreadable ones are reported and left out."""
        for path in sorted(self.root.glob(pattern)):
            source = self._read(path, path.read_text(encoding="utf-8"))
            if source:
                yield source

    def markdown_file(self, name: str) -> Source | None:
        """One Markdown file with front matter, or None when it is missing or unreadable (reported)."""
        path = self.root / name
        if not path.is_file():
            self.error(name, "file", "file.missing", f"The file {name} is not there.")
            return None
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
        head, fence, body = text.removeprefix(FENCE).partition("\n" + FENCE)
        if not text.startswith(FENCE) or not fence:
            self.error(name, "line 1", "front_matter.missing", "Begin with front matter between two lines of ---.")
            return None
        line = head.count("\n") + 4
        return self._read(path, head + "\n", body=body, body_line=line, first_line=2)

    def parse(self, source: Source, schema: type[Schema], *, location: tuple[Any, ...] = ()) -> Schema | None:
        """The data (or the node at `location`) as `schema`; faults are reported with their lines."""
        node = source.data
        for step in location:
            node = node[step]
        try:
            return schema.model_validate(plain(node))
        except ValidationError as fault:
            for one in fault.errors(include_url=False):
                where = tuple(one["loc"])
                path = ".".join(str(step) for step in where)
                self.error(source.name, f"{source.line_of(location + where)}, {path}", "schema." + one["type"], one["msg"])
            return None

    def error(self, file: str, at: str, code: str, message: str) -> None:
        self.report.errors.append(Problem(file, at, code, message))

    def warning(self, file: str, at: str, code: str, message: str) -> None:
        self.report.warnings.append(Problem(file, at, code, message))

    def _read(self, path: Path, text: str, *, body: str = "", body_line: int = 1, first_line: int = 1) -> Source | None:
        name = path.relative_to(self.root).as_posix()
        try:
            data = YAML(typ="rt").load(text)
        except YAMLError as fault:
            mark = getattr(fault, "problem_mark", None)
            line = f"line {mark.line + first_line}" if mark else "file"
            self.error(name, line, "yaml.invalid", str(getattr(fault, "problem", fault)))
            return None
        return Source(path, name, data, body, body_line, first_line)


def fingerprint(trees: Iterable[ContentTree]) -> str:
    """Changes when a file of these trees does, or the program that reads them: 64 hexadecimal digits."""
    program = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for root, pattern in [*((tree.root, "*") for tree in trees), (program, "*.py")]:
        for path in sorted(one for one in root.rglob(pattern) if one.is_file()):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def plain(node: Any) -> Any:
    """Round-trip YAML nodes as plain Python values (dates stay dates)."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    if isinstance(node, bool):
        return bool(node)
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def content_hash(document: Any) -> str:
    """Version of a piece of content: hash of its normalised JSON form, 16 hexadecimal digits."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
