"""Commands for accounts and roles: the first administrator, and help when the site cannot give it."""

import click
from flask import current_app

from lms.core import clock
from lms.people.cli.frame import acting_as, answer, as_option, command, json_option, operator, organisation_or_fault
from lms.people.models import ROLES
from lms.people.queries.organisations import root_organisation
from lms.people.queries.persons import person_named
from lms.people.rules.identities import shown_activation_code
from lms.people.services.activations import make_activation_code
from lms.people.services.persons import create_person
from lms.people.services.roles import grant_role


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
