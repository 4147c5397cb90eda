"""Commands of people: accounts and roles, the tree of organisations. One file per noun."""

import click

from lms.people.cli.organisations import org
from lms.people.cli.users import user

COMMANDS: list[click.Command] = [user, org]
