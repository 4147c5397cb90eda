"""Organisations: an identity that lives on, and periods that say what it was called and where it stood."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import PublicId, db, one_of

ORGANISATION_KINDS = (
    "province", "ward", "village", "school", "agency", "enterprise", "cooperative", "association", "club", "team",
    "other",
)


class Organisation(PublicId, db.Model):
    """The identity; `key` is chosen by people and never changes. Roles and records refer to it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    created_at: Mapped[datetime]


class OrganisationPeriod(db.Model):
    """Name, kind and parent of an organisation from a day on; `valid_to` is the first day it no longer held."""

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    folded_name: Mapped[str] = mapped_column(sa.String(200), index=True)
    kind: Mapped[str] = mapped_column(one_of("organisation_kind", *ORGANISATION_KINDS))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    decision: Mapped[str | None] = mapped_column(sa.String(200))

    __table_args__ = (
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ends_after_start"),
        sa.Index("uq_organisation_period_open", "organisation_id", unique=True,
                 sqlite_where=sa.text("valid_to IS NULL"), postgresql_where=sa.text("valid_to IS NULL")),
    )


class OrganisationSuccession(db.Model):
    """From `on`, the people and duties of one organisation are those of another (merge, split)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    to_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    on: Mapped[date]
    kind: Mapped[str] = mapped_column(one_of("succession_kind", "merge", "split"))


class OrganisationClosure(db.Model):
    """Today's tree, flat: one row for every organisation and each of its ancestors, itself included."""

    ancestor_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), primary_key=True)
    descendant_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), primary_key=True, index=True)
    depth: Mapped[int]
