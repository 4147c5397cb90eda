"""Cohorts: begun, filled, renamed, ended; by whom."""

import pytest
import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Cohort, CohortMember, Person
from lms.people.queries.groups import Group, all_seen, classes_of, ids_of, people_of, place_for, positions_of
from lms.people.rules.cohorts import MANAGE_COHORTS
from lms.people.services.cohorts import add_to_cohort, create_cohort, end_cohort, remove_from_cohort, rename_cohort
from tests.factories import NOW, make_actor, make_member, make_organisation, make_person, make_role
from tests.people.factories import make_learner, make_staff, make_ward
from tests.statements import counted


def school_with(count=2):
    """(school A, its focal point as actor, its people, somebody of school B, the focal point of B as actor)."""
    ward, _to_1, _to_2 = make_ward()
    school, other = (make_organisation(name, kind="school", parent=ward) for name in ("Trường A", "Trường B"))
    people = [make_learner(school, f"Người {n:03d}") for n in range(count)]
    stranger = make_learner(other, "Phạm Văn Xa")
    focal, focal_b = (make_actor(make_staff("focal_point", place)) for place in (school, other))
    return school, focal, people, stranger, focal_b


def members(cohort):
    return [row.person_id for row in db.session.scalars(
        sa.select(CohortMember).where(CohortMember.cohort_id == cohort.id, CohortMember.left_on.is_(None))
        .order_by(CohortMember.person_id))]


def test_cohort_gets_people_once(app):
    school, focal, people, _stranger, _b = school_with(3)
    cohort = create_cohort(organisation=school, name="  Tổ  Toán ", now=NOW, by=focal, audience="can-bo")

    first = add_to_cohort(cohort, [p.id for p in people[:2]], now=NOW, by=focal)
    again = add_to_cohort(cohort, sa.select(Person).where(Person.id.in_([p.id for p in people])), now=NOW, by=focal)

    assert (cohort.name, cohort.audience, first, again) == ("Tổ Toán", "can-bo", 2, 1)
    assert members(cohort) == [p.id for p in people]


def test_nobody_unseen_comes_into_a_cohort(app):
    school, focal, people, stranger, _b = school_with(1)
    cohort = create_cohort(organisation=school, name="6A", now=NOW, by=focal)

    added = add_to_cohort(cohort, [people[0].id, stranger.id], now=NOW, by=focal)

    assert (added, members(cohort)) == (1, [people[0].id])
    assert all_seen(focal, [people[0].uuid, stranger.uuid], *MANAGE_COHORTS) is None
    assert all_seen(focal, [people[0].uuid], *MANAGE_COHORTS) == [people[0].id]


def test_an_unaccepted_place_is_no_place(app):
    school, focal, _people, stranger, _b = school_with(0)
    make_member(stranger, school, is_claimed=False)

    assert ids_of(people_of(focal, Group(organisation_id=school.id))) == []


def test_cohort_is_renamed_and_the_name_is_kept_for_it_alone(app):
    school, focal, _people, _stranger, _b = school_with()
    cohort = create_cohort(organisation=school, name="Lớp 6A", now=NOW, by=focal)
    other = create_cohort(organisation=school, name="Lớp 6B", now=NOW, by=focal)

    rename_cohort(cohort, "Lớp 7A", now=NOW, by=focal)

    assert cohort.name == "Lớp 7A"
    for act in (lambda: rename_cohort(other, "lop 7a", now=NOW, by=focal),
                lambda: create_cohort(organisation=school, name="LỚP 7A", now=NOW, by=focal)):
        with pytest.raises(DomainError, match="cohort.name_taken"):
            act()
    assert other.name == "Lớp 6B"


def test_an_ended_cohort_lets_its_people_go_and_keeps_the_record(app):
    school, focal, people, _stranger, _b = school_with(2)
    cohort = create_cohort(organisation=school, name="6A", now=NOW, by=focal)
    add_to_cohort(cohort, [p.id for p in people], now=NOW, by=focal)
    remove_from_cohort(cohort, [people[0].id], now=NOW, by=focal)

    end_cohort(cohort, now=NOW, by=focal)

    assert members(cohort) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CohortMember)) == 2
    create_cohort(organisation=school, name="6A", now=NOW, by=focal)
    for act in (lambda: add_to_cohort(cohort, [people[0].id], now=NOW, by=focal),
                lambda: rename_cohort(cohort, "6B", now=NOW, by=focal),
                lambda: remove_from_cohort(cohort, [people[0].id], now=NOW, by=focal),
                lambda: end_cohort(cohort, now=NOW, by=focal)):
        with pytest.raises(DomainError, match="cohort.ended"):
            act()
    actions = db.session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action.startswith("cohort.")).order_by(
        AuditEvent.id)).all()
    assert actions == ["cohort.created", "cohort.people_added", "cohort.people_removed", "cohort.ended", "cohort.created"]


def test_cohort_of_another_unit_is_refused(app):
    school, focal, _people, stranger, focal_b = school_with()
    cohort = create_cohort(organisation=school, name="6A", now=NOW, by=focal)

    for act in (lambda: create_cohort(organisation=school, name="6B", now=NOW, by=focal_b),
                lambda: rename_cohort(cohort, "6C", now=NOW, by=focal_b), lambda: end_cohort(cohort, now=NOW, by=focal_b),
                lambda: add_to_cohort(cohort, [stranger.id], now=NOW, by=focal_b),
                lambda: remove_from_cohort(cohort, [stranger.id], now=NOW, by=focal_b)):
        with pytest.raises(DomainError, match="cohort.not_yours"):
            act()
    assert place_for(focal_b, cohort.uuid, *MANAGE_COHORTS) is None
    assert place_for(focal, cohort.uuid, *MANAGE_COHORTS).cohort.id == cohort.id


def test_a_role_that_only_sees_does_not_fill_cohorts(app):
    """Focal point of B and assessor of A: A's people are seen, not led."""
    school, _focal, people, stranger, _b = school_with(1)
    both = make_staff("assessor", school, "Lê Hai Vai")
    other = db.session.scalars(sa.select(Person).where(Person.id == stranger.id)).one()
    from lms.people.models import Membership, Organisation
    place_b = db.session.get_one(Organisation, db.session.scalars(
        sa.select(Membership.organisation_id).where(Membership.person_id == other.id)).one())
    make_role(both, "focal_point", place_b)
    actor = make_actor(both)
    cohort = create_cohort(organisation=place_b, name="6A", now=NOW, by=actor)

    added = add_to_cohort(cohort, [people[0].id, stranger.id], now=NOW, by=actor)

    assert (added, members(cohort)) == (1, [stranger.id])


@pytest.mark.parametrize(("name", "code"), [(" ", "cohort.name_missing"), ("x" * 121, "cohort.name_too_long")])
def test_name_of_a_cohort_is_checked(app, name, code):
    school, focal, *_ = school_with()

    with pytest.raises(DomainError, match=code):
        create_cohort(organisation=school, name=name, now=NOW, by=focal)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Cohort)) == 0


def test_group_is_narrowed_by_position_and_class_of_the_own_unit(app):
    school, focal, _people, _stranger, _b = school_with(0)
    other = make_organisation("Trường C", kind="school")
    teacher, guard, both = (make_person(name) for name in ("Nguyễn Văn A", "Nguyễn Văn B", "Nguyễn Văn C"))
    make_member(teacher, school, position="Giáo viên", school_class="6A")
    make_member(guard, school, position="Bảo vệ")
    make_member(both, school)
    make_member(both, other, position="Giáo viên", school_class="9Z")

    assert positions_of(focal, Group(organisation_id=school.id)) == ["Bảo vệ", "Giáo viên"]
    assert classes_of(focal, Group(organisation_id=school.id)) == ["6A"]
    assert ids_of(people_of(focal, Group(position="Giáo viên"))) == [teacher.id]
    assert ids_of(people_of(focal, Group(organisation_id=school.id, school_class="9Z"))) == []
    assert ids_of(people_of(focal, Group(search="nguyen van b"))) == [guard.id]


def test_many_cost_as_many_statements_as_one(app):
    school, focal, people, _stranger, _b = school_with(300)
    ids, costs = [p.id for p in people], []
    for number, some in enumerate((ids[:1], ids)):
        cohort = create_cohort(organisation=school, name=f"Lớp {number}", now=NOW, by=focal)
        db.session.flush()
        with counted() as sent:
            add_to_cohort(cohort, some, now=NOW, by=focal)
        costs.append(len(sent))

    assert costs[0] == costs[1] <= 4
