"""A message or a screen whose suspicious parts must be tapped."""

from fractions import Fraction
from typing import Any

from lms.assessment.documents import items
from lms.assessment.item_types.base import Response, Stored
from lms.assessment.item_types.choosing import Choosing, stored_option


class Scenario(Choosing):
    """Scores 1 when enough suspicious parts were found with few enough false alarms, else the share on the way there.

    With f found (at most as many as needed count), n needed and e false alarms above those allowed: (f - e) / n, not
    below 0. So each false alarm too many undoes a find, and tapping everything gains nothing. The parts stand in the
    order of the message.
    """

    name = "scenario"
    schema = items.Scenario
    template = "assessment/items/scenario.html"

    def store_parts(self, item: Any, drawing: str | None) -> Stored:
        return {
            "surface": item.surface, "sender": item.sender, "needed": item.mark.found,
            "allowed": item.mark.false_alarms,
            "options": [stored_option(part, score=int(part.suspicious)) for part in item.parts],
        }

    def present_parts(self, document: Stored, seed: int) -> dict[str, Any]:
        return {**super().present_parts(document, seed), "surface": document["surface"], "sender": document["sender"]}

    def judge(self, document: Stored, response: Response) -> Fraction:
        found, false_alarms = self._counts(document, response)
        too_many = max(0, false_alarms - document["allowed"])
        return Fraction(min(found, document["needed"]) - too_many, document["needed"])

    def review_parts(self, document: Stored, response: Response | None, seed: int) -> dict[str, Any]:
        found, false_alarms = self._counts(document, response or {"chosen": []})
        return {**super().review_parts(document, response, seed), "surface": document["surface"],
                "sender": document["sender"], "found": found, "false_alarms": false_alarms,
                "suspicious": sum(option["score"] for option in document["options"])}

    def takes_many(self, document: Stored) -> bool:
        return True

    def arrange(self, document: Stored, seed: int) -> list[dict[str, Any]]:
        options: list[dict[str, Any]] = document["options"]
        return options

    def _counts(self, document: Stored, response: Response) -> tuple[int, int]:
        chosen = [option for option in document["options"] if option["id"] in response["chosen"]]
        return sum(option["score"] for option in chosen), sum(not option["score"] for option in chosen)
