"""Persons, what they consented to, and the organisations they belong to."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import PublicId, db, one_of
from lms.people.models.organisations import Organisation

AUDIENCES = ("nguoi-dan", "hoc-sinh-sinh-vien", "can-bo", "nguoi-lao-dong")
FORMS_OF_ADDRESS = ("bac", "co", "chu", "anh", "chi", "ban")
# Sorted by code points whatever the database's language: core.vietnamese.name_key is made for that.
LONGEST_NAME_KEY = 1000
NameKey = sa.String(LONGEST_NAME_KEY).with_variant(sa.String(LONGEST_NAME_KEY, collation="C"), "postgresql")


class Person(PublicId, db.Model):
    """Anybody the installation knows, with or without phone, secret or account.

    `phone` is not unique: families share one. `personal_code` is printed and not secret. `secret_hash` is argon2id
    of the PIN or passphrase, None until the person has set one.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(sa.String(120))
    folded_name: Mapped[str] = mapped_column(sa.String(120), index=True)
    name_key: Mapped[str] = mapped_column(NameKey, index=True)
    birth_year: Mapped[int | None]
    birth_date: Mapped[date | None]
    audience: Mapped[str] = mapped_column(one_of("audience", *AUDIENCES))
    form_of_address: Mapped[str] = mapped_column(one_of("form_of_address", *FORMS_OF_ADDRESS), default="ban")
    phone: Mapped[str | None] = mapped_column(sa.String(15), index=True)
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    personal_code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    secret_hash: Mapped[str | None] = mapped_column(sa.String(160))
    secret_kind: Mapped[str | None] = mapped_column(one_of("secret_kind", "pin", "passphrase"))
    secret_set_at: Mapped[datetime | None]
    locale: Mapped[str] = mapped_column(sa.String(8), default="vi")
    text_size: Mapped[str] = mapped_column(one_of("text_size", "vua", "lon", "rat-lon"), default="vua")
    extra_time_percent: Mapped[int] = mapped_column(default=0)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        sa.CheckConstraint("length(full_name) > 0", name="has_name"),
        sa.CheckConstraint("extra_time_percent BETWEEN 0 AND 300", name="extra_time_in_range"),
    )


class Consent(db.Model):
    """That a person, or the guardian of a child, agreed to the text of this version, and when they took it back."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    version: Mapped[str] = mapped_column(sa.String(32))
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(one_of("consent_giver", "self", "guardian", "paper"))
    guardian_name: Mapped[str | None] = mapped_column(sa.String(120))
    guardian_relation: Mapped[str | None] = mapped_column(sa.String(60))
    withdrawn_at: Mapped[datetime | None]


class Membership(db.Model):
    """A person belongs to an organisation for a time; several at once are usual.

    Not `is_claimed`: a list laid it on somebody who was here already and who has not said yes. It gives nobody sight.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    position: Mapped[str | None] = mapped_column(sa.String(120))
    staff_code: Mapped[str | None] = mapped_column(sa.String(40))
    school_class: Mapped[str | None] = mapped_column(sa.String(40))
    is_claimed: Mapped[bool] = mapped_column(default=False)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    left_reason: Mapped[str | None] = mapped_column(sa.String(300))

    __table_args__ = (
        sa.Index("uq_membership_live", "person_id", "organisation_id", unique=True,
                 sqlite_where=sa.text("left_on IS NULL"), postgresql_where=sa.text("left_on IS NULL")),
    )
