"""Lists as schools, wards and firms send them, each with exactly what must be read out of it.

`rows`: "number name | key=value …" in normal forms. `columns`: "letter key", in order of the letters. `warnings` and
`errors`: "cell code". What is not given must be empty.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from lms.rosters.reading import PASTED, Choice
from tests.rosters.lists.building import Page, csv, in_tcvn3_font, ods, replaced, table, to_vni, xls, xlsx


@dataclass(frozen=True)
class Case:
    name: str
    content: bytes
    rows: str = ""
    columns: str = "A full_name, B phone"
    header_row: int | None = 1
    encoding: str = "xlsx"
    warnings: str = ""
    errors: str = ""
    sheet: str | None = None
    filename: str = "ds.xlsx"
    choice: Choice = field(default_factory=Choice)

    def __str__(self):
        return self.name


AN = "Nguyễn Văn An | 0905123456"
SIMPLE = f"Họ và tên | SĐT\n{AN}\nLê Thị Hoà | 0914556678"
SIMPLE_ROWS = "2 Nguyễn Văn An phone=0905123456\n3 Lê Thị Hoà phone=0914556678"
STAFF = """
STT | Họ và tên | Ngày sinh | Số điện thoại | Ghi chú
1 | Nguyễn Thị Hương | 20/11/1984 | 0905123456 | Tổ trưởng
2 | Trần Văn Đức | 1979 | 0914556678 | Nghỉ sinh
3 | Đỗ Hữu Phước | 05/09/1990 | 0935990011 |
"""
STAFF_ROWS = """
2 Nguyễn Thị Hương year=1984 born=1984-11-20 phone=0905123456 note=Tổ trưởng
3 Trần Văn Đức year=1979 phone=0914556678 note=Nghỉ sinh
4 Đỗ Hữu Phước year=1990 born=1990-09-05 phone=0935990011
"""
STAFF_COLUMNS = "B full_name, C birth_date, D phone, E note"


def names_under(heading, *names, **more):
    """A list of one column of names and one of phones under this heading."""
    return xlsx([[heading, "SĐT"], *([name, f"090512345{n}"] for n, name in enumerate(names))], **more)


def _encodings():
    for encoding, word in (("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16"),
                           ("utf-16-be", "utf-16"), ("windows-1258", "windows-1258"), ("tcvn3", "tcvn3"), ("vni", "vni")):
        for separator, title in ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")):
            if separator == "," or encoding in ("utf-8", "tcvn3"):
                yield Case(f"csv {encoding} {title}", csv(STAFF, encoding=encoding, separator=separator), STAFF_ROWS,
                     STAFF_COLUMNS,
                           encoding=word, warnings="C3 date.year_only", filename="ds.csv", sheet="")


def _fonts():
    for build in (xlsx, xls, ods):
        for word, font in (("tcvn3", in_tcvn3_font), ("vni", lambda text: to_vni(text).decode("latin-1"))):
            yield Case(f"{build.__name__} cells in {word}", build(font(STAFF)), STAFF_ROWS, STAFF_COLUMNS, encoding=word,
                       warnings="C3 date.year_only")


def _kinds():
    for build in (xlsx, xls, ods):
        yield Case(f"{build.__name__} plain", build(SIMPLE), SIMPLE_ROWS, encoding=build.__name__)
        yield Case(
            f"{build.__name__} real dates and bare numbers",
            build([["Họ tên", "Ngày sinh", "ĐT"], ["Võ Thị Thu", date(1980, 3, 5), 905123456], ["Y Bhăm Êban", 29285,
                 912000000],
                   ["H'Hen Niê", 1992, 84905123457], ["Ksor Phước", 5031980, "0914.556.678"]]),
            "2 Võ Thị Thu year=1980 born=1980-03-05 phone=0905123456\n3 Y Bhăm Êban year=1980 born=1980-03-05 phone=0912000000\n"
            "4 H'Hen Niê year=1992 phone=0905123457\n5 Ksor Phước year=1980 born=1980-03-05 phone=0914556678",
            "A full_name, B birth_date, C phone", encoding=build.__name__, warnings="B4 date.year_only")
        yield Case(
            f"{build.__name__} hidden sheet before the list",
            build(Page(table("Họ và tên | SĐT\nNgười Cũ | 0905000000"), "cu", state="hidden"), Page(table(SIMPLE), "moi")),
            SIMPLE_ROWS, encoding=build.__name__, sheet="moi")


HEADS = """
TRƯỜNG THCS AN HẢI | | | |
TỔ VĂN PHÒNG | | | |

DANH SÁCH CÁN BỘ, GIÁO VIÊN, NHÂN VIÊN | | | |
"""
TAIL = """
| Tổng cộng: 2 người | | |

| | | Đà Nẵng, ngày 20 tháng 3 năm 2026 |
| Người lập biểu | | HIỆU TRƯỞNG |
| (Ký, ghi rõ họ tên) | | (Ký tên, đóng dấu) |
| Trần Thị Lập | | Lê Văn Trưởng |
"""
BODY = "STT | Họ và tên | Chức vụ | Điện thoại liên hệ | Tổ chuyên môn\n1 | Phan Thị Mỹ Linh | Hiệu trưởng | 0905112233 | Văn\n" \
       "2 | Đỗ Hữu Phước | Giáo viên | 0914556678 | Toán - Tin"
BODY_COLUMNS = "B full_name, C position, D phone, E organisation"

LAYOUTS = [
    Case("title rows, totals and signatures", xlsx(f"{HEADS}{BODY}{TAIL}"),
         "6 Phan Thị Mỹ Linh phone=0905112233 position=Hiệu trưởng organisation=Văn\n"
         "7 Đỗ Hữu Phước phone=0914556678 position=Giáo viên organisation=Toán - Tin", BODY_COLUMNS, 5,
         warnings="A1 row.skipped\nA2 row.skipped\nA4 row.skipped\nB8 row.skipped\nD10 row.skipped\nB11 row.skipped\n"
                  "B12 row.skipped\nB13 row.skipped"),
    Case("two-line header with merged cells",
         xlsx(Page(table("DANH SÁCH | | | | |\nTT | Họ và tên | Ngày sinh | Liên hệ | | Ghi chú\n | | | SĐT | Email |\n"
                         "1 | Võ Thị Thu | 2/9/1975 | 0935990011 | thu.vt@benthu.example | mới"),
                   merged=("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3"))),
         "4 Võ Thị Thu year=1975 born=1975-09-02 phone=0935990011 email=thu.vt@benthu.example note=mới",
         "B full_name, C birth_date, D phone, E email, F note", 2, warnings="A1 row.skipped"),
    Case("a sender's own name and number above the list",
         xlsx(f"Họ và tên đầu mối: Trần Thị Mối | Điện thoại: 0905999888\n{SIMPLE}"),
         "3 Nguyễn Văn An phone=0905123456\n4 Lê Thị Hoà phone=0914556678", header_row=2, warnings="A1 row.skipped"),
    Case("two-line header in csv", csv("TT|Họ và tên|Liên hệ||\n||SĐT|Email|\n1|Võ Thị Thu|0935990011|a.b@benthu.example|"),
         "3 Võ Thị Thu phone=0935990011 email=a.b@benthu.example", "B full_name, C phone, D email", encoding="utf-8", sheet=""),
    Case("day, month and year in three columns",
         xlsx(Page(table("STT | Họ và tên | Ngày tháng năm sinh | | | SĐT\n | | Ngày | Tháng | Năm |\n"
                         "1 | Lê Na | 7 | 12 | 1988 | 0905123456\n2 | Lê Ni | | | 1990 | 0905123457"),
                   merged=("A1:A2", "B1:B2", "C1:E1", "F1:F2"))),
         "3 Lê Na year=1988 born=1988-12-07 phone=0905123456\n4 Lê Ni year=1990 phone=0905123457",
         "B full_name, C+D+E birth_date, F phone", warnings="C4 date.year_only"),
    Case("birth year below Nam and Nữ",
         xlsx(Page(table("TT | Họ và tên | Năm sinh | | Điện thoại\n | | Nam | Nữ |\n1 | Bùi Văn Nam | 1970 | | 0905123456\n"
                         "2 | Bùi Thị Nữ | | 1972 | 0905123457"), merged=("A1:A2", "B1:B2", "C1:D1", "E1:E2"))),
         "3 Bùi Văn Nam year=1970 phone=0905123456\n4 Bùi Thị Nữ year=1972 phone=0905123457",
         "B full_name, C+D birth_date, E phone", warnings="C3 date.year_only\nC4 date.year_only"),
    Case("family and given name apart", xlsx("Họ đệm | Tên | SĐT\nNguyễn Văn | An | 0905123456\nLê | Hoà | 0914556678"),
         SIMPLE_ROWS.replace("Thị ", ""), "A+B full_name, C phone"),
    Case("one heading over two columns of a name",
         xlsx(Page(table("Họ và tên | | SĐT\nNguyễn Văn | An | 0905123456\nLê Thị | Hoà | 0914556678"), merged=("A1:B1",))),
         SIMPLE_ROWS, "A+B full_name, C phone"),
    Case("a given name without a heading", csv("Họ và tên||SĐT\nNguyễn Văn|An|0905123456\nLê Thị|Hoà|0914556678"),
         SIMPLE_ROWS, "A+B full_name, C phone", encoding="utf-8", sheet=""),
    Case("a nickname column is no part of the name",
         csv("Họ và tên|Tên|SĐT\nNguyễn Văn An|An|0905123456\nLê Thị Hoà|Hoà|0914556678"),
         SIMPLE_ROWS, "A full_name, C phone", encoding="utf-8", sheet=""),
    Case("header printed again on the second page", xlsx(f"{SIMPLE}\nHọ và tên | SĐT\nPhan An | 0935990011"),
         f"{SIMPLE_ROWS}\n5 Phan An phone=0935990011", warnings="A4 row.skipped"),
    Case("numbers below the header", xlsx("STT | Họ và tên | SĐT\n(1) | (2) | (3)\n1 | Phan An | 0935990011"),
         "3 Phan An phone=0935990011", "B full_name, C phone", warnings="A2 row.skipped"),
    Case("sections between the rows",
         xlsx("STT | Họ và tên | SĐT\nI. Ban giám hiệu\n1 | Phan An | 0935990011\n | Tổ Toán - Tin |\n2 | Tô Bình | 0935990012"),
         "3 Phan An phone=0935990011\n5 Tô Bình phone=0935990012", "B full_name, C phone",
         warnings="A2 row.skipped\nB4 row.skipped"),
    Case("numbered empty lines of a form", xlsx("STT | Họ và tên | SĐT\n1 | Phan An | 0935990011\n2 | |\n3 | |"),
         "2 Phan An phone=0935990011", "B full_name, C phone"),
    Case("blank rows between", xlsx("Họ tên | SĐT\n\nPhan An | 0935990011\n\n\nTô Bình | 0935990012"),
         "3 Phan An phone=0935990011\n6 Tô Bình phone=0935990012"),
    Case("names only", xlsx("Họ và tên\nPhan An\nY Moan\nThạch Sa Ry"), "2 Phan An\n3 Y Moan\n4 Thạch Sa Ry", "A full_name"),
    Case("names only, signed below", xlsx("Họ và tên\nPhan An\n\nHiệu trưởng\nLê Văn Trưởng"), "2 Phan An", "A full_name",
         warnings="A4 row.skipped\nA5 row.skipped"),
    Case("hidden rows are read", xlsx(Page(table(SIMPLE), hidden_rows=(3,))), SIMPLE_ROWS),
    Case("the list begins at column D, row 9", xlsx([[]] * 8 + [[None] * 3 + row for row in table(SIMPLE)]),
         "10 Nguyễn Văn An phone=0905123456\n11 Lê Thị Hoà phone=0914556678", "D full_name, E phone", 9),
    Case("the list is on the second sheet",
         xlsx(Page(table("Kính gửi | phường\nTrường gửi danh sách | "), "Thư"), Page(table(SIMPLE), "DS")), SIMPLE_ROWS,
         sheet="DS"),
    Case("stacked tables with the same columns", xlsx(f"{SIMPLE}\n\nDanh sách tổ 2 |\nHọ và tên | SĐT\nPhan An | 0935990011"),
         f"{SIMPLE_ROWS}\n7 Phan An phone=0935990011", warnings="A5 row.skipped\nA6 row.skipped"),
    Case("line breaks inside quotes",
         b'Ho va ten,SDT,Ghi chu\r\n"Nguyen Van An",0905123456,"dong 1\r\ndong 2"\r\nLe Hoa,0914556678,\r\n',
         "2 Nguyen Van An phone=0905123456 note=dong 1 dong 2\n3 Le Hoa phone=0914556678", "A full_name, B phone, C note",
         encoding="utf-8", sheet=""),
    Case("a hint for the separator", b"sep=;\r\nHo va ten;SDT\r\nLe, Hoa;0914556678\r\n", "2 Le, Hoa phone=0914556678",
         encoding="utf-8", sheet=""),
    Case("columns that must not be taken",
         xlsx("Họ và tên học sinh | Họ tên cha | SĐT phụ huynh | Lớp | role | is_admin | org | password_hash | Nơi sinh\n"
              "Phan An | Phan Ba | 0905123456 | 9A1 | admin | 1 | ward | x | Đà Nẵng"),
         "2 Phan An class=9A1", "A full_name, D class"),
    Case("identity numbers are dropped", xlsx("Họ và tên | Số CCCD | SĐT\nPhan An | 048200001234 | 0935990011"),
         "2 Phan An phone=0935990011", "A full_name, C phone", warnings="B1 column.dropped"),
    Case("the reasons of a returned file are ignored", xlsx("Họ và tên | SĐT | Lý do cần sửa\nPhan An | 0935990011 | thiếu số"),
         "2 Phan An phone=0935990011"),
    Case("machine names", csv("full_name|phone|email|staff_code|class|position|organisation|note|birth_date|personal_code\n"
                              "Phan An|0935990011|a@x.vn|7|9A|GV|Toan|n|1980-03-05|BT-7K3-29P"),
         "2 Phan An year=1980 born=1980-03-05 phone=0935990011 email=a@x.vn staff_code=7 class=9A position=GV organisation=Toan"
         " note=n code=BT-7K3-29P",
         "A full_name, B phone, C email, D staff_code, E class, F position, G organisation, H note, I birth_date, J personal_code",
         encoding="utf-8", sheet=""),
    Case("school and group: the group is the unit", xlsx("Họ và tên | Đơn vị | Tổ chuyên môn\nPhan An | THCS An Hải | Toán"),
         "2 Phan An organisation=Toán", "A full_name, C organisation"),
    Case("cells in an old font below a Unicode header",
         xlsx([["Họ và tên", "Lớp"], [in_tcvn3_font("Nguyễn Thị Hương"), "9A"], [in_tcvn3_font("Trần Văn Đức"), "9B"]]),
         "2 Nguyễn Thị Hương class=9A\n3 Trần Văn Đức class=9B", "A full_name, B class", encoding="tcvn3"),
    Case("a Unicode column beside an old font",
         xlsx([[in_tcvn3_font("Họ và tên"), "Ghi chú"], [in_tcvn3_font("Nguyễn Thị Hương"), "Lâm, nhà gần chợ"],
               [in_tcvn3_font("Vũ Đức"), "ở Hòa Quý, rể ông Tám"]]),
         "2 Nguyễn Thị Hương note=Lâm, nhà gần chợ\n3 Vũ Đức note=ở Hòa Quý, rể ông Tám", "A full_name, B note",
         encoding="tcvn3"),
    Case("capitals in an old font", csv("Họ và tên|SĐT\nNGUYỄN THỊ HƯƠNG|0905123456\nLÊ VĂN ĐỨC|0914556678", encoding="tcvn3"),
         "2 NGUYỄN THỊ HƯƠNG phone=0905123456\n3 LÊ VĂN ĐỨC phone=0914556678", encoding="tcvn3", sheet=""),
    Case("decomposed letters", xlsx([["Họ và tên", "SĐT"], ["Nguyễn Văn An", "0905123456"]]),
         "2 Nguyễn Văn An phone=0905123456"),
    Case("cached values of formulas",
         replaced(xlsx([["Họ và tên", "SĐT"], ["@@", 905123456]]), xl__worksheets__sheet1_xml=lambda xml: re.sub(
             '<c r="A2".*?</c>', '<c r="A2" t="str"><f>A9&amp;B9</f><v>Phan An</v></c>', xml)),
         "2 Phan An phone=0905123456"),
    Case("no name column", xlsx("STT | Số điện thoại | Ghi chú\n1 | 0905123456 | x"), "", "B phone, C note",
         errors="A1 column.missing"),
    Case("no table at all", xlsx("Kính gửi phường\nTrường xin gửi danh sách sau"), "", "", None, errors="A1 column.missing"),
]

VALUES = [
    Case("telephone numbers in every dress",
         xlsx([["Họ tên", "SĐT"], ["An A", 905123451], ["An B", "905123452.0"], ["An C", "'0905123453"], ["An D",
         "+84 905 123 454"],
               ["An E", "0905.123.455"], ["An F", "(0236) 3650 001"], ["An G", "84905123457"], ["An H", "ĐT: 0905-123-458"],
               ["An I", "không có"], ["An K", "0236 3650 002 / 0905 123 459"], ["An L", "\uff10\uff19\uff10\uff15123460"],
               ["An M", 9.12e8]]),
         "2 An A phone=0905123451\n3 An B phone=0905123452\n4 An C phone=0905123453\n5 An D phone=0905123454\n"
         "6 An E phone=0905123455\n7 An F phone=02363650001\n8 An G phone=0905123457\n9 An H phone=0905123458\n10 An I\n"
         "11 An K phone=0905123459 note=02363650002\n12 An L phone=0905123460\n13 An M phone=0912000000"),
    Case("telephone numbers that are none",
         xlsx([["Họ tên", "SĐT"], ["An A", "091455667"], ["An B", "9.05E+08"], ["An C", "0105123456"], ["An D", "gọi chồng"],
         ["An E", 12]]),
         errors="B2 phone.invalid\nB3 phone.invalid\nB4 phone.invalid\nB5 phone.invalid\nB6 phone.invalid"),
    Case("days in every dress",
         xlsx([["Họ tên", "Ngày sinh"], ["An A", "5/3/1980"], ["An B", "05-03-80"], ["An C", "1980-03-05"], ["An D",
         "05.03.1980"],
               ["An E", "1950"], ["An F", "??/??/1950"], ["An G", "03/1980"], ["An H", "ngày 5 tháng 3 năm 1980"], ["An I",
               "29285"],
               ["An K", "05031980"], ["An L", "1980-03-05 00:00:00"], ["An M", "01/02/05"]]),
         "2 An A year=1980 born=1980-03-05\n3 An B year=1980 born=1980-03-05\n4 An C year=1980 born=1980-03-05\n"
         "5 An D year=1980 born=1980-03-05\n6 An E year=1950\n7 An F year=1950\n8 An G year=1980\n"
         "9 An H year=1980 born=1980-03-05\n10 An I year=1980 born=1980-03-05\n"
         "11 An K year=1980 born=1980-03-05\n12 An L year=1980 born=1980-03-05\n"
         "13 An M year=2005 born=2005-02-01", "A full_name, B birth_date",
         warnings="B6 date.year_only\nB7 date.year_only\nB8 date.year_only"),
    Case("days that are none",
         xlsx([["Họ tên", "Ngày sinh"], ["An A", "30/02/1980"], ["An B", "4/25/1980"], ["An C", "31/12/2030"], ["An D",
         "1/1/1890"],
               ["An E", "năm ngoái"], ["An F", 1.5], ["An G", date(2025, 1, 1)]]),
         "", "A full_name, B birth_date",
         errors="\n".join(f"B{n} date.invalid" for n in range(2, 9))),
    Case("names", xlsx([["Họ tên", "Lớp"], ["1. Phan An", "a"], ["H’Hen Niê", "b"], ["Y Bhăm Êban", "c"], ["Hoà", "d"],
                        ["  Lê   Na ", "e"], ["A\u200bn Bình", "f"], ["NGUYỄN AN", "g"]]),
         "2 Phan An class=a\n3 H’Hen Niê class=b\n4 Y Bhăm Êban class=c\n5 Hoà class=d\n6 Lê Na class=e\n7 An Bình class=f\n"
         "8 NGUYỄN AN class=g", "A full_name, B class"),
    Case("names that are none", xlsx([["Họ tên", "SĐT"], [None, "0905123456"], ["12345", "0905123457"], ["An@ Bình",
         "0905123458"],
                                      ["A" * 121, "0905123459"], ["=HYPERLINK(1)", "0905123460"]]),
         errors="A2 name.missing\nA3 name.missing\nA4 name.invalid\nA5 name.too_long\nA6 name.invalid"),
    Case("addresses", xlsx([["Họ tên", "Email"], ["An A", "An.A@BenThu.Example"], ["An B", "mailto:b@x.vn"], ["An C",
         "c@x.vn; d@x.vn"],
                            ["An D", "d@x"], ["An E", "không có"], ["An F", "a b@x.vn"], ["An G", "g@@x.vn"]]),
         "2 An A email=an.a@benthu.example\n3 An B email=b@x.vn\n4 An C email=c@x.vn\n6 An E", "A full_name, B email",
         errors="B5 email.invalid\nB7 email.invalid\nB8 email.invalid"),
    Case("texts that are too long", xlsx([["Họ tên", "Mã GV", "Chức vụ"], ["An A", "x" * 41, "y"], ["An B", "1", "y" * 121]]),
         "", "A full_name, B staff_code, C position", errors="B2 text.too_long\nC3 text.too_long"),
    Case("the same person twice",
         xlsx("Họ tên | SĐT | Ngày sinh | Mã GV | Email\nNguyễn Thị Hoà | 0905123456 | | |\nNGUYEN THI HOA | 0905123456 | | |\n"
              "Phan An | | 5/3/1980 | |\nPhan An | 0914556678 | 05/03/1980 | |\nLê Na | | | G1 |\nLê Ni | | | g1 |\n"
              "Võ Ba | | | | a@x.vn\nVõ Bốn | | | | A@x.vn"),
         "2 Nguyễn Thị Hoà phone=0905123456\n4 Phan An year=1980 born=1980-03-05\n6 Lê Na staff_code=G1\n8 Võ Ba email=a@x.vn",
         "A full_name, B phone, C birth_date, D staff_code, E email",
         errors="A3 row.duplicate\nA5 row.duplicate\nD7 row.duplicate\nE9 row.duplicate"),
    Case("families on one telephone",
         xlsx("Họ tên | SĐT\nPhan An | 0905123456\nLê Na | 0905123456\nPhan Bé | 0905123456\nVõ Ba | 0914556678"),
         "2 Phan An phone=0905123456\n3 Lê Na phone=0905123456\n4 Phan Bé phone=0905123456\n5 Võ Ba phone=0914556678",
         warnings="B3 phone.shared\nB4 phone.shared"),
    Case("namesakes",
         xlsx("Họ tên | SĐT | Lớp\nPhan An | 0905123456 | \nPhan An | 0905123457 | \nLê Na | | 9A\nLê Na | | 9B\nVõ Ba | |\n"
                           "Võ Ba | |"),
         "2 Phan An phone=0905123456\n3 Phan An phone=0905123457\n4 Lê Na class=9A\n5 Lê Na class=9B\n6 Võ Ba\n7 Võ Ba",
         "A full_name, B phone, C class", warnings="A7 person.similar"),
    Case("father and son of one name",
         xlsx("Họ tên | SĐT | Ngày sinh\nPhan An | 0905123456 | 1/1/1960\nPhan An | 0905123456 | 1/1/1990"),
         "2 Phan An year=1960 born=1960-01-01 phone=0905123456\n3 Phan An year=1990 born=1990-01-01 phone=0905123456",
         "A full_name, B phone, C birth_date", warnings="B3 phone.shared"),
]

CHOICES = [
    Case("another column for the phone", xlsx("Họ tên | Số 1 | Số 2\nPhan An | 0905123456 | 0914556678"),
         "2 Phan An phone=0914556678",
         "A full_name, C phone", choice=Choice(columns={"phone": "C"})),
    Case("a column given back", xlsx(SIMPLE), "2 Nguyễn Văn An\n3 Lê Thị Hoà", "A full_name",
         choice=Choice(columns={"phone": ""})),
    Case("joined columns", xlsx("a | b | c\nPhan | An | 0905123456"), "2 Phan An phone=0905123456", "A+B full_name, C phone",
         choice=Choice(header_row=1, columns={"full_name": "A+B", "phone": "C"})),
    Case("no header at all", xlsx("Phan An | 0905123456\nLê Na | 0914556678"),
         "1 Phan An phone=0905123456\n2 Lê Na phone=0914556678",
         header_row=None, choice=Choice(header_row=0, columns={"full_name": "A", "phone": "B"})),
    Case("another sheet", xlsx(Page(table(SIMPLE), "một"), Page(table("Họ tên | SĐT\nPhan An | 0905123456"), "hai")),
         "2 Phan An phone=0905123456", sheet="hai", choice=Choice(sheet="hai")),
    Case("another header row", xlsx(f"Họ tên | SĐT | Lớp\n{SIMPLE}"),
         "3 Nguyễn Văn An phone=0905123456\n4 Lê Thị Hoà phone=0914556678", header_row=2, warnings="A1 row.skipped",
         choice=Choice(header_row=2)),
    Case("a chosen encoding", csv(STAFF, encoding="tcvn3"), STAFF_ROWS, STAFF_COLUMNS, encoding="tcvn3",
         warnings="C3 date.year_only",
         sheet="", choice=Choice(encoding="tcvn3")),
]

PASTES = [
    Case("pasted from a spreadsheet", csv(SIMPLE, separator="\t"), SIMPLE_ROWS, encoding="utf-8", filename=PASTED, sheet=""),
    Case("pasted without a header", csv("1|Phan An|0905 123 456|GV Toán\n2|Lê Na|914556678|GV Văn", separator="\t"),
         "1 Phan An phone=0905123456 note=GV Toán\n2 Lê Na phone=0914556678 note=GV Văn", "B full_name, C phone, D note", None,
         "utf-8", filename=PASTED, sheet=""),
    Case("pasted from a chat",
         "1. Phan An - 0905 123 456 - Toán\n2) Lê Na 0914.556.678\n- Võ Ba: ba@x.vn\nY Moan 5/3/1980\n".encode(),
         "1 Phan An phone=0905123456 note=Toán\n2 Lê Na phone=0914556678\n3 Võ Ba email=ba@x.vn\n"
         "4 Y Moan year=1980 born=1980-03-05",
         "A full_name, B phone, C email, D birth_date, E note", None, "utf-8", filename=PASTED, sheet=""),
    Case("pasted names", "Phan An\nLê Thị Na\n".encode(), "1 Phan An\n2 Lê Thị Na",
         "A full_name, B phone, C email, D birth_date, E note", None, "utf-8", filename=PASTED, sheet=""),
]

CASES = [*_encodings(), *_fonts(), *_kinds(), *LAYOUTS, *VALUES, *CHOICES, *PASTES]
