"""Progress of readers."""

from typing import Any

import sqlalchemy as sa

from lms.core.db import db
from lms.courses.models import Lesson, LessonVersion, Progress


def learned_by(person_id: int) -> list[dict[str, Any]]:
    """Everything that is kept about a person's learning, in plain values, oldest first."""
    statement = (
        sa.select(Lesson.slug, LessonVersion.title, LessonVersion.hash.label("version"), Progress.steps, Progress.checks,
                  Progress.started_at, Progress.updated_at, Progress.practised_at, Progress.completed_at)
        .join(Lesson, Lesson.id == Progress.lesson_id).join(LessonVersion, LessonVersion.id == Progress.version_id)
        .where(Progress.person_id == person_id).order_by(Progress.started_at, Progress.id))
    return [{name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row._mapping.items()}
            for row in db.session.execute(statement)]
