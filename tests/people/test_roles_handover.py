"""Deputies for a time, hand-overs in one action, the right that is gone at the next request."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Person, RoleGrant
from lms.people.queries.actors import actor_of
from lms.people.services.roles import Deputy, end_due_roles, end_role, grant_role, hand_over
from tests.factories import NOW, make_actor, make_person, make_role, make_sign_in
from tests.people.factories import make_learner, make_staff, make_ward

DAY = timedelta(days=1)


@pytest.fixture
def school(app):
    """(ward, tổ, its officer as an actor, the focal point's grant, a colleague)"""
    ward, to_1, _to_2 = make_ward()
    officer = make_actor(make_staff("officer", ward, "Nguyễn Thị Thu Hà"))
    grant = make_role(make_learner(to_1, "Trần Văn Cũ"), "focal_point", to_1)
    return ward, to_1, officer, grant, make_learner(to_1, "Lê Thị Mới")


def live(organisation):
    return sorted((one.person_id, one.role, one.is_deputy) for one in db.session.scalars(sa.select(RoleGrant).where(
        RoleGrant.organisation_id == organisation.id, RoleGrant.ended_at.is_(None))))


def roles_at(person, now):
    actor = actor_of(make_sign_in(person, now=now), now=now)
    return [held.role for held in actor.roles]


def test_a_hand_over_begins_one_and_ends_the_other(school):
    _ward, to_1, officer, grant, colleague = school
    token = make_sign_in(colleague)

    hand_over(grant, colleague, reason="Nghỉ thai sản", by=officer, now=NOW)

    assert live(to_1) == [(colleague.id, "focal_point", False)]
    assert (grant.ended_at, grant.ended_by_id, grant.reason) == (NOW, officer.id, "Nghỉ thai sản")
    assert actor_of(token, now=NOW) is None
    line = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "role.handed_over")).one()
    assert (line.actor_id, line.organisation_id, line.detail) == (
        officer.id, to_1.id, {"role": "focal_point", "reason": "Nghỉ thai sản"})


def test_the_deputy_who_takes_over_is_the_holder(school):
    _ward, to_1, officer, grant, colleague = school
    grant_role(colleague, "focal_point", to_1, by=officer, now=NOW, deputy=Deputy(holds_until=NOW + 30 * DAY))

    hand_over(grant, colleague, reason="Chuyển công tác", by=officer, now=NOW)

    assert live(to_1) == [(colleague.id, "focal_point", False)]


def test_a_hand_over_twice_is_refused(school):
    _ward, to_1, officer, grant, colleague = school
    hand_over(grant, colleague, reason="Chuyển công tác", by=officer, now=NOW)

    with pytest.raises(DomainError, match=r"role\.ended"):
        hand_over(grant, make_learner(to_1), reason="Lần nữa", by=officer, now=NOW)


def test_a_hand_over_needs_a_reason_another_person_and_the_right(school):
    _ward, to_1, officer, grant, colleague = school
    focal = make_actor(make_staff("focal_point", to_1))

    holder = db.session.get_one(Person, grant.person_id)

    for to, reason, by, code in (
            (colleague, " ", officer, "role.reason_missing"), (colleague, "x", focal, "role.not_yours_to_give"),
            (holder, "x", officer, "role.same_person")):
        with pytest.raises(DomainError, match=code.replace(".", r"\.")):
            hand_over(grant, to, reason=reason, by=by, now=NOW)
    assert grant.ended_at is None


def test_the_only_admin_may_hand_over_but_not_leave(app):
    ward, to_1, _to_2 = make_ward()
    grant = make_role(make_learner(to_1), "admin", ward)
    successor = make_learner(to_1)

    with pytest.raises(DomainError, match=r"role\.last_admin"):
        end_role(grant, now=NOW)
    hand_over(grant, successor, reason="Bàn giao", now=NOW)

    assert live(ward) == [(successor.id, "admin", False)]


def test_an_admin_for_a_while_is_not_the_last_one(app):
    ward, _to_1, _to_2 = make_ward()
    grant = make_role(make_person(), "admin", ward)
    make_role(make_person(), "admin", ward).holds_until = NOW + DAY

    with pytest.raises(DomainError, match=r"role\.last_admin"):
        end_role(grant, now=NOW)


def test_a_deputy_holds_the_role_within_the_days_only(school):
    _ward, to_1, officer, _grant, colleague = school
    grant_role(colleague, "focal_point", to_1, by=officer, now=NOW,
               deputy=Deputy(holds_from=NOW + DAY, holds_until=NOW + 3 * DAY))

    assert [roles_at(colleague, NOW + n * DAY) for n in (0, 1, 2, 3)] == [[], ["focal_point"], ["focal_point"], []]


def test_days_that_are_over_are_swept_and_the_role_can_be_given_anew(school):
    _ward, to_1, officer, grant, colleague = school
    old = grant_role(colleague, "focal_point", to_1, by=officer, now=NOW, deputy=Deputy(holds_until=NOW + DAY))

    assert (end_due_roles(now=NOW), end_due_roles(now=NOW + DAY), end_due_roles(now=NOW + DAY)) == (0, 1, 0)
    assert old.ended_at == NOW + DAY
    new = grant_role(colleague, "focal_point", to_1, by=officer, now=NOW + DAY)

    assert (new.id != old.id, live(to_1)) == (True, sorted([
        (colleague.id, "focal_point", False), (grant.person_id, "focal_point", False)]))


def test_a_role_whose_days_are_over_is_replaced_before_it_is_swept(school):
    _ward, to_1, officer, _grant, colleague = school
    old = grant_role(colleague, "focal_point", to_1, by=officer, now=NOW, deputy=Deputy(holds_until=NOW + DAY))

    new = grant_role(colleague, "focal_point", to_1, by=officer, now=NOW + 2 * DAY)

    assert (new.id != old.id, old.ended_at) == (True, NOW + 2 * DAY)


def test_days_in_the_wrong_order_and_ended_people_are_refused(school):
    _ward, to_1, officer, _grant, colleague = school
    for days in (Deputy(holds_until=NOW), Deputy(NOW + 2 * DAY, NOW + DAY)):
        with pytest.raises(DomainError, match=r"role\.days_wrong"):
            grant_role(colleague, "mentor", to_1, by=officer, now=NOW, deputy=days)
    colleague.ended_at = NOW
    with pytest.raises(DomainError, match=r"role\.person_ended"):
        grant_role(colleague, "mentor", to_1, by=officer, now=NOW)
