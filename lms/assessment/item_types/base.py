"""What every type of item can do.

The life of an item, in the order of the methods: `store` makes the stored document of a version out of the file (texts
rendered, ids opaque), `present` is what a page may show before marking, `read` takes what came back, `score` judges
it, `review` is what a page may show afterwards.

The template of a type holds two macros and is imported by its name:

    {% import kind.template as item with context %}
    {{ item.question(shown, response) }}   shown = kind.present(…), response = the stored response or none
    {{ item.review(seen, level=3) }}       seen = kind.review(…), level = of the headings inside

A question posts its fields under the name `answer`, or `answer-<id>` where there is one field for each part.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from fractions import Fraction
from hashlib import sha256
from typing import Any, ClassVar, Protocol

from markupsafe import Markup
from pydantic import BaseModel

from lms.core.errors import DomainError
from lms.web.markdown import render_inline

Stored = dict[str, Any]    # the document of an item version
Response = dict[str, Any]  # an answer as it is kept
FIELD = "answer"
MOST_LETTERS = 200         # of one typed answer


class Form(Protocol):
    """What was posted; werkzeug's MultiDict is one."""

    def getlist(self, key: str) -> list[str]: ...

    def __iter__(self) -> Iterator[str]: ...


class ItemType(ABC):
    """One way of asking. Objects hold no state: everything comes with the document."""

    name: ClassVar[str]
    schema: ClassVar[type[BaseModel]]
    template: ClassVar[str]
    script: ClassVar[str | None] = None  # static file that a question page of this type loads; it works without

    def store(self, item: Any, *, drawing: str | None = None) -> Stored:
        """The stored document of this item (an instance of `schema`); `drawing` is the safe SVG of its picture."""
        return {"stem_html": render_inline(item.stem), "explanation_html": html_or_none(item.explanation),
                **self.store_parts(item, drawing)}

    def present(self, document: Stored, *, seed: int) -> dict[str, Any]:
        """What a page may show before marking: no key, score, feedback or accepted text; order drawn by `seed`."""
        return {"type": self.name, "stem_html": Markup(document["stem_html"]),  # noqa: S704
                **self.present_parts(document, seed)}

    @abstractmethod
    def read(self, document: Stored, form: Form) -> Response | None:
        """The response in a posted form, None when it was left empty.

        Raises DomainError("response.invalid") on what the page of this item cannot have sent: ids of other items,
        two options where one may be chosen, text without end.
        """

    def score(self, document: Stored, response: Response | None) -> float:
        """How right the response is, 0 to 1."""
        return float(self.points(document, response))

    def points(self, document: Stored, response: Response | None) -> Fraction:
        """The score as an exact fraction, for sums that decide about passing."""
        if response is None:
            return Fraction(0)
        return min(Fraction(1), max(Fraction(0), self.judge(document, response)))

    def review(self, document: Stored, response: Response | None, *, seed: int) -> dict[str, Any]:
        """What a page may show after marking.

        `verdict` is right, partly, wrong or empty; the parts are in the order in which `present` showed them.
        """
        points = self.points(document, response)
        return {
            "type": self.name, "stem_html": Markup(document["stem_html"]), "score": float(points),  # noqa: S704
            "verdict": verdict(points, response), "feedback_html": self.feedback(document, points),
            "explanation_html": markup(document["explanation_html"]), **self.review_parts(document, response, seed),
        }

    @abstractmethod
    def correct_response(self, document: Stored) -> Response:
        """A response that scores 1."""

    @abstractmethod
    def store_parts(self, item: Any, drawing: str | None) -> Stored:
        """The stored form of what only this type has."""

    @abstractmethod
    def present_parts(self, document: Stored, seed: int) -> dict[str, Any]:
        """What of it may be shown before marking."""

    @abstractmethod
    def judge(self, document: Stored, response: Response) -> Fraction:
        """Points of a response, before they are held between 0 and 1."""

    @abstractmethod
    def review_parts(self, document: Stored, response: Response | None, seed: int) -> dict[str, Any]:
        """What of it may be shown after marking: right and wrong part by part."""

    def feedback(self, document: Stored, points: Fraction) -> Markup | None:
        """The word on the whole answer, where the item has one."""
        words = document.get("feedback") or {}
        return markup(words.get("right_html" if points == 1 else "wrong_html"))


def opaque_id(text: str) -> str:
    """The id of a part in pages and responses. It follows from the text alone, which the page shows anyway: the ids
    in the file ("a", "b", "right") and their order could give the answer away."""
    return sha256(text.encode()).hexdigest()[:8]


def shuffled(parts: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """The parts in the order of this seed. Each item is shuffled in its own way, the same on every machine."""
    return sorted(parts, key=lambda part: sha256(f"{seed}:{part['id']}".encode()).digest())


def values(form: Form, field: str) -> list[str]:
    """What was posted under this name, without empty values. Raises DomainError on what is no short text."""
    posted = form.getlist(field)
    if len(posted) > MOST_LETTERS or not all(isinstance(v, str) and len(v) <= 4 * MOST_LETTERS for v in posted):
        raise DomainError("response.invalid")
    return [value for value in posted if value.strip()]


def fields(form: Form, known: Iterable[str]) -> dict[str, str]:
    """The values of the fields `answer-<id>`, by id. Raises DomainError for an id that is not known, or two values."""
    found = {}
    ids = set(known)
    for name in form:
        if not name.startswith(FIELD + "-"):
            continue
        posted = values(form, name)
        if name.removeprefix(FIELD + "-") not in ids or len(posted) > 1:
            raise DomainError("response.invalid")
        if posted:
            found[name.removeprefix(FIELD + "-")] = posted[0]
    return found


def verdict(points: Fraction, response: Response | None) -> str:
    """The score in one word."""
    if response is None:
        return "empty"
    return "right" if points == 1 else "partly" if points else "wrong"


def markup(html: str | None) -> Markup | None:
    """Stored safe HTML, marked as such."""
    return Markup(html) if html else None  # noqa: S704


def html_or_none(text: str | None) -> str | None:
    """Safe HTML of a text that may be missing."""
    return render_inline(text) if text else None


def feedback_of(item: Any) -> dict[str, str | None] | None:
    """The stored form of `feedback: {right: …, wrong: …}`."""
    if item.feedback is None:
        return None
    return {"right_html": html_or_none(item.feedback.right), "wrong_html": html_or_none(item.feedback.wrong)}
