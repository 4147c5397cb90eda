"""What a test consists of, and what is observed in a practical task: identities with versions that never change."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.audit import append_only
from lms.core.db import db, one_of

ASSESSMENT_USES = ("practice", "counting")
SHOWING_ANSWERS = ("after_submit", "never")


class Assessment(db.Model):
    """The identity of a test. A retired one is started no more. (No foreign key to the version: see Item.)"""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    current_version_id: Mapped[int | None] = mapped_column(index=True)
    retired: Mapped[bool] = mapped_column(default=False)
    is_private: Mapped[bool] = mapped_column(default=False)


@append_only
class AssessmentVersion(db.Model):
    """How a paper is drawn, how long one has, what passes.

    `draw`: list of {skill, count, difficulty: [from, to] or null}. `banks`: keys. `pass_rule`: {overall, groups: {ref:
    percent}}, percentages; a level policy may replace it. `max_attempts` None: no limit.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(sa.ForeignKey(Assessment.id))
    hash: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    short_title: Mapped[str] = mapped_column(sa.String(80))
    use: Mapped[str] = mapped_column(one_of("assessment_use", *ASSESSMENT_USES))
    level_ref: Mapped[str | None] = mapped_column(sa.String(120))
    minutes: Mapped[int]
    grace_seconds: Mapped[int]
    max_attempts: Mapped[int | None]
    wait_hours: Mapped[int]
    draw: Mapped[list[Any]]
    banks: Mapped[list[Any]]
    pass_rule: Mapped[dict[str, Any]]
    show_answers: Mapped[str] = mapped_column(one_of("show_answers", *SHOWING_ANSWERS))
    created_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("assessment_id", "hash"),
        sa.CheckConstraint("minutes > 0 AND grace_seconds >= 0 AND wait_hours >= 0", name="times_in_range"),
    )


class Rubric(db.Model):
    """The identity of a list of practical tasks. (No foreign key to the version: see Item.)"""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    current_version_id: Mapped[int | None] = mapped_column(index=True)
    retired: Mapped[bool] = mapped_column(default=False)
    is_private: Mapped[bool] = mapped_column(default=False)


@append_only
class RubricVersion(db.Model):
    """The tasks, word for word. `document`: {tasks: [{id, title, skill, say, observe, remind, required}]}."""

    id: Mapped[int] = mapped_column(primary_key=True)
    rubric_id: Mapped[int] = mapped_column(sa.ForeignKey(Rubric.id))
    hash: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    level_ref: Mapped[str] = mapped_column(sa.String(120))
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("rubric_id", "hash"),)
