"""The class into which a whole list goes: named when the list is sent in, made when the list is written."""

from datetime import datetime

import sqlalchemy as sa

from lms.core.db import db
from lms.core.vietnamese import clean, fold
from lms.people.models import Actor, Cohort, Organisation
from lms.people.rules.cohorts import checked_cohort_name
from lms.people.services.cohorts import create_cohort
from lms.rosters.models import RosterImport


def cohort_named(organisation: Organisation, name: str, *, by: Actor | None, now: datetime, operator: str | None = None) -> Cohort:
    """The live class of this name in the organisation, in any spelling form; a new one when there is none.

    Raises what `create_cohort` raises.
    """
    found: Cohort | None = db.session.scalar(
        sa.select(Cohort).where(Cohort.organisation_id == organisation.id, Cohort.folded_name == fold(name),
                                Cohort.ended_at.is_(None)))
    return found or create_cohort(organisation=organisation, name=name, by=by, now=now, operator=operator)


def wish_for_class(roster: RosterImport, name: str) -> None:
    """Remember the class a list shall go into; "" for none. Raises what `checked_cohort_name` raises."""
    if clean(name):
        roster.extra = {**roster.extra, "class": checked_cohort_name(name)}


def settle_class(roster: RosterImport, *, by: Actor | None, now: datetime) -> None:
    """Give the list its class, right before it is written. Raises what `create_cohort` raises."""
    name = roster.extra.get("class")
    if name and roster.cohort_id is None:
        organisation = db.session.get_one(Organisation, roster.organisation_id)
        roster.cohort_id = cohort_named(organisation, name, by=by, now=now).id
        db.session.flush()
