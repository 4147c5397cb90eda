"""The goals: what each row must reach beside its yardstick, and whether it does. Pure arithmetic on measured rounds."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms.operations.bench.load import Round

FEW = "@few"  # the same page where a thousand people are, beside a hundred thousand


@dataclass
class Measured:
    """Everything a run has measured on one database: rounds by name and sweep, and single numbers by name."""

    rounds: dict[str, dict[int, Round]] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)

    def of(self, name: str) -> list[Round]:
        """The rounds of one name: the undisturbed ones where there are at least two."""
        every = list(self.rounds.get(name, {}).values())
        calm = [one for one in every if not one.is_disturbed]
        return calm if len(calm) >= 2 else every

    def pairs(self, name: str, other: str) -> list[tuple[Round, Round]]:
        """Rounds of both that were measured in the same sweep, the undisturbed ones where there are at least two."""
        here, there = self.rounds.get(name, {}), self.rounds.get(other, {})
        every = [(here[sweep], there[sweep]) for sweep in sorted(here.keys() & there.keys())]
        calm = [pair for pair in every if not any(one.is_disturbed for one in pair)]
        return calm if len(calm) >= 2 else every


@dataclass(frozen=True)
class Verdict:
    """One line of the table of goals. `met` is None when it could not be measured here."""

    name: str
    what: str
    goal: str
    measured: str
    met: bool | None
    by_requests: str = ""  # the same ratio in requests each second


@dataclass(frozen=True)
class Goal:
    """What the row `name` must reach. `needs` are the works and numbers that have to be measured for it."""

    name: str
    what: str

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of works and numbers."""
        return (self.name,)

    def judge(self, measured: Measured) -> Verdict:
        """The line of the table."""
        raise NotImplementedError

    def verdict(self, goal: str, shown: str, met: bool | None, by_requests: str = "") -> Verdict:
        """The line with this row's name."""
        return Verdict(self.name, self.what, goal, shown, met, by_requests)


@dataclass(frozen=True)
class Share(Goal):
    """At least so many times as cheap as the yardstick, by CPU: 0.5 is half as cheap, 4 is a quarter of its cost."""

    yardstick: str
    least: float

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.name, self.yardstick)

    def judge(self, measured: Measured) -> Verdict:
        goal = f"≥ {_ratio(self.least)} {self.yardstick}"
        pairs = measured.pairs(self.name, self.yardstick)
        if not pairs or not all(product.total_ms for product, _ in pairs):
            return self.verdict(goal, "not measured", None)
        by_cpu = statistics.median(bare.total_ms / product.total_ms for product, bare in pairs)
        by_requests = statistics.median(product.per_second / bare.per_second for product, bare in pairs)
        return self.verdict(goal, _ratio(by_cpu), by_cpu >= self.least, _ratio(by_requests))


@dataclass(frozen=True)
class NoDearerThan(Goal):
    """At most so many times the CPU of the same page with fewer people."""

    other: str
    most: float = 1.2

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.name, self.other)

    def judge(self, measured: Measured) -> Verdict:
        pairs, goal = measured.pairs(self.name, self.other), f"≤ {self.most:.1f} × {self.other}"
        if not pairs or not all(few.total_ms for _, few in pairs):
            return self.verdict(goal, "not measured", None)
        by_cpu = statistics.median(many.total_ms / few.total_ms for many, few in pairs)
        by_requests = statistics.median(few.per_second / many.per_second for many, few in pairs)
        return self.verdict(goal, f"{by_cpu:.2f} ×", by_cpu <= self.most, f"{by_requests:.2f} ×")


@dataclass(frozen=True)
class CpuAtMost(Goal):
    """At most so many milliseconds of CPU, server and database together."""

    most: float

    def judge(self, measured: Measured) -> Verdict:
        rounds, goal = measured.of(self.name), f"≤ {self.most:g} CPU-ms"
        if not rounds or not all(one.total_ms for one in rounds):
            return self.verdict(goal, "not measured", None)
        shown = statistics.median(one.total_ms for one in rounds)
        return self.verdict(goal, f"{shown:.2f} CPU-ms", shown <= self.most)


@dataclass(frozen=True)
class AnswersWithin(Goal):
    """Nineteen of twenty answers within so many milliseconds, at 32 connections."""

    most: float

    def judge(self, measured: Measured) -> Verdict:
        rounds, goal = measured.of(self.name), f"p95 ≤ {self.most:g} ms"
        if not rounds:
            return self.verdict(goal, "not measured", None)
        shown = statistics.median(one.p95 or 0 for one in rounds)
        return self.verdict(goal, f"{shown:.0f} ms", shown <= self.most)


@dataclass(frozen=True)
class NumberAtMost(Goal):
    """A single number that must not be larger."""

    most: float
    unit: str

    def judge(self, measured: Measured) -> Verdict:
        goal = f"≤ {self.most:g} {self.unit}"
        if self.name not in measured.numbers:
            return self.verdict(goal, "not measured", None)
        shown = measured.numbers[self.name]
        return self.verdict(goal, f"{shown:.1f} {self.unit}" if shown % 1 else f"{shown:g} {self.unit}", shown <= self.most)


def _ratio(value: float) -> str:
    return f"{value:.1f} ×" if value > 1.5 else f"{100 * value:.0f} % of"


PAGES = {
    "home": "public home", "catalogue": "catalogue", "framework": "framework page",
    "lesson": "lesson page, signed in, with progress", "today": "learner home", "skill_map": "skill map",
    "question": "question page in an attempt", "autosave": "autosave", "verify": "verify page",
}
GOALS: Sequence[Goal] = (
    *(Share(name, f"{PAGES[name]}, not signed in", "hello", 0.5) for name in ("home", "catalogue", "framework")),
    Share("lesson", PAGES["lesson"], "hello", 0.15),
    Share("lesson", PAGES["lesson"], "page", 4),
    CpuAtMost("lesson", PAGES["lesson"], 1.0),
    AnswersWithin("lesson", f"{PAGES['lesson']}, 32 connections", 40),
    Share("today", PAGES["today"], "page", 2),
    NumberAtMost("today_statements", PAGES["today"], 5, "statements"),
    Share("skill_map", PAGES["skill_map"], "page", 2),
    NumberAtMost("skill_map_statements", PAGES["skill_map"], 5, "statements"),
    Share("question", PAGES["question"], "page", 4),
    Share("autosave", "autosave, durable", "rawsave", 0.6),
    CpuAtMost("attempt", "whole attempt of 43 requests", 32),
    Share("sign_in", "sign-in", "argon2", 0.85),
    Share("paper", "drawing an issued paper as PDF", "typst", 0.8),
    Share("verify", PAGES["verify"], "hello", 0.3),
    NoDearerThan("list_large", "list of learners, large team beside small", "list_small"),
    NoDearerThan("class_table", "class table, one page, large team beside small", "class_table_small"),
    NoDearerThan("roster", "a list of people, from file to committed", "roster_floor", 12),
    NumberAtMost("roster_memory", "memory of the process that takes the lists in", 200, "MiB"),
    *(NoDearerThan(name, f"{words}, growth of the people", name + FEW) for name, words in PAGES.items()),
    NumberAtMost("memory_web", "memory of the two workers together", 150, "MiB"),
    NumberAtMost("memory_all", "memory of the server, two workers, background worker", 250, "MiB"),
    NumberAtMost("second_start", "second start, start.py to first answer", 3, "s"),
    NumberAtMost("lesson_first_visit", "heaviest lesson, first visit", 150, "KB"),
    NumberAtMost("lesson_next_visit", "heaviest lesson, next visit", 60, "KB"),
)
WHAT: Mapping[str, str] = {
    "hello": "Flask, a constant", "rawone": "one indexed SELECT without the ORM", "one": "the same through the ORM",
    "page": "Flask-Login, seven ORM queries, a page of 21 KB", "rawsave": "one UPSERT and commit without the ORM",
    "save": "the same through the ORM", "argon2": "one hash of a PIN, nothing else",
    "typst": "the compiler alone, on words made before",
    **PAGES, "lesson_packed": "the lesson page, packed as phones ask for it", "attempt": "whole attempt, 43 requests",
    "sign_in": "the request that checks the PIN", "paper": "drawing an issued paper as PDF",
    "certificate": "issuing: from confirmation to committed credential with its PDF",
    "list_small": "list of learners, small team", "list_large": "list of learners, large team",
    "class_table_small": "class table, small team", "class_table": "class table, one page of the large team",
    "roster": "a list from file to committed", "roster_pages": "a list from upload to committed, by the pages and their jobs",
    "roster_dry": "the same list, checked only",
    "roster_floor": "calamine, codes and one bulk write of the same rows", "roster_read": "calamine alone on this list",
    "roster_insert": "the bulk write alone",
}
YARDSTICKS = ("hello", "rawone", "one", "page", "rawsave", "save", "argon2", "typst", "roster_floor")


ONCE = {"second_start", "lesson_first_visit", "lesson_next_visit"}  # the same on every database


def goals_named(names: Sequence[str]) -> list[Goal]:
    """The goals of these rows, all when none is named."""
    return [goal for goal in GOALS if not names or goal.name in names]


def nameable() -> set[str]:
    """Every row that can be asked for alone; one without a goal is only measured."""
    return {name for goal in GOALS for name in goal.needs} | set(WHAT)
