"""Whether the installation can answer: the database is there and at the revision this code wants."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from lms.core.config import ROOT
from lms.core.db import db

MIGRATIONS = ROOT / "migrations"


@cache
def head_revision(folder: Path = MIGRATIONS) -> str | None:
    """The newest migration of this code."""
    return ScriptDirectory(str(folder)).get_current_head()


def knows_revision(revision: str) -> bool:
    """Whether this code has that migration; a newer one's are not known."""
    try:
        return ScriptDirectory(str(MIGRATIONS)).get_revision(revision) is not None
    except CommandError:
        return False


def database_revision() -> str | None:
    """The revision that the database is at; None when it was never migrated. Raises DBAPIError when it is away."""
    if not sa.inspect(db.session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision


def not_ready() -> str | None:
    """Why the installation cannot answer, in one plain line; None when it can."""
    try:
        revision = database_revision()
    except sa.exc.DBAPIError as fault:
        db.session.rollback()
        return f"database does not answer ({type(fault.orig).__name__})"
    if revision != head_revision():
        return f"database is at {revision or 'nothing'}, this version needs {head_revision()}: run lms db upgrade"
    return None
