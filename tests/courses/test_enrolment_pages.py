"""The pages of enrolling, nominating and saying whom a course is for; and the card on the learner's home."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.courses.models import EligibilityRule, Enrolment, Nomination, NominationDecision
from lms.courses.services.eligibility import set_rule
from lms.courses.services.enrolments import enrol_people
from lms.courses.services.nominations import nominate
from lms.people.models import Person
from lms.people.services.cohorts import add_to_cohort, create_cohort
from tests.courses.factories import load, write_course
from tests.courses.factories_enrolments import make_course, make_two_schools
from tests.factories import make_role
from tests.pages import PageClient
from tests.people.factories import make_learner, make_staff
from tests.statements import counted


def due(days=60):
    return clock.local_date(clock.now() + timedelta(days=days))


def text(answer):
    return answer.get_data(as_text=True)


def staged(client, people=3):
    """(ward, A's parts, B's parts, course); the focal point of A is signed in."""
    ward, a, b = make_two_schools(people)
    course = make_course()
    client.sign_in(db.session.get_one(Person, a[1].id))
    return ward, a, b, course


def enrolled():
    return {row.person_id: row.due_on for row in db.session.scalars(
        sa.select(Enrolment).where(Enrolment.ended_at.is_(None)).execution_options(populate_existing=True))}


def test_a_school_is_given_a_course_as_was_shown(client):
    _ward, (school, _focal, people), _b, _course = staged(client)
    address = f"/dau-moi/ghi-danh?noi={school.uuid}&khoa=khoa-thu"

    shown = text(client.get(address))
    client.send(address, viec="giao", so_nguoi="3", han=due().isoformat())
    after = text(client.get(address))

    assert "Giao cho 3 người" in shown
    assert enrolled() == {p.id: due() for p in people}
    assert "Đã giao khóa “Khóa thử” cho 3 người." in after
    assert "Giao cho" not in after.split("<main")[1].split("card--key")[-1]
    again = client.send(address, viec="giao", so_nguoi="0", han="")
    assert (again.status_code, "Không còn ai để giao khóa này" in text(again)) == (422, True)


def test_what_changed_since_it_was_shown_is_shown_again(client):
    _ward, (school, _focal, _people), _b, _course = staged(client)
    make_learner(school, "Mới Đến")
    db.session.commit()

    answer = client.send(f"/dau-moi/ghi-danh?noi={school.uuid}&khoa=khoa-thu", viec="giao", so_nguoi="3", han="")

    assert (answer.status_code, "Danh sách vừa thay đổi" in text(answer), "Giao cho 4 người" in text(answer)) == (422, True, True)
    assert enrolled() == {}


def test_a_filter_is_given_a_course_and_those_who_do_not_fit_are_left_out(client, tmp_path):
    ward, (school, focal, people), _b, course = staged(client)
    cohort = create_cohort(organisation=school, name="6A", now=clock.now())
    add_to_cohort(cohort, [p.id for p in people[:2]], now=clock.now())
    people[0].birth_year = clock.now().year - 10
    set_rule(course, ward, now=clock.now(), by=None, age_from=18)
    db.session.commit()
    address = f"/dau-moi/ghi-danh?noi={cohort.uuid}&khoa=khoa-thu&chua=1"

    shown = text(client.get(address))
    client.send(address, viec="giao", so_nguoi="1", han="")

    assert "Chưa đúng đối tượng của khóa" in shown
    assert f"{people[0].full_name}: chưa đủ tuổi" in shown
    assert enrolled() == {people[1].id: None}
    assert db.session.scalars(sa.select(Enrolment.via_cohort_id)).all() == [cohort.id]
    assert focal.id


def test_the_day_is_moved_and_the_course_taken_back(client):
    _ward, (school, focal, people), _b, course = staged(client, 2)
    enrol_people([people[0].id], course, due_on=due(), by=focal, now=clock.now())
    db.session.commit()
    address = f"/dau-moi/ghi-danh?noi={school.uuid}&khoa=khoa-thu"

    client.send(address, viec="doi-han", han=due(90).isoformat())
    moved = enrolled()
    client.send(address, viec="thoi", han="")

    assert moved == {people[0].id: due(90)}
    assert enrolled() == {}


def test_foreign_places_are_not_there_and_unknown_courses_are_told(client):
    _ward, (school, _focal, _people), (other, focal_b, _strangers), _course = staged(client)
    foreign = create_cohort(organisation=other, name="Lạ", now=clock.now())
    db.session.commit()

    for noi in (other.uuid, foreign.uuid, uuid4()):
        for path in ("/dau-moi/ghi-danh", "/dau-moi/de-cu/moi"):
            assert client.get(f"{path}?noi={noi}&khoa=khoa-thu").status_code == 404
            assert client.send(f"{path}?noi={noi}&khoa=khoa-thu", viec="giao", so_nguoi="3").status_code == 404
    for khoa in ("khong-co", "%00", "x" * 500):
        answer = client.get(f"/dau-moi/ghi-danh?noi={school.uuid}&khoa={khoa}")
        assert (answer.status_code in (200, 409), "Traceback" in text(answer)) == (True, False)
    assert "Không có khóa học này" in text(client.get("/dau-moi/ghi-danh?khoa=khong-co"))
    assert (enrolled(), focal_b.id > 0) == ({}, True)


@pytest.mark.parametrize(("han", "words"), [("31/2/2027", "Ngày viết theo kiểu"), ("2020-01-01", "Ngày phải học xong từ ngày")])
def test_a_wrong_day_is_told_beside_its_field(client, han, words):
    _ward, (school, _focal, _people), _b, _course = staged(client)

    answer = client.send(f"/dau-moi/ghi-danh?noi={school.uuid}&khoa=khoa-thu", viec="giao", so_nguoi="3", han=han)

    assert (answer.status_code, words in text(answer), enrolled()) == (422, True, {})


def test_the_learner_reads_what_was_given_until_it_is_done(client, tmp_path):
    load(write_course(tmp_path))
    from lms.courses.models import Course, Lesson, LessonVersion, Progress
    course = db.session.scalars(sa.select(Course)).one()
    _ward, (_school, focal, people), _b = make_two_schools(1)
    enrol_people([people[0].id], course, due_on=due(), by=focal, now=clock.now())
    client.sign_in(people[0])

    given = text(client.get("/hom-nay"))
    for lesson in db.session.scalars(sa.select(Lesson)):
        version = db.session.scalars(sa.select(LessonVersion).where(LessonVersion.lesson_id == lesson.id)).one()
        db.session.add(Progress(person_id=people[0].id, lesson_id=lesson.id, version_id=version.id, started_at=clock.now(),
                                updated_at=clock.now(), completed_at=clock.now()))
    db.session.commit()
    done = text(client.get("/hom-nay"))

    day = due()
    assert "Việc được giao" in given
    assert f"Học xong trước hết ngày {day.day}/{day.month}/{day.year}. Đã học 0 trên 2 bài." in given
    assert "Việc được giao" not in done


def test_unit_names_officer_decides_both_see_it(client, app):
    ward, (school, _focal, people), _b, course = staged(client)
    people[0].birth_year = clock.now().year - 10
    set_rule(course, ward, now=clock.now(), by=None, age_from=18)
    db.session.commit()
    address = f"/dau-moi/de-cu/moi?noi={school.uuid}&khoa=khoa-thu"

    shown = text(client.get(address))
    sent = client.send(address, tat_ca="1", han="", loi_nhan="Tổ Toán")
    made = db.session.scalars(sa.select(Nomination)).one()
    officer = PageClient(app).sign_in(make_staff("officer", ward))
    waiting = text(officer.get("/dia-ban/de-cu"))
    page = text(officer.get(f"/dia-ban/de-cu/{made.uuid}"))

    assert "chưa đủ tuổi" in shown
    assert sent.location == f"/dau-moi/de-cu/{made.uuid}"
    assert "3 chờ duyệt" in waiting
    assert ("Nhận cả 2 người đúng đối tượng" in page, "Tổ Toán" in page) == (True, True)

    refused = officer.send(f"/dia-ban/de-cu/{made.uuid}", viec="nhan", nguoi=str(people[0].uuid))
    officer.send(f"/dia-ban/de-cu/{made.uuid}", viec="nhan-du")
    silent = officer.send(f"/dia-ban/de-cu/{made.uuid}", viec="tra-lai", nguoi=str(people[0].uuid), ly_do="")
    officer.send(f"/dia-ban/de-cu/{made.uuid}", viec="tra-lai", nguoi=str(people[0].uuid), ly_do="Em còn nhỏ tuổi.")

    assert (refused.status_code, "Có người chưa đúng đối tượng" in text(refused)) == (422, True)
    assert (silent.status_code, "Bạn ghi lý do trả lại" in text(silent)) == (422, True)
    assert set(enrolled()) == {people[1].id, people[2].id}
    unit = text(client.get(f"/dau-moi/de-cu/{made.uuid}"))
    assert ("Em còn nhỏ tuổi." in unit, unit.count("Đã nhận")) == (True, 2)
    assert "2 đã nhận" in text(client.get("/dau-moi/de-cu"))


def test_unit_takes_names_back(client):
    _ward, (school, focal, people), _b, course = staged(client, 2)
    made, _count = nominate([p.id for p in people], course, organisation=school, by=focal, now=clock.now())
    db.session.commit()

    client.send(f"/dau-moi/de-cu/{made.uuid}/rut", nguoi=str(people[0].uuid))

    assert db.session.scalars(sa.select(NominationDecision.kind)).all() == ["withdrawn"]
    assert "Đã rút" in text(client.get(f"/dau-moi/de-cu/{made.uuid}"))


def test_a_foreign_nomination_is_not_there_and_one_stranger_stops_all(client, app):
    ward, (school, focal, people), (other, focal_b, strangers), course = staged(client)
    made, _count = nominate([p.id for p in strangers], course, organisation=other, by=focal_b, now=clock.now())
    db.session.commit()

    assert client.get(f"/dau-moi/de-cu/{made.uuid}").status_code == 404
    assert client.send(f"/dau-moi/de-cu/{made.uuid}/rut", nguoi=str(strangers[0].uuid)).status_code == 404
    assert client.get(f"/dia-ban/de-cu/{made.uuid}").status_code == 403
    address = f"/dau-moi/de-cu/moi?noi={school.uuid}&khoa=khoa-thu"
    for wrong in (str(strangers[0].uuid), "\0", str(uuid4())):
        assert client.send(address, nguoi=[str(people[0].uuid), wrong], han="", loi_nhan="").status_code == 409
    hamlet_officer = PageClient(app).sign_in(make_staff("officer", school))
    assert hamlet_officer.get(f"/dia-ban/de-cu/{made.uuid}").status_code == 404
    assert hamlet_officer.send(f"/dia-ban/de-cu/{made.uuid}", viec="nhan-du").status_code == 404
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Nomination)) == 1
    assert (enrolled(), focal.id > 0, ward.id > 0) == ({}, True, True)


def test_officer_says_whom_a_course_is_for(client):
    ward, _a, _b, _course = staged(client)
    client.sign_in(make_staff("officer", ward))
    address = "/dia-ban/doi-tuong?khoa=khoa-thu"
    form = {"noi": str(ward.uuid), "nhom": ["can-bo"], "tu": "18", "den": "60", "thuoc": "", "vai_tro": "mentor"}

    client.send(address, **form)
    shown = text(client.get(address))
    wrong = client.send(address, **{**form, "tu": "70"})
    letters = client.send(address, **{**form, "tu": "mười tám"})
    nobody = client.send(address, **{**form, "noi": str(uuid4())})
    client.send(address, noi=str(ward.uuid), thuoc="", vai_tro="", tu="", den="")

    rules = db.session.scalars(sa.select(EligibilityRule).order_by(EligibilityRule.id)).all()
    assert [(r.audiences, r.age_from, r.age_to, r.role, r.ended_at is None) for r in rules] == [
        (["can-bo"], 18, 60, "mentor", False)]
    assert "từ 18 tuổi; đến 60 tuổi; giữ vai trò Người hướng dẫn" in " ".join(shown.split())
    assert [a.status_code for a in (wrong, letters, nobody)] == [422, 422, 422]
    assert "Tuổi từ 70 lớn hơn tuổi đến 60" in text(wrong)


def test_focal_point_says_whom_a_cohort_is_for_and_no_other_does(client, app):
    _ward, (school, _focal, _people), (other, focal_b, _strangers), _course = staged(client)
    cohort = create_cohort(organisation=school, name="6A", now=clock.now())
    db.session.commit()
    form = {"noi": str(school.uuid), "tu": "11", "den": "12", "thuoc": "", "vai_tro": ""}
    spy = PageClient(app).sign_in(db.session.get_one(Person, focal_b.id))

    foreign = spy.send(f"/dau-moi/nhom/{cohort.uuid}/doi-tuong", **form)
    client.send(f"/dau-moi/nhom/{cohort.uuid}/doi-tuong", **form)

    assert foreign.status_code == 404
    assert [(r.cohort_id, r.age_from) for r in db.session.scalars(sa.select(EligibilityRule))] == [(cohort.id, 11)]
    assert 'value="11"' in text(client.get(f"/dau-moi/nhom/{cohort.uuid}/doi-tuong"))
    assert client.get("/dia-ban/doi-tuong").status_code == 403
    assert other.id


def test_pages_cost_the_same_for_one_and_for_many(client):
    ward, (school, focal, people), _b, course = staged(client, 1)
    people[0].birth_year = 2015
    set_rule(course, ward, now=clock.now(), by=None, age_from=18)
    officer = db.session.get_one(Person, focal.id)
    make_role(officer, "officer", ward)
    client.sign_in(officer)
    nominate([people[0].id], course, organisation=school, by=None, now=clock.now())
    made, costs = db.session.scalars(sa.select(Nomination)).one(), {}
    paths = [f"/dau-moi/ghi-danh?noi={school.uuid}&khoa=khoa-thu", f"/dau-moi/de-cu/moi?noi={school.uuid}&khoa=khoa-thu",
             "/dau-moi/de-cu", f"/dau-moi/de-cu/{made.uuid}", "/dia-ban/de-cu", f"/dia-ban/de-cu/{made.uuid}",
             "/dia-ban/doi-tuong?khoa=khoa-thu"]
    for round_number in range(2):
        db.session.commit()
        for path in paths:
            client.get(path)
            with counted() as sent:
                client.get(path)
            costs.setdefault(path, []).append(len(sent))
        if not round_number:
            more = [make_learner(school, f"Thêm {n:03d}", birth_year=2015 if n % 2 else 1980).id for n in range(60)]
            nominate(more[:30], make_course("khoa-hai", position=2), organisation=school, by=None, now=clock.now())
            from lms.courses.models import Nominated
            db.session.add_all(Nominated(nomination_id=made.id, person_id=one) for one in more)

    assert {path: few == many for path, (few, many) in costs.items()} == dict.fromkeys(paths, True), costs
    assert max(many for _few, many in costs.values()) <= 13, costs
