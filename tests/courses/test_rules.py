from types import SimpleNamespace

import pytest

from lms.core.errors import DomainError
from lms.courses.rules import furthest_step, mark_check, minutes_left, position, steps_for, today_of

STEPS = [
    {"id": "mo", "title": "Mở", "device": "both", "slot": 1},
    {"id": "kho-a", "title": "Kho", "device": "android", "slot": 2},
    {"id": "kho-i", "title": "Kho", "device": "iphone", "slot": 2},
    {"id": "cai", "title": "Cài", "device": "both", "slot": 3},
]
SINGLE = {"id": "q", "type": "single_choice", "options": [
    {"id": "a", "score": 0, "feedback": "sai"}, {"id": "b", "score": 1, "feedback": "đúng"}]}
MULTIPLE = {"id": "q", "type": "multiple_choice", "options": [
    {"id": "a", "score": 0.5, "feedback": "1"}, {"id": "b", "score": 0.5, "feedback": "2"},
    {"id": "c", "score": -1, "feedback": "3"}]}
TRUE_FALSE = {"id": "q", "type": "true_false", "answer": False, "feedback": {"right": "đúng", "wrong": "sai"}}
SCENARIO = {"id": "q", "type": "scenario", "pass": {"found": 2, "false_alarms": 1}, "parts": [
    {"id": "x", "suspicious": False, "feedback": "x"}, {"id": "y", "suspicious": True, "feedback": "y"},
    {"id": "z", "suspicious": True, "feedback": "z"}, {"id": "w", "suspicious": True, "feedback": "w"},
    {"id": "v", "suspicious": False, "feedback": "v"}]}


@pytest.mark.parametrize(("last", "completed", "done", "step"), [
    (None, False, 0, "mo"), ("mo", False, 0, "mo"), ("kho-a", False, 1, "kho-a"), ("kho-i", False, 1, "kho-a"),
    ("cai", False, 2, "cai"), ("khong-con", False, 0, "mo"), ("mo", True, 3, None),
])
def test_position_for_each_last_step(last, completed, done, step):
    where = position(STEPS, "android", last_step=last, completed=completed)

    assert (where.done, where.step and where.step["id"], len(where.steps)) == (done, step, 3)


def test_position_percent_and_minutes_left():
    where = position(STEPS, "iphone", last_step="cai", completed=False)

    assert (where.number, where.percent, minutes_left(6, where)) == (3, 67, 2)
    assert [step["id"] for step in steps_for(STEPS, "iphone")] == ["mo", "kho-i", "cai"]


@pytest.mark.parametrize(("one", "other", "further"), [
    ("mo", "cai", "cai"), ("cai", "mo", "cai"), (None, "mo", "mo"), ("khong-con", "mo", "mo"), ("mo", None, "mo"),
])
def test_furthest_step_never_goes_back(one, other, further):
    assert furthest_step(STEPS, one, other) == further


@pytest.mark.parametrize(("check", "chosen", "right"), [
    (SINGLE, ["b"], True), (SINGLE, ["a"], False),
    (MULTIPLE, ["a", "b"], True), (MULTIPLE, ["a"], False), (MULTIPLE, ["a", "b", "c"], False),
    (TRUE_FALSE, ["sai"], True), (TRUE_FALSE, ["dung"], False),
    (SCENARIO, ["y", "z"], True), (SCENARIO, ["y", "z", "x"], True), (SCENARIO, ["y", "x"], False),
    (SCENARIO, ["x", "y", "z", "w", "v"], False),
])
def test_mark_check_by_type(check, chosen, right):
    assert mark_check(check, chosen).right is right


@pytest.mark.parametrize(("check", "chosen", "code"), [
    (SINGLE, [], "check.nothing_chosen"), (SCENARIO, [], "check.nothing_chosen"),
    (SINGLE, ["a", "b"], "check.unknown_choice"), (SINGLE, ["zzz"], "check.unknown_choice"),
    (TRUE_FALSE, ["dung", "sai"], "check.unknown_choice"), (SCENARIO, ["y", "nope"], "check.unknown_choice"),
])
def test_mark_check_refuses(check, chosen, code):
    with pytest.raises(DomainError) as refusal:
        mark_check(check, chosen)

    assert refusal.value.code == code


def test_wrong_scenario_tells_only_of_what_was_chosen():
    assert mark_check(SCENARIO, ["x", "y"]).feedback == ("x", "y")
    assert mark_check(SCENARIO, ["y", "z"]).feedback == ("y", "z", "w")


def row(slug, course="a", started=None, completed=None):
    return SimpleNamespace(slug=slug, course_key=course, started_at=started, updated_at=started or 0, completed_at=completed)


def test_today_for_somebody_new():
    today = today_of([row("1"), row("2"), row("3", "b")])

    assert (today.begun, today.upcoming.slug, today.reason) == (None, "1", "first")
    assert [(course.slug, done, total) for course, done, total in today.courses] == [("1", 0, 2), ("3", 0, 1)]


def test_today_goes_on_with_the_latest_and_stays_in_its_course():
    today = today_of([row("1", started=5), row("2"), row("3", "b", started=9), row("4", "b")])

    assert (today.begun.slug, today.upcoming.slug, today.reason) == ("3", "4", "same_course")


def test_today_moves_to_the_next_course_and_ends():
    after_one = today_of([row("1", started=5, completed=6), row("3", "b")])
    after_all = today_of([row("1", started=5, completed=6)])

    assert (after_one.begun, after_one.upcoming.slug, after_one.reason) == (None, "3", "next_course")
    assert (after_all.begun, after_all.upcoming, after_all.reason) == (None, None, "all_done")
