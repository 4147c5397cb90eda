"""Commands for the tree of organisations and its changes. Nothing is written when anything is refused."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from lms.core import clock
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.cli.frame import acting_as, answer, as_option, command, json_option, operator, organisation_or_fault
from lms.people.models import ORGANISATION_KINDS, Organisation
from lms.people.queries.organisation_pages import parent_of
from lms.people.queries.organisations import all_organisations, organisation_by_key
from lms.people.queries.persons import person_named
from lms.people.services.organisations import (
    create_organisation,
    end_organisation,
    move_organisation,
    rename_organisation,
)
from lms.people.services.successions import Division, Done, merge_organisations, split_organisation


class Day(click.ParamType):
    """A day as 2026-07-01, or as people write it: 1/7/2026."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            if "/" in value:
                day, month, year = value.split("/")
                return date(int(year), int(month), int(day))
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day. Write 2026-07-01 or 1/7/2026.", param, ctx)


on_option = click.option("--on", type=Day(), help="Day from which it holds, up to today; default: today.")
decision_option = click.option("--decision", default="", help="Number of the decision, kept with the record.")
kind_option = click.option("--kind", type=click.Choice(ORGANISATION_KINDS))


def change(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command about an organisation: `--on`, `--decision`, `--as`, handed on as `how` to the service."""

    def wrap(run: Callable[..., Any]) -> click.Command:
        def with_how(on: date | None, decision: str, as_user: str | None, **arguments: Any) -> None:
            now = clock.now()
            run(how={"on": on or clock.local_date(now), "now": now, "decision": clean(decision), "by": acting_as(as_user),
                     "operator": operator()}, **arguments)

        with_how.__name__, with_how.__doc__ = run.__name__, run.__doc__
        with_how.__click_params__ = getattr(run, "__click_params__", [])  # type: ignore[attr-defined]
        return command(org, name)(on_option(decision_option(as_option(with_how))))

    return wrap


@click.group()
def org() -> None:
    """The tree of organisations."""


@command(org, "create")
@click.argument("key")
@click.option("--name", required=True)
@click.option("--kind", required=True, type=click.Choice(ORGANISATION_KINDS))
@click.option("--parent", "parent_key", help="Key of the organisation above; without it, a root.")
@on_option
@decision_option
@as_option
def org_create(key: str, name: str, kind: str, parent_key: str | None, on: date | None, decision: str,
               as_user: str | None) -> None:
    """Add an organisation."""
    parent = organisation_or_fault(parent_key) if parent_key else None
    create_organisation(key=key, name=name, kind=kind, parent=parent, valid_from=on, decision=clean(decision),
                        by=acting_as(as_user), operator=operator(), now=clock.now())
    click.echo(f"{key}: {name}")


@command(org, "list")
@json_option
def org_list(as_json: bool) -> None:
    """Every organisation, parents before children."""
    found = all_organisations()
    lines = "\n".join(f"{one['key']:32}{one['kind']:14}{one['name']}" + (f"  (< {one['parent']})" if one["parent"] else "")
                      for one in found)
    answer({"organisations": found}, as_json, lines)


@change("rename")
@click.argument("key")
@click.option("--name", required=True)
@kind_option
def org_rename(key: str, name: str, kind: str | None, how: dict[str, Any]) -> None:
    """Give an organisation another name; the old one stays for the days before."""
    rename_organisation(organisation_or_fault(key), name, kind=kind, **how)
    click.echo(f"{key}: {clean(name)}")


@change("move")
@click.argument("key")
@click.option("--parent", "parent_key", help="Key of the organisation above; without it, to the top.")
def org_move(key: str, parent_key: str | None, how: dict[str, Any]) -> None:
    """Put an organisation, with all below it, under another."""
    move_organisation(organisation_or_fault(key), organisation_or_fault(parent_key) if parent_key else None, **how)
    click.echo(f"{key} < {parent_key or '-'}")


@change("end")
@click.argument("key")
def org_end(key: str, how: dict[str, Any]) -> None:
    """End an organisation that nobody follows; whoever belongs nowhere else goes to what stands above it."""
    went_up = end_organisation(organisation_or_fault(key), **how)
    click.echo(f"{key}: ended, {went_up} people went up")


@change("merge")
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@click.option("--into", "into_key", required=True, help="Key of the successor; a new one needs --name and --kind.")
@click.option("--name", help="Name of a new successor.")
@kind_option
@click.option("--parent", "parent_key", help="What a new successor stands under; default: what stands above the first KEY.")
@json_option
def org_merge(keys: tuple[str, ...], into_key: str, name: str | None, kind: str | None, parent_key: str | None,
              as_json: bool, how: dict[str, Any]) -> None:
    """Make one of several: people, roles and what stood below go to the successor."""
    sources = [organisation_or_fault(key) for key in keys]
    into = organisation_by_key(into_key)
    if into is None:
        if not (name and kind):
            raise DomainError("organisation.unknown", key=into_key)
        parent = organisation_or_fault(parent_key) if parent_key else parent_of(sources[0])
        into = founded(into_key, name, kind, parent, how)
    show(merge_organisations(sources, into, **how), f"{' + '.join(keys)} > {into_key}", as_json)


@change("split")
@click.argument("key")
@click.option("--into", "parts", multiple=True, required=True, metavar="KEY[=NAME]",
              help="A part; with NAME a new one. The first takes whatever is not named. KEY itself may be a part.")
@click.option("--below", multiple=True, metavar="CHILD=PART", help="Which part an organisation below goes to.")
@click.option("--people", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="CSV of two columns: personal code (or e-mail, phone) and PART.")
@kind_option
@json_option
def org_split(key: str, parts: tuple[str, ...], below: tuple[str, ...], file: Path | None, kind: str | None,
              as_json: bool, how: dict[str, Any]) -> None:
    """Make several of one; each person, role and organisation below goes to one part."""
    source, lines = organisation_or_fault(key), lines_of(file)
    made = {}
    for part_key, _, name in (part.partition("=") for part in parts):
        made[part_key] = founded(part_key, name, kind or kind_of(source), parent_of(source), how) if name else (
            organisation_or_fault(part_key))
    people = {person_named(who).id: part_named(part, made) for who, part in lines}
    children = {organisation_or_fault(child).id: part_named(part, made)
                for child, _, part in (one.partition("=") for one in below)}
    done = split_organisation(source, Division(tuple(made.values()), people, children), **how)
    show(done, f"{key} > {', '.join(made)}", as_json)


def founded(key: str, name: str, kind: str, parent: Organisation | None, how: dict[str, Any]) -> Organisation:
    """A new organisation that begins on the day of the change."""
    return create_organisation(key=key, name=name, kind=kind, parent=parent, valid_from=how["on"], decision=how["decision"],
                               by=how["by"], operator=how["operator"], now=how["now"])


def kind_of(organisation: Organisation) -> str:
    return next(one["kind"] for one in all_organisations() if one["key"] == organisation.key)


def part_named(key: str, made: dict[str, Organisation]) -> Organisation:
    if key not in made:
        raise DomainError("organisation.part_unknown", what=key)
    return made[key]


def lines_of(file: Path | None) -> list[tuple[str, str]]:
    """The pairs of a CSV file. A file that is no text is wrong usage."""
    if file is None:
        return []
    try:
        rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.UsageError(f"{file.name} is no CSV in UTF-8.") from error
    pairs = [tuple(clean(cell) for cell in row) for row in rows if any(row)]
    if any(len(pair) != 2 for pair in pairs):
        raise click.UsageError(f"{file.name}: every line needs two columns, a person and a part.")
    return [(who, part) for who, part in pairs]


def show(done: Done, line: str, as_json: bool) -> None:
    answer({"people": done.people, "roles": done.roles, "children": done.children}, as_json,
           f"{line}: {done.people} people, {done.roles} roles, {done.children} organisations below")
