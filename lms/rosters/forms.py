"""What people type on the pages of a list: a file or pasted rows, for which unit, into which class; a course and its last
day; a list of results from elsewhere."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField, TextAreaField
from wtforms.validators import Optional

from lms.core.errors import DomainError
from lms.rosters.rules.results import LONGEST_COURSE
from lms.web import phrases
from lms.web.forms import AtMost, BaseForm, TextField

LONGEST_CLASS = 120
NOT_CHOSEN = _l("Bạn chọn một đơn vị trong danh sách.")
NOTHING_SENT = _l("Bạn chọn một tệp bảng tính, hoặc dán các dòng vào ô bên dưới.")
NO_SOURCE = _l("Bạn chọn một nguồn trong danh sách.")
TWO_SENT = _l("Bạn vừa chọn tệp vừa dán dòng. Bạn chỉ dùng một trong hai.")


class PastedField(TextAreaField):
    """Rows as they were copied: lines and tabs stay, what no text has is dropped."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = "".join(c for c in text if c != "\0" and not "\ud800" <= c <= "\udfff")


class FileGiven(Field):  # type: ignore[misc]
    """The file of a multipart form; `data` is (name, bytes) or None. Holds the errors that belong to the file."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors, self.object_data = [], None
        given = request.files.get(self.name) if formdata is not None else None
        self.data = (given.filename, given.read()) if given is not None and given.filename else None


class ListForm(BaseForm):
    """A list as a file or as pasted rows, for one unit. Each form names its fields in the order of its page."""

    organisation: SelectField
    tep: FileGiven
    dan: PastedField

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, one of what each choice offers, and one of file or text: both or none is a question back."""
        is_valid = super().validate(extra_validators)
        for field, words in self.choices_asked():
            if field.data not in {choice.value for choice in field.choices or ()}:
                field.errors = [words]
        pasted = bool((self.dan.data or "").strip())
        if self.tep.data and pasted:
            self.dan.errors = [TWO_SENT]
        elif not self.tep.data and not pasted:
            self.tep.errors = [NOTHING_SENT]
        return bool(is_valid and not self.errors)

    def choices_asked(self) -> list[tuple[SelectField, Any]]:
        """The fields in which one of the choices must stand, each with what is said when none does."""
        return [(self.organisation, NOT_CHOSEN)]

    def field_sent(self) -> str:
        """The name of the field by which the list came."""
        return "tep" if self.tep.data else "dan"


class UploadForm(ListForm):
    """A list of people, and the class into which all of them go."""

    organisation = SelectField(_l("Đơn vị"), name="don-vi", id="don-vi", validate_choice=False)
    tep = FileGiven(_l("Tệp bảng tính"))
    dan = PastedField(_l("Dán các dòng vào đây"))
    lop = TextField(_l("Tên lớp"), [AtMost(LONGEST_CLASS)])

    def show(self, error: DomainError) -> None:
        """Put the refusal beside what was sent: the class, the file or the pasted rows."""
        self.add_error("lop" if error.code.startswith("cohort.") else self.field_sent(), phrases.sentence(error))


class EnrolForm(BaseForm):
    """Which course, to be finished by which day."""

    khoa = SelectField(_l("Khóa học"), validate_choice=False)
    han = DateField(_l("Học xong trước hết ngày"), [Optional()])


class ResultsForm(ListForm):
    """A list of results from a source; the course when the list itself names none."""

    organisation = SelectField(_l("Đơn vị"), name="don-vi", id="don-vi", validate_choice=False)
    source = SelectField(_l("Kết quả từ đâu"), name="nguon", id="nguon", validate_choice=False)
    tep = FileGiven(_l("Tệp bảng tính"))
    dan = PastedField(_l("Dán các dòng vào đây"))
    khoa = TextField(_l("Tên khóa học chung"), [AtMost(LONGEST_COURSE)])

    def choices_asked(self) -> list[tuple[SelectField, Any]]:
        """The source too."""
        return [*super().choices_asked(), (self.source, NO_SOURCE)]

    def show(self, error: DomainError) -> None:
        """Put the refusal beside what was sent."""
        self.add_error("source" if error.code.startswith("source.") else self.field_sent(), phrases.sentence(error))
