import pytest

from lms.core.content_tree import ContentTree
from lms.core.db import db
from lms.courses import content
from lms.courses.models import Course, CourseAudience, Lesson, LessonBody, LessonSkill, LessonVersion, SearchEntry
from tests.courses.factories import (
    COURSE,
    OTHER_SKILL,
    REPLICA,
    REST,
    SKILL,
    STEPS,
    SVG,
    checked,
    lesson_and_version,
    lesson_text,
    load,
    write_course,
)
from tests.factories import NOW


def one(text):
    return {"tin-gia": text}


@pytest.mark.parametrize(("text", "code", "line_with", "path"), [
    (lesson_text(steps="## Làm từng bước\n\n### A {#a}\nChữ.\n"), "steps.number", "## Làm", ""),
    (lesson_text(more="\nXem [bài này](/bai/khong-co).\n"), "link.broken", "* Tắt máy", ""),
    (lesson_text(more="\n## Mục\nXem [trang](http://khong-an-toan.example).\n"), "link.broken", "Xem", ""),
    (lesson_text(more="\n## Mục\nXem [trang](javascript:alert).\n"), "link.broken", "Xem", ""),
    (lesson_text(more="\n![Hình](media/khong-co.svg)\n"), "drawing", "khong-co", ""),
    (lesson_text(more="\n![Hình](../../../../etc/passwd.svg)\n"), "drawing", "passwd", ""),
    (lesson_text(steps=STEPS.replace("{#doc-ky}", "{#mo-may}")), "heading.twice", "### Đọc kỹ", ""),
    (lesson_text(steps=STEPS.replace("### Mở App Store {#mo-kho-iphone .iphone}\nTìm chữ A.\n", "")), "steps.number",
     "## Làm", ""),
    (lesson_text(steps=STEPS.replace("### Mở App", "### Giữa {#giua}\nChữ.\n\n### Mở App")), "step.twin", "### Mở CH", ""),
    (lesson_text(rest=REST.replace("single_choice", "cloze")), "check.type", "type: cloze", ""),
    (lesson_text(rest=REST.replace(", score: 1", "")), "schema.value_error", "id: otp", ", "),
    (lesson_text(rest=REST.replace("found: 2", "found: 3")), "schema.value_error", "id: tin", ", "),
    (lesson_text(rest=REST.replace("options:", "options: [")), "yaml.invalid", "- {id: a", ""),
    (lesson_text(more=REPLICA.replace("[8, 70", "[90, 70")), "schema.value_error", "- picture", ", screens.0"),
    (lesson_text().replace("minutes: 6", "minutes: 0"), "schema.greater_than_equal", "minutes", ", minutes"),
    (lesson_text().replace("minutes: 6", "minutes: 6\nmuc: 1"), "schema.extra_forbidden", "muc", ", muc"),
    (lesson_text().replace("facts: [ID6]", 'facts: [""]'), "schema.string_too_short", "facts", ", facts.0"),
    (lesson_text().replace("minutes: 6", "minutes: 6\nvideo: media/a.mp4"), "schema.value_error", "title: Nhận", ", "),
    (lesson_text().replace("minutes: 6", "minutes: 6\naudio: media/a.mp3"), "recording.missing", "audio", ""),
    (lesson_text(rest=""), "checks.number", None, "file"),
    (lesson_text(rest=REST.replace("id: tin", "id: otp")), "check.twice", None, "file"),
    (lesson_text().replace("---\ntitle", "title"), "front_matter.missing", None, "line 1"),
])
def test_check_names_file_line_and_fault(tmp_path, text, code, line_with, path):
    report = checked(write_course(tmp_path, lessons=one(text)))

    lines = text.splitlines()
    line = "" if line_with is None else f"line {next(n for n, t in enumerate(lines, start=1) if line_with in t)}"
    found = [(problem.code, problem.at) for problem in report.errors if problem.file == "courses/khoa-thu/01-tin-gia.md"]
    assert (code, line + path) in found


def test_a_right_course_has_no_fault_and_is_counted(tmp_path):
    report = checked(write_course(tmp_path, lessons={"tin-gia": lesson_text(more=REPLICA), "goi-dien": lesson_text("Gọi")}))

    assert (report.errors, report.warnings) == ([], [])
    assert (report.counts["courses"], report.counts["lessons"]) == (1, 2)


@pytest.mark.parametrize(("course", "lessons", "code"), [
    (COURSE.replace("smartphone", "khong-co"), None, "icon.unknown"),
    (COURSE.replace("short_title: Thử", "short_title: " + "dài " * 10), None, "schema.string_too_long"),
    (COURSE.replace("[{audience}]", "[nguoi-ngoai]"), None, "schema.value_error"),
    (COURSE.replace("[{lessons}]", "[{lessons}, thieu]"), None, "lesson.file"),
    (COURSE.replace("[{lessons}]", "[tin-gia]"), None, "lesson.unlisted"),
])
def test_check_of_the_course_file(tmp_path, course, lessons, code):
    report = checked(write_course(tmp_path, lessons=lessons, course=course))

    assert code in [problem.code for problem in report.errors if problem.file == "courses/khoa-thu/course.yaml"]


def test_a_slug_is_unique_in_the_installation(tmp_path):
    write_course(tmp_path)
    report = checked(write_course(tmp_path, "khoa-khac", {"tin-gia": lesson_text()}))

    assert [problem.code for problem in report.errors] == ["lesson.twice"]


@pytest.mark.parametrize("drawing", [
    SVG.replace("<rect", "<script>alert(1)</script><rect"), SVG.replace("<rect", '<rect onload="alert(1)"'),
    SVG.replace("<rect", "<foreignObject/><rect"), SVG.replace("<rect", '<image href="http://x"/><rect'),
    "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + SVG, SVG.replace("320 200", "640 200"),
    SVG.replace("</svg>", ""), SVG.replace("Máy", "Máy" * 3000),
])
def test_unsafe_or_heavy_drawings_are_faults(tmp_path, drawing):
    report = checked(write_course(tmp_path, lessons=one(lesson_text()), svg=drawing))

    assert {problem.code for problem in report.errors} == {"drawing"}


def test_refs_are_checked_only_against_what_a_framework_said(tmp_path):
    tree = ContentTree(write_course(tmp_path, lessons=one(lesson_text()), level="vinhbao-4-cap-do@2025/level/cap-9"))
    tree.shared |= {"skills": {OTHER_SKILL}, "levels": {"vinhbao-4-cap-do@2025/level/cap-1"}}

    content.check(tree)

    assert [(p.file, p.at, p.code) for p in tree.report.errors] == [
        ("courses/khoa-thu/course.yaml", "line 5", "level.unknown"),
        ("courses/khoa-thu/01-tin-gia.md", "line 4", "skill.unknown")]
    assert (tree.shared["courses"], tree.shared["lessons"]) == ({"khoa-thu"}, {"tin-gia"})


def test_a_review_day_that_passed_is_a_warning(tmp_path):
    report = checked(write_course(tmp_path, lessons=one(lesson_text().replace("2999-02-20", "2020-01-01"))))

    assert (report.errors, [(p.code, p.at) for p in report.warnings]) == ([], [("review.due", "line 10")])


def test_load_writes_everything_and_the_second_run_nothing(app, tmp_path):
    write_course(tmp_path, lessons={"tin-gia": lesson_text(also=OTHER_SKILL), "goi-dien": lesson_text("Gọi điện")},
                 audience="nguoi-dan, can-bo")

    first, second = load(tmp_path), load(tmp_path)

    assert (first, second) == ({"courses": 1, "lessons": 2, "retired": 0}, {"courses": 0, "lessons": 0, "retired": 0})
    lesson, version = lesson_and_version()
    assert (lesson.key, lesson.previous_slug, lesson.next_slug) == ("khoa-thu/tin-gia", None, "goi-dien")
    assert (version.title, version.skill_ref, version.also, version.facts) == ("Nhận ra tin giả", SKILL, [OTHER_SKILL], ["ID6"])
    assert [(s["id"], s["device"], s["slot"]) for s in version.steps] == [
        ("mo-may", "both", 1), ("mo-kho-android", "android", 2), ("mo-kho-iphone", "iphone", 2), ("doc-ky", "both", 3)]
    assert {(s.skill_ref, s.is_main) for s in db.session.query(LessonSkill).filter_by(lesson_id=lesson.id)} == {
        (SKILL, True), (OTHER_SKILL, False)}
    assert {row.audience for row in db.session.query(CourseAudience)} == {"nguoi-dan", "can-bo"}
    assert {row.device for row in db.session.query(LessonBody).filter_by(version_id=version.id)} == {"android", "iphone"}


def test_changed_content_is_a_new_version_beside_the_old_one(app, tmp_path):
    load(write_course(tmp_path, lessons=one(lesson_text())))
    old = lesson_and_version()[1]

    changed = load(write_course(tmp_path, lessons=one(lesson_text("Tên mới"))))

    lesson, version = lesson_and_version()
    assert (changed["lessons"], version.title, db.session.get(LessonVersion, old.id).title) == (1, "Tên mới", "Nhận ra tin giả")
    assert db.session.query(LessonVersion).filter_by(lesson_id=lesson.id).count() == 2


def test_a_changed_drawing_is_a_new_version(app, tmp_path):
    load(write_course(tmp_path, lessons=one(lesson_text())))
    old = lesson_and_version()[1].hash

    load(write_course(tmp_path, lessons=one(lesson_text()), svg=SVG.replace("Máy", "Khác")))

    assert lesson_and_version()[1].hash != old


def test_a_newer_renderer_makes_the_body_anew_in_the_same_version(app, tmp_path):
    load(write_course(tmp_path, lessons=one(lesson_text())))
    version = lesson_and_version()[1]
    body = db.session.query(LessonBody).filter_by(version_id=version.id, device="android").one()
    right, body.html, body.digest = body.html, "cũ", "0" * 16
    db.session.commit()

    changed = load(tmp_path)

    assert changed["lessons"] == 1
    assert db.session.query(LessonBody).filter_by(version_id=version.id, device="android").one().html == right
    assert db.session.query(LessonVersion).count() == 1


def test_lessons_that_left_the_tree_are_retired_and_come_back(app, tmp_path):
    load(write_course(tmp_path))

    gone = load(write_course(tmp_path, lessons=one(lesson_text())))
    retired = db.session.query(Lesson).filter_by(slug="goi-dien").one().retired_at
    found = db.session.query(SearchEntry).filter_by(slug="goi-dien").count()
    back = load(write_course(tmp_path))

    assert (gone["retired"], retired, found) == (1, NOW, 0)
    assert (back["retired"], db.session.query(Lesson).filter_by(slug="goi-dien").one().retired_at) == (0, None)
    assert db.session.query(SearchEntry).filter_by(slug="goi-dien").count() == 1


def test_a_course_that_left_the_tree_is_retired_with_its_lessons(app, tmp_path):
    load(write_course(write_course(tmp_path), "khoa-hai", {"bai-hai": lesson_text()}))
    for file in (tmp_path / "courses" / "khoa-hai").glob("*.*"):
        file.unlink()

    changed = load(tmp_path)

    assert changed["retired"] == 2
    assert {c.key: c.retired_at is None for c in db.session.query(Course)} == {"khoa-thu": True, "khoa-hai": False}


def test_courses_with_a_level_come_first(app, tmp_path):
    write_course(tmp_path, "a-khong-cap", {"bai-a": lesson_text()})
    load(write_course(tmp_path, "b-co-cap", {"bai-b": lesson_text()}, level="vinhbao-4-cap-do@2025/level/cap-1"))

    assert [course.key for course in db.session.query(Course).order_by(Course.position)] == ["b-co-cap", "a-khong-cap"]
