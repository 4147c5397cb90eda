"""What a unit asks of the ward above it, and what was answered. Both are only ever added to."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.audit import append_only
from lms.core.db import PublicId, db, one_of
from lms.people.models.organisations import Organisation
from lms.people.models.persons import Person
from lms.people.models.roles import ROLES

PROPOSAL_KINDS = ("organisation", "role", "hand_over", "merge")
PROPOSAL_ANSWERS = ("accepted", "returned", "withdrawn")


@append_only
class Proposal(PublicId, db.Model):
    """Asked for, with a reason: a new organisation below `organisation`, a role there for `person`, the hand-over of a
    role from `other` to `person`, or that `other` is the same human as `person`.

    `document` holds what is not a row yet: name and kind of the organisation, the days of a deputy.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(one_of("proposal_kind", *PROPOSAL_KINDS))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id), index=True)
    other_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id), index=True)
    role: Mapped[str | None] = mapped_column(one_of("proposed_role", *ROLES))
    document: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(sa.String(500))
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    proposed_at: Mapped[datetime] = mapped_column(index=True)


@append_only
class ProposalEvent(db.Model):
    """The one answer to a proposal: accepted or returned from above, or withdrawn by its author."""

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey(Proposal.id), unique=True)
    kind: Mapped[str] = mapped_column(one_of("proposal_answer", *PROPOSAL_ANSWERS))
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id))
    at: Mapped[datetime]
