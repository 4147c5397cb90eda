"""Commands of credentials. They see every organisation and act as "cli" with the name of the system user."""

import getpass
import hashlib
import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from lms.certificates import queries, rounds, services
from lms.certificates.models import Credential
from lms.certificates.rules import current_state, parse_serial
from lms.certificates.services import paper
from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError

FAULTY, WRONG_USAGE, NOT_READY = 1, 2, 3
FORMATS = (".pdf", ".svg", ".png")
# The words of `credentials verify`: a replaced paper is no longer good for anybody who checks it.
VERIFY_STATUS = {"replaced": "revoked"}


def needs_database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Exit 3 with a sentence while the database is away or has no tables."""
    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (sa.exc.OperationalError, sa.exc.ProgrammingError) as fault:
            db.session.rollback()
            click.echo(f"Not ready: the database does not answer ({type(fault.orig).__name__}). Try lms doctor.", err=True)
            return sys.exit(NOT_READY)

    return guarded


@click.group()
def credentials() -> None:
    """Certificates: issue, list, export, check, revoke."""


@credentials.command("issue-due")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@with_appcontext
@needs_database
def issue_due(as_json: bool) -> None:
    """Issue what is confirmed and not yet on paper. Safe to run twice."""
    try:
        services.end_due(now=clock.now())
        db.session.commit()
        made = rounds.issue_due(now=clock.now(), operator=operator())
    except DomainError as refusal:
        db.session.rollback()
        refuse(refusal)
    show(made, as_json)


@credentials.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@with_appcontext
@needs_database
def list_all(as_json: bool) -> None:
    """Every credential, oldest first."""
    show(queries.every_certificate(), as_json)


@credentials.command("export")
@click.argument("serial")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
@needs_database
def export(serial: str, file: Path) -> None:
    """Write a credential to FILE: .pdf (the issued bytes), .svg or .png."""
    kind = file.suffix.lower()
    if kind not in FORMATS:
        click.echo(f"Cannot write {file.name}: the name must end in {', '.join(FORMATS)}.", err=True)
        sys.exit(WRONG_USAGE)
    credential = known_or_exit(serial)
    content = queries.file_of(credential).content if kind == ".pdf" else paper.draw(credential.issued, kind[1:])
    try:
        file.write_bytes(content)
    except OSError as fault:
        click.echo(f"Cannot write {file}: {fault.strerror}.", err=True)
        sys.exit(WRONG_USAGE)
    click.echo(f"{file}: {len(content)} bytes", err=True)


@credentials.command("verify")
@click.argument("what", metavar="FILE|SERIAL")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@with_appcontext
@needs_database
def verify(what: str, as_json: bool) -> None:
    """Check a credential by its serial, or a PDF against what was issued. Exit 0 only when valid and good."""
    document = examine(what)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        click.echo(f"{document['status']}: {document['serial'] or what}")
        for check in document["checks"]:
            click.echo(f"  {'ok' if check['ok'] else 'no':3}{check['check']}: {check['detail']}")
    sys.exit(0 if document["valid"] and document["status"] == "good" else FAULTY)


@credentials.command("revoke")
@click.argument("serial")
@click.option("--reason", required=True, help="Stands on the public page.")
@with_appcontext
@needs_database
def revoke(serial: str, reason: str) -> None:
    """Revoke a credential for good."""
    credential = known_or_exit(serial)
    if not 1 <= len(reason.strip()) <= 300:
        click.echo("--reason needs 1 to 300 characters.", err=True)
        sys.exit(WRONG_USAGE)
    try:
        services.revoke(credential, actor=None, reason=reason.strip(), now=clock.now(), operator=operator())
    except DomainError as refusal:
        refuse(refusal)
    db.session.commit()
    click.echo(f"revoked: {credential.serial}", err=True)


def examine(what: str) -> dict[str, Any]:
    """The document of `credentials verify`. A name of a file that is there is a file, anything else a serial."""
    path = Path(what)
    if path.is_file():
        content_hash = hashlib.sha256(path.read_bytes()).hexdigest()
        credential = queries.certificate_by_hash(content_hash)
        first = {"check": "issued_file", "ok": credential is not None,
                 "detail": "these are the bytes that were issued" if credential else "no such file was issued here"}
    else:
        credential = find(what)
        first = {"check": "serial", "ok": credential is not None,
                 "detail": "stands in the register" if credential else "does not stand in the register"}
    if credential is None:
        return {"valid": False, "status": "unknown", "serial": None, "recipient": None, "achievement": None,
                "issuer": None, "checks": [first]}
    stored = queries.file_of(credential)
    whole = hashlib.sha256(stored.content).hexdigest() == stored.sha256
    state = current_state(credential.state, credential.valid_until, now=clock.now())
    checks = [first, {"check": "stored_file", "ok": whole, "detail": f"sha256 {stored.sha256}"},
              {"check": "state", "ok": state == "good", "detail": state}]
    return {"valid": whole, "status": VERIFY_STATUS.get(state, state), "serial": credential.serial,
            **words(credential), "issuer": credential.issued["issuer"], "checks": checks}


def words(credential: Credential) -> dict[str, str]:
    """Who and for what, as printed."""
    return {"recipient": credential.issued["recipient"], "achievement": credential.issued["achievement"]}


def show(found: Any, as_json: bool) -> None:
    """The credentials for a program or for a person."""
    rows = [{"serial": c.serial, **words(c), "status": current_state(c.state, c.valid_until, now=clock.now())} for c in found]
    if as_json:
        click.echo(json.dumps({"credentials": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['serial']}  {row['status']:10}{row['recipient']}: {row['achievement']}")
    click.echo(f"{len(rows)} credentials", err=True)


def find(serial: str) -> Credential | None:
    """The credential of this serial, however it was typed."""
    try:
        return queries.certificate_by_serial(parse_serial(serial))
    except DomainError:
        return None


def known_or_exit(serial: str) -> Credential:
    """The credential of this serial, or exit 1."""
    credential = find(serial)
    if credential is None:
        click.echo(f"No credential has the serial {serial}.", err=True)
        sys.exit(FAULTY)
    return credential


def refuse(refusal: DomainError) -> None:
    """Say which rule said no, and exit 1."""
    params = "".join(f", {name} {value}" for name, value in refusal.params.items())
    click.echo(f"Refused: {refusal.code}{params}.", err=True)
    sys.exit(FAULTY)


def operator() -> str:
    """Who runs this command, for the audit log."""
    return f"cli:{getpass.getuser()}"


COMMANDS: list[click.Command] = [credentials]
