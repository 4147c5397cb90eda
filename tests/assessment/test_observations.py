"""Sittings of the practical: each is a row, what stands is the fold."""

import pytest

from lms.assessment.models import Observation
from lms.assessment.queries.fulfilments import fulfilment_of
from lms.assessment.services.confirmations import confirm_level
from lms.assessment.services.observations import record_sitting
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from tests.assessment.factories_confirmations import (
    ALL_ALONE,
    LATER,
    make_ready,
    make_sitting,
    make_ward,
    open_case,
    view_of,
)
from tests.factories import make_person, make_role


def rows():
    return db.session.query(Observation).order_by(Observation.id).all()


def standing(scene):
    practical = fulfilment_of(scene.learner.id, view_of(scene.policy), now=LATER).practical
    return {one.task["id"]: one.mark for one in practical.tasks}


def refused(**arguments):
    with pytest.raises(DomainError) as refusal:
        record_sitting(now=LATER, **arguments)
    return refusal.value.code


def test_a_sitting_is_one_row_with_its_audit_line(app):
    scene = make_ward()

    row = record_sitting(case=open_case(scene), marks=ALL_ALONE, note="Ở nhà sinh hoạt.", now=LATER)
    db.session.commit()

    assert (row.person_id, row.assessor_id, row.policy_id) == (scene.learner.id, scene.assessor.id, scene.policy.id)
    assert (row.marks, row.completes, row.note, row.observed_at) == (ALL_ALONE, True, "Ở nhà sinh hoạt.", LATER)
    assert db.session.query(AuditEvent).filter_by(action="observation.recorded").count() == 1


def test_a_partial_sitting_is_gone_on_with_later(app):
    scene = make_ward()

    first = record_sitting(case=open_case(scene), marks={"goi-dien": "one_reminder"}, now=LATER)
    second = record_sitting(case=open_case(scene), marks={"goi-dien": "one_reminder", "nhan-tin": "alone"}, now=LATER)

    assert (first.completes, second.completes) == (False, True)
    assert second.marks == {"nhan-tin": "alone"}
    assert standing(scene) == {"goi-dien": "one_reminder", "nhan-tin": "alone"}


def test_sending_the_same_marks_again_adds_nothing(app):
    scene = make_ward()
    record_sitting(case=open_case(scene), marks=ALL_ALONE, now=LATER)

    again = record_sitting(case=open_case(scene), marks=ALL_ALONE, now=LATER)

    assert again is None
    assert len(rows()) == 1


def test_not_tried_never_takes_a_mark_away(app):
    scene = make_ward()
    record_sitting(case=open_case(scene), marks=ALL_ALONE, now=LATER)

    record_sitting(case=open_case(scene), marks=dict.fromkeys(ALL_ALONE, "not_tried"), now=LATER)

    assert standing(scene) == ALL_ALONE


def test_not_tried_is_kept_where_nothing_stands(app):
    scene = make_ward()

    record_sitting(case=open_case(scene), marks={"goi-dien": "not_tried"}, now=LATER)

    assert standing(scene) == {"goi-dien": "not_tried", "nhan-tin": None}


def test_a_mark_can_be_taken_down_by_a_later_sitting(app):
    scene = make_ward()
    make_sitting(scene)
    db.session.commit()

    row = record_sitting(case=open_case(scene), marks={"goi-dien": "needs_help"}, now=LATER)

    assert row.completes is False
    assert standing(scene) == {"goi-dien": "needs_help", "nhan-tin": "alone"}


def test_what_a_page_sends_back_unchanged_is_no_mark_of_this_sitting(app):
    """Two assessors had the page open: the second did not touch the task that the first has taken down meanwhile."""
    scene = make_ward()
    other = make_person("Huỳnh Bá Lộc")
    make_role(other, "assessor", scene.ward)
    make_sitting(scene, {"goi-dien": "alone"})
    db.session.commit()
    record_sitting(case=open_case(scene), marks={"goi-dien": "needs_help"}, seen=1, now=LATER)

    record_sitting(case=open_case(scene, by=other), marks=ALL_ALONE, seen=1, now=LATER)

    assert standing(scene) == {"goi-dien": "needs_help", "nhan-tin": "alone"}
    assert rows()[-1].marks == {"nhan-tin": "alone"}
    assert rows()[-1].completes is False


@pytest.mark.parametrize(("marks", "code"), [
    ({"mo-khoa": "alone"}, "observation.unknown_task"), ({"goi-dien": "perfect"}, "observation.unknown_mark"),
])
def test_marks_that_the_page_cannot_have_sent_are_refused(app, marks, code):
    scene = make_ward()

    assert refused(case=open_case(scene), marks=marks) == code
    assert rows() == []


def test_a_policy_without_practical_takes_no_marks(app):
    scene = make_ward(practical=None)

    assert refused(case=open_case(scene), marks=ALL_ALONE) == "observation.not_asked"


def test_nobody_watches_themselves(app):
    scene = make_ward()
    make_role(scene.learner, "assessor", scene.ward)

    assert refused(case=open_case(scene, by=scene.learner), marks=ALL_ALONE) == "confirmation.oneself"
    assert rows() == []


def test_nothing_is_marked_after_the_confirmation(app):
    scene = make_ward()
    make_ready(scene)
    confirm_level(case=open_case(scene), now=LATER)

    assert refused(case=open_case(scene), marks={"goi-dien": "needs_help"}) == "confirmation.already_live"


def test_an_observation_never_changes(app):
    scene = make_ward()
    row = record_sitting(case=open_case(scene), marks=ALL_ALONE, now=LATER)
    db.session.commit()

    row.note = "khác"

    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()
