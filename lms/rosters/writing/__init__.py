"""Lists given away: the template, a list of who is here, and the sender's own sheet with its faults marked."""

from lms.rosters.writing.faulty import error_file
from lms.rosters.writing.layout import DEFAULT_FORM, RosterForm, export_file, template_file

__all__ = ["DEFAULT_FORM", "RosterForm", "error_file", "export_file", "template_file"]
