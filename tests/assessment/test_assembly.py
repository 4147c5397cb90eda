"""Papers are drawn by skill and difficulty, repeatable by seed, with unseen questions first."""

from collections import Counter

import pytest

from lms.assessment.models import Item
from lms.assessment.services.assembly import Candidate, draw, pool_of
from lms.core.db import db
from lms.core.errors import DomainError
from tests.assessment.factories_attempts import OTHER_SKILL, SKILL, make_bank, make_item

POOL = [Candidate(100 + n, n, SKILL if n % 2 else OTHER_SKILL, 1 + n % 5) for n in range(1, 61)]
PLAN = [{"skill": SKILL, "count": 4, "difficulty": None}, {"skill": OTHER_SKILL, "count": 3, "difficulty": [1, 2]}]
BY_VERSION = {one.version_id: one for one in POOL}


def items(paper):
    return {BY_VERSION[question.version_id].item_id for question in paper}


def test_draw_follows_the_plan():
    drawn = [BY_VERSION[question.version_id] for question in draw(POOL, PLAN, seed=7, seen={})]

    assert Counter(one.skill_ref for one in drawn) == {SKILL: 4, OTHER_SKILL: 3}
    assert all(one.difficulty <= 2 for one in drawn if one.skill_ref == OTHER_SKILL)
    assert len({one.item_id for one in drawn}) == 7


def test_draw_same_seed_same_paper_whatever_the_order_of_the_pool():
    assert draw(POOL, PLAN, seed=7, seen={}) == draw(POOL[::-1], PLAN, seed=7, seen={})
    assert draw(POOL, PLAN, seed=7, seen={}) != draw(POOL, PLAN, seed=8, seen={})


def test_draw_avoids_what_was_seen_then_takes_the_oldest():
    first = items(draw(POOL, PLAN[:1], seed=1, seen={}))
    everything = {one.item_id: 3 for one in POOL} | dict.fromkeys(first, 1)

    assert items(draw(POOL, PLAN[:1], seed=2, seen=dict.fromkeys(first, 1))) & first == set()
    assert items(draw(POOL, PLAN[:1], seed=2, seen=everything)) == first


def test_draw_one_skill_in_two_parts_repeats_nothing():
    plan = [{"skill": SKILL, "count": 15}, {"skill": SKILL, "count": 15}]

    assert len(items(draw(POOL, plan, seed=3, seen={}))) == 30


def test_draw_from_too_small_a_bank_is_refused():
    with pytest.raises(DomainError, match=r"assessment\.bank_too_small"):
        draw(POOL[:5], PLAN, seed=1, seen={})


def test_pool_holds_current_versions_of_live_items_of_the_allowed_uses(app):
    open_bank, practice = make_bank("mo"), make_bank("luyen", use="practice")
    live, retired = make_item(open_bank), make_item(open_bank)
    make_item(practice)
    make_item(make_bank("khac"))
    db.session.get(Item, retired.item_id).retired = True
    db.session.flush()

    pool = pool_of(["mo", "luyen"], uses=("counting-open", "counting-closed"))

    assert [one.version_id for one in pool] == [live.id]
