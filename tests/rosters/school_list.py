"""The list that a school really has: title rows, a heading of two lines with merged cells, an old font, eighty teachers
with two namesakes, three families on one telephone each, five faults, a total and signatures at the end."""

import io
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from lms.core.spreadsheets.legacy import _TCVN3

SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ")
MIDDLE = ("Thị", "Văn", "Ngọc", "Minh", "Thanh", "Quốc", "Hữu", "Kim")
GIVEN = ("An", "Bình", "Châu", "Dũng", "Hạnh", "Hương", "Khoa", "Lan", "Mai", "Nga", "Oanh", "Phước", "Quý", "Sơn", "Tú", "Uyên",
         "Vinh", "Xuân", "Yến", "Đạt")
POSITIONS = ("Giáo viên", "Tổ trưởng", "Nhân viên", "Phó hiệu trưởng")
FAMILIES = ((10, 11), (20, 21), (43, 44))
FIRST_ROW = 8  # of the teachers, in the sheet
_LETTERS = {letter: old for old, letter in _TCVN3.items() if letter.islower()} | {
    letter: old for old, letter in _TCVN3.items() if letter in "ĂÂÊÔƠƯĐ"}


def in_tcvn3(text):
    """The text as a TCVN3 (ABC) font holds it; capitals with tones are typed in small letters, as typists did."""
    return "".join(_LETTERS.get(c) or _LETTERS.get(c.lower()) or c for c in text)


@dataclass
class Teacher:
    """One row: what the school knows of a teacher."""

    name: str
    birth: str
    phone: str
    position: str = "Giáo viên"
    email: str = ""


@dataclass
class SchoolList:
    """The file, its teachers as they should end up, the faults by row of the sheet, and the texts that mend them."""

    content: bytes
    teachers: list
    faults: dict = field(default_factory=dict)


def people(count=80, *, first_phone=930000000):
    """So many teachers; no two of the same name but the last two, who are namesakes of different years."""
    made = []
    for n in range(count - 2):
        name = f"{SURNAMES[n % 10]} {MIDDLE[n // 10 % 8]} {GIVEN[(n * 7 + n // 20) % 20]}"
        birth = f"{1 + n % 28:02d}/{1 + n % 12:02d}/{1968 + n % 30}"
        made.append(Teacher(name, birth, f"0{first_phone + n}", POSITIONS[n % 4 if n % 9 == 0 else 0]))
    made.append(Teacher("Nguyễn Thị Thu Hà", "12/05/1984", f"0{first_phone + 900}"))
    made.append(Teacher("Nguyễn Thị Thu Hà", "03/11/1991", f"0{first_phone + 901}"))
    for one, other in FAMILIES if count > 44 else ():
        made[other].phone, made[other].birth = made[one].phone, made[one].birth  # of one house, twins
    return made


def school_list(count=80, *, first_phone=930000000, faults=True):
    """The file of a school. Faults stand in five of its rows; `faults` maps (row, key) to the text that is right."""
    teachers = people(count, first_phone=first_phone)
    typed = [[one.name, one.birth, one.phone, one.position, one.email] for one in teachers]
    right = {}
    if faults:
        break_rows(typed, right, teachers)
    book = Workbook()
    book.active.title = "Huong dan"
    book.active.append(["Điền danh sách vào trang sau"])
    sheet = book.create_sheet("DS GV 2026")
    head(sheet)
    for n, row in enumerate(typed, start=1):
        sheet.append([n, *(in_tcvn3(text) for text in row)])
    sheet.append([])
    sheet.append([in_tcvn3("Tổng cộng"), "", "", f"{count}"])
    sheet.append(["", "", "", "", in_tcvn3("Bến Thu, ngày 20 tháng 11 năm 2026")])
    sheet.append(["", in_tcvn3("Người lập"), "", "", in_tcvn3("Hiệu trưởng")])
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    return SchoolList(out.getvalue(), teachers, right)


def head(sheet):
    """Two lines of the office, the title, and the heading in two merged lines."""
    sheet.append([in_tcvn3("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO")])
    sheet.append([in_tcvn3("TRƯỜNG THCS BẾN THU")])
    sheet.append([])
    sheet.append(["", "", in_tcvn3("DANH SÁCH CÁN BỘ, GIÁO VIÊN THAM GIA HỌC")])
    sheet.append([in_tcvn3("Năm học 2026-2027")])
    sheet.append(["STT", in_tcvn3("Họ và tên"), in_tcvn3("Ngày sinh"), in_tcvn3("Liên hệ và công tác"), "", ""])
    sheet.append(["", "", "", in_tcvn3("Số điện thoại"), in_tcvn3("Chức vụ"), in_tcvn3("Thư điện tử")])
    for cells in ("A6:A7", "B6:B7", "C6:C7", "D6:F6", "A1:C1", "C4:F4"):
        sheet.merge_cells(cells)
    for row in (1, 2, 4, 6, 7):
        for cell in sheet[row]:
            cell.font, cell.alignment = Font(bold=True, name=".VnTime"), Alignment(horizontal="center")


def break_rows(typed, right, teachers):
    """Five faults: a short number, no name, a day that is not, an address without @, the same teacher twice."""
    def spoil(index, column, key, text, mended):
        typed[index][column] = text
        right[FIRST_ROW + index, key] = mended

    spoil(4, 2, "phone", teachers[4].phone[:-1], teachers[4].phone)
    spoil(14, 0, "full_name", "", teachers[14].name)
    spoil(24, 1, "birth_date", "31/02/1980", teachers[24].birth)
    teachers[34].email = f"gv{teachers[34].phone}@benthu.example"
    spoil(34, 4, "email", teachers[34].email.replace("@", "."), teachers[34].email)
    spoil(44, 0, "full_name", teachers[43].name, teachers[44].name)
