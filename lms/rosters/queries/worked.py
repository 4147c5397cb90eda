"""Who of some people has done something since a list brought them: then the list cannot be undone for them."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from lms.assessment.models import Attempt, Confirmation, Observation
from lms.certificates.models import Credential
from lms.core.bulk import among
from lms.core.db import db
from lms.courses.models import Progress
from lms.people.models import Consent, JoinRequest, Person, Proposal, RoleGrant, SignIn

TRACES: tuple[Any, ...] = (
    SignIn.person_id, Consent.person_id, RoleGrant.person_id, Progress.person_id, Attempt.person_id, Observation.person_id,
    Confirmation.person_id, Credential.person_id, JoinRequest.person_id, Proposal.person_id)


def people_who_worked(person_ids: Collection[int]) -> set[int]:
    """Ids of those who have signed in, set a PIN, learned, been assessed, got a role or asked for something."""
    with_pin = sa.select(Person.id).where(Person.secret_hash.is_not(None), among(Person.id, person_ids))
    traces = [sa.select(column).where(among(column, person_ids)) for column in TRACES]
    return set(db.session.scalars(sa.union(with_pin, *traces)))
