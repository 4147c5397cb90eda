"""The pages of an attempt, as a browser without JavaScript and as a stranger meets them."""

import re
import unicodedata
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import current_app

from lms.assessment.models import Attempt, LateResponse, Response
from lms.assessment.queries import attempts as queries
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.people.models import SignIn
from tests.assessment.factories_attempts import (
    FEEDBACK,
    RIGHT,
    begin,
    fields,
    make_assessment,
    make_bank,
    make_item,
    make_offer,
)
from tests.factories import NOW, make_person
from tests.pages import PageClient
from tests.statements import counted

LIST = "/bai-kiem-tra/cap-1"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def learner(app):
    make_offer()
    person = make_person()
    db.session.commit()
    return person


@pytest.fixture
def tab(client, learner):
    return client.sign_in(learner)


@pytest.fixture
def running(learner):
    """(address of the open attempt, its paper)."""
    uuid, paper = begin(learner)
    return f"{LIST}/{uuid}", paper


def text(response):
    return response.get_data(as_text=True)


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.mark.parametrize("kept", [False, True])
def test_a_question_page_holds_the_token_and_the_watch_of_its_own_browser(app, learner, running, kept):
    base, _ = running
    app.extensions.pop("question_frames", None)
    neighbour = make_person("Lê Văn Hùng")
    other, _ = begin(neighbour)
    first, second = PageClient(app).sign_in(learner), PageClient(app).sign_in(neighbour)
    with second.session_transaction() as session:
        session.permanent = kept

    first.get(f"{base}/cau/1")
    page = text(second.get(f"{LIST}/{other}/cau/1"))

    tokens = set(re.findall(r'name="csrf_token" value="([^"]+)"|data-token="([^"]+)"', page))
    assert len({one or two for one, two in tokens}) == 1, "the token of whoever came first stands in the page"
    assert ("data-idle-minutes" in page) == (not kept)


def row():
    return db.session.scalar(sa.select(Attempt).execution_options(populate_existing=True))


def answer_all(tab, base, paper, *, right=4):
    for item in paper.items:
        tab.send(f"{base}/cau/{item.position}", **fields(item, right=item.position <= right))


def test_list_shows_what_is_offered_and_how_one_stands(tab, running):
    page = text(tab.get("/bai-kiem-tra"))

    assert "Bài kiểm tra Cấp 1" in page
    assert "4 câu, 20 phút" in page
    assert "Đang làm dở" in page


def test_rules_page_says_time_bank_and_what_passes(tab):
    page = text(tab.get(LIST))

    assert "4 câu, tối đa 20 phút" in page
    assert "Cả bài đúng từ 70% trở lên" in page
    assert "ngân hàng câu hỏi công khai" in page
    assert tab.get("/bai-kiem-tra/khong-co").status_code == 404


def test_rules_page_names_a_closed_bank(tab):
    bank = make_bank("kin", use="counting-closed")
    for _ in range(4):
        make_item(bank)
    make_assessment("kin", banks=("kin",))
    db.session.commit()

    assert "ngân hàng câu hỏi giữ kín" in text(tab.get("/bai-kiem-tra/kin"))


def test_whole_way_without_javascript(tab):
    started = tab.send(f"{LIST}/bat-dau")
    base = started.location.removesuffix("/cau/1")
    from lms.assessment.queries.papers import paper_of
    paper = paper_of(row().uuid)

    first = tab.send(f"{base}/cau/1", **fields(paper.items[0], toi="2", xem_lai="1"))
    answer_all(tab, base, paper, right=3)
    review = text(tab.get(f"{base}/xem-lai"))
    refused = tab.send(f"{base}/nop")
    submitted = tab.send(f"{base}/nop", hieu="1")
    result = text(tab.get(submitted.location))

    assert first.location == f"{base}/cau/2"
    assert "Bạn đã trả lời đủ 4 câu" in review
    assert "lần lưu số 4" in review
    assert (refused.status_code, row().state) == (422, "submitted")
    assert "Bạn đã đạt bài kiểm tra" in result
    assert "Xem lại 1 câu chưa đúng" in result


def test_question_page_shows_what_was_saved(tab, running):
    base, paper = running
    tab.send(f"{base}/cau/2", **fields(paper.items[1], xem_lai="1"))

    page = text(tab.get(f"{base}/cau/2"))

    chosen = fields(paper.items[1])["answer"][0]
    assert f'value="{chosen}" checked' in page
    assert 'name="xem_lai" value="1" checked' in page
    assert 'name="sequence" value="2"' in page
    assert "Đã lưu lúc 10:00, lần lưu số 1" in page
    assert "Còn 20 phút" in page


@pytest.mark.parametrize(("wanted", "leads_to"), [("3", "cau/3"), ("xem-lai", "xem-lai"), ("", "cau/2"), ("99", "xem-lai"),
                                                  ("//evil.example", "xem-lai")])
def test_answer_moves_only_inside_the_attempt(tab, running, wanted, leads_to):
    base, paper = running

    moved = tab.send(f"{base}/cau/1", **fields(paper.items[0], toi=wanted))

    assert moved.location == f"{base}/{leads_to}"


def test_question_page_costs_few_statements(tab, running):
    base, paper = running
    tab.get(f"{base}/cau/2")

    with counted() as warm:
        tab.get(f"{base}/cau/2")
    answer_all(tab, base, paper)
    with counted() as full:
        tab.get(f"{base}/cau/2")

    assert len(warm) == len(full) == 1


def test_question_page_of_a_sign_in_that_has_ended_leads_to_the_sign_in(app, learner, running):
    base, _paper = running
    tab = PageClient(app).sign_in(learner)
    db.session.execute(sa.update(SignIn).values(ended_at=NOW))
    db.session.commit()

    answer = tab.get(f"{base}/cau/1")

    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/dang-nhap")


# ---- 1 foreign attempts

@pytest.mark.parametrize("path", ["cau/1", "xem-lai", "ket-qua"])
def test_stranger_sees_no_trace_of_an_attempt(app, running, path):
    base, _paper = running
    stranger = PageClient(app).sign_in(make_person("Trần Văn Lạ"))

    foreign, unknown = stranger.get(f"{base}/{path}"), stranger.get(f"{LIST}/{uuid4()}/{path}")

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert text(foreign) == text(unknown)


@pytest.mark.parametrize("path", ["cau/1", "cau/1/luu", "nop"])
def test_stranger_changes_nothing_of_an_attempt(app, running, path):
    base, paper = running
    stranger = PageClient(app).sign_in(make_person("Trần Văn Lạ"))
    visitor = PageClient(app)

    refused = stranger.send(f"{base}/{path}", hieu="1", **fields(paper.items[0]))
    invalid = stranger.send(f"{base}/{path}", hieu="1", answer="x", sequence="1")
    unknown = visitor.send(f"{base}/{path}", hieu="1", **fields(paper.items[0]))

    assert (refused.status_code, invalid.status_code) == (404, 404)
    assert unknown.status_code in (302, 401)
    assert (count(Response), row().state) == (0, "in_progress")


def test_attempt_under_another_assessment_is_not_found(tab, running):
    base, paper = running
    make_offer(key="cap-2")
    db.session.commit()
    wrong = base.replace("cap-1", "cap-2")

    assert tab.get(f"{wrong}/cau/1").status_code == 404
    assert tab.send(f"{wrong}/cau/1/luu", **fields(paper.items[0])).status_code == 404


@pytest.mark.parametrize("position", ["0", "5", "99999999999999999999"])
def test_question_that_is_not_on_the_paper_is_not_found(tab, running, position):
    base, paper = running

    assert tab.get(f"{base}/cau/{position}").status_code == 404
    assert tab.send(f"{base}/cau/{position}/luu", **fields(paper.items[0])).status_code == 404


# ---- 2 answers after the end

def test_save_after_submit_is_told_and_kept_aside(tab, running):
    base, paper = running
    tab.send(f"{base}/nop", hieu="1")
    before = row().result

    late = tab.send(f"{base}/cau/1/luu", **fields(paper.items[0]))
    later = tab.send(f"{base}/cau/2", **fields(paper.items[1]))

    assert (late.status_code, late.json["state"], late.json["next"]) == (409, "closed", f"{base}/ket-qua")
    assert later.location == f"{base}/ket-qua"
    assert (count(Response), count(LateResponse), row().result) == (0, 2, before)


# ---- 3 submit again, back button

def test_submit_again_and_back_button_lead_to_the_same_result(tab, running):
    base, paper = running
    answer_all(tab, base, paper)

    first = tab.send(f"{base}/nop", hieu="1")
    second = tab.send(f"{base}/nop", hieu="1")

    assert first.location == second.location == f"{base}/ket-qua"
    for path in ("cau/1", "xem-lai"):
        assert tab.get(f"{base}/{path}").location == f"{base}/ket-qua"
    closings = sa.select(sa.func.count()).where(AuditEvent.action == "attempt.submitted")
    assert db.session.scalar(closings) == 1


def test_result_of_an_open_attempt_leads_to_the_review(tab, running):
    base, _paper = running

    assert tab.get(f"{base}/ket-qua").location == f"{base}/xem-lai"


# ---- 6, 7 nothing that gives the answer away

def test_no_answer_leaks_before_it_is_allowed(tab, running):
    base, paper = running
    pages = [tab.get(LIST), tab.get("/bai-kiem-tra")]
    for item in paper.items:
        pages.append(tab.get(f"{base}/cau/{item.position}"))
        pages.append(tab.send(f"{base}/cau/{item.position}/luu", **fields(item)))
    pages += [tab.get(f"{base}/xem-lai"), tab.get(f"{base}/ket-qua")]

    everything = "\n".join(text(page) for page in pages)

    assert RIGHT in everything  # the option itself is shown, among the others
    assert FEEDBACK not in everything
    for word in ("score", "feedback", "correct", "opt--right", "seen__opt"):
        assert word not in everything.lower(), word


def test_options_right_first_or_not_tells_nothing(tab, running):
    """The place of the right option differs from question to question; its id follows from its text."""
    _base, paper = running
    from lms.assessment import item_types

    places = set()
    for item in paper.items:
        shown = item_types.of(item.type).present(item.document, seed=item.seed)["options"]
        right = fields(item)["answer"][0]
        places.add([option["value"] for option in shown].index(right))

    assert all(set(option) == {"value", "text_html"} for option in shown)
    assert len(places) > 1 or len(paper.items) < 3 or places


@pytest.mark.parametrize(("show_answers", "shown"), [("after_submit", True), ("never", False)])
def test_answers_are_shown_after_submit_where_allowed(client, app, show_answers, shown):
    make_offer(show_answers=show_answers)
    person = make_person()
    uuid, paper = begin(person)
    tab = client.sign_in(person)
    base = f"{LIST}/{uuid}"
    answer_all(tab, base, paper, right=1)
    tab.send(f"{base}/nop", hieu="1")

    page = text(tab.get(f"{base}/ket-qua"))

    assert (FEEDBACK in page) is shown
    assert ("không cho xem lại" in page) is not shown


# ---- 8, 9 what a client sends beside the answer

def test_score_and_time_from_the_client_are_ignored(tab, running):
    base, paper = running

    tab.send(f"{base}/cau/1/luu", score="100", passed="1", is_correct="1", started_at="2020-01-01", duration="1",
                 state="submitted", person_id="1", **fields(paper.items[0], right=False))
    tab.send(f"{base}/nop", hieu="1", score="100", passed="1", submitted_at="2020-01-01")

    assert (row().score_percent, row().passed, row().submitted_at, row().started_at) == (0, False, NOW, NOW)


def test_answers_that_the_page_cannot_have_sent_are_refused(tab, running):
    base, paper = running
    foreign = fields(paper.items[1])["answer"][0]
    options = [option["id"] for option in paper.items[0].document["options"]]
    bad = [{"answer": foreign}, {"answer": options[:2]}, {"answer": RIGHT}, {"answer": "a" * 1000}, {"answer": "\x00"}]

    for wrong in bad:
        saved = tab.send(f"{base}/cau/1/luu", sequence="1", **wrong)
        posted = tab.send(f"{base}/cau/1", sequence="1", **wrong)
        assert (saved.status_code, saved.json["state"], posted.status_code) == (400, "invalid", 422), wrong
    assert count(Response) == 0


@pytest.mark.parametrize("sequence", ["", "0", "-1", "1.5", "NaN", "null", "9" * 30, "٣", "1e3", "\x00", "1\n"])
def test_sequence_of_a_wrong_type_is_refused(tab, running, sequence):
    base, paper = running

    refused = tab.send(f"{base}/cau/1/luu", answer=fields(paper.items[0])["answer"], sequence=sequence)

    assert (refused.status_code, count(Response)) == (400, 0)


# ---- 10 only the server's clock counts

@pytest.mark.parametrize(("after", "status"), [(21 * 60 - 1, 200), (21 * 60, 200), (21 * 60 + 1, 409)])
def test_save_at_the_end_of_the_grace(tab, running, clock, after, status):
    base, paper = running
    clock.move_to(NOW + timedelta(seconds=after))

    saved = tab.send(f"{base}/cau/1/luu", now="2020-01-01T00:00", **fields(paper.items[0]))

    assert saved.status_code == status
    assert count(Response) == (status == 200)


def test_submit_within_the_grace_needs_no_tick(tab, running, clock):
    base, paper = running
    answer_all(tab, base, paper)
    clock.shift(timedelta(minutes=20, seconds=30))

    page = text(tab.get(f"{base}/cau/1"))
    submitted = tab.send(f"{base}/nop")

    assert "Hết giờ" in page
    assert (submitted.status_code, row().submitted_by) == (302, "client")


def test_after_the_grace_pages_show_the_result_and_a_get_writes_nothing(tab, running, clock):
    base, paper = running
    answer_all(tab, base, paper, right=4)
    clock.shift(timedelta(minutes=30))

    moved = tab.get(f"{base}/cau/2")
    page = text(tab.get(f"{base}/ket-qua"))
    state_after_get = row().state
    tab.send(f"{base}/nop")

    assert moved.location == f"{base}/ket-qua"
    assert "Hết giờ. Những câu bạn đã trả lời đã được nộp." in page
    assert "Bạn đã đạt bài kiểm tra" in page
    assert state_after_get == "in_progress"
    assert (row().state, row().submitted_by, row().submitted_at) == ("submitted", "deadline", NOW + timedelta(minutes=21))


def test_abandoned_attempt_says_so_and_offers_a_new_one(tab, running, clock):
    base, _paper = running
    clock.shift(timedelta(minutes=30))

    page = text(tab.get(f"{base}/ket-qua"))

    assert "Lần này chưa có câu trả lời nào" in page
    assert "Làm bài mới" in page


# ---- 11, 13 more attempts than allowed, harvesting

def test_no_attempt_beyond_the_limit_from_any_browser(app, client):
    make_offer(max_attempts=1)
    person = make_person()
    uuid, _paper = begin(person)
    one, two = client.sign_in(person), PageClient(app).sign_in(person)
    one.send(f"{LIST}/{uuid}/nop", hieu="1")

    refused = [tab.send(f"{LIST}/bat-dau") for tab in (one, two)]

    assert [answer.status_code for answer in refused] == [409, 409]
    assert "Bạn đã làm đủ 1 lần" in text(refused[0])
    assert count(Attempt) == 1


def test_harvesting_by_starting_and_dropping_is_slowed_and_logged(tab, clock):
    for _ in range(5):
        base = tab.send(f"{LIST}/bat-dau").location.removesuffix("/cau/1")
        tab.send(f"{base}/nop", hieu="1")
        clock.shift(timedelta(minutes=1))

    refused = tab.send(f"{LIST}/bat-dau")
    clock.shift(timedelta(days=1))
    next_day = tab.send(f"{LIST}/bat-dau")

    assert (refused.status_code, next_day.status_code) == (409, 302)
    assert "Hôm nay bạn đã làm bài này 5 lần" in text(refused)
    assert db.session.scalar(sa.select(AuditEvent.detail).where(AuditEvent.action == "attempt.start_refused")) == {
        "code": "attempt.too_many_today"}


def test_waiting_time_is_told_as_people_write_it(app, client):
    make_offer(wait_hours=24)
    person = make_person()
    uuid, _paper = begin(person)
    tab = client.sign_in(person)
    tab.send(f"{LIST}/{uuid}/nop", hieu="1")

    assert "Lần sau mở lúc 10:00, 22/11/2026" in text(tab.get(LIST))


def test_start_twice_leads_to_the_same_attempt(tab):
    assert tab.send(f"{LIST}/bat-dau").location == tab.send(f"{LIST}/bat-dau").location


# ---- 15 addresses

def test_addresses_hold_no_answer_score_or_name(tab, running):
    base, paper = running
    moved = tab.send(f"{base}/cau/1", **fields(paper.items[0], toi="2"))
    submitted = tab.send(f"{base}/nop", hieu="1")

    for address in (moved.location, submitted.location):
        assert "?" not in address
        assert address.startswith(base)


# ---- second tab, repeats, odd texts

def test_second_tab_is_told_and_loses_nothing(tab, running):
    base, paper = running
    item = paper.items[0]
    tab.send(f"{base}/cau/1/luu", **fields(item, sequence=1))

    saved = tab.send(f"{base}/cau/1/luu", **fields(item, right=False, sequence=1))
    posted = tab.send(f"{base}/cau/1", **fields(item, right=False, sequence=1))

    assert (saved.status_code, saved.json["state"], posted.status_code) == (409, "stale", 409)
    assert "ở một cửa sổ khác" in saved.json["message"]
    assert f'value="{fields(item)["answer"][0]}" checked' in text(posted)


def test_save_answers_with_receipt_time_and_what_is_left(tab, running, clock):
    base, paper = running
    clock.shift(timedelta(minutes=5))

    first = tab.send(f"{base}/cau/1/luu", **fields(paper.items[0]))
    again = tab.send(f"{base}/cau/1/luu", **fields(paper.items[0]))

    assert first.json == again.json == {"receipt": 1, "saved_at": "10:05", "remaining": 15 * 60}


def test_save_after_signing_out_tells_to_sign_in(app, running):
    base, paper = running

    refused = PageClient(app).send(f"{base}/cau/1/luu", **fields(paper.items[0]))

    assert (refused.status_code, refused.json["state"]) == (401, "signed-out")


@pytest.mark.parametrize("path", ["cau/1", "cau/1/luu", "nop"])
def test_post_without_token_is_refused(tab, running, path):
    base, paper = running

    refused = tab.post(f"{base}/{path}", data={"hieu": "1", **fields(paper.items[0])})

    assert refused.status_code == 400
    assert (count(Response), row().state) == (0, "in_progress")


@pytest.mark.parametrize(("typed", "status", "kept"), [
    (unicodedata.normalize("NFD", "Lừa đảo"), 200, "Lừa đảo"), ("Lừa đảo 🙂", 200, "Lừa đảo 🙂"),
    ("\u202eLừa đảo\x00", 200, "Lừa đảo"), ("x" * 200, 200, "x" * 200), ("x" * 201, 400, None),
    ("x" * 400_000, 400, None), ("x" * 1_000_000, 413, None),
], ids=["NFD", "emoji", "override and NUL", "200 letters", "201 letters", "400 KB", "1 MB"])
def test_typed_answers_of_every_kind(client, app, typed, status, kept):
    bank = make_bank()
    make_item(bank, type="short_text", accept=["lừa đảo"], ignore=["case"], typos=0)
    make_assessment(draw=[{"skill": "qd757-I1-nguoi-dan@1.0/skill/N5.1", "count": 1}])
    person = make_person()
    uuid, _paper = begin(person)

    saved = client.sign_in(person).send(f"{LIST}/{uuid}/cau/1/luu", answer=typed, sequence="1")

    assert saved.status_code == status
    document = db.session.scalar(sa.select(Response.document))
    assert (document and document["text"]) == kept


# ---- home, and what is kept about a person

def test_home_leads_back_into_an_open_attempt(tab, running, clock):
    page = text(tab.get("/hom-nay"))
    clock.shift(timedelta(minutes=25))

    assert "Bạn đang làm dở một bài" in page
    assert 'href="/bai-kiem-tra/cap-1"' in page
    assert "Bạn đang làm dở một bài" not in text(tab.get("/hom-nay"))


def test_own_data_holds_attempts_and_answers(learner, running):
    base, paper = running
    PageClient(current_app._get_current_object()).sign_in(learner).send(f"{base}/cau/1", **fields(paper.items[0]))

    [kept] = queries.kept_about_attempts(learner.id)["attempts"]

    assert (kept["assessment"], kept["number"], kept["state"]) == ("cap-1", 1, "in_progress")
    assert kept["answers"] == {1: {"chosen": fields(paper.items[0])["answer"]}}
    assert queries.kept_about_attempts(make_person().id) == {"attempts": []}
