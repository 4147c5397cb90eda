"""Tables of courses. One file per noun."""

from lms.courses.models.courses import (
    DEVICES,
    Course,
    CourseAudience,
    Lesson,
    LessonBody,
    LessonSkill,
    LessonVersion,
    Progress,
    Reader,
    SearchEntry,
)
from lms.courses.models.enrolments import EligibilityRule, Enrolment, EnrolmentEvent
from lms.courses.models.nominations import Nominated, Nomination, NominationDecision

__all__ = [
    "DEVICES", "Course", "CourseAudience", "EligibilityRule", "Enrolment", "EnrolmentEvent", "Lesson", "LessonBody",
    "LessonSkill", "LessonVersion", "Nominated", "Nomination", "NominationDecision", "Progress", "Reader", "SearchEntry",
]
