"""The migrations: numbered, in one line, equal to the models, there and back on both databases, with rows in them."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from lms.core.db import db
from lms.operations.health import MIGRATIONS, head_revision
from tests.world import build_world

SCRIPTS = ScriptDirectory(str(MIGRATIONS))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture
def bare(app):
    """The application with a database that holds nothing at all, put back afterwards."""
    db.drop_all()
    db.session.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    db.session.commit()
    yield app
    db.session.remove()
    with db.engine.begin() as connection:
        found = sa.MetaData()
        found.reflect(connection)
        found.drop_all(connection)
    db.create_all()


def rows_of_every_table():
    """{table: rows, each {column: value}} of the tables that stand now, read as the database has them."""
    found = sa.MetaData()
    with db.engine.connect() as connection:
        found.reflect(connection)
        return {table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
                for table in found.sorted_tables if table.name != "alembic_version"}


def cut_to(kept, rows):
    """Of these rows the columns that stand in `kept`, in one order."""
    return {name: sorted(repr([row[column] for column in kept[name][0]]) for row in rows[name]) for name in kept}


def test_revisions_are_numbered_in_one_line_of_descent():
    assert [f"{n:04d}" for n in range(1, len(REVISIONS) + 1)] == REVISIONS
    assert SCRIPTS.get_heads() == [REVISIONS[-1]] == [head_revision()]
    names = [Path(SCRIPTS.get_revision(revision).path).name for revision in REVISIONS]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in names), names


def test_a_fresh_database_upgraded_equals_the_models(bare):
    upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_down_to_nothing_and_up_again(bare):
    upgrade()

    downgrade(revision="base")

    assert rows_of_every_table() == {}
    upgrade()
    assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == REVISIONS[-1]


@pytest.mark.heavy
def test_every_step_goes_down_and_up_with_rows_in_it(bare):
    upgrade()
    build_world()
    db.session.commit()
    db.session.remove()
    full = rows_of_every_table()
    assert all(full.values()), f"the world leaves empty: {[name for name, rows in full.items() if not rows]}"

    for revision in reversed(REVISIONS[:-1]):
        downgrade(revision=revision)
        kept = rows_of_every_table()
        assert cut_to(kept, kept) == cut_to(kept, full), f"down to {revision} changed rows"
        upgrade()
        again = rows_of_every_table()
        assert cut_to(kept, again) == cut_to(kept, kept), f"up from {revision} changed rows"
