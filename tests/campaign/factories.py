"""A ward with schools, their focal points, and lists that were asked for."""

from datetime import date

from lms.campaign.services.list_requests import ask_for_list
from lms.people.models import Membership
from tests.factories import NOW, make_actor, make_member, make_organisation, make_person, make_role

DUE = date(2026, 11, 30)


def make_staffed(role, organisation, name="Người Có Vai", **values):
    """(person, actor) of somebody with a role, who belongs there."""
    person = make_person(name, **values)
    make_member(person, organisation)
    make_role(person, role, organisation)
    return person, make_actor(person)


def make_teacher(school, name, *, now=NOW, claimed=True, position=None, **values):
    """Somebody who belongs to the school."""
    person = make_person(name, now=now, audience=values.pop("audience", "can-bo"), **values)
    membership = make_member(person, school)
    membership.is_claimed, membership.position = claimed, position
    return person


def make_schools(count=2):
    """(ward, [schools])."""
    ward = make_organisation()
    return ward, [make_organisation(f"Trường Tiểu học số {n}", kind="school", parent=ward) for n in range(1, count + 1)]


def make_request(ward, units, *, due=DUE, now=NOW, **values):
    values = {"title": "Danh sách cán bộ, giáo viên tham gia học", "meant": "Toàn bộ cán bộ, giáo viên, nhân viên", **values}
    return ask_for_list(ward, due_on=due, unit_ids=[unit.id for unit in units], now=now, **values)


def leave(person, *, on=date(2026, 11, 1)):
    for membership in Membership.query.filter_by(person_id=person.id):
        membership.left_on = on
