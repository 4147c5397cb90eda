"""The check finds each fault with its file and line; the load publishes once; the shipped tree is sound."""

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from ruamel.yaml import YAML

from lms.app import load_content
from lms.core.config import ROOT
from lms.core.content_tree import ContentTree, fingerprint
from lms.core.db import db
from lms.framework import content
from lms.framework.models import Crosswalk, Framework, Level, LevelBand, Outcome, Policy, Skill, SkillGroup
from tests.factories import NOW
from tests.framework.factories import GROUP, LEVEL, SKILL, SOURCE, framework_data, policy_data

BASE = {"frameworks/thang-thu.yaml": framework_data()}
OFFICIALS = {**framework_data(), "level_word": "mức độ phổ cập"}


def write(root, files):
    for name, data in files.items():
        path = Path(root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, str):
            path.write_text(data, encoding="utf-8")
        else:
            with path.open("w", encoding="utf-8") as file:
                YAML().dump(data, file)
    return Path(root)


def checked(root, files):
    tree = ContentTree(write(root, files))
    content.check(tree)
    return tree


def changed(**values):
    return {"frameworks/thang-thu.yaml": framework_data(**values)}


def group(**values):
    return {**framework_data()["groups"][1], **values}


def skill(**values):
    return {**framework_data()["groups"][0]["skills"][0], **values}


def policy(**values):
    return {**BASE, "policies/mac-dinh.yaml": policy_data(**values)}


def crosswalk(*rows):
    return {**BASE, "frameworks/crosswalks/k.yaml": {"title": "Đối chiếu", "rows": [
        {"from": a, "to": b, "relation": "close", **SOURCE} for a, b in rows]}}


FILE, POLICY, CROSSWALK = "frameworks/thang-thu.yaml", "policies/mac-dinh.yaml", "frameworks/crosswalks/k.yaml"
FAULTS = {
    "broken yaml": ({FILE: "version: \"1.0\"\nlevels: [\n  - id: a\n"}, FILE, "line", "yaml.invalid"),
    "number as version": (changed(version=1), FILE, "line 1, version", "schema.string_type"),
    "wrong confidence": (changed(confidence="sure"), FILE, "confidence", "schema.literal_error"),
    "unknown key": (changed(colour="red"), FILE, "colour", "schema.extra_forbidden"),
    "no source": (changed(levels=[{"id": "x", "official_name": "X", "short_name": "X", "confidence": "inferred"}]),
                  FILE, "levels.0.source", "schema.missing"),
    "id twice": (changed(groups=[group(), group(skills=[])]), FILE, "line", "framework.id_twice"),
    "unknown icon": (changed(icon="unicorn"), FILE, "line", "icon.unknown"),
    "unknown icon of a group": (changed(groups=[group(icon="unicorn")]), FILE, "line", "icon.unknown"),
    "unknown band": (changed(levels=[{**framework_data()["levels"][0], "band": "CB"}], groups=[group()]),
                     FILE, "line", "framework.band_unknown"),
    "no level word": (changed(level_word=None), FILE, "line", "framework.level_word_missing"),
    "outcome of an unknown level": (changed(groups=[group(skills=[skill(outcomes={"cap-9": {"N1.1.cap-9a": "x"}})])]),
                                    FILE, "line", "framework.level_unknown"),
    "outcome of another skill": (changed(groups=[group(skills=[skill(outcomes={"cap-1": {"N7.cap-1a": "x"}})])]),
                                 FILE, "line", "framework.outcome_misplaced"),
    "inferred without saying so": (changed(groups=[group(confidence="inferred")]),
                                   FILE, "line", "framework.notice_missing"),
    "unknown parent": (changed(parent="khong-co@1.0"), FILE, "line", "framework.unknown"),
    "groups from nowhere": (changed(groups=[], groups_from="khong-co@1.0"), FILE, "line", "framework.unknown"),
    "groups from one without": (
        {**BASE, "frameworks/rong.yaml": framework_data(groups=[]),
         "frameworks/muon.yaml": framework_data(groups=[], groups_from="rong@1.0")},
        "frameworks/muon.yaml", "line", "framework.without_groups"),
    "groups and groups_from": ({**BASE, "frameworks/hai.yaml": framework_data(groups_from="thang-thu@1.0")},
                               "frameworks/hai.yaml", "line", "framework.groups_twice"),
    "same version twice": ({**BASE, "frameworks/thang-thu@1.0.yaml": framework_data()},
                           "frameworks/thang-thu@1.0.yaml", "line 1", "framework.duplicate"),
    "file named after another version": ({"frameworks/thang-thu@2.0.yaml": framework_data()},
                                         "frameworks/thang-thu@2.0.yaml", "line 1", "file.name"),
    "crosswalk to nowhere": (crosswalk((SKILL, "khong-co@1.0/skill/x")), CROSSWALK, "line 4", "crosswalk.ref_unknown"),
    "crosswalk row twice": (crosswalk((SKILL, GROUP), (SKILL, GROUP)), CROSSWALK, "line 8", "crosswalk.row_twice"),
    "policy of an unknown level": (policy(level="thang-thu@1.0/level/cap-9"), POLICY, "line 5", "policy.ref_unknown"),
    "policy of another version": (policy(level="thang-thu@2.0/level/cap-1"), POLICY, "line 5", "policy.ref_unknown"),
    "policy with an unknown group": (policy(assessments=[{"key": "k", "overall": 70, "groups": {"thang-thu@1.0/group/N9": 70}}]),
                                     POLICY, "line", "policy.ref_unknown"),
    "policy with an unknown skill": (
        policy(assessments=[{"key": "k", "overall": 70, "must_pass_skills": ["thang-thu@1.0/skill/N9"]}]),
        POLICY, "line", "policy.ref_unknown"),
    "policy that contradicts itself": (policy(assessments=[]), POLICY, "line", "schema.value_error"),
    "policy twice": ({**policy(), "policies/mac-dinh@2026.1.yaml": policy_data()},
                     "policies/mac-dinh@2026.1.yaml", "line 2", "policy.duplicate"),
    "claims conformity": (policy(certificate={"achievement": "đạt theo Phụ lục II", "scheme": "thang của phường"}),
                          POLICY, "line", "policy.claims_conformity"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_check_reports_the_fault_with_its_file_and_line(tmp_path, fault):
    files, file, at, code = FAULTS[fault]

    errors = checked(tmp_path, files).report.errors

    assert [(one.file, one.code) for one in errors] == [(file, code)]
    assert at in errors[0].at
    assert errors[0].at.startswith("line ")
    assert errors[0].message


def test_check_accepts_a_sound_tree_and_shares_what_it_holds(tmp_path):
    tree = checked(tmp_path, {**policy(), **crosswalk((SKILL, GROUP))})

    assert tree.report.errors == tree.report.warnings == []
    assert tree.report.counts == {"frameworks": 1, "levels": 2, "skills": 3}
    assert tree.shared["frameworks"] == {"thang-thu@1.0"}
    assert tree.shared["levels"] == {LEVEL, "thang-thu@1.0/level/cap-2"}
    assert GROUP in tree.shared["groups"]
    assert SKILL in tree.shared["skills"]
    assert [(p.key, p.file, p.level) for p in tree.shared["policies"]] == [("mac-dinh", "policies/mac-dinh.yaml", LEVEL)]


def test_check_lets_two_versions_lie_side_by_side(tmp_path):
    tree = checked(tmp_path, {**BASE, "frameworks/thang-thu@2.0.yaml": framework_data(version="2.0")})

    assert tree.report.errors == []
    assert tree.shared["frameworks"] == {"thang-thu@1.0", "thang-thu@2.0"}


def test_check_warns_of_another_schemes_word_on_a_paper(tmp_path):
    files = {**policy(certificate={"achievement": "đã hoàn thành mức độ phổ cập", "scheme": "thang của phường"}),
             "frameworks/can-bo.yaml": OFFICIALS}

    warnings = checked(tmp_path, files).report.warnings

    assert [(one.file, one.code) for one in warnings] == [("policies/mac-dinh.yaml", "policy.level_word_mixed")]


def test_a_private_tree_may_rest_on_the_public_one(tmp_path):
    public = checked(tmp_path / "public", BASE)
    private = ContentTree(write(tmp_path / "private", {"policies/rieng.yaml": policy_data()}), public.report)
    private.shared = public.shared

    content.check(private)

    assert public.report.errors == []
    assert [p.key for p in public.shared["policies"]] == ["rieng"]


def load(root, files):
    tree = checked(root, files)
    assert tree.report.errors == []
    return tree, content.load(tree, now=NOW)


def test_load_twice_changes_nothing(app, tmp_path):
    files = {**policy(), **crosswalk((SKILL, GROUP))}

    assert load(tmp_path, files)[1] == {"frameworks": 1, "crosswalk rows": 1, "policies": 1}
    assert load(tmp_path, files)[1] == {"frameworks": 0, "crosswalk rows": 0, "policies": 0}


@pytest.mark.parametrize(("file", "data", "code"), [
    ("frameworks/thang-thu.yaml", framework_data(short_title="Đã sửa"), "framework.published_changed"),
    ("policies/mac-dinh.yaml", policy_data(title="Đã sửa"), "policy.published_changed"),
])
def test_load_refuses_a_published_version_that_was_changed(app, tmp_path, file, data, code):
    load(tmp_path, policy())

    tree, _ = load(tmp_path, {**policy(), file: data})

    (error,) = tree.report.errors
    assert (error.file, error.code) == (file, code)
    assert error.at.startswith("line ")
    assert "nâng số phiên bản" in error.message


def test_nothing_of_a_load_with_a_changed_version_is_kept(app, tmp_path, monkeypatch):
    monkeypatch.setattr("lms.app.CONTENT", [content])
    first = load_content([ContentTree(write(tmp_path, policy()))])
    assert first["committed"] is True

    second = load_content([ContentTree(write(tmp_path, {
        **policy(title="Đã sửa"), "frameworks/moi.yaml": framework_data()}))])

    assert second["committed"] is False
    assert [one["code"] for one in second["errors"]] == ["policy.published_changed"]
    assert db.session.scalars(sa.select(Framework.key)).all() == ["thang-thu"]


def test_a_load_that_changes_something_makes_workers_draw_their_pages_anew(app, tmp_path, monkeypatch):
    from lms.core import settings

    monkeypatch.setattr("lms.app.CONTENT", [content])
    before = settings.current().content_version
    load_content([ContentTree(write(tmp_path, BASE))])
    after = settings.current().content_version
    load_content([ContentTree(write(tmp_path, BASE))])

    assert (after, settings.current().content_version) == (before + 1, before + 1)


def test_the_files_loaded_last_are_known_by_their_fingerprint(app, tmp_path, monkeypatch):
    from lms.core import settings

    monkeypatch.setattr("lms.app.CONTENT", [content])
    tree = ContentTree(write(tmp_path, BASE))
    before = fingerprint([tree])
    load_content([tree])
    loaded = settings.current().content_loaded
    (tree.root / "frameworks" / "ghi-chu.txt").write_text("thêm", encoding="utf-8")

    assert loaded == before != fingerprint([tree])


SHIPPED = ROOT / "courses_content"


def test_the_shipped_tree_is_sound():
    tree = ContentTree(SHIPPED)

    content.check(tree)

    assert tree.report.errors == []
    assert tree.report.warnings == []
    assert tree.report.counts == {"frameworks": 14, "levels": 33, "skills": 121}


def test_the_shipped_tree_loads_whole(app):
    tree = ContentTree(SHIPPED)
    content.check(tree)

    content.load(tree, now=NOW)

    counts = {model: db.session.scalar(sa.select(sa.func.count()).select_from(model))
              for model in (Framework, LevelBand, Level, SkillGroup, Skill)}
    assert counts == {Framework: 14, LevelBand: 4, Level: 33, SkillGroup: 38, Skill: 121}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Outcome)) == 154
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Crosswalk)) == 122
    assert "default" in db.session.scalars(sa.select(Policy.status)).all()
    words = dict(db.session.execute(sa.select(Framework.key, Framework.level_word)).all())
    assert (words["qd757-I1-nguoi-dan"], words["tt02-2025"], words["vinhbao-4-cap-do"], words["danang-2242"]) == (
        "mức độ phổ cập", "bậc", "cấp", "mức")


def test_the_shipped_lists_that_are_inferred_say_so():
    tree = ContentTree(SHIPPED)
    content.check(tree)
    documents = [document for _, document in tree.shared["framework_shelves"][SHIPPED].frameworks]

    resting = {one.key for one in documents if one.confidence == "inferred" or one.official_list == "none"}

    assert {"qd757-I1-nguoi-dan", "qd757-I4-nguoi-lao-dong-doanh-nghiep", "na-26-chuyen-de"} <= resting
    assert [one.key for one in documents if one.key in resting and not one.list_notice] == []


def test_the_default_policy_says_that_it_is_no_rule():
    tree = ContentTree(SHIPPED)
    content.check(tree)

    default = next(one for one in tree.shared["policies"] if one.status == "default")

    assert default.legal_basis == "mặc định của hệ thống, chưa phải quy định"
    assert default.effective_from <= date(2026, 11, 21)
    assert json.loads(json.dumps(default.as_json()))["confirm"] == {"by": "person", "roles": ["assessor", "officer"]}
