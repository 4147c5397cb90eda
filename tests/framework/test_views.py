import pytest

from lms.core import settings
from lms.core.db import db
from lms.web import ready_pages
from tests.factories import NOW, make_person
from tests.framework.factories import (
    GROUP,
    SKILL,
    SOURCE,
    framework_data,
    local_policy_data,
    make_crosswalk,
    make_framework,
    make_policy,
    policy_data,
)
from tests.statements import counted

NOTICE = "Danh sách này do nhóm biên soạn sắp theo tài liệu đã công bố, chưa phải bảng chính thức."


def text_of(response):
    assert response.status_code == 200
    return response.get_data(as_text=True)


@pytest.fixture
def published(app):
    make_framework(list_notice=NOTICE, list_notice_en="Our editors arranged this list.")
    make_policy(practical={"rubric": "r", "accept": ["alone", "one_reminder"]})
    make_crosswalk("k", (SKILL, GROUP, "close"))
    db.session.commit()


PATHS = ["/khung", "/khung/thang-thu", "/khung/thang-thu/ve-khung-nay", "/khung/thang-thu/yeu-cau/cap-1"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_drawn_in_both_languages(client, published, path, language):
    client.set_cookie("ngon_ngu", language)

    page = text_of(client.get(path))

    assert f'<html lang="{language}"' in page
    assert ("The ward&#39;s trial framework" if language == "en" else "Khung thử") in page


@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_drawn_for_a_signed_in_person(client, published, path):
    person = make_person()

    page = text_of(client.sign_in(person).get(path))

    assert 'href="/dang-nhap' not in page
    assert 'href="/cua-toi"' in page


def test_frameworks_without_any_says_so(client):
    assert "Chưa có khung nào được nạp" in text_of(client.get("/khung"))


def test_frameworks_stand_under_their_umbrella(client):
    make_framework("quyet-dinh", kind="umbrella", short_title="Khung theo quyết định", levels=[], groups=[])
    make_framework("nguoi-dan", parent="quyet-dinh@1.0", short_title="Cho người dân", audience_key="nguoi-dan")
    make_framework("thang", kind="local-level-scheme", short_title="Thang của xã", position=20)
    db.session.commit()

    page = text_of(client.get("/khung"))

    places = [page.index(word) for word in ("Khung theo quyết định", "Cho người dân", "Thang của địa phương", "Thang của xã")]
    assert places == sorted(places)
    assert "2 cấp, 2 nhóm kỹ năng, 3 kỹ năng" in page
    assert "Cho người dân" in text_of(client.get("/khung/quyet-dinh"))


def test_framework_shows_levels_by_their_official_names_and_groups_with_skills(client, published):
    page = text_of(client.get("/khung/thang-thu"))

    for words in ("2 cấp", "Cấp 1: Làm quen", "Cấp 2: Thành thạo", "2 nhóm kỹ năng", "Dùng điện thoại", "Gọi điện", "Giữ mã"):
        assert words in page
    assert NOTICE in page


def test_framework_tells_what_a_level_takes_and_that_it_is_no_rule(client, published):
    page = text_of(client.get("/khung/thang-thu"))

    for words in ("đúng ít nhất 70%", "Riêng nhóm “Dùng điện thoại”: đúng ít nhất 75%", "được sau một lần nhắc",
                  "Người đánh giá xem hồ sơ rồi xác nhận", "không bắt buộc học hết bài", "bộ câu hỏi công khai",
                  "mặc định của hệ thống, chưa phải quy định"):
        assert words in page


def test_framework_shows_the_decision_of_the_body_that_runs_it(client, published):
    make_policy("phuong-thu", data=local_policy_data(
        assessments=[{"key": "k", "overall": 85, "must_pass_skills": [SKILL]}], valid_months=24, bank="closed",
        lessons={"required": True, "course": "khoa"}, confirm={"by": "decision", "decision_number": "Quyết định 15/QĐ-UBND"}))
    make_policy("phuong-khac", data=local_policy_data("phuong-khac", assessments=[{"key": "k", "overall": 99}]))
    settings.change(now=NOW, body_key="phuong-thu")
    db.session.commit()

    page = text_of(client.get("/khung/thang-thu"))

    for words in ("85%", "Không sai câu nào về “gọi điện”", "24 tháng", "không công khai", "Học hết các bài",
                  "được xác nhận theo Quyết định 15/QĐ-UBND"):
        assert words in page
    assert "chưa phải quy định" not in page
    assert "99%" not in page


def test_sources_and_confidence_stay_behind_about_this_framework(client, published):
    page = text_of(client.get("/khung/thang-thu"))
    about = text_of(client.get("/khung/thang-thu/ve-khung-nay"))

    for words in ("Kế hoạch thử", "Chính văn bản", "gần với", "Đối chiếu"):
        assert words not in page
        assert words in about
    assert "/khung/thang-thu/ve-khung-nay" in page


def test_nothing_claims_conformity(client, published):
    for path in PATHS:
        assert "Phụ lục II" not in text_of(client.get(path))


def test_an_older_version_can_be_opened_and_says_so(client, published):
    make_framework(version="2.0", title_vi="Khung mới", short_title="Khung mới")
    db.session.commit()

    newest, older = client.get("/khung/thang-thu"), client.get("/khung/thang-thu?phien-ban=1.0")

    assert "Khung mới" in text_of(newest)
    assert "Đã có phiên bản mới hơn" not in text_of(newest)
    assert "Bạn đang xem phiên bản 1.0" in text_of(older)
    assert "ve-khung-nay?phien-ban=1.0" in text_of(older)
    assert "/khung/thang-thu?phien-ban=1.0" in text_of(client.get("/khung/thang-thu/ve-khung-nay"))


@pytest.mark.parametrize("path", [
    "/khung/khong-co", "/khung/thang-thu?phien-ban=9", "/khung/khong-co/ve-khung-nay", "/khung/thang-thu/yeu-cau/cap-9",
    "/khung/thang-thu/yeu-cau/cap-2"])
def test_what_is_not_published_is_not_found(client, published, path):
    assert client.get(path).status_code == 404


def test_level_outcomes_are_listed_by_skill(client, published):
    page = text_of(client.get("/khung/thang-thu/yeu-cau/cap-1"))

    assert "Yêu cầu cần đạt" in page
    assert "Gọi được cho người nhà." in page
    assert "/khung/thang-thu/yeu-cau/cap-1" in text_of(client.get("/khung/thang-thu"))


def test_pages_cost_the_same_for_few_rows_and_many(client, published):
    def cost(path):
        text_of(client.get(path))
        ready_pages.forget()
        with counted() as sent:
            text_of(client.get(path))
        return len(sent)

    few = {path: cost(path) for path in PATHS}
    groups = [{**framework_data()["groups"][0], "id": f"N{n}", "skills": [
        {"id": f"N{n}.{m}", "name_vi": f"Kỹ năng {n} {m}", "short_name": f"Kỹ năng {m}", **SOURCE,
         "outcomes": {"cap-1": {f"N{n}.{m}.cap-1a": "Làm được."}}} for m in range(10)]} for n in range(20)]
    make_framework("rat-nhieu", groups=groups)
    make_policy("nhieu", data=policy_data(level="rat-nhieu@1.0/level/cap-1"))
    make_policy("nhieu-can-bo", data=policy_data(level="rat-nhieu@1.0/level/cap-1", audience="can-bo"))
    make_crosswalk("n", *((f"rat-nhieu@1.0/skill/N{n}.1", SKILL, "close") for n in range(20)))
    db.session.commit()

    assert {path: cost(path.replace("thang-thu", "rat-nhieu")) for path in PATHS} == few
    assert few == {"/khung": 1, "/khung/thang-thu": 5, "/khung/thang-thu/ve-khung-nay": 3,
                   "/khung/thang-thu/yeu-cau/cap-1": 3}


@pytest.mark.parametrize("path", PATHS)
def test_a_ready_page_asks_the_database_nothing(client, published, path):
    client.get(path)

    with counted() as sent:
        text_of(client.get(path))

    assert sent == []
