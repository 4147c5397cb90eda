"""Commands of lists."""

import click

from lms.rosters.cli import lists, results
from lms.rosters.cli.frame import roster

COMMANDS: list[click.Command] = [roster]
__all__ = ["COMMANDS", "lists", "results"]
