"""Tables of rosters: a list on its way into the system, its rows, what its commit did, and the form a body wants."""

from lms.rosters.models.forms import RosterFormRow, RosterMapping
from lms.rosters.models.imports import ROSTER_STATES, RosterChange, RosterDecision, RosterFile, RosterImport, RosterRow

__all__ = [
    "ROSTER_STATES", "RosterChange", "RosterDecision", "RosterFile", "RosterFormRow", "RosterImport", "RosterMapping",
    "RosterRow",
]
