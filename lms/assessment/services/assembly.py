"""Draws a paper from the banks: by skill and difficulty, repeatable by its seed, new questions before seen ones."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms.assessment.models import Item, ItemBank, ItemVersion
from lms.core.db import db
from lms.core.errors import DomainError

SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be drawn, in its current version."""

    version_id: int
    item_id: int
    skill_ref: str
    difficulty: int


@dataclass(frozen=True, slots=True)
class Question:
    """One drawn question: the version, and the seed that shuffles its options."""

    version_id: int
    seed: int


def pool_of(banks: Sequence[str], *, uses: Sequence[str]) -> list[Candidate]:
    """Everything that those of these banks offer today that are of these uses, in a stable order. One statement."""
    rows = db.session.execute(
        sa.select(ItemVersion.id, Item.id, ItemVersion.skill_ref, ItemVersion.difficulty)
        .join(Item, Item.current_version_id == ItemVersion.id).join(ItemBank, ItemBank.id == Item.bank_id)
        .where(ItemBank.key.in_(banks), ItemBank.use.in_(uses), Item.retired.is_(False))
        .order_by(Item.id))
    return [Candidate(*row) for row in rows]


def draw(
    pool: Iterable[Candidate], plan: Sequence[Mapping[str, Any]], *, seed: int, seen: Mapping[int, int],
) -> list[Question]:
    """The paper for this seed: the same pool, plan, seed and `seen` always give the same paper.

    `plan` is the assessment's `draw`: skill, count and, where it matters, difficulty [lowest, highest]. `seen` maps an
    item id to the number of the attempt that held it last: unseen items come first, then those seen longest ago.
    Raises DomainError assessment.bank_too_small when the banks cannot fill a part of the plan.
    """
    chance = random.Random(seed)  # noqa: S311  # repeatable on purpose; the seed itself comes from `secrets`
    candidates = sorted(pool, key=lambda one: one.item_id)
    chance.shuffle(candidates)
    candidates.sort(key=lambda one: seen.get(one.item_id, 0))
    taken: dict[int, Candidate] = {}
    for part in plan:
        lowest, highest = part.get("difficulty") or (1, 5)
        fitting = [one for one in candidates if one.skill_ref == part["skill"] and lowest <= one.difficulty <= highest
                   and one.item_id not in taken]
        if len(fitting) < part["count"]:
            raise DomainError("assessment.bank_too_small")
        taken.update((one.item_id, one) for one in fitting[:part["count"]])
    paper = list(taken.values())
    chance.shuffle(paper)
    return [Question(one.version_id, chance.randrange(SEEDS)) for one in paper]
