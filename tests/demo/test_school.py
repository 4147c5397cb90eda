"""The school of the demonstration at work."""

import pytest
import sqlalchemy as sa

from lms.campaign.models import ListRequest, ListRequestUnit
from lms.core import clock
from lms.core.db import db
from lms.courses.models import Enrolment
from lms.demo.school import CLASS_NAME
from lms.operations.jobs import EVERY_HOUR
from lms.people.models import Cohort, CohortMember, Person
from lms.rosters.models import RosterImport
from tests.world import build_world


@pytest.mark.heavy
def test_the_demonstration_has_a_class_two_lists_and_a_request_to_eight_schools(app):
    build_world()

    cohort = db.session.scalars(sa.select(Cohort).where(Cohort.name == CLASS_NAME)).one()
    members = db.session.scalars(sa.select(CohortMember.person_id).where(CohortMember.cohort_id == cohort.id)).all()
    asked = db.session.scalars(sa.select(ListRequest).order_by(ListRequest.id)).first()
    assert len(members) == 5
    assert db.session.query(Enrolment).filter(Enrolment.via_cohort_id == cohort.id).count() == 5
    assert db.session.query(ListRequestUnit).filter_by(request_id=asked.id).count() == 8
    assert {"done", "uploaded"} <= set(db.session.scalars(sa.select(RosterImport.state)))
    assert db.session.query(Person).filter(Person.id.in_(members), Person.is_demo.is_(False)).count() == 0


@pytest.mark.heavy
def test_what_waits_in_the_demonstration_outlives_the_hourly_jobs(app):
    build_world()
    waiting = dict(db.session.execute(sa.select(RosterImport.id, RosterImport.state)).all())

    for job in EVERY_HOUR.values():
        job(clock.now())

    assert dict(db.session.execute(sa.select(RosterImport.id, RosterImport.state)).all()) == waiting
    assert {"uploaded", "checked"} <= set(waiting.values())
