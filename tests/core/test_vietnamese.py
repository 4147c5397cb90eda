import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.vietnamese import clean, fold, given_name, name_key


@pytest.mark.parametrize(("text", "folded"), [
    ("Lừa Đảo", "lua dao"), ("ĐẶNG Thị Ỷ", "dang thi y"), ("hoà", "hoa"), ("hòa", "hoa"), ("  A  B ", "a b"),
])
def test_fold_drops_marks_and_case(text, folded):
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


@pytest.mark.parametrize(("dirty", "tidy"), [
    ("Nguyễn\u200b Văn\tA", "Nguyễn Văn A"), ("\u202eabc", "abc"), ("a\x00b", "ab"), ("H'Hen Niê", "H'Hen Niê"), ("", ""),
])
def test_clean_removes_what_nobody_sees(dirty, tidy):
    assert clean(dirty) == tidy


@given(st.text(max_size=60))
def test_clean_and_fold_are_stable(text):
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)


def test_class_lists_go_by_given_name_then_family_name():
    names = ["Trần Thị Bình", "Lê Văn Đức", "Đặng Văn An", "Nguyễn Thị Dung", "Bùi Văn An", "Nguyễn Văn Ân", "Y"]

    assert sorted(names, key=name_key) == [
        "Bùi Văn An", "Đặng Văn An", "Nguyễn Văn Ân", "Trần Thị Bình", "Nguyễn Thị Dung", "Lê Văn Đức", "Y"]


def test_given_name_is_the_last_word():
    assert given_name("Nguyễn Thị  Hoa ") == "Hoa"


def test_the_short_way_of_clean_is_the_long_one():
    hostile = ["Lê  Thị", " Lê", "Lê\u00a0Thị", "Le\u0302", "L\u200bê",
               "Lê\x00", "Lê\ud800", "\u2028Lê", "Lê Thị Mai ", "", "\ue000a", "\ufffex"]

    for text in hostile:
        slow = unicodedata.normalize("NFC", text)
        slow = "".join(c for c in slow if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"} or c.isspace())
        assert clean(text) == " ".join(slow.split()) == clean(clean(text))
