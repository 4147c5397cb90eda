"""What the commands of lists share: exit codes, whose right is used, one document on standard output."""

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.spreadsheets.limits import MOST_BYTES, too_large
from lms.people.models import Actor, Organisation
from lms.people.queries.actors import actor_of_person
from lms.people.queries.organisations import organisation_by_key
from lms.people.queries.persons import person_named
from lms.web.phrases import sentence
from lms.web.phrases.rosters import fault_sentence

DONE, FAULTY, WRONG_USAGE, NOT_READY = 0, 1, 2, 3
# The file or the call is wrong, not what stands in its rows.
USAGE_CODES = ("file.", "sheet.", "column.unknown", "organisation.unknown", "person.unknown", "person.ambiguous",
               "source.unknown", "source.ended")


@click.group()
def roster() -> None:
    """Lists of people: in, out, and the empty form."""


def command(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command of the group: 1 for a refusal, 2 for a file or a name that is wrong, 3 while the database is away."""

    def wrap(run: Callable[..., Any]) -> click.Command:
        @wraps(run)
        def guarded(*args: Any, **kwargs: Any) -> None:
            try:
                run(*args, **kwargs)
            except DomainError as refusal:
                db.session.rollback()
                click.echo(f"{sentence(refusal)} [{refusal.code}]", err=True)
                sys.exit(WRONG_USAGE if refusal.code.startswith(USAGE_CODES) else FAULTY)
            except sa.exc.DBAPIError as fault:
                db.session.rollback()
                click.echo(f"The database is not ready: {type(fault.orig).__name__}. See: lms doctor", err=True)
                sys.exit(NOT_READY)

        return roster.command(name)(with_appcontext(guarded))

    return wrap


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
dry_option = click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
as_option = click.option("--as", "as_user", metavar="USER", help="Use this person's rights instead of the command line's.")
file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def operator() -> str:
    """Who types, for the audit log."""
    return f"cli:{getpass.getuser()}"


def acting_as(name: str | None) -> Actor | None:
    """The person whose right is used, or None for the command line itself. Raises what `person_named` raises."""
    return actor_of_person(person_named(name).id, now=clock.now()) if name else None


def organisation_named(key: str) -> Organisation:
    """Raises DomainError organisation.unknown (key)."""
    found = organisation_by_key(key)
    if found is None:
        raise DomainError("organisation.unknown", key=key)
    return found


def bytes_of(file: Path) -> bytes:
    """What stands in the file; too large a one is not read. Raises DomainError file.too_large."""
    if file.stat().st_size > MOST_BYTES:
        raise too_large()
    return file.read_bytes()


def contract_document(document: dict[str, Any]) -> dict[str, Any]:
    """The document for other programs: faults with their sentence instead of its parameters."""
    return {**document, "errors": [_told(one) for one in document["errors"]],
            "warnings": [_told(one) for one in document["warnings"]]}


def _told(fault: dict[str, Any]) -> dict[str, Any]:
    return {"row": fault["row"], "cell": fault["cell"], "column": fault["column"], "code": fault["code"],
            "message": fault.get("message") or fault_sentence(fault["code"], fault["params"])}


def unread(file: Path, refusal: DomainError) -> dict[str, Any]:
    """The document of a file that could not be read as a list."""
    fault = {"row": 0, "cell": "", "column": "", "code": refusal.code, "message": sentence(refusal)}
    return {"file": file.name, "sheet": "", "encoding": "", "header_row": None, "columns": {}, "rows": 0, "new": 0, "matched": 0,
            "unchanged": 0, "errors": [fault], "warnings": [], "committed": False}


@contextmanager
def answering_unread(file: Path, *, as_json: bool) -> Iterator[None]:
    """A file that cannot be read as a list is answered to a program with a document (exit 2), to a person as any refusal."""
    try:
        yield
    except DomainError as refusal:
        if not as_json or not refusal.code.startswith(("file.", "sheet.")):
            raise
        show(unread(file, refusal), as_json)
        sys.exit(WRONG_USAGE)


def show(document: dict[str, Any], as_json: bool) -> None:
    """For a program on standard output; for a person the faults on standard error and one line."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for kind in ("errors", "warnings"):
        for fault in document[kind]:
            place = " ".join(filter(None, (fault["cell"] or (fault["row"] and str(fault["row"])), fault["column"])))
            click.echo(f"{kind[:-1]}: {place}: {fault['message']} [{fault['code']}]", err=True)
    counts = ", ".join(f"{document[name]} {name}" for name in ("rows", "new", "matched", "unchanged"))
    click.echo(f"{document['file']}: {counts}, {len(document['errors'])} errors; "
               f"{'committed' if document['committed'] else 'nothing was written'}")
