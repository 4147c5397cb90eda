"""The rows of a list as they were checked: what is shown, and what is written later."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms.core.bulk import insert_rows
from lms.core.db import db
from lms.rosters.models import RosterImport, RosterRow
from lms.rosters.rules.lines import Line

ROW_COLUMNS = ("roster_id", "number", "verdict", "is_unchanged", "values", "cells", "faults", "warnings", "evidence",
               "candidates", "has_warnings", "person_id", "attached_id")


def keep_lines(roster: RosterImport, lines: Iterable[Line], document: dict[str, Any], *, now: datetime) -> None:
    """Keep the lines as checked, in place of those of an earlier check."""
    db.session.execute(sa.delete(RosterRow).where(RosterRow.roster_id == roster.id))
    insert_rows(RosterRow, ROW_COLUMNS, (
        (roster.id, one.number, one.verdict, one.is_unchanged, one.values, one.cells, one.faults, one.warnings, one.evidence,
         one.candidates, bool(one.warnings), one.person_id, one.attached_id) for one in lines))
    roster.state, roster.document, roster.checked_at, roster.fault = "checked", document, now, None
