"""Names, telephone numbers, personal codes, ages: what is well formed, and its one normal form."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date

from lms.core.errors import DomainError
from lms.core.sealing import UNAMBIGUOUS
from lms.core.vietnamese import clean, fold

LONGEST_NAME = 120
OLDEST, YOUNGEST = 120, 5       # years of age that a birth year may mean
ACTIVATION_CODE_LENGTH = 10
MASK = "•••"
_NAME_SIGNS = "'’ʼ`-.,() "
_MOBILE = re.compile(r"0[35789]\d{8}")
_LANDLINE = re.compile(r"02\d{9}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")


def clean_name(text: str) -> str:
    """A person's name in NFC with single spaces. One word and apostrophes are names too.

    Raises DomainError person.name_missing, person.name_too_long (size, most), person.name_sign (sign).
    """
    name = clean(text)
    if not any(c.isalpha() for c in name):
        raise DomainError("person.name_missing")
    for sign in name:
        if unicodedata.category(sign)[0] not in "LM" and sign not in _NAME_SIGNS:
            raise DomainError("person.name_sign", sign=sign)
    if len(name) > LONGEST_NAME:
        raise DomainError("person.name_too_long", size=len(name), most=LONGEST_NAME)
    return name


def checked_birth_year(year: int, *, on: date) -> int:
    """The year, when somebody born then may learn here. Raises DomainError person.birth_year."""
    if not on.year - OLDEST <= year <= on.year - YOUNGEST:
        raise DomainError("person.birth_year", first=on.year - OLDEST, last=on.year - YOUNGEST)
    return year


def is_under_16(*, birth_year: int | None, birth_date: date | None = None, on: date) -> bool:
    """Whether a guardian must agree. With the year alone, a difference of 16 or less counts as under 16."""
    if birth_date:
        return (on.year - birth_date.year) - ((on.month, on.day) < (birth_date.month, birth_date.day)) < 16
    return birth_year is not None and on.year - birth_year <= 16


def _digits(text: str) -> str:
    text = re.sub(r"[\s.\-()]", "", unicodedata.normalize("NFKC", clean(text)))
    return text if re.fullmatch(r"\+?[0-9]+", text) else ""


def normal_phone(text: str) -> str:
    """A Vietnamese number as 0905123456 (mobile) or 02363000000 (landline); +84, 84 and 0084 are understood.

    Raises DomainError phone.length (typed) when digits are missing or too many, phone.invalid otherwise.
    """
    digits = _digits(text)
    if not digits:
        raise DomainError("phone.invalid")
    national = digits.removeprefix("+").removeprefix("00")
    if digits[0] == "+" or len(national) > 10:
        national = re.sub(r"^840?", "0", national)
    if is_mobile(national) or _LANDLINE.fullmatch(national):
        return national
    if len(national) == 10:
        raise DomainError("phone.invalid")
    raise DomainError("phone.length", typed=len(national))


def is_mobile(phone: str) -> bool:
    """Whether this normal number can be a sign-in name. A landline is a contact only."""
    return _MOBILE.fullmatch(phone) is not None


def _check_character(text: str) -> str:
    """Luhn's sum modulo the size of our alphabet: finds every wrong and nearly every swapped character."""
    size, total = len(UNAMBIGUOUS), 0
    for place, character in enumerate(reversed(text)):
        value = UNAMBIGUOUS.index(character) * (2 if place % 2 == 0 else 1)
        total += value // size + value % size
    return UNAMBIGUOUS[-total % size]


def code_prefix(text: str) -> str:
    """At most four plain capital letters out of the body's prefix."""
    return re.sub(r"[^A-Z]", "", fold(text).upper())[:4] or "BT"


def new_personal_code(prefix: str) -> str:
    """A personal code with check character, as printed: BT-7K3-29P. An identifier, not a secret."""
    body = "".join(secrets.choice(UNAMBIGUOUS) for _ in range(5))
    body += _check_character(body)
    return f"{code_prefix(prefix)}-{body[:3]}-{body[3:]}"


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", clean(text)).upper())


def normal_personal_code(text: str, *, prefix: str) -> str | None:
    """The printed form of a typed personal code (case, spaces, hyphens and the prefix may be missing), or None."""
    bare = _bare(text)
    head, body = bare[:-6] or code_prefix(prefix), bare[-6:]
    if len(body) != 6 or not set(body) <= set(UNAMBIGUOUS) or body[5] != _check_character(body[:5]):
        return None
    if not re.fullmatch(r"[A-Z]{1,4}", head):
        return None
    return f"{head}-{body[:3]}-{body[3:]}"


def normal_activation_code(text: str) -> str:
    """The ten characters of a slip's code, however typed. Raises DomainError activation.code_length (typed, most)."""
    bare = _bare(text)
    if len(bare) != ACTIVATION_CODE_LENGTH:
        raise DomainError("activation.code_length", typed=len(bare), most=ACTIVATION_CODE_LENGTH)
    return bare


def shown_activation_code(code: str) -> str:
    """As printed on the slip, in two groups of five: K7QM2-RXD4F."""
    return f"{code[:5]}-{code[5:]}"


@dataclass(frozen=True)
class SignInName:
    """What somebody signs in with: kind "phone", "code" or "email", in normal form."""

    kind: str
    value: str

    @property
    def masked(self) -> str:
        """Enough to see that it is the right one, not enough to read it off somebody's screen."""
        if self.kind == "phone":
            return f"{self.value[:4]} {MASK} {self.value[7:]}"
        if self.kind == "code":
            return f"{self.value.rsplit('-', 2)[0]}-{MASK}-{self.value[-3:]}"
        return f"{self.value[0]}{MASK}@{self.value.partition('@')[2]}"


def sign_in_name(text: str, *, prefix: str) -> SignInName:
    """Read a typed phone number, personal code or e-mail. Says only what its form shows, never whether it is known.

    Raises DomainError sign_in.name_missing, phone.length, phone.invalid, phone.landline, sign_in.code_wrong.
    """
    typed = unicodedata.normalize("NFKC", clean(text))
    if not typed:
        raise DomainError("sign_in.name_missing")
    if _EMAIL.fullmatch(typed):
        return SignInName("email", typed.lower())
    code = normal_personal_code(typed, prefix=prefix)
    if code:
        return SignInName("code", code)
    if _digits(typed):
        phone = normal_phone(typed)
        if not is_mobile(phone):
            raise DomainError("phone.landline")
        return SignInName("phone", phone)
    raise DomainError("sign_in.code_wrong")


def device_name(user_agent: str) -> str:
    """A short name of a browser for the list of devices, of words the owner knows."""
    machines = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
                ("Mac OS", "Mac"), ("Linux", "Linux"))
    browsers = (("Zalo", "Zalo"), ("Edg/", "Edge"), ("CocCoc", "Cốc Cốc"), ("SamsungBrowser", "Samsung Internet"),
                ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    found = [next((name for sign, name in table if sign in user_agent), "") for table in (machines, browsers)]
    return ", ".join(name for name in found if name)
