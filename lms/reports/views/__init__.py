"""Pages of following up: the first pages, the class table, one learner."""

from lms.reports.views import classes, hub, learners, reminding
from lms.reports.views.blueprint import bp

__all__ = ["bp", "classes", "hub", "learners", "reminding"]
