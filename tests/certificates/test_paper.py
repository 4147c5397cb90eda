import re
import socket
import unicodedata
from datetime import UTC, datetime

import pytest

from lms.certificates import queries, services
from lms.certificates.services import paper
from tests.certificates.factories import make_certificate, make_confirmation, set_body
from tests.factories import NOW, make_person

NAMES = [
    "Ý", "Trần Thị Lựu", "Nguyễn Thị Ngọc Ưởng Thanh", "Công Tằng Tôn Nữ Huyền Trân Phượng",
    "Công Tằng Tôn Nữ Thị Huyền Trân Nguyễn Phúc Bảo Quỳnh Phượng",
    "Công Tằng Tôn Nữ Thị Huyền Trân Nguyễn Phúc Bảo Quỳnh Phượng Lê Hoàng Đặng Trần Vũ Ngọc Ưởng Khánh Ỷ Lan Nhiên Hương Thù",
    unicodedata.normalize("NFD", "Đặng Thị Ỷ Ngọc Ẩn"), "H'Hen Niê", "Y Blim Niê Kdăm", "Анна Nguyễn",
    "#panic(1) *Đặng* $x$ @y {{7*7}} <b>", '#image("/etc/passwd") url(http://169.254.169.254/)',
    "ẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰỲỴỶỸẮẰẲẴẶ ếềểễệốồổỗộớờởỡợứừửữựỳỵỷỹắằẳẵặ",
]


@pytest.fixture
def written(app, tmp_path):
    """`written(credential)` is the issued PDF as a file."""
    def write(credential):
        path = tmp_path / "giay.pdf"
        path.write_bytes(queries.file_of(credential).content)
        return path

    return write


def words_of(program, path):
    return " ".join(program("pdftotext", "-raw", path, "-").replace("\u200b", "").split())


def test_names_have_the_lengths_that_change_the_size():
    assert [len(name) for name in NAMES[:6]] == [1, 12, 26, 34, 60, 120]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: f"{len(name)}-{name[:12]}")
def test_the_name_stands_on_one_a4_sheet_as_text(written, program, name):
    path = written(make_certificate(name))

    printed = unicodedata.normalize("NFC", name)
    assert f"xác nhận {printed} Sinh năm 1959" in words_of(program, path)
    info = program("pdfinfo", path)
    assert re.search(r"Pages: +1\n", info)
    assert re.search(r"Page size: +841\.89 x 595\.2\d+ pts \(A4\)", info)


def test_a_word_without_end_stays_on_the_sheet(written, program):
    path = written(make_certificate("W" * 120))

    boxes = program("pdftotext", "-bbox", path, "-")
    assert max(float(x) for x in re.findall(r'xMax="([0-9.]+)"', boxes)) < 841.89 - 60
    assert "W" * 120 in words_of(program, path).replace(" ", "")


def test_the_file_is_tagged_and_carries_its_fonts(written, program):
    path = written(make_certificate())

    info, fonts = program("pdfinfo", path), program("pdffonts", path).splitlines()[2:]
    assert re.search(r"Tagged: +yes", info)
    assert re.search(r"JavaScript: +no", info)
    assert len(fonts) == 2
    assert all(re.search(r"EBGaramond-(Medium|SemiBold) .* yes yes yes ", line) for line in fonts)
    program("qpdf", "--check", path)
    metadata = path.read_bytes()
    assert b"<pdfaid:part>3</pdfaid:part>" in metadata
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_the_words_are_those_of_one_scheme(written, program):
    credential = make_certificate()

    words = words_of(program, written(credential))

    assert "ỦY BAN NHÂN DÂN PHƯỜNG BẾN THU" in words
    assert "GIẤY XÁC NHẬN Cấp 1: Xóa mù công nghệ Ủy ban nhân dân phường Bến Thu xác nhận Trần Thị Lựu" in words
    assert "đã hoàn thành Cấp 1: Xóa mù công nghệ, theo thang bốn cấp của địa phương, phiên bản 2025." in words
    assert "Nội dung học theo Khung kiến thức, kỹ năng số cơ bản ban hành kèm Quyết định 757/QĐ-BKHCN." in words
    assert "mức độ phổ cập" not in words
    assert f"Số hiệu: {credential.serial} Quyết định số 214/QĐ-UBND ngày 18/11/2026" in words
    assert "Bến Thu, ngày 21 tháng 11 năm 2026 TM. ỦY BAN NHÂN DÂN CHỦ TỊCH (Ký tên, đóng dấu) Phạm Quốc Bảo" in words
    assert "MẪU" not in words


def test_demonstration_papers_say_so_on_paper(demo, written, program):
    words = words_of(program, written(make_certificate()))

    assert "MẪU – BẢN THỬ – mã QR chỉ mở được trên máy này" in words


def test_papers_of_a_closed_network_say_so(app, monkeypatch, written, program):
    monkeypatch.setitem(app.config, "LMS_BASE_URL", "http://192.168.1.20:8000")
    monkeypatch.setitem(app.config, "LMS_ALLOW_LAN_ISSUE", True)

    assert "Chỉ kiểm tra được trong mạng nội bộ" in words_of(program, written(make_certificate()))


def test_the_qr_code_read_back_is_the_stored_address(written, program, tmp_path):
    credential = make_certificate()
    program("pdftoppm", "-r", "150", "-png", written(credential), tmp_path / "giay")

    read = program("zbarimg", "--quiet", "--raw", next(tmp_path.glob("giay*.png")))

    assert read.strip() == credential.issued["url"] == f"https://hocso.benthu.example/k/{credential.serial}"


def test_the_same_words_give_the_same_bytes(app):
    credential = make_certificate()

    assert paper.draw(credential.issued) == queries.file_of(credential).content


def test_drawing_asks_no_network_and_no_file_outside(app, monkeypatch):
    credential = make_certificate("file:///etc/passwd")
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("network"))

    drawn = paper.draw({**credential.issued, "title": '#read("/etc/passwd")', "issuer": "http://169.254.169.254/"})

    assert b"root:" not in drawn


@pytest.mark.parametrize(("moment", "written_day"), [
    (datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), "Bến Thu, ngày 31 tháng 12 năm 2026"),
    (datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC), "Bến Thu, ngày 01 tháng 01 năm 2027"),
    (datetime(2028, 2, 29, 10, 0, 0, tzinfo=UTC), "Bến Thu, ngày 29 tháng 02 năm 2028"),
])
def test_the_day_is_the_wards(app, moment, written_day):
    assert paper.facts(make_certificate(now=moment).issued)["place_and_day"] == written_day


def test_a_body_above_stands_over_the_issuer(app):
    credential = make_certificate()
    above = {**credential.issued, "issuer_parent": "Ủy ban nhân dân thành phố Đà Nẵng"}

    assert paper.issuer_lines(credential.issued) == ["Ủy ban nhân dân", "phường Bến Thu"]
    assert paper.issuer_lines(above) == ["Ủy ban nhân dân thành phố Đà Nẵng", "Ủy ban nhân dân phường Bến Thu"]
    assert paper.issuer_lines({**credential.issued, "issuer": "Sở Khoa học"}) == ["Sở Khoa học"]


@pytest.mark.parametrize(("kind", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_other_forms_are_drawn_from_the_same_words(app, kind, begins):
    assert paper.draw(make_certificate().issued, kind).startswith(begins)


def test_a_body_that_has_set_little_still_has_a_paper(app, written, program):
    set_body(certificate_place="", signatory_title="", signatory_name="", decision_number="")
    credential = services.issue(make_confirmation(make_person("Lê Thị Sáu", birth_year=None)), now=NOW)

    words = words_of(program, written(credential))

    assert "xác nhận Lê Thị Sáu đã hoàn thành" in words
    assert f"Số hiệu: {credential.serial} Quét mã để kiểm tra giấy này" in words
    assert "Ngày 21 tháng 11 năm 2026" in words
