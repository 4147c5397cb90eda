"""The files of items, assessments and rubrics: faults are named with their line; loading adds and never changes."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms.assessment import content, item_types
from lms.assessment.content.banks import BRANDS
from lms.assessment.models import Assessment, AssessmentVersion, Item, ItemBank, ItemVersion, Rubric, RubricVersion
from lms.core.audit import AuditEvent
from lms.core.content_tree import ContentTree
from lms.core.db import db
from lms.framework import content as framework_content
from lms.framework.documents import FrameworkDocument
from lms.framework.services import publish_framework
from tests.assessment.factories_items import DRAWING, EXAMPLES, HEAD, SKILL, written
from tests.factories import NOW

ROOT = Path(__file__).parent.parent.parent / "courses_content"
GROUP = "qd757-I1-nguoi-dan@1.0/group/N5"
LEVEL = "vinhbao-4-cap-do@2025/level/cap-1"


def bank(use="practice", items=None, key="luyen"):
    items = items if items is not None else [written(name, id=name.replace("_", "-")) for name in EXAMPLES]
    return {"bank": key, "title": "Luyện", "use": use, "items": items}


def many(number, **parts):
    return [written("true_false", id=f"cau-{n}", stem=f"Câu {n}?", **parts) for n in range(number)]


def assessment(use="practice", banks=("luyen",), **parts):
    return {"title": "Bài luyện", "short_title": "Luyện", "use": use, "serves": None, "banks": list(banks), "minutes": 20,
            "draw": [{"skill": SKILL, "count": 4}], "pass": {"overall": 70}, **parts}


RUBRIC = {"title": "Đánh giá", "level": LEVEL, "tasks": [
    {"id": "goi", "title": "Gọi điện", "skill": SKILL, "say": "Bác gọi thử.", "observe": ["Tự mở được"]}]}


def tree_of(root, files, *, private=False, shared=None):
    """A tree with these files (path without .yaml -> document), beside what a framework would have said."""
    for name, document in files.items():
        path = root / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    (root / "items/media").mkdir(parents=True, exist_ok=True)
    if not (root / "items/media/x.svg").exists():
        (root / "items/media/x.svg").write_text(DRAWING, encoding="utf-8")
    tree = ContentTree(root, is_private=private)
    tree.shared = shared if shared is not None else {
        "skills": {SKILL}, "groups": {GROUP}, "levels": {LEVEL}, "group_of": {SKILL: GROUP}}
    return tree


def codes(tree):
    content.check(tree)
    return [problem.code for problem in tree.report.errors]


def test_sound_tree_is_counted(tmp_path):
    tree = tree_of(tmp_path, {"items/luyen": bank(), "assessments/luyen": assessment(), "rubrics/thuc-hanh": RUBRIC})

    assert codes(tree) == []
    counts = tree.report.counts
    assert (counts["items"], counts["banks"], counts["assessments"], counts["rubrics"]) == (9, 1, 1, 1)
    assert {name: counts[f"items_{name}"] for name in EXAMPLES} == dict.fromkeys(EXAMPLES, 1)


def test_fault_names_file_and_line(tmp_path):
    (tmp_path / "items").mkdir()
    (tmp_path / "items/luyen.yaml").write_text(
        "bank: luyen\ntitle: Luyện\nuse: practice\nitems:\n- id: mot\n  type: true_false\n  skill: " + SKILL +
        "\n  difficulty: 9\n  stem: Đúng không?\n  answer: true\n  reviewed_on: 2026-11-20\n  review_by: 2027-05-20\n"
        "- id: hai\n  type: cloze\n", encoding="utf-8")
    tree = tree_of(tmp_path, {})

    content.check(tree)

    found = [(problem.file, problem.at, problem.code) for problem in tree.report.errors]
    assert found == [("items/luyen.yaml", "line 8, difficulty", "schema.less_than_equal"),
                     ("items/luyen.yaml", "line 14", "item.type_unknown")]


@pytest.mark.parametrize(("items", "code"), [
    ([*many(1), *many(1)], "item.twice"),
    (many(1, skill="khung@1/skill/khong-co"), "item.skill_unknown"),
    (["khong phai cau hoi"], "item.type_unknown"),
    ([{"type": ["x"]}], "item.type_unknown"),
    (many(1, weight=1), "schema.extra_forbidden"),
    ([written("hotspot", picture="media/khong-co.svg")], "drawing.missing"),
    ([written("true_false", stem="Xem [ở đây](https://example.org)")], "item.link"),
])
def test_faulty_item(tmp_path, items, code):
    assert codes(tree_of(tmp_path, {"items/luyen": bank(items=items)})) == [code]


def test_item_whose_key_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr(item_types.TYPES["true_false"], "correct_response", lambda document: {"chosen": []})

    assert codes(tree_of(tmp_path, {"items/luyen": bank(items=many(1))})) == ["item.key_wrong"]


@pytest.mark.parametrize(("drawing", "code"), [
    (DRAWING.replace("<rect", "<script>alert(1)</script><rect"), "drawing.unsafe"),
    (DRAWING.replace("<rect", '<rect onload="alert(1)"'), "drawing.unsafe"),
    (DRAWING.replace("<rect", '<image href="https://example.org/x.png"/><rect'), "drawing.unsafe"),
    ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + DRAWING, "drawing.unsafe"),
    (DRAWING.replace('viewBox="0 0 320 200" ', ""), "drawing.unsafe"),
    ("<svg", "drawing.unsafe"),
    (DRAWING.replace("</svg>", "<g/>" * 2000 + "</svg>"), "drawing.too_large"),
])
def test_faulty_drawing(tmp_path, drawing, code):
    (tmp_path / "items/media").mkdir(parents=True)
    (tmp_path / "items/media/x.svg").write_text(drawing, encoding="utf-8")

    assert codes(tree_of(tmp_path, {"items/luyen": bank(items=[written("hotspot")])})) == [code]


def test_bank_named_otherwise_than_its_file(tmp_path):
    assert codes(tree_of(tmp_path, {"items/luyen": bank(key="khac")})) == ["bank.name_differs"]


def test_closed_bank_never_lies_in_the_public_tree(tmp_path):
    files = {"items/kin": bank("counting-closed", many(4), "kin")}

    assert codes(tree_of(tmp_path / "public", files)) == ["bank.closed_in_public"]
    assert codes(tree_of(tmp_path / "private", files, private=True)) == []


def test_private_assessment_draws_from_both_trees(tmp_path):
    public = tree_of(tmp_path / "public", {"items/mo": bank("counting-open", many(40), "mo")})
    private = tree_of(tmp_path / "private", {
        "items/kin": bank("counting-closed", many(8), "kin"),
        "assessments/thi": assessment("counting", ["mo", "kin"])}, private=True, shared=public.shared)

    assert codes(public) + codes(private) == []
    assert set(private.shared["assessments"]) == {"thi"}


def test_bank_key_stands_once_in_both_trees(tmp_path):
    public = tree_of(tmp_path / "public", {"items/luyen": bank()})
    private = tree_of(tmp_path / "private", {"items/luyen": bank()}, private=True, shared=public.shared)

    assert (codes(public), codes(private)) == ([], ["bank.twice"])


@pytest.mark.parametrize(("held", "found"), [(19, ["assessment.bank_too_small"]), (20, [])])
def test_open_bank_holds_five_for_each_drawn(tmp_path, held, found):
    tree = tree_of(tmp_path, {"items/mo": bank("counting-open", many(held), "mo"),
                              "assessments/thi": assessment("counting", ["mo"])})

    assert codes(tree) == found


@pytest.mark.parametrize(("draw", "found"), [
    ([{"skill": SKILL, "count": 2}, {"skill": SKILL, "count": 3}], ["assessment.bank_too_small"] * 2),
    ([{"skill": SKILL, "count": 4, "difficulty": [3, 5]}], ["assessment.bank_too_small"]),
    ([{"skill": SKILL, "count": 4, "difficulty": [1, 2]}], []),
])
def test_draw_is_held_against_skill_and_difficulty(tmp_path, draw, found):
    tree = tree_of(tmp_path, {"items/luyen": bank(items=many(4)), "assessments/luyen": assessment(draw=draw)})

    assert codes(tree) == found


@pytest.mark.parametrize(("parts", "code"), [
    ({"banks": ["khong-co"]}, "assessment.bank_unknown"), ({"use": "counting"}, "assessment.bank_use"),
    ({"serves": "khung@1/level/9"}, "level.unknown"),
    ({"pass": {"overall": 70, "groups": {"khung@1/group/9": 70}}}, "group.unknown"),
    ({"pass": {"overall": 101}}, "schema.less_than_equal"), ({"minutes": 0}, "schema.greater_than_equal"),
    ({"draw": [{"skill": SKILL, "count": 4, "difficulty": [5, 1]}]}, "schema.value_error"),
    ({"passing": 1}, "schema.extra_forbidden"),
])
def test_faulty_assessment(tmp_path, parts, code):
    tree = tree_of(tmp_path, {"items/luyen": bank(items=many(9)), "assessments/luyen": assessment(**parts)})

    assert code in codes(tree)


@pytest.mark.parametrize(("drawn", "found"), [(3, ["assessment.group_not_judged"]), (4, [])])
def test_group_asked_for_is_drawn_often_enough(tmp_path, drawn, found):
    files = {"items/luyen": bank(items=many(9)), "assessments/luyen": assessment(
        draw=[{"skill": SKILL, "count": drawn}], **{"pass": {"overall": 70, "groups": {GROUP: 70}}})}

    assert codes(tree_of(tmp_path, files)) == found


def test_counting_never_draws_from_practice_nor_practice_from_counting(tmp_path):
    files = {"items/luyen": bank(items=many(40)), "items/mo": bank("counting-open", many(40), "mo"),
             "assessments/a": assessment("counting", ["luyen"]), "assessments/b": assessment("practice", ["mo"])}

    assert codes(tree_of(tmp_path, files)) == ["assessment.bank_use"] * 2


def test_rubric_names_what_exists(tmp_path):
    rubric = deepcopy(RUBRIC) | {"level": "khung@1/level/9"}
    rubric["tasks"][0]["skill"] = "khung@1/skill/9"

    assert codes(tree_of(tmp_path, {"rubrics/thuc-hanh": rubric})) == ["level.unknown", "skill.unknown"]


def test_without_a_framework_nothing_is_held_against_it(tmp_path):
    tree = tree_of(tmp_path, {"items/luyen": bank(), "assessments/luyen": assessment(), "rubrics/thuc-hanh": RUBRIC}, shared={})

    assert codes(tree) == []


@pytest.mark.parametrize(("use", "warned"), [("practice", False), ("counting-open", True)])
def test_brand_in_a_counting_bank_is_warned_of(tmp_path, use, warned):
    tree = tree_of(tmp_path, {"items/luyen": bank(use, many(1, explanation="Mở Zalo ra xem."))})

    assert codes(tree) == []
    assert any(problem.code == "item.brand" for problem in tree.report.warnings) is warned


def test_brands_are_whole_words():
    assert BRANDS.findall("dùng Zalo và CH Play, tải app trên iphone") == ["Zalo", "CH Play", "iphone"]
    assert BRANDS.findall("grabcar tivivo") == []


def test_review_that_is_due_is_warned_of(tmp_path):
    tree = tree_of(tmp_path, {"items/luyen": bank(items=many(1, reviewed_on="2020-01-01", review_by="2020-06-01"))})

    assert codes(tree) == []
    assert [problem.code for problem in tree.report.warnings] == ["review.due"]


# ---------- the real content ----------

@pytest.fixture(scope="module")
def real():
    tree = ContentTree(ROOT)
    framework_content.check(tree)
    content.check(tree)
    return tree


def test_real_content_has_no_fault(real):
    assert [problem for problem in real.report.errors if problem.file.startswith(("items/", "assessments/", "rubrics/"))] == []
    assert real.report.counts["items"] >= 150
    assert all(real.report.counts[f"items_{name}"] for name in item_types.TYPES)


def test_real_policies_name_what_exists(real):
    assert [problem for problem in real.report.errors if problem.file.startswith("policies/")] == []
    assert real.shared["policies"]


@pytest.mark.parametrize(("change", "code"), [
    ({"key": "khong-co"}, "policy.names_nothing"), ({"key": "luyen-cap-1"}, "policy.bank_differs"),
])
def test_policy_that_counts_on_something_else(real, change, code):
    policy = real.shared["policies"][0]
    gate = policy.assessments[0].model_copy(update=change)
    tree = ContentTree(ROOT)
    tree.shared = {**real.shared, "policies": [policy.model_copy(update={"assessments": [gate]}).named(policy.key, policy.file)]}

    content.check(tree)

    assert [problem.code for problem in tree.report.errors] == [code]


# ---------- loading ----------

@pytest.fixture
def framework(app):
    words = {"source": "thử", "confidence": "inferred"}
    publish_framework(FrameworkDocument(
        version="1.0", kind="framework", position=1, title_vi="Khung", title_en="Framework", short_title="Khung", icon="shield",
        issuing_document="QĐ", audience="mọi người", group_word="nhóm", group_word_en="group", skill_word="kỹ năng",
        skill_word_en="skill", official_list="none", **words,
        groups=[{"id": "N5", "name_vi": "An toàn", "short_name": "An toàn", "icon": "shield", **words, "skills": [
            {"id": "N5.3", "name_vi": "Chống lừa đảo", "short_name": "Lừa đảo", **words}]}],
    ).named("qd757-I1-nguoi-dan", "frameworks/x.yaml"), now=NOW)


def load(root, files, *, private=False):
    tree = tree_of(root, files, private=private)
    content.check(tree)
    assert tree.report.errors == []
    return content.load(tree, now=NOW)


def rows(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


FILES = {"items/luyen": bank(), "assessments/luyen": assessment(), "rubrics/thuc-hanh": RUBRIC}


def test_load_brings_everything_in(framework, tmp_path):
    assert load(tmp_path, FILES) == {"banks": 1, "items": 9, "assessments": 1, "rubrics": 1}

    version = db.session.scalar(
        sa.select(ItemVersion).join(Item, Item.current_version_id == ItemVersion.id).where(Item.key == "hotspot"))
    assert (version.type, version.skill_ref, version.group_ref, version.difficulty) == ("hotspot", SKILL, GROUP, 2)
    assert "<rect" in version.document["picture"]
    stored = db.session.scalar(sa.select(AssessmentVersion))
    assert stored.draw == [{"skill": SKILL, "count": 4, "difficulty": None}]
    assert (stored.banks, stored.pass_rule["overall"]) == (["luyen"], 70)
    assert db.session.scalar(sa.select(RubricVersion.document))["tasks"][0]["observe"] == ["Tự mở được"]
    assert sorted(db.session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action.like("%.loaded")))) == [
        "assessment.loaded", "item_bank.loaded", "rubric.loaded"]


def test_loaded_items_still_score_their_right_answer(framework, tmp_path):
    load(tmp_path, FILES)
    db.session.expire_all()

    for version in db.session.scalars(sa.select(ItemVersion)):
        kind = item_types.of(version.type)
        assert kind.score(version.document, kind.correct_response(version.document)) == 1


def test_second_load_changes_nothing(framework, tmp_path):
    load(tmp_path, FILES)
    before = [rows(model) for model in (ItemVersion, AssessmentVersion, RubricVersion, AuditEvent)]

    assert load(tmp_path, FILES) == {"banks": 0, "items": 0, "assessments": 0, "rubrics": 0}
    assert [rows(model) for model in (ItemVersion, AssessmentVersion, RubricVersion, AuditEvent)] == before


def test_changed_item_is_a_new_version_beside_the_old(framework, tmp_path):
    load(tmp_path, {"items/luyen": bank(items=many(2))})
    old = db.session.scalar(sa.select(Item.current_version_id).where(Item.key == "cau-1"))
    changed = many(2)
    changed[1]["stem"] = "Câu khác?"

    assert load(tmp_path, {"items/luyen": bank(items=changed)})["items"] == 1

    item = db.session.scalar(sa.select(Item).where(Item.key == "cau-1"))
    assert item.current_version_id != old
    assert db.session.get(ItemVersion, old).document["stem_html"] == "Câu 1?"
    assert db.session.get(ItemVersion, item.current_version_id).document["stem_html"] == "Câu khác?"


def test_item_taken_back_stands_on_its_old_version(framework, tmp_path):
    load(tmp_path, {"items/luyen": bank(items=many(1))})
    old = db.session.scalar(sa.select(Item.current_version_id))
    load(tmp_path, {"items/luyen": bank(items=many(1, difficulty=5))})

    load(tmp_path, {"items/luyen": bank(items=many(1))})

    assert db.session.scalar(sa.select(Item.current_version_id)) == old
    assert rows(ItemVersion) == 2


def test_new_drawing_is_a_new_version(framework, tmp_path):
    files = {"items/luyen": bank(items=[written("hotspot")])}
    load(tmp_path, files)
    (tmp_path / "items/media/x.svg").write_text(DRAWING.replace("#fff", "#eee"), encoding="utf-8")

    assert load(tmp_path, files)["items"] == 1
    assert rows(ItemVersion) == 2


def test_review_date_is_no_new_version(framework, tmp_path):
    load(tmp_path, {"items/luyen": bank(items=many(1))})

    assert load(tmp_path, {"items/luyen": bank(items=many(1, review_by="2028-01-01"))})["items"] == 1
    assert rows(ItemVersion) == 1
    assert str(db.session.scalar(sa.select(Item.review_by))) == "2028-01-01"


def test_what_is_gone_is_retired_and_comes_back(framework, tmp_path):
    load(tmp_path / "a", {**FILES, "items/luyen": bank(items=many(5))})

    assert load(tmp_path / "b", {"items/luyen": bank(items=many(4))}) == {"banks": 0, "items": 1, "assessments": 1, "rubrics": 1}
    assert list(db.session.scalars(sa.select(Item.key).where(Item.retired))) == ["cau-4"]
    assert [db.session.scalar(sa.select(model.retired)) for model in (Assessment, Rubric)] == [True, True]

    assert load(tmp_path / "c", {}) == {"banks": 0, "items": 4, "assessments": 0, "rubrics": 0}
    assert load(tmp_path / "a", {}) == {"banks": 0, "items": 5, "assessments": 1, "rubrics": 1}
    assert [rows(ItemVersion), rows(ItemBank), rows(AssessmentVersion)] == [5, 1, 1]
    assert db.session.scalar(sa.select(sa.func.count()).where(Item.retired)) == 0


def test_each_tree_retires_only_its_own(framework, tmp_path):
    load(tmp_path / "public", {"items/luyen": bank(items=many(4)), "assessments/luyen": assessment()})
    load(tmp_path / "private", {"items/kin": bank("counting-closed", many(4), "kin"),
                                "assessments/thi": assessment("counting", ["kin"])}, private=True)

    assert load(tmp_path / "public", {})["items"] == 0
    assert db.session.scalar(sa.select(sa.func.count()).where(Item.retired)) == 0
    assert dict(db.session.execute(sa.select(ItemBank.key, ItemBank.is_private)).all()) == {"luyen": False, "kin": True}


@pytest.mark.parametrize("model", [ItemVersion, AssessmentVersion, RubricVersion])
def test_version_rows_never_change(framework, tmp_path, model):
    load(tmp_path, FILES)
    row = db.session.scalar(sa.select(model))

    row.hash = "khac"
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()


def test_skill_that_is_not_published_is_reported(app, tmp_path):
    tree = tree_of(tmp_path, {"items/luyen": bank(items=many(1))})

    assert content.load(tree, now=NOW) == {}
    assert [(problem.code, problem.message) for problem in tree.report.errors] == [
        ("item.skill_unknown", f"cau-0: the skill {SKILL} is not published.")]
    assert rows(ItemVersion) == 0


def test_head_of_the_examples_is_what_the_format_names():
    assert set(HEAD) == {"id", "skill", "difficulty", "stem", "reviewed_on", "review_by", "explanation"}


@pytest.mark.parametrize("name", ["LMS_PRIVATE_CONTENT", "LMS_CONTENT"])
def test_a_content_folder_that_is_not_there_retires_nothing(app, monkeypatch, tmp_path, name):
    monkeypatch.setitem(app.config, "LMS_CONTENT", tmp_path)
    monkeypatch.setitem(app.config, name, tmp_path / "not-mounted")
    db.session.add(Assessment(key="cong-chuc", is_private=name == "LMS_PRIVATE_CONTENT"))
    db.session.commit()

    result = app.test_cli_runner().invoke(args=["content", "load", "--json"])

    assert result.exit_code == 1
    assert [error["code"] for error in json.loads(result.stdout)["errors"]] == ["folder.missing"]
    assert db.session.scalars(sa.select(Assessment.retired)).all() == [False]
