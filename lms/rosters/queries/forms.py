"""The form in which an organisation's lists are wanted: its own, or that of the nearest organisation above."""

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import OrganisationClosure
from lms.rosters.models import RosterFormRow
from lms.rosters.writing import DEFAULT_FORM, RosterForm


def form_for(organisation_id: int) -> RosterForm:
    """The form that holds for this organisation; the default one when nobody above has set another."""
    row: RosterFormRow | None = db.session.scalar(
        sa.select(RosterFormRow)
        .join(OrganisationClosure, OrganisationClosure.ancestor_id == RosterFormRow.organisation_id)
        .where(OrganisationClosure.descendant_id == organisation_id).order_by(OrganisationClosure.depth).limit(1))
    return form_of(row) if row else DEFAULT_FORM


def own_form(organisation_id: int) -> RosterForm | None:
    """The form that this very organisation has set, or None."""
    row = db.session.get(RosterFormRow, organisation_id)
    return form_of(row) if row else None


def form_of(row: RosterFormRow) -> RosterForm:
    """A stored form as it is written into files."""
    return RosterForm(lines=tuple(row.heading), columns=tuple((one["key"], one["words"]) for one in row.columns))
