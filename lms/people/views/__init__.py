"""Pages of people. One file per noun; all hang on one blueprint."""

from lms.people.views import (
    activation,
    audit_log,
    cohorts,
    joining,
    learners,
    merges,
    mine,
    offers,
    organisation_changes,
    organisations,
    proposals,
    registration,
    roles,
    sign_in,
    slips,
)
from lms.people.views.blueprint import bp

__all__ = [
    "activation", "audit_log", "bp", "cohorts", "joining", "learners", "merges", "mine", "offers",
    "organisation_changes", "organisations", "proposals", "registration", "roles", "sign_in", "slips",
]
