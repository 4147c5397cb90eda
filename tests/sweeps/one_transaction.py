"""An engine whose whole life is one transaction that is never committed.

What the application commits becomes part of it; what it rolls back is taken back; `mark()` and `back()` put everything
back to a moment within a millisecond, on both databases. So thousands of requests can each meet the same world.
"""

import re
import sqlite3

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import StaticPool

WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE)\b")
SAVEPOINT = "one_step"  # one for each transaction that the application believes to have begun
MARK = "the_mark"


class Joining(sqlite3.Connection):
    """A SQLite connection on which a transaction runs already when lms.core.db says BEGIN."""

    def execute(self, statement, *parameters):
        return super().execute("SELECT 1" if statement.startswith("BEGIN") else statement, *parameters)


class OneTransaction:
    """`engine` stands in for the application's; `wrote` says whether anything tried to write since it was last set."""

    def __init__(self, url):
        is_sqlite = str(url).startswith("sqlite")
        options = {"connect_args": {"factory": Joining}} if is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self.engine = sa.create_engine(url, poolclass=StaticPool, pool_reset_on_return=None, **options)
        self.raw = self.engine.raw_connection()
        self._say("BEGIN")
        self.depth, self.wrote = 0, False
        event.listen(self.engine, "before_cursor_execute", self._watch)
        dialect = self.engine.dialect
        dialect.do_begin, dialect.do_commit, dialect.do_rollback = self._begin, self._commit, self._rollback
        dialect.set_isolation_level = dialect.reset_isolation_level = lambda *_: None  # reads need none of their own here

    def mark(self):
        """`back()` leads here."""
        assert self.depth == 0, "a transaction is open"
        self._say(f"SAVEPOINT {MARK}")
        self.wrote = False

    def back(self):
        """Everything since `mark()` never happened."""
        self.depth, self.wrote = 0, False
        self._say(f"ROLLBACK TO SAVEPOINT {MARK}")

    def end(self):
        """Nothing of it ever happened."""
        self._say("ROLLBACK")
        self.raw.close()
        self.engine.dispose()

    def rows(self, *, but=()):
        """{table: its rows, sorted} as they stand now, without the tables named in `but`."""
        cursor = self.raw.cursor()
        found = {}
        for name in sa.inspect(self.engine).get_table_names():
            if name not in but:
                cursor.execute(f'SELECT * FROM "{name}"')
                found[name] = sorted(map(repr, cursor.fetchall()))
        cursor.close()
        return found

    def _say(self, statement):
        cursor = self.raw.cursor()
        cursor.execute(statement)
        cursor.close()

    def _watch(self, _connection, _cursor, statement, _parameters, _context, _many):
        self.wrote = self.wrote or bool(WRITES.search(statement))

    def _begin(self, _connection):
        self._say(f"SAVEPOINT {SAVEPOINT}")
        self.depth += 1

    def _commit(self, _connection):
        if self.depth:
            self._say(f"RELEASE SAVEPOINT {SAVEPOINT}")
            self.depth -= 1

    def _rollback(self, _connection):
        if self.depth:
            self._say(f"ROLLBACK TO SAVEPOINT {SAVEPOINT}")
            self._say(f"RELEASE SAVEPOINT {SAVEPOINT}")
            self.depth -= 1
