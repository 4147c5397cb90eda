"""Pages of assessment. One file per noun; importing the package registers them all."""

from lms.assessment.views import attempts, autosave, confirmations, external_evidence, results
from lms.assessment.views.blueprint import bp

__all__ = ["attempts", "autosave", "bp", "confirmations", "external_evidence", "results"]
