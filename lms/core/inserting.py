"""Many rows made by one statement from rows that are there: INSERT … SELECT, which leaves out what already stands."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lms.core.db import db


def insert_missing(model: Any, values: dict[str, Any], rows: sa.Select[Any]) -> int:
    """Add a row of `model` for each of `rows`, with `values` (column name → expression); how many were added.

    A row that a unique index forbids, because somebody else made it at the same moment, is left out.
    """
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(model).from_select(list(values), rows.with_only_columns(*values.values())).on_conflict_do_nothing()
    result: Any = db.session.execute(statement.execution_options(preserve_rowcount=True))
    return int(result.rowcount)
