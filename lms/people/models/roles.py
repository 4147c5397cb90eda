"""Roles held at a place in the tree, and the actor: a signed-in person with their roles."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import db, one_of
from lms.people.models.organisations import Organisation
from lms.people.models.persons import Person

# From the least to the most; nobody gives a role at or above their own.
ROLES = ("learner", "mentor", "instructor", "focal_point", "assessor", "author", "reviewer", "officer", "admin")


class RoleGrant(db.Model):
    """A role held at an organisation and valid below it, until it is ended. Ended rows stay.

    A deputy (`is_deputy`) holds the same role beside the first holder, from `holds_from` to before `holds_until`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey(Organisation.id), index=True)
    role: Mapped[str] = mapped_column(one_of("role", *ROLES))
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    is_deputy: Mapped[bool] = mapped_column(default=False)
    holds_from: Mapped[datetime | None]
    holds_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id))
    reason: Mapped[str | None] = mapped_column(sa.String(300))

    __table_args__ = (
        sa.CheckConstraint("holds_until IS NULL OR holds_from IS NULL OR holds_until > holds_from", name="ends_after_start"),
        sa.Index("uq_role_grant_live", "person_id", "organisation_id", "role", unique=True,
                 sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
    )


@dataclass(frozen=True, slots=True)
class RoleAt:
    """One role and the organisation it is held at."""

    role: str
    organisation_id: int


@dataclass(frozen=True)
class Actor(UserMixin):
    """Who is asking: a signed-in person, read in one statement, with the live roles. What rules and queries take."""

    id: int
    uuid: UUID
    full_name: str
    form_of_address: str
    audience: str
    locale: str
    text_size: str
    token: str                       # of this browser's sign-in
    roles: tuple[RoleAt, ...] = ()

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the token of the sign-in, never the person's id."""
        return self.token

    def has_role(self, *roles: str) -> bool:
        """Whether one of these roles is held anywhere."""
        return any(held.role in roles for held in self.roles)

    def organisations(self, *roles: str) -> tuple[int, ...]:
        """Ids of the organisations at which one of these roles is held."""
        return tuple(sorted({held.organisation_id for held in self.roles if held.role in roles}))

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Actor) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)
