"""Names of classes, to be offered where a list is sent in."""

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Actor, Cohort
from lms.people.queries.organisations import organisation_ids_under
from lms.people.rules.roles import ADD_PEOPLE

MOST_OFFERED = 100


def class_names_for(actor: Actor) -> list[str]:
    """Names of the live classes of the organisations to which the actor may add people, the newest first."""
    rows = db.session.scalars(
        sa.select(Cohort.name).where(
            Cohort.ended_at.is_(None), Cohort.organisation_id.in_(organisation_ids_under(actor, *ADD_PEOPLE)))
        .order_by(Cohort.id.desc()).limit(MOST_OFFERED))
    return list(dict.fromkeys(rows))
