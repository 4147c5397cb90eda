"""The result of a paper: who passes, and what is only reported."""

import json
from dataclasses import asdict, dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.services.marking import FEWEST_TO_JUDGE, SCORING_VERSION, mark
from tests.assessment.factories_items import stored

SAFETY, DEVICES = "khung@1/group/an-toan", "khung@1/group/thiet-bi"


@dataclass
class Question:
    document: dict
    type: str = "true_false"
    skill_ref: str = "khung@1/skill/1"
    group_ref: str = SAFETY


_, TRUE = stored("true_false", answer=True)
_, CHOICES = stored("multiple_choice")
RIGHT, WRONG = {"chosen": ["true"]}, {"chosen": ["false"]}


def paper(right, wrong, **values):
    return [(Question(TRUE, **values), RIGHT)] * right + [(Question(TRUE, **values), WRONG)] * wrong


@pytest.mark.parametrize(("right", "wrong", "percent", "passed"), [
    (7, 3, 70, True), (6, 4, 60, False), (10, 0, 100, True), (0, 10, 0, False), (69, 31, 69, False), (2, 1, 66, False),
    (697, 303, 69, False), (699, 301, 69, False), (700, 300, 70, True),
])
def test_overall_mark(right, wrong, percent, passed):
    result = mark(paper(right, wrong), {"overall": 70})

    assert (result.score_percent, result.passed, result.right, result.of) == (percent, passed, right, right + wrong)


def test_empty_paper_is_not_passed():
    result = mark([], {"overall": 0})

    assert (result.passed, result.of, result.score_percent) == (False, 0, 0)


def test_missing_answer_scores_nothing():
    result = mark([(Question(TRUE), RIGHT), (Question(TRUE), None)], {"overall": 50})

    assert (result.scores, result.right, result.passed) == ((1.0, 0.0), 1, True)


def test_part_points_count_exactly():
    """Three thirds of a scenario are one item, and 69,9 is not 70."""
    _, matching = stored("matching")
    kind_third = {"pairs": {matching["pairs"][0]["id"]: matching["pairs"][0]["answer"]}}
    thirds = [(Question(matching, "matching"), kind_third)] * 3

    assert mark([*thirds, *paper(6, 1)], {"overall": 70}).passed
    assert not mark([*thirds, *paper(6, 1)], {"overall": 70.1}).passed


@pytest.mark.parametrize(("drawn", "judged", "passed"), [(3, False, True), (4, True, False), (5, True, False)])
def test_group_is_judged_from_four_items_on(drawn, judged, passed):
    items = [*paper(0, drawn), *paper(40, 0, group_ref=DEVICES)]

    result = mark(items, {"overall": 70, "groups": {SAFETY: 70}})

    safety = next(group for group in result.groups if group.ref == SAFETY)
    assert (safety.judged, safety.of, safety.percent, safety.required) == (judged, drawn, 0, 70)
    assert safety.passed is (False if judged else None)
    assert result.passed is passed
    assert FEWEST_TO_JUDGE == 4


def test_group_reaches_its_own_mark():
    result = mark([*paper(3, 1), *paper(10, 0, group_ref=DEVICES)], {"overall": 70, "groups": {SAFETY: 75}})

    assert result.passed


def test_group_that_is_not_asked_for_never_fails_anybody():
    result = mark([*paper(0, 4), *paper(10, 0, group_ref=DEVICES)], {"overall": 70, "groups": {DEVICES: 70}})

    assert result.passed
    assert [(group.ref, group.judged, group.passed) for group in result.groups] == [
        (SAFETY, True, None), (DEVICES, True, True)]


def test_group_that_was_not_drawn_is_reported():
    result = mark(paper(10, 0), {"overall": 70, "groups": {DEVICES: 70}})

    assert result.passed
    assert [(group.ref, group.of, group.judged, group.passed) for group in result.groups] == [
        (SAFETY, 10, True, None), (DEVICES, 0, False, None)]


@pytest.mark.parametrize(("response", "passed"), [(RIGHT, True), (WRONG, False), (None, False)])
def test_must_pass_skill_allows_no_miss(response, passed):
    items = [*paper(19, 0), (Question(TRUE, skill_ref="khung@1/skill/otp"), response)]

    result = mark(items, {"overall": 70, "must_pass_skills": ["khung@1/skill/otp"]})

    assert result.passed is passed


def test_must_pass_skill_takes_no_half_answer():
    half = {"chosen": [CHOICES["options"][0]["id"]]}
    items = [*paper(19, 0), (Question(CHOICES, "multiple_choice", "khung@1/skill/otp"), half)]

    assert not mark(items, {"overall": 70, "must_pass_skills": ["khung@1/skill/otp"]}).passed


def test_must_pass_skill_that_was_not_drawn_is_reported():
    result = mark(paper(10, 0), {"overall": 70, "must_pass_skills": ["khung@1/skill/otp"]})

    assert result.passed
    assert ("khung@1/skill/otp", 0, None) in [(skill.ref, skill.of, skill.passed) for skill in result.skills]


def test_skills_are_tallied():
    items = [*paper(1, 1, skill_ref="khung@1/skill/a"), *paper(2, 0, skill_ref="khung@1/skill/b")]

    result = mark(items, {"overall": 70})

    assert [(skill.ref, skill.right, skill.of, skill.percent) for skill in result.skills] == [
        ("khung@1/skill/a", 1, 2, 50), ("khung@1/skill/b", 2, 2, 100)]


def test_result_can_be_stored():
    result = asdict(mark(paper(3, 1), {"overall": 70.5, "groups": {SAFETY: 70}, "must_pass_skills": []}))

    assert json.loads(json.dumps(result))["scoring_version"] == SCORING_VERSION
    assert result["required"] == 70.5


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 100))
def test_rounding_never_decides(right, wrong, overall):
    result = mark(paper(right, wrong), {"overall": overall, "groups": {SAFETY: overall}})

    total = right + wrong
    enough = total > 0 and Fraction(100 * right, total) >= overall
    assert result.passed is enough
    if total and not enough:
        assert result.score_percent < overall
