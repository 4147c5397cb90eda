"""Which version is newer, which policy is the one that holds."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar


def version_order(version: str) -> tuple[int, ...]:
    """A key that sorts versions by their numbers: 2026.10 comes after 2026.9."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


class Dated(Protocol):
    """What a policy says about where and when it holds; `effective_to` is its last day."""

    @property
    def version(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def organisation_key(self) -> str | None: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def effective_to(self) -> date | None: ...


PolicyLike = TypeVar("PolicyLike", bound=Dated)


def is_in_force(policy: Dated, on: date) -> bool:
    """Whether the policy holds on this day, first and last day included."""
    return policy.effective_from <= on and (policy.effective_to is None or on <= policy.effective_to)


def deciding_policy(
    policies: Iterable[PolicyLike], *, organisation_keys: Sequence[str], on: date,
) -> PolicyLike | None:
    """The one of these policies (of one level and audience) that holds for a person of these organisations.

    A local decision wins over what is general, that of an organisation named earlier over a later one (nearest
    first); an official policy over the shipped default; then the later beginning; then the higher version.
    """
    def rank(policy: PolicyLike) -> tuple[int, bool, date, tuple[int, ...]]:
        key = policy.organisation_key
        nearness = -organisation_keys.index(key) if key is not None else -len(organisation_keys)
        return nearness, policy.status == "official", policy.effective_from, version_order(policy.version)

    possible = [p for p in policies if is_in_force(p, on)
                and (p.organisation_key is None or p.organisation_key in organisation_keys)]
    return max(possible, key=rank, default=None)
