"""Issuing to many, for pages, commands and the job: a few papers are drawn while nobody waits, then written in a moment.

Drawing takes a hundred times as long as writing, and SQLite has one writer: learners who are answering must not wait.
A round is whole or not there. A worker killed anywhere leaves nothing to mend; the next run finds what is still due.
"""

from collections.abc import Collection
from datetime import datetime

from lms.certificates import services
from lms.certificates.models import Credential
from lms.core.db import db, reading

A_ROUND = 10
TRIES = 5


def issue_due(
    *, now: datetime, organisation_ids: Collection[int] | None = None, actor_id: int | None = None,
    operator: str | None = None,
) -> list[Credential]:
    """Issue all that is confirmed and not yet on paper, or that of these organisations; return the new papers.

    Commits after each round, so it begins with what was not committed before being undone. Safe to run twice and side
    by side. Raises DomainError `credential.address_not_public`.
    """
    made: list[Credential] = []
    after = tries = 0
    while True:
        with reading():
            drawn, last = services.draw_due(now=now, limit=A_ROUND, after=after, organisation_ids=organisation_ids)
        if not drawn:
            return made
        issued = services.issue_drawn(drawn, now=now, actor_id=actor_id, operator=operator)
        db.session.commit()
        made += issued
        tries += 1
        if len(issued) == len(drawn) or tries == TRIES:  # else somebody was faster: what is left is drawn anew
            after, tries = last, 0
