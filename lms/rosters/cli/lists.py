"""`lms roster import|template|export|undo`: the code of the pages, run here and now."""

import sys
from pathlib import Path
from uuid import UUID

import click

from lms.core import clock
from lms.core.db import db, reading
from lms.rosters.cli.frame import (
    DONE,
    FAULTY,
    WRONG_USAGE,
    acting_as,
    answering_unread,
    as_option,
    bytes_of,
    command,
    contract_document,
    dry_option,
    file_argument,
    json_option,
    operator,
    organisation_named,
    show,
)
from lms.rosters.queries.export import rows_to_export
from lms.rosters.queries.forms import form_for
from lms.rosters.queries.imports import import_by_uuid
from lms.rosters.services.directly import CheckedFile, check_file, write_file
from lms.rosters.services.results import undo_results
from lms.rosters.services.undoing import undo_import
from lms.rosters.writing import DEFAULT_FORM, export_file, template_file

SUFFIXES = (".xlsx", ".csv")


@command("import")
@file_argument
@click.option("--org", "key", required=True, help="Key of the organisation the list is for.")
@click.option("--cohort", default="", metavar="NAME", help="Class for everybody on the list; made when there is none.")
@dry_option
@click.option("--skip-faulty", is_flag=True, help="Write the rows without a fault; without it, all or nothing.")
@as_option
@json_option
def roster_import(
    file: Path, key: str, cohort: str, dry_run: bool, skip_faulty: bool, as_user: str | None, as_json: bool,
) -> None:
    """Bring in accounts and memberships from .xlsx, .xls, .ods or .csv."""
    organisation, by = organisation_named(key), acting_as(as_user)
    whole = CheckedFile(file.name, organisation, by=by, operator=operator(), class_name=cohort)
    with answering_unread(file, as_json=as_json):
        whole.read(bytes_of(file))
    now = clock.now()
    if dry_run:
        with reading():
            document = check_file(whole, now=now)
    else:
        document = write_file(whole, skip_faulty=skip_faulty, now=now)
        db.session.commit()
    show(contract_document(document), as_json)
    has_good_rows = document["new"] + document["matched"] > 0
    sys.exit(FAULTY if document["errors"] and not (skip_faulty and has_good_rows) else DONE)


@command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--org", "key", help="In the form of this organisation.")
def roster_template(file: Path, key: str | None) -> None:
    """An empty list to fill in."""
    suffix_or_fault(file, (".xlsx",))
    file.write_bytes(template_file(form_for(organisation_named(key).id) if key else DEFAULT_FORM, rows=50))
    click.echo(f"{file.name}", err=True)


@command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--org", "key", required=True, help="Key of the organisation whose people are listed.")
@as_option
def roster_export(file: Path, key: str, as_user: str | None) -> None:
    """The people of an organisation as .xlsx or .csv; importing it again changes nothing."""
    suffix_or_fault(file, SUFFIXES)
    organisation = organisation_named(key)
    with reading():
        rows = rows_to_export(organisation.id, by=acting_as(as_user))
        form = form_for(organisation.id)
    file.write_bytes(export_file(rows, form, file.suffix))
    click.echo(f"{file.name}: {len(rows)} rows", err=True)


def suffix_or_fault(file: Path, suffixes: tuple[str, ...]) -> None:
    """Exit 2 for a format that is not written."""
    if file.suffix.lower() not in suffixes:
        click.echo(f"{file.name}: the format follows the suffix, one of {', '.join(suffixes)}", err=True)
        sys.exit(WRONG_USAGE)


@command("undo")
@click.argument("uuid", type=click.UUID)
@click.option("--spare", is_flag=True, help="Leave those who have worked since, undo it for the others.")
@as_option
def roster_undo(uuid: UUID, spare: bool, as_user: str | None) -> None:
    """Take back an import of the last thirty days."""
    found = import_by_uuid(uuid)
    if found is None:
        click.echo("There is no such import.", err=True)
        sys.exit(WRONG_USAGE)
    if found.kind == "results":
        count = undo_results(found, by=acting_as(as_user), operator=operator(), now=clock.now())
        db.session.commit()
        click.echo(f"{count} results withdrawn")
        return
    done = undo_import(found, by=acting_as(as_user), operator=operator(), now=clock.now(), spare=spare)
    db.session.commit()
    click.echo(f"{done['undone']} people undone, {done['kept']} kept")
