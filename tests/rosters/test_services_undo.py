"""Undoing an import and removing those who are not on the list."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import ActivationCode, CohortMember, Membership, Person
from lms.people.services.activations import make_activation_code
from lms.people.services.cohorts import create_cohort
from lms.people.services.offers import accept_offer
from lms.people.services.persons import add_member
from lms.people.services.secrets import set_secret
from lms.rosters.models import RosterChange
from lms.rosters.services.removal import preview_removal, remove_absent
from lms.rosters.services.undoing import undo_import
from tests.factories import NOW, make_actor, make_member, make_person, make_role
from tests.people.factories import PIN
from tests.rosters.factories import committed, make_focal_point, make_school

ROWS = ["Lê Thị Mai,12/3/1980,0905000001,GV01,Giáo viên", "Võ An,,0905000002,,", "Hà,,,,"]


@pytest.fixture
def school(app):
    return make_school()


@pytest.fixture
def focal(school):
    return make_focal_point(school)


def live():
    """Everybody but the focal point."""
    db.session.expire_all()
    return db.session.scalars(
        sa.select(Person.full_name).where(Person.ended_at.is_(None), Person.full_name != "Trần Thị Đầu").order_by(Person.id)).all()


def named(name):
    return db.session.scalars(sa.select(Person).where(Person.full_name == name).order_by(Person.id)).first()


def belonging(organisation):
    return db.session.scalars(
        sa.select(Person.full_name).join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation.id, Membership.left_on.is_(None)).order_by(Person.id)).all()


def test_undone_people_are_ended_and_come_back_as_themselves(school, focal):
    cohort = create_cohort(organisation=school, name="Lớp 1", now=NOW)
    roster = committed(school, focal, *ROWS, cohort=cohort)
    ids = db.session.scalars(sa.select(Person.id).order_by(Person.id)).all()

    assert undo_import(roster, by=focal, now=NOW) == {"undone": 3, "kept": 0}
    db.session.commit()
    assert (live(), belonging(school), roster.state) == ([], [], "undone")
    assert db.session.scalars(sa.select(CohortMember).where(CohortMember.left_on.is_(None))).all() == []

    again = committed(school, focal, *ROWS, cohort=cohort)
    assert live() == ["Lê Thị Mai", "Võ An", "Hà"]
    assert db.session.scalars(sa.select(Person.id).order_by(Person.id)).all() == ids
    assert again.counts == {"people": 3, "new": 3, "matched": 0, "unchanged": 0, "faulty": 0}
    undo_import(again, by=focal, now=NOW)
    db.session.commit()
    assert live() == []


def test_changes_of_people_here_already_are_taken_back(school, focal):
    committed(school, focal, *ROWS)
    mai = named("Lê Thị Mai")

    roster = committed(school, focal, "Lê Thị Mai,12/3/1980,0905000009,GV01,Tổ trưởng", "Võ An,1/2/1990,0905000002,,")
    assert (mai.phone, named("Võ An").birth_year) == ("0905000009", 1990)
    undo_import(roster, by=focal, now=NOW)
    db.session.commit()

    membership = db.session.scalars(sa.select(Membership).where(Membership.person_id == mai.id)).one()
    assert (named("Võ An").birth_date, named("Võ An").birth_year) == (None, None)
    assert (mai.phone, mai.birth_date.day, membership.position, membership.left_on) == ("0905000001", 12, "Giáo viên", None)
    assert live() == ["Lê Thị Mai", "Võ An", "Hà"]


def test_what_was_corrected_since_stays(school, focal):
    committed(school, focal, *ROWS)
    roster = committed(school, focal, "Lê Thị Mai,12/3/1980,0905000009,GV01,Tổ trưởng")
    named("Lê Thị Mai").phone = "0905000123"
    undo_import(roster, by=focal, now=NOW)

    assert named("Lê Thị Mai").phone == "0905000123"


def test_whoever_has_worked_since_is_named_and_can_be_spared(school, focal):
    roster = committed(school, focal, *ROWS)
    set_secret(named("Võ An"), PIN, now=NOW)
    db.session.commit()

    with pytest.raises(DomainError, match="roster.people_worked") as refused:
        undo_import(roster, by=focal, now=NOW)
    assert refused.value.params == {"count": 1, "names": "Võ An"}
    assert undo_import(roster, by=focal, now=NOW, spare=True) == {"undone": 2, "kept": 1}

    assert live() == ["Võ An"]
    assert belonging(school) == ["Võ An"]


def test_a_role_counts_as_work(school, focal):
    roster = committed(school, focal, *ROWS)
    make_role(named("Hà"), "mentor", school)

    with pytest.raises(DomainError, match="roster.people_worked"):
        undo_import(roster, by=focal, now=NOW)


def test_a_later_list_that_names_them_is_undone_first(school, focal):
    first = committed(school, focal, *ROWS)
    second = committed(school, focal, *ROWS, now=NOW + timedelta(minutes=1))

    with pytest.raises(DomainError, match="roster.listed_since") as refused:
        undo_import(first, by=focal, now=NOW)
    assert refused.value.params == {"count": 3}
    undo_import(second, by=focal, now=NOW)
    assert live() == ["Lê Thị Mai", "Võ An", "Hà"]
    undo_import(first, by=focal, now=NOW)
    assert live() == []


def test_whoever_belongs_elsewhere_by_now_leaves_the_school_only(school, focal):
    roster = committed(school, focal, *ROWS)
    other = make_school("Trường khác")
    add_member(named("Hà"), other, now=NOW)
    undo_import(roster, by=focal, now=NOW)

    assert (live(), belonging(school), belonging(other)) == (["Hà"], [], ["Hà"])


def test_slips_of_undone_people_are_void(school, focal):
    roster = committed(school, focal, *ROWS)
    make_activation_code(named("Hà"), by=focal, now=NOW)
    undo_import(roster, by=focal, now=NOW)

    assert db.session.scalars(sa.select(ActivationCode.void_at)).one() == NOW


def test_their_address_is_free_again(school, focal):
    header = "Họ và tên,Email"
    roster = committed(school, focal, "Lê Thị Mai,mai@benthu.example", header=header)
    undo_import(roster, by=focal, now=NOW)
    db.session.commit()
    committed(school, focal, "Người Khác,mai@benthu.example", header=header)

    assert named("Người Khác").email == "mai@benthu.example"


@pytest.mark.parametrize(("days", "code"), [(30, None), (31, "roster.undo_too_late")])
def test_thirty_days(school, focal, days, code):
    roster = committed(school, focal, *ROWS)
    later = roster.committed_at + timedelta(days=days)

    if code is None:
        assert undo_import(roster, by=focal, now=later)["undone"] == 3
    else:
        with pytest.raises(DomainError, match=code):
            undo_import(roster, by=focal, now=later)


def test_only_once_and_only_one_s_own(school, focal):
    roster = committed(school, focal, *ROWS)
    stranger = make_focal_point(make_school("Trường khác"), "Người Lạ")

    with pytest.raises(DomainError, match="roster.not_yours"):
        undo_import(roster, by=stranger, now=NOW)
    undo_import(roster, by=focal, now=NOW)
    with pytest.raises(DomainError, match="roster.not_done"):
        undo_import(roster, by=focal, now=NOW)


def test_whoever_has_agreed_to_belong_there_counts_as_work(school, focal):
    known = make_person("Võ An", phone="0905000002")
    make_member(known, make_school("Trường khác"))
    db.session.commit()
    roster = committed(school, focal, *ROWS)
    membership = db.session.scalars(sa.select(Membership).where(Membership.organisation_id == school.id,
                                                                Membership.person_id == known.id)).one()
    accept_offer(membership, by=make_actor(known), now=NOW)

    with pytest.raises(DomainError, match="roster.people_worked"):
        undo_import(roster, by=focal, now=NOW)


def test_absent_people_are_shown_by_name_and_leave(school, focal):
    committed(school, focal, *ROWS, *(f"Người Thứ {chr(65 + n)},,,," for n in range(18)))
    make_member(focal_person := named("Trần Thị Đầu"), school)
    roster = committed(school, focal, *ROWS[:2], *(f"Người Thứ {chr(65 + n)},,,," for n in range(18)))

    preview = preview_removal(roster, by=focal)
    assert [one.full_name for one in preview.leaving] == ["Hà"]
    assert (preview.belonging, preview.needs_number, preview.kept) == (22, False, [focal_person.full_name])
    with pytest.raises(DomainError, match="removal.changed"):
        remove_absent(roster, fingerprint="anders", by=focal, now=NOW)
    assert remove_absent(roster, fingerprint=preview.fingerprint, by=focal, now=NOW) == 1
    db.session.commit()

    assert "Hà" not in belonging(school)
    assert "Hà" in live()
    with pytest.raises(DomainError, match="removal.nobody"):
        remove_absent(roster, fingerprint=preview_removal(roster, by=focal).fingerprint, by=focal, now=NOW)
    undo_import(roster, by=focal, now=NOW)
    assert "Hà" in belonging(school)


def test_above_a_tenth_the_number_is_typed(school, focal):
    committed(school, focal, *ROWS)
    roster = committed(school, focal, ROWS[0])
    preview = preview_removal(roster, by=focal)

    assert (len(preview.leaving), preview.belonging, preview.needs_number) == (2, 3, True)
    for typed in ("", "1", "hai"):
        with pytest.raises(DomainError, match="removal.number") as refused:
            remove_absent(roster, fingerprint=preview.fingerprint, typed=typed, by=focal, now=NOW)
        assert refused.value.params == {"count": 2}
    assert remove_absent(roster, fingerprint=preview.fingerprint, typed=" 2 ", by=focal, now=NOW) == 2
    assert belonging(school) == ["Lê Thị Mai"]


def test_only_the_ticked_leave(school, focal):
    committed(school, focal, *ROWS)
    roster = committed(school, focal, ROWS[0])
    preview = preview_removal(roster, by=focal)

    remove_absent(roster, fingerprint=preview.fingerprint, typed="1", chosen={named("Hà").uuid}, by=focal, now=NOW)

    assert belonging(school) == ["Lê Thị Mai", "Võ An"]


def test_removal_needs_a_list_that_stands_and_the_right(school, focal):
    roster = committed(school, focal, *ROWS)
    stranger = make_focal_point(make_school("Trường khác"), "Người Lạ")

    with pytest.raises(DomainError, match="roster.not_yours"):
        preview_removal(roster, by=stranger)
    undo_import(roster, by=focal, now=NOW)
    with pytest.raises(DomainError, match="roster.not_done"):
        preview_removal(roster, by=focal)
    assert db.session.scalars(sa.select(RosterChange).where(RosterChange.undone_at.is_(None))).all() == []
