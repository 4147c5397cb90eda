"""When an attempt may start, when it ends."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.assessment import rules
from lms.core.errors import DomainError

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
FRESH = rules.Standing(attempts=0, started_today=0, last_closed_at=None)


def refusal(standing, *, use="counting", max_attempts=None, wait_hours=0):
    try:
        rules.check_may_start(standing, use=use, max_attempts=max_attempts, wait_hours=wait_hours, now=NOW)
    except DomainError as error:
        return error.code
    return None


@pytest.mark.parametrize(("standing", "limits", "code"), [
    (FRESH, {}, None),
    (FRESH, {"max_attempts": 1, "wait_hours": 24}, None),
    (rules.Standing(0, 0, None, lessons_missing=2), {}, "attempt.lessons_first"),
    (rules.Standing(2, 0, NOW - timedelta(days=9)), {"max_attempts": 2}, "attempt.none_left"),
    (rules.Standing(1, 0, NOW - timedelta(days=9)), {"max_attempts": 2}, None),
    (rules.Standing(1, 1, NOW - timedelta(hours=23, minutes=59)), {"wait_hours": 24}, "attempt.wait"),
    (rules.Standing(1, 0, NOW - timedelta(hours=24)), {"wait_hours": 24}, None),
    (rules.Standing(5, 5, NOW - timedelta(minutes=1)), {}, "attempt.too_many_today"),
    (rules.Standing(5, 4, NOW - timedelta(minutes=1)), {}, None),
    (rules.Standing(5, 5, NOW - timedelta(minutes=1)), {"use": "practice"}, None),
], ids=str)
def test_check_may_start(standing, limits, code):
    assert refusal(standing, **limits) == code


@pytest.mark.parametrize(("extra", "minutes"), [(0, 20), (50, 30), (300, 80)])
def test_deadlines_with_extra_time(extra, minutes):
    due_at, closes_at = rules.deadlines(NOW, minutes=20, grace_seconds=60, extra_time_percent=extra)

    assert (due_at - NOW, closes_at - due_at) == (timedelta(minutes=minutes), timedelta(seconds=60))


@pytest.mark.parametrize(("state", "after", "answered", "expected"), [
    ("in_progress", -1, 0, "in_progress"), ("in_progress", 0, 0, "in_progress"), ("in_progress", 1, 0, "overdue"),
    ("in_progress", 60, 3, "overdue"), ("in_progress", 61, 3, "submitted"), ("in_progress", 61, 0, "abandoned"),
    ("submitted", -1, 0, "submitted"), ("abandoned", 999, 0, "abandoned"),
])
def test_state_at(state, after, answered, expected):
    now = NOW + timedelta(seconds=after)

    assert rules.state_at(state, due_at=NOW, closes_at=NOW + timedelta(seconds=60), answered=answered, now=now) == expected


def test_seconds_left_never_below_zero():
    assert rules.seconds_left(NOW + timedelta(seconds=90), now=NOW) == 90
    assert rules.seconds_left(NOW - timedelta(seconds=90), now=NOW) == 0


@pytest.mark.parametrize(("setting", "state", "expected"), [
    ("after_submit", "submitted", True), ("after_submit", "in_progress", False), ("after_submit", "overdue", False),
    ("after_submit", "abandoned", False), ("never", "submitted", False),
])
def test_may_show_answers(setting, state, expected):
    assert rules.may_show_answers(setting, state=state) is expected
