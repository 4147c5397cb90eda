"""Is this sentence right or wrong?"""

from typing import Any

from lms.assessment.documents import items
from lms.assessment.item_types.base import Stored, feedback_of
from lms.assessment.item_types.choosing import Choosing


class TrueFalse(Choosing):
    """Two options, `true` and `false`, always in this order; the template has their words."""

    name = "true_false"
    schema = items.TrueFalse
    template = "assessment/items/true-false.html"

    def store_parts(self, item: Any, drawing: str | None) -> Stored:
        options = [{"id": word, "text_html": "", "feedback_html": None, "score": int(item.answer is value)}
                   for word, value in (("true", True), ("false", False))]
        return {"options": options, "feedback": feedback_of(item)}

    def arrange(self, document: Stored, seed: int) -> list[dict[str, Any]]:
        options: list[dict[str, Any]] = document["options"]
        return options
