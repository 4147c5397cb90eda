"""The structure of a lesson's Markdown: opening, steps, sections; in each, texts, pictures, call-outs and blocks.

A line scanner, because the structure is made of whole lines; what stands inside a text is left to Markdown.
"""

import re
from dataclasses import dataclass, field

STEPS_HEADING = "Làm từng bước"
CALLOUTS = ("tip", "info", "danger", "success")
BLOCKS = ("check", "replica")
PRACTICE = "thuc-hanh"
_PICTURE = re.compile(r'!\[([^\]]*)\]\(([^)\s]+)(?:[ ]"([^"]*)")?\)')
_CALLOUT = re.compile(r'!!! ([a-z]+)(?: "([^"]*)")?')
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Piece:
    """One thing in a section: `kind` is text, picture, callout, task, or the language of a block (check, replica)."""

    kind: str
    line: int
    text: str = ""      # Markdown, or the YAML of a block
    title: str = ""     # of a call-out; alternative text of a picture
    source: str = ""    # file of a picture; kind of a call-out
    caption: str = ""


@dataclass
class Section:
    """The opening (no title), a `##` section, or one step (`###` under "Làm từng bước")."""

    line: int
    title: str = ""
    id: str = ""
    device: str = "both"
    pieces: list[Piece] = field(default_factory=list)
    steps: list["Section"] = field(default_factory=list)
    is_steps: bool = False


@dataclass(frozen=True)
class Fault:
    """Something in the text that has to be mended."""

    line: int
    code: str
    message: str


@dataclass
class LessonText:
    """A whole lesson as read, with the faults of its structure."""

    sections: list[Section]
    faults: list[Fault] = field(default_factory=list)

    @property
    def steps(self) -> list[Section]:
        """The steps in order, both forms of those that differ by phone."""
        return [step for section in self.sections for step in section.steps]

    def pieces(self, kind: str) -> list[Piece]:
        """Every piece of this kind, in reading order."""
        parts = [part for section in self.sections for part in (section, *section.steps)]
        return [piece for part in parts for piece in part.pieces if piece.kind == kind]

    def texts(self) -> list[Piece]:
        """Every piece that holds Markdown."""
        return sorted((p for kind in ("text", "callout", "task") for p in self.pieces(kind)), key=lambda p: p.line)


def read_structure(body: str, *, first_line: int = 1) -> LessonText:
    """The structure of a lesson's Markdown; `first_line` is the line of the file on which it begins."""
    # Control characters mean nothing in a text; some mean something to us later.
    clean = "".join(c for c in body if c in "\n\t" or ord(c) >= 32)
    return _Scanner(clean.split("\n"), first_line).scan()


class _Scanner:
    def __init__(self, lines: list[str], first_line: int) -> None:
        self.lines = lines
        self.first_line = first_line
        self.at = 0
        self.sections = [Section(first_line)]
        self.faults: list[Fault] = []
        self.waiting: list[str] = []

    @property
    def line(self) -> int:
        return self.first_line + self.at

    @property
    def here(self) -> Section:
        """The section or step that pieces go to."""
        section = self.sections[-1]
        return section.steps[-1] if section.steps else section

    def scan(self) -> LessonText:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.startswith(("```", "~~~")):
                self.fence(line)
            elif line.startswith("## "):
                self.section(line[3:])
            elif line.startswith("### ") and self.sections[-1].is_steps:
                self.step(line[4:])
            elif line.startswith("!!! "):
                self.callout(line)
            elif line.startswith("!["):
                self.picture(line)
            elif line.startswith("- [ ] ") and self.here.id == PRACTICE:
                self.piece(Piece("task", self.line, line[6:].strip()))
                self.at += 1
            else:
                self.waiting.append(line)
                self.at += 1
        self.flush()
        return LessonText(self.sections, self.faults)

    def fault(self, code: str, message: str) -> None:
        self.faults.append(Fault(self.line, code, message))

    def flush(self) -> None:
        text = "\n".join(self.waiting).strip("\n")
        if text.strip():
            blank = next(i for i, line in enumerate(self.waiting) if line.strip())
            self.here.pieces.append(Piece("text", self.line - len(self.waiting) + blank, text))
        self.waiting = []

    def piece(self, piece: Piece) -> None:
        self.flush()
        self.here.pieces.append(piece)

    def fence(self, opening: str) -> None:
        mark, language = opening[:3], opening.strip("`~ ")
        end = next((i for i in range(self.at + 1, len(self.lines)) if self.lines[i].strip() == mark), None)
        if end is None:
            self.fault("block.open", f"The block {opening} is never closed; add a line {mark}.")
            end = len(self.lines)
        inside = self.lines[self.at + 1:end]
        if language in BLOCKS:
            self.piece(Piece(language, self.line + 1, "\n".join(inside) + "\n"))
        else:
            self.waiting += self.lines[self.at:end + 1]
        self.at = end + 1

    def heading(self, text: str) -> tuple[str, str, list[str]]:
        """Title, id and classes of a heading such as `Mở máy {#mo-may .android}`."""
        title, brace, rest = text.strip().partition("{")
        words = rest.rstrip().removesuffix("}").split() if brace and rest.rstrip().endswith("}") else []
        ids = [word[1:] for word in words if word.startswith("#")]
        ident = ids[0] if ids else ""
        if ident and not _ID.fullmatch(ident):
            self.fault("heading.id", f"The id {ident} is lower case ASCII with hyphens.")
        return title.strip(), ident, [word[1:] for word in words if word.startswith(".")]

    def section(self, text: str) -> None:
        self.flush()
        title, ident, _classes = self.heading(text)
        self.sections.append(Section(self.line, title, ident, is_steps=title == STEPS_HEADING))
        self.at += 1

    def step(self, text: str) -> None:
        self.flush()
        title, ident, classes = self.heading(text)
        if not ident:
            self.fault("step.id", f"Give the step “{title}” an id: ### {title} {{#…}}")
        unknown = [name for name in classes if name not in ("android", "iphone")]
        if unknown or len(classes) > 1:
            self.fault("step.class", "A step has no class, or one of .android and .iphone.")
        self.sections[-1].steps.append(
            Section(self.line, title, ident, device=classes[0] if classes and not unknown else "both"))
        self.at += 1

    def callout(self, line: str) -> None:
        found = _CALLOUT.fullmatch(line.rstrip())
        if not found or found[1] not in CALLOUTS:
            self.fault("callout.kind", f"A call-out is !!! and one of {', '.join(CALLOUTS)}, then its title in quotes.")
        began, self.at, inside = self.line, self.at + 1, []
        while self.at < len(self.lines) and (self.lines[self.at].startswith("    ") or not self.lines[self.at].strip()):
            inside.append(self.lines[self.at][4:])
            self.at += 1
        text = "\n".join(inside).strip("\n")
        if not text:
            self.faults.append(Fault(began, "callout.empty", "Indent the text of the call-out by four spaces."))
        if found:
            self.piece(Piece("callout", began, text, title=found[2] or "", source=found[1]))

    def picture(self, line: str) -> None:
        found = _PICTURE.fullmatch(line.rstrip())
        if not found:
            self.fault("picture.form", 'A picture stands alone in its line: ![alternative text](media/x.svg "caption").')
        elif not found[1].strip():
            self.fault("picture.alt", f"Say in words what {found[2]} shows: ![alternative text](…).")
        else:
            self.piece(Piece("picture", self.line, title=found[1].strip(), source=found[2], caption=found[3] or ""))
        self.at += 1


def slots(steps: list[Section]) -> list[int]:
    """The slot of each step: the Android form and the iPhone form written one after the other share one."""
    numbers: list[int] = []
    taken: set[str] = set()
    for step in steps:
        fresh = not taken or step.device == "both" or step.device in taken or "both" in taken
        taken = {step.device} if fresh else taken | {step.device}
        numbers.append((numbers[-1] + 1 if numbers else 1) if fresh else numbers[-1])
    return numbers
