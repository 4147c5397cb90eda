"""A backup from before a table and a column were dropped and others came: brought in as it was, then migrated."""

import shutil

import pytest
import sqlalchemy as sa

from lms.core.db import db
from lms.operations import backup, health
from tests.factories import NOW, make_person

PASSPHRASE = "mười hai con giáp"
MIGRATION = '''
"""{doc}"""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{revision}", "{before}"


def upgrade():
    {up}


def downgrade():
    {down}
'''
THEN = ['op.create_table("nickname", sa.Column("id", sa.Uuid(), primary_key=True), sa.Column("at", sa.DateTime(timezone=True)), '
        'sa.Column("word", sa.String(20)))',
        'op.add_column("person", sa.Column("lucky_number", sa.Integer()))']
SINCE = ['op.add_column("person", sa.Column("luck", sa.String(20), nullable=False, server_default="unknown"))',
         '''op.execute("UPDATE person SET luck = 'number ' || lucky_number WHERE lucky_number IS NOT NULL")''',
         'op.drop_table("nickname")', 'with op.batch_alter_table("person") as person: person.drop_column("lucky_number")']


@pytest.fixture
def bare(app, tmp_path, monkeypatch):
    """A database that holds nothing, and migrations of its own behind those of the repository."""
    folder = tmp_path / "migrations"
    shutil.copytree(health.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(health, "MIGRATIONS", folder)
    monkeypatch.setattr(app.extensions["migrate"].migrate, "directory", str(folder))
    empty()
    yield folder
    db.session.remove()
    empty()
    db.create_all()


def empty():
    db.session.remove()
    with db.engine.begin() as connection:
        found = sa.MetaData()
        found.reflect(connection)
        found.drop_all(connection)


def add_migration(folder, revision, before, up, down="pass"):
    text = MIGRATION.format(doc=revision, revision=revision, before=before, up="\n    ".join(up), down=down).lstrip()
    (folder / "versions" / f"{revision}_test.py").write_text(text, encoding="utf-8")


def lms(app, *command, **files):
    return app.test_cli_runner().invoke(args=[*map(str, command)], env={"LMS_BACKUP_PASSPHRASE_FILE": str(files["passphrase"])})


@pytest.fixture
def passphrase(tmp_path):
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE, encoding="utf-8")
    return path


@pytest.fixture
def old_backup(app, bare, tmp_path):
    """A backup made when there was a table and a column that have been dropped since."""
    head = health.head_revision()
    add_migration(bare, "then", head, THEN)
    assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    make_person("Trần Thị Lựu")
    db.session.execute(sa.text("UPDATE person SET lucky_number = 7"))
    db.session.execute(sa.insert(sa.table("nickname", sa.column("id", sa.Uuid()), sa.column("at"), sa.column("word"))),
                       [{"id": sa.Uuid().python_type(int=5), "at": NOW.replace(tzinfo=None), "word": "Lựu"}])
    db.session.commit()
    db.session.remove()
    path = tmp_path / "old.backup"
    backup.back_up(path, PASSPHRASE, config_file=None, now=NOW)
    db.session.remove()
    empty()
    return path


def counts():
    found = sa.MetaData()
    with db.engine.connect() as connection:
        found.reflect(connection)
        return {name: connection.scalar(sa.select(sa.func.count()).select_from(table)) for name, table in found.tables.items()}


def test_a_backup_from_before_a_table_and_a_column_were_dropped_comes_in_and_is_migrated(app, bare, old_backup, passphrase):
    add_migration(bare, "since", "then", SINCE)

    result = lms(app, "restore", old_backup, passphrase=passphrase)

    assert result.exit_code == 0, result.output + repr(result.exception)
    columns = {column["name"] for column in sa.inspect(db.engine).get_columns("person")}
    assert "lucky_number" not in columns
    assert not sa.inspect(db.engine).has_table("nickname")
    assert db.session.execute(sa.text("SELECT full_name, luck FROM person")).all() == [("Trần Thị Lựu", "number 7")]
    assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == "since"


def test_what_no_model_knows_comes_back_as_it_was(app, old_backup, passphrase):
    result = lms(app, "restore", old_backup, passphrase=passphrase)

    assert result.exit_code == 0, result.output + repr(result.exception)
    with db.engine.connect() as connection:
        (nickname,) = (table for table in backup.tables_of(connection) if table.name == "nickname")
        (row,) = connection.execute(sa.select(nickname))
    assert tuple(row) == (sa.Uuid().python_type(int=5), NOW, "Lựu")


def test_a_backup_of_a_newer_version_is_refused_before_anything_is_touched(app, bare, old_backup, passphrase):
    (bare / "versions" / "then_test.py").unlink()
    assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    make_person("Lê Văn Hùng")
    db.session.commit()
    db.session.remove()
    before = counts()

    result = lms(app, "restore", old_backup, "--replace", passphrase=passphrase)

    assert result.exit_code == 1
    assert "made by a newer version (revision then" in result.stderr
    assert counts() == before
