"""Icons: one inline sprite at the end of each page, holding only the symbols that the page uses."""

import re
from functools import lru_cache
from pathlib import Path

from flask import g
from markupsafe import Markup

_SYMBOL = re.compile(r'<symbol id="([^"]+)".*?</symbol>')
_USE = re.compile(r'<use href="#([a-z0-9-]+)"')
SYMBOLS = {m[1]: m[0] for m in _SYMBOL.finditer((Path(__file__).parent / "icons.svg").read_text(encoding="utf-8"))}


def icon(name: str, css: str = "") -> Markup:
    """`<svg>` that shows this symbol; decorative, so words stand beside it. Raises KeyError for an unknown name."""
    used().add(name)
    return _svg(name, "i " + css if css else "i")


def mark(state: int) -> Markup:
    """The shape of a skill's state: 0 not started, 1 learning, 2 passed, 3 confirmed."""
    used().add(f"s{state}")
    return _svg(f"s{state}", f"mark mark--{state}")


@lru_cache(maxsize=512)
def _svg(name: str, css: str) -> Markup:
    SYMBOLS[name]
    return Markup('<svg class="{}" aria-hidden="true"><use href="#{}"/></svg>').format(css, name)


def used() -> set[str]:
    """Names of the icons this response shows so far. Stored fragments add theirs."""
    names: set[str] | None = g.get("icons")
    if names is None:
        names = g.icons = set()
    return names


def names_in(html: str) -> set[str]:
    """Names of the icons that a stored fragment shows."""
    return {name for name in _USE.findall(html) if name in SYMBOLS}


def sprite() -> Markup:
    """The symbols used, for the end of the page."""
    return Markup("").join(Markup(SYMBOLS[name]) for name in sorted(used()))  # noqa: S704 – our own file
