"""Results from elsewhere in the invented ward: two sources, a list that was written, one that waits for its sender."""

from datetime import datetime

import sqlalchemy as sa

from lms.assessment.models import EvidenceSource
from lms.assessment.services.external_evidence import EvidenceLine, create_source, record_external_evidence
from lms.core import clock
from lms.core.db import db
from lms.people.models import Actor, Organisation, Person
from lms.people.queries.actors import actor_of_person
from lms.rosters.models import RosterImport
from lms.rosters.services.imports import read_again
from lms.rosters.services.keeping import keep_lines
from lms.rosters.services.results import begin_results, check_list_of_results, target_of, write_results

OFFICER, SCHOOL_FOCAL, LEARNER = "0900000002", "0900000005", "0900000014"
WARD, SCHOOL = "phuong-ben-thu", "truong-thcs-ben-thu"
WRITTEN = """Họ và tên,Số điện thoại,Khóa học,Ngày hoàn thành,Số chứng nhận,Kết quả
Phùng Thị Cẩm Vân,0900000041,Kỹ năng số cơ bản,12/10/2026,KNS-0412,Đạt
Lưu Quốc Khánh,0900000042,Kỹ năng số cơ bản,12/10/2026,KNS-0413,Đạt
Tôn Nữ Hoài An,0900000045,An toàn thông tin,20/10/2026,ATTT-088,Giỏi
"""
WAITING = """Họ và tên,Số điện thoại,Khóa học,Ngày hoàn thành,Số chứng nhận,Kết quả
Phùng Thị Cẩm Vân,0900000041,An toàn thông tin,25/10/2026,ATTT-101,Đạt
Đinh Thị Diệu Hiền,,An toàn thông tin,25/10/2026,ATTT-102,Đạt
Vi Thị Lạ,,An toàn thông tin,25/10/2026,ATTT-103,Đạt
"""


def learn_elsewhere(*, opened: datetime, sent: datetime, now: datetime) -> None:
    """The officer opens two sources; the secondary school sends in two lists and has confirmed one."""
    ward, officer = _place(WARD), _actor(OFFICER, now)
    source = create_source(key="hoc-so-thanh-pho", name="Nền tảng học số của thành phố", vouched_by="Sở Khoa học và Công nghệ",
                           address="https://hocso.example", organisation=ward, by=officer, now=opened)
    create_source(key="boi-duong-quoc-gia", name="Nền tảng bồi dưỡng quốc gia", vouched_by="Bộ Giáo dục và Đào tạo",
                  organisation=ward, by=officer, now=opened)
    learner = db.session.scalars(sa.select(Person).where(Person.phone == LEARNER)).one()
    line = EvidenceLine(learner.id, "Sử dụng dịch vụ công trực tuyến", clock.local_date(sent), "DVC-0217", "Đạt")
    record_external_evidence([line], source=source, organisation=ward, import_uuid=None, by=officer, now=sent)
    focal = _actor(SCHOOL_FOCAL, now)
    write_results(_checked(WRITTEN, "ket qua thang 10.csv", source, focal, now=sent), by=focal, now=sent)
    _checked(WAITING, "ket qua an toan thong tin.csv", source, focal, now=sent)


def _checked(text: str, name: str, source: EvidenceSource, by: Actor, *, now: datetime) -> RosterImport:
    roster = begin_results(content=text.encode(), filename=name, source=source, organisation=_place(SCHOOL), by=by, now=now)
    lines, document = check_list_of_results(read_again(roster), target_of(roster), now=now)
    keep_lines(roster, lines, document, now=now)
    return roster


def _place(key: str) -> Organisation:
    return db.session.scalars(sa.select(Organisation).where(Organisation.key == key)).one()


def _actor(phone: str, now: datetime) -> Actor:
    person = db.session.scalars(sa.select(Person).where(Person.phone == phone)).one()
    actor = actor_of_person(person.id, now=now)
    assert actor is not None
    return actor
