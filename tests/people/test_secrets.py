"""PINs and passphrases: which are refused, how they are kept."""

from datetime import date

import pytest

from lms.core.errors import DomainError
from lms.people.rules.secrets import Owner, checked_secret, common_secrets, normal_secret
from lms.people.services import secrets
from tests.people.factories import NOW, PIN, make_account

HOA = Owner("Nguyễn Thị Hoa", 1959, None, "0905123456")


@pytest.mark.parametrize("pin", [
    "123456", "000000", "777777", "121212", "123123", "112233", "654321", "234567", "987654", "890123", "147258", "159753",
    "195900", "001959", "150359", "311259", "905123", "512345", "123321", "686868", "696969", "111222",
])
def test_easy_pins_are_refused(pin):
    with pytest.raises(DomainError) as refused:
        checked_secret(pin, HOA)

    assert refused.value.code == "secret.too_easy"


@pytest.mark.parametrize("pin", ["482915", "730264", "915038", "999459", "003759"])
def test_other_pins_are_taken(pin):
    assert checked_secret(pin, HOA) == ("pin", pin)


def test_pin_of_the_full_birthday_is_refused():
    born = Owner("Hoa", 1959, date(1959, 3, 7))

    for pin in ("070359", "590307", "030759"):
        with pytest.raises(DomainError):
            checked_secret(pin, born)
    assert checked_secret("080359", born) == ("pin", "080359")  # another day is nobody's business


@pytest.mark.parametrize("text", [
    "matkhau123", "Mật khẩu 123", "MATKHAU@2026", "anhyeuem", "Anh yêu em 99", "password", "Passw0rd", "iloveyou",
    "qwerty2026", "12345678", "11111111", "abababab", "vietnam2026", "nguyenthihoa", "Hoa Nguyen Thi 1959", "hoa123456",
    "09051234", "0905123456", "15031959", "19590315", "aaaaaaaaaaaa",
])
def test_easy_passphrases_are_refused(text):
    with pytest.raises(DomainError) as refused:
        checked_secret(text, HOA)

    assert refused.value.code == "secret.too_easy"


@pytest.mark.parametrize("text", ["con mèo trèo cây cau", "Chợ-sáng-7-giờ", "x7#Kq9!m", "Ừ thì đi chơi xa " * 10])
def test_other_passphrases_are_taken(text):
    kind, _ = checked_secret(text, HOA)

    assert kind == "passphrase"


@pytest.mark.parametrize(("text", "code"), [
    ("", "secret.missing"), ("   ", "secret.missing"), ("12345", "secret.pin_length"), ("1234567", "secret.pin_length"),
    ("mèo con", "secret.too_short"), ("x7#Kq9!m" * 40, "secret.too_long"),
])
def test_misformed_secrets_are_refused(text, code):
    with pytest.raises(DomainError) as refused:
        checked_secret(text, HOA)

    assert refused.value.code == code


def test_the_commonest_three_thousand_are_all_refused():
    assert len(common_secrets()) > 3000
    taken = []
    for text in common_secrets():
        try:
            checked_secret(text, Owner())
        except DomainError:
            continue
        taken.append(text)

    assert taken == []


def test_hash_is_argon2id_with_the_parameters_of_the_rule(app):
    assert secrets.hash_secret(PIN).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_secret_matches_in_every_normal_form_and_width(app):
    nfd, full_width = "con mèo trèo cây", "４８２９１５"

    assert secrets.secret_matches(secrets.hash_secret("con mèo trèo cây"), nfd)
    assert secrets.secret_matches(secrets.hash_secret("482915"), full_width)
    assert normal_secret(" 482915 ") == "482915"


def test_secret_is_never_cut(app):
    long = "mèo trèo cây cau " * 10

    assert not secrets.secret_matches(secrets.hash_secret(long), long[:72])


def test_set_secret_says_when_and_which_kind(app):
    person = make_account(secret="con mèo trèo cây")

    assert (person.secret_kind, person.secret_set_at) == ("passphrase", NOW)
    assert "mèo" not in person.secret_hash


def test_refresh_hash_raises_old_parameters(app):
    from argon2 import PasswordHasher

    person = make_account()
    person.secret_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PIN)

    secrets.refresh_hash(person, PIN)

    assert "m=19456,t=2,p=1" in person.secret_hash
    assert secrets.secret_matches(person.secret_hash, PIN)


def test_refresh_hash_leaves_present_ones(app):
    person = make_account()
    before = person.secret_hash

    secrets.refresh_hash(person, PIN)

    assert person.secret_hash == before
