"""The paper of an attempt: its questions in order, pinned by version. It never changes, so it is kept in memory.

A question page and an autosave read no item from the database when the process has seen the paper before.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.assessment.models import Assessment, Attempt, AttemptItem, ItemVersion
from lms.core.db import db
from lms.core.recent import Recent


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One question as it stands on this paper. Has what marking needs of an item version."""

    position: int
    id: int                  # of the item version
    type: str
    skill_ref: str
    group_ref: str
    document: dict[str, Any]
    seed: int


@dataclass(frozen=True, slots=True)
class Paper:
    """The questions of one attempt at the assessment `key`, positions 1..n without gaps."""

    key: str
    items: tuple[PaperItem, ...]

    def at(self, position: int) -> PaperItem | None:
        """The question at this position, or None where the paper has none."""
        return self.items[position - 1] if 1 <= position <= len(self.items) else None


_papers: Recent[UUID, Paper] = Recent(2000)
_documents: Recent[tuple[int, str], dict[str, Any]] = Recent(2000)  # by id and hash of the version

_ITEMS = (
    sa.select(Assessment.key, AttemptItem.position, AttemptItem.seed, ItemVersion.id, ItemVersion.hash, ItemVersion.type,
              ItemVersion.skill_ref, ItemVersion.group_ref)
    .join(Attempt, Attempt.id == AttemptItem.attempt_id).join(Assessment, Assessment.id == Attempt.assessment_id)
    .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
    .where(Attempt.uuid == sa.bindparam("uuid", type_=Attempt.uuid.type)).order_by(AttemptItem.position)
)


def paper_of(uuid: UUID, connection: sa.Connection | None = None) -> Paper | None:
    """The paper of this attempt, or None when there is no such attempt; read by `connection` where one is given.

    Says nothing about whose it is: whoever shows or saves anything checks the owner in a statement of its own.
    """
    paper = _papers.get(uuid)
    if paper is None:
        connection = connection or db.session.connection()
        rows = connection.execute(_ITEMS, {"uuid": uuid}).all()
        if not rows:
            return None
        documents = _documents_of({row.id: row.hash for row in rows}, connection)
        paper = Paper(rows[0].key, tuple(
            PaperItem(row.position, row.id, row.type, row.skill_ref, row.group_ref, documents[row.id], row.seed)
            for row in rows))
        _papers.put(uuid, paper)
    return paper


def _documents_of(versions: dict[int, str], connection: sa.Connection) -> dict[int, dict[str, Any]]:
    known = {ident: _documents.get((ident, digest)) for ident, digest in versions.items()}
    missing = [ident for ident, document in known.items() if document is None]
    if missing:
        rows = connection.execute(sa.select(ItemVersion.id, ItemVersion.document).where(ItemVersion.id.in_(missing)))
        for ident, document in rows:
            known[ident] = document
            _documents.put((ident, versions[ident]), document)
    return {ident: document for ident, document in known.items() if document is not None}
