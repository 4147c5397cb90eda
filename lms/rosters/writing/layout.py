"""A form: which columns, in which order, under which words, below which lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lms.core.errors import DomainError
from lms.core.spreadsheets import SheetToWrite, Value, write_csv, write_workbook
from lms.rosters.reading.records import HEADINGS, KEYS

_SHEET, _GUIDE = "Danh sách", "Cách ghi"
_NUMBER = "STT"
_WIDTHS = {"full_name": 28, "birth_date": 13, "phone": 16, "email": 28, "staff_code": 12, "class": 10, "position": 20,
           "organisation": 24, "note": 24, "personal_code": 14}
_GUIDE_LINES = (
    "Mỗi dòng là một người. Chỉ họ và tên là bắt buộc, các cột khác có thể để trống.",
    "Ngày sinh viết ngày/tháng/năm, ví dụ 20/11/1984. Chỉ nhớ năm thì viết năm: 1984.",
    "Số điện thoại là số di động 10 chữ số. Người trong một nhà có thể dùng chung một số.",
    "Người không có điện thoại và thư điện tử đăng nhập bằng mã cá nhân in trên phiếu.",
    "Cột không dùng có thể xóa. Thứ tự cột và các dòng phía trên có thể đổi.",
    "Không cần số căn cước: cột ấy nếu có sẽ bị bỏ, không lưu.",
)


@dataclass(frozen=True)
class RosterForm:
    """A body's own form: the lines above the table, and its columns as pairs of our key and the body's words."""

    lines: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = tuple((key, HEADINGS[key]) for key in KEYS)

    @property
    def headings(self) -> list[str]:
        """The words over the columns, a running number first."""
        return [_NUMBER, *(words for _, words in self.columns)]


DEFAULT_FORM = RosterForm()


def template_file(form: RosterForm = DEFAULT_FORM, *, rows: int = 0) -> bytes:
    """An empty list in this form as xlsx, with a sheet that says how to fill it. `rows` numbered lines stand ready."""
    table: list[list[Value]] = [[number + 1] for number in range(rows)]
    return write_workbook([
        SheetToWrite(_SHEET, form.headings, table, form.lines, _widths(form)),
        SheetToWrite(_GUIDE, (), [[line] for line in _GUIDE_LINES], widths=(90,)),
    ])


def export_file(rows: Iterable[Mapping[str, Value]], form: RosterForm = DEFAULT_FORM, suffix: str = ".xlsx") -> bytes:
    """People as a list that imports again as a no-op. Each row maps our keys to text, a date, or a year as a number.

    The personal code is always there: it is what finds the same person again. Raises DomainError file.suffix (suffix).
    """
    suffix = suffix.lower().lstrip(".")
    if suffix not in ("xlsx", "csv"):
        raise DomainError("file.suffix", suffix=suffix[:10])
    columns = list(form.columns)
    if all(key != "personal_code" for key, _ in columns):
        columns.append(("personal_code", HEADINGS["personal_code"]))
    whole = RosterForm(form.lines, tuple(columns))
    table = [[number, *(row.get(key) for key, _ in columns)] for number, row in enumerate(rows, start=1)]
    if suffix == "csv":
        return write_csv([*([line] for line in form.lines), whole.headings, *table])
    return write_workbook([SheetToWrite(_SHEET, whole.headings, table, form.lines, _widths(whole))])


def _widths(form: RosterForm) -> Sequence[int]:
    return [6, *(_WIDTHS.get(key, 16) for key, _ in form.columns)]
