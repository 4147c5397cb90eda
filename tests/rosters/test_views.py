"""The pages on which a list is read in."""

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from lms.core import clock, jobs
from lms.core.db import db
from lms.courses.models import Enrolment
from lms.people.models import Membership, Person
from lms.rosters.models import RosterImport
from tests.courses.factories_enrolments import make_course
from tests.factories import make_member, make_person, make_sign_in
from tests.people.factories import make_staff
from tests.rosters.factories import make_school
from tests.rosters.school_list import school_list
from tests.statements import counted

NAME = "DS giáo viên.xlsx"
PLAIN = "Họ và tên\tNgày sinh\tSố điện thoại\nLê Thị Mai\t03/05/1980\t0905123456\nTrần Văn Tú\t1979\t0905123457\n"


@pytest.fixture
def school(app):
    return make_school()


@pytest.fixture
def focal(client, school):
    client.sign_in(make_staff("focal_point", school, "Trần Thị Đầu", birth_year=1980))
    return client


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)))


def send(client, school, content=None, *, name=NAME, **fields):
    """Send a list in; the answer."""
    data = {"don-vi": str(school.uuid), **fields}
    if content is not None:
        data["tep"] = (io.BytesIO(content), name)
    return client.send("/dau-moi/nhap", **data)


def step(client, address, **fields):
    """Post and let the worker do what it asked for; the page that follows."""
    answer = client.send(address, **fields)
    jobs.run_due()
    return client.get(answer.location, follow_redirects=True)


def checked(client, school, content=None, **fields):
    """The address of a list that is checked, and its page of checking."""
    address = send(client, school, content, **fields).location.rpartition("/")[0]
    return address, step(client, address + "/ghep-cot", viec="kiem-tra")


def only_roster():
    return db.session.scalars(sa.select(RosterImport)).one()


def test_upload_shows_what_was_found(focal, school):
    answer = send(focal, school, school_list().content)
    page = focal.get(answer.location)

    text = words(page)
    assert "Đã đọc được 80 dòng, 6 cột trong “DS giáo viên.xlsx”." in text
    assert [name in text for name in ("Nguyễn Thị An", "Trần Thị Lan", "Lê Thị Tú", "Phạm Thị Bình")] == [True] * 4
    assert "Chưa dùng: STT" in text
    assert db.session.query(Person).count() == 1


def test_upload_offers_the_units_of_whoever_asks_and_no_other(focal, school):
    other = make_school("Trường Tiểu học Xa")
    db.session.commit()

    page = focal.get("/dau-moi/nhap")
    refused = send(focal, other, school_list(3, faults=False).content)

    assert "Trường Tiểu học Xa" not in words(page)
    assert refused.status_code == 422
    assert "Bạn chọn một đơn vị trong danh sách." in words(refused)
    assert db.session.query(RosterImport).count() == 0


@pytest.mark.parametrize(("content", "sentence"), [
    (b"%PDF-1.7 khong phai bang tinh", "Tệp này không đọc được như bảng tính"),
    (b"", "Không thấy dòng nào trong tệp."),
])
def test_upload_of_no_list_says_what_to_do_and_keeps_what_was_typed(focal, school, content, sentence):
    answer = send(focal, school, content, name="ds.xlsx", lop="Lớp sáng")

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'value="Lớp sáng"' in answer.get_data(as_text=True)


def test_nothing_sent_and_both_sent_are_asked_about(focal, school):
    nothing = send(focal, school)
    both = send(focal, school, school_list(3, faults=False).content, dan=PLAIN)

    assert (nothing.status_code, both.status_code) == (422, 422)
    assert "Bạn chọn một tệp bảng tính" in words(nothing)
    assert "Bạn chỉ dùng một trong hai." in words(both)
    assert "Lê Thị Mai" in words(both)


def test_pasted_rows_are_read_like_a_file(focal, school):
    answer = send(focal, school, dan=PLAIN)

    text = words(focal.get(answer.location))
    assert "Đã đọc được 2 dòng" in text
    assert "Trần Văn Tú" in text


def test_identity_numbers_are_dropped_and_the_page_says_so(focal, school):
    text = "Họ và tên\tSố CCCD\nLê Thị Mai\t048085001234\n"

    page = focal.get(send(focal, school, dan=text).location)

    assert "Không đọc số căn cước" in words(page)
    assert "Đã nhận ra cả 1 cột." in words(page)
    assert "048085001234" not in page.get_data(as_text=True)
    assert "048085001234" not in str(only_roster().found)


def test_a_stranger_to_the_unit_finds_nothing(client, focal, school):
    address, _page = checked(focal, school, school_list(5, faults=False).content)
    client.sign_in(make_staff("focal_point", make_school("Trường Tiểu học Xa"), "Phạm Thị Khác"))

    seen = [client.get(address + tail).status_code for tail in (
        "", "/ghep-cot", "/dang-doc", "/kiem-tra", "/ket-qua", "/hoan-tac", "/vang-mat", "/tep-loi.xlsx")]
    done = [client.send(address + tail).status_code for tail in ("/ghep-cot", "/sua", "/quyet", "/ghi", "/bo")]

    assert set(seen + done) == {404}
    assert only_roster().state == "checked"


def test_check_names_each_fault_and_a_correction_mends_it(focal, school):
    sent = school_list()
    address, page = checked(focal, school, sent.content)

    text = words(page)
    assert "Còn 5 dòng cần bạn sửa" in text
    assert "75 trên 80 dòng ghi được" in text
    fields = set(re.findall(r'name="(o-[^"]+)"', page.get_data(as_text=True)))
    assert fields == {f"o-{row}-{key}" for row, key in sent.faults}

    page = step(focal, address + "/sua", **{f"o-{row}-{key}": value for (row, key), value in sent.faults.items()})

    assert "Danh sách sẵn sàng: 80 người" in words(page)
    assert db.session.query(Person).count() == 1


def test_list_is_written_and_the_page_says_so_from_the_database(focal, school):
    address, page = checked(focal, school, school_list(12, faults=False).content)
    assert "Ghi danh sách 12 người" in words(page)

    page = step(focal, address + "/ghi")

    assert "Đã ghi 12 người" in words(page)
    assert "In 12 phiếu" in words(page)
    assert db.session.query(Membership).filter_by(organisation_id=school.id, left_on=None).count() == 12


def test_good_rows_are_taken_and_the_others_given_back(focal, school):
    address, page = checked(focal, school, school_list().content)
    assert "Nhận 75 dòng đúng, trả lại 5 dòng" in words(page)
    refused = focal.send(address + "/ghi")
    assert refused.status_code == 422
    assert "Còn 5 dòng có lỗi." in words(refused)

    page = step(focal, address + "/ghi", bo_loi="1")

    assert "Đã ghi 75 người" in words(page)
    assert "5 dòng trả lại" in words(page)
    book = focal.get(address + "/tep-loi.xlsx")
    assert book.mimetype.endswith("spreadsheetml.sheet")
    again, page = checked(focal, school, book.get_data())
    assert "Còn 4 dòng cần bạn sửa" in words(page)  # the fifth stood twice in the list, and is here by now
    assert "1 trên 5 dòng ghi được" in words(page)


def test_own_form_is_kept_and_the_template_follows_it(focal, school):
    page = focal.get("/dau-moi/mau")
    assert "Mẫu danh sách" in words(page)

    answer = focal.send("/dau-moi/mau", **{
        "don-vi": str(school.uuid), "dau-bang": "TRƯỜNG THCS BẾN THU\nDanh sách năm 2026", "co-full_name": "1", "ten-full_name":
        "Họ tên cán bộ", "so-full_name": "2", "co-phone": "1", "ten-phone": "ĐT", "so-phone": "1"})

    assert answer.status_code == 302
    sheet = load_workbook(io.BytesIO(focal.get("/dau-moi/mau/tep-mau.xlsx").get_data())).worksheets[0]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(max_row=4, values_only=True)]
    assert rows[:2] == [["TRƯỜNG THCS BẾN THU"], ["Danh sách năm 2026"]]
    assert ["STT", "ĐT", "Họ tên cán bộ"] in rows


def test_own_form_without_names_is_refused_and_nothing_is_lost(focal, school):
    answer = focal.send("/dau-moi/mau", **{"don-vi": str(school.uuid), "dau-bang": "Dòng đầu", "co-phone": "1", "ten-phone": "ĐT",
                                           "so-phone": "chín"})

    assert answer.status_code == 422
    assert "Dòng đầu" in answer.get_data(as_text=True)
    assert 'value="ĐT"' in answer.get_data(as_text=True)


def test_export_sent_in_again_changes_nothing(focal, school):
    address, _page = checked(focal, school, school_list(6, faults=False).content)
    step(focal, address + "/ghi")

    book = focal.get(f"/dau-moi/xuat/{school.uuid}.xlsx").get_data()
    _address, page = checked(focal, school, book)

    assert "6 người đã có" in words(page)
    assert words(page).count("Đã có, giữ nguyên") == 6


def test_forms_and_exports_of_another_unit_are_not_there(focal, school):
    other = make_school("Trường Tiểu học Xa")
    db.session.commit()

    assert [focal.get(at).status_code for at in (
        f"/dau-moi/xuat/{other.uuid}.xlsx", f"/dau-moi/mau?don-vi={other.uuid}", "/dau-moi/mau?don-vi=%00",
        f"/dau-moi/mau/tep-mau.xlsx?don-vi={other.uuid}")] == [404] * 4
    assert focal.send("/dau-moi/mau", **{"don-vi": str(other.uuid), "co-full_name": "1"}).status_code == 404


def written(client, school, count=12, **fields):
    """The address of a list that is written."""
    address, _page = checked(client, school, school_list(count, faults=False).content, **fields)
    step(client, address + "/ghi")
    return address


def test_slips_are_made_for_exactly_these_people(focal, school):
    make_member(make_person("Nguyễn Thị Hoa"), school)
    address = written(focal, school)

    sheet = focal.get(focal.send(address + "/phieu").location)

    assert "12 phiếu, 2 tờ A4" in words(sheet)
    assert "Nguyễn Thị Hoa" not in words(sheet)


def test_everybody_on_the_list_is_given_a_course_with_a_last_day(focal, school):
    course = make_course()
    address = written(focal, school)

    due_on = clock.local_date(clock.now()) + timedelta(days=30)
    page = focal.get(focal.send(address + "/ghi-danh", khoa=course.key, han=due_on.isoformat()).location)

    assert "cho 12 người" in words(page)
    assert {one.due_on for one in db.session.scalars(sa.select(Enrolment))} == {due_on}
    refused = focal.send(address + "/ghi-danh", khoa=course.key, han="2020-01-01")
    strange = focal.send(address + "/ghi-danh", khoa="\x00" * 200, han="31/3")
    assert (refused.status_code, strange.status_code) == (422, 422)


def test_list_is_undone_and_comes_again_without_doubles(focal, school):
    address = written(focal, school)
    assert "Hoàn tác “DS giáo viên.xlsx”?" in words(focal.get(address + "/hoan-tac"))

    page = focal.get(focal.send(address + "/hoan-tac").location)

    assert "Đã hoàn tác cho 12 người." in words(page)
    assert db.session.query(Membership).filter_by(left_on=None).count() == 0
    written(focal, school)
    assert db.session.query(Membership).filter_by(left_on=None).count() == 12
    assert db.session.query(Person).count() == 13


def test_who_has_worked_is_named_and_the_others_are_undone(focal, school):
    address = written(focal, school)
    worker = db.session.scalars(sa.select(Person).where(Person.full_name == "Lê Thị Tú")).one()
    worker.secret_hash = "x"
    make_sign_in(worker)
    db.session.commit()

    refused = focal.send(address + "/hoan-tac")

    assert refused.status_code == 422
    assert "Lê Thị Tú" in words(refused)
    assert "Hoàn tác phần còn lại" in words(refused)
    focal.send(address + "/hoan-tac", con_lai="1")
    assert db.session.query(Membership).filter_by(left_on=None).count() == 1


def test_absent_people_are_shown_by_name_and_only_the_ticked_leave(focal, school):
    gone, stays = (make_person(name) for name in ("Phan Văn Đi", "Phan Văn Ở"))
    for one in (gone, stays):
        make_member(one, school)
    address = written(focal, school, 30)
    page = focal.get(address + "/vang-mat")
    assert "2 người không có trong danh sách" in words(page)
    seen = re.search(r'name="da-xem" value="([^"]+)"', page.get_data(as_text=True))[1]

    nobody = focal.send(address + "/vang-mat", **{"da-xem": seen, "nguoi": "nobody"})
    done = focal.send(address + "/vang-mat", **{"da-xem": seen, "nguoi": str(gone.uuid)})

    assert (nobody.status_code, done.status_code) == (422, 302)
    assert "1 người đã ra khỏi đơn vị" in words(focal.get(done.location))
    left = db.session.scalars(sa.select(Membership.person_id).where(Membership.left_on.is_not(None))).all()
    assert left == [gone.id]


def test_many_absent_need_their_number_typed(focal, school):
    absent = [make_person(f"Phan Văn {letter}") for letter in "ABCDE"]
    for one in absent:
        make_member(one, school)
    address = written(focal, school, 10)
    seen = re.search(r'name="da-xem" value="([^"]+)"', focal.get(address + "/vang-mat").get_data(as_text=True))[1]
    form = {"da-xem": seen, "nguoi": [str(one.uuid) for one in absent]}

    refused = focal.send(address + "/vang-mat", **form)
    done = focal.send(address + "/vang-mat", so_nguoi="5", **form)

    assert (refused.status_code, done.status_code) == (422, 302)
    assert refused.get_data(as_text=True).count(" checked") == 5


def test_a_mapping_by_hand_is_remembered_for_the_next_list(focal, school):
    text = "Họ và tên\tSố gọi\tMàu áo\nLê Thị Mai\t0905123456\tđỏ\n"
    address = send(focal, school, dan=text).location
    assert "Chưa dùng: Số gọi, Màu áo." in words(focal.get(address))
    form = {"cot-A": "full_name", "cot-B": "phone", "cot-C": "", "nho": "1"}
    focal.send(address, viec="doc-lai", **form)

    again = focal.get(send(focal, school, dan=text.replace("Mai", "Lan")).location)

    assert "Lê Thị Lan" in words(again)
    assert "Đã nhận ra 2 cột. Chưa dùng: Màu áo." in words(again)


def test_unclear_people_are_decided_side_by_side_and_again(focal, school):
    here = make_person("Lê Thị Mai", birth_year=None)
    make_member(here, school)
    address, page = checked(focal, school, dan="Họ và tên\tSố điện thoại\nLê Thị Mai\t0905123456\n")
    assert "Còn 1 người cần bạn quyết" in words(page)
    assert here.personal_code in words(page)

    focal.send(address + "/quyet", **{"nguoi-2": "moi"})
    page = focal.get(focal.send(address + "/quyet", **{"nguoi-2": str(here.uuid)}).location)
    strange = [focal.send(address + "/quyet", **form).status_code for form in (
        {"nguoi-2": "ai đó"}, {"nguoi-2": "00000000-0000-4000-8000-000000000000"}, {"nguoi-99": "moi"})]

    assert strange == [422] * 3
    assert "Ghi danh sách 1 người" in words(page)
    step(focal, address + "/ghi")
    assert db.session.query(Membership).filter_by(left_on=None).count() == 1


def test_pages_cost_the_same_for_ten_rows_and_for_sixty(focal, school):
    sizes = {}
    for count in (10, 60):
        address, _page = checked(focal, school, school_list(count, faults=False, first_phone=930000000 + count * 1000).content)
        with counted() as sent:
            focal.get(address + "/kiem-tra?xem=tat-ca")
        sizes["check", count] = len(sent)
        step(focal, address + "/ghi")
        for page in ("/ket-qua", "/vang-mat", "/hoan-tac"):
            with counted() as sent:
                focal.get(address + page)
            sizes[page, count] = len(sent)
        with counted() as sent:
            focal.get("/dau-moi/nhap")
        sizes["upload", count] = len(sent)

    assert {name: sizes[name, 10] for name, count in sizes if count == 10} == {
        name: sizes[name, 60] for name, count in sizes if count == 60}
    assert max(sizes.values()) <= 10, sizes


@pytest.mark.parametrize("text", ["\x00", "\u202e" * 300, "a" * 100_000, "-1", "٣"])
def test_strange_text_in_any_field_is_no_fault_of_the_server(focal, school, text):
    read = send(focal, school, dan=PLAIN).location
    address, _page = checked(focal, school, dan=PLAIN + "\tx\n")
    answers = [
        send(focal, school, dan=text, lop=text), send(focal, school, dan=PLAIN, lop=text),
        focal.send(read, **{"viec": "doc-lai", "trang-tinh": text, "dong-ten": text, "bang-ma": text, "cot-A": text}),
        focal.send(address + "/sua", **{"o-2-phone": text, f"o-{text[:9]}-phone": "1"}),
        focal.get(address + "/kiem-tra", query_string={"xem": text, "trang": text}),
        focal.send("/dau-moi/mau", **{"dau-bang": text, "co-full_name": text, "ten-full_name": text, "so-full_name": text}),
        focal.get("/dau-moi/nhap/da-nhap", query_string={"trang": text})]

    assert [one.status_code for one in answers if one.status_code >= 500] == []
