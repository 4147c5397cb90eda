"""What the body sets for its installation: its name, help number, issuer, signatory. Kept in the database."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import audit, clock
from lms.core.db import db

CACHED_FOR = timedelta(seconds=10)


class Setting(db.Model):
    """One value; the name is a field of Settings."""

    name: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    value: Mapped[dict[str, Any]]


class Settings(BaseModel):
    """Every setting with its default. Texts are shown to people as they stand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body_name: str = "Ủy ban nhân dân phường"        # issues certificates, signs pages
    body_short: str = "Phường"                       # beside the brand
    body_parent: str = ""                            # line above the body on papers
    serial_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")] = "BT"  # first part of serials; no page reads others
    help_phone: str = ""                             # the unit's help number; never a person's
    help_place: str = ""
    certificate_title: str = "Giấy xác nhận"
    certificate_place: str = ""                      # "Bến Thu", before the date on the paper
    signatory_name: str = ""
    signatory_title: str = ""
    decision_number: str = ""
    body_key: str = ""                               # key of the body's organisation; its level policies hold here
    content_version: int = 0                         # counts the loads of content that changed something
    content_loaded: str = ""                         # fingerprint of the files that were loaded last


_cache: tuple[datetime, Settings] | None = None
_last: Settings | None = None  # as last read, however long ago


def cached() -> Settings | None:
    """The settings without asking the database: None when they were never read, were forgotten or are too old."""
    return _cache[1] if _cache is not None and clock.now() - _cache[0] <= CACHED_FOR else None


def current() -> Settings:
    """The settings as they stand, at most ten seconds old. Raises DBAPIError while the database is away."""
    global _cache, _last
    known = cached()
    if known is not None:
        return known
    rows = db.session.execute(sa.select(Setting.name, Setting.value)).all()
    _last = Settings(**{name: value["value"] for name, value in rows if name in Settings.model_fields})
    _cache = (clock.now(), _last)
    return _last


def shown() -> Settings:
    """For a page that must be drawn even while the database is away: as they stand, else as last read, else the defaults.

    Ends a transaction that has broken, so nobody with work under way may ask here.
    """
    try:
        return current()
    except sa.exc.DBAPIError:
        db.session.rollback()
        return _last or Settings()


def forget() -> None:
    """Read the settings anew at the next call."""
    global _cache
    _cache = None


def change(*, now: datetime, actor_id: int | None = None, operator: str | None = None, **values: Any) -> Settings:
    """Set values by name; each change is in the audit log. Raises pydantic's ValidationError on a wrong one."""
    Settings(**{**current().model_dump(), **values})
    for name, value in values.items():
        row = db.session.get(Setting, name)
        old = row.value["value"] if row else None
        if row is None:
            db.session.add(Setting(name=name, value={"value": value}))
        else:
            row.value = {"value": value}
        if old != value:
            audit.record("setting.changed", now=now, actor_id=actor_id, operator=operator,
                         subject=f"setting:{name}", old=old, new=value)
    db.session.flush()
    forget()
    return current()
