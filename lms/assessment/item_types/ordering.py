"""Steps to be put into their order."""

from fractions import Fraction
from typing import Any

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


class Ordering(ItemType):
    """Scores the share of steps that stand in their right place. Response: `{"places": {step id: place}}`, from 1.

    Why this and not the longest run in order or the pairs kept: blind guessing then gains one in n, as in a single
    choice of n options, while the other two give a guesser of four steps nearly half; and "2 trên 4 việc đúng chỗ" is
    a sentence that a learner can check. (Moodle's ordering question calls it "absolute position".) A place may stand
    empty or twice while one is still thinking; a place given twice is right once at most.
    """

    name = "ordering"
    schema = items.Ordering
    template = "assessment/items/ordering.html"

    def store_parts(self, item: Any, drawing: str | None) -> Stored:
        return {"sequence": [{"id": opaque_id(text), "text_html": render_inline(text)} for text in item.sequence],
                "feedback": feedback_of(item)}

    def present_parts(self, document: Stored, seed: int) -> dict[str, Any]:
        return {"options": [{"value": step["id"], "text_html": markup(step["text_html"])}
                            for step in shuffled(document["sequence"], seed)]}

    def read(self, document: Stored, form: Form) -> Response | None:
        steps = document["sequence"]
        given = fields(form, (step["id"] for step in steps))
        places = {str(place): place for place in range(1, len(steps) + 1)}
        if not places.keys() >= set(given.values()):
            raise DomainError("response.invalid")
        return {"places": {step: places[place] for step, place in given.items()}} if given else None

    def judge(self, document: Stored, response: Response) -> Fraction:
        right = sum(response["places"].get(step["id"]) == place for place, step in enumerate(document["sequence"], 1))
        return Fraction(right, len(document["sequence"]))

    def review_parts(self, document: Stored, response: Response | None, seed: int) -> dict[str, Any]:
        given = response["places"] if response else {}
        return {"steps": [{
            "place": place, "text_html": markup(step["text_html"]), "given": given.get(step["id"]),
            "right": given.get(step["id"]) == place,
        } for place, step in enumerate(document["sequence"], 1)]}

    def correct_response(self, document: Stored) -> Response:
        return {"places": {step["id"]: place for place, step in enumerate(document["sequence"], 1)}}
