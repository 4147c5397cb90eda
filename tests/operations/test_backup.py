import pytest
import sqlalchemy as sa

from lms.core import audit, settings
from lms.core.db import db
from lms.operations import backup
from lms.operations.sealed_file import Unreadable
from tests.factories import NOW
from tests.world import build_world

PASSPHRASE = "mười hai con giáp"


def rows():
    """Every row of every table, as our types read them."""
    with db.engine.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(sa.select(table)))) for table in db.metadata.sorted_tables}


def empty():
    with db.engine.begin() as connection:
        for table in reversed(db.metadata.sorted_tables):
            connection.execute(sa.delete(table))


@pytest.fixture
def full(app, tmp_path):
    """A database with a row in every table, and the backup made of it."""
    build_world()
    return backed_up(tmp_path)


@pytest.fixture
def small(app, tmp_path):
    """A database with one line in the audit log, and the backup made of it."""
    audit.record("test.done", now=NOW)
    return backed_up(tmp_path)


def backed_up(tmp_path):
    db.session.commit()
    db.session.execute(sa.text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
    db.session.execute(sa.text("DELETE FROM alembic_version"))
    db.session.execute(sa.text("INSERT INTO alembic_version VALUES ('0006')"))
    db.session.commit()
    db.session.remove()
    path = tmp_path / "ward.backup"
    manifest = backup.back_up(path, PASSPHRASE, config_file=None, now=NOW)
    db.session.remove()
    return path, manifest


def test_what_is_backed_up_comes_back_row_by_row(full):
    path, manifest = full
    before = rows()
    assert {name: table["rows"] for name, table in manifest["tables"].items()} == {n: len(r) for n, r in before.items()}
    empty()

    told, config = backup.restore(path, PASSPHRASE)

    assert rows() == before
    assert told == manifest
    assert config is None
    settings.forget()
    assert settings.current().body_short == "Phường Bến Thu"


def test_ids_go_on_behind_the_restored_ones(small):
    path, _ = small
    empty()
    backup.restore(path, PASSPHRASE)

    highest = db.session.scalar(sa.select(sa.func.max(audit.AuditEvent.id)))
    line = audit.record("test.done", now=NOW)
    db.session.flush()

    assert line.id == highest + 1


def test_a_damaged_backup_leaves_the_database_empty(small):
    path, _ = small
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    empty()

    with pytest.raises(Unreadable):
        backup.restore(path, PASSPHRASE)

    assert not any(rows().values())
