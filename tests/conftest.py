"""One database per worker, emptied after each test; a client that inspects every page it fetches.

`--database postgresql` runs the same tests on PostgreSQL (LMS_TEST_POSTGRES_URL, default: the local server).
"""

import os
import secrets
import shutil
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings as hypothesis_settings

from tests.pages import PageClient

# A busy machine is no reason to fail.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

POSTGRES = os.environ.get("LMS_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


def pytest_addoption(parser):
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.addoption("--with-database-only", action="store_true",
                     help="leave out what touches no database: the run on the other one has it")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--with-database-only"):
        without = [item for item in items if "database_url" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in set(without)]


@contextmanager
def own_database(config, folder):
    """The address of an empty database of our own, dropped at the end."""
    if config.getoption("--database") == "sqlite":
        yield f"sqlite:///{folder / 'test.db'}"
        return
    name = f"lms_test_{os.getpid()}_{secrets.token_hex(3)}"
    server = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    yield sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    server.dispose()


@pytest.fixture(scope="session")
def database_url(request, tmp_path_factory):
    with own_database(request.config, tmp_path_factory.mktemp("db")) as url:
        yield url


@pytest.fixture(scope="session")
def shared_app(database_url, tmp_path_factory):
    from lms.app import create_app  # here, so that the guardrails run even when the app does not import
    from lms.core.db import db

    app = create_app({
        "TESTING": True, "SECRET_KEY": "k3-Wq8sZ" * 6, "SQLALCHEMY_DATABASE_URI": database_url, "LMS_MODE": "production",
        "LMS_INSTANCE": tmp_path_factory.mktemp("instance"), "LMS_BASE_URL": "https://hocso.benthu.example",
        "SERVER_NAME": None, "TRUSTED_HOSTS": None, "SESSION_COOKIE_SECURE": False, "SESSION_COOKIE_NAME": "phien",
    })
    with app.app_context():
        db.create_all()
        if db.engine.dialect.name == "sqlite":
            _copy_of(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


def _copy_of(engine):
    """An untouched copy beside the SQLite file, laid over it after each test."""
    path = Path(engine.url.database)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    shutil.copyfile(path, path.with_suffix(".empty"))


def _empty(engine):
    from lms.core.db import db

    if engine.dialect.name == "sqlite":
        engine.dispose()
        path = Path(engine.url.database)
        for suffix in (".db-wal", ".db-shm"):
            path.with_suffix(suffix).unlink(missing_ok=True)
        shutil.copyfile(path.with_suffix(".empty"), path)
        return
    with engine.begin() as connection:  # in one message: a message for each table takes longer than most tests
        tables = "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(db.metadata.sorted_tables))
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS alembic_version; {tables}")


@pytest.fixture
def app(shared_app, monkeypatch):
    """The application with an empty database, in an application context."""
    from lms.core import settings
    from lms.core.db import db
    from lms.web import ready_pages

    settings.forget()
    # A busy machine makes a test slow; what it counts must not depend on that.
    monkeypatch.setattr(settings, "CACHED_FOR", timedelta(hours=1))
    with shared_app.app_context():
        ready_pages.forget()
        yield shared_app
        db.session.remove()
        _empty(db.engine)


@pytest.fixture
def client(app):
    """A browser without a sign-in; every HTML answer is inspected (tests/pages.py)."""
    return PageClient(app)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A test may talk to this machine only."""
    import socket

    real = socket.socket.connect

    def connect(self, address):
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address}")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
