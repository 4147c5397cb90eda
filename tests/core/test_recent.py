"""What was used lately is kept, the rest goes."""

from lms.core.recent import Recent


def test_recent_forgets_what_was_unused_for_longest():
    kept = Recent(2)
    kept.put("a", 1)
    kept.put("b", 2)
    kept.get("a")

    kept.put("c", 3)

    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)


def test_recent_keeps_the_newer_value():
    kept = Recent(2)
    kept.put("a", 1)
    kept.put("a", 2)

    assert kept.get("a") == 2
