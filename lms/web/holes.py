"""Holes in HTML that is kept: places whose content belongs to the reader of the moment (progress marks, form tokens).

A hole is a name between two record separators, a control character that no text of a lesson can hold.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import current_app, g
from markupsafe import Markup

from lms.core import settings
from lms.core.recent import Recent
from lms.web.packed import Part, fresh, lasting

EDGE = "\x1e"
_HOLE = re.compile(EDGE + "([a-z0-9-]+)" + EDGE)


def hole(name: str) -> Markup:
    """The mark of a hole, for a template."""
    return Markup(EDGE + name + EDGE)  # noqa: S704 - the name is ours


class Kept(Recent[Any, Any]):
    """What was drawn under one state of the settings."""

    drawn_under: settings.Settings | None = None


def kept(name: str, *, size: int) -> Kept:
    """What this application keeps under `name`: forgotten when a setting changes or content is loaded."""
    known: Kept | None = current_app.extensions.get(name)
    now = settings.current()
    if known is None or (known.drawn_under is not now and known.drawn_under != now):
        known = current_app.extensions[name] = Kept(size)
    known.drawn_under = now
    return known


@contextmanager
def drawing_for(reader: Any) -> Iterator[None]:
    """While a page is drawn to be kept: `reader` stands for everybody who will see it, each form's token is a hole.

    So the layout can show what it likes: nothing of whoever happened to come first stays in the page.
    """
    kept = {name: g.pop(name) for name in ("_login_user", "csrf_token") if name in g}
    g._login_user, g.csrf_token = reader, hole("token")
    try:
        yield
    finally:
        del g._login_user, g.csrf_token
        for name, value in kept.items():
            setattr(g, name, value)


def with_filled(html: str, values: Mapping[str, str]) -> str:
    """The HTML with some holes filled for good; the others stay."""
    return _HOLE.sub(lambda found: values.get(found[1], found[0]), html)


class Holed:
    """HTML kept in pieces, with its holes between them."""

    def __init__(self, html: str) -> None:
        pieces = _HOLE.split(html)
        self.parts = [lasting(piece) for piece in pieces[0::2]]
        self.holes = pieces[1::2]

    def filled(self, values: Mapping[str, "str | Holed"]) -> Iterator[Part]:
        """The parts in order; a hole without a value stays empty, a value may have holes of its own."""
        for part, name in zip(self.parts, [*self.holes, ""], strict=True):
            yield part
            value = values.get(name, "")
            if isinstance(value, Holed):
                yield from value.filled(values)
            elif value:
                yield fresh(value)
