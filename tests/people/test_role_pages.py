"""Pages of roles: read, given, handed over, taken back; attacks 36 and 40."""

import pytest
import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.people.models import Proposal, RoleGrant
from lms.people.queries.persons import roles_of
from lms.people.queries.roles import holdings_under
from lms.people.services.roles import end_role
from tests.factories import make_actor, make_member, make_role
from tests.pages import PageClient
from tests.people.factories import PIN, make_code, make_learner, make_staff, make_ward
from tests.statements import counted


@pytest.fixture
def scene(app):
    """(ward, tổ 1, officer, focal point of tổ 1, their grant, a colleague)"""
    ward, to_1, _to_2 = make_ward()
    officer, focal = make_staff("officer", ward, "Nguyễn Thị Thu Hà"), make_learner(to_1, "Trần Văn Mối")
    grant = make_role(focal, "focal_point", to_1)
    colleague = make_learner(to_1, "Lê Thị Mới")
    db.session.commit()
    return ward, to_1, officer, focal, grant, colleague


def at(organisation, person, role="focal_point"):
    return f"/dia-ban/vai-tro/{organisation.uuid}/{person.uuid}/{role}"


def live(person):
    db.session.expire_all()
    return [held.role for held in roles_of(person.id)]


def test_the_list_names_roles_of_ones_own_units_only(client, scene):
    ward, to_1, officer, focal, _grant, _colleague = scene
    client.sign_in(focal)
    below = client.get("/dia-ban/vai-tro").get_data(as_text=True)
    client.sign_in(officer)
    above = client.get("/dia-ban/vai-tro?tim=moi").get_data(as_text=True)

    assert ("Trần Văn Mối" in below, "Nguyễn Thị Thu Hà" in below) == (True, False)
    assert ("Trần Văn Mối" in above, "Nguyễn Thị Thu Hà" in above) == (True, False)


@pytest.mark.parametrize("many", [1, 70])
def test_the_list_costs_the_same(scene, many):
    ward, to_1, officer, *_ = scene
    for number in range(many):
        make_staff("mentor", to_1, f"Người {number}")
    actor = make_actor(officer)
    db.session.flush()

    with counted() as sent:
        found = holdings_under(actor)

    assert (len(sent), found.total) == (2, many + 2)
    assert [line.role for line in found.lines[:2]] == ["officer", "focal_point"]


def test_an_officer_gives_a_role_for_a_time(client, scene):
    _ward, to_1, officer, _focal, _grant, colleague = scene
    client.sign_in(officer)
    page = client.get(f"/nguoi-hoc/{colleague.uuid}/vai-tro").get_data(as_text=True)

    answer = client.send(f"/nguoi-hoc/{colleague.uuid}/vai-tro", role="focal_point", organisation=str(to_1.uuid), is_deputy="1",
                         last="2030-06-30", reason="Giúp việc")

    assert 'value="officer"' not in page
    assert answer.location == "/dia-ban/vai-tro"
    grant = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == colleague.id)).one()
    assert (grant.is_deputy, grant.holds_until.isoformat()) == (True, "2030-06-30T17:00:00+00:00")


def test_a_focal_point_asks_for_what_it_may_not_give(client, scene):
    _ward, to_1, _officer, focal, _grant, colleague = scene
    client.sign_in(focal)
    form = {"organisation": str(to_1.uuid), "reason": "Cần người giúp"}

    asked = client.send(f"/nguoi-hoc/{colleague.uuid}/vai-tro", role="focal_point", is_deputy="1", **form)
    given = client.send(f"/nguoi-hoc/{colleague.uuid}/vai-tro", role="mentor", **form)

    assert (asked.location, given.location) == ("/dau-moi/de-nghi", "/dia-ban/vai-tro")
    assert live(colleague) == ["mentor"]
    assert db.session.scalars(sa.select(Proposal.role)).all() == ["focal_point"]


@pytest.mark.parametrize("role", ["focal_point", "officer", "admin", "assessor", "learner", "", "root"])
def test_36_nobody_promotes_by_a_field(client, scene, role):
    """The form takes a role, an organisation and nothing else; what is not on the list is refused."""
    ward, to_1, _officer, focal, _grant, colleague = scene
    client.sign_in(focal)
    extra = {"is_admin": "1", "role_id": "1", "organisation_id": str(ward.id), "granted_by_id": "1", "reason": "x"}

    for person in (focal, colleague):
        for place in (ward, to_1):
            client.send(f"/nguoi-hoc/{person.uuid}/vai-tro", role=role, organisation=str(place.uuid), **extra)

    assert (live(focal), live(colleague)) == (["focal_point"], [])


def test_36_a_role_is_given_only_where_one_works(client, scene):
    _ward, to_1, _officer, focal, _grant, _colleague = scene
    far = make_learner(scene[0], "Người Ở Trên")
    db.session.commit()
    client.sign_in(focal)

    answer = client.send(f"/nguoi-hoc/{far.uuid}/vai-tro", role="mentor", organisation=str(to_1.uuid), reason="x")

    assert (answer.status_code, live(far)) == (404, [])


def test_an_officer_hands_a_role_over(client, scene):
    _ward, to_1, officer, focal, _grant, colleague = scene
    client.sign_in(officer)

    page = client.get(at(to_1, focal)).get_data(as_text=True)
    answer = client.send(at(to_1, focal) + "/ban-giao", nguoi=str(colleague.uuid), reason="Nghỉ thai sản")

    assert ("Lê Thị Mới" in page, answer.location) == (True, "/dia-ban/vai-tro")
    assert (live(focal), live(colleague)) == ([], ["focal_point"])


def test_a_focal_point_asks_to_hand_over(client, scene):
    _ward, to_1, _officer, focal, _grant, colleague = scene
    client.sign_in(focal)

    page = client.get(at(to_1, focal)).get_data(as_text=True)
    answer = client.send(at(to_1, focal) + "/ban-giao", nguoi=str(colleague.uuid), reason="Nghỉ thai sản")

    assert ("Gửi đề nghị bàn giao" in page, "Thu lại vai trò" in page) == (True, False)
    assert answer.location == "/dau-moi/de-nghi"
    assert (live(focal), live(colleague)) == (["focal_point"], [])


@pytest.mark.parametrize("nobody", ["", "x", "00000000-0000-0000-0000-000000000001"])
def test_a_hand_over_to_nobody_says_so(client, scene, nobody):
    _ward, to_1, officer, focal, _grant, _colleague = scene
    client.sign_in(officer)

    answer = client.send(at(to_1, focal) + "/ban-giao", nguoi=nobody, reason="x")

    assert (answer.status_code, "Bạn chọn một người nhận." in answer.get_data(as_text=True)) == (422, True)
    assert live(focal) == ["focal_point"]


def test_a_role_is_taken_back_with_a_reason(client, scene):
    _ward, to_1, officer, focal, grant, _colleague = scene
    client.sign_in(officer)

    silent = client.send(at(to_1, focal) + "/thu-lai", reason=" ")
    told = client.send(at(to_1, focal) + "/thu-lai", reason="Chuyển công tác")

    assert (silent.status_code, told.location, live(focal)) == (422, "/dia-ban/vai-tro", [])
    assert db.session.get_one(RoleGrant, grant.id).reason == "Chuyển công tác"


def test_the_focal_point_cannot_take_roles_of_its_rank_back(client, scene):
    _ward, to_1, _officer, focal, _grant, colleague = scene
    make_role(colleague, "focal_point", to_1).is_deputy = True
    db.session.commit()
    client.sign_in(focal)

    answer = client.send(at(to_1, colleague) + "/thu-lai", reason="x")

    assert (answer.status_code, live(colleague)) == (422, ["focal_point"])
    assert "Bạn không trao hay thu vai trò này được." in answer.get_data(as_text=True)


def test_43_the_last_admin_is_not_removed_by_the_page(client, scene):
    ward, *_ = scene
    first = make_staff("admin", ward, "Quản Trị Một")
    db.session.commit()
    client.sign_in(first)

    answer = client.send(at(ward, first, "admin") + "/thu-lai", reason="x")

    assert (answer.status_code, live(first)) == (422, ["admin"])


def test_roles_of_other_units_do_not_exist(client, scene):
    ward, to_1, officer, focal, _grant, _colleague = scene
    client.sign_in(focal)

    paths = [at(ward, officer, "officer"), at(to_1, focal, "officer"), at(to_1, officer)]
    assert [client.get(path).status_code for path in paths] == [404] * 3
    assert [client.send(path + "/thu-lai", reason="x").status_code for path in paths] == [404] * 3


def test_40_a_removed_role_is_refused_at_the_next_request(client, scene):
    _ward, to_1, _officer, focal, grant, _colleague = scene
    client.sign_in(focal)
    assert client.get("/dia-ban/vai-tro").status_code == 200

    end_role(grant, now=clock.now())
    db.session.commit()

    assert client.get("/dia-ban/vai-tro").location.startswith("/dang-nhap")
    client.sign_in(focal)
    assert client.get("/dia-ban/vai-tro").status_code == 403


def test_40_a_moved_person_is_out_of_sight_at_the_next_request(client, scene):
    _ward, to_1, _officer, focal, _grant, colleague = scene
    client.sign_in(focal)
    before = client.get(f"/nguoi-hoc/{colleague.uuid}").status_code

    db.session.execute(sa.text("UPDATE membership SET left_on = '2026-11-01' WHERE person_id = :id"), {"id": colleague.id})
    make_member(colleague, scene[0])
    db.session.commit()

    assert (before, client.get(f"/nguoi-hoc/{colleague.uuid}").status_code) == (200, 404)


def test_37_a_slip_carries_no_role_and_is_not_used_twice(client, scene):
    """Nobody is invited with a role: the only way in from paper is a slip, whose fields say nothing about rights."""
    _ward, to_1, _officer, _focal, _grant, colleague = scene
    code = make_code(colleague, now=clock.now())
    db.session.commit()
    form = {"secret": PIN, "again": PIN, "agreed": "1", "form_of_address": "ban"}

    first = client.send(f"/p/{code}", role="officer", organisation=str(to_1.uuid), person_id="1", **form)
    again = PageClient(client.application).send(f"/p/{code}", **form)

    assert (first.status_code, again.status_code, live(colleague)) == (302, 404, [])
