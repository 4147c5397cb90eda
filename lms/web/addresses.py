"""Addresses that come from outside, made safe."""

import re

from flask import request

MOST_PAGES = 10_000
_OWN_PATH = re.compile(r"/(?![/\\])[\x21\x23-\x5b\x5d-\x7e]*")


def own_path(wanted: str | None, otherwise: str) -> str:
    """`wanted` when it is a path of this site, else `otherwise`.

    Only a plain absolute path passes: one leading slash, printable ASCII, no backslash, no quote, no white space.
    """
    return wanted if wanted and len(wanted) <= 500 and _OWN_PATH.fullmatch(wanted) else otherwise


def page_number(name: str = "trang") -> int:
    """The page of a list that the address asks for: 1 to 10.000, and 1 for whatever is no number."""
    text = request.args.get(name, "")
    # Digits of every script are decimal; a number of a thousand digits takes long to read.
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 1
    return min(max(number, 1), MOST_PAGES)
