"""Who may do what to whom, and how roles come and go."""

import pytest
import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import ROLES, RoleAt, RoleGrant
from lms.people.queries.actors import actor_of
from lms.people.rules import area_of, can_grant, can_make_slip_for, can_see_people, outranks
from lms.people.services.persons import end_person
from lms.people.services.roles import end_role, grant_role
from tests.factories import make_organisation, make_person, make_role, make_sign_in
from tests.people.factories import NOW, make_actor, make_staff, make_ward


def actor(app, *roles):
    person = make_person("Người Dùng")
    for role, organisation in roles:
        make_role(person, role, organisation)
    return make_actor(person)


def test_nobody_gives_a_role_at_or_above_their_own(app):
    ward = make_organisation()

    for own in ROLES:
        asking = actor(app, (own, ward))
        given = [role for role in ROLES if can_grant(asking, role, at={ward.id})]
        expected = list(ROLES[:ROLES.index(own)]) if own in ("focal_point", "officer", "admin") else []
        assert given == expected, own


def test_a_role_counts_only_where_it_is_held_and_below(app):
    ward, to_1, _to_2 = make_ward()
    officer = actor(app, ("officer", to_1))

    assert can_grant(officer, "mentor", at={to_1.id, ward.id})
    assert not can_grant(officer, "mentor", at={ward.id})


def test_slips_are_made_downwards_only(app):
    ward = make_organisation()
    at = {ward.id}
    roles = {"learner": [], "mentor": [RoleAt("mentor", ward.id)], "officer": [RoleAt("officer", ward.id)],
             "admin": [RoleAt("admin", ward.id)]}

    def may(own):
        asking = actor(app, (own, ward))
        return [who for who, held in roles.items() if can_make_slip_for(asking, person_id=0, roles=held, at=at)]

    assert may("mentor") == ["learner"]
    assert may("focal_point") == ["learner", "mentor"]
    assert may("assessor") == []
    assert may("author") == []
    assert may("officer") == ["learner", "mentor"]
    assert may("admin") == ["learner", "mentor", "officer"]


def test_nobody_makes_a_slip_for_themselves_or_far_away(app):
    ward, other = make_organisation(), make_organisation("Phường Khác")
    admin = actor(app, ("admin", ward))

    assert not can_make_slip_for(admin, person_id=admin.id, roles=[], at={ward.id})
    assert not can_make_slip_for(admin, person_id=0, roles=[], at={other.id})
    # A role held elsewhere still protects its holder.
    assert not can_make_slip_for(actor(app, ("mentor", ward)), person_id=0, roles=[RoleAt("officer", other.id)], at={ward.id})


def test_outranks_is_strict(app):
    ward = make_organisation()
    officer = actor(app, ("officer", ward))

    assert outranks(officer, [RoleAt("reviewer", ward.id)], at={ward.id})
    assert not outranks(officer, [RoleAt("officer", ward.id)], at={ward.id})


@pytest.mark.parametrize(("roles", "area", "sees"), [
    ((), "learner", False), (("mentor",), "mentor", True), (("focal_point",), "focal", True), (("assessor",), "assessor", True),
    (("officer",), "officer", True), (("admin",), "officer", True), (("author",), "learner", False),
    (("mentor", "assessor"), "assessor", True),
])
def test_area_follows_the_roles(app, roles, area, sees):
    ward = make_organisation()
    asking = actor(app, *((role, ward) for role in roles))

    assert (area_of(asking), can_see_people(asking)) == (area, sees)


def test_grant_role_is_logged_and_ends_older_sign_ins(app):
    ward = make_organisation()
    admin, person = make_staff("admin", ward), make_person()
    token = make_sign_in(person)

    grant_role(person, "mentor", ward, by=make_actor(admin), now=NOW)

    assert actor_of(token, now=NOW) is None
    line = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "role.granted")).one()
    assert (line.actor_id, line.subject, line.detail) == (admin.id, f"person:{person.uuid}", {"role": "mentor"})


def test_grant_role_twice_is_once(app):
    ward, person = make_organisation(), make_person()

    first = grant_role(person, "mentor", ward, now=NOW)
    token = make_sign_in(person)

    assert grant_role(person, "mentor", ward, now=NOW) is first
    assert actor_of(token, now=NOW) is not None


def test_grant_role_above_ones_own_is_refused_and_changes_nothing(app):
    ward = make_organisation()
    officer, person = make_staff("officer", ward), make_person()

    for role in ("officer", "admin"):
        with pytest.raises(DomainError, match="role.not_yours_to_give"):
            grant_role(person, role, ward, by=make_actor(officer), now=NOW)

    assert db.session.scalar(sa.select(sa.func.count()).where(RoleGrant.person_id == person.id)) == 0


def test_end_role_works_at_the_next_request(app):
    ward, person = make_organisation(), make_person()
    grant = grant_role(person, "mentor", ward, now=NOW)
    token = make_sign_in(person)

    end_role(grant, now=NOW, reason="nghỉ")

    assert actor_of(token, now=NOW) is None
    assert actor_of(make_sign_in(person), now=NOW).roles == ()
    assert (grant.ended_at, grant.reason) == (NOW, "nghỉ")


def test_last_admin_cannot_be_removed(app):
    ward = make_organisation()
    first, second = make_staff("admin", ward), make_staff("admin", ward, "Người Thứ Hai")
    grants = {g.person_id: g for g in db.session.scalars(sa.select(RoleGrant))}
    end_role(grants[second.id], now=NOW)

    with pytest.raises(DomainError, match="role.last_admin"):
        end_role(grants[first.id], now=NOW)
    with pytest.raises(DomainError, match="role.last_admin"):
        end_person(first, now=NOW)

    assert (grants[first.id].ended_at, first.ended_at) == (None, None)
