import time

import pytest

from lms.courses.rendering.structure import read_structure, slots
from tests.courses.factories import REPLICA, REST, STEPS


def test_reads_a_whole_lesson_in_order():
    text = read_structure(STEPS + REPLICA + REST, first_line=10)

    assert text.faults == []
    assert [section.title for section in text.sections] == ["", "Làm từng bước", "Nếu không được", "Thực hành"]
    assert [(step.id, step.device) for step in text.steps] == [
        ("mo-may", "both"), ("mo-kho-android", "android"), ("mo-kho-iphone", "iphone"), ("doc-ky", "both")]
    assert [piece.kind for piece in text.steps[0].pieces] == ["text", "picture"]
    assert [(p.kind, p.source, p.title) for p in text.steps[3].pieces] == [
        ("text", "", ""), ("callout", "danger", "Coi chừng lừa đảo")]
    assert [task.text for task in text.pieces("task")] == ["Mở máy.", "Đọc to tên."]
    assert len(text.pieces("check")) == 2
    assert slots(text.steps) == [1, 2, 2, 3]


def test_lines_are_those_of_the_file():
    text = read_structure("Một.\n\n## Làm từng bước\n\n### A {#a}\nChữ.\n", first_line=12)

    assert [(section.title, section.line) for section in text.sections] == [("", 12), ("Làm từng bước", 14)]
    assert (text.steps[0].line, text.steps[0].pieces[0].line) == (16, 17)


@pytest.mark.parametrize(("body", "code", "line"), [
    ("## Làm từng bước\n### Không có id\n", "step.id", 2),
    ("## Làm từng bước\n### A {#a .windows}\n", "step.class", 2),
    ("## A {#Hoa}\n", "heading.id", 1),
    ("Chữ\n\n!!! warning \"x\"\n    y\n", "callout.kind", 3),
    ("!!! tip \"x\"\nkhông thụt vào\n", "callout.empty", 1),
    ("```check\nid: a\n", "block.open", 1),
    ("![](media/x.svg)\n", "picture.alt", 1),
    ("![a](media/x.svg) và chữ\n", "picture.form", 1),
])
def test_faults_name_line_and_code(body, code, line):
    assert [(fault.line, fault.code) for fault in read_structure(body).faults] == [(line, code)]


def test_headings_inside_a_fence_are_text():
    text = read_structure("~~~\n## không phải mục\n~~~\n")

    assert [section.title for section in text.sections] == [""]


def test_control_characters_cannot_make_holes():
    assert "\x1e" not in read_structure("a\x1echeck-1\x1eb").sections[0].pieces[0].text


@pytest.mark.parametrize("line", ["![" * 25000, "!!! " + "a" * 50000, "## " + " " * 50000 + "{", "- [ ] " * 9000,
                                  '![a](' + '"' * 50000, "```" * 17000, "### {#" + "a-" * 25000 + "}"])
def test_hostile_lines_are_read_fast(line):
    began = time.perf_counter()

    read_structure("## Làm từng bước\n" + line + "\n")

    assert time.perf_counter() - began < 0.5
