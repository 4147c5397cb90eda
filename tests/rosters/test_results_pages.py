"""The pages on which a list of results comes in: what they say, what they refuse, and what they cost."""

import io

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from lms.assessment.models import ExternalEvidence
from lms.core import jobs
from lms.core.db import db
from lms.people.models import Person
from lms.rosters.models import RosterImport
from tests.assessment.test_external_evidence import make_source
from tests.factories import make_person, make_role
from tests.people.factories import make_learner, make_ward
from tests.rosters.factories import make_school
from tests.rosters.test_results import read, row, workbook
from tests.statements import counted

PAGE = "/dau-moi/ket-qua-noi-khac"


@pytest.fixture
def school(app, client):
    """(school, source), and a focal point of the school signed in."""
    ward, *_ = make_ward()
    place = make_school(parent=ward)
    source = make_source(ward)
    focal = make_person("Trần Thị Đầu")
    make_role(focal, "focal_point", place)
    db.session.commit()
    client.sign_in(focal)
    return place, source


def send(client, school, rows, name="ket-qua.xlsx", **values):
    place, source = school
    data = {"don-vi": str(place.uuid), "nguon": str(source.uuid), "tep": (io.BytesIO(workbook(rows)), name), **values}
    return client.post(PAGE, data={"csrf_token": client.token(), **data}, content_type="multipart/form-data")


def sent_in(client, school, rows, **values):
    """The address of a list that was sent in and checked."""
    answer = send(client, school, rows, **values)
    assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
    assert jobs.run_due() == 1
    return answer.headers["Location"]


def text(answer, status=200):
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def evidence():
    return db.session.scalar(sa.select(sa.func.count()).where(ExternalEvidence.ended_at.is_(None)))


def test_from_the_file_to_evidence_and_back(client, school):
    place, _source = school
    make_learner(place, "Nguyễn Thị Hoa", phone="0905123456")
    rows = [row(1, "Nguyễn Thị Hoa", "0905123456"), row(2, "Người Lạ", "0905000000")]
    answer = send(client, school, rows)
    waiting = client.get(answer.headers["Location"])
    assert waiting.headers["Refresh"] == "3"
    assert "Đang chờ đến lượt." in text(waiting)
    jobs.run_due()

    page = text(client.get(answer.headers["Location"]))
    assert "1 kết quả sẵn sàng ghi" in page
    assert "Không thấy ai như vậy trong đơn vị" in page
    assert evidence() == 0
    assert client.send(answer.headers["Location"] + "/ghi").status_code == 302
    jobs.run_due()
    page = text(client.get(answer.headers["Location"]))
    assert "Đã ghi 1 kết quả" in page
    assert "1 dòng để lại" in page
    assert evidence() == 1
    assert "Đã ghi" in text(client.get(PAGE))
    assert client.send(answer.headers["Location"] + "/hoan-tac").status_code == 302
    assert "Đã rút lại danh sách này" in text(client.get(answer.headers["Location"]))
    assert evidence() == 0
    assert "không còn ở bước đó" in text(client.send(answer.headers["Location"] + "/ghi"), 422)


def test_the_lines_left_out_come_back_as_a_sheet_that_can_be_sent_again(client, school):
    make_learner(school[0], "Nguyễn Thị Hoa", phone="0905123456")
    address = sent_in(client, school, [row(1, "Nguyễn Thị Hoa", "0905123456"), row(2, "Người Lạ", "0905000000"),
                                       row(3, "=HYPERLINK(\"http://x\")", "0905000001"), row(4, "Lê Minh", "12")])
    answer = client.get(address + "/de-lai.xlsx")

    cells = [[cell.value for cell in line] for line in load_workbook(io.BytesIO(answer.data)).active.rows]
    assert cells[0] == ["Họ và tên", "Số điện thoại", "Khóa học", "Ngày hoàn thành", "Số giấy", "Kết quả", "Lý do"]
    assert [line[0] for line in cells[1:]] == ["Người Lạ", "=HYPERLINK(\"http://x\")", "Lê Minh"]
    assert all(line[-1] for line in cells[1:])
    assert {cell.data_type for line in load_workbook(io.BytesIO(answer.data)).active.rows for cell in line} <= {"s", "n"}
    assert "attachment" in answer.headers["Content-Disposition"]
    again = read([tuple(line) for line in cells[1:]], heading=tuple(cells[0]), lines=())
    assert [one.text("full_name") for one in again.rows] == ["Người Lạ", "=HYPERLINK(\"http://x\")", "Lê Minh"]
    assert "Lý do" not in again.columns.values()


def test_with_faults_the_button_says_what_it_leaves_out(client, school):
    make_learner(school[0], "Nguyễn Thị Hoa", phone="0905123456")
    address = sent_in(client, school, [row(1, "Nguyễn Thị Hoa", "0905123456"), row(2, "Lê Minh", "12")])

    page = text(client.get(address))
    assert "Ghi các dòng đúng, để lại 1 dòng có lỗi" in page
    assert "Số điện thoại chưa đúng" in page
    assert "Còn 1 dòng có lỗi" in text(client.send(address + "/ghi"), 422)
    assert client.send(address + "/ghi", bo_loi="1").status_code == 302
    jobs.run_due()
    assert evidence() == 1


def test_who_is_meant_is_decided_on_the_page(client, school):
    one = make_learner(school[0], "Nguyễn Thị Hoa", birth_year=1970)
    make_learner(school[0], "Nguyễn Thị Hoa", birth_year=1980)
    address = sent_in(client, school, [row(1, "Nguyễn Thị Hoa")])

    page = text(client.get(address))
    assert "Dòng 4: Nguyễn Thị Hoa" in page
    assert "sinh năm 1970" in page
    for wrong in ("không phải", str(make_person("Ai Đó").uuid)):
        assert text(client.send(address + "/quyet", **{"dong-4": wrong}), 422)
    assert client.send(address + "/quyet", **{"dong-4": str(one.uuid)}).status_code == 302
    assert client.send(address + "/quyet", **{"dong-4": "khong"}).status_code == 302
    assert "Không có dòng nào ghi được" in text(client.send(address + "/ghi"), 422)
    assert client.send(address + "/quyet", **{"dong-4": str(one.uuid)}).status_code == 302
    client.send(address + "/ghi")
    jobs.run_due()
    assert db.session.scalars(sa.select(ExternalEvidence.person_id)).all() == [one.id]


def test_columns_are_corrected_and_the_course_said(client, school):
    make_learner(school[0], "Nguyễn Thị Hoa", phone="0905123456")
    place, source = school
    pasted = "Họ tên\tSĐT\tGì đó\nNguyễn Thị Hoa\t0905123456\tAn toàn số"
    answer = client.send(PAGE, **{"don-vi": str(place.uuid), "nguon": str(source.uuid), "dan": pasted})
    jobs.run_due()
    address = answer.headers["Location"]
    assert "Không thấy cột tên khóa học" in text(client.get(address))

    assert client.send(address + "/ghep-cot", **{"cot-C": "course", "khoa": ""}).status_code == 302
    jobs.run_due()
    assert "An toàn số" in text(client.get(address + "?xem=tat-ca"))
    assert client.send(address + "/ghep-cot", **{"cot-C": "", "khoa": "Khóa chung"}).status_code == 302
    jobs.run_due()
    assert "Khóa chung" in text(client.get(address + "?xem=tat-ca"))


@pytest.mark.parametrize(("change", "words"), [
    ({"nguon": "x"}, "Bạn chọn một nguồn trong danh sách."), ({"don-vi": "x"}, "Bạn chọn một đơn vị trong danh sách."),
    ({"dan": "Họ tên\nLê Minh"}, "Bạn chỉ dùng một trong hai."), ({"khoa": "a" * 201}, "tối đa"),
    ({"tep": (io.BytesIO(b"%PDF-1.7 gi do"), "a.xlsx")}, "không đọc được như bảng tính"),
])
def test_what_cannot_be_taken_is_said_at_its_place(client, school, change, words):
    assert words in text(send(client, school, [row(1, "Lê Minh")], **change), 422)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RosterImport)) == 0


def test_nothing_sent_is_said(client, school):
    place, source = school
    assert "chọn một tệp bảng tính" in text(client.send(PAGE, **{"don-vi": str(place.uuid), "nguon": str(source.uuid)}), 422)


def test_a_source_of_elsewhere_is_not_offered_and_not_taken(client, school):
    other = make_source(make_school("Khác", key="khac"), key="nguon-khac", name="Nguồn của người khác")
    db.session.commit()
    assert "Nguồn của người khác" not in text(client.get(PAGE))
    assert send(client, school, [row(1, "Lê Minh")], nguon=str(other.uuid)).status_code == 422


def test_without_any_source_the_page_says_whom_to_ask(app, client):
    ward, *_ = make_ward()
    focal = make_person("Trần Thị Đầu")
    make_role(focal, "focal_point", make_school(parent=ward))
    db.session.commit()
    client.sign_in(focal)
    assert "báo cán bộ phường" in text(client.get(PAGE))


def test_a_list_of_another_school_is_nobodys(client, school):
    other = make_school("Khác", key="khac")
    stranger = make_person("Đầu Mối Khác")
    make_role(stranger, "focal_point", other)
    address = sent_in(client, school, [row(1, "Lê Minh", "0905123456")])
    db.session.commit()
    client.sign_in(stranger)

    assert "Lê Minh" not in text(client.get(address), 404)
    assert client.get(address + "/de-lai.xlsx").status_code == 404
    for step in ("ghep-cot", "quyet", "ghi", "bo", "hoan-tac"):
        assert client.send(f"{address}/{step}").status_code == 404
    assert "Lê Minh" not in text(client.get(PAGE))


def test_a_list_of_people_is_not_opened_here_and_the_other_way_round(client, school):
    address = sent_in(client, school, [row(1, "Lê Minh", "0905123456")])
    uuid = address.rpartition("/")[2]
    assert client.get(f"/dau-moi/nhap/{uuid}").status_code == 404


def test_discarding_leaves_nothing(client, school):
    address = sent_in(client, school, [row(1, "Lê Minh", "0905123456")])
    assert client.send(address + "/bo").status_code == 302
    assert client.get(address).status_code == 200
    assert "Lê Minh" not in text(client.get(address))
    assert client.send(address + "/bo").status_code == 422


def test_one_line_or_a_thousand_cost_the_same_page(client, school):
    people = [make_learner(school[0], f"Giáo Viên {chr(65 + n % 26)}", phone=f"09050{n:05d}") for n in range(120)]
    costs = []
    for some in (people[:1], people):
        address = sent_in(client, school, [row(n, one.full_name, one.phone) for n, one in enumerate(some, start=1)])
        client.get(address + "?xem=tat-ca")
        with counted() as sent:
            assert client.get(address + "?xem=tat-ca").status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1]
    assert costs[1] <= 8


@pytest.mark.parametrize("odd", ["\0", "a" * 5000, "\u202e", "9" * 400, "-1", "NaN"])
def test_odd_words_in_the_address_break_nothing(client, school, odd):
    address = sent_in(client, school, [row(1, "Lê Minh", "0905123456")])
    answer = client.get(address, query_string={"xem": odd, "trang": odd})
    assert answer.status_code == 200
    assert client.send(address + "/quyet", **{f"dong-{odd}": odd, "dong-4": odd}).status_code in (302, 413, 422)
    assert client.send(address + "/ghep-cot", **{"khoa": odd, "cot-B": odd}).status_code in (302, 413, 422)


def test_no_account_is_made_by_any_of_it(client, school):
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Person))
    address = sent_in(client, school, [row(1, "Lê Minh", "0905123456")])
    client.send(address + "/ghi", bo_loi="1")
    jobs.run_due()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == before
