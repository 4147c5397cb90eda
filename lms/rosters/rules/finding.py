"""Whom the rows of a list mean, among the people who are here already. Pure; the same at the check and at the commit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms.rosters.rules.matching import match_row
from lms.rosters.rules.names import folded_name
from lms.rosters.rules.people import Former, Known, attaches
from lms.rosters.rules.records import Candidate, CheckedRow, Match

SIGNS = ("phone", "email", "personal_code", "staff_code")
TELLING = ("phone", "email", "birth_date", "birth_year")
NOBODY = Match("new")


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a row means. `attached` is somebody whom the sender may not see; nobody is told."""

    match: Match
    attached: Known | None = None

    @property
    def offered(self) -> tuple[int, ...]:
        """Who may be meant by an unclear row."""
        return self.match.others or ((self.match.person_id,) if self.match.person_id else ())


@dataclass
class Finder:
    """The people a list may mean, indexed by everything that a row may say of them.

    `former` is what was said of them in rows merged into theirs. `taken`: found already, in which row.
    """

    people: Mapping[int, Known]
    by_sign: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    candidates: dict[int, Candidate] = field(default_factory=dict)
    former: dict[int, list[Candidate]] = field(default_factory=dict)
    hidden: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.people.values():
            if one.has_refused and not one.held:
                continue  # then the list means somebody else
            if one.is_seen or one.listed is not None:
                self._show(one)
            else:
                for sign in (sign for row in one.rows for sign in _signs_of(row)):
                    self.hidden.setdefault(sign, []).append(one.id)

    def _show(self, one: Known) -> None:
        facts: Mapping[str, Any] = _facts(one) if one.is_seen else one.listed or {}
        staff_codes = frozenset(held.staff_code for held in one.held if held.staff_code)
        birth = facts.get("birth_date")
        self.candidates[one.id] = Candidate(
            one.id, facts["full_name"], phone=facts.get("phone"), email=facts.get("email"), birth_year=facts.get("birth_year"),
            birth_date=date.fromisoformat(birth) if isinstance(birth, str) else birth,
            personal_code=facts.get("personal_code"), staff_codes=staff_codes, belongs=bool(one.held))
        signs = [("name", folded_name(facts["full_name"])), *(("staff_code", code) for code in staff_codes)]
        signs += [(key, facts[key]) for key in SIGNS if facts.get(key)]
        for said in one.former if one.is_seen else ():
            self.former.setdefault(one.id, []).append(_as_candidate(one.id, said))
            signs += [("name", folded_name(said.full_name)), *_signs_of(said)]
        for sign in signs:
            self.by_sign.setdefault(sign, []).append(one.id)

    def find(self, row: CheckedRow, values: Mapping[str, Any]) -> Found:
        """Whom this row means; whoever was found for certain is taken."""
        signs = [("name", folded_name(row.full_name)), *((key, values[key]) for key in SIGNS if key in values)]
        seen = sorted({person_id for sign in signs for person_id in self.by_sign.get(sign, ())})
        match = match_row(row, [self.candidates[one] for one in seen]) if seen else NOBODY
        if match.kind != "same":
            match = self._under_a_former_row(row, seen) or match
        if match.kind == "unclear":
            match = self._listed_before(match, values)
        if match.kind == "same" and match.person_id is not None:
            self.taken.setdefault(match.person_id, row.number)
        if match.kind != "new":
            return Found(match)
        unseen = sorted({person_id for sign in signs for person_id in self.hidden.get(sign, ())} - self.taken.keys())
        sure = [one for one in (self.people[person_id] for person_id in unseen)
                if any(attaches(values, row) for row in one.rows)]
        if len(sure) == 1:
            self.taken[sure[0].id] = row.number
            return Found(match, sure[0])
        return Found(match)

    def _under_a_former_row(self, row: CheckedRow, seen: list[int]) -> Match | None:
        """A list from before two rows were merged says what the one said that is no more."""
        found = [match_row(row, [one]) for person_id in seen for one in self.former.get(person_id, ())]
        same = {match.person_id: match for match in found if match.kind == "same"}
        return next(iter(same.values())) if len(same) == 1 else None

    def _listed_before(self, match: Match, values: Mapping[str, Any]) -> Match:
        """The same list again: nothing but the name tells who it is, and the row says of them exactly what is known here."""
        if set(match.evidence) - {"name", "birth_year"} or match.differs:
            return match
        twins = [one for one in Found(match).offered if one not in self.taken and self._is_same_line(one, values)]
        return Match("same", twins[0], match.evidence) if twins else match

    def _is_same_line(self, person_id: int, values: Mapping[str, Any]) -> bool:
        facts, held, listed = self.candidates[person_id], self.people[person_id].held, self.people[person_id].listed
        said = {key: values.get(key) for key in TELLING}
        had = {key: getattr(facts, key) for key in TELLING}
        had["birth_date"] = facts.birth_date.isoformat() if facts.birth_date else None
        is_same = said == had or bool(listed and said == {key: listed.get(key) for key in TELLING})
        return is_same and any(
            (one.position, one.staff_code, one.school_class) == (
                values.get("position"), values.get("staff_code"), values.get("class")) for one in held)


def _as_candidate(person_id: int, said: Former) -> Candidate:
    return Candidate(
        person_id, said.full_name, phone=said.phone, email=said.email, birth_year=said.birth_year, birth_date=said.birth_date,
        personal_code=said.personal_code, staff_codes=frozenset({said.staff_code} if said.staff_code else ()))


def _facts(one: Known) -> dict[str, Any]:
    return {"full_name": one.full_name, "phone": one.phone, "email": one.email, "birth_year": one.birth_year,
            "birth_date": one.birth_date, "personal_code": one.personal_code}


def _signs_of(one: Known | Former) -> Iterable[tuple[str, str]]:
    return [(key, value) for key in SIGNS if (value := getattr(one, key, None))]


def revived(values: Mapping[str, Any], ended: Iterable[Known]) -> Known | None:
    """The person of this row among those whom an undone import had brought: one name, and nothing that contradicts."""
    for one in ended:
        if one.folded_name != values["folded_name"]:
            continue
        born = one.birth_date.isoformat() if one.birth_date else None
        pairs = ((values.get("phone"), one.phone), (values.get("birth_date"), born), (values.get("birth_year"), one.birth_year))
        if all(said == had or not said or not had for said, had in pairs):
            return one
    return None
