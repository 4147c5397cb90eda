"""People of others on a list: one person, no right over them, and neither unit learns of the other."""

import pytest
import sqlalchemy as sa

from lms.core import jobs
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Membership, Person
from lms.people.queries.persons import people_visible_to, person_visible_to
from lms.people.services.activations import make_activation_code
from lms.people.services.offers import accept_offer, refuse_offer
from lms.people.services.persons import Agreement, give_consent
from lms.rosters.models import RosterRow
from lms.rosters.queries.export import rows_to_export
from lms.rosters.queries.imports import people_of_import, rows_of, waiting_for_yes
from lms.rosters.services.imports import request_commit
from tests.factories import NOW, make_actor, make_member, make_person
from tests.people.factories import make_account
from tests.rosters.factories import committed, make_focal_point, make_school, sent

KNOWN = "Lê Thị Mai,12/3/1980,0905000001,,Giáo viên"


@pytest.fixture
def other(app):
    return make_school("Trường kia")


@pytest.fixture
def school(app):
    return make_school("Trường này")


@pytest.fixture
def focal(school):
    return make_focal_point(school)


@pytest.fixture
def mai(other):
    person = make_account("Lê Thị Mai", phone="0905000001", birth_year=1980, email="mai@benthu.example",
                          personal_code="BT-7K3-29P")
    make_member(person, other)
    db.session.commit()
    return person


def memberships_of(person):
    return [(row.organisation_id, row.is_claimed) for row in db.session.scalars(
        sa.select(Membership).where(Membership.person_id == person.id, Membership.left_on.is_(None)).order_by(Membership.id))]


@pytest.mark.parametrize("row", [
    KNOWN, "le thi mai,,0905000001,,", "Lê Thị Mai,1980,,,", "Lê Thị Mai,,,,"], ids=["all", "phone", "year", "name"])
def test_the_check_tells_nothing_of_people_whom_the_sender_does_not_see(school, focal, mai, row):
    roster = sent(school, focal, row, check=True)

    assert (roster.document["new"], roster.document["matched"]) == (1, 0)
    assert "person.similar" not in [one["code"] for one in roster.document["warnings"]]
    shown = rows_of(focal, roster).rows[0]
    assert (shown.verdict, shown.matched, shown.candidates, shown.evidence) == ("new", None, (), ())


def test_one_person_two_memberships_and_no_right_until_they_agree(school, focal, other, mai):
    roster = committed(school, focal, KNOWN)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person).where(Person.full_name == "Lê Thị Mai")) == 1
    assert memberships_of(mai) == [(other.id, True), (school.id, False)]
    assert roster.counts["new"] == 1
    assert person_visible_to(focal, mai.uuid) is None
    assert db.session.scalars(people_of_import(focal, roster)).all() == []
    assert waiting_for_yes(roster) == ["Lê Thị Mai"]
    with pytest.raises(DomainError, match="slip.not_yours_to_make"):
        make_activation_code(mai, by=focal, now=NOW)

    membership = db.session.scalars(sa.select(Membership).where(Membership.organisation_id == school.id)).one()
    accept_offer(membership, by=make_actor(mai), now=NOW)
    assert person_visible_to(focal, mai.uuid) == mai
    assert waiting_for_yes(roster) == []


def test_nothing_of_theirs_is_changed_by_the_list(school, focal, mai):
    committed(school, focal, "Lê Thị Mai,12/3/1980,0905000001,,Hiệu trưởng")

    assert (mai.phone, mai.birth_date, mai.email) == ("0905000001", None, "mai@benthu.example")


def test_the_same_list_again_is_unchanged_and_shows_what_it_said_itself(school, focal, mai):
    committed(school, focal, KNOWN)
    again = sent(school, focal, KNOWN, check=True)

    assert (again.document["matched"], again.document["unchanged"]) == (1, 1)
    assert rows_of(focal, again).rows[0].matched is None
    wrong = sent(school, focal, "Lê Thị Mai,,0905999999,,", check=True)
    assert wrong.document["matched"] == 0


def test_an_export_lists_what_the_unit_itself_wrote(school, focal, mai):
    committed(school, focal, "Lê Thị Mai,,0905000001,,Giáo viên")

    assert rows_to_export(school.id, by=focal) == [{
        "full_name": "Lê Thị Mai", "birth_date": None, "phone": "0905000001", "email": None, "staff_code": None,
        "class": None, "position": "Giáo viên", "organisation": None, "personal_code": None}]


@pytest.mark.parametrize("row", [
    "Nguyễn Văn Khác,12/3/1980,0905000001,,", "Lê Thị Mai,12/3/1981,0905000001,,", "Lê Thị Mai,,0905000009,,"],
    ids=["another name", "another birthday", "another phone"])
def test_whoever_only_resembles_is_somebody_new(school, focal, mai, row):
    committed(school, focal, row)

    assert memberships_of(mai) == [(mai.id and memberships_of(mai)[0][0], True)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Membership).where(
        Membership.organisation_id == school.id, Membership.is_claimed)) == 1


def test_the_new_account_has_nothing_of_the_known_one(school, focal, mai):
    committed(school, focal, "Nguyễn Văn Khác,,0905000001,,")
    made = db.session.scalars(people_visible_to(focal)).all()

    assert [(one.full_name, one.secret_hash, one.email) for one in made] == [("Nguyễn Văn Khác", None, None)]


def test_whoever_said_no_is_not_asked_again(school, focal, mai):
    committed(school, focal, KNOWN)
    membership = db.session.scalars(sa.select(Membership).where(Membership.organisation_id == school.id)).one()
    refuse_offer(membership, by=make_actor(mai), now=NOW)
    db.session.commit()

    committed(school, focal, KNOWN)

    assert [place for place, _ in memberships_of(mai)] == [memberships_of(mai)[0][0]]
    assert [one.full_name for one in db.session.scalars(people_visible_to(focal))] == ["Lê Thị Mai"]


def test_an_address_of_somebody_unseen_says_only_that_it_is_used(school, focal, mai):
    roster = sent(school, focal, "Người Khác,mai@benthu.example", header="Họ và tên,Email", check=True)

    assert [(one["row"], one["cell"], one["code"], one["params"]) for one in roster.document["warnings"]] == [
        (2, "B2", "email.taken", {})]


def test_a_person_who_registers_between_check_and_commit_is_attached_without_a_word(school, focal, other):
    roster = sent(school, focal, KNOWN, check=True)
    late = make_account("Lê Thị Mai", phone="0905000001", birth_year=1980)
    make_member(late, other)
    request_commit(roster, skip_faulty=False, by=focal, now=NOW)
    db.session.commit()
    jobs.run_due()

    assert (roster.state, memberships_of(late)[1:]) == ("done", [(school.id, False)])


def test_whoever_nobody_has_and_who_never_signed_in_is_the_sender_s(school, focal):
    person = make_person("Lê Thị Mai", phone="0905000001", birth_year=1980)
    db.session.commit()
    committed(school, focal, KNOWN)

    assert memberships_of(person) == [(school.id, True)]


def test_whoever_nobody_has_but_who_has_records_is_asked_first(school, focal):
    person = make_person("Lê Thị Mai", phone="0905000001", birth_year=1980)
    give_consent(person, Agreement(), now=NOW)
    db.session.commit()
    committed(school, focal, KNOWN)

    assert memberships_of(person) == [(school.id, False)]


def test_a_ward_officer_s_list_gives_a_school_no_right_either(school, other, mai):
    """The officer sees both schools; the list of one still lays a membership that the person has to agree to."""
    committed(school, None, KNOWN)

    assert memberships_of(mai) == [(other.id, True), (school.id, False)]
    assert db.session.scalars(sa.select(RosterRow)).all() == []
