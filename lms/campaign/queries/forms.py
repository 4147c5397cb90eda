"""The form in which a body wants its lists."""

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import OrganisationClosure
from lms.rosters.models import RosterFormRow


def own_form_of(organisation_id: int) -> tuple[list[str], list[tuple[str, str]]]:
    """(lines above, [(key, words)]) of the nearest form at or above this organisation; both empty when there is none."""
    row: RosterFormRow | None = db.session.scalar(
        sa.select(RosterFormRow)
        .join(OrganisationClosure, OrganisationClosure.ancestor_id == RosterFormRow.organisation_id)
        .where(OrganisationClosure.descendant_id == organisation_id).order_by(OrganisationClosure.depth).limit(1))
    if row is None:
        return [], []
    return [str(line) for line in row.heading], [(str(one["key"]), str(one["words"])) for one in row.columns]
