"""One option out of several."""

from typing import Any

from lms.assessment.documents import items
from lms.assessment.item_types.choosing import Choosing


class SingleChoice(Choosing):
    """Scores what the chosen option scores; exactly one scores 1."""

    name = "single_choice"
    schema = items.SingleChoice
    template = "assessment/items/single-choice.html"

    def is_right(self, option: dict[str, Any]) -> bool:
        return bool(option["score"] == 1)
