"""Commands for accounts, roles and organisations: the first administrator, and help when the site cannot give it.

They act as the command line (audit operator `cli:<system user>`), or for a person with `--as USER`, who must then hold
the right. USER is a personal code, an e-mail, or a phone number that only one person has.
"""

import getpass
import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import ORGANISATION_KINDS, ROLES, Actor, Organisation
from lms.people.queries.actors import actor_of_person
from lms.people.queries.organisations import all_organisations, organisation_by_key, root_organisation
from lms.people.queries.persons import person_named
from lms.people.rules.identities import shown_activation_code
from lms.people.services.activations import make_activation_code
from lms.people.services.organisations import create_organisation
from lms.people.services.persons import create_person
from lms.people.services.roles import grant_role
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
    actor = actor_of_person(person_named(name).id)
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


@click.group()
def user() -> None:
    """Accounts and roles."""


@command(user, "create")
@click.option("--name", required=True, help="Full name.")
@click.option("--phone", default="", help="Mobile (a sign-in name) or landline (a contact).")
@click.option("--email", default="", help="Unique; a sign-in name.")
@click.option("--birth-year", type=int)
@click.option("--org", "key", help="Organisation to join; default: the body itself.")
@as_option
@json_option
def user_create(name: str, phone: str, email: str, birth_year: int | None, key: str | None, as_user: str | None,
                as_json: bool) -> None:
    """Add a person. They set the PIN with the address that `lms user reset` prints."""
    organisation = organisation_or_fault(key) if key else root_organisation()
    person = create_person(full_name=name, phone=phone, email=email, birth_year=birth_year, organisation=organisation,
                           by=acting_as(as_user), operator=operator(), now=clock.now())
    document = {"uuid": str(person.uuid), "name": person.full_name, "personal_code": person.personal_code,
                "phone": person.phone, "email": person.email, "organisation": organisation.key if organisation else None}
    answer(document, as_json, f"{person.full_name}: {person.personal_code}")


@command(user, "grant")
@click.argument("name", metavar="USER")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--org", "key", required=True, help="The role is valid here and below.")
@as_option
def user_grant(name: str, role: str, key: str, as_user: str | None) -> None:
    """Give a role. The person has to sign in anew."""
    person = person_named(name)
    grant_role(person, role, organisation_or_fault(key), by=acting_as(as_user), operator=operator(), now=clock.now())
    click.echo(f"{person.full_name}: {role} at {key}")


@command(user, "reset")
@click.argument("name", metavar="USER")
@as_option
@json_option
def user_reset(name: str, as_user: str | None, as_json: bool) -> None:
    """Print a one-time address and code with which the person sets a PIN; older ones become void."""
    person = person_named(name)
    row, code = make_activation_code(person, by=acting_as(as_user), operator=operator(), now=clock.now())
    address = f"{current_app.config['LMS_BASE_URL']}/p/{code}"
    document = {"personal_code": person.personal_code, "code": code, "address": address,
                "expires_at": row.expires_at.isoformat()}
    answer(document, as_json, f"{person.full_name} ({person.personal_code}): {address}\ncode: {shown_activation_code(code)}")


@click.group()
def org() -> None:
    """The tree of organisations."""


@command(org, "create")
@click.argument("key")
@click.option("--name", required=True)
@click.option("--kind", required=True, type=click.Choice(ORGANISATION_KINDS))
@click.option("--parent", "parent_key", help="Key of the organisation above; without it, a root.")
def org_create(key: str, name: str, kind: str, parent_key: str | None) -> None:
    """Add an organisation."""
    parent = organisation_or_fault(parent_key) if parent_key else None
    create_organisation(key=key, name=name, kind=kind, parent=parent, operator=operator(), now=clock.now())
    click.echo(f"{key}: {name}")


@command(org, "list")
@json_option
def org_list(as_json: bool) -> None:
    """Every organisation, parents before children."""
    found = all_organisations()
    lines = "\n".join(f"{one['key']:32}{one['kind']:14}{one['name']}" + (f"  (< {one['parent']})" if one["parent"] else "")
                      for one in found)
    answer({"organisations": found}, as_json, lines)


COMMANDS: list[click.Command] = [user, org]
