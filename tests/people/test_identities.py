"""Names, numbers, codes, ages."""

from datetime import date

import pytest

from lms.core.errors import DomainError
from lms.people.rules import identities
from lms.people.rules.identities import SignInName, sign_in_name

ON = date(2026, 11, 21)


@pytest.mark.parametrize(("typed", "name"), [
    ("  Nguyễn   Thị Hoa ", "Nguyễn Thị Hoa"),
    ("Hoa", "Hoa"),
    ("H'Hen Niê", "H'Hen Niê"),
    ("K’Brêu", "K’Brêu"),
    ("Nguyễn Thị Hoa", "Nguyễn Thị Hoa"),
    ("Maria Nguyễn-Lê", "Maria Nguyễn-Lê"),
    ("Ư" * 120, "Ư" * 120),
], ids=["spaces", "one word", "apostrophe", "curly apostrophe", "NFD", "hyphen", "120"])
def test_clean_name_keeps(typed, name):
    assert identities.clean_name(typed) == name


@pytest.mark.parametrize(("typed", "code", "params"), [
    ("", "person.name_missing", {}),
    (" '. ", "person.name_missing", {}),
    ("Hoa 😀", "person.name_sign", {"sign": "😀"}),
    ("Hoa<b>", "person.name_sign", {"sign": "<"}),
    ("Hoa 2", "person.name_sign", {"sign": "2"}),
    ("H" * 121, "person.name_too_long", {"size": 121, "most": 120}),
])
def test_clean_name_refuses(typed, code, params):
    with pytest.raises(DomainError) as refused:
        identities.clean_name(typed)

    assert (refused.value.code, refused.value.params) == (code, params)


@pytest.mark.parametrize("typed", [
    "0905123456", "0905 123 456", "0905.123.456", "+84 905 123 456", "84905123456", "+84(0)905123456", "0084905123456",
    "０９０５１２３４５６",
])
def test_normal_phone_understands_every_way_of_writing(typed):
    assert identities.normal_phone(typed) == "0905123456"


def test_normal_phone_takes_a_landline_as_a_contact_only():
    assert identities.normal_phone("0236 3000 000") == "02363000000"
    assert not identities.is_mobile("02363000000")
    assert identities.is_mobile("0905123456")


@pytest.mark.parametrize(("typed", "code", "params"), [
    ("090512345", "phone.length", {"typed": 9}),
    ("09051234567", "phone.length", {"typed": 11}),
    ("0105123456", "phone.invalid", {}),
    ("gọi tôi", "phone.invalid", {}),
    ("+1 202 555 0100", "phone.length", {"typed": 11}),
])
def test_normal_phone_refuses(typed, code, params):
    with pytest.raises(DomainError) as refused:
        identities.normal_phone(typed)

    assert (refused.value.code, refused.value.params) == (code, params)


@pytest.mark.parametrize(("year", "day", "young"), [
    (2010, None, True), (2009, None, False), (2026, None, True), (None, None, False),
    (2010, date(2010, 11, 21), False), (2010, date(2010, 11, 22), True),
], ids=["16 by year", "17 by year", "baby", "unknown", "16 today", "16 tomorrow"])
def test_is_under_16(year, day, young):
    assert identities.is_under_16(birth_year=year, birth_date=day, on=ON) is young


def test_personal_code_is_printed_as_two_threes_and_read_in_any_form():
    code = identities.new_personal_code("BT")

    prefix, first, last = code.split("-")
    assert (prefix, len(first), len(last)) == ("BT", 3, 3)
    for typed in (code, code.lower(), code.replace("-", ""), f" {first} {last} ", f"bt {first}{last}"):
        assert identities.normal_personal_code(typed, prefix="BT") == code


def test_personal_code_check_character_finds_every_wrong_character_and_every_neighbour_swap():
    code = "BT-7K3-29"
    good = next(code + c for c in identities.UNAMBIGUOUS if identities.normal_personal_code(code + c, prefix="BT"))
    body = good[3:].replace("-", "")

    wrong = {body[:i] + c + body[i + 1:] for i in range(6) for c in identities.UNAMBIGUOUS} - {body}
    swapped = {body[:i] + body[i + 1] + body[i] + body[i + 2:] for i in range(5)} - {body}
    assert [w for w in wrong | swapped if identities.normal_personal_code(w, prefix="BT")] == []


def test_code_prefix_is_four_plain_letters():
    assert identities.code_prefix("Đặng Hải Châu") == "DANG"
    assert identities.code_prefix("") == "BT"


def test_sign_in_name_reads_phone_code_and_email():
    code = identities.new_personal_code("BT")

    assert sign_in_name("+84 905 123 456", prefix="BT") == SignInName("phone", "0905123456")
    assert sign_in_name(code.lower(), prefix="BT") == SignInName("code", code)
    assert sign_in_name("Hoa@BenThu.example", prefix="BT") == SignInName("email", "hoa@benthu.example")


def test_sign_in_name_never_takes_a_phone_for_a_code():
    # 23456789 are letters of the code alphabet: every such number must stay a number.
    for last in range(22222, 29999, 7):
        assert sign_in_name(f"09555{last}", prefix="BT").kind == "phone"


@pytest.mark.parametrize(("typed", "code"), [
    ("", "sign_in.name_missing"), ("02363000000", "phone.landline"), ("09051234", "phone.length"),
    ("BT-7K3-111", "sign_in.code_wrong"), ("bà Hoa", "sign_in.code_wrong"),
])
def test_sign_in_name_says_what_its_form_shows(typed, code):
    with pytest.raises(DomainError) as refused:
        sign_in_name(typed, prefix="BT")

    assert refused.value.code == code


@pytest.mark.parametrize(("name", "masked"), [
    (SignInName("phone", "0905123456"), "0905 ••• 456"), (SignInName("code", "BT-7K3-29P"), "BT-•••-29P"),
    (SignInName("email", "hoa@benthu.example"), "h•••@benthu.example"),
])
def test_masked(name, masked):
    assert name.masked == masked


def test_activation_code_is_read_in_any_form():
    assert identities.normal_activation_code(" k7qm2-rxd4f ") == "K7QM2RXD4F"
    assert identities.shown_activation_code("K7QM2RXD4F") == "K7QM2-RXD4F"
    with pytest.raises(DomainError) as refused:
        identities.normal_activation_code("K7Q")
    assert refused.value.params == {"typed": 3, "most": 10}


def test_device_name_uses_words_the_owner_knows():
    assert identities.device_name("Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile Safari/537") == "Android, Chrome"
    assert identities.device_name("curl/8") == ""
