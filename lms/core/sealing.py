"""Codes that only this installation can make or recognise: keyed with the application's secret.

The database keeps hashes. Without the secret they cannot be tried out, even for short codes.
"""

import hashlib
import hmac

from flask import current_app

UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U; of codes, slips and serials


def _keys() -> list[bytes]:
    """The present secret first, then former ones, so that a changed secret voids nothing that is on paper."""
    config = current_app.config
    return [key.encode() for key in (config["SECRET_KEY"], *config.get("SECRET_KEY_FALLBACKS", ()))]


def _digest(key: bytes, kind: str, text: str) -> bytes:
    return hmac.new(key, f"{kind}\0{text}".encode(), hashlib.sha256).digest()


def keyed_hash(kind: str, text: str) -> str:
    """64 hexadecimal digits of `text`, different for each `kind` of thing."""
    return _digest(_keys()[0], kind, text).hex()


def keyed_hashes(kind: str, text: str) -> list[str]:
    """The hash under the present secret and under each former one: what to look for."""
    return [_digest(key, kind, text).hex() for key in _keys()]


def derived_codes(kind: str, text: str, *, length: int) -> list[str]:
    """Codes of `length` unambiguous characters that follow from `text` and the secret (present one first).

    Nobody without the secret can compute them, so `text` may be public, as long as it is unique and random.
    """
    codes = []
    for key in _keys():
        number = int.from_bytes(_digest(key, kind, text), "big")
        characters = []
        for _ in range(length):
            number, rest = divmod(number, len(UNAMBIGUOUS))
            characters.append(UNAMBIGUOUS[rest])
        codes.append("".join(characters))
    return codes
