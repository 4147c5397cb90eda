"""A cohort of a place with everything that hangs on it: for the small whole world and for the cast of the sweeps."""

from datetime import timedelta

import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.courses.models import Course
from lms.courses.services.eligibility import set_rule
from lms.courses.services.enrolments import change_due_date, enrol_people
from lms.courses.services.nominations import accept_nominated, nominate
from lms.people.services.cohorts import add_to_cohort, create_cohort
from lms.people.services.joining import approve_requests, ask_to_join, open_join_code
from tests.factories import make_actor, make_member, make_person

COHORT = "Nhóm Hoa Sen"


def make_group_work(place, owner, officer, *, now):
    """A cohort with the owner in it; two open codes with somebody waiting and somebody let in; the owner enrolled, two
    others named for the course, one of them taken; a rule. {name: uuid} of what addresses name."""
    day = clock.local_date(now) + timedelta(days=30)
    course = db.session.scalars(sa.select(Course).where(Course.key == "xoa-mu-cong-nghe")).one()
    cohort = create_cohort(organisation=place, name=COHORT, now=now)
    add_to_cohort(cohort, [owner.id], now=now)
    code = open_join_code(organisation=place, cohort=cohort, until=day, most=50, now=now, by=None)
    waiting, inside = (ask_to_join(code, by=make_actor(make_person(name, now=now, birth_year=1980), now=now), now=now)
                       for name in ("Người Xin Vào", "Người Vào Rồi"))
    approve_requests([inside], by=officer, now=now)
    enrol_people([owner.id], course, due_on=day, by=officer, now=now, organisation=place, cohort=cohort)
    change_due_date([owner.id], course, due_on=day + timedelta(days=1), by=officer, now=now)
    named, taken = (make_person(name, now=now, birth_year=1980) for name in ("Người Được Cử", "Người Được Nhận"))
    for one in (named, taken):
        make_member(one, place)
    nomination, _count = nominate([named.id, taken.id], course, organisation=place, by=None, now=now)
    accept_nominated(nomination, [taken.id], by=officer, now=now)
    set_rule(course, place, now=now, by=officer, age_from=6)
    db.session.flush()
    return {"cohort": cohort.uuid, "join_code": code.uuid, "request": waiting.uuid, "named": named.uuid,
            "nomination": nomination.uuid, "code_row": code}
