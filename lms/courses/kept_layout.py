"""The layout of a hot page kept: header, doors, title and footer are the same for everybody who sees them alike.

A page in it is an ordinary template whose `main` block includes its own part; only that part is drawn for each request.
Whatever else the page says may follow from the area alone. Two kinds of readers get the page drawn whole, as by
`render_template`: whoever has a notice waiting, which stands in the layout, and staff, whose doors follow from their roles.
"""

from dataclasses import dataclass
from typing import Any

from flask import render_template, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from lms.courses.page_frames import stand_in
from lms.web import icons, shell
from lms.web.holes import drawing_for, hole, kept, with_filled

AREAS = ("learner", "public")
MOST_LAYOUTS = 64


@dataclass(frozen=True)
class Layout:
    """A drawn layout with holes, and the symbols that it shows itself."""

    html: str
    icons: frozenset[str]
    has_forms: bool


def page_in_kept_layout(page: str, own_part: str, *, area: str, **values: Any) -> str:
    """The template `page`, of which only `own_part` is drawn now."""
    if area not in AREAS or "_flashes" in session:
        return render_template(page, area=area, **values)
    layout = _layout_of(page, area)
    icons.used().update(layout.icons)
    filling = {"main": render_template(own_part, area=area, **values), "sprite": icons.sprite()}
    if layout.has_forms:
        filling["token"] = generate_csrf()
    return with_filled(layout.html, filling)


def _layout_of(page: str, area: str) -> Layout:
    layouts = kept("kept_layouts", size=MOST_LAYOUTS)
    size, theme, locale = shell.text_size(), shell.theme(), shell.locale()
    # The layout watches a browser that does not stay signed in.
    name = (page, area, current_user.is_authenticated, session.permanent, size, theme, locale)
    layout: Layout | None = layouts.get(name)
    if layout is None:
        with drawing_for(stand_in(area, locale=locale)):
            html = render_template("courses/kept-layout.html", page=page, area=area, hole=hole, text_size=lambda: size)
        layout = Layout(html, frozenset(icons.names_in(html)), hole("token") in html)
        layouts.put(name, layout)
    return layout
