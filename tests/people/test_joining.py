"""Joining by a code: opened, asked, let in or returned; the same answer for every code that opens nothing."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import CohortMember, JoinCode, JoinDecision, JoinRequest, Membership
from lms.people.queries.joining import (
    answer_to,
    code_of,
    door_of,
    join_code_for,
    join_codes_for,
    join_requests_for,
    open_join_code_of,
    requests_among,
)
from lms.people.queries.persons import person_visible_to
from lms.people.services.cohorts import create_cohort, end_cohort
from lms.people.services.joining import approve_requests, ask_to_join, close_join_code, open_join_code, return_requests
from tests.factories import NOW, make_actor, make_member, make_organisation, make_person
from tests.people.factories import make_staff, make_ward
from tests.statements import counted

UNTIL = date(2026, 12, 20)


def opened(*, most=10, cohort_name=None):
    """(school, its focal point, a focal point elsewhere, the cohort or None, the row of the code)."""
    ward, to_1, _to_2 = make_ward()
    school = make_organisation("Trường A", kind="school", parent=ward)
    focal, other = make_actor(make_staff("focal_point", school)), make_actor(make_staff("focal_point", to_1))
    cohort = create_cohort(organisation=school, name=cohort_name, now=NOW, by=focal) if cohort_name else None
    row = open_join_code(organisation=school, cohort=cohort, until=UNTIL, most=most, now=NOW, by=focal)
    return school, focal, other, cohort, row


def comer(name="Người Mới", **values):
    return make_actor(make_person(name, **{"phone": "0905123456", **values}))


def test_whoever_asks_is_let_in_and_seen_from_then_on(app):
    school, focal, _other, cohort, row = opened(cohort_name="Lớp 6A")
    new = comer()

    found = open_join_code_of(code_of(row).lower(), now=NOW)
    request = ask_to_join(found, by=new, now=NOW)

    assert (door_of(found).organisation, door_of(found).cohort) == ("Trường A", "Lớp 6A")
    assert person_visible_to(focal, new.uuid) is None
    (line,) = join_requests_for(focal).lines
    assert (line.uuid, line.full_name, line.birth_year, line.phone, line.cohort) == (
        request.uuid, "Người Mới", 1959, "0905 ••• 456", "Lớp 6A")
    assert answer_to(row, new.id).state == "waiting"

    assert approve_requests([request], by=focal, now=NOW) == 1

    assert person_visible_to(focal, new.uuid).id == new.id
    assert db.session.scalars(sa.select(Membership.is_claimed).where(Membership.person_id == new.id)).all() == [True]
    assert db.session.scalars(sa.select(CohortMember.cohort_id).where(CohortMember.person_id == new.id)).all() == [cohort.id]
    assert answer_to(row, new.id).state == "approved"
    assert join_requests_for(focal).lines == []
    with pytest.raises(DomainError, match="join.belongs"):
        ask_to_join(row, by=new, now=NOW)
    actions = db.session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action.startswith("join"))
                                 .order_by(AuditEvent.id)).all()
    assert actions == ["join_code.opened", "join.asked", "join.approved"]
    assert school.id == row.organisation_id


def test_an_unanswered_place_becomes_theirs_when_they_ask_themselves(app):
    school, focal, _other, _cohort, row = opened()
    new = comer()
    from lms.people.models import Person
    make_member(db.session.get_one(Person, new.id), school, is_claimed=False)

    approve_requests([ask_to_join(row, by=new, now=NOW)], by=focal, now=NOW)

    assert db.session.scalars(sa.select(Membership.is_claimed).where(Membership.person_id == new.id)).all() == [True]


def test_the_returned_read_why_and_may_ask_again(app):
    _school, focal, _other, _cohort, row = opened(most=1)
    new = comer()
    first = ask_to_join(row, by=new, now=NOW)

    return_requests([first], reason="Bác ở phường khác.", by=focal, now=NOW)

    assert (answer_to(row, new.id).state, answer_to(row, new.id).reason) == ("returned", "Bác ở phường khác.")
    assert person_visible_to(focal, new.uuid) is None
    again = ask_to_join(row, by=new, now=NOW + timedelta(hours=1))
    assert again.id != first.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(JoinDecision)) == 1


def test_asking_twice_is_asking_once(app):
    _school, _focal, _other, _cohort, row = opened(most=1)
    new = comer()

    assert ask_to_join(row, by=new, now=NOW).id == ask_to_join(row, by=new, now=NOW).id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(JoinRequest)) == 1


def test_every_code_that_opens_nothing_answers_alike(app):
    school, focal, _other, cohort, row = opened(most=1, cohort_name="6A")
    closed, expired = (open_join_code(organisation=school, until=UNTIL, most=5, now=NOW, by=focal) for _ in range(2))
    close_join_code(closed, now=NOW, by=focal)
    codes = {"unknown": ("2222222222", NOW), "short": ("22", NOW), "closed": (code_of(closed), NOW),
             "expired": (code_of(expired), NOW + timedelta(days=31))}
    ask_to_join(row, by=comer(), now=NOW)
    codes["full"] = (code_of(row), NOW)
    other = open_join_code(organisation=school, cohort=cohort, until=UNTIL, most=5, now=NOW, by=focal)
    end_cohort(cohort, now=NOW, by=focal)
    codes["cohort ended"] = (code_of(other), NOW)

    for how, (code, now) in codes.items():
        with pytest.raises(DomainError) as refusal:
            open_join_code_of(code, now=now)
        assert (refusal.value.code, refusal.value.params) == ("join.unknown", {}), how
    with pytest.raises(DomainError, match="join.unknown"):
        ask_to_join(row, by=comer("Người Thứ Hai"), now=NOW)
    with pytest.raises(DomainError, match="cohort.ended"):
        open_join_code(organisation=school, cohort=cohort, until=UNTIL, most=5, now=NOW, by=focal)


def test_a_code_lasts_through_its_last_day(app):
    _school, _focal, _other, _cohort, row = opened()
    last_minute = row.expires_at - timedelta(seconds=30)

    assert open_join_code_of(code_of(row), now=last_minute).id == row.id
    assert row.expires_at.isoformat() == "2026-12-20T23:59:59+07:00"


def test_only_the_unit_opens_closes_and_decides(app):
    school, focal, other, _cohort, row = opened()
    request = ask_to_join(row, by=comer(), now=NOW)

    for act in (lambda: open_join_code(organisation=school, until=UNTIL, most=5, now=NOW, by=other),
                lambda: close_join_code(row, now=NOW, by=other), lambda: approve_requests([request], by=other, now=NOW),
                lambda: return_requests([request], reason="x", by=other, now=NOW)):
        with pytest.raises(DomainError, match="join.not_yours"):
            act()
    db.session.rollback()


def test_a_foreign_request_makes_the_whole_list_refused(app):
    _school, focal, other, _cohort, row = opened()
    request = ask_to_join(row, by=comer(), now=NOW)

    assert requests_among(other, [request.uuid]) is None
    assert [one.id for one in requests_among(focal, [request.uuid])] == [request.id]
    assert join_requests_for(other).total == 0
    assert join_codes_for(other, now=NOW) == []
    assert join_code_for(other, row.uuid) is None
    assert join_code_for(focal, row.uuid).id == row.id


def test_each_request_is_decided_once(app):
    _school, focal, _other, _cohort, row = opened()
    request = ask_to_join(row, by=comer(), now=NOW)
    approve_requests([request], by=focal, now=NOW)

    with pytest.raises(DomainError, match="join.decided"):
        return_requests([request], reason="Nhầm.", by=focal, now=NOW)
    with pytest.raises(DomainError, match="join.nobody"):
        approve_requests([], by=focal, now=NOW)


@pytest.mark.parametrize(("values", "code"), [
    ({"until": date(2026, 11, 20)}, "join.until_wrong"), ({"until": date(2027, 12, 1)}, "join.until_wrong"),
    ({"most": 0}, "join.most_wrong"), ({"most": 2001}, "join.most_wrong")])
def test_a_code_is_checked(app, values, code):
    school, focal, *_ = opened()

    with pytest.raises(DomainError, match=code):
        open_join_code(**{"organisation": school, "until": UNTIL, "most": 5, "now": NOW, "by": focal, **values})
    assert db.session.scalar(sa.select(sa.func.count()).select_from(JoinCode)) == 1


@pytest.mark.parametrize(("reason", "code"), [(" ", "join.reason_missing"), ("x" * 301, "reason.too_long")])
def test_returning_says_why(app, reason, code):
    _school, focal, _other, _cohort, row = opened()
    request = ask_to_join(row, by=comer(), now=NOW)

    with pytest.raises(DomainError, match=code):
        return_requests([request], reason=reason, by=focal, now=NOW)


def test_lists_cost_the_same_for_one_and_for_many(app):
    school, focal, _other, _cohort, row = opened(most=100)
    costs = []
    for number in range(60):
        ask_to_join(row, by=comer(f"Người {number}"), now=NOW)
        if number in (0, 59):
            with counted() as sent:
                requests, codes = join_requests_for(focal), join_codes_for(focal, now=NOW)
            costs.append(len(sent))

    assert costs[0] == costs[1] <= 4
    assert (requests.total, len(requests.lines), codes[0].waiting, codes[0].asked) == (60, 50, 60, 60)
    assert school.id
