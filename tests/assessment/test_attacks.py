"""Case 12 of the attack list: an examination before its lessons, by direct address or by forged completion."""

import pytest
import sqlalchemy as sa
import time_machine

from lms.assessment.models import Attempt, AttemptItem
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.courses.models import Progress
from tests.assessment.factories_attempts import begin, make_offer
from tests.courses.factories import load, write_course
from tests.factories import NOW, make_person
from tests.framework.factories import LEVEL, make_framework, make_policy
from tests.pages import PageClient

EXAM = "/bai-kiem-tra/cap-1"
FORGED = {"percent": "100", "progress": "100", "completed": "1", "completed_at": "2026-01-01T00:00:00+00:00", "status": "passed",
          "passed": "true", "score": "100", "lesson": "goi-dien", "step": "khong-co-buoc-nay"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def learner(app, tmp_path):
    """Somebody who has done nothing, under a policy that asks for two lessons before the examination."""
    make_framework()
    make_policy(lessons={"required": True, "course": "khoa-thu"},
                assessments=[{"key": "cap-1", "overall": 70, "groups": {}, "must_pass_skills": []}])
    make_offer(level_ref=LEVEL)
    load(write_course(tmp_path))
    person = make_person()
    db.session.commit()
    return person


@pytest.fixture
def browser(client, learner):
    return client.sign_in(learner)


def count(model, *conditions):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions))


def finish(browser, *slugs):
    for slug in slugs:
        browser.send(f"/bai/{slug}/tien-do", done="1")


def assert_closed(browser, left):
    """The page says what is missing and offers no start; the direct address starts nothing, shows nothing, and is noted."""
    page = browser.get(EXAM).get_data(as_text=True)
    refused = browser.send(f"{EXAM}/bat-dau")

    assert f"Còn {left} bài" in page
    assert '/bat-dau"' not in page
    assert refused.status_code == 409
    assert "Câu hỏi số" not in refused.get_data(as_text=True)
    assert (count(Attempt), count(AttemptItem)) == (0, 0)
    assert count(AuditEvent, AuditEvent.action == "attempt.start_refused") == 1


def test_12_the_examination_stays_closed_until_every_required_lesson_is_finished(browser):
    finish(browser, "tin-gia")
    assert_closed(browser, 1)

    finish(browser, "goi-dien")

    assert browser.send(f"{EXAM}/bat-dau").status_code == 302
    assert count(Attempt) == 1


@pytest.mark.parametrize("path", ["tien-do", "tu-kiem-tra/1"])
def test_12_no_forged_field_finishes_a_lesson(browser, path):
    for slug in ("tin-gia", "goi-dien"):
        browser.send(f"/bai/{slug}/{path}", **FORGED)
        browser.post(f"/bai/{slug}/{path}", json=FORGED, headers={"X-CSRFToken": browser.token()})

    assert count(Progress, Progress.completed_at.is_not(None)) == 0
    assert_closed(browser, 2)


def test_12_finishing_one_lesson_finishes_no_other_and_for_nobody_else(browser, learner):
    neighbour = make_person("Lê Văn Hùng")
    db.session.commit()
    PageClient(browser.application).sign_in(neighbour).send("/bai/goi-dien/tien-do", done="1", person=str(learner.uuid),
                                                            person_id=str(learner.id))

    browser.send("/bai/tin-gia/tien-do", done="1", slug="goi-dien", lesson_id="2", course="khoa-thu")

    assert count(Progress, Progress.person_id == learner.id, Progress.completed_at.is_not(None)) == 1
    assert_closed(browser, 1)


def test_12_reading_a_lesson_by_get_finishes_nothing(browser):
    for slug in ("tin-gia", "goi-dien"):
        browser.get(f"/bai/{slug}?done=1&percent=100")
        assert browser.get(f"/bai/{slug}/tien-do?done=1").status_code == 405

    assert count(Progress, Progress.completed_at.is_not(None)) == 0
    assert_closed(browser, 2)


def test_12_an_attempt_of_somebody_else_is_no_way_in(browser, learner):
    neighbour = make_person("Lê Văn Hùng")
    db.session.commit()
    finish(PageClient(browser.application).sign_in(neighbour), "tin-gia", "goi-dien")
    uuid, _ = begin(neighbour)

    for way in ("cau/1", "xem-lai", "ket-qua"):
        assert browser.get(f"{EXAM}/{uuid}/{way}").status_code == 404
    assert browser.send(f"{EXAM}/{uuid}/nop", hieu="1").status_code == 404
    assert count(Attempt, Attempt.state == "in_progress") == 1
