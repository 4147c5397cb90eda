import pytest

from lms.core.db import db
from lms.courses.models import Reader
from lms.courses.queries.courses import course_by_key, course_cards, lessons_of_course, opening_lesson
from lms.courses.queries.home import HomeCard, HomeParts, learning_states, lessons_for
from lms.courses.queries.lessons import lesson_page, lessons_of_skills
from lms.courses.queries.search import found_for
from lms.courses.services import progress as services
from tests.courses.factories import OTHER_SKILL, SKILL, guest, lesson_and_version, lesson_text, load, write_course
from tests.factories import NOW, make_actor, make_person
from tests.statements import counted


def slugs(rows):
    return [row.slug for row in rows]


def many(count, prefix="bai"):
    return {f"{prefix}-{number}": lesson_text(f"Bài {number}") for number in range(1, count + 1)}


@pytest.fixture
def library(app, tmp_path):
    write_course(tmp_path, "an-toan", {
        "mua-ban": lesson_text("Mua bán lúa đạo"), "lua-dao": lesson_text("Chống lừa đảo"), "ty-le": lesson_text("Giảm 50%_giá")},
        audience="nguoi-dan, can-bo")
    load(write_course(tmp_path, "goi", {"goi-dien": lesson_text("Gọi điện", skill=OTHER_SKILL, also=SKILL)},
                      level="vinhbao-4-cap-do@2025/level/cap-1"))


@pytest.mark.parametrize(("query", "first"), [
    ("lua dao", ["lua-dao", "mua-ban"]), ("lừa đảo", ["lua-dao"]), ("LỪA  ĐẢO", ["lua-dao"]), ("lúa đạo", ["mua-ban"]),
    ("goi dien", ["goi-dien"]), ("dien goi", ["goi-dien"]),
])
def test_search_without_marks_and_exact_marks_first(library, query, first):
    assert set(slugs(found_for(query))[:len(first)]) == set(first)
    assert slugs(found_for(query))[0] in first


def test_search_with_decomposed_letters_finds_the_same(library):
    import unicodedata

    assert slugs(found_for(unicodedata.normalize("NFD", "lừa đảo"))) == slugs(found_for("lừa đảo"))


def test_search_reads_headings_goals_and_courses(library):
    assert "goi-dien" in slugs(found_for("app store"))
    assert ("course", "goi") in [(row.kind, row.slug) for row in found_for("Khóa thử")]


@pytest.mark.parametrize(("query", "found"), [
    ("%", ["ty-le"]), ("_", ["ty-le"]), ("50%_", ["ty-le"]), ("%%%%", []), ("'", []), ("' OR 1=1 --", []), ('"', []),
    ("*", []), ("\\", []), ("NEAR/2", []), ("a" * 5000, []), ("", []), ("   ", []), ("\x00", []), ("đ' UNION SELECT", []),
])
def test_search_takes_wildcards_and_code_as_text(library, query, found):
    assert slugs(found_for(query)) == found


def test_search_leaves_retired_lessons_out(library, tmp_path):
    load(write_course(tmp_path, "goi", {"goi-moi": lesson_text("Mới")}, level="vinhbao-4-cap-do@2025/level/cap-1"))

    assert "goi-dien" not in slugs(found_for("gọi điện"))


def test_catalogue_by_audience_and_level(library):
    assert [(card.key, card.lessons, card.minutes, card.first_slug, card.audiences) for card in course_cards()] == [
        ("goi", 1, 6, "goi-dien", ("nguoi-dan",)), ("an-toan", 3, 18, "mua-ban", ("can-bo", "nguoi-dan"))]
    assert [card.key for card in course_cards(audience="can-bo")] == ["an-toan"]
    assert [card.key for card in course_cards(level_ref="vinhbao-4-cap-do@2025/level/cap-1")] == ["goi"]
    assert opening_lesson().slug == "goi-dien"


def test_catalogue_costs_one_statement_for_any_number_of_courses(app, tmp_path):
    for number in range(4):
        write_course(tmp_path, f"khoa-{number}", many(3, f"bai-{number}"))
    load(tmp_path)

    with counted() as sent:
        cards = course_cards()

    assert (len(cards), len(sent)) == (4, 1)


def test_lessons_of_a_course_show_only_the_readers_progress(library):
    services.complete_lesson(guest("a"), *lesson_and_version("mua-ban"), now=NOW)
    services.reach_step(guest("b"), *lesson_and_version("lua-dao"), "mo-may", now=NOW)
    course = course_by_key("an-toan")

    mine = lessons_of_course(course, guest("a"))

    assert [(row.slug, bool(row.started_at), bool(row.completed_at)) for row in mine] == [
        ("mua-ban", True, True), ("lua-dao", False, False), ("ty-le", False, False)]
    assert not any(row.started_at for row in lessons_of_course(course, Reader()))


def test_lesson_page_is_one_statement_without_the_text(library):
    person = make_person()
    services.reach_step(Reader(person_id=person.id), *lesson_and_version("mua-ban"), "doc-ky", now=NOW)
    db.session.flush()

    with counted() as sent:
        row = lesson_page("mua-ban", Reader(person_id=person.id), "iphone")

    assert (len(sent), row.last_step, row.device, row.next_slug) == (1, "doc-ky", "iphone", "lua-dao")
    assert "html" not in row._fields
    assert lesson_page("mua-ban", Reader(), "android").progress_id is None
    assert lesson_page("khong-co", Reader(), "android") is None


def test_lessons_of_skills_count_main_and_further_ones(library):
    rows = lessons_of_skills([SKILL], Reader())

    assert slugs(rows) == ["goi-dien", "mua-ban", "lua-dao", "ty-le"]
    assert slugs(lessons_of_skills([OTHER_SKILL], Reader())) == ["goi-dien"]


def test_home_lists_the_audience_and_what_was_begun_elsewhere(library):
    reader = guest()
    services.reach_step(reader, *lesson_and_version("goi-dien"), "mo-may", now=NOW)

    lessons = lessons_for("can-bo", reader)

    assert slugs(lessons) == ["goi-dien", "mua-ban", "lua-dao", "ty-le"]
    assert [bool(row.steps) for row in lessons] == [True, False, False, False]
    assert learning_states(lessons) == {OTHER_SKILL: "learning", SKILL: "learning"}
    assert slugs(lessons_for("can-bo", guest("z"))) == ["mua-ban", "lua-dao", "ty-le"]


def test_home_parts_take_the_highest_state_and_every_card(app):
    card = HomeCard("Giấy xác nhận", "Cấp 1", "Cấp ngày 18/9/2026", state="confirmed")
    parts = HomeParts((lambda _id: {"a": "passed", "b": "learning"}, lambda _id: {"a": "confirmed", "b": "not_started"}),
                      (lambda actor, _now: [card] if actor.full_name == "Nguyễn Thị Hoa" else [], lambda *_: []))

    assert parts.states_of(1) == {"a": "confirmed", "b": "learning"}
    assert parts.cards_for(make_actor(make_person()), NOW) == [card]
