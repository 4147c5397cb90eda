"""A level of the ward's own scheme, its policy, people confirmed at it, and their papers."""

from lms.assessment.models.confirmations import Confirmation, ConfirmationEvent
from lms.certificates import services
from lms.core import settings
from lms.core.db import db
from lms.framework.models import Framework, Level, Policy, uuid_of
from tests.factories import NOW, make_organisation, make_person

FRAMEWORK = "vinhbao-4-cap-do@2025"
LEVEL = f"{FRAMEWORK}/level/cap-1"
LEVEL_NAME = "Cấp 1: Xóa mù công nghệ"
WORDS = {
    "achievement": "đã hoàn thành Cấp 1: Xóa mù công nghệ", "scheme": "theo thang bốn cấp của địa phương",
    "follows": "Nội dung học theo Khung kiến thức, kỹ năng số cơ bản ban hành kèm Quyết định 757/QĐ-BKHCN",
}
BODY = {
    "body_name": "Ủy ban nhân dân phường Bến Thu", "serial_prefix": "BT", "certificate_place": "Bến Thu",
    "signatory_title": "TM. Ủy ban nhân dân, Chủ tịch", "signatory_name": "Phạm Quốc Bảo",
    "decision_number": "214/QĐ-UBND ngày 18/11/2026", "help_phone": "02363000000",
}


def make_policy(*, words=WORDS, version="2026.1", now=NOW):
    """The policy of level 1, with its framework and level where they are missing."""
    if not db.session.query(Framework).filter_by(ref=FRAMEWORK).first():
        common = {"confidence": "official-text", "source": "KH 03", "position": 1}
        framework = Framework(
            ref=FRAMEWORK, uuid=uuid_of(FRAMEWORK), key="vinhbao-4-cap-do", version="2025", content_hash="0" * 16,
            kind="local-level-scheme", title="Bốn cấp của lớp học số cộng đồng", title_en="Four levels",
            short_title="Bốn cấp", icon="list", issuing_document="KH 03/KH-MTTQ-BTT", audience="Người dân",
            group_word="nhóm", group_word_en="group", skill_word="kỹ năng", skill_word_en="skill",
            official_list="full", document={}, published_at=now, **common)
        db.session.add(framework)
        db.session.flush()
        db.session.add(Level(ref=LEVEL, uuid=uuid_of(LEVEL), framework_id=framework.id, code="cap-1",
                             official_name=LEVEL_NAME, short_name="Cấp 1: Dùng điện thoại", **common))
        db.session.flush()
    policy = Policy(key="cap-1-nguoi-dan", version=version, content_hash="0" * 16, level_ref=LEVEL,
                    audience="nguoi-dan", status="default", effective_from=now.date(), published_at=now,
                    document={"title": "Cấp 1, người dân", "certificate": words})
    db.session.add(policy)
    db.session.flush()
    return policy


def make_confirmation(person=None, organisation=None, *, policy=None, now=NOW, **values):
    """A live confirmation of level 1, decided by somebody else."""
    person = person or make_person()
    organisation = organisation or make_organisation()
    policy = policy or db.session.query(Policy).first() or make_policy()
    confirmation = Confirmation(**{
        "person_id": person.id, "level_ref": LEVEL, "framework_ref": FRAMEWORK, "policy_id": policy.id,
        "organisation_id": organisation.id, "evidence": {}, "evidence_hash": "0" * 64,
        "assessor_id": make_person("Lê Văn Bình").id, "basis": "person", "decided_at": now, **values})
    db.session.add(confirmation)
    db.session.flush()
    return confirmation


def end_confirmation(confirmation, kind, *, at=NOW):
    """What the assessment package writes when a confirmation ends."""
    confirmation.ended_at = at
    db.session.add(ConfirmationEvent(confirmation_id=confirmation.id, kind=kind, at=at, reason="Nhầm người"))
    db.session.flush()


def set_body(**values):
    """The body's settings, as an administrator has typed them."""
    settings.change(now=NOW, **{**BODY, **values})


def make_certificate(name="Trần Thị Lựu", organisation=None, *, now=NOW, **values):
    """An issued paper, committed."""
    set_body()
    person = values.pop("person", None) or make_person(name)
    credential = services.issue(make_confirmation(person, organisation, now=now, **values), now=now)
    db.session.commit()
    return credential
