"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite; both in the transaction at hand.

What is written here passes no ORM listener and gets no Python-side default: every column is given.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from lms.core.db import db


def is_postgresql() -> bool:
    """Whether the database at hand is PostgreSQL."""
    return db.engine.dialect.name == "postgresql"


def without_compiling() -> None:
    """From here on PostgreSQL compiles no statement of this connection (JIT).

    With thousands of values a statement looks dear to the planner; to compile it would take ten times as long as to run it.
    """
    if is_postgresql():
        db.session.execute(sa.text("SET jit = off"))


def new_ids(model: Any, count: int) -> list[int]:
    """So many fresh primary keys of a table, so that rows that refer to one another can be written at once."""
    table: sa.Table = model.__table__
    if not count:
        return []
    if is_postgresql():
        sequence = sa.cast(sa.func.pg_get_serial_sequence(table.name, "id"), sa.Text).op("::")(sa.text("regclass"))
        once = sa.select(sequence).scalar_subquery()  # as a plain expression it would be looked up for every number
        numbers = sa.select(sa.func.nextval(once)).select_from(sa.func.generate_series(1, count))
        return sorted(db.session.scalars(numbers))
    # The transaction that writes is the only one on SQLite.
    last = db.session.scalar(sa.select(sa.func.max(table.c.id))) or 0
    return list(range(last + 1, last + 1 + count))


def insert_rows(model: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows given as tuples in the order of `columns` (attribute names are column names here); return how many."""
    table: sa.Table = model.__table__
    db.session.flush()
    connection = db.session.connection()
    processors = [table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for name in columns]
    names = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in columns)
    if is_postgresql():
        return _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", _bound(rows, processors))
    marks = ", ".join("?" * len(columns))
    with _unmapped(connection):
        bound = list(_bound(rows, processors))
        if bound:
            connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", bound)  # noqa: S608 – our own names
    return len(bound)


@contextmanager
def _unmapped(connection: sa.Connection) -> Iterator[None]:
    """Meanwhile SQLite reads the file into its own small cache, without mapping it.

    New rows land all over the indexes: of a mapped file nearly every page of them would come into memory and stay.
    """
    driver = connection.connection
    (mapped,) = driver.execute("PRAGMA mmap_size").fetchone() or (0,)
    driver.execute("PRAGMA mmap_size = 0").close()
    try:
        yield
    finally:
        driver.execute(f"PRAGMA mmap_size = {mapped}").close()


def _bound(rows: Iterable[Sequence[Any]], processors: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    busy = [(place, process) for place, process in enumerate(processors) if process]
    for row in rows:
        values = list(row)
        for place, process in busy:
            values[place] = process(values[place])
        yield tuple(values)


def _copy(connection: sa.Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
    count = 0
    try:
        with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
                count += 1
    except connection.dialect.loaded_dbapi.IntegrityError as fault:
        raise sa.exc.IntegrityError(statement, None, fault, hide_parameters=True) from fault
    return count


def among(column: Any, values: Collection[Any]) -> sa.ColumnElement[bool]:
    """`column IN values` with a single parameter, however many values there are: one statement for 1 or 20,000."""
    values = sorted(set(values))
    if is_postgresql():
        kind = sa.BigInteger if isinstance(column.type, sa.Integer) else sa.String
        return column == sa.any_(sa.literal(values, ARRAY(kind)))  # type: ignore[no-any-return]
    each = sa.func.json_each(json.dumps(values, ensure_ascii=False)).table_valued("value")
    return column.in_(sa.select(each.c.value))  # type: ignore[no-any-return]
