"""Commands that run the installation: serve, jobs, db check, doctor, backup, restore, bench."""

import getpass
import json
import os
import sys
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from flask_migrate.cli import db as db_group
from pydantic import ValidationError

from lms.core import clock, settings
from lms.core.db import db, reading_only
from lms.operations import backup, doctor, jobs, serving
from lms.operations.bench import cli as bench_cli
from lms.operations.health import database_revision, head_revision, knows_revision, not_ready
from lms.operations.sealed_file import Unreadable

NOT_READY = 3


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 answers the whole network.")
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--workers", default=2, show_default=True, type=int, help="Web processes; 0: one process with threads.")
@click.option("--jobs/--no-jobs", "with_jobs", default=True, help="Run the background worker as well.")
@with_appcontext
def serve(host: str, port: int, workers: int, with_jobs: bool) -> None:
    """Serve the site; stops gracefully on SIGTERM."""
    stop_when_not_ready()
    db.session.remove()
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0") else host  # noqa: S104 – compared, not bound
    click.echo(f"Bình dân LMS: http://{shown}:{port}  (Ctrl+C dừng)", err=True)
    serving.serve(current_app._get_current_object(), host=host, port=port, workers=workers, with_jobs=with_jobs)  # type: ignore[attr-defined]


@click.group(name="jobs")
def jobs_group() -> None:
    """Background work."""


@jobs_group.command("work")
@with_appcontext
def jobs_work() -> None:
    """Run the background worker until it is told to stop."""
    stop_when_not_ready()
    jobs.work(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("check")
@with_appcontext
def db_check() -> None:
    """Fail when the database is not at the revision that this version needs."""
    stop_when_not_ready()
    click.echo(f"at head: {database_revision()}")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@with_appcontext
def doctor_command(as_json: bool) -> None:
    """Look over the installation and say how to mend what is wrong."""
    findings = doctor.examine(current_app._get_current_object())  # type: ignore[attr-defined]
    document = doctor.as_document(findings)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        for found in findings:
            mend = f"  → {found.mend}" if found.mend else ""
            click.echo(f"{found.level:8}{found.check:24}{found.detail}{mend}")
    sys.exit(0 if document["ok"] else NOT_READY)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keep", type=int, help="Afterwards keep only so many backups (*.backup) in that folder.")
@with_appcontext
def backup_command(file: Path, passphrase_file: Path | None, keep: int | None) -> None:
    """The whole installation into one sealed FILE. FILE may hold {date}."""
    stop_when_not_ready()
    moment = clock.now()
    file = Path(str(file).format(date=moment.astimezone(clock.WARD_ZONE).strftime("%Y-%m-%d-%H%M")))
    file.parent.mkdir(parents=True, exist_ok=True)
    reading_only.set(True)  # a backup waits for nobody who writes
    manifest = backup.back_up(file, read_passphrase(passphrase_file), config_file=config_file(), now=moment)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    click.echo(f"{file}: {rows} rows in {len(manifest['tables'])} tables")
    if keep:
        for old in sorted(file.parent.glob("*.backup"), key=lambda p: p.stat().st_mtime)[:-keep]:
            old.unlink()


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Empty the database first (after a failed update).")
@with_appcontext
def restore_command(file: Path, passphrase_file: Path | None, replace: bool) -> None:
    """Fill an empty installation from a backup; then bring it to this version."""
    passphrase = read_passphrase(passphrase_file)
    try:
        revision = backup.revision_of(file, passphrase)
        prepare_empty_database(revision, replace=replace)
        manifest, config = backup.restore(file, passphrase)
    except Unreadable as fault:
        click.echo(f"Cannot restore: {fault}.", err=True)
        sys.exit(2)
    upgrade()
    settings.forget()
    target = config_file()
    if config and target and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(config)
        target.chmod(0o600)
        click.echo(f"{target.name}: taken from the backup")
    rows = sum(table["rows"] for table in manifest["tables"].values())
    click.echo(f"{rows} rows in {len(manifest['tables'])} tables, made at {manifest['made_at']}")


def prepare_empty_database(revision: str, *, replace: bool) -> None:
    """A database at the backup's revision with no row in it; refuses one that holds people, unless told to replace, and
    a backup whose revision this version does not know."""
    if not knows_revision(revision):
        click.echo(f"This backup was made by a newer version (revision {revision}; this one knows up to {head_revision()}). "
                   "Unpack that version, or a later one, and restore with it. Nothing was changed.", err=True)
        sys.exit(1)
    if database_revision() is not None:
        holds = db.session.execute(sa.text("SELECT 1 FROM person LIMIT 1")).first()
        if holds and not replace:
            click.echo("This database holds people. Restore into an empty installation, or say --replace.", err=True)
            sys.exit(1)
    db.session.rollback()
    with db.engine.begin() as connection:
        reflected = sa.MetaData()
        reflected.reflect(connection)
        reflected.drop_all(connection)
    upgrade(revision=revision)


@click.command("settings")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@with_appcontext
def settings_command(values: tuple[str, ...], as_json: bool) -> None:
    """Show what the body has set, or set it: lms settings help_phone=02363000000."""
    stop_when_not_ready()
    changes = dict(value.partition("=")[::2] for value in values)
    unknown = changes.keys() - settings.Settings.model_fields.keys()
    if unknown:
        click.echo(f"No such setting: {', '.join(sorted(unknown))}.", err=True)
        sys.exit(2)
    if changes:
        try:
            settings.change(now=clock.now(), operator=operator(), **changes)
        except ValidationError as fault:
            for one in fault.errors():
                click.echo(f"{one['loc'][0]}: {one['msg']}", err=True)
            sys.exit(1)
        db.session.commit()
    document = settings.current().model_dump()
    for name, value in {} if as_json else document.items():
        click.echo(f"{name}={value}")
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))


def operator() -> str:
    """Who runs this command, for the audit log."""
    return f"cli:{getpass.getuser()}"


def read_passphrase(path: Path | None) -> str:
    """From the file, from LMS_BACKUP_PASSPHRASE_FILE, or typed."""
    path = path or (Path(named) if (named := os.environ.get("LMS_BACKUP_PASSPHRASE_FILE")) else None)
    text = path.read_text(encoding="utf-8").strip() if path else click.prompt("Passphrase", hide_input=True, err=True)
    if len(text) < 12:
        click.echo("The passphrase is too short: at least 12 characters.", err=True)
        sys.exit(2)
    return str(text)


def config_file() -> Path | None:
    """The file that holds the secrets of this installation."""
    named = os.environ.get("LMS_CONFIG")
    if current_app.config["LMS_MODE"] == "demo" and not named:
        return None
    return Path(named) if named else Path(current_app.config["LMS_INSTANCE"]) / "lms.env"


def stop_when_not_ready() -> None:
    """Exit 3 with the reason while the database is away or behind."""
    reason = not_ready()
    db.session.rollback()  # asking began a transaction, and SQLite has one writer
    if reason:
        click.echo(f"Not ready: {reason}.", err=True)
        sys.exit(NOT_READY)


db_group.add_command(db_check, "check")
COMMANDS: list[click.Command] = [
    serve, jobs_group, doctor_command, backup_command, restore_command, settings_command, *bench_cli.COMMANDS]
