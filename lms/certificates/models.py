"""Credentials: what was issued, in which words, and what befell it later."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from lms.assessment.models.confirmations import Confirmation
from lms.core.audit import append_only
from lms.core.db import PublicId, db, one_of
from lms.people.models import Organisation, Person

KINDS = ("certificate",)
STATES = ("good", "suspended", "revoked", "replaced", "expired")
EVENT_KINDS = ("issued", "suspended", "reinstated", "revoked", "replaced", "expired")
# What a credential is after each kind of event.
STATE_AFTER = {kind: kind for kind in EVENT_KINDS} | {"issued": "good", "reinstated": "good"}


class IssuerCounter(db.Model):
    """The last running number given under a prefix in a year. The row is locked while a number is taken."""

    prefix: Mapped[str] = mapped_column(sa.String(4), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int]


class Credential(PublicId, db.Model):
    """What the body says to the world about one confirmation. `issued` holds every word as it was printed.

    `state` and `state_at` are the fold of the events, kept here so that checking a paper costs one statement; an
    expiry by date is read from `valid_until` (rules.current_state). `access_token_hash` is of the holder's secret link.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    confirmation_id: Mapped[int] = mapped_column(sa.ForeignKey(Confirmation.id), index=True)
    kind: Mapped[str] = mapped_column(one_of("credential_kind", *KINDS))
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("credential.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    prefix: Mapped[str] = mapped_column(sa.String(4))
    year: Mapped[int]
    number: Mapped[int]
    serial: Mapped[str] = mapped_column(sa.String(32), unique=True)
    folded_recipient: Mapped[str] = mapped_column(sa.String(120), index=True)
    issued: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(one_of("credential_state", *STATES))
    state_at: Mapped[datetime]
    access_token_hash: Mapped[str | None] = mapped_column(sa.String(64))

    __table_args__ = (
        sa.UniqueConstraint("prefix", "year", "number"),
        sa.UniqueConstraint("confirmation_id", "kind", "replaces_id"),
        # NULLs are distinct in the constraint above; this one keeps the first paper of a confirmation single.
        sa.Index("uq_credential_first", "confirmation_id", "kind", unique=True,
                 sqlite_where=sa.text("replaces_id IS NULL"), postgresql_where=sa.text("replaces_id IS NULL")),
    )


@append_only
class CredentialEvent(db.Model):
    """What befell a credential. `reason` and `decision` stand on the public page."""

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(sa.ForeignKey(Credential.id), index=True)
    kind: Mapped[str] = mapped_column(one_of("credential_event_kind", *EVENT_KINDS))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    decision: Mapped[str | None] = mapped_column(sa.String(160))


@append_only
class CredentialFile(db.Model):
    """The bytes that were issued, kept as they were."""

    credential_id: Mapped[int] = mapped_column(sa.ForeignKey(Credential.id), primary_key=True)
    media_type: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)


MAY_CHANGE = {"state", "state_at", "access_token_hash"}


@event.listens_for(Credential, "before_update")
def _keep_what_was_issued(_mapper: Any, _connection: Any, target: Credential) -> None:
    state: Any = sa.inspect(target)
    changed = {attribute.key for attribute in state.attrs if attribute.history.has_changes()}
    if changed - MAY_CHANGE:
        raise RuntimeError(f"an issued credential does not change: {sorted(changed - MAY_CHANGE)}")
