"""Slips for a whole unit, a cohort or a list: who gets one, made anew, at what cost."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa

from lms.core import clock
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import ActivationCode
from lms.people.queries.activation_codes import open_activation_code
from lms.people.services.activations import make_activation_codes
from lms.people.services.cohorts import add_to_cohort, create_cohort
from tests.factories import NOW, make_actor, make_member, make_organisation, make_person, make_role
from tests.people.factories import make_account, make_learner, make_staff, make_ward
from tests.statements import counted


def school_with(client, count=3):
    """(school, its people, somebody elsewhere); the focal point is signed in."""
    ward, to_1, _to_2 = make_ward()
    school = make_organisation("Trường A", kind="school", parent=ward)
    people = [make_learner(school, f"Người {n:03d}") for n in range(count)]
    stranger = make_learner(to_1, "Phạm Văn Xa")
    staff = make_staff("focal_point", school)
    client.sign_in(staff)
    return school, people, stranger, staff


def live_slips():
    return sorted(db.session.scalars(sa.select(ActivationCode.person_id).where(ActivationCode.void_at.is_(None))))


def codes(answer):
    return [c.replace("-", "") for c in re.findall(r'slip__code num">([^<]*)<', answer.get_data(as_text=True))]


def test_whole_unit_gets_slips_in_one_step_and_those_who_hold_one_keep_it(client):
    school, people, _stranger, staff = school_with(client)
    make_activation_codes([people[0]], by=make_actor(staff), now=clock.now())
    with_pin = make_account("Đã Có", phone="0900000009")
    make_member(with_pin, school)
    db.session.commit()

    page = client.get("/phieu").get_data(as_text=True)
    answer = client.get(client.send("/phieu", tat_ca="moi").location)

    assert "Làm phiếu cho 2 người chưa có phiếu" in page
    assert live_slips() == sorted(p.id for p in people)
    assert {open_activation_code(code, now=clock.now()).person_id for code in codes(answer)} == {p.id for p in people[1:]}


def test_made_anew_for_all_the_old_ones_open_nothing(client):
    _school, people, _stranger, _staff = school_with(client)
    before = codes(client.get(client.send("/phieu", tat_ca="moi").location))

    after = codes(client.get(client.send("/phieu", tat_ca="lam-lai").location))

    assert {open_activation_code(code, now=clock.now()).person_id for code in after} == {p.id for p in people}
    for code in before:
        with pytest.raises(DomainError, match="activation.unknown"):
            open_activation_code(code, now=clock.now())


def test_a_cohort_gets_slips_and_a_foreign_cohort_or_list_is_not_there(client):
    school, people, stranger, staff = school_with(client)
    cohort = create_cohort(organisation=school, name="6A", now=NOW, by=make_actor(staff))
    add_to_cohort(cohort, [people[1].id], now=NOW)
    from lms.people.models import Membership, Organisation
    place = db.session.get_one(Organisation, db.session.scalars(
        sa.select(Membership.organisation_id).where(Membership.person_id == stranger.id)).one())
    foreign = create_cohort(organisation=place, name="Lạ", now=NOW)
    db.session.commit()

    page = client.get(f"/phieu?noi={cohort.uuid}").get_data(as_text=True)
    client.send(f"/phieu?noi={cohort.uuid}", tat_ca="moi")

    assert [p.full_name in page for p in people] == [False, True, False]
    assert live_slips() == [people[1].id]
    for query in (f"noi={foreign.uuid}", f"noi={place.uuid}", f"lan={uuid4()}"):
        assert client.get(f"/phieu?{query}").status_code == 404
        assert client.send(f"/phieu?{query}", tat_ca="lam-lai").status_code == 404
    assert live_slips() == [people[1].id]


def test_one_stranger_among_the_ticked_and_nobody_gets_a_slip(client):
    _school, people, stranger, _staff = school_with(client)

    mixed = client.send("/phieu", nguoi=[str(people[0].uuid), str(stranger.uuid)])
    broken = client.send("/phieu", nguoi=[str(people[0].uuid), "\0"])
    nobody = client.send("/phieu")

    assert [mixed.status_code, broken.status_code, nobody.status_code] == [409, 409, 409]
    assert "không thuộc đơn vị bạn phụ trách" in mixed.get_data(as_text=True)
    assert stranger.full_name not in mixed.get_data(as_text=True)
    assert live_slips() == []


def test_nobody_gets_a_slip_for_a_place_they_have_not_accepted(client):
    school, people, stranger, _staff = school_with(client, 1)
    make_member(stranger, school, is_claimed=False)
    db.session.commit()

    client.send("/phieu", tat_ca="moi")

    assert live_slips() == [people[0].id]
    assert client.send("/phieu", nguoi=[str(stranger.uuid)]).status_code == 409


def test_those_of_the_same_rank_and_oneself_are_left_out_and_counted(client):
    school, people, _stranger, staff = school_with(client, 1)
    other = make_person("Phó Đầu Mối")
    make_member(other, school)
    make_member(staff, school)
    make_role(other, "focal_point", school)
    db.session.commit()

    answer = client.get(client.send("/phieu", tat_ca="moi").location).get_data(as_text=True)

    assert live_slips() == [people[0].id]
    assert "2 người có vai trò ngang hoặc cao hơn bạn" in answer


def test_eight_hundred_cost_as_many_statements_as_one(app):
    ward, to_1, _to_2 = make_ward()
    people = [make_learner(to_1, f"Người {n:03d}") for n in range(200)]
    actor, costs = make_actor(make_staff("officer", ward)), []
    for some in (people[:1], people):
        db.session.flush()
        with counted() as sent:
            _batch, made = make_activation_codes(some, by=actor, now=NOW)
        costs.append((made, len(sent)))

    assert [made for made, _cost in costs] == [1, 200]
    assert costs[0][1] == costs[1][1] <= 6
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent).where(
        AuditEvent.action == "activation.made")) == 201


def test_the_page_costs_the_same_for_one_and_for_many(client):
    school, _people, _stranger, _staff = school_with(client, 1)
    costs = []
    for more in (0, 60):
        for n in range(more):
            make_learner(school, f"Thêm {n:03d}")
        db.session.commit()
        client.get("/phieu")
        with counted() as sent:
            client.get("/phieu")
        costs.append(len(sent))

    assert costs[0] == costs[1] <= 8
