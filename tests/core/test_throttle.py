from datetime import timedelta

from lms.core import throttle
from tests.factories import NOW

LIMIT = throttle.Limit(failures=3, window=timedelta(minutes=15), pause=timedelta(minutes=15))


def test_failures_lock_and_time_opens_again(app):
    left = [throttle.count_failure("a", LIMIT, now=NOW) for _ in range(3)]

    assert left == [2, 1, 0]
    assert throttle.locked_until(["a", "b"], now=NOW) == NOW + timedelta(minutes=15)
    assert throttle.locked_until(["b"], now=NOW) is None
    assert throttle.locked_until(["a"], now=NOW + timedelta(minutes=16)) is None


def test_old_failures_do_not_count(app):
    throttle.count_failure("a", LIMIT, now=NOW)
    throttle.count_failure("a", LIMIT, now=NOW)

    assert throttle.count_failure("a", LIMIT, now=NOW + timedelta(minutes=20)) == 2


def test_success_forgets_the_account(app):
    throttle.count_failure("a", LIMIT, now=NOW)

    throttle.forget_failures("a")

    assert throttle.count_failure("a", LIMIT, now=NOW) == 2


def test_purge_removes_only_what_is_old(app):
    throttle.count_failure("old", LIMIT, now=NOW - timedelta(days=3))
    throttle.count_failure("new", LIMIT, now=NOW)

    assert throttle.purge(now=NOW) == 1


def test_the_stored_subject_does_not_show_the_account():
    key = throttle.subject_key("account", "0900000123")

    assert "0900000123" not in key
    assert key != throttle.subject_key("address", "0900000123")
