"""The base of all forms: CSRF token, Vietnamese messages, clean text in."""

from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, StopValidation

from lms.core.vietnamese import clean


class BaseForm(FlaskForm):
    """Form with a CSRF token. Field errors are whole sentences that say what to do."""

    class Meta(FlaskForm.Meta):
        locales = ["vi"]

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The fields that were posted. Flask-WTF would take files and JSON, of any shape, in their place."""
            return formdata if formdata is None or isinstance(formdata, MultiDict) else request.form or None

    def add_error(self, field: str, message: str) -> None:
        """Put a sentence from a rule beside its field."""
        errors = list(self[field].errors)
        self[field].errors = [*errors, message]


class TextField(StringField):
    """One line of text, cleaned: NFC, no invisible characters, single spaces. Text also when nothing was posted."""

    def process_data(self, value: Any) -> None:
        self.data = value or ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = clean(valuelist[0]) if valuelist else ""


class DayField(DateField):
    """A day from a browser's calendar, or typed as people do."""

    def __init__(self, label: Any, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as fault:
            raise ValueError(_l("Ngày viết theo kiểu 31/3/2027.")) from fault


class Required(InputRequired):
    """The field must be filled; `message` says what to type."""

    def __init__(self, message: Any) -> None:
        super().__init__(message=message)

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        if field.data == "":  # spaces alone, cleaned away
            raise StopValidation(self.message)


class AtMost:
    """At most `length` characters; says how long the text is now."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __call__(self, _form: Any, field: Any) -> None:
        size = len(field.data or "")
        if size > self.length:
            message = _l("Ô này chứa tối đa %(most)d ký tự. Bạn đã gõ %(size)d.", most=self.length, size=size)
            raise ValidationError(message)


class ListField(SelectField):
    """One of a list that the page offers; `message` says what to do when something else was sent."""

    def __init__(self, label: Any, message: Any, **options: Any) -> None:
        super().__init__(label, validate_choice=False, **options)
        self.message = message

    def pre_validate(self, form: Any) -> None:
        if self.data not in {choice.value for choice in self.choices or ()}:
            raise ValidationError(self.message)


NOBODY = UUID(int=0)


def uuid_in(text: str) -> UUID | None:
    """The uuid that somebody sent; None for whatever is none."""
    try:
        return UUID(text[:45])
    except ValueError:
        return None


def uuids_in(name: str) -> list[UUID]:
    """The things ticked in the posted form; whatever is no uuid is nobody's."""
    return [uuid_in(text) or NOBODY for text in request.form.getlist(name)]
