"""Handing in: what is frozen, what is refused, what stays on record, who sees it."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from lms.campaign.models import ListRequestEvent, Submission
from lms.campaign.queries.list_requests import (
    history_of,
    request_asked_by,
    requests_asked_by,
    submission_for,
    submissions_standing,
    unit_of,
    unit_to_hand_in,
    units_of,
    units_to_hand_in,
)
from lms.campaign.queries.lists import fingerprint, rows_of_unit, unanswered_in
from lms.campaign.services.list_requests import receive_list, remind_units, reopen, return_list
from lms.campaign.services.submissions import hand_in, withdraw_list
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from tests.campaign.factories import DUE, make_request, make_schools, make_staffed, make_teacher
from tests.factories import NOW, make_member, make_organisation
from tests.statements import counted

LATE = NOW + timedelta(days=20)


@pytest.fixture
def world(app):
    ward, (first, second) = make_schools(2)
    _person, officer = make_staffed("officer", ward, "Cán Bộ Phường")
    _person, focal = make_staffed("focal_point", first, "Đầu Mối Một", audience="can-bo")
    _person, other = make_staffed("focal_point", second, "Đầu Mối Hai", audience="can-bo")
    request = make_request(ward, [first, second], by=officer)
    return type("World", (), {"ward": ward, "first": first, "second": second, "officer": officer, "focal": focal,
                              "other": other, "request": request})


def state(world, unit=None):
    return unit_of(world.request.id, (unit or world.first).id).state


def refused(code):
    return pytest.raises(DomainError, match=f"^{code}$")


def test_the_list_that_was_handed_in_is_frozen(world):
    teacher = make_teacher(world.first, "Lê Thị Đào", phone="0905123456", position="Giáo viên Toán")
    submission = hand_in(world.request, world.first.id, by=world.focal, now=NOW)
    teacher.full_name, teacher.phone = "Khác Hẳn", None
    db.session.commit()

    rows = submission_for(world.officer, submission.uuid).rows
    assert [row["full_name"] for row in rows] == ["Lê Thị Đào", "Đầu Mối Một"]
    assert rows[0] == {
        "full_name": "Lê Thị Đào", "birth_date": None, "birth_year": 1959, "phone": "0905123456", "email": None,
        "staff_code": None, "class": None, "position": "Giáo viên Toán", "organisation": "",
        "personal_code": teacher.personal_code}
    assert (submission.row_count, submission.number, len(submission.sha256)) == (2, 1, 64)
    assert db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all() == ["list.asked", "list.submitted"]


def test_whoever_is_in_a_part_of_the_unit_stands_on_the_list_once(world):
    part = make_organisation("Tổ Toán", kind="team", parent=world.first)
    both = make_teacher(world.first, "Trần Văn Hai")
    make_member(both, part).is_claimed = True
    make_teacher(part, "Võ Thị Ba")
    make_teacher(world.second, "Người Trường Khác")

    rows = rows_of_unit(world.first.id, audience=None)

    assert [(row["full_name"], row["organisation"]) for row in rows] == [
        ("Võ Thị Ba", "Tổ Toán"), ("Trần Văn Hai", "Tổ Toán"), ("Đầu Mối Một", "")]


def test_whoever_has_not_said_yes_is_counted_and_not_named(world):
    make_teacher(world.first, "Lê Thị Đào", phone="0905123456", claimed=False)

    assert [row["full_name"] for row in rows_of_unit(world.first.id, audience=None)] == ["Đầu Mối Một"]
    assert [unanswered_in(unit.id) for unit in (world.first, world.second, world.ward)] == [1, 0, 1]


def test_the_audience_of_the_request_narrows_the_list(world):
    make_teacher(world.first, "Học Sinh Nhỏ", audience="hoc-sinh-sinh-vien")

    assert [row["full_name"] for row in rows_of_unit(world.first.id, audience="can-bo")] == ["Đầu Mối Một"]


def test_the_whole_way_of_a_list(world):
    one = hand_in(world.request, world.first.id, by=world.focal, now=NOW)
    assert state(world) == "submitted"
    return_list(one, reason="Thiếu giáo viên hợp đồng", by=world.officer, now=NOW)
    assert (state(world), unit_of(world.request.id, world.first.id).reason) == ("returned", "Thiếu giáo viên hợp đồng")
    make_teacher(world.first, "Người Hợp Đồng")
    two = hand_in(world.request, world.first.id, by=world.focal, now=NOW)
    receive_list(two, by=world.officer, now=NOW)
    receive_list(two, by=world.officer, now=NOW)
    assert state(world) == "received"
    withdraw_list(world.request, world.first.id, by=world.focal, now=NOW)
    assert state(world) == "waiting"
    three = hand_in(world.request, world.first.id, by=world.focal, now=NOW)

    unit = unit_to_hand_in(world.focal, world.request.uuid, world.first.uuid)
    assert [(told.kind, told.number) for told in history_of(unit)] == [
        ("submitted", 3), ("withdrawn", 2), ("received", 2), ("submitted", 2), ("returned", 1), ("submitted", 1), ("asked", None)]
    assert [submission_for(world.officer, uuid).row_count for uuid in (one.uuid, two.uuid, three.uuid)] == [1, 2, 2]
    assert [(name, row.uuid) for name, row in submissions_standing(world.request)] == [("Trường Tiểu học số 1", three.uuid)]


def test_what_was_decided_is_never_changed(world):
    submission = hand_in(world.request, world.first.id, by=world.focal, now=NOW)
    db.session.commit()
    for model in (Submission, ListRequestEvent):
        row = db.session.scalars(sa.select(model)).first()
        row.organisation_id = world.second.id
        with pytest.raises(RuntimeError, match="append-only"):
            db.session.flush()
        db.session.rollback()
    assert submission.organisation_id == world.first.id


def test_twice_is_refused(world):
    hand_in(world.request, world.first.id, by=world.focal, now=NOW)

    with refused("list.already_submitted"):
        hand_in(world.request, world.first.id, by=world.focal, now=NOW)


def test_another_list_than_the_one_looked_at_is_refused(world):
    seen = fingerprint(rows_of_unit(world.first.id, audience=None))
    make_teacher(world.first, "Vừa Mới Thêm")

    with refused("list.changed"):
        hand_in(world.request, world.first.id, seen=seen, by=world.focal, now=NOW)


def test_nobody_on_the_list_is_refused(world):
    request = make_request(world.ward, [world.first], audience="nguoi-lao-dong")

    with refused("list.empty"):
        hand_in(request, world.first.id, by=world.focal, now=NOW)


def test_the_last_day_counts_whole_and_the_day_after_is_late(world):
    import datetime as dt

    evening = dt.datetime(2026, 11, 30, 16, 59, tzinfo=dt.UTC)  # 23:59 in the ward
    with refused("list.closed"):
        hand_in(world.request, world.first.id, by=world.focal, now=evening + timedelta(minutes=1))

    hand_in(world.request, world.first.id, by=world.focal, now=evening)
    with refused("list.closed"):
        withdraw_list(world.request, world.first.id, by=world.focal, now=evening + timedelta(minutes=1))


def test_late_only_after_the_ward_opened_it_again_and_for_this_unit_alone(world):
    reopen(world.request, world.first.id, until=date(2026, 12, 15), by=world.officer, now=LATE)

    hand_in(world.request, world.first.id, by=world.focal, now=LATE)
    with refused("list.closed"):
        hand_in(world.request, world.second.id, by=world.other, now=LATE)
    with refused("list.due_past"):
        reopen(world.request, world.second.id, until=DUE, by=world.officer, now=LATE)


def test_returning_after_the_last_day_gives_a_new_one(world):
    submission = hand_in(world.request, world.first.id, by=world.focal, now=NOW)
    with refused("list.due_past"):
        return_list(submission, reason="Thiếu", by=world.officer, now=LATE)

    return_list(submission, reason="Thiếu", until=date(2026, 12, 14), by=world.officer, now=LATE)

    assert unit_of(world.request.id, world.first.id).may_submit(LATE)


def test_a_list_goes_back_only_with_a_reason(world):
    submission = hand_in(world.request, world.first.id, by=world.focal, now=NOW)

    with refused("list.reason_missing"):
        return_list(submission, reason=" \x00 ", by=world.officer, now=NOW)
    with refused("list.text_too_long"):
        return_list(submission, reason="a" * 501, by=world.officer, now=NOW)


def test_a_list_that_was_replaced_is_neither_received_nor_returned(world):
    old = hand_in(world.request, world.first.id, by=world.focal, now=NOW)
    withdraw_list(world.request, world.first.id, by=world.focal, now=NOW)
    hand_in(world.request, world.first.id, by=world.focal, now=NOW)

    with refused("list.replaced"):
        receive_list(old, by=world.officer, now=NOW)
    with refused("list.replaced"):
        return_list(old, reason="Thiếu", by=world.officer, now=NOW)


def test_nothing_to_take_back(world):
    with refused("list.nothing_submitted"):
        withdraw_list(world.request, world.first.id, by=world.focal, now=NOW)


@pytest.mark.parametrize(("values", "code"), [
    ({"title": " "}, "list.title_missing"), ({"title": "a" * 201}, "list.text_too_long"),
    ({"meant": "a" * 501}, "list.text_too_long"), ({"due": date(2026, 11, 20)}, "list.due_past"),
])
def test_a_request_that_cannot_be_asked(world, values, code):
    with refused(code):
        make_request(world.ward, [world.first], by=world.officer, **values)


def test_a_request_to_nobody(world):
    with refused("list.nobody_asked"):
        make_request(world.ward, [], by=world.officer)


def test_who_may_do_what_where(world):
    submission = hand_in(world.request, world.first.id, by=world.focal, now=NOW)
    stranger = make_organisation("Phường Khác")
    _person, other_officer = make_staffed("officer", stranger)

    for attempt in (
        lambda: make_request(world.ward, [world.first], by=world.focal),
        lambda: make_request(world.ward, [stranger], by=world.officer),
        lambda: make_request(world.ward, [world.first], by=other_officer),
        lambda: hand_in(world.request, world.second.id, by=world.focal, now=NOW),
        lambda: withdraw_list(world.request, world.first.id, by=world.other, now=NOW),
        lambda: receive_list(submission, by=world.focal, now=NOW),
        lambda: return_list(submission, reason="x", by=other_officer, now=NOW),
        lambda: reopen(world.request, world.first.id, until=DUE, by=world.focal, now=NOW),
        lambda: remind_units(world.request, subject="s", text="t", by=other_officer, now=NOW),
    ):
        with refused("list.not_yours"):
            attempt()
    with refused("list.not_asked"):
        hand_in(world.request, world.ward.id, by=world.officer, now=NOW)


def test_lists_are_seen_by_their_unit_and_by_whoever_asked_and_nobody_else(world):
    submission = hand_in(world.request, world.first.id, by=world.focal, now=NOW)
    _person, other_officer = make_staffed("officer", make_organisation("Phường Khác"))

    assert [bool(submission_for(actor, submission.uuid)) for actor in (world.focal, world.officer, world.other, other_officer)] \
        == [True, True, False, False]
    assert [unit.name for unit in units_to_hand_in(world.focal)] == ["Trường Tiểu học số 1"]
    assert unit_to_hand_in(world.focal, world.request.uuid, world.second.uuid) is None
    assert requests_asked_by(world.focal) == requests_asked_by(other_officer) == []
    assert request_asked_by(other_officer, world.request.uuid) is None
    overview, = requests_asked_by(world.officer)
    assert (overview.sent, overview.asked, overview.counts) == (
        1, 2, {"waiting": 1, "submitted": 1, "received": 0, "returned": 0})


def test_reminding_reaches_who_has_not_sent_once_a_day(world):
    hand_in(world.request, world.first.id, by=world.focal, now=NOW)

    def reminded(now):
        units = remind_units(world.request, subject="s", text="t", by=world.officer, now=now)
        return [unit.name for unit in units]

    assert reminded(NOW) == ["Trường Tiểu học số 2"]
    assert reminded(NOW + timedelta(hours=2)) == []
    assert reminded(NOW + timedelta(days=1)) == ["Trường Tiểu học số 2"]
    assert [(unit.name, unit.reminders) for unit in units_of([world.request.id])] == [
        ("Trường Tiểu học số 1", 0), ("Trường Tiểu học số 2", 2)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 1


def test_a_request_to_many_units_costs_as_many_statements_as_to_one(world):
    _ward, schools = make_schools(30)
    big = make_request(_ward, schools)
    small, big = world.request.id, big.id

    with counted() as one:
        units_of([small])
    with counted() as many:
        assert len(units_of([big])) == 30
    assert len(one) == len(many) == 1
