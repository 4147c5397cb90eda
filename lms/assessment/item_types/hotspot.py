"""The right places of a picture."""

import re
from typing import Any

from lms.assessment.documents import items
from lms.assessment.item_types.base import Stored, feedback_of, markup
from lms.assessment.item_types.choosing import Choosing, stored_option

_VIEW_BOX = re.compile(r'<svg[^>]*\sviewBox="0 0 ([0-9.]+) ([0-9.]+)"')


class Hotspot(Choosing):
    """Scores what the chosen regions score.

    The regions are numbered in the picture and listed below it as cards under the same numbers, so that keyboard,
    screen reader and a page without script answer by the cards. They stand in reading order (from the top, from the
    left), which says nothing about the key.
    """

    name = "hotspot"
    schema = items.Hotspot
    template = "assessment/items/hotspot.html"
    script = "js/hotspot.js"

    def store_parts(self, item: Any, drawing: str | None) -> Stored:
        width, height = view_box(drawing or "")
        options = [stored_option(region, score=region.score, box=[
            round(percent * side / 100, 1) for percent, side in zip(region.at, (width, height) * 2, strict=True)])
            for region in item.regions]
        return {"picture": drawing, "width": width, "height": height, "alt": item.alt, "many": item.many,
                "options": options, "feedback": feedback_of(item)}

    def present_parts(self, document: Stored, seed: int) -> dict[str, Any]:
        return self._with_picture(document, super().present_parts(document, seed))

    def review_parts(self, document: Stored, response: Any, seed: int) -> dict[str, Any]:
        return self._with_picture(document, super().review_parts(document, response, seed))

    def takes_many(self, document: Stored) -> bool:
        return bool(document["many"])

    def arrange(self, document: Stored, seed: int) -> list[dict[str, Any]]:
        return sorted(document["options"], key=lambda option: (option["box"][1], option["box"][0]))

    def _with_picture(self, document: Stored, parts: dict[str, Any]) -> dict[str, Any]:
        boxes = {option["id"]: option["box"] for option in document["options"]}
        for option in parts["options"]:
            option["box"] = boxes[option["value"]]
        return {**parts, "picture": markup(document["picture"]), "alt": document["alt"], "width": document["width"],
                "height": document["height"]}


def view_box(drawing: str) -> tuple[float, float]:
    """Width and height of a drawing. Raises ValueError when it has no viewBox that begins at 0 0."""
    found = _VIEW_BOX.search(drawing)
    if found is None:
        raise ValueError('the drawing needs viewBox="0 0 WIDTH HEIGHT"')
    return float(found[1]), float(found[2])
