"""Checks and loads courses of the content tree."""

from lms.courses.content.checking import check
from lms.courses.content.loading import load

__all__ = ["check", "load"]
