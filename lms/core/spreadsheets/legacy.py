"""Vietnamese before Unicode: TCVN3 (ABC) and VNI fonts, Windows-1258.

TCVN3 and VNI texts are letters of Western fonts to every program that does not know better, in csv files and inside
xlsx cells alike. Which one a text is, its syllables say: the reading with the most Vietnamese ones wins, and a draw
leaves the text as it is.
"""

import re
import unicodedata
from collections.abc import Iterable

from lms.core.spreadsheets.syllables import likeness
from lms.core.spreadsheets.workbooks import Value

ENCODINGS = ("windows-1258", "tcvn3", "vni")
_TCVN3 = dict(zip(
    "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉËÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\u00adøõö÷ùýúûüþ®¡¢£¤¥¦§",
    "áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđĂÂÊÔƠƯĐ"))
_TCVN3_TABLE = str.maketrans(_TCVN3)
_VNI_MARKS = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_HATS = {  # the mark and its tone over a circumflex, then over a breve
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}
_VNI_PAIR = re.compile("([aeouyôö])([ùøûõïâáàåãäêéèúüë])|([ôöñæóòîíì])", re.IGNORECASE)
_LATIN_1 = re.compile("[\u00a1-\u00ff]")
_BEYOND = re.compile("[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
_CAPITALS = re.compile("[A-Z\u00a1-\u00a7]{2}")
_FIELD = re.compile(r"[^,;\t|\r\n\"]+")
_SAMPLE_CELLS = 2000


def tcvn3(text: str) -> str:
    """Text typed with a TCVN3 (ABC) font. Capitals with marks, which those fonts do not have, follow their word."""
    done = text.translate(_TCVN3_TABLE)
    letters = [c for c in text if c.isascii() and c.isalpha()]
    return done.upper() if all(c.isupper() for c in letters) and _has_capital_word(text) else done


def _has_capital_word(text: str) -> bool:
    return _CAPITALS.search(text) is not None


def vni(text: str) -> str:
    """Text typed with a VNI-Windows font: the mark follows its letter."""
    return unicodedata.normalize("NFC", _VNI_PAIR.sub(_vni_letter, text))


def _vni_letter(found: re.Match[str]) -> str:
    letter, mark, alone = found.groups()
    if alone:
        plain = _VNI_LETTERS[alone.lower()]
        return plain.upper() if alone.isupper() else plain
    base = _VNI_LETTERS.get(letter.lower(), letter.lower())
    mark = mark.lower()
    signs = _VNI_MARKS.get(mark) or _VNI_HATS[mark]
    whole = unicodedata.normalize("NFC", base + signs)
    if len(whole) > 1:  # no such letter of Vietnamese: leave both as they stand
        return found[0]
    return whole.upper() if letter.isupper() else whole


_CONVERTERS = {"tcvn3": tcvn3, "vni": vni}


def decode(content: bytes, word: str) -> str:
    """Bytes in one of `ENCODINGS`."""
    if word == "windows-1258":
        return unicodedata.normalize("NFC", content.decode("cp1258", "replace"))
    convert = _CONVERTERS[word]
    return _FIELD.sub(lambda found: convert(found[0]), content.decode("latin-1"))


def likeliest(content: bytes) -> str:
    """Of `ENCODINGS`, the one in which these bytes are the most Vietnamese; the first on a draw."""
    return max(ENCODINGS, key=lambda word: likeness(decode(content, word).splitlines()))


def in_unicode(rows: list[list[Value]], *, wish: str | None = None) -> tuple[list[list[Value]], str | None]:
    """The rows with cells of old fonts in Unicode, and which font that was (None: nothing to do).

    A sheet may mix columns; a cell with a letter that only Unicode has is never touched, and a column in which those
    outnumber the others is left alone.
    """
    sample = [v for row in rows[:400] for v in row if isinstance(v, str) and _LATIN_1.search(v) and not _BEYOND.search(v)]
    word = wish if wish in _CONVERTERS else _font_of(sample[:_SAMPLE_CELLS])
    if not word or not sample:
        return rows, None
    convert = _CONVERTERS[word]
    keep = set() if wish == word else _unicode_columns(rows, convert)
    done = [[
        convert(v) if isinstance(v, str) and c not in keep and not v.isascii() and not _BEYOND.search(v) else v
        for c, v in enumerate(row)] for row in rows]
    return done, word


def _font_of(cells: Iterable[str]) -> str | None:
    cells = [unicodedata.normalize("NFC", cell) for cell in cells]
    scores = {None: likeness(cells), **{word: likeness(map(convert, cells)) for word, convert in _CONVERTERS.items()}}
    best = max(scores, key=lambda word: scores[word])
    return best if scores[best] > scores[None] else None


def _unicode_columns(rows: list[list[Value]], convert) -> set[int]:  # type: ignore[no-untyped-def]
    """Columns with more cells that are surely Unicode than cells that are surely not."""
    votes: dict[int, int] = {}
    for row in rows[:400]:
        for column, value in enumerate(row):
            if isinstance(value, str) and not value.isascii():
                if _BEYOND.search(value):
                    votes[column] = votes.get(column, 0) + 1
                elif likeness([convert(value)]) > likeness([value]):
                    votes[column] = votes.get(column, 0) - 1
    return {column for column, vote in votes.items() if vote > 0}
