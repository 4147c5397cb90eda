"""Several options out of several."""

from lms.assessment.documents import items
from lms.assessment.item_types.base import Stored
from lms.assessment.item_types.choosing import Choosing


class MultipleChoice(Choosing):
    """Scores the sum of what was chosen, between 0 and 1; wrong options take away, so that ticking all gains nothing."""

    name = "multiple_choice"
    schema = items.MultipleChoice
    template = "assessment/items/multiple-choice.html"

    def takes_many(self, document: Stored) -> bool:
        return True
