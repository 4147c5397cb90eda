import time

import pytest

from lms.web.markdown import UnsafeDrawing, render, render_inline, safe_svg

ATTACKS = [
    "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "[x](javascript:alert(1))", "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "<base href=//evil>", "<form action=//evil>", "<style>*{}</style>",
    '<iframe srcdoc="<script>alert(1)</script>">', "<math><mi//xlink:href='data:x'>",
    "<noscript><p title='</noscript><img src=x>'>",
    "[x]: javascript:alert(1)\n\n[x]", "<javascript:alert(1)>", "![x](javascript:alert(1))", "<meta http-equiv=refresh content=0>",
    "# x {onclick=alert(1)}", "text {: style='position:fixed' onmouseover=alert(1)}", "<a href='javascript&colon;alert(1)'>x</a>",
]


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("rendering", [render, render_inline])
def test_no_text_becomes_script(rendering, text):
    html = rendering(text).lower()

    for tag in ("<script", "<img src=\"x", "<svg", "<style", "<iframe", "<form", "<base", "<meta", "<math", "<noscript"):
        assert tag not in html
    # What looks like code may stand as text, but never inside a tag.
    inside_tags = "".join(part.split(">")[0] for part in html.split("<")[1:])
    for word in ("javascript", "onerror", "onload", "onclick", "onmouseover", "style=", "data:text"):
        assert word not in inside_tags


def test_raw_html_is_shown_as_text():
    assert render("a <b>đậm</b> & <i>x") == "<p>a &lt;b&gt;đậm&lt;/b&gt; &amp; &lt;i&gt;x</p>"


def test_what_lessons_need_survives():
    html = render('## Làm {#lam .android}\n\n!!! danger "Coi chừng"\n    **Cúp máy.**\n\n| a | b |\n|---|---|\n| 1 | 2 |')

    assert '<h2 class="android" id="lam">Làm</h2>' in html
    assert '<div class="admonition danger">' in html
    assert "<strong>Cúp máy.</strong>" in html
    assert "<td>1</td>" in html


def test_bare_addresses_do_not_become_links():
    assert "<a" not in render_inline("vào saomau-xacthuc.example/vn ngay")


@pytest.mark.parametrize("text", [">" * 50_000, "*" * 50_000, "[" * 50_000, "`" * 50_000, "> " * 10_000 + "x", "a" * 50_000])
def test_pathological_texts_are_quick(text):
    begun = time.perf_counter()

    render(text)

    assert time.perf_counter() - begun < 5


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" role="img" aria-label="x">{}</svg>'


def test_a_drawing_passes_and_loses_its_namespace():
    assert safe_svg(SVG.format('<rect x="1" y="1" width="2" height="2" class="tap"/>')) == (
        '<svg viewBox="0 0 10 10" role="img" aria-label="x"><rect x="1" y="1" width="2" height="2" class="tap" /></svg>')


@pytest.mark.parametrize("inside", [
    "<script>alert(1)</script>", '<rect onload="alert(1)"/>', "<foreignObject/>", '<image href="https://x"/>', '<use href="#a"/>',
    '<rect id="a"/>', '<rect style="fill:red"/>', '<rect fill="url(#a)"/>', '<a href="x"/>', "<rect",
])
def test_a_drawing_with_anything_else_is_refused(inside):
    with pytest.raises(UnsafeDrawing):
        safe_svg(SVG.format(inside))


def test_a_drawing_with_entities_is_refused():
    with pytest.raises(UnsafeDrawing, match="DOCTYPE"):
        safe_svg('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("<text>&a;</text>"))
