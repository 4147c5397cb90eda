"""Many rows at once, alike on both databases."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from lms.core.bulk import among, insert_rows, is_postgresql, new_ids, without_compiling
from lms.core.db import db
from lms.people.models import Person
from lms.rosters.models import RosterRow
from tests.factories import NOW, make_person
from tests.statements import counted

COLUMNS = ("id", "uuid", "full_name", "folded_name", "name_key", "birth_year", "birth_date", "audience", "form_of_address",
           "phone", "personal_code", "locale", "text_size", "extra_time_percent", "is_demo", "created_at")


def a_row(person_id, name, *, uuid=None, at=NOW, born=None, phone=None):
    return (person_id, uuid or uuid4(), name, name.casefold(), "1a", born and born.year, born, "nguoi-dan", "ban", phone,
            f"C{person_id}", "vi", "vua", 0, False, at)


def test_rows_come_back_as_the_orm_would_have_written_them(app):
    uuid, at = uuid4(), datetime(2026, 11, 21, 3, 0, 0, 123456, tzinfo=UTC)
    first, second = new_ids(Person, 2)
    hostile = "Tab\there\nnext\\N back\\slash 'quote' đ"

    written = insert_rows(Person, COLUMNS, [
        a_row(first, hostile, uuid=uuid, at=at, born=date(1980, 3, 12), phone="0905000001"), a_row(second, "Y")])
    db.session.commit()

    found = db.session.get(Person, first)
    assert written == 2
    assert (found.uuid, found.full_name, found.created_at, found.birth_date, found.phone, found.is_demo) == (
        uuid, hostile, at, date(1980, 3, 12), "0905000001", False)
    assert db.session.get(Person, second).birth_date is None


def test_ids_are_fresh_and_the_next_orm_row_takes_another(app):
    known = make_person()
    ids = new_ids(Person, 3)
    insert_rows(Person, COLUMNS, [a_row(one, "A") for one in ids])

    later = make_person("B")
    db.session.commit()

    assert len({known.id, *ids, later.id}) == 5
    assert new_ids(Person, 0) == []


def test_documents_are_written(app):
    from tests.rosters.factories import make_roster

    roster = make_roster()
    insert_rows(RosterRow, ("roster_id", "number", "verdict", "is_unchanged", "values", "cells", "faults", "warnings", "evidence",
                            "candidates", "has_warnings"),
                [(roster.id, 7, "new", False, {"full_name": "Lê “Tí”\n"}, {}, [{"code": "x"}], [], [], [], False)])

    row = db.session.scalars(sa.select(RosterRow)).one()

    assert row.values == {"full_name": "Lê “Tí”\n"}
    assert row.faults == [{"code": "x"}]


def test_a_broken_row_undoes_all_of_them(app):
    first, _ = new_ids(Person, 2)

    with pytest.raises(sa.exc.IntegrityError):
        insert_rows(Person, COLUMNS, [a_row(first, "A"), a_row(first, "B")])
    db.session.rollback()

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


@pytest.mark.parametrize("many", [1, 40_000])
def test_among_is_one_statement_for_one_value_and_for_very_many(app, many):
    wanted, other = make_person("Lê Thị Mai", phone="0905000001"), make_person("Đỗ Văn Tí", phone="0905000002")
    db.session.flush()

    with counted() as sent:
        by_text = db.session.scalars(sa.select(Person.id).where(
            among(Person.phone, ["0905000001", *(f"09{n:08d}" for n in range(many))]))).all()
        by_id = db.session.scalars(sa.select(Person.id).where(among(Person.id, [other.id, *range(10**6, 10**6 + many)]))).all()
        by_nothing = db.session.scalars(sa.select(Person.id).where(among(Person.phone, []))).all()

        by_no_id = db.session.scalars(sa.select(Person.id).where(among(Person.id, set()))).all()

    assert (by_text, by_id, by_nothing, by_no_id) == ([wanted.id], [other.id], [], [])
    assert len(sent) == 4


def test_sqlite_maps_nothing_while_rows_are_written_and_goes_on_mapping_afterwards(app):
    def mapped():  # PostgreSQL maps nothing of its own accord
        return 0 if is_postgresql() else db.session.scalar(sa.text("PRAGMA mmap_size"))

    before, seen, (one,) = mapped(), [], new_ids(Person, 1)

    def rows():
        seen.append(mapped())
        yield a_row(one, "A")

    insert_rows(Person, COLUMNS, rows())

    assert seen == [0]
    assert mapped() == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 1


def test_statements_with_thousands_of_values_are_not_compiled(app):
    without_compiling()

    if is_postgresql():
        assert db.session.scalar(sa.text("SHOW jit")) == "off"
