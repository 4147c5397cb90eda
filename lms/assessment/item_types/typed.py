"""What the types have in common that are answered by typing: `{"text": …}`."""

from typing import Any

from lms.assessment.item_types.base import FIELD, MOST_LETTERS, Form, ItemType, Response, Stored, values
from lms.core.errors import DomainError
from lms.core.vietnamese import clean


class Typed(ItemType):
    """One line of text, kept as it was typed (in the one normal form of core)."""

    def read(self, document: Stored, form: Form) -> Response | None:
        typed = values(form, FIELD)
        text = clean(typed[0]) if typed else ""
        if len(typed) > 1 or len(text) > MOST_LETTERS:
            raise DomainError("response.invalid")
        return {"text": text} if text else None

    def present_parts(self, document: Stored, seed: int) -> dict[str, Any]:
        return {"most_letters": MOST_LETTERS}
