"""`lms bench`."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from lms.core import clock
from lms.core.config import ROOT
from lms.operations.bench import goals, machine, places, report, run
from lms.operations.bench.browser import UnexpectedAnswer

RESULTS = ROOT / "bench" / "results.json"
DATABASES = ("sqlite", "postgresql")
NOT_READY = 3
ONLY_MEASURED = {"rawone", "one", "save", "lesson_packed", "certificate",
                 "roster_dry", "roster_pages", "roster_read", "roster_insert"}  # rows without a goal


@click.command()
@click.option("--quick", is_flag=True, help="Short rounds and few people: whether it works, not how fast.")
@click.option("--only", multiple=True, metavar="NAME", help="This row (several times for several); see the tables.")
@click.option("--database", "kinds", type=click.Choice(DATABASES), multiple=True, help="Default: both.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path),
              help="Where the document goes. Default: bench/results.json after a whole run, else nowhere.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def bench(quick: bool, only: tuple[str, ...], kinds: tuple[str, ...], output: Path | None, as_json: bool) -> None:
    """What a request costs here, beside bare yardsticks; whether the goals are met."""
    unknown = set(only) - goals.nameable()
    if unknown:
        raise click.BadParameter(f"no such row: {', '.join(sorted(unknown))}", param_hint="--only")
    if not machine.can_measure():
        say("CPU time and memory of processes can be read on Linux only: goals that rest on them are not measured here.")
    present = [kind for kind in kinds or DATABASES if kind == "sqlite" or places.postgres_answers()]
    for kind in set(kinds or DATABASES) - set(present):
        say(f"{kind} is not measured: no server answers (LMS_BENCH_POSTGRES_URL, LMS_TEST_POSTGRES_URL).")
    document = measure_all(present, only, run.QUICK if quick else run.FULL, as_json)
    whole = not (quick or only or kinds)
    if output or whole:
        target = output or RESULTS
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        say(f"written: {target}")
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))


def measure_all(kinds: list[str], only: tuple[str, ...], scale: run.Scale, as_json: bool) -> dict[str, Any]:
    """Each database in turn, its tables printed as soon as they are known; the whole as a document."""
    document: dict[str, Any] = {"made_at": clock.now().isoformat(), "machine": machine.describe(), "databases": {}}
    for line in report.machine_lines(machine.describe()):
        show(line, as_json)
    for place, kind in enumerate(kinds):
        wanted = [goal for goal in goals.goals_named(only) if place == 0 or goal.name not in goals.ONCE]
        needed = {name for goal in wanted for name in goal.needs} | (set(only) or ONLY_MEASURED)
        with tempfile.TemporaryDirectory(prefix="lms-bench-") as folder:
            measured = measured_or_exit(kind, Path(folder), needed, scale)
        verdicts = [goal.judge(measured) for goal in wanted]
        document["databases"][kind] = report.as_document(measured, verdicts)
        for line in ("", f"== {kind}", *report.work_tables(measured), *report.goal_table(verdicts)):
            show(line, as_json)
    return document


def measured_or_exit(kind: str, folder: Path, needed: set[str], scale: run.Scale) -> goals.Measured:
    """One database measured; when a step fails, what the servers said about it, and exit 3."""
    try:
        return run.measure(kind, folder, needed, scale, say)
    except (places.CannotRun, UnexpectedAnswer) as fault:
        say(f"Cannot measure on {kind}: {fault}.")
        for log in sorted(folder.rglob("*.log")):
            say(f"-- {log.name}\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")
        sys.exit(NOT_READY)


def show(line: str, as_json: bool) -> None:
    """A line of the tables: standard output is for the document when one is asked for."""
    click.echo(line, err=as_json)


def say(line: str) -> None:
    """What is going on."""
    click.echo(line, err=True)


COMMANDS: list[click.Command] = [bench]
