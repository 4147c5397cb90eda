"""Pages of people. One file per noun; all hang on one blueprint."""

from lms.people.views import activation, learners, mine, registration, sign_in, slips
from lms.people.views.blueprint import bp

__all__ = ["activation", "bp", "learners", "mine", "registration", "sign_in", "slips"]
