"""A word or a few, compared with those accepted; how strictly is a setting of the item."""

import re
import unicodedata
from fractions import Fraction
from typing import Any

from lms.assessment.documents import items
from lms.assessment.item_types.base import Response, Stored, feedback_of
from lms.assessment.item_types.typed import Typed
from lms.core.vietnamese import clean

# Two schools write the mark on different letters, "hòa" and "hoà": o with a or e, u with y, then one of five tones.
_TONE_PLACES = re.compile("([oO])([aAeE])([\u0300\u0301\u0303\u0309\u0323])|([uU])([yY])([\u0300\u0301\u0303\u0309\u0323])")


class ShortText(Typed):
    """Scores 1 when the text equals an accepted one, but for what the item ignores and so many typing slips."""

    name = "short_text"
    schema = items.ShortText
    template = "assessment/items/short-text.html"

    def store_parts(self, item: Any, drawing: str | None) -> Stored:
        return {"accept": list(item.accept), "ignore": list(item.ignore), "typos": item.typos,
                "feedback": feedback_of(item)}

    def judge(self, document: Stored, response: Response) -> Fraction:
        typed = comparable(response["text"], document["ignore"])
        accepted = (comparable(text, document["ignore"]) for text in document["accept"])
        return Fraction(bool(typed) and any(within(typed, text, document["typos"]) for text in accepted))

    def review_parts(self, document: Stored, response: Response | None, seed: int) -> dict[str, Any]:
        return {"given": response["text"] if response else None, "answer": document["accept"][0]}

    def correct_response(self, document: Stored) -> Response:
        return {"text": document["accept"][0]}


def comparable(text: str, ignore: list[str]) -> str:
    """The text without what the item ignores: case, space, accents, punctuation. One form for NFC and NFD, for "hòa"
    and "hoà"."""
    text = unicodedata.normalize("NFD", clean(text))
    text = _TONE_PLACES.sub(lambda m: f"{m[1]}{m[3]}{m[2]}" if m[1] else f"{m[4]}{m[6]}{m[5]}", text)
    if "case" in ignore:
        text = text.casefold()
    if "accents" in ignore:
        text = "".join(c for c in text if not unicodedata.combining(c)).replace("đ", "d").replace("Đ", "D")
    if "punctuation" in ignore:
        text = "".join(c for c in text if unicodedata.category(c)[0] not in "PS")
    return unicodedata.normalize("NFC", ("" if "space" in ignore else " ").join(text.split()))


def within(one: str, other: str, most: int) -> bool:
    """Whether at most so many slips lie between the two: a letter too much, too little, another, or two swapped.

    Damerau-Levenshtein distance in its restricted form (optimal string alignment), stopped as soon as it is too far.
    """
    if abs(len(one) - len(other)) > most:
        return False
    if not most:
        return one == other
    before, last = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, opposite in enumerate(other, 1):
            steps = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != opposite))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite:
                steps = min(steps, before[j - 2] + 1)
            row.append(steps)
        if min(row) > most:
            return False
        before, last = last, row
    return last[-1] <= most
