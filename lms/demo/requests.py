"""What the invented schools ask of the ward, and a list that named somebody who was here already."""

from datetime import datetime

import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Actor, Organisation, Person
from lms.people.queries.actors import actor_of_person
from lms.people.services.persons import add_member
from lms.people.services.proposals import propose_organisation, propose_role, return_proposal

OFFICER, SCHOOL_FOCAL, PRIMARY_FOCAL = "0900000002", "0900000005", "0900000006"
HELPER, NAMED = "0900000033", "0900000028"


def ask_the_ward(*, asked: datetime, answered: datetime, now: datetime) -> None:
    """Two proposals of the secondary school, one returned; a resident whom the primary school's list names."""
    focal, officer = _actor(SCHOOL_FOCAL, now), _actor(OFFICER, now)
    school, primary = (_place(key) for key in ("truong-thcs-ben-thu", "truong-tieu-hoc-ben-thu"))
    returned = propose_organisation(school, name="Tổ Khoa học tự nhiên", kind="other", by=focal, now=asked,
                                    reason="12 giáo viên học chung một lịch")
    return_proposal(returned, reason="Gửi lại kèm tên tổ trưởng, phường lập cùng tổ Ngữ văn.", by=officer, now=answered)
    propose_role(school, _person(HELPER), "mentor", by=focal, now=answered, reason="Giúp các cô lớn tuổi ở tổ Ngữ văn")
    add_member(_person(NAMED), primary, now=answered, actor_id=_person(PRIMARY_FOCAL).id, position="Nhân viên thư viện")


def _person(phone: str) -> Person:
    return db.session.scalars(sa.select(Person).where(Person.phone == phone)).one()


def _place(key: str) -> Organisation:
    return db.session.scalars(sa.select(Organisation).where(Organisation.key == key)).one()


def _actor(phone: str, now: datetime) -> Actor:
    actor = actor_of_person(_person(phone).id, now=now)
    assert actor is not None
    return actor
