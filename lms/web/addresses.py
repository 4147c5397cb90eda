"""Addresses that come from outside, made safe."""

import re

_OWN_PATH = re.compile(r"/(?![/\\])[\x21\x23-\x5b\x5d-\x7e]*")


def own_path(wanted: str | None, otherwise: str) -> str:
    """`wanted` when it is a path of this site, else `otherwise`.

    Only a plain absolute path passes: one leading slash, printable ASCII, no backslash, no quote, no white space.
    """
    return wanted if wanted and len(wanted) <= 500 and _OWN_PATH.fullmatch(wanted) else otherwise
