"""Starting, closing and marking attempts; what is read of them."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from lms.assessment.models import Attempt, AttemptItem, ItemVersion
from lms.assessment.queries import attempts as queries
from lms.assessment.services.attempts import close_overdue, result_at, start_attempt, submit_attempt
from lms.assessment.services.autosave import Answer, save_response
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.queries.actors import token_hash
from tests.assessment.factories_attempts import SKILL, begin, fields, make_assessment, make_bank, make_item, make_offer
from tests.factories import NOW, make_member, make_organisation, make_person, make_sign_in
from tests.statements import counted

MINUTE = timedelta(minutes=1)


def save_all(person, uuid, paper, *, right=4, now=NOW):
    """Answer every question of the paper, the first `right` of them rightly."""
    hashed = token_hash(make_sign_in(person, now=now))
    for item in paper.items:
        chosen = fields(item, right=item.position <= right)["answer"]
        answer = Answer(item.position, {"chosen": chosen}, flagged=False, sequence=1)
        save_response(db.session.connection(), answer, token_hash=hashed, uuid=uuid, now=now)
    db.session.commit()


def attempt(uuid):
    return db.session.scalar(sa.select(Attempt).where(Attempt.uuid == uuid).execution_options(populate_existing=True))


def item_ids(uuid):
    drawn = sa.select(ItemVersion.item_id).join(AttemptItem).join(Attempt).where(Attempt.uuid == uuid)
    return set(db.session.scalars(drawn))


def test_start_pins_paper_clock_place_and_extra_time(app):
    version = make_offer()
    person = make_person(extra_time_percent=50)
    make_member(person, ward := make_organisation())

    uuid, paper = begin(person)

    row = attempt(uuid)
    assert (row.assessment_version_id, row.number, row.state, row.organisation_id) == (version.id, 1, "in_progress", ward.id)
    assert (row.due_at, row.closes_at) == (NOW + 30 * MINUTE, NOW + 31 * MINUTE)
    assert [item.position for item in paper.items] == [1, 2, 3, 4]
    assert db.session.scalars(sa.select(AuditEvent.action)).all() == ["attempt.started"]


def test_start_twice_gives_the_open_attempt_back(app):
    make_offer()
    person = make_person()

    first, _ = begin(person)
    second, _ = begin(person, now=NOW + 5 * MINUTE)

    assert first == second
    assert db.session.scalar(sa.select(sa.func.count(Attempt.id))) == 1


def test_start_after_a_forgotten_attempt_closes_it_and_draws_anew(app):
    make_offer()
    person = make_person()
    first, paper = begin(person)
    save_all(person, first, paper)

    second, _ = begin(person, now=NOW + 60 * MINUTE)

    assert attempt(first).state == "submitted"
    assert attempt(first).submitted_by == "deadline"
    assert (attempt(second).number, attempt(second).state) == (2, "in_progress")


def test_second_draw_shares_no_question_where_the_bank_allows(app):
    make_offer(items=8)
    person = make_person()
    first, _ = begin(person)
    submit_attempt(person_id=person.id, uuid=first, now=NOW)

    second, _ = begin(person, now=NOW + MINUTE)

    assert item_ids(first) & item_ids(second) == set()
    assert len(item_ids(second)) == 4


@pytest.mark.parametrize(("values", "code"), [
    ({"max_attempts": 1}, "attempt.none_left"), ({"wait_hours": 24}, "attempt.wait"),
])
def test_start_within_limits_is_refused(app, values, code):
    make_offer(**values)
    person = make_person()
    uuid, _ = begin(person)
    submit_attempt(person_id=person.id, uuid=uuid, now=NOW)

    with pytest.raises(DomainError) as refusal:
        start_attempt(person_id=person.id, key="cap-1", now=NOW + MINUTE)

    assert refusal.value.code == code


def test_start_of_what_is_not_offered_or_cannot_be_filled(app):
    make_bank("trong")
    make_assessment("rong", banks=("trong",))
    person = make_person()

    for key, code in (("khong-co", "assessment.not_offered"), ("rong", "assessment.bank_too_small")):
        with pytest.raises(DomainError) as refusal:
            start_attempt(person_id=person.id, key=key, now=NOW)
        assert refusal.value.code == code
    assert db.session.scalar(sa.select(sa.func.count(Attempt.id))) == 0


def test_counting_assessment_never_draws_from_a_practice_bank(app):
    bank = make_bank("luyen", use="practice")
    for _ in range(8):
        make_item(bank)
    make_assessment(banks=("luyen",))

    with pytest.raises(DomainError, match=r"assessment\.bank_too_small"):
        start_attempt(person_id=make_person().id, key="cap-1", now=NOW)


@pytest.mark.parametrize(("right", "percent", "passed"), [(4, 100, True), (3, 75, True), (2, 50, False), (0, 0, False)])
def test_submit_marks_against_the_pass_rule(app, right, percent, passed):
    make_offer()
    person = make_person()
    uuid, paper = begin(person)
    save_all(person, uuid, paper, right=right)

    submit_attempt(person_id=person.id, uuid=uuid, now=NOW + MINUTE)

    row = attempt(uuid)
    assert (row.state, row.submitted_by, row.submitted_at) == ("submitted", "client", NOW + MINUTE)
    assert (row.score_percent, row.passed) == (percent, passed)
    assert (row.result["right"], row.result["of"], row.result["groups"][0]["judged"]) == (right, 4, True)


def test_submit_twice_keeps_the_first_result(app):
    make_offer()
    person = make_person()
    uuid, paper = begin(person)
    save_all(person, uuid, paper, right=1)
    submit_attempt(person_id=person.id, uuid=uuid, now=NOW + MINUTE)
    before = (attempt(uuid).result, attempt(uuid).submitted_at)

    submit_attempt(person_id=person.id, uuid=uuid, now=NOW + 5 * MINUTE)
    db.session.commit()

    assert (attempt(uuid).result, attempt(uuid).submitted_at) == before
    actions = db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["attempt.started", "attempt.submitted"]


def test_submit_by_somebody_else_is_not_found(app):
    make_offer()
    uuid, _ = begin(make_person())
    stranger = make_person("Trần Văn Lạ")

    for who, which in ((stranger.id, uuid), (stranger.id, uuid4())):
        with pytest.raises(DomainError, match=r"attempt\.not_found"):
            submit_attempt(person_id=who, uuid=which, now=NOW)
    assert attempt(uuid).state == "in_progress"


def test_close_overdue_submits_what_was_saved_and_drops_the_empty_one(app):
    make_offer()
    make_offer(key="cap-2")
    answering, silent, busy = make_person(), make_person("Lê Thị Lặng"), make_person("Phạm Văn Bận")
    answered, paper = begin(answering)
    save_all(answering, answered, paper, right=3)
    empty, _ = begin(silent)
    running, _ = begin(busy, key="cap-2", now=NOW + 10 * MINUTE)

    closed = close_overdue(now=NOW + 22 * MINUTE)
    again = close_overdue(now=NOW + 22 * MINUTE)

    assert (closed, again) == (2, 0)
    assert (attempt(answered).state, attempt(answered).score_percent) == ("submitted", 75)
    assert (attempt(answered).submitted_by, attempt(answered).submitted_at) == ("deadline", NOW + 21 * MINUTE)
    assert (attempt(empty).state, attempt(empty).result) == ("abandoned", None)
    assert attempt(running).state == "in_progress"


def test_result_before_the_row_is_closed_is_the_one_that_closing_stores(app):
    make_offer()
    person = make_person()
    uuid, paper = begin(person)
    save_all(person, uuid, paper, right=3)
    later = NOW + 30 * MINUTE

    view = queries.attempt_of(person.id, "cap-1", uuid)
    shown = result_at(view, now=later)
    state_then = attempt(uuid).state
    close_overdue(now=later)

    assert state_then == "in_progress"
    assert result_at(view, now=NOW) is None
    assert (shown["score_percent"], shown["passed"]) == (attempt(uuid).score_percent, attempt(uuid).result["passed"])


def test_submit_costs_the_same_statements_for_one_question_and_for_many(app):
    make_offer(key="ngan", draw=[{"skill": SKILL, "count": 1}])
    make_offer(key="dai", items=20, draw=[{"skill": SKILL, "count": 20}])
    costs = []
    for key in ("ngan", "dai"):
        person = make_person()
        uuid, paper = begin(person, key=key)
        save_all(person, uuid, paper)
        person_id = person.id
        db.session.expire_all()
        with counted() as sent:
            submit_attempt(person_id=person_id, uuid=uuid, now=NOW + MINUTE)
            db.session.commit()
        costs.append(len(sent))

    assert costs[0] == costs[1]
    assert costs[1] <= 7


def test_attempt_of_is_for_its_owner_under_its_assessment(app):
    make_offer()
    person = make_person()
    uuid, _ = begin(person)

    assert queries.attempt_of(person.id, "cap-1", uuid).number == 1
    assert queries.attempt_of(person.id, "cap-2", uuid) is None
    assert queries.attempt_of(make_person().id, "cap-1", uuid) is None


def test_offers_and_skill_states(app):
    make_offer()
    make_offer(key="cap-2", title="Bài kiểm tra Cấp 2")
    person, other = make_person(), make_person("Trần Văn Khác")
    for number, right in enumerate((2, 4, 3)):
        now = NOW + number * 60 * MINUTE
        uuid, paper = begin(person, now=now)
        save_all(person, uuid, paper, right=right, now=now)
        submit_attempt(person_id=person.id, uuid=uuid, now=now)
    failed, paper = begin(person, key="cap-2")
    save_all(person, failed, paper, right=1)
    submit_attempt(person_id=person.id, uuid=failed, now=NOW)
    running, _ = begin(other)

    mine, theirs = queries.offers_for(person.id), queries.offers_for(other.id)

    assert [(one.key, one.attempts, one.best, one.passed, one.open_uuid) for one in mine] == [
        ("cap-1", 3, 100, True, None), ("cap-2", 1, 25, False, None)]
    assert [(one.attempts, one.open_uuid) for one in theirs] == [(1, running), (0, None)]
    tried = queries.attempts_of(person.id, attempt(uuid).assessment_id)
    assert [(one.number, one.score_percent) for one in tried] == [(3, 75), (2, 100), (1, 50)]
    assert queries.states_shown((one.result, one.passed) for one in tried) == {SKILL: "passed"}
    assert queries.states_shown((one.result, one.passed) for one in tried[2:]) == {SKILL: "learning"}
