"""What every command here is made of: it commits once, answers refusals with exit codes, and says who acts.

Commands act as the command line (audit operator `cli:<system user>`), or for a person with `--as USER`, who must then
hold the right. USER is a personal code, an e-mail, or a phone number that only one person has.
"""

import getpass
import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Actor, Organisation
from lms.people.queries.actors import actor_of_person
from lms.people.queries.organisations import organisation_by_key
from lms.people.queries.persons import person_named
from lms.web.phrases import sentence

FAULT, NOT_READY = 1, 3


def command(group: click.Group, name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command that commits once, and answers a refused input with 1 and a database that is away with 3."""

    def wrap(run: Callable[..., Any]) -> click.Command:
        @wraps(run)
        def guarded(*args: Any, **kwargs: Any) -> None:
            try:
                run(*args, **kwargs)
                db.session.commit()
            except DomainError as error:
                db.session.rollback()
                click.echo(f"{sentence(error)} [{error.code}]", err=True)
                sys.exit(FAULT)
            except DBAPIError as error:
                db.session.rollback()
                click.echo(f"The database is not ready: {type(error.orig).__name__}. See: lms doctor", err=True)
                sys.exit(NOT_READY)

        return group.command(name)(with_appcontext(guarded))

    return wrap


def operator() -> str:
    """Who types, for the audit log."""
    return f"cli:{getpass.getuser()}"


def acting_as(name: str | None) -> Actor | None:
    """The person whose right is used, or None for the command line itself."""
    if name is None:
        return None
    actor = actor_of_person(person_named(name).id, now=clock.now())
    click.echo(f"acting as {actor.full_name if actor else name}", err=True)
    return actor


def organisation_or_fault(key: str) -> Organisation:
    found = organisation_by_key(key)
    if found is None:
        raise DomainError("organisation.unknown", key=key)
    return found


as_option = click.option("--as", "as_user", metavar="USER", help="Use this person's rights instead of the command line's.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


def answer(document: Any, as_json: bool, line: str) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1) if as_json else line)
