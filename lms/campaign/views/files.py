"""Lists as workbooks: one list, or all of them in the ward's own form."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Response
from flask_babel import gettext as _

from lms.campaign.models import ListRequest, Submission
from lms.campaign.queries.forms import own_form_of
from lms.core.spreadsheets import SheetToWrite, write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def columns() -> list[tuple[str, str]]:
    """(key, heading) of the columns of a list, in their order."""
    return [("full_name", _("Họ và tên")), ("birth_date", _("Ngày sinh")), ("phone", _("Số điện thoại")),
            ("email", _("Thư điện tử")), ("staff_code", _("Mã cán bộ")), ("class", _("Lớp")), ("position", _("Chức vụ")),
            ("organisation", _("Đơn vị")), ("personal_code", _("Mã cá nhân"))]


def one_list(submission: Submission) -> SheetToWrite:
    """The list of one unit, as it was handed in."""
    return _sheet(columns(), submission.rows, [])


def all_lists(found: ListRequest, lists: Sequence[tuple[str, Submission]]) -> SheetToWrite:
    """Every list in one sheet, in the form of whoever asked. The unit stands in its column, with its part behind it."""
    lines, own = own_form_of(found.organisation_id)
    form = own or columns()
    if all(key != "organisation" for key, _words in form):
        form = [*form, ("organisation", _("Đơn vị"))]
    rows = [{**row, "organisation": f"{name}, {row['organisation']}" if row["organisation"] else name}
            for name, submission in lists for row in submission.rows]
    return _sheet(form, rows, lines or [found.title])


def _sheet(form: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, Any]], lines: Sequence[str]) -> SheetToWrite:
    keys = [key for key, _words in form]
    table = [[number, *cells(row, keys)] for number, row in enumerate(rows, start=1)]
    return SheetToWrite(_("Danh sách"), [_("STT"), *(words for _key, words in form)], table, lines)


def cells(row: Mapping[str, Any], keys: Sequence[str]) -> list[Any]:
    """The values of a row in the order of the columns. A year alone stands as a number in the column of the birth date."""
    values = dict(row)
    if row.get("birth_date"):
        values["birth_date"] = date.fromisoformat(row["birth_date"])
    else:
        values["birth_date"] = row.get("birth_year")
    return [values.get(key) for key in keys]


def workbook(sheet: SheetToWrite, name: str) -> Response:
    """The sheet as a download."""
    return Response(write_workbook([sheet]), mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
