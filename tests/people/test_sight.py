"""One rule object says who is seen: asked for one person and answered for all, the two agree on any tree."""

from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lms.core.db import db
from lms.people.models import ROLES, Membership, OrganisationClosure, Person
from lms.people.queries.organisations import organisation_ids_of
from lms.people.queries.persons import (
    claimed_at_once,
    learners_for,
    memberships_of,
    offers_to,
    people_visible_among,
    people_visible_to,
    person_visible_to,
)
from lms.people.rules.sight import Belonging, sight
from lms.people.services.persons import add_member
from tests.factories import NOW, make_actor, make_member, make_organisation, make_person, make_role
from tests.people.factories import make_account, make_learner, make_staff, make_ward


def names(people):
    return sorted(one.full_name for one in people)


def seen_by(actor):
    return names(db.session.scalars(people_visible_to(actor)))


def above():
    found = {}
    for row in db.session.execute(sa.select(OrganisationClosure.descendant_id, OrganisationClosure.ancestor_id)):
        found.setdefault(row.descendant_id, set()).add(row.ancestor_id)
    return found


def allowed(actor, *roles):
    """By the rule, one person after the other."""
    belongings = {}
    for row in db.session.scalars(sa.select(Membership)):
        belongings.setdefault(row.person_id, []).append(Belonging(row.organisation_id, row.left_on, row.is_claimed))
    tree, rule = above(), sight(actor, *roles)
    return {one.id for one in db.session.scalars(sa.select(Person))
            if rule.allows(belongings.get(one.id, ()), tree, has_ended=one.ended_at is not None)}


WORLDS = st.fixed_dictionaries({
    "parents": st.lists(st.integers(0, 20), min_size=1, max_size=7),
    "people": st.lists(st.fixed_dictionaries({
        "ended": st.booleans(),
        "belongs": st.lists(st.tuples(st.integers(0, 7), st.booleans(), st.booleans()), max_size=3, unique_by=lambda one: one[0]),
    }), min_size=1, max_size=6),
    "roles": st.lists(st.tuples(st.sampled_from(ROLES), st.integers(0, 7), st.booleans()), max_size=3,
                      unique_by=lambda one: one[:2]),
    "asked": st.sets(st.sampled_from(ROLES), max_size=3),
})


def build(world):
    places = [make_organisation("Gốc")]
    for number, parent in enumerate(world["parents"]):
        places.append(make_organisation(f"Đơn vị {number}", parent=places[parent % (len(places) + 1) - 1]
                                        if parent % (len(places) + 1) else None))
    for number, one in enumerate(world["people"]):
        person = make_person(f"Người {number}", ended_at=NOW if one["ended"] else None)
        taken = set()
        for place, has_left, is_claimed in one["belongs"]:
            place = places[place % len(places)]
            if place.id not in taken:
                taken.add(place.id)
                make_member(person, place, left_on=date(2026, 10, 1) if has_left else None, is_claimed=is_claimed)
    staff, held = make_person("Người hỏi"), set()
    for role, place, has_ended in world["roles"]:
        place = places[place % len(places)]
        if (role, place.id) not in held:
            held.add((role, place.id))
            make_role(staff, role, place).ended_at = NOW if has_ended else None
    db.session.flush()
    return make_actor(staff)


def agree(world):
    actor = build(world)
    try:
        for roles in ((), tuple(world["asked"])):
            seen = sight(actor, *roles)
            for people in (seen.select(), seen.select_one_by_one()):
                assert sorted(db.session.scalars(people)) == sorted(allowed(actor, *roles))
        ids = allowed(actor)
        for one in db.session.scalars(sa.select(Person)).all():
            assert (person_visible_to(actor, one.uuid) is not None) == (one.id in ids)
    finally:
        db.session.rollback()


def test_one_by_one_and_all_at_once_agree(app):
    hypothesis_settings(max_examples=40, deadline=None)(given(WORLDS)(agree))()


@pytest.mark.heavy
def test_one_by_one_and_all_at_once_agree_in_many_worlds(app):
    hypothesis_settings(max_examples=600, deadline=None)(given(WORLDS)(agree))()


def test_a_membership_that_waits_for_a_word_gives_no_sight_and_no_slip_right(app):
    ward, to_1, _to_2 = make_ward()
    school = make_organisation("Trường Bến Thu", kind="school", parent=ward)
    teacher = make_account("Lê Thị Mai")
    make_member(teacher, to_1)
    make_member(teacher, school, is_claimed=False)
    at_school, at_home = make_actor(make_staff("focal_point", school)), make_actor(make_staff("focal_point", to_1))

    assert (seen_by(at_school), seen_by(at_home)) == ([], ["Lê Thị Mai"])
    assert organisation_ids_of(teacher.id) == {ward.id, to_1.id}
    assert people_visible_among(at_school, [teacher.uuid]) == []
    assert [one.organisation for one in offers_to(make_actor(teacher))] == ["Trường Bến Thu"]


def test_two_units_learn_nothing_of_each_other(app):
    """Attacks 39: a learner in two organisations; each sees its own only."""
    _ward, to_1, to_2 = make_ward()
    both = make_learner(to_1, "Lê Thị Mai")
    make_member(both, to_2)
    at_1 = make_actor(make_staff("focal_point", to_1))

    assert [line.organisations for line in learners_for(at_1, now=NOW).lines] == ["Tổ dân phố 1"]
    assert [name for name, _on in memberships_of(both.id, seen_by=at_1)] == ["Tổ dân phố 1"]
    assert [name for name, _on in memberships_of(both.id)] == ["Tổ dân phố 1", "Tổ dân phố 2"]


def test_39_the_page_of_a_learner_in_two_organisations(client):
    _ward, to_1, to_2 = make_ward()
    both = make_learner(to_1, "Lê Thị Mai")
    make_member(both, to_2)
    make_role(both, "mentor", to_2)
    client.sign_in(make_staff("focal_point", to_1))

    page = client.get(f"/nguoi-hoc/{both.uuid}").get_data(as_text=True)

    assert "Tổ dân phố 1" in page
    assert "Tổ dân phố 2" not in page
    assert "Người hướng dẫn" not in page


@pytest.mark.parametrize(("kind", "claimed"), [("new", True), ("account", False), ("member", False)])
def test_a_new_membership_waits_for_whoever_was_here_before(app, kind, claimed):
    _ward, to_1, to_2 = make_ward()
    person = {"new": make_person, "account": make_account, "member": lambda: make_learner(to_2)}[kind]()

    assert add_member(person, to_1, now=NOW, actor_id=None).is_claimed is claimed


def test_who_sees_somebody_anyway_may_place_them_elsewhere(app):
    ward, to_1, to_2 = make_ward()
    person = make_learner(to_2)
    officer, stranger = make_actor(make_staff("officer", ward)), make_actor(make_staff("focal_point", to_1))

    assert [claimed_at_once(by, [person.id]) for by in (officer, stranger, None)] == [{person.id}, set(), set()]
