"""People who are here already, as an import sees them, and what a row of a list would change of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from lms.rosters.rules.names import same_name


@dataclass(frozen=True, slots=True)
class Held:
    """A live membership in the organisation that imports or below it; `depth` 0 is that organisation itself."""

    id: int
    organisation_id: int
    depth: int
    position: str | None
    staff_code: str | None
    school_class: str | None
    is_claimed: bool


@dataclass(frozen=True, slots=True)
class Former:
    """What a row said that was merged into somebody's; `staff_code` was theirs in the organisation that imports."""

    full_name: str
    birth_year: int | None
    birth_date: date | None
    phone: str | None
    email: str | None
    personal_code: str
    staff_code: str | None


@dataclass(slots=True)
class Known:
    """Somebody live. `is_seen`: the sender may see them. `listed`: what the sender's own earlier list said of somebody
    who has not said yes to it; then nothing else of them is compared or shown."""

    id: int
    uuid: UUID
    full_name: str
    folded_name: str
    birth_year: int | None
    birth_date: date | None
    phone: str | None
    email: str | None
    personal_code: str
    has_secret: bool
    is_seen: bool
    is_elsewhere: bool                       # a member of something outside, too
    held: list[Held] = field(default_factory=list)
    former: list[Former] = field(default_factory=list)
    listed: Mapping[str, Any] | None = None
    in_cohort: bool = False
    has_refused: bool = False                # said of this organisation's list: that is not me
    has_records: bool = False                # has learned, been assessed or been given something, though without a PIN

    @property
    def rows(self) -> "tuple[Known | Former, ...]":
        """Their own row, and those that were merged into it."""
        return (self, *self.former)

    @property
    def is_own(self) -> bool:
        """A member here already who has agreed, or who is nobody else's and cannot be asked yet."""
        nobodys = not (self.has_secret or self.is_elsewhere or self.held or self.has_records)
        return nobodys or any(one.is_claimed for one in self.held)


@dataclass(frozen=True)
class Plan:
    """What writing one row does to somebody known. Nothing at all: the row is unchanged."""

    person: dict[str, Any] = field(default_factory=dict)
    begin_at: int | None = None                  # organisation of a new membership
    is_claimed: bool = True
    membership: Held | None = None               # the one that is changed, or that the row is about
    changes: dict[str, Any] = field(default_factory=dict)
    joins_cohort: bool = False
    kept: tuple[str, ...] = ()                   # what the person has set otherwise and keeps

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not (self.person or self.begin_at or self.changes or self.joins_cohort)


MEMBERSHIP_FIELDS = {"position": "position", "staff_code": "staff_code", "class": "school_class"}


def plan_for(values: Mapping[str, Any], known: Known, *, organisation_id: int, has_cohort: bool) -> Plan:
    """What the row (normal forms) changes of somebody known. Empty cells change nothing; names are never changed."""
    wanted = values.get("organisation_id")
    held = _membership(known, wanted, organisation_id)
    said = {column: values.get(key) for key, column in MEMBERSHIP_FIELDS.items() if values.get(key)}
    changes = {column: text for column, text in said.items() if held and getattr(held, column) != text}
    person, kept = _of_the_person(values, known)
    return Plan(
        person=person, kept=kept, membership=held, changes=changes, is_claimed=known.is_own,
        begin_at=None if held else (wanted or organisation_id), joins_cohort=has_cohort and not known.in_cohort)


def _membership(known: Known, wanted: int | None, organisation_id: int) -> Held | None:
    if wanted and wanted != organisation_id:
        return next((one for one in known.held if one.organisation_id == wanted), None)
    nearest = sorted(known.held, key=lambda one: (one.depth, one.id))
    if wanted:
        return next((one for one in nearest if one.organisation_id == wanted), None)
    return nearest[0] if nearest else None


def _of_the_person(values: Mapping[str, Any], known: Known) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Phone, e-mail and birth that the list corrects, as long as the person belongs to nobody else and never signed in."""
    if known.listed is not None or not known.is_seen:
        return {}, ()
    differs: dict[str, Any] = {}
    for key in ("phone", "email", "birth_date"):
        if values.get(key) and _as_text(getattr(known, key)) != values[key]:
            differs[key] = values[key]
    year = values.get("birth_year")
    if year and year != known.birth_year:
        differs["birth_year"] = year
        if "birth_date" not in differs and known.birth_date:
            differs["birth_date"] = None
    if known.has_secret or known.is_elsewhere or not any(one.is_claimed for one in known.held):
        return {}, tuple(differs)
    return differs, ()


def _as_text(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def attaches(values: Mapping[str, Any], known: Known | Former) -> bool:
    """Whether a row surely means somebody whom the sender may not see: one name, and one way to reach or identify them.

    Nobody is told. The person is asked at the next sign-in, and until then the membership gives no right over them.
    """
    if not same_name(values["full_name"], known.full_name) or _contradict(values, known):
        return False
    if values.get("personal_code") and values["personal_code"] == known.personal_code:
        return True
    return any(values.get(key) and values[key] == getattr(known, key) for key in ("phone", "email"))


def _contradict(values: Mapping[str, Any], known: Known | Former) -> bool:
    born, year = values.get("birth_date"), values.get("birth_year")
    if born and known.birth_date:
        return bool(born != known.birth_date.isoformat())
    return bool(year and known.birth_year and year != known.birth_year)
