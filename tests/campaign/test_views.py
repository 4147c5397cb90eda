"""Pages of lists: handing in, what the ward sees, one file of all."""

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from lms.campaign.models import ListRequest, Reminder
from lms.campaign.queries.list_requests import unit_of
from lms.campaign.services.submissions import hand_in
from lms.core import clock
from lms.core.db import db
from tests.campaign.factories import make_request, make_schools, make_staffed, make_teacher
from tests.statements import counted

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def world(app):
    now = clock.now()
    ward, schools = make_schools(8)
    officer, officer_actor = make_staffed("officer", ward, "Cán Bộ Phường")
    focal, focal_actor = make_staffed("focal_point", schools[0], "Đầu Mối Một", audience="can-bo")
    other, other_actor = make_staffed("focal_point", schools[1], "Đầu Mối Hai", audience="can-bo")
    make_teacher(schools[0], "Lê Thị Đào", phone="0905123456", position="Giáo viên")
    request = make_request(ward, schools, by=officer_actor, now=now, due=clock.local_date(now) + timedelta(days=9))
    db.session.commit()
    return type("World", (), {
        "ward": ward, "schools": schools, "officer": officer, "officer_actor": officer_actor, "focal": focal,
        "focal_actor": focal_actor, "other": other, "other_actor": other_actor, "request": request, "now": now})


def page(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def hand_in_address(world, school=0):
    return f"/dau-moi/nop/{world.request.uuid}/{world.schools[school].uuid}"


def ward_address(world):
    return f"/dia-ban/danh-sach/{world.request.uuid}"


def press_hand_in(client, world):
    seen = re.search(r'name="da-xem" value="([0-9a-f]{64})"', client.get(hand_in_address(world)).get_data(as_text=True))[1]
    return client.send(hand_in_address(world), **{"da-xem": seen})


def test_from_the_first_page_to_one_of_eight_schools(client, world):
    client.sign_in(world.focal)
    hub = client.get("/dau-moi").get_data(as_text=True)
    assert hand_in_address(world) in hub

    assert press_hand_in(client, world).status_code == 302

    assert "Đã gửi, chờ phường nhận" in page(client.get(hand_in_address(world)))
    client.sign_in(world.officer)
    assert "1/8 trường đã gửi" in page(client.get(ward_address(world)))
    for path in ("/dia-ban/danh-sach", "/dia-ban"):
        assert "1/8 trường đã gửi" in page(client.get(path))
    uuid = unit_of(world.request.id, world.schools[0].id).submission
    client.send(f"/dia-ban/danh-sach/ban/{uuid}/nhan")
    client.sign_in(world.focal)
    assert "Đã gửi, phường đã nhận" in page(client.get(hand_in_address(world)))


def test_a_list_that_came_back_says_why_and_goes_again(client, world):
    client.sign_in(world.focal)
    press_hand_in(client, world)
    uuid = unit_of(world.request.id, world.schools[0].id).submission
    client.sign_in(world.officer)
    refused = client.send(f"/dia-ban/danh-sach/ban/{uuid}/tra-lai", **{"ly-do": " "})
    assert (refused.status_code, "Bạn ghi lý do trả lại" in page(refused)) == (422, True)

    client.send(f"/dia-ban/danh-sach/ban/{uuid}/tra-lai", **{"ly-do": "Thiếu giáo viên <b>hợp đồng</b>"})

    client.sign_in(world.focal)
    for path in (hand_in_address(world), "/dau-moi"):
        assert "Thiếu giáo viên &lt;b&gt;hợp đồng" in client.get(path).get_data(as_text=True)
    assert press_hand_in(client, world).status_code == 302
    client.send(hand_in_address(world) + "/rut-lai")
    assert "Chưa gửi" in page(client.get(hand_in_address(world)))
    told = page(client.get(hand_in_address(world)))
    assert re.findall(r"(Đã rút lại|Phường trả lại|Đã gửi) ?(?:danh sách )?\(bản thứ (\d)", told) == [
        ("Đã rút lại", "2"), ("Đã gửi", "2"), ("Phường trả lại", "1"), ("Đã gửi", "1")]


def test_a_list_changed_meanwhile_is_shown_again(client, world):
    client.sign_in(world.focal)
    client.get(hand_in_address(world))

    answer = client.send(hand_in_address(world), **{"da-xem": "0" * 64})

    assert (answer.status_code, "Danh sách vừa thay đổi" in page(answer)) == (409, True)


def test_one_file_of_all_schools_reads_back(client, world):
    make_teacher(world.schools[1], "=HYPERLINK(1)", phone="0912000111", birth_year=1980)
    for number, actor in ((0, world.focal_actor), (1, world.other_actor)):
        hand_in(world.request, world.schools[number].id, by=actor, now=world.now)
    db.session.commit()
    client.sign_in(world.officer)

    sheet = load_workbook(io.BytesIO(client.get(ward_address(world) + ".xlsx").data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]

    top = next(number for number, row in enumerate(rows) if "Họ và tên" in row)
    table = [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1:]]
    assert [(row["Họ và tên"], row["Đơn vị"]) for row in table] == [
        ("Lê Thị Đào", "Trường Tiểu học số 1"), ("Đầu Mối Một", "Trường Tiểu học số 1"),
        ("Đầu Mối Hai", "Trường Tiểu học số 2"), ("=HYPERLINK(1)", "Trường Tiểu học số 2")]
    assert [row["Số điện thoại"] for row in table] == ["0905123456", None, None, "0912000111"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_asking_for_a_list(client, world):
    client.sign_in(world.officer)
    assert "Trường học (8)" in page(client.get("/dia-ban/danh-sach/moi"))
    due = (clock.local_date(world.now) + timedelta(days=30)).isoformat()

    answer = client.send("/dia-ban/danh-sach/moi", **{
        "don-vi-hoi": str(world.ward.uuid), "ten": "Danh sách tổ công nghệ số", "gom": "Mọi thành viên", "nhom": "", "han": due,
        "loai": "school"})

    made = db.session.scalars(sa.select(ListRequest).order_by(ListRequest.id.desc())).first()
    assert answer.headers["Location"] == f"/dia-ban/danh-sach/{made.uuid}"
    assert "0/8 trường đã gửi" in page(client.get(answer.headers["Location"]))


@pytest.mark.parametrize(("change", "sentence"), [
    ({"ten": ""}, "Bạn gõ tên danh sách"), ({"loai": ""}, "Bạn chọn ít nhất một đơn vị"),
    ({"han": "31/2/2027"}, "Ngày viết theo kiểu"),
    ({"han": "2020-01-01"}, "Ngày này đã qua"), ({"ten": "a" * 201}, "tối đa 200 ký tự"), ({"han": "\0"}, "Ngày viết theo kiểu"),
    ({"loai": "", "don-vi": "' OR 1=1 \u202e"}, "Bạn chọn ít nhất một đơn vị")])
def test_a_request_that_cannot_be_asked_is_shown_again(client, world, change, sentence):
    client.sign_in(world.officer)
    values = {"don-vi-hoi": str(world.ward.uuid), "ten": "Danh sách", "gom": "Mọi người", "nhom": "", "han": "2099-01-01",
              "loai": "school"}

    answer = client.send("/dia-ban/danh-sach/moi", **{**values, **change})

    assert (answer.status_code, sentence in page(answer)) == (422, True)


def test_reminding_and_opening_again(client, world):
    client.sign_in(world.officer)
    client.send(ward_address(world) + "/nhac")
    assert "Đã nhắc 8 đơn vị" in page(client.get(ward_address(world)))
    client.send(ward_address(world) + "/nhac")
    assert "Hôm nay các đơn vị chưa gửi đều đã được nhắc" in page(client.get(ward_address(world)))
    client.sign_in(world.focal)
    assert "Phường đã nhắc ngày" in page(client.get("/dau-moi"))
    client.sign_in(world.officer)
    until = clock.local_date(world.now) + timedelta(days=20)
    client.send(f"{ward_address(world)}/mo-lai/{world.schools[0].uuid}", den=until.isoformat())
    assert unit_of(world.request.id, world.schools[0].id).until == until
    assert client.send(f"{ward_address(world)}/mo-lai/{world.schools[0].uuid}", den="x").status_code == 302
    assert client.send(f"{ward_address(world)}/mo-lai/{world.ward.uuid}", den=until.isoformat()).status_code == 404


def test_others_get_no_trace(client, world):
    submission = hand_in(world.request, world.schools[0].id, by=world.focal_actor, now=world.now)
    uuid = submission.uuid
    db.session.commit()
    client.sign_in(world.other)
    for path in (hand_in_address(world), f"/dau-moi/nop/danh-sach/{uuid}.xlsx", f"/dau-moi/nop/{UNKNOWN}/{UNKNOWN}"):
        assert client.get(path).status_code == 404, path
    assert client.send(hand_in_address(world) + "/rut-lai").status_code == 404
    for path in ("/dia-ban/danh-sach", ward_address(world), f"/dia-ban/danh-sach/ban/{uuid}", "/dia-ban"):
        assert client.get(path).status_code == 403, path
    _ward, (stray,) = make_schools(1)
    officer, _actor = make_staffed("officer", _ward, "Phường Khác")
    client.sign_in(officer)
    for path in (ward_address(world), ward_address(world) + ".xlsx", f"/dia-ban/danh-sach/ban/{uuid}",
                 f"/dau-moi/nop/danh-sach/{uuid}.xlsx"):
        assert client.get(path).status_code == 404, path
    for path in (ward_address(world) + "/nhac", f"/dia-ban/danh-sach/ban/{uuid}/nhan", f"/dia-ban/danh-sach/ban/{uuid}/tra-lai"):
        assert client.send(path, **{"ly-do": "x"}).status_code == 404, path
    assert stray.id


def test_pages_of_lists_cost_the_same_for_one_unit_and_for_many(client, world):
    small = make_request(world.ward, world.schools[:1], by=world.officer_actor, now=world.now, due=world.request.due_on)
    db.session.commit()
    client.sign_in(world.officer)
    addresses = [f"/dia-ban/danh-sach/{small.uuid}", ward_address(world)]
    costs = []
    for address in addresses:
        client.get(address)
        with counted() as sent:
            client.get(address)
        costs.append(len(sent))

    assert costs[0] == costs[1] <= 5


def test_reminding_learners_from_the_class_table(client, world):
    teacher = make_teacher(world.schools[0], "Chưa Bắt Đầu", email="a@b.example")
    stranger = make_teacher(world.schools[1], "Trường Khác")
    client.sign_in(world.focal)
    values = {"lop": str(world.schools[0].uuid), "loi-nhac": "Mời thầy cô học tiếp", "viec": "nhac"}

    assert client.send("/dau-moi/nhac", **values, chon=[str(teacher.uuid), str(stranger.uuid)]).status_code == 404
    assert db.session.scalar(sa.select(sa.func.count(Reminder.id))) == 0
    foreign = {**values, "lop": str(world.schools[1].uuid)}
    assert client.send("/dau-moi/nhac", **foreign, chon=[str(stranger.uuid)]).status_code == 404
    answer = client.send("/dau-moi/nhac", **values, chon=[str(teacher.uuid), "rác"])
    assert answer.status_code == 302
    assert "Đã nhắc 1 người." in page(client.get(answer.headers["Location"]))
    everybody = client.send("/dau-moi/nhac", **values, **{"tat-ca": "1"})
    assert "Đã nhắc 2 người. 1 người hôm nay đã được nhắc nên không nhắc lại." in page(client.get(everybody.headers["Location"]))
    assert "Bạn chọn ít nhất một người" in page(client.get(client.send("/dau-moi/nhac", **values).headers["Location"]))
    assert "Bạn gõ lời nhắc" in page(client.get(client.send("/dau-moi/nhac", **{**values, "loi-nhac": "\0"}).headers["Location"]))
    client.sign_in(teacher)
    assert "Mời thầy cô học tiếp" in page(client.get("/hom-nay"))


def test_words_to_copy_name_people_only_when_asked(client, world):
    client.sign_in(world.focal)
    values = {"lop": str(world.schools[0].uuid), "loi-nhac": "Mời học", "viec": "chep", "tat-ca": "1"}

    assert "Lê Thị Đào" not in page(client.send("/dau-moi/nhac", **values))
    assert "Gồm: Lê Thị Đào, Đầu Mối Một." in page(client.send("/dau-moi/nhac", **values, **{"kem-ten": "1"}))
    assert db.session.scalar(sa.select(sa.func.count(Reminder.id))) == 0


def test_reminders_are_in_the_file_of_ones_own_data(client, world):
    client.sign_in(world.focal)
    client.send("/dau-moi/nhac", **{"lop": str(world.schools[0].uuid), "loi-nhac": "Mời học", "viec": "nhac", "tat-ca": "1"})

    kept = client.get("/cua-toi/du-lieu.json").get_json()["reminders"]

    assert [(one["text"], one["by_mail"]) for one in kept] == [("Mời học", False)]
