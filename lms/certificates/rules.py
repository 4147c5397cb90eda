"""Serial numbers, states, what may be printed and when a paper may be issued at all."""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from lms.core.config import is_public_address
from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.people.models import Actor

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U
RANDOM_LENGTH = 8                            # 39 bits
NAME_LENGTH = 120
REGISTRARS = ("officer", "admin")

_WHOLE = re.compile(rf"([A-Z]{{2,4}})([0-9]{{4}})([0-9OIL]{{6,9}})([{ALPHABET}]{{{RANDOM_LENGTH}}})")
_WITHOUT_END = re.compile(rf"[A-Z]{{2,4}}[0-9]{{4}}[0-9OIL]{{6}}([{ALPHABET}]{{0,{RANDOM_LENGTH - 1}}})")
_BEGINNING = re.compile(r"[A-Z]{0,4}[0-9]{0,10}")
_SEPARATORS = re.compile(r"[\s._\-\u2010-\u2015]+")
_LOOK_ALIKES = str.maketrans("OIL", "011")
# What EB Garamond draws: Latin with all Vietnamese letters, Cyrillic, common punctuation.
_NOT_DRAWN = re.compile(
    "[^\\u0020-\\u007e\\u00a0-\\u017f\\u01a0\\u01a1\\u01af\\u01b0\\u1ea0-\\u1ef9\\u0400-\\u045f"
    "\\u2010-\\u2014\\u2018-\\u201a\\u201c-\\u201e\\u2026]")
_ALLOWED_FROM = {
    "suspended": {"good"}, "reinstated": {"suspended"}, "revoked": {"good", "suspended", "expired"},
    "replaced": {"good", "suspended"}, "expired": {"good", "suspended", "expired"},
}


@dataclass(frozen=True)
class Terms:
    """How this installation issues: where its papers send people who check them, and whether it is only showing itself."""

    base_url: str
    is_demo: bool
    allows_lan: bool

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """The terms that a Flask configuration says."""
        return cls(config["LMS_BASE_URL"], config["LMS_MODE"] == "demo", config["LMS_ALLOW_LAN_ISSUE"])

    def marks(self) -> list[str]:
        """What every paper issued now must say about itself: `sample`, `this_machine`, `local_network`.

        Raises `credential.address_not_public` when nobody outside could check a real paper.
        """
        reachable = is_public_address(self.base_url)
        if self.is_demo:
            return ["sample"] if reachable else ["sample", "this_machine"]
        if not reachable and not self.allows_lan:
            raise DomainError("credential.address_not_public", setting="LMS_BASE_URL")
        return [] if reachable else ["local_network"]

    def check_address(self, serial: str) -> str:
        """Where a stranger checks this paper: what its QR code says. From the configuration, never from a request."""
        return f"{self.base_url}/k/{serial}"


def random_part() -> str:
    """Eight characters from a secure source; each of the 30 equally likely."""
    return "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))


def serial_of(prefix: str, year: int, number: int, random: str) -> str:
    """`serial_of("AH", 2026, 127, "K7QM2RXD") == "AH-2026-000127-K7QM-2RXD"`."""
    return f"{prefix}-{year}-{number:06d}-{random[:4]}-{random[4:]}"


def parse_serial(typed: str) -> str:
    """The serial in its printed form. Small letters, spaces, missing hyphens and the whole address of a QR code pass.

    Looks at the form alone, so its answer says nothing about which papers exist. Raises `serial.without_end` (with
    `missing`, the number of characters) when only the end is missing, `serial.incomplete` for a shorter beginning,
    `serial.unknown` for anything else.
    """
    text = unicodedata.normalize("NFKC", typed[:300]).rpartition("/k/")[2].upper()
    text = _SEPARATORS.sub("", text.partition("?")[0].partition("#")[0])
    if whole := _WHOLE.fullmatch(text):
        prefix, year, number, random = whole.groups()
        return serial_of(prefix, int(year), int(number.translate(_LOOK_ALIKES)), random)
    if beginning := _WITHOUT_END.fullmatch(text):
        raise DomainError("serial.without_end", missing=RANDOM_LENGTH - len(beginning[1]))
    raise DomainError("serial.incomplete" if _BEGINNING.fullmatch(text) else "serial.unknown")


def current_state(state: str, valid_until: datetime | None, *, now: datetime) -> str:
    """What a credential is at this moment: a good or suspended one has expired from `valid_until` on, to the second."""
    has_ended = valid_until is not None and valid_until <= now
    return "expired" if has_ended and state in ("good", "suspended") else state


def check_transition(state: str, event_kind: str) -> None:
    """Raises `credential.not_<event kind>` when this may not befall a credential in this state."""
    if state not in _ALLOWED_FROM[event_kind]:
        raise DomainError(f"credential.not_{event_kind}")


def printable(text: str) -> str:
    """The text as paper, page and file will all show it: NFC, invisible and undrawable characters left out."""
    return clean(_NOT_DRAWN.sub("", clean(text)))


def printable_name(full_name: str) -> str:
    """The name as printed. Raises `credential.name_not_printable` when nothing is left or it is too long."""
    name = printable(full_name)
    if not 1 <= len(name) <= NAME_LENGTH:
        raise DomainError("credential.name_not_printable")
    return name


def can_keep_register(actor: Actor) -> bool:
    """May open the register (of their own organisations and those below) and decide about the papers in it."""
    return actor.has_role(*REGISTRARS)
