"""Who waits and for whom; the same number of statements for one person and for many."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from lms.assessment.models import SentBack
from lms.assessment.queries.cases import case_for
from lms.assessment.queries.confirmations import PAGE, confirmation_for, confirmed_by
from lms.assessment.queries.fulfilments import fulfilment_of
from lms.assessment.queries.home import known_about
from lms.assessment.queries.paths import paths_of
from lms.assessment.queries.waiting import waiting_for
from lms.assessment.services.confirmations import confirm_level, send_back, withdraw_confirmation
from lms.assessment.services.observations import record_sitting
from lms.core.db import db
from lms.courses.models import Course, Lesson, LessonVersion, Progress
from lms.people.models import RoleGrant
from tests.assessment.factories_confirmations import (
    ALL_ALONE,
    LATER,
    PRACTICAL,
    TEST,
    add_policy,
    make_attempt,
    make_learner,
    make_ready,
    make_sitting,
    make_test,
    make_ward,
    open_case,
    view_of,
)
from tests.factories import NOW, make_actor, make_member, make_organisation, make_person, make_role
from tests.statements import counted

TODAY = date(2026, 11, 21)
LOCAL = {"status": "local", "legal_basis": "Quyết định 15/QĐ-UBND", "organisation": "phuong-ben-thu"}


def names(scene, stage, **arguments):
    queue = waiting_for(make_actor(arguments.pop("by", scene.assessor)), stage=stage, now=LATER, **arguments)
    return [line.full_name for line in queue.page.lines]


def everybody(scene, **arguments):
    return [name for stage in ("ready", "practical", "sent_back") for name in names(scene, stage, **arguments)]


def test_each_person_stands_in_one_list(app):
    scene = make_ward()
    practical, back, failed, done = (
        make_learner(scene.village, name) for name in ("Phạm Thị Sáu", "Trần Bông", "Vũ An", "Lý Xong"))
    make_ready(scene)
    make_attempt(practical, scene.policy)
    make_sitting(scene, {"goi-dien": "needs_help"}, learner=practical)
    make_ready(scene, back)
    send_back(case=open_case(scene, learner=back), kind="learn", reason="Học thêm.", now=LATER)
    make_attempt(failed, scene.policy, percent=50, passed=False)
    make_ready(scene, done)
    confirm_level(case=open_case(scene, learner=done), now=LATER)
    db.session.commit()

    queue = waiting_for(make_actor(scene.assessor), now=LATER)

    assert queue.counts == {"ready": 1, "practical": 1, "sent_back": 1}
    assert queue.stage == "ready"
    assert names(scene, "ready") == ["Nguyễn Văn Hùng"]
    assert names(scene, "practical") == ["Phạm Thị Sáu"]
    assert names(scene, "sent_back") == ["Trần Bông"]


def test_a_line_tells_what_the_row_is_about(app):
    scene = make_ward()
    make_ready(scene)
    send_back(case=open_case(scene), kind="continue", reason="Hẹn thứ Năm.", now=LATER)
    db.session.commit()

    [line] = waiting_for(make_actor(scene.assessor), now=LATER).page.lines

    assert (line.person_uuid, line.birth_year, line.organisations) == (scene.learner.uuid, 1959, "Tổ dân phố 3")
    assert (line.level, line.stage, line.fulfilment.is_fulfilled) == ("Cấp 1", "sent_back", True)
    assert (line.sent_back.reason, line.sent_back.assessor) == ("Hẹn thứ Năm.", "Lê Thị Tâm")


def test_something_new_brings_a_person_back_into_the_list(app):
    scene = make_ward()
    make_ready(scene)
    send_back(case=open_case(scene), kind="continue", reason="Hẹn thứ Năm.", now=LATER)
    db.session.commit()
    assert names(scene, "ready") == []

    record_sitting(case=open_case(scene), marks={"goi-dien": "one_reminder"}, now=LATER + timedelta(days=1))

    assert names(scene, "ready") == ["Nguyễn Văn Hùng"]
    assert names(scene, "sent_back") == []


def test_nobody_sees_another_body_or_themselves(app):
    scene = make_ward()
    make_ready(scene)
    make_role(scene.learner, "assessor", scene.ward)
    foreign = make_person("Người đánh giá nơi khác")
    make_role(foreign, "assessor", make_organisation("Phường khác"))
    below = make_person("Người đánh giá tổ khác")
    make_role(below, "officer", make_organisation("Tổ dân phố 4", parent=scene.ward, kind="village"))
    mentor = make_person("Người hướng dẫn")
    make_role(mentor, "mentor", scene.ward)
    db.session.commit()

    assert everybody(scene) == ["Nguyễn Văn Hùng"]
    for other in (scene.learner, foreign, below, mentor):
        assert everybody(scene, by=other) == []


def test_a_person_who_left_the_organisation_is_not_listed(app):
    scene = make_ward()
    elsewhere = make_person("Đã chuyển đi")
    make_member(elsewhere, scene.village).left_on = date(2026, 11, 1)
    make_ready(scene, elsewhere)

    assert everybody(scene) == []


def test_the_search_forgives_missing_marks_and_takes_no_wildcards(app):
    scene = make_ward()
    for name in ("Đỗ Thị Đào", "Phạm Văn Đạo"):
        make_ready(scene, make_learner(scene.village, name))

    assert names(scene, "ready", search="dao") == ["Đỗ Thị Đào", "Phạm Văn Đạo"]
    assert names(scene, "ready", search="do thi") == ["Đỗ Thị Đào"]
    assert names(scene, "ready", search="%") == []


def test_those_who_wait_longest_come_first_and_pages_hold_fifty(app):
    scene = make_ward()
    for number in range(PAGE + 3):
        make_ready(scene, make_learner(scene.village, f"Người {number:02d}"), at=NOW - timedelta(minutes=number))

    first, last = names(scene, "ready"), names(scene, "ready", page=2)

    assert (first[0], len(first)) == ("Người 52", PAGE)
    assert last == ["Người 02", "Người 01", "Người 00"]
    assert names(scene, "ready", page=99) == last


@pytest.mark.parametrize("policy", [{}, {"practical": None}, {"lessons": {"required": True, "course": "khoa-thu"}}],
                         ids=["usual", "test-alone", "lessons-required"])
def test_statements_do_not_grow_with_people(app, policy):
    scene = make_ward(**policy)
    add_policy("cua-phuong", **LOCAL, **policy)
    actor = make_actor(scene.assessor)
    make_ready(scene)
    with counted() as one:
        assert sum(waiting_for(actor, now=LATER).counts.values()) == 1
    for number in range(PAGE):
        make_ready(scene, make_learner(scene.village, f"Người {number}"))
        make_attempt(scene.learner, scene.policy, at=NOW + timedelta(minutes=number))
    db.session.commit()
    db.session.expire_all()

    with counted() as many:
        queue = waiting_for(actor, stage="ready", now=LATER)

    assert len(queue.page.lines) == PAGE
    assert len(many) == len(one) <= 16


def test_one_record_costs_the_same_for_many_attempts(app):
    scene = make_ward()
    make_ready(scene)
    with counted() as one:
        fulfilment_of(scene.learner.id, view_of(scene.policy), now=LATER)
    for number in range(20):
        make_ready(scene, at=NOW + timedelta(minutes=number))
    db.session.expire_all()

    with counted() as many:
        weighed = fulfilment_of(scene.learner.id, view_of(scene.policy), now=LATER)

    assert len(weighed.examinations[0].attempts) == 21
    assert len(many) <= len(one) + 1 <= 11  # after expire_all the policy row itself is read again


def test_the_nearest_body_that_decided_is_the_policy(app):
    scene = make_ward()
    own = add_policy("cua-phuong", **LOCAL)
    make_ready(scene)

    [line] = waiting_for(make_actor(scene.assessor), now=LATER).page.lines

    assert line.fulfilment.policy.id == own.id
    assert open_case(scene) is None
    assert case_for(make_actor(scene.assessor), scene.learner.uuid, "cua-phuong", on=TODAY).policy.id == own.id


def test_the_policy_of_another_body_does_not_count(app):
    scene = make_ward()
    make_organisation("Phường khác", key="phuong-khac")
    add_policy("noi-khac", **{**LOCAL, "organisation": "phuong-khac"}, practical=None)
    make_attempt(scene.learner, scene.policy)
    db.session.commit()

    assert names(scene, "ready") == []
    assert names(scene, "practical") == ["Nguyễn Văn Hùng"]


def test_a_policy_for_another_audience_lists_nobody(app):
    scene = make_ward(audience="can-bo")
    make_ready(scene)

    assert everybody(scene) == []


def test_a_policy_that_has_not_begun_lists_nobody(app):
    scene = make_ward(effective_from=date(2027, 1, 1))
    make_ready(scene)

    assert everybody(scene) == []


def test_every_assessment_of_the_policy_must_be_passed(app):
    gate = {"overall": 70, "groups": {}, "must_pass_skills": []}
    scene = make_ward(assessments=[{"key": TEST, **gate}, {"key": "bai-hai", **gate}], practical=None)
    make_test("bai-hai")
    make_attempt(scene.learner, scene.policy)
    db.session.commit()
    assert everybody(scene) == []

    make_attempt(scene.learner, scene.policy, key="bai-hai")
    db.session.commit()

    assert names(scene, "ready") == ["Nguyễn Văn Hùng"]


def make_course(*slugs):
    course = Course(key="khoa-thu", title="Khóa thử", short_title="Khóa thử", summary="x", icon="house", position=1,
                    reviewed_on=TODAY, review_by=TODAY)
    db.session.add(course)
    db.session.flush()
    versions = []
    for position, slug in enumerate(slugs):
        lesson = Lesson(key=f"khoa-thu/{slug}", slug=slug, course_id=course.id, position=position, version="v1")
        db.session.add(lesson)
        db.session.flush()
        versions.append(LessonVersion(
            lesson_id=lesson.id, hash="v1", title=slug, goal="x", skill_ref="s", also=[], minutes=5, bytes=1, facts=[],
            reviewed_on=TODAY, review_by=TODAY, steps=[], document={}, loaded_at=NOW))
    db.session.add_all(versions)
    db.session.flush()
    return versions


def learn(person, version, *, completed=True):
    db.session.add(Progress(person_id=person.id, lesson_id=version.lesson_id, version_id=version.id, started_at=NOW,
                            updated_at=NOW, completed_at=NOW if completed else None))
    db.session.commit()


def test_required_lessons_come_before_the_assessor(app):
    scene = make_ward(lessons={"required": True, "course": "khoa-thu"})
    first, second = make_course("bai-mot", "bai-hai")
    make_ready(scene)
    learn(scene.learner, first)
    learn(make_learner(scene.village, "Người khác"), second)

    before = everybody(scene)
    weighed = fulfilment_of(scene.learner.id, view_of(scene.policy), now=LATER)
    learn(scene.learner, second)

    assert before == []
    assert (weighed.lessons_missing, [one.key for one in weighed.lessons.done]) == (1, ["khoa-thu/bai-mot"])
    assert names(scene, "ready") == ["Nguyễn Văn Hùng"]


def test_a_practical_alone_lists_those_who_have_begun_it(app):
    scene = make_ward(assessments=[], practical=PRACTICAL)
    make_learner(scene.village, "Chưa bắt đầu")
    make_sitting(scene, {"goi-dien": "alone"})
    db.session.commit()

    assert names(scene, "practical") == ["Nguyễn Văn Hùng"]


def test_a_withdrawn_person_starts_anew(app):
    scene = make_ward()
    make_ready(scene)
    made = confirm_level(case=open_case(scene), now=LATER)
    officer = make_person("Trần Văn Lộc")
    make_role(officer, "officer", scene.ward)
    actor = make_actor(officer)
    withdraw_confirmation(confirmation=confirmation_for(actor, made.uuid), actor=actor, reason="Nhầm.", now=LATER)
    db.session.commit()
    assert everybody(scene) == []

    make_attempt(scene.learner, scene.policy, at=LATER + timedelta(days=1))
    db.session.commit()

    assert names(scene, "practical") == ["Nguyễn Văn Hùng"]


def test_a_case_opens_only_under_the_actors_roles(app):
    scene = make_ward()
    foreign = make_person("Nơi khác")
    make_role(foreign, "officer", make_organisation("Phường khác"))
    mentor = make_person("Người hướng dẫn")
    make_role(mentor, "mentor", scene.ward)

    assert open_case(scene).organisation == "Tổ dân phố 3"
    assert open_case(scene, by=foreign) is None
    assert open_case(scene, by=mentor) is None
    assert case_for(make_actor(scene.assessor), uuid4(), "mac-dinh", on=TODAY) is None
    assert case_for(make_actor(scene.assessor), scene.learner.uuid, "khong-co", on=TODAY) is None


def test_a_case_ends_with_the_role(app):
    scene = make_ward()
    grant = make_role(make_person("Tạm thời"), "assessor", scene.ward)
    person = db.session.get(type(scene.assessor), grant.person_id)
    assert open_case(scene, by=person).may_decide

    grant.ended_at = NOW
    db.session.commit()

    assert open_case(scene, by=person) is None


def test_a_confirmed_record_stays_open_when_the_policy_is_replaced(app):
    scene = make_ward()
    make_ready(scene)
    confirm_level(case=open_case(scene), now=LATER)
    add_policy("cua-phuong", **LOCAL)
    db.session.commit()

    assert open_case(scene).policy.id == scene.policy.id


def test_confirmed_by_lists_my_own_where_i_still_assess(app):
    scene = make_ward()
    make_ready(scene)
    confirm_level(case=open_case(scene), now=LATER)
    other = make_person("Huỳnh Bá Lộc")
    make_role(other, "assessor", scene.ward)
    db.session.commit()

    assert [line.full_name for line in confirmed_by(make_actor(scene.assessor)).lines] == ["Nguyễn Văn Hùng"]
    assert confirmed_by(make_actor(other)).lines == []
    db.session.query(RoleGrant).filter_by(person_id=scene.assessor.id).update({"ended_at": NOW})
    make_role(scene.assessor, "assessor", make_organisation("Phường khác"))
    db.session.commit()
    assert confirmed_by(make_actor(scene.assessor)).lines == []


def test_only_an_officer_or_admin_of_the_place_finds_it_to_withdraw(app):
    scene = make_ward()
    make_ready(scene)
    made = confirm_level(case=open_case(scene), now=LATER)
    people = {role: make_person(role) for role in ("officer", "admin", "focal_point")}
    for role, person in people.items():
        make_role(person, role, scene.ward)
    foreign = make_person("Nơi khác")
    make_role(foreign, "admin", make_organisation("Phường khác"))
    db.session.commit()

    found = {role: confirmation_for(make_actor(person), made.uuid) is not None for role, person in people.items()}

    assert found == {"officer": True, "admin": True, "focal_point": False}
    assert confirmation_for(make_actor(foreign), made.uuid) is None
    assert confirmation_for(make_actor(scene.assessor), made.uuid) is None


def stages(scene):
    [path] = paths_of(make_actor(scene.learner), now=LATER)
    return dict(path.stages)


def way(scene):
    person_id = scene.learner.id
    with counted() as sent:
        known = known_about(person_id, now=LATER)
    assert len(sent) == 1
    return known.stage


def test_the_path_goes_on_stage_by_stage(app):
    scene = make_ward()
    assert stages(scene) == {"examine": "now", "show": "wait", "confirm": "wait", "paper": "wait"}
    assert way(scene) == "begin"

    make_attempt(scene.learner, scene.policy)
    db.session.commit()
    assert stages(scene) == {"examine": "done", "show": "now", "confirm": "wait", "paper": "wait"}
    assert way(scene) == "show"

    record_sitting(case=open_case(scene), marks=ALL_ALONE, now=LATER)
    db.session.commit()
    assert stages(scene) == {"examine": "done", "show": "done", "confirm": "now", "paper": "wait"}
    assert way(scene) == "wait"

    confirm_level(case=open_case(scene), now=LATER)
    db.session.commit()
    assert set(stages(scene).values()) == {"done"}
    assert way(scene) == "confirmed"


def test_the_path_shows_why_one_was_sent_back_until_something_new(app):
    scene = make_ward()
    make_ready(scene)
    send_back(case=open_case(scene), kind="learn", reason="Học lại bài tin nhắn giả.", now=LATER)
    db.session.commit()
    [path] = paths_of(make_actor(scene.learner), now=LATER)
    assert (path.sent_back.reason, way(scene)) == ("Học lại bài tin nhắn giả.", "sent_back")

    make_attempt(scene.learner, scene.policy, at=LATER + timedelta(days=1))
    db.session.commit()

    [path] = paths_of(make_actor(scene.learner), now=LATER)
    assert path.sent_back is None
    assert way(scene) == "wait"
    assert db.session.query(SentBack).count() == 1


def test_learning_is_a_stage_where_a_course_belongs_to_the_policy(app):
    scene = make_ward(lessons={"required": False, "course": "khoa-thu"})
    [version] = make_course("bai-mot")
    assert stages(scene)["learn"] == "now"

    learn(scene.learner, version)

    assert stages(scene)["learn"] == "done"


def test_without_a_policy_there_is_no_way(app):
    scene = make_ward(audience="can-bo")

    assert paths_of(make_actor(scene.learner), now=LATER) == []
    assert way(scene) is None
