"""Pages of lists. One file per step; all hang on one blueprint."""

from lms.rosters.views import checking, columns, elsewhere, lists, results, reversing, uploading
from lms.rosters.views.blueprint import bp

__all__ = ["bp", "checking", "columns", "elsewhere", "lists", "results", "reversing", "uploading"]
