"""One row of a list on its way from the check to the commit."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms.core.vietnamese import fold
from lms.rosters.reading.records import Fault, Reading
from lms.rosters.rules.names import folded_name
from lms.rosters.rules.records import CheckedRow

ADULT = 18


@dataclass(slots=True)
class Line:
    """A checked row. `values` are plain (days as ISO text), without empty ones; see RosterRow for the rest."""

    number: int
    verdict: str
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)
    person_id: int | None = None
    attached_id: int | None = None
    is_unchanged: bool = False


def values_of(row: CheckedRow) -> dict[str, Any]:
    """The normal forms of a row, as they are kept and written."""
    # The two forms differ in signs alone (H'Hen), and the shorter way is much the quicker.
    folding = folded_name if row.full_name.replace(" ", "").isalpha() else fold
    values = {
        "full_name": row.full_name, "folded_name": folding(row.full_name), "birth_year": row.birth_year,
        "birth_date": row.birth_date.isoformat() if row.birth_date else None, "phone": row.phone, "email": row.email,
        "staff_code": row.staff_code, "class": row.school_class, "position": row.position, "organisation": row.organisation,
        "note": row.note, "personal_code": row.personal_code}
    return {key: value for key, value in values.items() if value}


def checked_row_of(line: Line) -> CheckedRow:
    """The row as it was when it was matched first."""
    said, born = line.values, line.values.get("birth_date")
    return CheckedRow(
        line.number, said["full_name"], said.get("birth_year"), date.fromisoformat(born) if born else None, said.get("phone"),
        said.get("email"), said.get("staff_code"), said.get("class"), said.get("position"), said.get("organisation"),
        said.get("note"), said.get("personal_code"))


def show_texts(lines: Iterable[Line], read: Reading) -> None:
    """Give each line the texts of its row as read."""
    texts = {row.number: {key: cell.text for key, cell in row.cells.items() if cell.text} for row in read.rows}
    for line in lines:
        line.cells = texts.get(line.number, {})


def as_document(fault: Fault) -> dict[str, Any]:
    """A fault as it is kept. The sentence for people is made from it when it is shown."""
    return {"row": fault.row, "cell": fault.cell, "column": fault.column, "code": fault.code, "params": dict(fault.params),
            "key": fault.key}


def tell_lines(lines: Iterable[Line], errors: Iterable[dict[str, Any]], warnings: Iterable[dict[str, Any]]) -> None:
    """Give each line what is said of its row."""
    by_number = {line.number: line for line in lines}
    for one in errors:
        if line := by_number.get(one["row"]):
            line.faults.append(one)
    for one in warnings:
        if line := by_number.get(one["row"]):
            line.warnings.append(one)


def document_of(
    read: Reading, lines: Sequence[Line], errors: list[dict[str, Any]], warnings: list[dict[str, Any]], *, rows: int,
) -> dict[str, Any]:
    """The contract's document of a checked list, without sentences; `rows` are those that describe a person."""
    verdicts, unchanged = Counter(line.verdict for line in lines), sum(line.is_unchanged for line in lines)
    return {
        "file": read.file, "sheet": read.sheet, "encoding": read.encoding, "header_row": read.header_row,
        "columns": dict(read.columns), "rows": rows, "new": verdicts["new"] + verdicts["unclear"],
        "matched": verdicts["matched"], "unchanged": unchanged, "errors": sorted(errors, key=_place),
        "warnings": sorted(warnings, key=_place), "committed": False}


def _place(one: dict[str, Any]) -> tuple[Any, Any]:
    return one["row"], one["cell"]


def audience_of(kind: str, values: Mapping[str, Any], *, today: date) -> str:
    """For whom somebody listed by an organisation of this kind learns, when the list does not say."""
    if kind == "school":
        born = values.get("birth_year")
        is_pupil = "class" in values and "position" not in values and "staff_code" not in values
        return "hoc-sinh-sinh-vien" if is_pupil or (born and today.year - born < ADULT) else "can-bo"
    if kind in ("agency", "association"):
        return "can-bo"
    return "nguoi-lao-dong" if kind in ("enterprise", "cooperative") else "nguoi-dan"
