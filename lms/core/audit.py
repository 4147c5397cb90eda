"""The audit log: who did what to which record, when and why. Rows are only ever added."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import db


class AuditEvent(db.Model):
    """One thing that somebody did. `actor_id` is the person whose right was used, `operator` who really acted
    (a helper, `cli:<system user>`), when they differ."""

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    operator: Mapped[str | None] = mapped_column(sa.String(120))
    action: Mapped[str] = mapped_column(sa.String(64), index=True)
    subject: Mapped[str | None] = mapped_column(sa.String(160), index=True)
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    action: str, *, now: datetime, actor_id: int | None = None, operator: str | None = None,
    subject: str | None = None, organisation_id: int | None = None, **detail: Any,
) -> AuditEvent:
    """Add a line to the audit log, in the transaction of the thing it tells about.

    `action` is `<noun>.<verb in the past>` ("sign_in.refused"), `subject` is `<kind>:<uuid or key>`.
    Detail holds no secrets and no free text that a stranger typed.
    """
    line = AuditEvent(at=now, actor_id=actor_id, operator=operator, action=action, subject=subject,
                      organisation_id=organisation_id, detail=detail)
    db.session.add(line)
    return line


def refuse_change(_mapper: Any, _connection: Any, target: Any) -> None:
    """Listener for tables whose rows are decisions: they are added, never changed or removed."""
    raise RuntimeError(f"{type(target).__name__} rows are append-only")


def append_only(model: type[Any]) -> type[Any]:
    """Class decorator: the ORM refuses to update or delete rows of this table."""
    event.listen(model, "before_update", refuse_change)
    event.listen(model, "before_delete", refuse_change)
    return model


append_only(AuditEvent)
