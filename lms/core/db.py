"""The database: session, base class, column types, and the settings without which SQLite loses writes."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Set by the web layer for GET and HEAD: their transactions begin DEFERRED and never wait for a writer.
reading_only: ContextVar[bool] = ContextVar("reading_only", default=False)

SQLITE_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON",
    "temp_store=MEMORY", "cache_size=-16000", "mmap_size=134217728", "journal_size_limit=67108864",
)


class UTCDateTime(sa.TypeDecorator[datetime]):
    """An aware moment, stored in UTC. Refuses naive values, so that no zone is ever guessed."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Structured values: JSONB where there is one, text elsewhere.
Document = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """Base of all tables: named constraints (so that migrations can drop them on SQLite) and our column types."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime(), dict[str, Any]: Document, list[Any]: Document, UUID: sa.Uuid()},
    )


class ReadingSession(Session):
    """Reads PostgreSQL without BEGIN and ROLLBACK while `reading_only`: two round trips less for every page.

    Nothing is lost: under READ COMMITTED each statement sees its own moment anyway.
    """

    def get_bind(self, *arguments: Any, **options: Any) -> sa.Engine | sa.Connection:
        bind = super().get_bind(*arguments, **options)
        if isinstance(bind, sa.Engine) and bind.dialect.name == "postgresql" and reading_only.get():
            return _autocommitting(bind)
        return bind


@lru_cache(maxsize=8)
def _autocommitting(engine: sa.Engine) -> sa.Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


db = SQLAlchemy(model_class=Base, session_options={"class_": ReadingSession})


class PublicId:
    """Mixin: `uuid`, the name of a row in public links."""

    uuid: Mapped[UUID] = mapped_column(sa.Uuid(), default=uuid4, unique=True)


def one_of(name: str, *values: str, length: int = 32) -> sa.Enum:
    """A column type for a closed list of words, checked by the database too."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)


@contextmanager
def reading() -> Iterator[None]:
    """For slow work between two writes: what is read here holds no lock. Work that was not committed is undone first."""
    db.session.rollback()
    token = reading_only.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        reading_only.reset(token)


@contextmanager
def bare_reading() -> Iterator[sa.Connection]:
    """A connection for the one statement of a hot page. A session would cost as much again as the statement itself."""
    engine = _autocommitting(db.engine) if db.engine.dialect.name == "postgresql" else db.engine
    token = reading_only.set(True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        reading_only.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """For the rare GET that must write (a failed guess is counted): a transaction of its own, committed at the end."""
    db.session.rollback()
    token = reading_only.set(False)
    try:
        yield
        db.session.commit()
    finally:
        reading_only.reset(token)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # we issue BEGIN ourselves
        for pragma in SQLITE_PRAGMAS:
            connection.execute("PRAGMA " + pragma)


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        # Straight to the driver: this runs for every request.
        connection.connection.execute("BEGIN DEFERRED" if reading_only.get() else "BEGIN IMMEDIATE")
