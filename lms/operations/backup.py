"""The whole installation in one sealed file, and back: every table, the configuration with its secrets.

The rows are written as JSON lines, table by table in one consistent snapshot, so that a backup of SQLite restores
into PostgreSQL and the other way round, and an old one into a newer version (docs/decisions/0004). Tables and columns
are those that the database has, not those of today's models: an old backup holds what has been dropped since.
"""

import base64
import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms import __version__
from lms.core.db import Document, UTCDateTime, db
from lms.operations.health import database_revision
from lms.operations.sealed_file import SealedReader, SealedWriter, Unreadable

FORMAT = 1
ROWS_AT_ONCE = 500
IN_MEMORY = 16 * 1024 * 1024  # bytes of a table kept in memory before they go to a temporary file
SQLITE_UUID = 32  # characters; nothing else of ours is CHAR
LINES = "tables/{}.jsonl"


def back_up(path: Path, passphrase: str, *, config_file: Path | None, now: datetime) -> dict[str, Any]:
    """Write the installation to `path`; returns the manifest (counts and hashes by table)."""
    with SealedWriter(path, passphrase) as sealed:
        with tarfile.open(fileobj=sealed, mode="w|gz") as archive:
            manifest: dict[str, Any] = {
                "format": FORMAT, "version": __version__, "revision": database_revision(),
                "made_at": now.isoformat(), "tables": {},
            }
            db.session.rollback()  # asking began a transaction, and SQLite has one writer
            with db.engine.connect().execution_options(**_snapshot()) as connection:
                for table in tables_of(connection):
                    manifest["tables"][table.name] = _add_table(archive, connection, table)
            if config_file and config_file.is_file():
                _add(archive, "lms.env", config_file.read_bytes())
            _add(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
        sealed.finish()
    return manifest


def restore(path: Path, passphrase: str) -> tuple[dict[str, Any], bytes | None]:
    """Fill the empty database from a backup; returns its manifest and the configuration file kept in it.

    The database must be migrated to the backup's revision and hold no rows. Everything is one transaction: it is all
    there afterwards, or nothing is. Raises Unreadable on a wrong passphrase, a damaged file, a count that differs or a
    table or column that this revision does not have.
    """
    config: bytes | None = None
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    with db.engine.begin() as connection, tarfile.open(fileobj=SealedReader(path, passphrase), mode="r|gz") as archive:
        tables = {table.name: table for table in tables_of(connection)}
        for member in archive:
            data = archive.extractfile(member)
            assert data is not None
            if member.name == "manifest.json":
                manifest = json.loads(data.read())
            elif member.name == "lms.env":
                config = data.read()
            else:
                name = member.name.removeprefix("tables/").removesuffix(".jsonl")
                if name not in tables:
                    raise Unreadable(f"it holds the table {name}, which its own revision does not have")
                found[name] = _load_table(connection, tables[name], data)
        if manifest is None or manifest["tables"] != found:
            raise Unreadable("the counts in the file do not agree with its rows")
        _move_sequences(connection, tables.values())
    return manifest, config


def revision_of(path: Path, passphrase: str) -> str:
    """The migration that the backup was made at; reads the whole file and so proves it sound."""
    with tarfile.open(fileobj=SealedReader(path, passphrase), mode="r|gz") as archive:
        for member in archive:
            if member.name == "manifest.json":
                data = archive.extractfile(member)
                assert data is not None
                return str(json.loads(data.read())["revision"])
    raise Unreadable("the file holds no manifest")


def tables_of(connection: sa.Connection) -> list[sa.Table]:
    """The tables as the database has them, those that others refer to first, with types that know our values."""
    reflected = sa.MetaData()
    reflected.reflect(connection, only=lambda name, _: name != "alembic_version")
    for table in reflected.sorted_tables:
        for column in table.columns:
            column.type = _our_type(column.type)
    return reflected.sorted_tables


def _our_type(found: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    if isinstance(found, sa.DateTime):
        return UTCDateTime()
    if isinstance(found, sa.JSON):
        return Document
    if isinstance(found, sa.CHAR) and found.length == SQLITE_UUID:
        return sa.Uuid()
    return found


def _snapshot() -> dict[str, Any]:
    return {"isolation_level": "REPEATABLE READ"} if db.engine.dialect.name == "postgresql" else {}


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def _add_table(archive: tarfile.TarFile, connection: sa.Connection, table: sa.Table) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as lines:
        for row in _rows(connection, table):
            line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            lines.write(line)
            count += 1
        member = tarfile.TarInfo(LINES.format(table.name))
        member.size = lines.tell()
        lines.seek(0)
        archive.addfile(member, lines)
    return {"rows": count, "sha256": digest.hexdigest()}


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    query = sa.select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query).mappings():
        yield {name: _plain(value) for name, value in row.items()}


def _load_table(connection: sa.Connection, table: sa.Table, data: Any) -> dict[str, Any]:
    digest, count, batch = hashlib.sha256(), 0, []
    for line in data:
        digest.update(line)
        count += 1
        row = json.loads(line)
        if not row.keys() <= set(table.columns.keys()):
            raise Unreadable(f"it holds columns of {table.name} that its own revision does not have")
        batch.append({name: _typed(table.c[name], value) for name, value in row.items()})
        if len(batch) == ROWS_AT_ONCE:
            connection.execute(table.insert(), batch)
            batch = []
    if batch:
        connection.execute(table.insert(), batch)
    return {"rows": count, "sha256": digest.hexdigest()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, UTCDateTime):
        return datetime.fromisoformat(value)
    kind = column.type.python_type
    if kind is date:
        return date.fromisoformat(value)
    if kind is UUID:
        return UUID(value)
    if kind is bytes:
        return base64.b64decode(value)
    return value


def _move_sequences(connection: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """After rows came with their ids, PostgreSQL's counters must go on behind them."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        key = next(iter(table.primary_key.columns), None)
        if key is not None and key.autoincrement is not False and isinstance(key.type, sa.Integer):
            connection.execute(sa.text(
                f"SELECT setval(s, (SELECT coalesce(max({key.name}), 0) + 1 FROM {table.name}), false) "  # noqa: S608 – our own names
                f"FROM (SELECT pg_get_serial_sequence('{table.name}', '{key.name}') AS s) AS x WHERE s IS NOT NULL"))
