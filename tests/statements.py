"""Counts the statements that a block of code sends to the database."""

from contextlib import contextmanager

from sqlalchemy import event

from lms.core.db import db


@contextmanager
def counted():
    """`with counted() as sent:` then `len(sent)`; each entry is the SQL text. BEGIN and PRAGMA do not count."""
    sent = []

    def remember(_connection, _cursor, statement, _parameters, _context, _many):
        if not statement.upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", remember)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", remember)
