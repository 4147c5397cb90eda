"""Plays the lives of the invented ward's people through the rules that real people meet, dated back some weeks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lms.assessment import item_types
from lms.assessment.models import Attempt, Response
from lms.assessment.queries.cases import case_for
from lms.assessment.queries.papers import paper_of
from lms.assessment.services.attempts import start_attempt, submit_attempt
from lms.assessment.services.confirmations import confirm_level, send_back
from lms.assessment.services.observations import record_sitting
from lms.certificates.services import issue_due, revoke
from lms.core import audit, clock, settings
from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.models import Lesson, LessonVersion, Reader
from lms.courses.services.progress import answer_check, complete_lesson, finish_practice, reach_step
from lms.demo.elsewhere import learn_elsewhere
from lms.demo.groups import gather
from lms.demo.requests import ask_the_ward
from lms.demo.school import open_school
from lms.demo.ward import BELOW_WARD, BODY, LEARNERS, PIN, STAFF, WARD, Learner, Staff
from lms.framework.queries import policy_for
from lms.people.models import Actor, Organisation, Person, RoleAt
from lms.people.rules.identities import is_under_16
from lms.people.services.organisations import create_organisation
from lms.people.services.persons import Agreement, create_person, give_consent
from lms.people.services.roles import grant_role
from lms.people.services.secrets import hash_secret

COURSE, ASSESSMENT, LEVEL = "xoa-mu-cong-nghe", "cap-1-xoa-mu-cong-nghe", "vinhbao-4-cap-do@2025/level/cap-1"
POLICY = "ben-thu-cap-1-nguoi-dan"
TASKS = ("goi-dien", "doc-tra-loi-tin", "chup-anh-xem-lai", "bat-wifi-mo-trang-tin", "tim-mot-thong-tin", "gap-tin-nhan-la")
OPERATOR = "demo"


class Ward:
    """The ward while it is being loaded: its organisations by key, its people by name, the moment it is loaded at."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.organisations: dict[str, Organisation] = {}
        self.people: list[tuple[Learner, Person]] = []
        self.assessor: Actor | None = None

    def ago(self, days: float) -> datetime:
        """So many days before the loading."""
        return self.now - timedelta(days=days)


def is_loaded() -> bool:
    """Whether this database holds the demonstration ward."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Person.is_demo))))


def load_ward(*, now: datetime) -> bool:
    """Bring the invented ward in; False when it is here already.

    Raises DomainError demo.holds_people in a database that holds other people, demo.content_missing before the content.
    """
    if is_loaded():
        return False
    if db.session.scalar(sa.select(sa.exists().where(~Person.is_demo))):
        raise DomainError("demo.holds_people")
    if not db.session.scalar(sa.select(sa.exists().where(Lesson.retired_at.is_(None)))):
        raise DomainError("demo.content_missing")
    settings.change(now=now, operator=OPERATOR, **BODY)
    ward = Ward(now)
    found_organisations(ward)
    secret_hash = hash_secret(PIN)
    for one in STAFF:
        appoint(ward, one, secret_hash)
    for learner in LEARNERS:
        ward.people.append((learner, admit(ward, learner, secret_hash)))
    for learner, person in ward.people:
        for chapter in STATES[learner.state]:
            chapter(ward, person)
    issue_due(now=ward.ago(1), limit=200, operator=OPERATOR)
    revoke_some(ward)
    gather(now=now)
    ask_the_ward(asked=ward.ago(9), answered=ward.ago(6), now=now)
    open_school(listed=ward.ago(18), asked=ward.ago(9), sent=ward.ago(1), now=now)
    learn_elsewhere(opened=ward.ago(17), sent=ward.ago(2), now=now)
    audit.record("demo.loaded", now=now, operator=OPERATOR, people=len(STAFF) + len(LEARNERS))
    db.session.flush()
    return True


def found_organisations(ward: Ward) -> None:
    """The ward, its eight tổ dân phố, eight schools and the digital team."""
    since = ward.ago(500)
    key, name, kind = WARD
    top = create_organisation(key=key, name=name, kind=kind, now=since, operator=OPERATOR)
    ward.organisations[key] = top
    for key, name, kind in BELOW_WARD:
        ward.organisations[key] = create_organisation(
            key=key, name=name, kind=kind, parent=top, now=since, operator=OPERATOR)


def appoint(ward: Ward, one: Staff, secret_hash: str) -> None:
    """Somebody with a role, who has signed in before."""
    place = ward.organisations[one.place]
    person = create_person(full_name=one.name, birth_year=one.year, audience=one.audience, phone=one.phone, is_demo=True,
                           organisation=place, now=ward.ago(80), operator=OPERATOR)
    grant_role(person, one.role, place, now=ward.ago(80), operator=OPERATOR)
    settle(ward, person, secret_hash)
    if one.role == "assessor" and one.place == WARD[0]:
        ward.assessor = Actor(
            id=person.id, uuid=person.uuid, full_name=person.full_name, form_of_address="ban", audience=person.audience,
            locale="vi", text_size="vua", token="", roles=(RoleAt("assessor", place.id),))


def admit(ward: Ward, learner: Learner, secret_hash: str) -> Person:
    """A learner; whoever is not new has a PIN and has agreed."""
    person = create_person(
        full_name=learner.name, birth_year=learner.year, audience=learner.audience, phone=learner.phone, is_demo=True,
        organisation=ward.organisations[learner.place], now=ward.ago(45), operator=OPERATOR,
        form_of_address=learner.address, extra_time_percent=learner.extra_time)
    if learner.state != "new":
        settle(ward, person, secret_hash)
    return person


def settle(ward: Ward, person: Person, secret_hash: str) -> None:
    """PIN and consent; a child's guardian agrees too."""
    person.secret_hash, person.secret_kind, person.secret_set_at = secret_hash, "pin", ward.ago(40)
    child = is_under_16(birth_year=person.birth_year, birth_date=None, on=clock.local_date(ward.now))
    guardian = Agreement("Phụ huynh mẫu", "Mẹ") if child else Agreement()
    give_consent(person, guardian, now=ward.ago(40))


def learn(ward: Ward, person: Person, *, lessons: int, days: float) -> None:
    """Go through the first lessons of the course, one each evening; the last one stays half done."""
    rows = db.session.execute(
        sa.select(Lesson, LessonVersion)
        .join(LessonVersion, (LessonVersion.lesson_id == Lesson.id) & (LessonVersion.hash == Lesson.version))
        .where(Lesson.key.startswith(COURSE + "/")).order_by(Lesson.position)).all()
    reader = Reader(person_id=person.id)
    for number, (lesson, version) in enumerate(rows[: lessons + 1]):
        when = ward.ago(days - number * 0.9)
        steps = [step["id"] for step in version.steps if step["device"] != "iphone"]
        whole = number < lessons
        for step in steps if whole else steps[: max(1, len(steps) // 2)]:
            reach_step(reader, lesson, version, step, now=when)
        if whole:
            for position, check in enumerate(version.document["checks"], start=1):
                answer_check(reader, lesson, version, position, check["id"], right_answer(check), now=when)
            finish_practice(reader, lesson, version, now=when)
            complete_lesson(reader, lesson, version, now=when)


def right_answer(check: dict[str, Any]) -> list[str]:
    """The ids that are right in a self-check."""
    if check["type"] == "true_false":
        return ["dung" if check["answer"] else "sai"]
    if check["type"] == "scenario":
        return [part["id"] for part in check["parts"] if part.get("suspicious")]
    return [option["id"] for option in check["options"] if option["score"] > 0]


def sit(ward: Ward, person: Person, *, share: float, days: float, submit: bool = True) -> None:
    """Take the assessment and answer this share of the questions rightly, the safety questions last."""
    begun = ward.ago(days)
    uuid = start_attempt(person_id=person.id, key=ASSESSMENT, now=begun)
    paper = paper_of(uuid)
    assert paper is not None
    attempt_id = db.session.scalar(sa.select(Attempt.id).where(Attempt.uuid == uuid))
    answered = paper.items[: round(len(paper.items) * share)]
    db.session.execute(sa.insert(Response), [
        {"attempt_id": attempt_id, "position": item.position, "flagged": False, "sequence": 1, "receipt": number,
         "document": item_types.of(item.type).correct_response(item.document),
         "saved_at": begun + timedelta(seconds=50 * number)} for number, item in enumerate(answered, start=1)])
    if submit:
        submit_attempt(person_id=person.id, uuid=uuid, now=begun + timedelta(minutes=14))


def watch(ward: Ward, person: Person, *, tasks: int, days: float) -> None:
    """An assessor watches the first tasks."""
    marks = {task: "one_reminder" if number == 2 else "alone" for number, task in enumerate(TASKS[:tasks])}
    record_sitting(case=case_of(ward, person, days), marks=marks, now=ward.ago(days))


def confirm(ward: Ward, person: Person) -> None:
    confirm_level(case=case_of(ward, person, 4), note="Làm chậm mà chắc.", now=ward.ago(4))


def ask_for_more(ward: Ward, person: Person) -> None:
    send_back(case=case_of(ward, person, 3), kind="continue", now=ward.ago(3),
              reason="Hẹn bác sáng thứ Ba ở nhà sinh hoạt tổ dân phố 3 để làm nốt phần chụp ảnh và tìm thông tin.")


def case_of(ward: Ward, person: Person, days: float):
    """The case that the ward's assessor opens."""
    assert ward.assessor is not None
    case = case_for(ward.assessor, person.uuid, POLICY, on=clock.local_date(ward.ago(days)))
    assert case is not None, policy_for(LEVEL, audience=person.audience, organisation_keys=[WARD[0]],
                                        on=clock.local_date(ward.now))
    return case


def revoke_some(ward: Ward) -> None:
    """The certificate of whoever is marked so was taken back."""
    from lms.certificates.queries import certificates_of

    for learner, person in ward.people:
        if learner.state == "revoked":
            for credential in certificates_of(person.id):
                revoke(credential, actor=None, operator=OPERATOR, reason="Cấp nhầm người trùng tên (mẫu).", now=ward.ago(0.5))


Chapter = Callable[[Ward, Person], None]
STARTED: tuple[Chapter, ...] = (lambda w, p: learn(w, p, lessons=0, days=6),)
LEARNING: tuple[Chapter, ...] = (lambda w, p: learn(w, p, lessons=3, days=12),)
LEARNED: tuple[Chapter, ...] = (lambda w, p: learn(w, p, lessons=8, days=25),)
FAILED: tuple[Chapter, ...] = (*LEARNED, lambda w, p: sit(w, p, share=0.5, days=14))
PASSED: tuple[Chapter, ...] = (*LEARNED, lambda w, p: sit(w, p, share=1.0, days=9))
WATCHED: tuple[Chapter, ...] = (*PASSED, lambda w, p: watch(w, p, tasks=len(TASKS), days=6))
STATES: dict[str, tuple[Chapter, ...]] = {
    "new": (),
    "started": STARTED,
    "learning": LEARNING,
    "learned": LEARNED,
    "failed_once": FAILED,
    "passed_late": (*FAILED, lambda w, p: sit(w, p, share=1.0, days=9)),
    "in_attempt": (*LEARNED, lambda w, p: sit(w, p, share=0.4, days=0.004, submit=False)),
    "to_observe": PASSED,
    "sent_back": (*PASSED, lambda w, p: watch(w, p, tasks=2, days=5), ask_for_more),
    "to_confirm": WATCHED,
    "confirmed": (*WATCHED, confirm),
    "revoked": (*WATCHED, confirm),
}
