"""The form in which a body wants its lists, and the columns that people have assigned by hand before."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import db
from lms.people.models import Organisation, Person


class RosterFormRow(db.Model):
    """An organisation's own form; it holds below it too, until somebody nearer sets one.

    `columns`: [{key, words}] in their order; `heading`: the lines above the table.
    """

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), primary_key=True)
    columns: Mapped[list[Any]]
    heading: Mapped[list[Any]] = mapped_column(default=list)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))


class RosterMapping(db.Model):
    """Which column holds what, as a person corrected it, for lists of an organisation with these header words."""

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), primary_key=True)
    header_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    columns: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
