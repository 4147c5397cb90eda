"""A school of the invented ward at work: a list that was written, one that waits, a class with a course, and what the ward
asks of its eight schools."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from lms.campaign.services.list_requests import ask_for_list
from lms.core import clock
from lms.core.db import db
from lms.courses.models import Course
from lms.courses.services.enrolments import enrol_people
from lms.people.models import Actor, Cohort, Organisation, Person
from lms.people.queries.actors import actor_of_person
from lms.people.queries.groups import member_ids_of
from lms.rosters.models import RosterChange, RosterImport
from lms.rosters.services.directly import CheckedFile, write_file
from lms.rosters.services.imports import begin_import

OFFICER, SCHOOL_FOCAL, PRIMARY_FOCAL = "0900000002", "0900000005", "0900000006"
SCHOOL, PRIMARY, WARD = "truong-thcs-ben-thu", "truong-tieu-hoc-ben-thu", "phuong-ben-thu"
COURSE = "xoa-mu-cong-nghe"
CLASS_NAME = "Kỹ năng số cho giáo viên, đợt tháng 11/2026"
ASKED = "Danh sách cán bộ, giáo viên tham gia học"
MEANT = "Toàn bộ cán bộ, giáo viên, nhân viên của trường, kể cả hợp đồng."
LIST = """Họ và tên,Ngày sinh,Số điện thoại,Mã cán bộ,Chức vụ
Phùng Thị Cẩm Vân,14/02/1986,0900000041,GV-041,Tổ trưởng
Lưu Quốc Khánh,02/09/1979,0900000042,GV-042,Giáo viên
Đinh Thị Diệu Hiền,1991,0900000043,GV-043,Giáo viên
Mạc Văn Thịnh,30/04/1983,,GV-044,Nhân viên
Tôn Nữ Hoài An,07/12/1994,0900000045,GV-045,Giáo viên
"""
WAITING = """STT,Họ và tên,Năm sinh,SĐT,Chức vụ
1,Bùi Thị Kim Thoa,1988,090000051,Giáo viên
2,,1990,0900000052,Giáo viên
3,Hà Thị Quỳnh,1987,0900000035,Giáo viên
4,Tạ Quốc Việt,,,Nhân viên
5,Lê Hoài Phong,1985,0900000053,Giáo viên
6,Lê Hoài Nam,1989,0900000053,Nhân viên
"""


def open_school(*, listed: datetime, asked: datetime, sent: datetime, now: datetime) -> None:
    """The secondary school's list and class, the primary school's waiting list, the request of the ward."""
    focal = _actor(SCHOOL_FOCAL, now)
    school = _place(SCHOOL)
    whole = CheckedFile("DS giao vien THCS Ben Thu.csv", school, focal, "", class_name=CLASS_NAME)
    whole.read(LIST.encode())
    write_file(whole, skip_faulty=False, now=listed)
    mark_as_invented()
    cohort = db.session.scalars(sa.select(Cohort).where(Cohort.organisation_id == school.id, Cohort.name == CLASS_NAME)).one()
    course = db.session.scalars(sa.select(Course).where(Course.key == COURSE)).one()
    enrol_people(sa.select(Person).where(Person.id.in_(member_ids_of(cohort.id))), course, by=focal, now=listed, cohort=cohort,
                 organisation=school, due_on=clock.local_date(now) + timedelta(days=20))
    begin_import(content=WAITING.encode(), filename="danh sach tieu hoc.csv", organisation=_place(PRIMARY),
                 by=_actor(PRIMARY_FOCAL, now), now=sent)
    ask_the_schools(due_on=clock.local_date(now) + timedelta(days=12), asked=asked, now=now)


def mark_as_invented() -> None:
    """Whoever came by a list is invented like the rest of the ward."""
    listed = sa.select(RosterChange.person_id).join(RosterImport, RosterImport.id == RosterChange.roster_id)
    db.session.execute(sa.update(Person).where(Person.id.in_(listed)).values(is_demo=True)
                       .execution_options(synchronize_session=False))


def ask_the_schools(*, due_on: date, asked: datetime, now: datetime) -> None:
    """The ward asks every school for its people."""
    ward, officer = _place(WARD), _actor(OFFICER, now)
    schools = db.session.scalars(
        sa.select(Organisation.id).where(Organisation.key.startswith("truong-"))).all()
    ask_for_list(ward, title=ASKED, meant=MEANT, audience="can-bo", due_on=due_on, unit_ids=set(schools), by=officer, now=asked)


def _place(key: str) -> Organisation:
    return db.session.scalars(sa.select(Organisation).where(Organisation.key == key)).one()


def _actor(phone: str, now: datetime) -> Actor:
    found = db.session.scalars(sa.select(Person.id).where(Person.phone == phone)).one()
    actor = actor_of_person(found, now=now)
    assert actor is not None
    return actor
