"""What a lesson file becomes: safe HTML, made once. ATTACKS 60, 61, 75."""

import re
import time

import pytest

from lms.core.db import db
from lms.courses.models import LessonBody
from tests.courses.factories import REPLICA, REST, STEPS, SVG, lesson_and_version, lesson_text, load, write_course
from tests.pages import Page

ATTACKS = [
    "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<script>alert(1)</script>", "<base href=//evil.example>",
    "<form action=//evil.example><input name=q></form>", '<meta http-equiv="refresh" content="0;url=//evil.example">',
    "<style>*{display:none}</style>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>", "<noscript><p title='</noscript><img src onerror=alert(1)>'>",
    "<a href='javascript:alert(1)'>x</a>", "<b onclick=alert(1)>x</b>", '<p title="',
    "**chữ**{: onclick=alert(1) style=color:red }",
]


def bodies(tmp_path, **parts):
    load(write_course(tmp_path, lessons={"tin-gia": lesson_text(**parts)}))
    version = lesson_and_version()[1]
    rows = db.session.query(LessonBody).filter_by(version_id=version.id)
    return {row.device: row.html for row in rows}, version.document


def tags_and_attributes(html):
    names = re.findall(r"<([a-zA-Z]+)((?:\s+[^\s=>]+=\"[^\"]*\")*)\s*/?>", html)
    return {tag.lower() for tag, _ in names}, {attr for _, text in names for attr in re.findall(r"([^\s=]+)=\"", text)}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_markup_of_an_author_survives_in_a_lesson(app, tmp_path, attack):
    told = attack.replace('"', '\\"')
    rest = REST.replace("Đọc cho họ", told).replace("Mất tiền ngay.", told).replace("Bấm vào chỗ đáng ngờ.", f'"{told}"')
    clean, _ = bodies(tmp_path / "a", steps=STEPS, rest=REST)
    steps = STEPS.replace("Mở đầu", attack + "\n\nMở đầu").replace("Bấm nút nguồn.", f"Bấm {attack} nút.").replace(
        "cúp máy", attack.replace("*", ""))

    found, document = bodies(tmp_path / "b", steps=steps, rest=rest)

    for device, html in found.items():
        tags, attributes = tags_and_attributes(html)
        known_tags, known_attributes = tags_and_attributes(clean[device])
        assert tags - known_tags - {"strong", "br", "li", "ul"} == set()
        assert attributes - known_attributes == set()
    assert "<" not in re.sub(r"</?(?:strong|em|br|a|b|code)(?: [^>]*)?>", "", str(document["checks"]))
    assert "javascript:" not in re.sub(r"&lt;.*?&gt;", "", str(found) + str(document["checks"]))


def test_markdown_links_keep_only_safe_schemes(app, tmp_path):
    found, _ = bodies(tmp_path, more="\n[gọi](tel:156) [nhắn](sms:156) [trang](https://a.example/x?y=1)\n")

    links = re.findall(r'href="([^"]+)"', re.sub(r"<use.*?/>", "", found["android"]))
    assert links == ["tel:156", "sms:156", "https://a.example/x?y=1"]


def test_steps_are_numbered_for_each_phone(app, tmp_path):
    found, _ = bodies(tmp_path)

    for device, step in (("android", "mo-kho-android"), ("iphone", "mo-kho-iphone")):
        assert re.findall(r'<section class="do[^"]*" id="([^"]+)"', found[device]) == ["mo-may", step, "doc-ky"]
        assert re.findall(r'do__n" aria-hidden="true">(\d)<', found[device]) == ["1", "2", "3"]


def test_call_outs_pictures_and_practice_have_the_markup_of_the_design(app, tmp_path):
    html = bodies(tmp_path)[0]["android"]

    assert '<div class="alert alert--bad"><svg class="i" aria-hidden="true"><use href="#shield-alert"/></svg>' in html
    assert '<h4 class="h3">Coi chừng lừa đảo</h4>' in html
    assert '<figure class="shot"><svg' in html
    assert "<figcaption>Hình minh họa.</figcaption>" in html
    assert html.count('<label class="check">') == 2
    assert "!!!" not in html
    assert "- [ ]" not in html
    assert "media/" not in html
    assert "```" not in html


def test_the_same_picture_twice_has_two_labels(app, tmp_path):
    html = bodies(tmp_path, more="\n![Nút nguồn được khoanh vàng](media/nut.svg)\n")[0]["android"]

    labels = re.findall(r'<svg[^>]* role="img" aria-label="([^"]+)"', html)
    assert labels == ["Nút nguồn được khoanh vàng", "Nút nguồn được khoanh vàng (hình 2)"]


def test_an_evil_alternative_text_stays_a_label(app, tmp_path):
    html = bodies(tmp_path, more='\n![a" onload="alert(1)](media/nut.svg)\n')[0]["android"]

    assert 'aria-label="a&#34; onload=&#34;alert(1)"' in html


def test_a_replica_shows_every_screen_and_names_the_place_without_script(app, tmp_path):
    html = bodies(tmp_path, more=REPLICA)[0]["android"]

    assert "Chỗ cần bấm: nút nguồn." in html
    assert 'data-at="8.0 70.0 22.0 14.0"' in html
    assert '<rect class="tap" x="8.0" y="70.0" width="22.0" height="14.0"/>' in html
    assert Page("<html lang=vi><title>x</title><h1>x</h1>" + re.sub("\x1e[^\x1e]*\x1e", "", html) + "</html>").faults() == []


def test_answers_and_feedback_are_not_in_the_article(app, tmp_path):
    html = bodies(tmp_path)[0]["android"]

    assert "Mất tiền ngay" not in html
    assert "Đây là lời dọa" not in html
    assert "suspicious" not in html


@pytest.mark.parametrize("text", [
    "> " * 10000 + "x", "[" * 20000, "*" * 50000, "`" * 50000, "!" * 50000, "(" * 50000, "a_" * 25000])
def test_hostile_markdown_is_rendered_fast(app, tmp_path, text):
    began = time.perf_counter()

    bodies(tmp_path, more="\n" + text + "\n")

    assert time.perf_counter() - began < 5


def test_a_drawing_is_inlined_without_its_own_labels(app, tmp_path):
    html = bodies(tmp_path)[0]["android"]

    assert 'aria-label="Hình"' not in html
    assert SVG[:60] not in html
    assert "<text" in html
