"""One learner with everything they did."""

from typing import Any
from uuid import UUID

from flask import abort, render_template
from flask_login import current_user

from lms.core import clock
from lms.people.queries.organisations import organisation_ids_of
from lms.people.queries.persons import roles_of
from lms.people.rules.roles import can_make_slip_for
from lms.reports.queries.facts import NOTHING, facts_of
from lms.reports.queries.learners import history_of, learner_followed_by
from lms.reports.rules import can_follow
from lms.reports.views.blueprint import bp
from lms.web.access import requires


@bp.get("/dau-moi/nguoi-hoc/<uuid:uuid>")
@requires(can_follow)
def learner(uuid: UUID) -> Any:
    person, now = learner_followed_by(current_user, uuid) or abort(404), clock.now()
    may_make_slip = can_make_slip_for(
        current_user, person_id=person.id, roles=roles_of(person.id), at=organisation_ids_of(person.id))
    return render_template(
        "reports/learner.html", person=person, history=history_of(current_user, person), may_make_slip=may_make_slip,
        facts=facts_of([person.id], now=now, today=clock.local_date(now)).get(person.id, NOTHING))
