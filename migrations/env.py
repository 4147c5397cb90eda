"""Runs the migrations on the application's database (Flask-Migrate calls this)."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from lms.core.db import UTCDateTime, db

database = current_app.extensions["migrate"].db


def render_item(kind: str, thing: Any, autogenerate: Any) -> str | bool:
    """Migrations name plain column types, so that they stay as they are when our own types change."""
    if kind == "type" and isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, sa.JSON):
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def rebuild_freely(connection: Any) -> None:
    """SQLite rebuilds tables to change them; with foreign keys on, dropping the old one would remove rows elsewhere."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def run() -> None:
    arguments = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        rebuild_freely(connection)
        context.configure(connection=connection, target_metadata=db.metadata,
                          render_item=render_item, **arguments)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.rollback()


run()
