"""A ward with an assessor and a learner, a policy with a test and a practical, attempts and sittings as rows."""

import itertools
from dataclasses import dataclass
from datetime import timedelta

from lms.assessment.models import Assessment, AssessmentVersion, Attempt, Observation, Rubric, RubricVersion
from lms.assessment.queries.cases import case_for
from lms.core import clock
from lms.core.content_tree import content_hash
from lms.core.db import db
from lms.framework.models import Policy
from lms.framework.queries import policy_by_id
from lms.people.models import Organisation, Person
from tests.factories import NOW, make_actor, make_member, make_organisation, make_person, make_role
from tests.framework.factories import GROUP, LEVEL, SKILL, make_framework, make_policy

OTHER_SKILL = "thang-thu@1.0/skill/N2.1"
SMALL_GROUP = "thang-thu@1.0/group/N2"
TEST = "kiem-tra-cap-1"
TASKS = ("goi-dien", "nhan-tin")
ALL_ALONE = dict.fromkeys(TASKS, "alone")
PRACTICAL = {"rubric": "thuc-hanh", "accept": ["alone", "one_reminder"]}
LATER = NOW + timedelta(hours=2)
_numbers = itertools.count(1)


@dataclass
class Ward:
    """The usual scene: a ward over a village, its assessor, a learner of the village."""

    ward: Organisation
    village: Organisation
    assessor: Person
    learner: Person
    policy: Policy


def make_ward(*, now=NOW, **policy):
    """Publish the framework, rubric, test and policy; everybody in place. `policy` changes the policy."""
    make_framework(now=now)
    make_rubric()
    make_test()
    ward = make_organisation("Phường Bến Thu", key="phuong-ben-thu")
    village = make_organisation("Tổ dân phố 3", parent=ward, kind="village")
    assessor = make_person("Lê Thị Tâm")
    make_role(assessor, "assessor", ward)
    scene = Ward(ward, village, assessor, make_learner(village), add_policy(**policy))
    db.session.commit()
    return scene


def add_policy(key="mac-dinh", **changes):
    make_policy(key, **{"practical": PRACTICAL, "lessons": {"required": False}, **changes})
    return db.session.query(Policy).filter_by(key=key).order_by(Policy.id.desc()).first()


def make_learner(organisation, name="Nguyễn Văn Hùng", **values):
    person = make_person(name, **{"form_of_address": "bac", **values})
    make_member(person, organisation)
    return person


def make_rubric(key="thuc-hanh", tasks=TASKS, *, now=NOW, optional=()):
    rubric = Rubric(key=key)
    db.session.add(rubric)
    db.session.flush()
    document = {"tasks": [
        {"id": task, "title": f"Việc {task}", "skill": OTHER_SKILL, "say": f"Bác làm {task} giúp cháu.",
         "observe": ["Tự mở được máy"], "remind": "Nhắc một lần.", "required": task not in optional} for task in tasks]}
    version = RubricVersion(rubric_id=rubric.id, hash=content_hash(document), title="Thực hành", level_ref=LEVEL,
                            document=document, created_at=now)
    db.session.add(version)
    db.session.flush()
    rubric.current_version_id = version.id
    return version


def make_test(key=TEST, *, now=NOW):
    assessment = Assessment(key=key)
    db.session.add(assessment)
    db.session.flush()
    version = AssessmentVersion(
        assessment_id=assessment.id, hash=content_hash(key), title="Bài kiểm tra Cấp 1", short_title="Kiểm tra Cấp 1",
        use="counting", level_ref=LEVEL, minutes=20, grace_seconds=60, wait_hours=0,
        draw=[{"skill": SKILL, "count": 8}], banks=[], pass_rule={"overall": 70}, show_answers="after_submit",
        created_at=now)
    db.session.add(version)
    db.session.flush()
    assessment.current_version_id = version.id
    return version


def marking(percent=83, *, group=80, small=50, skill=100):
    """A stored result: a group of five that is judged, a group of two that is not."""
    tally = {"required": None, "passed": None}
    return {
        "right": 5, "of": 7, "score_percent": percent, "required": 70.0, "passed": percent >= 70, "scores": [],
        "scoring_version": 1,
        "groups": [{"ref": GROUP, "right": 4, "of": 5, "percent": group, "judged": True, **tally},
                   {"ref": SMALL_GROUP, "right": 1, "of": 2, "percent": small, "judged": False, **tally}],
        "skills": [{"ref": SKILL, "right": 4, "of": 5, "percent": skill, "judged": True, **tally}]}


def make_attempt(person, policy, *, percent=83, passed=True, at=NOW, key=TEST, **parts):
    """A submitted attempt that pinned this policy."""
    version = db.session.query(AssessmentVersion).join(Assessment, Assessment.id == AssessmentVersion.assessment_id).filter(
        Assessment.key == key).one()
    attempt = Attempt(
        person_id=person.id, assessment_id=version.assessment_id, assessment_version_id=version.id,
        policy_id=policy.id if policy else None, number=next(_numbers), seed=1, state="submitted",
        started_at=at - timedelta(minutes=10), due_at=at, closes_at=at + timedelta(minutes=1), submitted_at=at,
        submitted_by="client", result=marking(percent, **parts), score_percent=percent, passed=passed, scoring_version=1)
    db.session.add(attempt)
    db.session.flush()
    return attempt


def make_sitting(scene, marks=ALL_ALONE, *, learner=None, assessor=None, at=NOW, completes=None):
    """One row of observation, as the service writes it."""
    version = db.session.query(RubricVersion).one()
    row = Observation(
        person_id=(learner or scene.learner).id, rubric_version_id=version.id, policy_id=scene.policy.id,
        organisation_id=scene.village.id, assessor_id=(assessor or scene.assessor).id, marks=dict(marks), observed_at=at,
        completes=set(marks.values()) <= {"alone", "one_reminder"} and set(marks) >= set(TASKS) if completes is None else completes)
    db.session.add(row)
    db.session.flush()
    return row


def make_ready(scene, learner=None, *, at=NOW):
    """Everything but the confirmation."""
    make_attempt(learner or scene.learner, scene.policy, at=at)
    make_sitting(scene, learner=learner, at=at)
    db.session.commit()


def open_case(scene, *, by=None, learner=None, now=LATER):
    """The case as the assessor opens it."""
    return case_for(make_actor(by or scene.assessor), (learner or scene.learner).uuid, scene.policy.key,
                    on=clock.local_date(now))


def view_of(policy):
    return policy_by_id(policy.id)
