"""A list from before two rows were said to be one person: it means the one who was kept, and makes nobody new."""

import pytest
import sqlalchemy as sa

from lms.core.db import db
from lms.people.models import Membership, Person
from lms.people.services.merges import merge_persons, split_again
from tests.factories import NOW, make_member, make_person
from tests.rosters.factories import committed, make_focal_point, make_school, sent

HEADER = "Mã cá nhân,Họ và tên,Ngày sinh,Số điện thoại,Mã cán bộ,Chức vụ"
OLD = {
    "code": "BT-7K3-29P,Lê Thị Hoà,,,,", "code_and_all": "BT-7K3-29P,Lê Thị Hoà,5/3/1980,0905000008,GV08,Giáo viên",
    "phone": ",Lê Thị Hoà,,0905000008,,", "staff_code": ",Lê Thị Hoà,,,GV08,", "birth": ",Lê Thị Hoà,5/3/1980,,,"}


@pytest.fixture
def school(app):
    return make_school()


@pytest.fixture
def focal(school):
    return make_focal_point(school)


def two_rows(place):
    """(the person who is kept, the row that was merged into theirs, the note that says so)"""
    kept = make_person("Lê Thị Hòa", phone="0905000007", birth_year=None, personal_code="BT-7K3-29M")
    other = make_person("Lê Thị Hoà", phone="0905000008", birth_year=1980, birth_date=NOW.date().replace(1980, 3, 5),
                        personal_code="BT-7K3-29P")
    make_member(kept, place, staff_code="GV07")
    make_member(other, place, staff_code="GV08", position="Giáo viên")
    alias = merge_persons(kept, other, reason="Một người hai dòng", now=NOW, operator="cli")
    db.session.commit()
    return kept, other, alias


def living():
    return list(db.session.scalars(sa.select(Person.id).where(Person.ended_at.is_(None)).order_by(Person.id)))


@pytest.mark.parametrize("row", OLD.values(), ids=OLD)
def test_every_key_of_the_merged_row_finds_the_one_who_was_kept(school, focal, row):
    kept, _other, _alias = two_rows(school)
    before = living()

    roster = committed(school, focal, row, header=HEADER)

    assert (roster.counts["matched"], roster.counts["new"], living()) == (1, 0, before)
    assert db.session.scalars(sa.select(Membership.person_id).where(
        Membership.organisation_id == school.id, Membership.left_on.is_(None))).all() == [kept.id]


def test_both_rows_of_an_old_list_are_one_person_and_the_second_says_so(school, focal):
    two_rows(school)

    roster = sent(school, focal, "BT-7K3-29M,Lê Thị Hòa,,,,", OLD["code"], header=HEADER, check=True)

    assert (roster.document["matched"], roster.document["new"]) == (1, 0)
    assert [(one["row"], one["code"], one["params"]["first"]) for one in roster.document["errors"]] == [(3, "row.duplicate", 2)]


def test_somebody_kept_elsewhere_is_asked_and_not_made_anew(school, focal):
    elsewhere = make_school("Trường kia")
    kept, _other, _alias = two_rows(elsewhere)
    before = living()

    roster = committed(school, focal, OLD["phone"], header=HEADER)

    assert (roster.counts["new"], living()) == (1, before)  # told as new, attached without a word
    assert db.session.scalars(sa.select(Membership.is_claimed).where(
        Membership.person_id == kept.id, Membership.organisation_id == school.id)).all() == [False]


def test_two_persons_again_are_found_each_under_their_own(school, focal):
    _kept, other, alias = two_rows(school)
    split_again(alias, reason="Hai chị em", now=NOW, operator="cli")
    db.session.commit()

    roster = committed(school, focal, "BT-7K3-29M,Lê Thị Hòa,,,,", OLD["code"], header=HEADER)

    assert (roster.counts["matched"], roster.counts["new"]) == (2, 0)
    assert other.ended_at is None
