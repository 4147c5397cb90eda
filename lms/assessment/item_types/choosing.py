"""What the types have in common that are answered by choosing among parts: `{"chosen": [ids]}`."""

from fractions import Fraction
from typing import Any

from lms.assessment.item_types.base import (
    FIELD,
    Form,
    ItemType,
    Response,
    Stored,
    html_or_none,
    markup,
    opaque_id,
    shuffled,
    values,
)
from lms.core.errors import DomainError
from lms.web.markdown import render_inline


class Choosing(ItemType):
    """The document holds `options`: id, text_html, score, feedback_html."""

    def store_parts(self, item: Any, drawing: str | None) -> Stored:
        return {"options": [stored_option(option, score=option.score) for option in item.options]}

    def present_parts(self, document: Stored, seed: int) -> dict[str, Any]:
        return {"many": self.takes_many(document), "options": [
            {"value": option["id"], "text_html": markup(option["text_html"])} for option in self.arrange(document, seed)]}

    def read(self, document: Stored, form: Form) -> Response | None:
        chosen = list(dict.fromkeys(values(form, FIELD)))
        known = {option["id"] for option in document["options"]}
        if not known.issuperset(chosen) or (len(chosen) > 1 and not self.takes_many(document)):
            raise DomainError("response.invalid")
        return {"chosen": sorted(chosen)} if chosen else None

    def judge(self, document: Stored, response: Response) -> Fraction:
        """The scores of what was chosen, added up."""
        return sum((exact(option["score"]) for option in document["options"] if option["id"] in response["chosen"]),
                   Fraction(0))

    def review_parts(self, document: Stored, response: Response | None, seed: int) -> dict[str, Any]:
        chosen = response["chosen"] if response else []
        return {"many": self.takes_many(document), "options": [{
            "value": option["id"], "text_html": markup(option["text_html"]), "chosen": option["id"] in chosen,
            "right": self.is_right(option), "feedback_html": markup(option["feedback_html"]),
        } for option in self.arrange(document, seed)]}

    def correct_response(self, document: Stored) -> Response:
        return {"chosen": sorted(option["id"] for option in document["options"] if self.is_right(option))}

    def is_right(self, option: dict[str, Any]) -> bool:
        """Whether this option belongs to the right answer."""
        return bool(option["score"] > 0)

    def takes_many(self, document: Stored) -> bool:
        """Whether more than one may be chosen."""
        return False

    def arrange(self, document: Stored, seed: int) -> list[dict[str, Any]]:
        """The options in the order of the page."""
        return shuffled(document["options"], seed)


def stored_option(option: Any, **more: Any) -> dict[str, Any]:
    """The stored form of a thing with text and feedback."""
    return {"id": opaque_id(option.text), "text_html": render_inline(option.text),
            "feedback_html": html_or_none(option.feedback), **more}


def exact(score: float) -> Fraction:
    """A score as it was written: 0.1 is a tenth, not the nearest binary number."""
    return Fraction(str(score))
