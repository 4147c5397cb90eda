"""What the forms share: choices with their words, rules' refusals beside their fields, numbers that are no numbers."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.fields.choices import SelectChoice

from lms.core.errors import DomainError
from lms.web import phrases
from lms.web.forms import BaseForm


def choices(keys: Iterable[str], names: Mapping[str, Any]) -> list[SelectChoice]:
    """Choices of a list of words, each with its name on the screen."""
    return [SelectChoice(key, names[key]) for key in keys]


class RuledForm(BaseForm):
    """A form whose rules' refusals find their field by the beginning of their code."""

    FIELD_OF: dict[str, str] = {}

    def show(self, error: DomainError) -> None:
        """Put the rule's sentence beside its field. Raises the error again when it belongs to no field."""
        for code, field in self.FIELD_OF.items():
            if error.code.startswith(code):
                self.add_error(field, phrases.sentence(error))
                return
        raise error


class YearField(IntegerField):
    """A year, or a sentence that says how to write one."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as fault:
            raise ValueError(_l("Năm sinh có 4 chữ số, ví dụ 1959.")) from fault


class NumberField(IntegerField):
    """A whole number, or a sentence that says so."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isascii() and text.strip().isdecimal() and len(text) <= 9 else None
        if text and self.data is None:
            raise ValueError(_l("Bạn gõ một số, ví dụ 50."))
