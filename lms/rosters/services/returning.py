"""The rows with faults, given back to whoever sent them: their own sheet, marked, with the reasons."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from lms.core.db import db
from lms.core.errors import DomainError
from lms.rosters.models import RosterFile, RosterImport, RosterRow
from lms.rosters.reading import PASTED, Fault
from lms.rosters.services.imports import choice_of
from lms.rosters.writing import error_file


def faulty_workbook(roster: RosterImport, *, reason: Callable[[str, dict[str, Any]], str]) -> bytes:
    """The list as xlsx with its faulty cells marked; once it is written, only the rows that were given back.

    `reason(code, params)` says a fault to people. Raises DomainError roster.file_gone, and what `read_roster` raises.
    """
    stored = db.session.get(RosterFile, roster.id)
    if stored is None:
        raise DomainError("roster.file_gone")
    rows = db.session.scalars(
        sa.select(RosterRow).where(RosterRow.roster_id == roster.id, RosterRow.verdict == "faulty").order_by(RosterRow.number))
    faults = [Fault(row.number, one["cell"], one["column"], one["code"], one["params"], one.get("key", ""))
              for row in rows for one in row.faults]
    typed = {(int(row), key): text for row, cells in roster.corrections.items() for key, text in cells.items()}
    return error_file(
        stored.content, filename=PASTED if roster.is_pasted else roster.file_name, errors=faults,
        reason=lambda fault: reason(fault.code, dict(fault.params)), choice=choice_of(roster), corrections=typed,
        only_faulty=roster.state == "done")
