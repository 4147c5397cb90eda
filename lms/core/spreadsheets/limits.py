"""How much a file may hold. Each cap is looked at before memory is spent on what lies beyond it."""

from lms.core.errors import DomainError

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PART = 40 * 1024 * 1024       # of one part of a package, its empty cells left out
MOST_MEMBERS = 2000
MOST_SHEETS = 60
MOST_ROWS = 20_000
MOST_COLUMNS = 100
LONGEST_CELL = 32_767


def too_large() -> DomainError:
    """The refusal, with the caps that its sentence names."""
    return DomainError("file.too_large", megabytes=MOST_BYTES // (1024 * 1024), rows=MOST_ROWS, columns=MOST_COLUMNS)


def unreadable(what: str = "") -> DomainError:
    """The refusal of a file that is no spreadsheet; `what` names what it seems to be ("PDF")."""
    return DomainError("file.unreadable", what=what or "?")
