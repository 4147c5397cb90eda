"""The tables that people read and the document that programs read."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lms.operations.bench.goals import FEW, WHAT, YARDSTICKS, Measured, Verdict
from lms.operations.bench.load import Round

HEAD = ("row", "what", "CPU-ms", "of it database", "requests/s", "p50 ms", "p95 ms", "others", "")
MET = {True: "yes", False: "NO", None: "–"}


def work_tables(measured: Measured) -> Iterable[str]:
    """The costs, the yardsticks first."""
    bare = [name for name in YARDSTICKS if name in measured.rounds]
    rest = [name for name in measured.rounds if name not in YARDSTICKS]
    for names in (bare, rest):
        if names:
            yield from _aligned([HEAD, *(_line(name, measured) for name in names)])
            yield ""


def goal_table(verdicts: Sequence[Verdict]) -> Iterable[str]:
    """What is reached."""
    head = ("row", "what", "goal (by CPU)", "measured", "by requests/s", "met")
    lines = [(v.name, v.what, v.goal, v.measured, v.by_requests, MET[v.met]) for v in verdicts]
    yield from _aligned([head, *lines])


def as_document(measured: Measured, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The same for programs: the costs of each row with its single rounds, numbers, verdicts."""
    rows = {name: {"what": what(name), **_summary(measured.of(name)),
                   "rounds": [asdict(one) for one in rounds.values()]} for name, rounds in measured.rounds.items()}
    return {"rows": rows, "numbers": measured.numbers, "goals": [asdict(verdict) for verdict in verdicts]}


def what(name: str) -> str:
    """A row in words."""
    words = WHAT[name.removesuffix(FEW)]
    return f"{words}, few people" if name.endswith(FEW) else words


def _line(name: str, measured: Measured) -> tuple[str, ...]:
    s = _summary(measured.of(name))
    wrong = ", ".join(f"{count} answered {status}" for status, count in s["wrong"].items())
    return (name, what(name), f"{s['total_ms']:.2f}", f"{s['database_ms']:.2f}", f"{s['per_second']:,.0f}",
            _or_dash(s["p50"]), _or_dash(s["p95"]), f"{s['others']:.2f}",
            wrong or ("disturbed" if s["disturbed"] else ""))


def _summary(rounds: Sequence[Round]) -> dict[str, Any]:
    def middle(values: Iterable[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return round(statistics.median(known), 4) if known else None

    wrong: dict[str, int] = {}
    for one in rounds:
        for status, count in one.wrong.items():
            wrong[status] = wrong.get(status, 0) + count
    return {
        "total_ms": middle(r.total_ms for r in rounds), "server_ms": middle(r.cpu_ms for r in rounds),
        "database_ms": middle(r.database_ms for r in rounds), "per_second": middle(r.per_second for r in rounds),
        "p50": middle(r.p50 for r in rounds), "p95": middle(r.p95 for r in rounds),
        "others": middle(r.others for r in rounds), "disturbed": any(r.is_disturbed for r in rounds), "wrong": wrong,
    }


def _or_dash(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _aligned(lines: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()


def machine_lines(machine: Mapping[str, object]) -> Iterable[str]:
    """The machine in one line, and what the tables mean."""
    yield f"{machine['cpus']} × {machine['model']}, Python {machine['python']}, {machine['system']}"
    yield "CPU-ms: user and system time of the server's processes and the database's, for each request. Ratios are made from"
    yield "CPU-ms; those of requests/s stand beside. others: processors that everything else used meanwhile."
