from datetime import date

import pytest

from lms.core.db import db
from lms.framework import queries
from tests.framework.factories import (
    GROUP,
    LEVEL,
    SKILL,
    SOURCE,
    framework_data,
    local_policy_data,
    make_crosswalk,
    make_framework,
    make_policy,
    policy_data,
)
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("app")
TODAY = date(2026, 11, 21)


def sent_by(call):
    db.session.flush()
    db.session.expire_all()
    with counted() as sent:
        call()
    return len(sent)


def test_published_frameworks_are_the_newest_of_each_key_in_order():
    make_framework("b-sau", position=20)
    make_framework("a-truoc", position=10, version="2.9")
    make_framework("a-truoc", position=10, version="2.10")

    found = queries.published_frameworks()

    assert [one.ref for one in found] == ["a-truoc@2.10", "b-sau@1.0"]
    assert (found[0].levels, found[0].groups, found[0].skills) == (2, 2, 3)


def test_framework_of_is_the_newest_or_the_version_asked_for():
    make_framework()
    make_framework(version="2.0")

    assert queries.framework_of("thang-thu").version == "2.0"
    assert queries.framework_of("thang-thu", "1.0").ref == "thang-thu@1.0"
    assert queries.framework_of("thang-thu", "3.0") is None
    assert queries.framework_of("khong-co") is None


def test_parts_of_an_umbrella():
    make_framework("quyet-dinh", kind="umbrella", levels=[], groups=[])
    make_framework("phan-hai", parent="quyet-dinh@1.0", position=3)
    make_framework("phan-mot", parent="quyet-dinh@1.0", position=2)
    make_framework("khac")

    assert [one.key for one in queries.parts_of("quyet-dinh@1.0")] == ["phan-mot", "phan-hai"]


def test_level_of_carries_the_words_of_its_framework():
    make_framework()

    level = queries.level_of(LEVEL)

    assert (level.official_name, level.short_name, level.level_word) == ("Cấp 1: Làm quen", "Cấp 1", "cấp")
    assert (level.framework_ref, level.framework_title, level.has_outcomes) == ("thang-thu@1.0", "Khung thử của phường", True)
    assert queries.level_of("thang-thu@1.0/level/cap-9") is None


def test_levels_of_are_in_order_and_know_their_band():
    levels = framework_data()["levels"]
    make_framework(bands=[{"id": "CB", "name_vi": "Cơ bản", "name_en": "Basic"}], band_word="trình độ",
                   levels=[{**levels[0], "band": "CB"}, levels[1]])

    found = queries.levels_of("thang-thu@1.0")

    assert [(one.code, one.band, one.band_en) for one in found] == [("cap-1", "Cơ bản", "Basic"), ("cap-2", None, None)]


def test_outcomes_of_a_level():
    make_framework()

    (one,) = queries.outcomes_of(LEVEL)

    assert (one.group_name, one.skill_name, one.sentences) == ("Dùng điện thoại", "gọi điện", ("Gọi được cho người nhà.",))
    assert queries.outcomes_of("thang-thu@1.0/level/cap-2") == []


def test_skill_map_is_in_the_order_of_the_file():
    make_framework()

    groups = queries.skill_map("thang-thu@1.0")

    assert [(group.ref, [skill.code for skill in group.skills]) for group in groups] == [
        (GROUP, ["N1.1", "N1.2"]), ("thang-thu@1.0/group/N2", ["N2.1"])]
    assert groups[0].icon == "smartphone"
    assert queries.skill_map("khong-co@1.0") == []


def test_skill_map_takes_groups_over_from_another_framework():
    make_framework()
    make_framework("muon-het", groups=[], groups_from="thang-thu@1.0")
    own = {"id": "L1", "name_vi": "Sản xuất", "short_name": "Sản xuất", "icon": "briefcase", **SOURCE, "skills": []}
    taken = {"id": "L0", "name_vi": "Như khung kia", "short_name": "Như khung kia", "icon": "users",
             "same_as": "thang-thu@1.0", **SOURCE}
    make_framework("muon-mot-phan", groups=[taken, own])

    assert queries.skill_map("muon-het@1.0") == queries.skill_map("thang-thu@1.0")
    assert [group.ref for group in queries.skill_map("muon-mot-phan@1.0")] == [
        GROUP, "thang-thu@1.0/group/N2", "muon-mot-phan@1.0/group/L1"]


def test_skill_map_asks_for_one_row_once_it_is_known():
    make_framework()
    queries.skill_map("thang-thu@1.0")

    assert sent_by(lambda: queries.skill_map("thang-thu@1.0")) == 1


def test_skills_of_names_them_with_their_group():
    make_framework()

    found = queries.skills_of([SKILL, SKILL, "khong-co@1/skill/x"])

    assert list(found) == [SKILL]
    assert (found[SKILL].short_name, found[SKILL].group_ref, found[SKILL].group_short_name) == ("Gọi điện", GROUP, "Điện thoại")
    assert queries.groups_of([GROUP]) == {GROUP: "Dùng điện thoại"}


def test_nothing_asked_sends_nothing():
    assert sent_by(lambda: (queries.skills_of([]), queries.groups_of([]))) == 0


def test_crosswalk_from_an_entry():
    make_crosswalk("mot", ("a@1/skill/x", "b@1/skill/z", "close"), ("a@1/skill/x", "b@1/skill/y", "broader"))
    make_crosswalk("hai", ("a@1/skill/xx", "b@1/skill/q", "close"))

    assert queries.crosswalk_from("a@1/skill/x") == ["b@1/skill/y", "b@1/skill/z"]


def test_crosswalks_of_a_framework_name_both_ends():
    make_framework()
    make_framework("khac", short_title="Khung khác")
    make_crosswalk("mot", (SKILL, "khac@1.0/skill/N1.2", "close"), ("thang-thu@1.0", "khac@1.0", "broader"),
                   ("khac@1.0/skill/N2.1", SKILL, "close"))

    rows = queries.crosswalks_of("thang-thu@1.0")

    assert [(row.from_name, row.relation, row.to_name, row.to_framework) for row in rows] == [
        ("Gọi điện", "close", "Nhắn tin", "Khung khác"), (None, "broader", None, "Khung khác")]


def test_policy_for_is_the_local_one_only_for_its_own_people():
    make_framework()
    make_policy()
    make_policy("phuong-thu", data=local_policy_data())

    def key(*organisations, audience="nguoi-dan", on=TODAY):
        found = queries.policy_for(LEVEL, audience=audience, organisation_keys=organisations, on=on)
        return found.key if found else None

    assert key("to-1", "phuong-thu") == "phuong-thu"
    assert key("phuong-khac") == "mac-dinh"
    assert key() == "mac-dinh"
    assert key(audience="can-bo") is None
    assert key(on=date(2026, 10, 31)) is None


def test_policy_for_follows_the_version_of_the_day_and_records_keep_theirs():
    make_framework()
    make_policy()
    make_policy(data=policy_data(version="2026.2", effective_from=date(2026, 12, 1), title="Từ tháng 12"))
    before = queries.policy_for(LEVEL, audience="nguoi-dan", organisation_keys=[], on=date(2026, 11, 30))

    after = queries.policy_for(LEVEL, audience="nguoi-dan", organisation_keys=[], on=date(2026, 12, 1))

    assert (before.version, after.version) == ("2026.1", "2026.2")
    assert after.document.title == "Từ tháng 12"
    assert queries.policy_by_id(before.id) == before
    assert queries.policy_by_id(10_000) is None


def test_policies_for_assessment_choose_first_and_look_afterwards():
    make_framework()
    make_policy()
    make_policy("phuong-thu", data=local_policy_data(assessments=[{"key": "kiem-tra-khac", "overall": 80}]))

    def keys(assessment, *organisations):
        found = queries.policies_for_assessment(
            assessment, audience="nguoi-dan", organisation_keys=organisations, on=TODAY)
        return [view.key for view in found]

    assert keys("kiem-tra-cap-1") == ["mac-dinh"]
    assert keys("kiem-tra-cap-1", "phuong-thu") == []
    assert keys("kiem-tra-khac", "phuong-thu") == ["phuong-thu"]


def test_policies_shown_are_one_an_audience():
    make_framework()
    make_policy()
    make_policy("can-bo", data=policy_data(audience="can-bo"))
    make_policy("phuong-thu", data=local_policy_data())

    shown = queries.policies_shown("thang-thu@1.0", organisation_key="phuong-thu", on=TODAY)

    assert {ref: sorted(view.key for view in views) for ref, views in shown.items()} == {LEVEL: ["can-bo", "phuong-thu"]}
    generally = queries.policies_shown("thang-thu@1.0", organisation_key=None, on=TODAY)
    assert sorted(view.key for view in generally[LEVEL]) == ["can-bo", "mac-dinh"]


def test_reads_cost_the_same_for_few_and_many():
    make_framework()
    make_policy()
    calls = {
        "frameworks": queries.published_frameworks, "levels": lambda: queries.levels_of("thang-thu@1.0"),
        "policy": lambda: queries.policy_for(LEVEL, audience="nguoi-dan", organisation_keys=["x"], on=TODAY),
        "assessment": lambda: queries.policies_for_assessment(
            "kiem-tra-cap-1", audience="nguoi-dan", organisation_keys=[], on=TODAY),
        "outcomes": lambda: queries.outcomes_of(LEVEL), "crosswalks": lambda: queries.crosswalks_of("thang-thu@1.0")}
    few = {name: sent_by(call) for name, call in calls.items()}

    for number in range(12):
        make_framework(f"khung-{number}")
        make_policy(f"chinh-sach-{number}", data=local_policy_data(organisation=f"phuong-{number}"))
        make_crosswalk(f"k-{number}", (SKILL, f"khung-{number}@1.0/skill/N1.1", "close"))

    assert few == dict.fromkeys(calls, 1)
    assert {name: sent_by(call) for name, call in calls.items()} == few
