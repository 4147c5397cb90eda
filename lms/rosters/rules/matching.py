"""Whether a row is somebody already here. Pure: the caller brings the candidates."""

from collections.abc import Iterable

from lms.rosters.rules.names import marks_disagree, same_name
from lms.rosters.rules.records import Candidate, CheckedRow, Match

_PROOFS = ("personal_code", "staff_code", "email", "phone", "birth_date")


def match_row(row: CheckedRow, candidates: Iterable[Candidate]) -> Match:
    """Who this row is.

    The same person: the name agrees in any spelling, together with a code, an e-mail address, a telephone number or
    the whole day of birth, and nothing that both sides say speaks against it. Unclear: a code or an address under
    another name, an agreement with something against it, two people who fit equally, or a namesake in the same body
    whom nothing tells apart. A phone under another name is a family: new.
    """
    judged = [(one, *_compare(row, one)) for one in candidates]
    same = [(one, evidence) for one, kind, evidence, _ in judged if kind == "same"]
    best = [(one, evidence) for one, evidence in same if evidence[0] == "personal_code"] or same
    if len(best) == 1:
        return Match("same", best[0][0].person_id, best[0][1])
    if len(best) > 1:
        strongest = max(best, key=lambda pair: len(pair[1]))
        return Match("unclear", strongest[0].person_id, strongest[1], others=tuple(one.person_id for one, _ in best))
    unclear = [(one, evidence, differs) for one, kind, evidence, differs in judged if kind == "unclear"]
    if not unclear:
        return Match("new")
    one, evidence, differs = max(unclear, key=lambda found: (len(found[1]), -len(found[2])))
    return Match("unclear", one.person_id, evidence, differs, tuple(found[0].person_id for found in unclear))


def _compare(row: CheckedRow, one: Candidate) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """new, same or unclear, with what agrees and what does not."""
    agrees = _agreements(row, one)
    name = same_name(row.full_name, one.full_name)
    differs = _differences(row, one)
    proofs = tuple(key for key in _PROOFS if key in agrees)
    if not name:
        telling = tuple(key for key in proofs if key in ("personal_code", "staff_code", "email"))
        return ("unclear", telling, ("name", *differs)) if telling else ("new", (), ())
    evidence = (*(key for key in proofs), "name", *(("birth_year",) if "birth_year" in agrees and not proofs else ()))
    if "personal_code" in proofs:
        return "same", evidence, differs
    if marks_disagree(row.full_name, one.full_name) and proofs == ("birth_date",):
        differs = ("name", *differs)
    if proofs:
        against = [key for key in differs if key in ("birth_date", "birth_year", "staff_code", "personal_code", "name")]
        return ("unclear" if against else "same"), evidence, differs
    if differs or not one.belongs:
        return "new", (), ()
    return "unclear", evidence, ()


def _agreements(row: CheckedRow, one: Candidate) -> set[str]:
    pairs = {"personal_code": (_bare(row.personal_code), _bare(one.personal_code)), "email": (row.email, one.email),
             "phone": (row.phone, one.phone), "birth_date": (row.birth_date, one.birth_date),
             "birth_year": (row.birth_year, one.birth_year)}
    found = {key for key, (mine, theirs) in pairs.items() if mine and mine == theirs}
    if row.staff_code and _bare(row.staff_code) in {_bare(code) for code in one.staff_codes}:
        found.add("staff_code")
    return found


def _differences(row: CheckedRow, one: Candidate) -> tuple[str, ...]:
    """What both sides say, and say differently. A body's own codes differ only where the person has one there."""
    pairs = {"personal_code": (_bare(row.personal_code), _bare(one.personal_code)), "phone": (row.phone, one.phone),
             "email": (row.email, one.email), "birth_date": (row.birth_date, one.birth_date),
             "birth_year": (row.birth_year, one.birth_year)}
    found = [key for key, (mine, theirs) in pairs.items() if mine and theirs and mine != theirs]
    if row.staff_code and one.staff_codes and _bare(row.staff_code) not in {_bare(code) for code in one.staff_codes}:
        found.append("staff_code")
    return tuple(found)


def _bare(code: str | None) -> str:
    """A code without case, spaces and hyphens."""
    return "".join(c for c in code.casefold() if c.isalnum()) if code else ""
