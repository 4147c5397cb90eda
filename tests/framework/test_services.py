import pytest
import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.framework.models import Crosswalk, Framework, Level, Outcome, Policy, Skill, SkillGroup, uuid_of
from tests.framework.factories import (
    GROUP,
    LEVEL,
    SKILL,
    framework_data,
    make_crosswalk,
    make_framework,
    make_policy,
    policy_data,
)

pytestmark = pytest.mark.usefixtures("app")


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_publish_framework_gives_every_entry_its_ref_and_uuid():
    make_framework()

    refs = {model: db.session.scalars(sa.select(model.ref).order_by(model.id)).all()
            for model in (Framework, Level, SkillGroup, Skill, Outcome)}
    assert refs == {
        Framework: ["thang-thu@1.0"],
        Level: [LEVEL, "thang-thu@1.0/level/cap-2"],
        SkillGroup: [GROUP, "thang-thu@1.0/group/N2"],
        Skill: [SKILL, "thang-thu@1.0/skill/N1.2", "thang-thu@1.0/skill/N2.1"],
        Outcome: ["thang-thu@1.0/outcome/N1.1.cap-1a"]}
    assert db.session.scalar(sa.select(Skill.uuid).filter_by(ref=SKILL)) == uuid_of(SKILL)
    assert uuid_of(SKILL).version == 5


def test_publish_framework_twice_changes_nothing():
    make_framework()
    make_framework()

    assert (count(Framework), count(Level), count(Skill), count(AuditEvent)) == (1, 2, 3, 1)


def test_publish_framework_refuses_other_content_under_the_same_version():
    make_framework()

    with pytest.raises(DomainError) as refusal:
        make_framework(short_title="Khung đã sửa")

    assert refusal.value.code == "framework.published_changed"
    assert refusal.value.params == {"key": "thang-thu", "version": "1.0"}
    assert db.session.scalar(sa.select(Framework.short_title)) == "Khung thử"


def test_publish_framework_brings_a_new_version_in_beside_the_old():
    make_framework()
    old = db.session.scalar(sa.select(Level).filter_by(ref=LEVEL))

    levels = framework_data()["levels"]
    make_framework(version="1.1", levels=[{**levels[0], "short_name": "Cấp một"}, levels[1]])

    assert db.session.scalars(sa.select(Framework.ref).order_by(Framework.id)).all() == ["thang-thu@1.0", "thang-thu@1.1"]
    assert old.short_name == "Cấp 1"
    assert db.session.scalar(sa.select(Level.short_name).filter_by(ref="thang-thu@1.1/level/cap-1")) == "Cấp một"


@pytest.mark.parametrize("model", [Framework, Level, SkillGroup, Skill, Outcome])
def test_published_rows_are_neither_changed_nor_removed(model):
    make_framework()
    db.session.commit()

    row = db.session.scalars(sa.select(model)).first()
    row.note = "sửa"
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()
    db.session.delete(db.session.scalars(sa.select(model)).first())
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()


def test_publish_policy_keeps_the_document_and_its_day():
    make_framework()

    document = make_policy()

    row = db.session.scalars(sa.select(Policy)).one()
    assert (row.key, row.version, row.content_hash, row.level_ref) == ("mac-dinh", "2026.1", document.content_hash, LEVEL)
    assert row.document["assessments"][0]["groups"] == {GROUP: 75}
    assert row.status == "default"


def test_publish_policy_refuses_other_content_under_the_same_version():
    make_framework()
    make_policy()

    with pytest.raises(DomainError) as refusal:
        make_policy(title="Khác")

    assert refusal.value.code == "policy.published_changed"
    assert count(Policy) == 1


def test_publish_policy_refuses_a_level_that_is_not_published():
    with pytest.raises(DomainError) as refusal:
        make_policy()

    assert refusal.value.code == "policy.level_unknown"


def test_a_policy_row_is_never_changed():
    make_framework()
    make_policy()
    row = db.session.scalars(sa.select(Policy)).one()

    row.status = "official"

    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()


def test_a_new_version_of_a_policy_lies_beside_the_old():
    make_framework()
    make_policy()

    make_policy(data=policy_data(version="2026.2", title="Mới"))

    assert db.session.scalars(sa.select(Policy.version).order_by(Policy.id)).all() == ["2026.1", "2026.2"]


def test_replace_crosswalk_adds_changes_and_removes():
    one, two, three = ("a@1/skill/x", "b@1/skill/y", "close"), ("a@1/skill/x", "b@1/skill/z", "close"), ("a@1", "b@1", "exact")
    assert make_crosswalk("k", one, two) == 2

    changed = make_crosswalk("k", (*one[:2], "broader"), three)

    assert changed == 3
    rows = db.session.execute(sa.select(Crosswalk.to_ref, Crosswalk.relation).order_by(Crosswalk.to_ref)).all()
    assert rows == [("b@1", "exact"), ("b@1/skill/y", "broader")]
    assert make_crosswalk("k", (*one[:2], "broader"), three) == 0
