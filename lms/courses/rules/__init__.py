"""What is right and what is allowed in courses, without a database. One file per noun."""

from lms.courses.rules.lessons import (
    FRAMEWORK_OF_AUDIENCE,
    SKILL_STATES,
    CheckResult,
    Position,
    Step,
    Today,
    choices_of,
    furthest_step,
    mark_check,
    minutes_left,
    position,
    steps_for,
    today_of,
)

__all__ = [
    "FRAMEWORK_OF_AUDIENCE", "SKILL_STATES", "CheckResult", "Position", "Step", "Today", "choices_of", "furthest_step",
    "mark_check", "minutes_left", "position", "steps_for", "today_of",
]
