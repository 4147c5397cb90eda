"""What checking a list gives, and what matching decides."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from lms.rosters.reading.records import Fault


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row without faults, in normal forms. Texts are "" when the list says nothing."""

    number: int
    full_name: str
    birth_year: int | None = None
    birth_date: date | None = None
    phone: str | None = None
    email: str | None = None
    staff_code: str | None = None
    school_class: str | None = None
    position: str | None = None
    organisation: str | None = None
    note: str | None = None
    personal_code: str | None = None


@dataclass(frozen=True)
class Checked:
    """Every row of a list, checked: `rows` are the good ones, `faulty` the numbers of the others."""

    rows: tuple[CheckedRow, ...]
    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    faulty: frozenset[int] = frozenset()
    counted: int = 0          # rows that describe a person, good or faulty


@dataclass(frozen=True)
class Candidate:
    """Somebody already here, as far as matching needs them.

    `staff_codes` are those held at the organisation that imports (or below it); `belongs` says whether the person is
    a member there.
    """

    person_id: int
    full_name: str
    phone: str | None = None
    email: str | None = None
    birth_year: int | None = None
    birth_date: date | None = None
    personal_code: str | None = None
    staff_codes: frozenset[str] = frozenset()
    belongs: bool = False


@dataclass(frozen=True)
class Match:
    """Who a row is: somebody new, somebody here, or for a person to decide.

    `evidence` names what agrees (and in an unclear match `differs` what does not): personal_code, staff_code, email,
    phone, name, birth_date, birth_year.
    """

    kind: Literal["new", "same", "unclear"]
    person_id: int | None = None
    evidence: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    others: tuple[int, ...] = field(default=())


__all__ = ["Candidate", "Checked", "CheckedRow", "Fault", "Match"]
