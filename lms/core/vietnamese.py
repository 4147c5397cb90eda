"""Vietnamese text: one normal form, search without marks, class lists by given name."""

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"\s+")
# Order of letters in Vietnamese, for sorting by code points after folding: marks come after the plain letter.
_ALPHABET = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
_RANK = {letter: f"{rank:02x}" for rank, letter in enumerate(_ALPHABET, start=16)}


def clean(text: str) -> str:
    """NFC, invisible and control characters out, runs of white space to one space."""
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        return text.strip(" ")  # nearly every text is clean already; lists have ten thousand of them
    text = unicodedata.normalize("NFC", text)
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"} or c.isspace())
    return _SPACES.sub(" ", text).strip()


def fold(text: str) -> str:
    """The searching form: lower case, no marks, đ as d. `fold("Lừa Đảo") == "lua dao"`."""
    text = unicodedata.normalize("NFD", clean(text).casefold().replace("đ", "d"))
    return "".join(c for c in text if not unicodedata.combining(c))


def name_key(full_name: str) -> str:
    """Sorting key of a class list: given name first, then family and middle names, in the Vietnamese alphabet."""
    words = clean(full_name).casefold().split(" ")
    return " ".join(map(_word_key, (words[-1], *words[:-1])))


@lru_cache(maxsize=4096)
def _word_key(word: str) -> str:
    return "".join(_RANK.get(c, f"f{ord(c):05x}") for c in word)


def given_name(full_name: str) -> str:
    """The name a Vietnamese is called by: the last word."""
    return clean(full_name).split(" ")[-1]
