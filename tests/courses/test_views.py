"""Pages of courses: what each shows, refuses, writes, and how many statements it costs."""

import gzip
import re
import zlib

import pytest
from flask import current_app

from lms.core.content_tree import ContentTree
from lms.core.db import db
from lms.core.signals import person_arrived, person_left, personal_data_asked
from lms.courses.models import Progress, Reader
from lms.courses.queries.home import HomeCard, HomeLink, HomeParts
from lms.courses.services import progress as services
from lms.framework import content as framework_content
from tests.courses.factories import (
    OTHER_SKILL,
    REPLICA,
    SKILL,
    STEPS,
    guest,
    lesson_and_version,
    lesson_text,
    load,
    write_course,
)
from tests.factories import NOW, make_person
from tests.statements import counted

IPHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)"}


@pytest.fixture
def course(app, tmp_path):
    load(write_course(tmp_path, lessons={
        "tin-gia": lesson_text(more=REPLICA), "goi-dien": lesson_text("Gọi điện", skill=OTHER_SKILL)}, assessment="bai-thu"))
    return tmp_path


@pytest.fixture
def hoa(course, client):
    person = make_person(form_of_address="bac")
    client.sign_in(person)
    return person


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def rows():
    db.session.expire_all()
    return db.session.query(Progress).order_by(Progress.id).all()


def publish_map():
    """The residents' framework, as shipped."""
    tree = ContentTree(current_app.config["LMS_CONTENT"])
    framework_content.check(tree)
    framework_content.load(tree, now=NOW)
    db.session.commit()


PAGES = ["/", "/khoa-hoc", "/khoa-hoc?nhom=can-bo", "/khoa-hoc/khoa-thu", "/nhom/nguoi-dan", "/nhom/can-bo", "/tim",
         "/tim?q=lua", "/bai/tin-gia", "/bai/tin-gia?may=iphone", "/bai/tin-gia?ban=ngoai-tuyen", "/ky-nang", "/ngoai-tuyen"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_guests_and_learners_and_write_nothing(course, client, path):
    as_guest = client.get(path)
    client.sign_in(make_person())
    as_learner = client.get(path)

    assert (as_guest.status_code, as_learner.status_code, rows()) == (200, 200, [])


@pytest.mark.parametrize("path", ["/", "/khoa-hoc", "/nhom/nguoi-dan", "/tim", "/ky-nang", "/ngoai-tuyen"])
def test_pages_open_before_any_content_is_loaded(app, client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/bai/khong-co", "/khoa-hoc/khong-co", "/nhom/khong-co", "/ky-nang/khong-co",
                                  "/bai/tin-gia/tep/nut.svg", "/bai/tin-gia/tep/..%2fcourse.yaml", "/bai/tin%00gia"])
def test_unknown_things_are_404(course, client, path):
    assert client.get(path).status_code == 404


def test_home_asks_for_a_sign_in(course, client):
    assert "/dang-nhap" in client.get("/hom-nay").headers["Location"]


def test_lesson_shows_its_steps_and_no_answers(course, client):
    page = client.get("/bai/tin-gia").get_data(as_text=True)

    assert 'id="mo-kho-android"' in page
    assert 'id="mo-kho-iphone"' not in page
    assert "Mất tiền ngay" not in page
    assert "\x1e" not in page
    assert 'id="da-luu"' in page
    assert re.search(r'id="da-luu"[^>]* hidden>', page)
    assert re.search(r'id="nghe"[^>]* hidden>', page)
    assert "<audio" not in page
    assert "<video" not in page
    assert 'name="csrf_token" value="I' in page
    assert 'name="csrf_token" value=""' not in page


def test_device_is_guessed_chosen_and_remembered(course, client):
    guessed = client.get("/bai/tin-gia", headers=IPHONE).get_data(as_text=True)
    chosen = client.get("/bai/tin-gia?may=android", headers=IPHONE).get_data(as_text=True)
    remembered = client.get("/bai/tin-gia", headers=IPHONE).get_data(as_text=True)

    assert ['id="mo-kho-iphone"' in page for page in (guessed, chosen, remembered)] == [True, False, False]
    assert client.get("/bai/tin-gia?may=nokia", headers=IPHONE).status_code == 200


def test_a_learner_resumes_at_the_exact_step(hoa, client):
    client.send("/bai/tin-gia/tien-do", step="mo-may")
    answer = client.send("/bai/tin-gia/tien-do", step="mo-kho-android")

    page = client.get("/bai/tin-gia").get_data(as_text=True)
    today = text_of(client.get("/hom-nay"))

    assert answer.headers["Location"] == "/bai/tin-gia#mo-kho-android"
    assert '<a class="btn" href="#mo-kho-android">Học tiếp bước 2' in page
    assert [re.findall(r'<li class="(\w*)"><div><a class="reach"', page)] == [["done", "now", ""]]
    assert "Đã học 1 trên 3 bước, còn khoảng 4 phút" in today
    assert "Học tiếp bước 2" in today
    assert 'href="/bai/tin-gia#mo-kho-android"' in client.get("/hom-nay").get_data(as_text=True)
    # The same step in the form for the other phone.
    assert 'href="#mo-kho-iphone">Học tiếp bước 2' in client.get("/bai/tin-gia?may=iphone").get_data(as_text=True)


def test_next_lesson_completes_this_one_without_script(hoa, client):
    first = client.send("/bai/tin-gia/tien-do", done="1")
    again = client.send("/bai/tin-gia/tien-do", done="1")
    last = client.send("/bai/goi-dien/tien-do", done="1")

    assert [a.headers["Location"] for a in (first, again, last)] == ["/bai/goi-dien", "/bai/goi-dien", "/khoa-hoc/khoa-thu"]
    assert [row.completed_at is not None for row in rows()] == [True, True]
    assert "Đã học xong 2 trên 2 bài" in text_of(client.get("/khoa-hoc/khoa-thu"))
    assert "Đã học xong" in text_of(client.get("/bai/tin-gia"))


def test_a_right_answer_is_told_and_kept(hoa, client):
    answer = client.send("/bai/tin-gia/tu-kiem-tra/1", check="otp", choice="b")

    page = client.get("/bai/tin-gia").get_data(as_text=True)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/bai/tin-gia#tu-kiem-tra-1")
    assert "Đúng. Mã OTP chỉ mình bạn biết." in page
    assert "Mất tiền ngay" not in page
    assert 'value="b" checked' in page
    assert 'class="opt opt--right"' in page


def test_a_wrong_answer_says_why_and_invites_again(hoa, client):
    client.send("/bai/tin-gia/tu-kiem-tra/1", check="otp", choice="a")

    page = client.get("/bai/tin-gia").get_data(as_text=True)

    assert "Mất tiền ngay." in page
    assert "Xem đúng chưa" in page
    assert "Mã OTP chỉ mình bạn biết" not in page


def test_nothing_chosen_is_said_beside_the_question(hoa, client):
    answer = client.send("/bai/tin-gia/tu-kiem-tra/1", check="otp")

    assert (answer.status_code, rows()) == (422, [])
    assert re.search(r'role="alert".*Bạn chọn câu trả lời trước', answer.get_data(as_text=True))


@pytest.mark.parametrize(("path", "fields", "status"), [
    ("/bai/tin-gia/tu-kiem-tra/1", {"check": "tin", "choice": "b"}, 409),
    ("/bai/tin-gia/tu-kiem-tra/1", {"check": "otp", "choice": "link"}, 409),
    ("/bai/tin-gia/tu-kiem-tra/9", {"check": "otp", "choice": "b"}, 404),
    ("/bai/tin-gia/tien-do", {"step": "khong-co"}, 409), ("/bai/tin-gia/tien-do", {}, 409),
    ("/bai/khong-co/tien-do", {"done": "1"}, 404),
])
def test_posts_that_do_not_fit_write_nothing(hoa, client, path, fields, status):
    answer = client.send(path, **fields)

    assert (answer.status_code, rows()) == (status, [])
    assert "<script>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/bai/tin-gia/tien-do", "/bai/tin-gia/tu-kiem-tra/1"])
def test_posts_need_the_token_of_the_form(hoa, client, path):
    answer = client.post(path, data={"done": "1", "check": "otp", "choice": "b"})

    assert (answer.status_code, rows()) == (400, [])


def test_with_script_the_answer_is_a_fragment(hoa, client):
    headers = {"X-Fragment": "1"}
    token = {"csrf_token": client.token()}

    check = client.post("/bai/tin-gia/tu-kiem-tra/1", data={**token, "check": "otp", "choice": "b"}, headers=headers)
    empty = client.post("/bai/tin-gia/tu-kiem-tra/2", data={**token, "check": "tin"}, headers=headers)
    practice = client.post("/bai/tin-gia/tien-do", data={**token, "practice": "1"}, headers=headers)
    step = client.post("/bai/tin-gia/tien-do", data={**token, "step": "mo-may"}, headers=headers)

    assert check.get_data(as_text=True).strip().startswith('<div class="card')  # right: nothing left to send
    assert empty.get_data(as_text=True).strip().startswith('<form class="card')
    assert "Đúng rồi" in text_of(check)
    assert (empty.status_code, "Bạn chọn câu trả lời" in text_of(empty)) == (422, True)
    assert "Bạn đã thực hành" in text_of(practice)
    assert "Bạn đã thực hành" in text_of(client.get("/bai/tin-gia"))
    assert (step.status_code, step.data) == (204, b"")


def test_a_guest_keeps_progress_in_a_cookie_that_no_script_reads(course, client):
    before = client.get("/bai/tin-gia")
    answer = client.send("/bai/tin-gia/tien-do", step="doc-ky")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("khach="))

    assert "khach" not in before.headers.get("Set-Cookie", "")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Học tiếp bước 3" in text_of(client.get("/bai/tin-gia"))
    assert [(row.person_id, row.guest_id) for row in rows()] == [(None, cookie.split("=")[1].split(";")[0])]


@pytest.mark.parametrize("forged", ["x", "' OR 1=1 --", "a" * 500, "%00" * 8])
def test_a_forged_guest_cookie_counts_as_none(course, client, forged):
    client.set_cookie("khach", forged)

    client.send("/bai/tin-gia/tien-do", step="doc-ky")

    assert len(rows()[0].guest_id) == 22


def test_a_guest_becomes_a_person(course, client, app):
    person = make_person()
    db.session.commit()
    client.send("/bai/tin-gia/tien-do", step="doc-ky")
    guest_id = client.get_cookie("khach").value

    with app.test_request_context("/dang-nhap", method="POST", headers={"Cookie": f"khach={guest_id}"}):
        person_arrived.send(None, person_id=person.id, how="registered", now=NOW)
        db.session.commit()
        response = app.process_response(app.make_response("ok"))

    assert [(row.person_id, row.guest_id, row.last_step) for row in rows()] == [(person.id, None, "doc-ky")]
    assert any(c.startswith("khach=;") for c in response.headers.getlist("Set-Cookie"))


def test_leaving_a_phone_ends_the_guest_too(app):
    with app.test_request_context("/", headers={"Cookie": "khach=" + "g" * 22}):
        response = app.make_response("ok")
        person_left.send(None, response=response)

    assert any(c.startswith("khach=;") for c in response.headers.getlist("Set-Cookie"))


def test_personal_data_names_the_lessons(hoa):
    services.reach_step(Reader(person_id=hoa.id), *lesson_and_version(), "mo-may", now=NOW)

    told = [answer for _, answer in personal_data_asked.send(None, person_id=hoa.id) if answer and "lessons" in answer]

    assert [row["slug"] for row in told[0]["lessons"]] == ["tin-gia"]


def test_what_a_phone_keeps_holds_nothing_of_a_person(hoa, client):
    client.send("/bai/tin-gia/tien-do", done="1")
    client.send("/bai/tin-gia/tu-kiem-tra/1", check="otp", choice="b")
    client.set_cookie("co_chu", "rat-lon")

    answer = client.get("/bai/tin-gia?ban=ngoai-tuyen")
    page = answer.get_data(as_text=True)

    assert "Set-Cookie" not in answer.headers
    assert page == client.application.test_client().get("/bai/tin-gia?ban=ngoai-tuyen").get_data(as_text=True)
    for trace in ("Hoa", "csrf", "Đã học xong", "Mã OTP chỉ mình bạn", "checked", "rat-lon", "/hom-nay", "/tien-do"):
        assert trace not in page, trace


def test_service_worker_names_the_release_and_files_that_exist(course, client):
    answer = client.get("/sw.js")
    source = answer.get_data(as_text=True)
    release = client.application.config["ASSET_RELEASE"]

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert f'RELEASE = "{release}"' in source
    assert "__RELEASE__" not in source
    assert source.count("\n") <= 150
    for name in re.findall(r'asset\("([^"]+)"\)', source):
        with client.get(f"/tinh/{release}/{name}") as file:
            assert file.status_code == 200, name


def test_recordings_are_offered_with_their_weight_and_never_fetched_unasked(app, client, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_CONTENT", tmp_path)
    text = lesson_text().replace("minutes: 6", "minutes: 6\naudio: media/a.mp3\nvideo: media/a.mp4\ncaptions: media/a.vtt")
    write_course(tmp_path, lessons={"tin-gia": text})
    media = tmp_path / "courses" / "khoa-thu" / "media"
    for name, size in (("a.mp3", 5000), ("a.mp4", 3_000_000), ("a.vtt", 10), ("rieng.mp3", 10)):
        (media / name).write_bytes(b"x" * size)
    load(tmp_path)

    page = client.get("/bai/tin-gia").get_data(as_text=True)

    assert re.search(r'<audio controls preload="none"[^>]* src="/bai/tin-gia/tep/a.mp3">', page)
    assert "Tệp nặng 5 KB" in page
    assert '<video controls preload="none"' in page
    assert "Video 2,9 MB" in page
    assert '<track kind="captions" srclang="vi" label="Tiếng Việt" src="/bai/tin-gia/tep/a.vtt" default>' in page
    assert "autoplay" not in page
    with client.get("/bai/tin-gia/tep/a.mp3") as audio:
        assert (audio.status_code, len(audio.data)) == (200, 5000)
    assert client.get("/bai/tin-gia/tep/rieng.mp3").status_code == 404


def test_public_home_knows_who_is_signed_in(hoa, client):
    page = client.get("/").get_data(as_text=True)

    assert 'href="/dang-nhap"' not in page
    assert 'href="/hom-nay"' in page


def test_search_page_speaks_of_what_was_typed(course, client):
    found = text_of(client.get("/tim?q=goi+dien"))
    hostile = client.get("/tim?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").get_data(as_text=True)

    assert "Tìm thấy 1 kết quả cho “goi dien”" in found
    assert "Gọi điện" in found
    assert "<script>alert" not in hostile
    assert "Không thấy bài nào" in hostile


def test_course_page_links_its_assessment(course, client):
    assert 'href="/bai-kiem-tra/bai-thu"' in client.get("/khoa-hoc/khoa-thu").get_data(as_text=True)


def test_retired_lesson_stays_readable_and_says_so(course, client):
    load(write_course(course, lessons={"goi-dien": lesson_text("Gọi điện", skill=OTHER_SKILL)}))

    assert "Bài này không còn trong khóa học" in text_of(client.get("/bai/tin-gia"))
    assert client.get("/bai/tin-gia?ban=ngoai-tuyen").status_code == 404
    assert "tin-gia" not in client.get("/khoa-hoc/khoa-thu").get_data(as_text=True)


def test_a_page_drawn_for_one_reader_holds_nothing_of_them_for_the_next(course, client, app):
    """Pages are drawn once and kept: names and tokens must never be in what is kept."""
    pages = []
    for name in ("Trần Thị Mơ", "Lê Văn Bưởi"):
        browser = type(client)(app)
        browser.sign_in(make_person(name))
        pages.append(browser.get("/bai/tin-gia").get_data(as_text=True))

    for page in pages:
        tokens = set(re.findall(r'name="csrf_token" value="([^"]*)"', page))
        assert len(tokens) == 1
        assert "" not in tokens
        assert "Mơ" not in page
        assert "Bưởi" not in page
    first, second = (re.findall(r'name="csrf_token" value="([^"]*)"', page)[0] for page in pages)
    assert first != second


def test_new_content_is_shown_at_once(course, client):
    client.get("/bai/goi-dien")

    load(write_course(course, lessons={"goi-dien": lesson_text("Gọi điện", steps=STEPS.replace("Mở máy {", "Bật máy {"))}))

    assert "Bật máy" in text_of(client.get("/bai/goi-dien"))


def test_english_reader_sees_english_language_mark(course, client):
    client.set_cookie("ngon_ngu", "en")

    page = client.get("/bai/tin-gia").get_data(as_text=True)

    assert '<html lang="en"' in page
    assert '<article class="prose" lang="vi"' in page


def test_what_is_kept_for_dead_lines_is_vietnamese_whoever_asks_first(course, client):
    client.set_cookie("ngon_ngu", "en")

    page = client.get("/bai/tin-gia?ban=ngoai-tuyen").get_data(as_text=True)

    assert '<html lang="vi"' in page
    assert "Bản đã lưu trên máy" in page


def test_lesson_costs_one_statement_and_no_body_once_drawn(hoa, client):
    client.send("/bai/tin-gia/tien-do", step="doc-ky")
    client.get("/bai/tin-gia")

    with counted() as sent:
        client.get("/bai/tin-gia")

    assert len(sent) == 1
    assert not any("html" in statement for statement in sent)


def test_lesson_costs_the_same_beside_many_others(app, client, tmp_path):
    costs = []
    for number in (1, 12):
        load(write_course(tmp_path, lessons={f"bai-{n}": lesson_text(f"Bài {n}") for n in range(number)}))
        client.get("/bai/bai-0")
        with counted() as sent:
            client.get("/bai/bai-0")
        costs.append(len(sent))

    assert costs[0] == costs[1] <= 2


def test_home_costs_two_statements_and_one_for_each_part(hoa, client, app, monkeypatch):
    """The goal for the whole page is five; what the parts cost, their packages test."""
    monkeypatch.setitem(app.extensions, "home_parts", HomeParts())
    client.send("/bai/tin-gia/tien-do", step="doc-ky")
    publish_map()
    client.get("/hom-nay")

    with counted() as sent:
        page = client.get("/hom-nay")

    assert len(sent) == 2
    assert "Tự bảo vệ" in text_of(page)


@pytest.mark.parametrize("path", ["/khoa-hoc/khoa-thu", "/ky-nang"])
def test_learner_pages_cost_at_most_five_statements(hoa, client, path):
    publish_map()
    client.get(path)

    with counted() as sent:
        client.get(path)

    assert len(sent) <= 5, sent


def test_skill_map_shows_states_and_opens_the_lessons_of_a_group(hoa, client):
    publish_map()
    client.send("/bai/tin-gia/tien-do", step="mo-may")

    skill_map, group = client.get("/ky-nang"), client.get("/ky-nang/N5")

    assert 'href="/ky-nang/N5?nhom=nguoi-dan"' in skill_map.get_data(as_text=True)
    assert text_of(skill_map).count("Đang học") == 2  # the legend, and the skill of the lesson
    assert "Nhận ra tin giả 6 phút, đang học" in text_of(group)
    assert client.get("/ky-nang/N99").status_code == 404


def test_home_shows_what_higher_packages_know(hoa, client, app, monkeypatch):
    monkeypatch.setitem(app.extensions, "home_parts", HomeParts(
        (lambda _person: {SKILL: "confirmed"},),
        (lambda _actor, _now: [
            HomeCard("Bài kiểm tra", "Bài kiểm tra Cấp 1", "Vì bạn đã học hết khóa.", place="next",
                     links=(HomeLink("Làm bài", "/bai-kiem-tra/x"),)),
            HomeCard("Giấy xác nhận", "Cấp 1", "Cấp ngày 18/9/2026", state="confirmed",
                     links=(HomeLink("Tải về", "/giay-xac-nhan/x.pdf", "download"),))],)))

    page = client.get("/hom-nay")

    shown = text_of(page)
    assert "Chào bác Hoa" in shown
    assert "Vì bạn đã học hết khóa." in shown
    assert "Cấp ngày 18/9/2026" in shown
    assert 'href="/giay-xac-nhan/x.pdf"' in page.get_data(as_text=True)


def test_one_learner_never_sees_anothers_progress(hoa, client, app):
    services.complete_lesson(Reader(person_id=make_person("Người Khác").id), *lesson_and_version(), now=NOW)
    services.complete_lesson(guest(), *lesson_and_version(), now=NOW)
    db.session.commit()

    assert "Đã học xong" not in text_of(client.get("/bai/tin-gia"))
    assert "Đã học xong 0 trên 2 bài" in text_of(client.get("/hom-nay"))


def test_packed_pages_unpack_to_the_plain_ones(hoa, client):
    client.send("/bai/tin-gia/tu-kiem-tra/1", check="otp", choice="a")
    plain = client.get("/bai/tin-gia")
    packed = client.get("/bai/tin-gia", headers={"Accept-Encoding": "gzip"})

    def without_tokens(page):
        return re.sub(r'csrf_token" value="[^"]+"', "", page)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert without_tokens(gzip.decompress(packed.data).decode()) == without_tokens(plain.get_data(as_text=True))
    assert zlib.decompressobj(31).decompress(packed.data)[:9] == b"<!doctype"[:9]


@pytest.mark.parametrize("body", [
    {"data": {"choice": ["x"] * 5000, "check": "otp"}},
    {"data": "choice=" + "a" * 600_000, "content_type": "application/x-www-form-urlencoded"},
    {"data": b"\xff\xfe" * 500, "content_type": "application/x-www-form-urlencoded"},
    {"data": b"--x\r\n" * 3000, "content_type": "multipart/form-data; boundary=x"},
])
def test_oversized_and_broken_bodies_are_refused_and_the_page_lives(hoa, client, body):
    answer = client.post("/bai/tin-gia/tu-kiem-tra/1", **body)

    assert answer.status_code in (400, 413)
    assert rows() == []
    assert client.get("/bai/tin-gia").status_code == 200
