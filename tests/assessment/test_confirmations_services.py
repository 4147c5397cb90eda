"""Confirming, sending back, withdrawing: what is written, what is refused, one live row under any race."""

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from lms.assessment.fulfilment import evidence_hash
from lms.assessment.models import Confirmation, ConfirmationEvent, SentBack
from lms.assessment.queries.confirmations import confirmation_for, confirmation_states, confirmed_skills
from lms.assessment.services.confirmations import (
    confirm_due,
    confirm_level,
    live_confirmation,
    send_back,
    withdraw_confirmation,
)
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from tests.assessment.factories_confirmations import (
    LATER,
    OTHER_SKILL,
    add_policy,
    make_attempt,
    make_learner,
    make_ready,
    make_sitting,
    make_ward,
    open_case,
)
from tests.factories import make_actor, make_person, make_role
from tests.framework.factories import LEVEL, SKILL


def rows(model=Confirmation):
    return db.session.query(model).order_by(model.id).all()


def actions():
    return [line.action for line in db.session.query(AuditEvent).order_by(AuditEvent.id) if line.action.startswith("confirmation")]


def refused(call, **arguments):
    with pytest.raises(DomainError) as refusal:
        call(**arguments)
    return refusal.value


def test_a_confirmation_pins_everything_it_rests_on(app):
    scene = make_ward()
    attempt = make_attempt(scene.learner, scene.policy)
    sitting = make_sitting(scene)

    made = confirm_level(case=open_case(scene), note="Bác làm vững.", now=LATER)
    db.session.commit()

    assert (made.person_id, made.assessor_id, made.organisation_id) == (scene.learner.id, scene.assessor.id, scene.village.id)
    assert (made.level_ref, made.framework_ref, made.policy_id) == (LEVEL, "thang-thu@1.0", scene.policy.id)
    assert (made.basis, made.note, made.decided_at, made.valid_until) == ("person", "Bác làm vững.", LATER, None)
    stored = db.session.scalars(sa.select(Confirmation).execution_options(populate_existing=True)).one()
    assert stored.evidence_hash == evidence_hash(stored.evidence)
    assert stored.evidence["attempts"][0]["uuid"] == str(attempt.uuid)
    assert stored.evidence["attempts"][0]["percent"] == 83
    assert {one["observation"] for one in stored.evidence["practical"]["tasks"]} == {str(sitting.uuid)}
    assert stored.evidence["policy"] == {
        "key": "mac-dinh", "version": "2026.1", "hash": scene.policy.content_hash}
    assert actions() == ["confirmation.made"]


def test_a_second_press_gives_back_the_same_confirmation(app):
    scene = make_ward()
    make_ready(scene)

    first = confirm_level(case=open_case(scene), now=LATER)
    again = confirm_level(case=open_case(scene), now=LATER)

    assert first is again
    assert len(rows()) == 1
    assert actions() == ["confirmation.made"]


def test_ten_at_once_make_one_confirmation(app):
    scene = make_ward()
    make_ready(scene)
    case, barrier, made, errors = open_case(scene), threading.Barrier(10), [], []
    db.session.commit()

    def press():
        try:
            with app.app_context():
                barrier.wait()
                made.append(confirm_level(case=case, now=LATER).uuid)
                db.session.commit()
                db.session.remove()
        except Exception as error:  # shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(set(made)) == 1
    assert len(made) == 10
    assert len(rows()) == 1
    assert actions() == ["confirmation.made"]


@pytest.mark.parametrize(("have", "missing"), [
    ([], {"lessons": 0, "assessments": 1, "tasks": 2}),
    (["attempt"], {"lessons": 0, "assessments": 0, "tasks": 2}),
    (["sitting"], {"lessons": 0, "assessments": 1, "tasks": 0}),
], ids=["nothing", "test-alone", "practical-alone"])
def test_what_is_missing_is_said_and_nothing_is_written(app, have, missing):
    scene = make_ward()
    if "attempt" in have:
        make_attempt(scene.learner, scene.policy)
    if "sitting" in have:
        make_sitting(scene)
    db.session.commit()

    refusal = refused(confirm_level, case=open_case(scene), now=LATER)

    assert (refusal.code, refusal.params) == ("confirmation.not_fulfilled", missing)
    assert rows() == []


def test_nobody_confirms_or_sends_back_themselves(app):
    scene = make_ward()
    make_role(scene.learner, "assessor", scene.ward)
    make_attempt(scene.learner, scene.policy)
    db.session.commit()
    own = open_case(scene, by=scene.learner)

    assert refused(confirm_level, case=own, now=LATER).code == "confirmation.oneself"
    assert refused(send_back, case=own, kind="learn", reason="x", now=LATER).code == "confirmation.oneself"
    assert rows() == rows(SentBack) == []


def test_the_database_itself_refuses_a_confirmation_by_oneself(app):
    scene = make_ward()
    make_ready(scene)
    made = confirm_level(case=open_case(scene), now=LATER)
    values = {column.key: getattr(made, column.key) for column in sa.inspect(Confirmation).column_attrs}
    values |= {"id": None, "uuid": None, "assessor_id": scene.learner.id, "level_ref": "khac"}
    db.session.commit()

    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.insert(Confirmation).values({k: v for k, v in values.items() if v is not None}))
    db.session.rollback()


def test_only_the_roles_of_the_policy_conclude(app):
    scene = make_ward(confirm={"by": "person", "roles": ["officer"]})
    make_ready(scene)

    assert refused(confirm_level, case=open_case(scene), now=LATER).code == "confirmation.not_your_role"
    officer = make_person("Trần Văn Lộc")
    make_role(officer, "officer", scene.ward)
    assert confirm_level(case=open_case(scene, by=officer), now=LATER).assessor_id == officer.id


def test_a_confirmation_row_never_changes_but_for_its_end(app):
    scene = make_ward()
    make_ready(scene)
    made = confirm_level(case=open_case(scene), now=LATER)
    db.session.commit()

    made.note = "khác"
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()
    made.ended_at = LATER
    db.session.commit()
    made.ended_at = None
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()
    db.session.delete(made)
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()


def test_sending_back_needs_a_reason_and_a_known_kind(app):
    scene = make_ward()
    case = open_case(scene)

    assert refused(send_back, case=case, kind="learn", reason="", now=LATER).code == "confirmation.reason_missing"
    assert refused(send_back, case=case, kind="dismiss", reason="x", now=LATER).code == "confirmation.unknown_conclusion"
    assert rows(SentBack) == []


def test_sending_back_twice_the_same_is_one_row(app):
    scene = make_ward()
    case = open_case(scene)

    for _ in range(2):
        send_back(case=case, kind="learn", reason="Bác học lại bài tin nhắn giả.", now=LATER)
    send_back(case=case, kind="continue", reason="Hẹn thứ Năm.", now=LATER)

    assert [(row.kind, row.reason) for row in rows(SentBack)] == [
        ("learn", "Bác học lại bài tin nhắn giả."), ("continue", "Hẹn thứ Năm.")]
    assert actions() == ["confirmation.sent_back"] * 2


def test_nothing_is_sent_back_after_the_confirmation(app):
    scene = make_ward()
    make_ready(scene)
    confirm_level(case=open_case(scene), now=LATER)

    assert refused(send_back, case=open_case(scene), kind="learn", reason="x", now=LATER).code == "confirmation.already_live"


def make_officer(scene, organisation=None):
    officer = make_person("Trần Văn Lộc")
    make_role(officer, "officer", organisation or scene.ward)
    db.session.commit()
    return make_actor(officer)


def test_withdrawing_ends_the_row_with_its_event(app):
    scene = make_ward()
    make_ready(scene)
    made = confirm_level(case=open_case(scene), now=LATER)
    officer = make_officer(scene)
    at = LATER + timedelta(days=1)

    withdraw_confirmation(confirmation=confirmation_for(officer, made.uuid), actor=officer, reason="Nhầm người.", now=at)
    db.session.commit()

    [view] = confirmation_states(scene.learner.id)
    assert (view.state_at(at), view.ended_at, view.end_reason) == ("withdrawn", at, "Nhầm người.")
    assert [(e.kind, e.at, e.actor_id) for e in rows(ConfirmationEvent)] == [("withdrawn", at, officer.id)]
    assert live_confirmation(scene.learner.id, LEVEL, now=at) is None
    assert confirmed_skills(scene.learner.id, now=at) == frozenset()
    assert actions() == ["confirmation.made", "confirmation.withdrawn"]


def test_withdrawing_twice_is_refused(app):
    scene = make_ward()
    make_ready(scene)
    made = confirm_level(case=open_case(scene), now=LATER)
    officer = make_officer(scene)
    view = confirmation_for(officer, made.uuid)
    withdraw_confirmation(confirmation=view, actor=officer, reason="Nhầm.", now=LATER)

    again = refused(withdraw_confirmation, confirmation=view, actor=officer, reason="Nhầm.", now=LATER)

    assert again.code == "confirmation.already_ended"
    assert len(rows(ConfirmationEvent)) == 1


def test_withdrawing_needs_a_reason_and_is_not_for_oneself(app):
    scene = make_ward()
    make_ready(scene)
    made = confirm_level(case=open_case(scene), now=LATER)
    officer = make_officer(scene)
    view = confirmation_for(officer, made.uuid)
    make_role(scene.learner, "officer", scene.ward)

    silent = refused(withdraw_confirmation, confirmation=view, actor=officer, reason="", now=LATER)
    own = refused(withdraw_confirmation, confirmation=view, actor=make_actor(scene.learner), reason="x", now=LATER)

    assert (silent.code, own.code) == ("confirmation.reason_missing", "confirmation.oneself")
    assert live_confirmation(scene.learner.id, LEVEL, now=LATER) is not None


def test_after_a_withdrawal_only_new_evidence_counts(app):
    scene = make_ward()
    make_ready(scene)
    made = confirm_level(case=open_case(scene), now=LATER)
    officer = make_officer(scene)
    withdraw_confirmation(confirmation=confirmation_for(officer, made.uuid), actor=officer, reason="Nhầm.", now=LATER)
    after = LATER + timedelta(days=1)

    refusal = refused(confirm_level, case=open_case(scene), now=after)
    make_ready(scene, at=after)
    again = confirm_level(case=open_case(scene), now=after)
    db.session.commit()

    assert refusal.params == {"lessons": 0, "assessments": 1, "tasks": 2}
    assert again.uuid != made.uuid
    assert [view.state_at(after) for view in confirmation_states(scene.learner.id)] == ["confirmed", "withdrawn"]


def test_a_confirmation_that_runs_out_can_be_earned_anew(app):
    scene = make_ward(valid_months=3)
    make_ready(scene)
    made = confirm_level(case=open_case(scene), now=LATER)
    until = LATER.replace(year=2027, month=2)
    assert made.valid_until == until
    moment = until - timedelta(seconds=1)
    assert confirmed_skills(scene.learner.id, now=moment) == {SKILL, OTHER_SKILL}
    assert confirmed_skills(scene.learner.id, now=until) == frozenset()
    assert [view.state_at(until) for view in confirmation_states(scene.learner.id)] == ["expired"]

    make_ready(scene, at=until + timedelta(days=1))
    later = until + timedelta(days=2)
    confirm_level(case=open_case(scene, now=later), now=later)
    db.session.commit()

    assert [view.state_at(later) for view in confirmation_states(scene.learner.id)] == ["confirmed", "expired"]
    assert [(event.kind, event.at) for event in rows(ConfirmationEvent)] == [("expired", until)]


DECISION = {"practical": None, "confirm": {"by": "decision", "decision_number": "Quyết định 15/QĐ-UBND"}}


def test_confirm_due_confirms_by_decision_once(app):
    scene = make_ward(**DECISION)
    passed = [make_learner(scene.village, f"Người {n}") for n in range(3)]
    for person in passed:
        make_attempt(person, scene.policy)
    make_attempt(scene.learner, scene.policy, percent=40, passed=False)
    make_attempt(make_person("Người không thuộc đơn vị nào"), scene.policy)
    db.session.commit()

    counts = [confirm_due(now=LATER), confirm_due(now=LATER)]
    db.session.commit()

    assert counts == [3, 0]
    assert {row.person_id for row in rows()} == {person.id for person in passed}
    assert {(row.basis, row.decision_number, row.assessor_id, row.organisation_id) for row in rows()} == {
        ("decision", "Quyết định 15/QĐ-UBND", None, scene.village.id)}
    assert actions() == ["confirmation.made"] * 3


def test_confirm_due_goes_on_beyond_one_batch(app, monkeypatch):
    scene = make_ward(**DECISION)
    for number in range(5):
        make_attempt(make_learner(scene.village, f"Người {number}"), scene.policy)
    db.session.commit()
    monkeypatch.setattr("lms.assessment.services.confirmations.AT_ONCE", 2)

    assert confirm_due(now=LATER) == 5


def test_confirm_due_leaves_a_withdrawn_confirmation_withdrawn(app):
    scene = make_ward(**DECISION)
    make_attempt(scene.learner, scene.policy)
    confirm_due(now=LATER)
    officer = make_officer(scene)
    [made] = rows()
    withdraw_confirmation(confirmation=confirmation_for(officer, made.uuid), actor=officer, reason="Thi hộ.", now=LATER)

    assert confirm_due(now=LATER + timedelta(days=1)) == 0


def test_confirm_due_leaves_what_a_person_confirms(app):
    scene = make_ward()
    make_ready(scene)

    assert confirm_due(now=LATER) == 0


def test_confirm_due_uses_the_policy_that_holds_for_the_person(app):
    scene = make_ward(**DECISION)
    add_policy("cua-phuong", status="local", legal_basis="Quyết định 15", organisation="phuong-ben-thu",
               effective_from=date(2026, 11, 1))
    make_attempt(scene.learner, scene.policy)
    db.session.commit()

    assert confirm_due(now=LATER) == 0


def test_a_decision_is_not_confirmed_by_a_person(app):
    scene = make_ward(**DECISION)
    make_attempt(scene.learner, scene.policy)

    assert refused(confirm_level, case=open_case(scene), now=LATER).code == "confirmation.by_decision"


def test_confirmed_skills_are_those_of_the_evidence(app):
    scene = make_ward()
    make_ready(scene)

    before = confirmed_skills(scene.learner.id, now=LATER)
    confirm_level(case=open_case(scene), now=LATER)

    assert before == frozenset()
    assert confirmed_skills(scene.learner.id, now=LATER) == {SKILL, OTHER_SKILL}
