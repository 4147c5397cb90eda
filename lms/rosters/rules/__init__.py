"""What is right and wrong in a list, and who its rows are. Pure: no database, no request."""

from lms.rosters.rules.checking import check_roster
from lms.rosters.rules.matching import match_row
from lms.rosters.rules.names import folded_name, same_name
from lms.rosters.rules.records import Candidate, Checked, CheckedRow, Fault, Match

__all__ = ["Candidate", "Checked", "CheckedRow", "Fault", "Match", "check_roster", "folded_name", "match_row", "same_name"]
