"""The pages of the assessor, the officer and the learner, as a browser sees them."""

import json
from uuid import uuid4

import pytest

from lms.assessment.models import Confirmation, ConfirmationEvent, Observation, SentBack
from lms.assessment.services.confirmations import confirm_level, send_back
from lms.assessment.views.confirmations import judged_about
from lms.assessment.views.home_parts import confirmation_cards, skill_states
from lms.core import clock
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.people.models import RoleGrant
from tests.assessment.factories_confirmations import (
    LATER,
    OTHER_SKILL,
    make_attempt,
    make_learner,
    make_ready,
    make_sitting,
    make_ward,
    open_case,
)
from tests.factories import make_actor, make_organisation, make_person, make_role
from tests.framework.factories import SKILL
from tests.statements import counted

ALL = {"viec-goi-dien": "alone", "viec-nhan-tin": "one_reminder"}


def address(scene, learner=None):
    return f"/xac-nhan/{(learner or scene.learner).uuid}/mac-dinh"


def text(response):
    return response.get_data(as_text=True)


def count(model):
    return db.session.query(model).count()


def make_officer(scene):
    officer = make_person("Trần Văn Lộc")
    make_role(officer, "officer", scene.ward)
    db.session.commit()
    return officer


def test_the_list_shows_who_waits(client):
    scene = make_ward()
    make_ready(scene)
    make_attempt(make_learner(scene.village, "Phạm Thị Sáu"), scene.policy)
    db.session.commit()
    client.sign_in(scene.assessor)

    ready, practical = text(client.get("/xac-nhan")), text(client.get("/xac-nhan?muc=practical"))

    assert "1 người đủ điều kiện, chờ xác nhận" in ready
    assert "Nguyễn Văn Hùng" in ready
    assert "Phạm Thị Sáu" not in ready
    assert "Phạm Thị Sáu" in practical
    assert address(scene) in ready


@pytest.mark.parametrize("query", ["", "?muc=practical", "?muc=sent_back", "?muc=khac", "?trang=0", "?trang=x", "?tim=%25_'"])
def test_an_empty_list_says_so(client, query):
    scene = make_ward()
    client.sign_in(scene.assessor)

    page = client.get("/xac-nhan" + query)

    assert page.status_code == 200
    assert "empty" in text(page)


@pytest.mark.parametrize("path", ["/xac-nhan", "/xac-nhan/da-lam", "/xac-nhan/{uuid}/mac-dinh"])
def test_only_assessors_and_officers_open_the_pages(client, path):
    scene = make_ward()
    make_ready(scene)
    mentor = make_person("Người hướng dẫn")
    make_role(mentor, "mentor", scene.ward)
    db.session.commit()
    path = path.format(uuid=scene.learner.uuid)

    assert client.get(path).status_code == 302
    assert client.sign_in(mentor).get(path).status_code == 403
    assert client.sign_in(make_officer(scene)).get(path).status_code == 200


def test_the_record_puts_tasks_not_yet_marked_first(client):
    scene = make_ward()
    make_attempt(scene.learner, scene.policy)
    make_sitting(scene, {"goi-dien": "alone"})
    db.session.commit()

    page = text(client.sign_in(scene.assessor).get(address(scene)))

    assert "Còn 1 việc của bác Hùng chưa ghi" in page
    assert page.index('id="viec-nhan-tin"') < page.index('id="viec-goi-dien"')
    assert 'name="viec-goi-dien" value="alone" checked' in page
    assert "Bác làm nhan-tin giúp cháu." in page
    assert "dưới 4 câu, chưa đủ để xét" in page


def test_a_sitting_is_saved_and_gone_on_with(client):
    scene = make_ward()
    client.sign_in(scene.assessor)

    answer = client.send(address(scene) + "/thuc-hanh", **{"viec-goi-dien": "alone", "so_lan": "0"})

    assert (answer.status_code, answer.location) == (302, address(scene))
    assert [row.marks for row in db.session.query(Observation)] == [{"goi-dien": "alone"}]
    assert "Đã lưu những việc vừa ghi." in text(client.get(address(scene)))


def test_saving_nothing_new_adds_no_row(client):
    scene = make_ward()
    client.sign_in(scene.assessor)

    client.send(address(scene) + "/thuc-hanh", so_lan="0")

    assert count(Observation) == 0
    assert "Chưa có mức nào mới để lưu." in text(client.get(address(scene)))


def test_marks_and_conclusion_in_one_sending(client):
    scene = make_ward()
    make_attempt(scene.learner, scene.policy)
    db.session.commit()
    client.sign_in(scene.assessor)

    answer = client.send(address(scene), **ALL, so_lan="0", ket_luan="confirm", loi_nhan="Bác làm vững.")
    page = text(client.get(address(scene)))

    assert (answer.status_code, answer.location) == (302, address(scene))
    [made] = db.session.query(Confirmation)
    assert (made.assessor_id, made.note) == (scene.assessor.id, "Bác làm vững.")
    assert "Bác Hùng đã được xác nhận" in page
    assert "Ký và gửi kết luận" not in page
    assert "Rút xác nhận này" not in page


def test_a_double_click_confirms_once(client):
    scene = make_ward()
    make_ready(scene)
    client.sign_in(scene.assessor)

    answers = [client.send(address(scene), **ALL, so_lan="1", ket_luan="confirm") for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(302, address(scene))] * 2
    assert count(Confirmation) == 1


def test_what_is_missing_is_named_and_the_marks_are_kept(client):
    scene = make_ward()
    client.sign_in(scene.assessor)

    answer = client.send(address(scene), **{"viec-goi-dien": "alone"}, so_lan="0", ket_luan="confirm", loi_nhan="Tốt.")
    page = text(answer)

    assert answer.status_code == 422
    assert count(Confirmation) == 0
    assert count(Observation) == 1
    assert "Kiểm tra Cấp 1: chưa đạt" in page
    assert 'href="#viec-nhan-tin"' in page
    assert 'href="#viec-goi-dien"' not in page
    assert ">Tốt.</textarea>" in page
    assert 'value="confirm" checked' in page
    assert db.session.query(AuditEvent).filter_by(action="confirmation.refused").count() == 1


@pytest.mark.parametrize(("fields", "words"), [
    ({}, "Chọn một trong ba kết luận"), ({"ket_luan": "dismiss"}, "Chọn một trong ba kết luận"),
    ({"ket_luan": "learn"}, "Ghi rõ lý do"), ({"ket_luan": "continue", "loi_nhan": "  "}, "Ghi rõ lý do"),
    ({"ket_luan": "learn", "loi_nhan": "a" * 501}, "tối đa 500 ký tự"),
], ids=["none", "unknown", "no-reason", "blank-reason", "too-long"])
def test_a_conclusion_that_lacks_something_shows_what(client, fields, words):
    scene = make_ward()
    make_ready(scene)

    answer = client.sign_in(scene.assessor).send(address(scene), **fields)

    assert answer.status_code == 422
    assert words in text(answer)
    assert count(SentBack) == count(Confirmation) == 0


def test_sending_back_tells_the_learner_why(client):
    scene = make_ward()
    make_ready(scene)

    answer = client.sign_in(scene.assessor).send(address(scene), ket_luan="learn", loi_nhan="Học lại <b>bài 2</b>.")
    waiting = text(client.get("/xac-nhan"))
    mine = text(client.sign_in(scene.learner).get("/cua-toi/xac-nhan"))

    assert (answer.status_code, answer.location) == (302, "/xac-nhan")
    assert "1 người đang làm thêm theo lời nhắn" in waiting
    for page in (waiting, mine):
        assert "Học lại &lt;b&gt;bài 2&lt;/b&gt;." in page
    assert "Cần học thêm" in mine


def test_an_impossible_mark_is_refused_and_noted(client):
    scene = make_ward()
    client.sign_in(scene.assessor)

    answers = [client.send(address(scene) + "/thuc-hanh", **{"viec-goi-dien": "perfect"}),
               client.send(address(scene) + "/thuc-hanh", **{"viec-mo-khoa": "alone"})]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert count(Observation) == 0
    assert db.session.query(AuditEvent).filter_by(action="confirmation.refused").count() == 2


def test_a_foreign_record_leaves_no_trace(client):
    scene = make_ward()
    make_ready(scene)
    foreign = make_person("Nơi khác")
    make_role(foreign, "assessor", make_organisation("Phường khác"))
    db.session.commit()
    client.sign_in(foreign)

    answers = [client.get(address(scene)), client.send(address(scene), ket_luan="confirm"),
               client.send(address(scene) + "/thuc-hanh", **ALL), client.get(f"/xac-nhan/{uuid4()}/mac-dinh")]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert {len(text(answer)) for answer in answers[:1]} == {len(text(answers[3]))}
    assert not any("Hùng" in text(answer) for answer in answers)
    assert (count(Confirmation), count(Observation)) == (0, 1)
    assert db.session.query(AuditEvent).filter_by(action="confirmation.refused").count() == 2


def test_the_own_record_is_shown_without_a_conclusion(client):
    scene = make_ward()
    make_role(scene.learner, "assessor", scene.ward)
    make_ready(scene)
    client.sign_in(scene.learner)

    page = text(client.get(address(scene)))
    answer = client.send(address(scene), ket_luan="confirm")

    assert "Đây là hồ sơ của chính bạn" in page
    assert "Ký và gửi" not in page
    assert answer.status_code == 422
    assert count(Confirmation) == 0


def test_a_role_that_ended_is_refused_at_the_next_request(client):
    scene = make_ward()
    make_ready(scene)
    client.sign_in(scene.assessor)
    assert client.get(address(scene)).status_code == 200

    db.session.query(RoleGrant).update({"ended_at": clock.now()})
    db.session.commit()

    assert client.get("/xac-nhan").status_code == 403
    assert client.send(address(scene), ket_luan="confirm").status_code == 403
    assert count(Confirmation) == 0


def test_a_decision_policy_asks_nobody(client):
    scene = make_ward(practical=None, confirm={"by": "decision", "decision_number": "Quyết định 15/QĐ-UBND"})
    make_attempt(scene.learner, scene.policy)
    db.session.commit()

    page = text(client.sign_in(scene.assessor).get(address(scene)))

    assert "Quyết định 15/QĐ-UBND" in page
    assert "Ký và gửi" not in page


def confirmed(scene):
    make_ready(scene)
    made = confirm_level(case=open_case(scene), now=LATER)
    db.session.commit()
    return made


def test_confirmed_by_me_lists_what_i_signed(client):
    scene = make_ward()
    client.sign_in(scene.assessor)
    empty = text(client.get("/xac-nhan/da-lam"))

    confirmed(scene)
    page = text(client.get("/xac-nhan/da-lam"))

    assert "Bạn chưa xác nhận ai" in empty
    assert "Bạn đã xác nhận 1 lần" in page
    assert "Nguyễn Văn Hùng" in page
    assert address(scene) in page


def test_an_officer_withdraws_with_a_reason_and_a_second_thought(client):
    scene = make_ward()
    made = confirmed(scene)
    path = f"/xac-nhan/{made.uuid}/rut"
    client.sign_in(make_officer(scene))
    assert path in text(client.get(address(scene)))
    assert "Rút xác nhận của Nguyễn Văn Hùng?" in text(client.get(path))

    unsure = [client.send(path), client.send(path, ly_do="Nhầm người."), client.send(path, chac_chan="1")]
    assert [answer.status_code for answer in unsure] == [422] * 3
    assert count(ConfirmationEvent) == 0
    answer = client.send(path, ly_do="Nhầm người.", chac_chan="1")
    page = text(client.get(path))

    assert (answer.status_code, answer.location) == (302, path)
    assert "Xác nhận này không còn hiệu lực" in page
    assert "Nhầm người." in page
    assert "btn--stop" not in page
    assert client.send(path, ly_do="Lần nữa.", chac_chan="1").status_code == 409
    assert count(ConfirmationEvent) == 1


def test_withdrawing_is_closed_to_others(client):
    scene = make_ward()
    path = f"/xac-nhan/{confirmed(scene).uuid}/rut"
    foreign = make_person("Nơi khác")
    make_role(foreign, "admin", make_organisation("Phường khác"))
    db.session.commit()

    assert client.sign_in(scene.assessor).get(path).status_code == 403
    assert client.sign_in(foreign).get(path).status_code == 404
    assert client.send(path, ly_do="x", chac_chan="1").status_code == 404
    assert count(ConfirmationEvent) == 0


def test_the_learner_sees_the_way_and_only_the_own(client):
    scene = make_ward()
    other = make_learner(scene.village, "Phạm Thị Sáu")
    make_attempt(scene.learner, scene.policy)
    send_back(case=open_case(scene, learner=other), kind="learn", reason="Chỉ dành cho bà Sáu.", now=LATER)
    db.session.commit()

    page = text(client.sign_in(scene.learner).get("/cua-toi/xac-nhan"))

    assert "Con đường tới giấy xác nhận" in page
    assert "đạt 83%" in page
    assert "Việc goi-dien" in page
    assert "Chỉ dành cho bà Sáu." not in page


def test_without_a_policy_the_learner_is_sent_to_the_courses(client):
    scene = make_ward(audience="can-bo")

    assert 'href="/khoa-hoc"' in text(client.sign_in(scene.learner).get("/cua-toi/xac-nhan"))


def test_the_learner_reads_why_a_confirmation_was_withdrawn(client):
    scene = make_ward()
    made = confirmed(scene)
    client.sign_in(make_officer(scene)).send(f"/xac-nhan/{made.uuid}/rut", ly_do="Nhầm người.", chac_chan="1")

    page = text(client.sign_in(scene.learner).get("/cua-toi/xac-nhan"))

    assert "Nhầm người." in page
    assert "Được xác nhận" not in page


def test_a_person_gets_what_assessors_recorded(app):
    scene = make_ward()
    make_ready(scene, other := make_learner(scene.village, "Phạm Thị Sáu"))
    send_back(case=open_case(scene), kind="learn", reason="Học lại.", now=LATER)
    made = confirmed(scene)

    mine, others = judged_about(None, person_id=scene.learner.id), judged_about(None, person_id=other.id)

    assert [row["uuid"] for row in mine["confirmations"]] == [str(made.uuid)]
    assert [row["reason"] for row in mine["sent_back"]] == ["Học lại."]
    assert {section: len(rows) for section, rows in others.items()} == {"confirmations": 0, "observations": 1, "sent_back": 0}
    assert json.dumps(mine)


def cards(app, scene):
    actor = make_actor(scene.learner)
    db.session.commit()
    with app.test_request_context(), counted() as sent:
        found = list(confirmation_cards(actor, LATER))
    assert len(sent) == 1
    return [(card.place, card.title, card.state) for card in found]


def test_the_home_gets_one_card_from_one_statement(app):
    scene = make_ward()
    assert cards(app, scene) == [("side", "Ba chặng", None)]

    make_attempt(scene.learner, scene.policy)
    db.session.commit()
    assert cards(app, scene) == [("side", "Gặp người đánh giá", None)]

    send_back(case=open_case(scene), kind="learn", reason="Học lại.", now=LATER)
    db.session.commit()
    assert cards(app, scene) == [("next", "Cần học thêm", None)]


def test_the_home_shows_the_confirmed_level_and_skills(app):
    scene = make_ward()
    person_id = confirmed(scene).person_id

    with app.test_request_context(), counted() as sent:
        states = [skill_states(person_id) for _ in range(2)]

    assert len(sent) == 1
    assert states == [{SKILL: "confirmed", OTHER_SKILL: "confirmed"}] * 2
    assert cards(app, scene) == [("side", "Cấp 1", "confirmed")]


def test_pages_cost_the_same_for_one_row_and_for_many(client):
    scene = make_ward()
    officer = make_officer(scene)
    paths = {"/xac-nhan": scene.assessor, "/xac-nhan/da-lam": scene.assessor, address(scene): officer,
             "/cua-toi/xac-nhan": scene.learner}

    def costs():
        db.session.commit()
        found = {}
        for path, person in paths.items():
            client.sign_in(person)
            client.get(path)
            with counted() as sent:
                client.get(path)
            found[path] = len(sent)
        return found

    confirmed(scene)
    few = costs()
    for number in range(12):
        learner = make_learner(scene.village, f"Người {number}")
        make_ready(scene, learner)
        confirm_level(case=open_case(scene, learner=learner), now=LATER)
        make_ready(scene, make_learner(scene.village, f"Chờ {number}"))
        make_attempt(scene.learner, scene.policy)

    many = costs()
    assert {path: many[path] for path in paths if path != "/xac-nhan"} == {
        path: few[path] for path in paths if path != "/xac-nhan"}
    assert max(many.values()) <= 22


def test_a_get_writes_nothing(client):
    scene = make_ward()
    made = confirmed(scene)
    officer = make_officer(scene)
    client.sign_in(officer)

    with counted() as sent:
        for path in ("/xac-nhan", "/xac-nhan/da-lam", address(scene), f"/xac-nhan/{made.uuid}/rut", "/cua-toi/xac-nhan"):
            assert client.get(path).status_code == 200

    assert [statement for statement in sent if not statement.startswith("SELECT")] == []


SECOND_ACCOUNTS = [
    pytest.param({"phone": "0900000111"}, "cùng số điện thoại", ["phone"], id="phone"),
    pytest.param({"full_name": "Le Thi Tam", "folded_name": "le thi tam", "birth_year": 1990}, "cùng họ tên và năm sinh",
                 ["name_and_birth_year"], id="name and year"),
]


def scene_with_likeness(values):
    scene = make_ward()
    scene.assessor.phone, scene.assessor.birth_year = "0900000111", 1990
    for name, value in values.items():
        setattr(scene.learner, name, value)
    make_ready(scene)
    return scene


@pytest.mark.parametrize(("values", "words", "alike"), SECOND_ACCOUNTS)
def test_an_assessor_is_warned_of_an_account_like_their_own_and_the_evidence_says_so(client, values, words, alike):
    scene = scene_with_likeness(values)
    client.sign_in(scene.assessor)

    page = text(client.get(address(scene)))
    client.send(address(scene), ket_luan="confirm")

    assert words in page
    assert db.session.query(Confirmation).one().evidence["assessor_alike"] == alike


def test_nobody_is_warned_of_somebody_else(client):
    scene = make_ward()
    make_ready(scene)
    client.sign_in(scene.assessor)

    page = text(client.get(address(scene)))
    client.send(address(scene), ket_luan="confirm")

    assert "Nếu đây cũng là bạn" not in page
    assert "assessor_alike" not in db.session.query(Confirmation).one().evidence


def test_an_assessors_own_second_account_is_refused(client):
    scene = scene_with_likeness({"phone": "0900000111", "folded_name": "le thi tam", "birth_year": 1990})
    client.sign_in(scene.assessor)
    sittings = count(Observation)

    page = text(client.get(address(scene)))
    refused = client.send(address(scene), ket_luan="confirm", **ALL)

    assert "Đây là hồ sơ của chính bạn" in page
    assert refused.status_code == 422
    assert (count(Confirmation), count(Observation)) == (0, sittings)
    assert db.session.query(AuditEvent).filter_by(action="confirmation.refused").one().detail["code"] == "confirmation.oneself"
