"""The person's own copy of their data names every group, request, enrolment, offer, reminder and outside result."""

from datetime import date

from lms.campaign.services.reminders import remind_people
from lms.core.db import db
from lms.courses.services.enrolments import enrol_people
from lms.courses.services.nominations import nominate, return_nominated
from lms.people.services.cohorts import add_to_cohort, create_cohort, remove_from_cohort
from lms.people.services.joining import ask_to_join, open_join_code, return_requests
from tests.courses.factories_enrolments import DUE, make_course, make_two_schools
from tests.factories import NOW, make_actor, make_member
from tests.people.factories import make_account, make_staff
from tests.reports.factories import Stage

AT, DAY = NOW.isoformat(), NOW.date().isoformat()


def test_the_copy_of_ones_own_data_is_whole(client):
    ward, (school, focal, _people), (other, other_focal, strangers) = make_two_schools()
    officer = make_actor(make_staff("officer", ward))
    person = make_account("Lê Thị Mai")
    make_member(person, school)
    course, second = make_course(), make_course("khoa-hai", "Khóa hai", position=2)
    cohort = create_cohort(organisation=school, name="6A", now=NOW, by=focal)
    add_to_cohort(cohort, [person.id], now=NOW, by=focal)
    remove_from_cohort(cohort, [person.id], now=NOW, by=focal)
    code = open_join_code(organisation=other, until=date(2026, 12, 20), most=5, now=NOW, by=other_focal)
    return_requests([ask_to_join(code, by=make_actor(person), now=NOW)], reason="Nhầm trường.", by=other_focal, now=NOW)
    make_member(person, other, is_claimed=False, position="Giáo viên")
    enrol_people([person.id, strangers[0].id], course, due_on=DUE, by=None, now=NOW)
    nomination, _count = nominate([person.id], second, organisation=school, by=focal, now=NOW)
    return_nominated(nomination, [person.id], reason="Đã học.", by=officer, now=NOW)
    remind_people([person.id], school, text="Mời cô vào học.", subject="Mời học", by_mail=False, by=focal, now=NOW)
    Stage(school).elsewhere(person)
    db.session.commit()
    client.sign_in(person)

    document = client.get("/cua-toi/du-lieu.json").get_json()

    assert document["cohorts"] == [{"organisation": "Trường A", "cohort": "6A", "joined_on": DAY, "left_on": DAY}]
    assert document["join_requests"] == [{
        "organisation": "Trường B", "cohort": None, "asked_at": AT, "decision": "returned", "reason": "Nhầm trường.",
        "decided_at": AT}]
    assert document["offers"] == [{"organisation": "Trường B", "position": "Giáo viên", "on": "2026-09-01"}]
    assert document["enrolments"] == [{"course": "Khóa thử", "due_on": "2027-03-31", "enrolled_at": AT, "ended_at": None}]
    assert document["nominations"] == [{
        "course": "Khóa hai", "nominated_at": AT, "decision": "returned", "reason": "Đã học.", "decided_at": AT}]
    assert [(one["at"], one["text"]) for one in document["reminders"]] == [(AT, "Mời cô vào học.")]
    assert len(document["learned_elsewhere"]) == 1
    assert strangers[0].full_name not in str(document)
