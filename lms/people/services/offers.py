"""A list laid a membership on somebody who was here already: that person says yes or no."""

from datetime import datetime

from lms.core import audit, clock
from lms.core.db import db
from lms.people.models import Actor, Membership

REFUSED = "refused"


def accept_offer(membership: Membership, *, by: Actor, now: datetime) -> None:
    """The person belongs there: from now on that organisation sees them. Saying so again changes nothing."""
    if membership.is_claimed or membership.left_on is not None:
        return
    membership.is_claimed = True
    db.session.flush()
    audit.record("membership.accepted", now=now, actor_id=by.id, subject=f"person:{by.uuid}",
                 organisation_id=membership.organisation_id)


def refuse_offer(membership: Membership, *, by: Actor, now: datetime) -> None:
    """It was not them: the membership ends, and the organisation never saw them."""
    if membership.left_on is not None:
        return
    membership.left_on, membership.left_reason = clock.local_date(now), REFUSED
    db.session.flush()
    audit.record("membership.refused", now=now, actor_id=by.id, subject=f"person:{by.uuid}",
                 organisation_id=membership.organisation_id)
