"""The invented ward's schools keep groups: a class and a team, a course given, people named for one, a code on a poster."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.courses.models import Course
from lms.courses.services.eligibility import set_rule
from lms.courses.services.enrolments import enrol_people
from lms.courses.services.nominations import nominate
from lms.people.models import Organisation, Person
from lms.people.queries.actors import actor_of_person
from lms.people.queries.groups import member_ids_of
from lms.people.services.cohorts import add_to_cohort, create_cohort
from lms.people.services.joining import ask_to_join, open_join_code

SCHOOL, OTHER_SCHOOL = "truong-thcs-ben-thu", "truong-tieu-hoc-ben-thu"
CLASS, TEAM = "Lớp 7A", "Tổ Toán Tin"
PUPILS = ("Nguyễn Khánh An", "Trần Bảo Châu", "Phạm Gia Hân", "Lê Minh Khôi")
TEACHERS = ("Nguyễn Văn Toàn", "Trương Thị Bích Ngọc")
NAMED = ("Hà Thị Quỳnh", "Tạ Quốc Việt", "Nông Thị Sương")
COMER, SENDER = "Bạch Văn Kiên", "Bùi Thị Ngọc Ánh"
SAFETY, BASICS = "an-toan-chong-lua-dao", "xoa-mu-cong-nghe"
OPERATOR = "demo"


def gather(*, now: datetime) -> None:
    """Two groups of the lower secondary school, a course given to one, a poster; three people named by the other school."""
    school, other = _place(SCHOOL), _place(OTHER_SCHOOL)
    safety, basics = _course(SAFETY), _course(BASICS)
    if safety is None or basics is None:
        return
    made, today = now - timedelta(days=12), clock.local_date(now)
    pupils = create_cohort(organisation=school, name=CLASS, audience="hoc-sinh-sinh-vien", now=made, operator=OPERATOR)
    team = create_cohort(organisation=school, name=TEAM, audience="can-bo", now=made, operator=OPERATOR)
    add_to_cohort(pupils, _people(PUPILS), now=made, operator=OPERATOR)
    add_to_cohort(team, _people(TEACHERS), now=made, operator=OPERATOR)
    set_rule(basics, _place("phuong-ben-thu"), age_from=16, now=made, by=None, operator=OPERATOR)
    enrol_people(list(db.session.scalars(member_ids_of(team.id))), safety, due_on=today + timedelta(days=40), by=None, now=made,
                 organisation=school, cohort=team, operator=OPERATOR)
    sender = actor_of_person(_people((SENDER,))[0], now=now)
    nominate(_people(NAMED), basics, organisation=other, by=sender, now=now - timedelta(days=2), due_on=today + timedelta(days=60),
             note="Đợt tháng 12 của trường")
    code = open_join_code(organisation=school, cohort=pupils, until=today + timedelta(days=30), most=40, now=made, by=None,
                          operator=OPERATOR)
    comer = actor_of_person(_people((COMER,))[0], now=now)
    if comer is not None:
        ask_to_join(code, by=comer, now=now - timedelta(days=1))


def _place(key: str) -> Organisation:
    return db.session.scalars(sa.select(Organisation).where(Organisation.key == key)).one()


def _course(key: str) -> Course | None:
    found: Course | None = db.session.scalar(sa.select(Course).where(Course.key == key))
    return found


def _people(names: tuple[str, ...]) -> list[int]:
    return list(db.session.scalars(sa.select(Person.id).where(Person.full_name.in_(names)).order_by(Person.id)))
