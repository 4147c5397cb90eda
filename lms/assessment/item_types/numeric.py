"""A number, written as people write numbers."""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lms.assessment.documents import items
from lms.assessment.item_types.base import Response, Stored, feedback_of
from lms.assessment.item_types.typed import Typed
from lms.core.vietnamese import fold

_NUMBER = re.compile(r"([+-]?) ?([0-9][0-9 .,']*)")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"([1-9][0-9]{0,2})([ .,'])([0-9]{3}(?:\2[0-9]{3})*)(?:([.,])([0-9]+))?")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2019": "'"})
_TIMES = {"k": 1_000, "nghin": 1_000, "ngan": 1_000, "trieu": 10**6, "tr": 10**6, "ty": 10**9, "ti": 10**9}
_MONEY = {"dong", "d", "vnd", "₫"}


class Numeric(Typed):
    """Scores 1 when the number lies within the tolerance of the answer."""

    name = "numeric"
    schema = items.Numeric
    template = "assessment/items/numeric.html"

    def store_parts(self, item: Any, drawing: str | None) -> Stored:
        return {"answer": str(item.answer), "tolerance": str(item.tolerance), "unit": item.unit,
                "feedback": feedback_of(item)}

    def present_parts(self, document: Stored, seed: int) -> dict[str, Any]:
        return {**super().present_parts(document, seed), "unit": document["unit"]}

    def judge(self, document: Stored, response: Response) -> Fraction:
        answer, tolerance = Decimal(document["answer"]), Decimal(document["tolerance"])
        return Fraction(any(abs(number - answer) <= tolerance for number in numbers(response["text"], document["unit"])))

    def review_parts(self, document: Stored, response: Response | None, seed: int) -> dict[str, Any]:
        return {"given": response["text"] if response else None, "answer": Decimal(document["answer"]),
                "unit": document["unit"]}

    def correct_response(self, document: Stored) -> Response:
        return {"text": document["answer"].replace(".", ",")}


def numbers(text: str, unit: str) -> set[Decimal]:
    """What the text can mean as a number of this unit; empty when it is none.

    "150.000", "150 000 đ", "150,5", "150 nghìn". A separator before exactly three digits can group them or begin the
    decimals ("1.500"): both are meant by somebody, and nobody is failed over how a number is written.
    """
    text = fold(unicodedata.normalize("NFKC", text)).translate(_MINUS)
    match = _NUMBER.match(text)
    if match is None:
        return set()
    words = text[match.end():].strip(" .").split()
    times = _TIMES.get(words[0], 1) if words and words[0] not in fold(unit).split() else 1
    known = set(fold(unicodedata.normalize("NFKC", unit)).split())
    if not set(words[1:] if times > 1 else words) <= (known | _MONEY if known & _MONEY else known):
        return set()
    sign = -1 if match[1] == "-" else 1
    return {sign * times * number for number in _readings(match[2].strip(" .,'"))}


def _readings(digits: str) -> set[Decimal]:
    found = set()
    if _PLAIN.fullmatch(digits):
        found.add(Decimal(digits.replace(",", ".")))
    grouped = _GROUPED.fullmatch(digits)
    if grouped and grouped[2] != grouped[4]:
        whole = grouped[1] + "".join(c for c in grouped[3] if c.isdigit())
        found.add(Decimal(f"{whole}.{grouped[5] or 0}"))
    return found
