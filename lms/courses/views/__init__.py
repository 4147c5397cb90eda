"""Pages of courses. One file per noun; importing the package registers them all on the one blueprint."""

from lms.courses.views import catalogue, eligibility, enrolments, home, lessons, nominations, progress, readers, skills
from lms.courses.views.blueprint import bp

__all__ = ["bp", "catalogue", "eligibility", "enrolments", "home", "lessons", "nominations", "progress", "readers", "skills"]
