"""Markdown to safe HTML, at load time. The only module that knows the sanitisers.

The order is fixed: Markdown renders, bleach cleans (required by the design), nh3 cleans last and is the authority.
"""

import re
import threading
from typing import cast
from xml.etree import ElementTree

import bleach
import nh3
from markdown import Markdown

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "figure",
    "figcaption", "h2", "h3", "h4", "hr", "img", "kbd", "li", "mark", "ol", "p", "pre", "s", "section", "span",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}
ATTRIBUTES = {
    "*": {"class", "id", "lang"}, "a": {"href", "title"}, "img": {"src", "alt", "title", "width", "height"},
    "th": {"scope"}, "ol": {"start"}, "abbr": {"title"},
}
SCHEMES = {"http", "https", "mailto", "tel", "sms"}
INLINE_TAGS = {"a", "b", "br", "code", "em", "kbd", "mark", "s", "strong", "sub", "sup", "u"}

SVG_TAGS = {
    "svg", "g", "rect", "circle", "ellipse", "line", "path", "polyline", "polygon", "text", "tspan", "title",
}
SVG_ATTRIBUTES = {
    "viewBox", "role", "aria-label", "class", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d",
    "dx", "dy", "points", "width", "height", "transform", "opacity", "fill", "fill-opacity", "fill-rule", "stroke",
    "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset", "stroke-opacity",
    "font-size", "font-weight", "font-family", "text-anchor", "letter-spacing", "textLength", "lengthAdjust",
    "dominant-baseline", "xml:space",
}
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
MOST_BRACKETS = 500  # in one text; a whole lesson has some forty
_DEEP_QUOTE = re.compile(r"^((?:\s*>){60}).*")

_bleach = bleach.Cleaner(
    tags=TAGS, attributes={tag: sorted(names) for tag, names in ATTRIBUTES.items()}, protocols=SCHEMES, strip=True,
    strip_comments=True,
)
_nh3 = nh3.Cleaner(
    tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer",
    clean_content_tags={"script", "style"}, strip_comments=True,
)
_nh3_inline = nh3.Cleaner(
    tags=INLINE_TAGS, attributes={"a": {"href", "title"}}, url_schemes=SCHEMES, link_rel="noopener noreferrer",
    clean_content_tags={"script", "style"}, strip_comments=True,
)
_local = threading.local()


class UnsafeDrawing(ValueError):
    """The SVG holds something that a drawing may not hold; the message names it."""


def render(text: str) -> str:
    """Safe HTML of a Markdown text: headings from h2, lists, tables, call-outs, figures. Raw HTML is shown as text."""
    return _nh3.clean(_bleach.clean(_markdown().reset().convert(_tame(text))))


def render_inline(text: str) -> str:
    """Safe HTML of a short text (a question, an option): no paragraphs or blocks around it."""
    html = _nh3_inline.clean(_bleach.clean(_inline_markdown().reset().convert(_tame(text))))
    return "<br>".join(filter(None, map(str.strip, html.split("\n"))))


def safe_svg(text: str) -> str:
    """A drawing fit to stand inside a page: known elements and attributes only, no ids, no links, no script.

    Raises UnsafeDrawing naming what must go. The XML declaration and comments are dropped.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnsafeDrawing("DOCTYPE")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 – no DOCTYPE, so no entities
    except ElementTree.ParseError as fault:
        raise UnsafeDrawing(f"not well-formed: {fault}") from fault
    for element in root.iter():
        tag = str(element.tag).removeprefix("{" + SVG_NAMESPACE + "}")
        if tag not in SVG_TAGS:
            raise UnsafeDrawing(f"<{tag}>")
        for name, value in element.attrib.items():
            if name not in SVG_ATTRIBUTES or "url(" in value or "javascript:" in value.lower():
                raise UnsafeDrawing(f"{name}={value!r} on <{tag}>")
        element.tag = tag
    return re.sub(r">\s+<", "><", ElementTree.tostring(root, encoding="unicode"))


def _markdown() -> Markdown:
    # A Markdown object is not safe to share between threads.
    if not hasattr(_local, "markdown"):
        md = Markdown(
            extensions=["attr_list", "tables", "admonition", "sane_lists", "def_list", "abbr", "pymdownx.superfences",
                        "pymdownx.tasklist", "pymdownx.tilde", "pymdownx.mark"],
            extension_configs={"pymdownx.superfences": {"disable_indented_code_blocks": True}}, output_format="html",
        )
        md.preprocessors.deregister("html_block")  # raw HTML is shown as text, never passed on
        md.inlinePatterns.deregister("html")
        _local.markdown = md
    return cast(Markdown, _local.markdown)


def _inline_markdown() -> Markdown:
    # Paragraphs only: "2. Bấm nút gọi" in a question is no list, and its number must not go.
    if not hasattr(_local, "inline"):
        md = Markdown(extensions=["pymdownx.mark"], output_format="html")
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        for block in ("code", "hashheader", "setextheader", "hr", "olist", "ulist", "quote", "reference", "indent"):
            md.parser.blockprocessors.deregister(block)
        _local.inline = md
    return cast(Markdown, _local.inline)


def _tame(text: str) -> str:
    # Thousands of nested quotes or open brackets are an attack, not a text: Markdown's time grows with their square.
    if text.count("[") > MOST_BRACKETS:
        text = text.replace("[", "&#91;")
    return "\n".join(_DEEP_QUOTE.sub(r"\1", line[:20_000]) for line in text.split("\n"))
