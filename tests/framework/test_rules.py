from dataclasses import dataclass
from datetime import date

import pytest

from lms.framework.rules import deciding_policy, is_in_force, version_order

TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Policy:
    version: str = "1"
    status: str = "default"
    organisation_key: str | None = None
    effective_from: date = date(2026, 1, 1)
    effective_to: date | None = None


@pytest.mark.parametrize(("older", "newer"), [("2026.9", "2026.10"), ("1.0", "1.0.1"), ("2.2", "10")])
def test_versions_are_ordered_by_their_numbers(older, newer):
    assert version_order(older) < version_order(newer)


@pytest.mark.parametrize(("policy", "holds"), [
    (Policy(effective_from=TODAY), True),
    (Policy(effective_from=date(2026, 11, 22)), False),
    (Policy(effective_to=TODAY), True),
    (Policy(effective_to=date(2026, 11, 20)), False),
], ids=["first day", "not yet", "last day", "over"])
def test_a_policy_holds_from_its_first_to_its_last_day(policy, holds):
    assert is_in_force(policy, TODAY) is holds


DEFAULT, OFFICIAL = Policy(), Policy(status="official")
WARD, PROVINCE = Policy(status="local", organisation_key="phuong"), Policy(status="local", organisation_key="tinh")
OLD, NEW = Policy(version="1"), Policy(version="2", effective_from=date(2026, 11, 1))
COMING = Policy(version="3", effective_from=date(2026, 12, 1))


@pytest.mark.parametrize(("policies", "keys", "expected"), [
    ([DEFAULT, WARD], ["phuong"], WARD),
    ([DEFAULT, WARD], ["phuong-khac"], DEFAULT),
    ([DEFAULT, WARD], [], DEFAULT),
    ([PROVINCE, WARD], ["phuong", "tinh"], WARD),
    ([DEFAULT, OFFICIAL], [], OFFICIAL),
    ([OFFICIAL, WARD], ["phuong"], WARD),
    ([NEW, OLD], [], NEW),
    ([OLD, COMING], [], OLD),
    ([Policy(version="2026.9"), Policy(version="2026.10")], [], Policy(version="2026.10")),
    ([COMING], [], None),
    ([], [], None),
], ids=["own ward", "another ward", "nowhere", "nearest", "official over default", "local over official",
        "later beginning", "not yet begun", "higher version", "none holds", "none at all"])
def test_the_deciding_policy(policies, keys, expected):
    assert deciding_policy(policies, organisation_keys=keys, on=TODAY) == expected
