"""For each thing on the left, the one on the right that belongs to it."""

from fractions import Fraction
from typing import Any

from markupsafe import Markup

from lms.assessment.documents import items
from lms.assessment.item_types.base import (
    Form,
    ItemType,
    Response,
    Stored,
    feedback_of,
    fields,
    markup,
    opaque_id,
    shuffled,
)
from lms.core.errors import DomainError
from lms.web.markdown import render_inline


class Matching(ItemType):
    """Scores the share of left sides with their right one. Response: `{"pairs": {left id: right id}}`.

    Right sides are plain text, because a select holds nothing else; some may belong to several left sides, some to
    none.
    """

    name = "matching"
    schema = items.Matching
    template = "assessment/items/matching.html"

    def store_parts(self, item: Any, drawing: str | None) -> Stored:
        rights = dict.fromkeys([*(pair.right for pair in item.pairs), *item.extra_right])
        return {
            "pairs": [{"id": opaque_id(pair.left), "text_html": render_inline(pair.left), "answer": opaque_id(pair.right)}
                      for pair in item.pairs],
            "rights": [{"id": opaque_id(text), "text": Markup(render_inline(text)).striptags()}  # noqa: S704
                       for text in rights],
            "feedback": feedback_of(item),
        }

    def present_parts(self, document: Stored, seed: int) -> dict[str, Any]:
        return {
            "lefts": [{"value": pair["id"], "text_html": markup(pair["text_html"])}
                      for pair in shuffled(document["pairs"], seed)],
            "rights": [{"value": right["id"], "text": right["text"]} for right in shuffled(document["rights"], seed)],
        }

    def read(self, document: Stored, form: Form) -> Response | None:
        given = fields(form, (pair["id"] for pair in document["pairs"]))
        if not {right["id"] for right in document["rights"]}.issuperset(given.values()):
            raise DomainError("response.invalid")
        return {"pairs": given} if given else None

    def judge(self, document: Stored, response: Response) -> Fraction:
        right = sum(response["pairs"].get(pair["id"]) == pair["answer"] for pair in document["pairs"])
        return Fraction(right, len(document["pairs"]))

    def review_parts(self, document: Stored, response: Response | None, seed: int) -> dict[str, Any]:
        given = response["pairs"] if response else {}
        texts = {right["id"]: right["text"] for right in document["rights"]}
        return {"pairs": [{
            "text_html": markup(pair["text_html"]), "given": texts.get(given.get(pair["id"])),
            "answer": texts[pair["answer"]], "right": given.get(pair["id"]) == pair["answer"],
        } for pair in shuffled(document["pairs"], seed)]}

    def correct_response(self, document: Stored) -> Response:
        return {"pairs": {pair["id"]: pair["answer"] for pair in document["pairs"]}}
