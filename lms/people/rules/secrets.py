"""PINs and passphrases: one normal form, and which ones are too easily guessed."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from lms.core.errors import DomainError
from lms.core.vietnamese import fold

PIN_LENGTH = 6
SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 8, 256
_KEYPAD = ("147258", "258369", "369147", "147369", "159753", "753159", "159357", "357159", "951753", "741852", "852963",
           "147852", "258963", "963852", "789456", "456789", "456123", "321654", "654321", "123789", "789123")


@dataclass(frozen=True)
class Owner:
    """What a stranger can know about the owner of a secret; a secret made of it is refused."""

    full_name: str = ""
    birth_year: int | None = None
    birth_date: date | None = None
    phone: str | None = None


def normal_secret(text: str) -> str:
    """The form that is hashed: NFKC, so that every keyboard and every normal form of Vietnamese sign in alike."""
    return unicodedata.normalize("NFKC", text).strip()


def checked_secret(text: str, owner: Owner) -> tuple[str, str]:
    """(kind, normal form) of a secret fit to be used; kind is "pin" or "passphrase".

    Raises DomainError secret.missing, secret.pin_length (typed), secret.too_short (least, typed),
    secret.too_long (most), secret.too_easy.
    """
    secret = normal_secret(text)
    if not secret:
        raise DomainError("secret.missing")
    if re.fullmatch(r"[0-9]+", secret) and len(secret) != PIN_LENGTH and len(secret) < SHORTEST_PASSPHRASE:
        raise DomainError("secret.pin_length", typed=len(secret))
    is_pin = re.fullmatch(r"[0-9]{6}", secret) is not None
    if not is_pin and len(secret) < SHORTEST_PASSPHRASE:
        raise DomainError("secret.too_short", least=SHORTEST_PASSPHRASE, typed=len(secret))
    if len(secret) > LONGEST_PASSPHRASE:
        raise DomainError("secret.too_long", most=LONGEST_PASSPHRASE)
    if (is_easy_pin(secret, owner) if is_pin else is_easy_passphrase(secret, owner)):
        raise DomainError("secret.too_easy")
    return ("pin" if is_pin else "passphrase"), secret


@cache
def common_secrets() -> frozenset[str]:
    """About 3,800 secrets that people choose most (common_secrets.txt)."""
    lines = (Path(__file__).parent / "common_secrets.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def is_easy_pin(pin: str, owner: Owner) -> bool:
    """Repeated, running, on the keypad's lines, among the commonest, or out of the owner's birthday or number."""
    steps = {(int(b) - int(a)) % 10 for a, b in zip(pin, pin[1:])}
    halves = pin[:3] == pin[3:] or pin[:3] == pin[:2:-1] or pin[:2] * 3 == pin
    pairs = pin[::2] == pin[1::2] and len({(int(b) - int(a)) % 10 for a, b in zip(pin[::2], pin[2::2])}) == 1
    return (
        steps <= {0} or steps == {1} or steps == {9} or halves or pairs or len(set(pin)) < 3
        or pin in _KEYPAD or pin in common_secrets() or _is_birthday(pin, owner)
        or (owner.phone is not None and pin in owner.phone)
    )


def _is_birthday(pin: str, owner: Owner) -> bool:
    year = owner.birth_date.year if owner.birth_date else owner.birth_year
    if year is None:
        return False
    if str(year) in pin:
        return True
    if owner.birth_date:
        day, month, short = f"{owner.birth_date:%d}", f"{owner.birth_date:%m}", f"{owner.birth_date:%y}"
        return pin in {day + month + short, short + month + day, month + day + short}
    # The year alone is known: any day of that year, written in the usual way.
    return pin[4:] == f"{year % 100:02d}" and 1 <= int(pin[:2]) <= 31 and 1 <= int(pin[2:4]) <= 12


def is_easy_passphrase(secret: str, owner: Owner) -> bool:
    """Among the commonest, with or without digits and signs around, made of one repeated bit, or the owner's own data."""
    plain = re.sub(r"\s", "", fold(secret))
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", plain)
    if plain in common_secrets() or core in common_secrets() or len(set(plain)) < 4:
        return True
    if re.fullmatch(r"(.{1,4})\1+", plain) or plain in "01234567890123456789" or plain in "98765432109876543210":
        return True
    return _is_about_the_owner(plain, core, owner)


def _is_about_the_owner(plain: str, core: str, owner: Owner) -> bool:
    words = fold(owner.full_name).split()
    names = {"".join(words), "".join([*words[-1:], *words[:-1]]), *words, "".join(words[-2:])}
    if core and core in names:
        return True
    digits = re.sub(r"\D", "", plain)
    if len(digits) != len(plain):
        return False
    if owner.phone and (digits in owner.phone or owner.phone in digits):
        return True
    if owner.birth_date:
        return digits in {f"{owner.birth_date:%d%m%Y}", f"{owner.birth_date:%Y%m%d}", f"{owner.birth_date:%m%d%Y}"}
    return owner.birth_year is not None and len(digits) == 8 and str(owner.birth_year) in (digits[:4], digits[4:])
