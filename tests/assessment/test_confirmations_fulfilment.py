"""The pure rules: which attempt counts, which mark stands, what is missing."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from lms.assessment.fulfilment import (
    Examined,
    Learned,
    Lessons,
    Rubric,
    Sitting,
    counts,
    evidence_hash,
    fulfilment,
    latest_marks,
    meets,
)
from lms.framework.documents import AssessmentGate, PolicyDocument
from tests.assessment.factories_confirmations import PRACTICAL, SMALL_GROUP, TEST, marking
from tests.factories import NOW
from tests.framework.factories import GROUP, SKILL, policy_data


def policy(key="mac-dinh", version="2026.1", **changes):
    document = PolicyDocument.model_validate(
        {**policy_data(), "practical": PRACTICAL, "lessons": {"required": False}, **changes})
    return SimpleNamespace(id=1, key=key, version=version, content_hash="f" * 16, level_ref=document.level, document=document)


def gate(**changes):
    return AssessmentGate(**{"key": TEST, "overall": 70, "groups": {GROUP: 75}, **changes})


def examined(pinned, *, percent=83, passed=True, number=1, at=NOW, key=TEST, **parts):
    return Examined(uuid4(), key, "abc", number, at, passed, marking(percent, **parts), (SKILL,), pinned)


def sitting(marks, minutes=0):
    return Sitting(uuid4(), NOW + timedelta(minutes=minutes), 7, "Lê Thị Tâm", marks)


def rubric(*tasks, optional=()):
    return Rubric("thuc-hanh", 1, "abc", "Thực hành", tuple(
        {"id": task, "title": task, "skill": f"s/{task}", "required": task not in optional} for task in tasks))


def weigh(a_policy, *, attempts=(), sittings=(), lessons=None, optional=(), since=None):
    return fulfilment(a_policy, lessons=lessons, attempts=attempts, titles={}, rubric=rubric("a", "b", optional=optional),
                      sittings=sittings, since=since)


@pytest.mark.parametrize(("result", "changes", "reached"), [
    (marking(70), {}, True),
    (marking(69), {}, False),
    (marking(90, group=75), {}, True),
    (marking(90, group=74), {}, False),
    (marking(90, small=0), {"groups": {SMALL_GROUP: 70}}, True),
    (marking(90), {"groups": {"khac@1.0/group/N9": 70}}, True),
    (marking(90, skill=100), {"must_pass_skills": [SKILL]}, True),
    (marking(90, skill=99), {"must_pass_skills": [SKILL]}, False),
    (marking(90), {"must_pass_skills": ["khac@1.0/skill/N9.1"]}, True),
], ids=["at-the-mark", "below", "group-at", "group-below", "small-group-not-judged", "group-not-on-paper", "must-pass",
        "must-pass-missed", "must-pass-not-on-paper"])
def test_meets(result, changes, reached):
    assert meets(result, gate(**changes)) is reached


def test_an_attempt_counts_under_its_own_policy():
    mine = policy()

    assert counts(examined(mine), gate(), mine)


def test_what_was_passed_under_an_earlier_version_stays_passed():
    older, newer = policy(), policy(version="2026.2")

    assert counts(examined(older, percent=72), gate(overall=90), newer)


def test_a_failed_attempt_does_not_count():
    mine = policy()

    assert not counts(examined(mine, percent=60, passed=False), gate(), mine)


def test_under_another_policy_of_the_level_the_numbers_decide():
    default, own = policy(), policy("cua-phuong")

    assert counts(examined(default, percent=85), gate(overall=80), own)
    assert not counts(examined(default, percent=75), gate(overall=80), own)


def test_an_attempt_under_no_policy_or_another_level_does_not_count():
    mine, other = policy(), policy("cap-2", level="thang-thu@1.0/level/cap-2")

    assert not counts(examined(None), gate(), mine)
    assert not counts(examined(other), gate(), mine)


def test_a_closed_bank_takes_no_attempt_from_an_open_one():
    closed, opened = policy("kin", bank="closed"), policy("mo")

    assert not counts(examined(opened, percent=100), gate(), closed)
    assert counts(examined(closed), gate(), closed)


def test_the_latest_mark_stands_but_not_tried_replaces_nothing():
    standing = latest_marks([
        sitting({"a": "alone", "b": "needs_help"}, 1), sitting({"a": "not_tried", "b": "one_reminder"}, 2),
        sitting({"c": "not_tried"}, 3)])

    assert {task: mark for task, (mark, _) in standing.items()} == {"a": "alone", "b": "one_reminder", "c": "not_tried"}


def test_a_later_sitting_can_take_a_mark_down():
    later, earlier = sitting({"a": "needs_help"}, 5), sitting({"a": "alone"}, 1)

    assert latest_marks([later, earlier])["a"] == ("needs_help", later)


def test_the_sittings_of_one_assessor_on_one_day_are_one_visit():
    other = Sitting(uuid4(), NOW + timedelta(hours=1), 8, "Huỳnh Bá Lộc", {"a": "alone"}, "Lần hai.")
    mine = policy(lessons={"required": False})

    practical = weigh(mine, sittings=[sitting({"a": "alone"}), sitting({"a": "alone", "b": "alone"}, 5), other,
                                      sitting({"b": "alone"}, 60 * 24)]).practical

    assert [(visit.assessor, visit.tasks, visit.notes) for visit in practical.visits] == [
        ("Lê Thị Tâm", 2, ()), ("Huỳnh Bá Lộc", 1, ("Lần hai.",)), ("Lê Thị Tâm", 1, ())]
    assert (practical.visits[2].day - practical.visits[0].day).days == 1


def test_fulfilled_when_every_part_is_there():
    mine = policy()

    weighed = weigh(mine, attempts=[examined(mine)], sittings=[sitting({"a": "alone", "b": "one_reminder"})])

    assert weighed.is_fulfilled
    assert weighed.skills == ["s/a", "s/b", SKILL]


@pytest.mark.parametrize("marks", [{"a": "alone"}, {"a": "alone", "b": "needs_help"}, {"a": "alone", "b": "not_tried"}])
def test_a_required_task_without_an_accepted_mark_is_missing(marks):
    mine = policy()

    weighed = weigh(mine, attempts=[examined(mine)], sittings=[sitting(marks)])

    assert [one.task["id"] for one in weighed.tasks_missing] == ["b"]
    assert not weighed.is_fulfilled


def test_a_task_that_is_not_required_may_be_missing():
    mine = policy()

    weighed = weigh(mine, attempts=[examined(mine)], sittings=[sitting({"a": "alone"})], optional=("b",))

    assert weighed.is_fulfilled


def test_lessons_are_missing_only_where_they_are_required():
    mine = policy(practical=None)
    done = (Learned("khoa/bai-1", "v1", NOW),)

    free = weigh(mine, attempts=[examined(mine)], lessons=Lessons("khoa", "Khóa", False, 3, done))
    bound = weigh(mine, attempts=[examined(mine)], lessons=Lessons("khoa", "Khóa", True, 3, done))

    assert (free.lessons_missing, free.is_fulfilled) == (0, True)
    assert (bound.lessons_missing, bound.is_fulfilled) == (2, False)


def test_nothing_before_the_end_of_an_earlier_confirmation_counts():
    mine = policy()
    rows = {"attempts": [examined(mine)], "sittings": [sitting({"a": "alone", "b": "alone"})]}

    weighed = weigh(mine, **rows, since=NOW + timedelta(days=1))

    assert len(weighed.examinations_missing) == 1
    assert len(weighed.tasks_missing) == 2


def test_of_several_attempts_the_best_that_counts_is_the_evidence():
    mine = policy(practical=None)
    tried = [examined(mine, percent=72, number=1), examined(mine, percent=91, number=2),
             examined(mine, percent=60, passed=False, number=3)]

    weighed = weigh(mine, attempts=tried)

    assert weighed.examinations[0].best is tried[1]
    assert [one.number for one in weighed.examinations[0].attempts] == [3, 2, 1]
    assert weighed.evidence()["attempts"][0]["uuid"] == str(tried[1].uuid)


def test_the_evidence_hash_changes_with_the_evidence_alone():
    evidence = {"attempts": [{"percent": 83}], "policy": {"key": "mặc định"}}

    assert evidence_hash(evidence) == evidence_hash(dict(reversed(evidence.items())))
    assert evidence_hash(evidence) != evidence_hash({**evidence, "attempts": [{"percent": 84}]})
    assert len(evidence_hash(evidence)) == 64


