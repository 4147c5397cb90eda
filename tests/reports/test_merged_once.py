"""A row that was merged into somebody's is nobody of its own: no table, count or export has them twice."""

import io

import pytest
from openpyxl import load_workbook

from lms.core.db import db
from lms.people.queries.cohorts import cohorts_for
from lms.people.services.cohorts import add_to_cohort, create_cohort
from lms.people.services.merges import merge_persons, split_again
from lms.people.services.persons import end_person
from lms.reports.queries import classes
from lms.reports.queries.classes import Wanted, group_for, table_of
from lms.reports.queries.hub import groups_of
from lms.rosters.queries.export import rows_to_export
from tests.campaign.factories import make_schools, make_staffed, make_teacher
from tests.factories import NOW
from tests.reports.factories import Stage

NAME = "Lê Thị Đào"


class School:
    """Two rows of one person, one or both of them in a class."""

    def __init__(self):
        classes.forget()
        _ward, (self.school,) = make_schools(1)
        self.person, self.focal = make_staffed("focal_point", self.school, "Võ Thị Đầu", audience="can-bo")
        self.kept, self.other = make_teacher(self.school, NAME), make_teacher(self.school, NAME)
        self.cohort = create_cohort(organisation=self.school, name="6A", now=NOW, by=self.focal)
        self.stage = Stage(self.school)

    def merge(self, *in_class):
        add_to_cohort(self.cohort, [one.id for one in in_class], now=NOW, by=self.focal)
        alias = merge_persons(self.kept, self.other, reason="Đăng ký hai lần", now=NOW)
        db.session.commit()
        return alias

    def in_class(self):
        table = table_of(self.focal, group_for(self.focal, self.cohort.uuid), Wanted(), page=1, now=NOW)
        listed = next(one.people for one in groups_of(self.focal) if one.uuid == self.cohort.uuid)
        return [line.id for line in table.lines], listed, cohorts_for(self.focal).lines[0].people


@pytest.fixture
def world(app):
    return School()


@pytest.mark.parametrize("who", ["both", "kept", "other"])
def test_a_class_has_the_person_once_whichever_row_was_in_it(world, who):
    world.merge(*{"both": (world.kept, world.other), "kept": (world.kept,), "other": (world.other,)}[who])

    assert world.in_class() == ([world.kept.id], 1, 1)


def test_two_persons_again_are_each_where_they_were(world):
    alias = world.merge(world.other)
    split_again(alias, reason="Hai chị em", now=NOW)
    db.session.commit()

    assert world.in_class() == ([world.other.id], 1, 1)


def test_an_account_that_is_closed_leaves_its_class(world):
    add_to_cohort(world.cohort, [world.kept.id, world.other.id], now=NOW, by=world.focal)
    end_person(world.other, now=NOW)
    db.session.commit()

    assert world.in_class() == ([world.kept.id], 1, 1)


def test_the_table_of_the_unit_and_both_exports_have_the_person_once(world, client):
    for number, row in enumerate((world.kept, world.other), start=1):
        world.stage.learns(row, 2)
        world.stage.tries(row, 80, number=number)
        world.stage.enrolled(row, NOW.date())
    world.merge(world.kept, world.other)
    client.sign_in(world.person)

    table = table_of(world.focal, group_for(world.focal, world.school.uuid), Wanted(), page=1, now=NOW)
    line = next(one for one in table.lines if one.full_name == NAME)
    sheet = load_workbook(io.BytesIO(client.get(f"/dau-moi/lop/{world.school.uuid}.xlsx").data)).active
    words = [cell.value for row in sheet.iter_rows() for cell in row]

    assert [one.id for one in table.lines].count(world.kept.id) == 1
    assert (table.everybody, sum(table.counts.values()), line.facts.lessons, line.facts.attempts) == (2, 2, 2, 2)
    assert words.count(NAME) == 1
    assert [row["full_name"] for row in rows_to_export(world.school.id, by=world.focal)].count(NAME) == 1
    assert next(one.people for one in groups_of(world.focal) if one.uuid == world.school.uuid) == 2
