"""How Vietnamese a text looks: the measure by which an old encoding is recognised."""

import re
import unicodedata
from collections.abc import Iterable

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RHYMES = """
a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch
êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao
oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp
ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uôc uôi uôm uôn uông uôt uy uya uych uyên uyêt uynh
uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu
"""
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SYLLABLES = frozenset(onset + rhyme for onset in ("", *_ONSETS.split()) for rhyme in _RHYMES.split())
_WORD = re.compile(r"[^\W\d_]+")


def is_syllable(word: str) -> bool:
    """Whether this word, tones aside, could be a syllable of Vietnamese."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if c not in _TONES)
    return unicodedata.normalize("NFC", bare) in _SYLLABLES


def likeness(texts: Iterable[str]) -> int:
    """Marked words that are syllables, less those (and stray signs) that are not. Words without marks say nothing."""
    score = 0
    for text in texts:
        if text.isascii():
            continue
        for word in _WORD.findall(text):
            if not word.isascii():
                score += 1 if is_syllable(word) and _is_one_case(word) else -2
        score -= sum(2 for c in text if not c.isascii() and not c.isalpha() and c not in "–—“”‘’ʼ…·•\u00a0"
                     and not unicodedata.combining(c))
    return score


def _is_one_case(word: str) -> bool:
    """lower, UPPER or Capital: an encoding read wrongly mixes them."""
    return word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower())
