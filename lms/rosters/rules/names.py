"""Names out of lists: their normal form, and when two spellings are one name."""

import re
import unicodedata
from functools import lru_cache

from lms.core.vietnamese import fold
from lms.people.rules.identities import clean_name

_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1ea0-\u1ef9"
_PLAIN = re.compile(f"[{_LETTERS}]+(?: [{_LETTERS}]+)*")
_NUMBERED = re.compile(r"\d{1,4}\s{0,3}[.)]\s{0,3}(?=\D)")
_PLACES = [*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1EA0, 0x1EFA)]
_FOLDED = {place: fold(chr(place)) for place in _PLACES}
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


def name_in_list(text: str) -> str:
    """A person's name as it will be kept; a running number before it goes. Raises DomainError as `clean_name` does."""
    if _PLAIN.fullmatch(text) and len(text) <= 120:
        return text
    return clean_name(_NUMBERED.sub("", text, count=1))


def folded_name(name: str) -> str:
    """The form in which two names are compared: no marks, no case, no signs. "H'Hen Niê" is "hhen nie"."""
    if _PLAIN.fullmatch(name):
        return name.translate(_FOLDED)
    return " ".join(re.sub(r"[^\w\s]", "", fold(name)).split())


@lru_cache(maxsize=8192)
def _marks(name: str) -> str:
    """The letters with their hats, and the tone of each word at its end: hoà and hòa alike."""
    words = []
    for word in unicodedata.normalize("NFD", name.casefold()).split():
        words.append(_TONES.sub("", word) + "".join(sorted(_TONES.findall(word))))
    return " ".join(words)


def same_name(one: str, other: str) -> bool:
    """Whether the folded names agree: Nguyễn Thị Hoà, NGUYEN THI HOA, Nguyễn Thị Hòa (NFD)."""
    return folded_name(one) == folded_name(other)


def marks_disagree(one: str, other: str) -> bool:
    """Whether both are written with marks, and with different ones: Tú and Tư may be two people."""
    if one.isascii() or other.isascii():
        return False
    return _marks(one) != _marks(other)
