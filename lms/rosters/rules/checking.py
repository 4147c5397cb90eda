"""The dry run over every row of a list: faults, warnings, and the rows in their normal forms."""

from datetime import date

from lms.rosters.reading.records import Fault, Reading
from lms.rosters.rules.names import folded_name
from lms.rosters.rules.records import Checked, CheckedRow
from lms.rosters.rules.values import PersonReader

_TELLING = ("phone", "birth_date", "birth_year", "email", "staff_code", "personal_code", "school_class", "organisation")


def check_roster(reading: Reading, *, today: date) -> Checked:
    """Every fault of the list at once, by row and cell; the rows without one in their normal forms.

    Faults: column.missing, name.missing, name.invalid (sign), name.too_long (size, most), phone.invalid (typed),
    email.invalid, date.invalid (first, last), text.too_long (size, most), row.duplicate (first, name: the earlier row).
    Warnings: those of the reading, and phone.shared (first, name), date.year_only (year), person.similar (first, name).
    """
    if "full_name" not in reading.letters:
        row = reading.header_row or 1
        return Checked((), (Fault(row, f"A{row}", "", "column.missing"),), reading.warnings)
    reader, earlier = PersonReader(reading, today=today), _Earlier()
    good: list[CheckedRow] = []
    errors: list[Fault] = []
    warnings: list[Fault] = list(reading.warnings)
    for read in reading.rows:
        values = reader.read(read)
        row_errors = values.errors
        if values.row.full_name:
            twice, family = earlier.compare(values.row, reader)
            row_errors = [*row_errors, *twice]
            warnings += family
        errors += row_errors
        warnings += values.warnings
        if not row_errors:
            good.append(values.row)
    faulty = frozenset(fault.row for fault in errors)
    return Checked(tuple(good), tuple(errors), tuple(sorted(warnings, key=lambda fault: fault.row)), faulty, len(reading.rows))


class _Earlier:
    """The rows met so far, by everything that could make a later one the same person."""

    def __init__(self) -> None:
        self.names: dict[str, list[CheckedRow]] = {}
        self.phones: dict[str, list[CheckedRow]] = {}
        self.singles: dict[tuple[str, str], CheckedRow] = {}

    def compare(self, row: CheckedRow, reader: PersonReader) -> tuple[list[Fault], list[Fault]]:
        """The faults and warnings of this row against the earlier ones; then it is one of them."""
        name = folded_name(row.full_name)
        errors = self._single_faults(row, reader)
        warnings: list[Fault] = []
        namesakes = self.names.setdefault(name, [])
        twin = next((other for other in namesakes if is_same_in_file(row, other)), None)
        if twin and not errors:
            errors.append(reader.fault(row.number, "full_name", "row.duplicate", first=twin.number, name=twin.full_name))
        if not errors:
            if row.phone and (holders := self.phones.get(row.phone)):
                holder = holders[0]
                warnings.append(reader.fault(row.number, "phone", "phone.shared", first=holder.number, name=holder.full_name))
            elif like := next((other for other in namesakes if not _told_apart(row, other)), None):
                warnings.append(reader.fault(row.number, "full_name", "person.similar", first=like.number, name=like.full_name))
        namesakes.append(row)
        if row.phone:
            self.phones.setdefault(row.phone, []).append(row)
        return errors, warnings

    def _single_faults(self, row: CheckedRow, reader: PersonReader) -> list[Fault]:
        """An e-mail address or a code that an earlier row has already."""
        errors: list[Fault] = []
        for key, value in (("email", row.email), ("staff_code", row.staff_code), ("personal_code", row.personal_code)):
            if value:
                first = self.singles.setdefault((key, value.casefold()), row)
                if first is not row and not errors:
                    errors.append(reader.fault(row.number, key, "row.duplicate", first=first.number, name=first.full_name))
        return errors


def is_same_in_file(row: CheckedRow, other: CheckedRow) -> bool:
    """Whether two rows whose folded names agree are one person: same phone or day of birth, and no code against it."""
    if row.staff_code and other.staff_code and row.staff_code != other.staff_code:
        return False
    if row.birth_date and other.birth_date:
        return row.birth_date == other.birth_date
    return bool(row.phone and row.phone == other.phone)


def _told_apart(row: CheckedRow, other: CheckedRow) -> bool:
    """Whether something that both rows say differs."""
    pairs = ((getattr(row, field), getattr(other, field)) for field in _TELLING)
    return any(one and another and one != another for one, another in pairs)
