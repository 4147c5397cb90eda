"""Browser sessions and activation slips. Both keep hashes of their codes, never the codes."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import PublicId, db, one_of
from lms.people.models.persons import Person


class SignIn(PublicId, db.Model):
    """One person signed in on one browser. Ending the row ends the session at the next request."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    device: Mapped[str] = mapped_column(sa.String(80), default="")
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(
        one_of("sign_in_end", "signed_out", "secret_changed", "replaced", "role_changed", "person_ended", "by_helper"))


class ActivationCode(PublicId, db.Model):
    """The code on a slip: ten characters, single use, for thirty days. A newer slip makes the older ones void.

    The code follows from `uuid` and the application's secret (core.sealing); the row keeps its keyed hash. Slips of
    one `batch` were made together and are printed together.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[str] = mapped_column(one_of("activation_purpose", "activate", "reset"))
    batch: Mapped[UUID] = mapped_column(index=True)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]
