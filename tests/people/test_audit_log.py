"""The audit log: who reads what, how it is narrowed and taken away, that every action has a name and no line changes."""

import io
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from lms.core import audit, clock
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.people.queries.audit_log import Filter, audit_lines_for
from lms.web.phrases import ERRORS
from lms.web.phrases.audit_log import ACTION_NAMES, NOUNS, action_name, detail_words
from tests.factories import NOW, make_actor, make_organisation
from tests.people.factories import make_learner, make_staff, make_ward
from tests.people.recorded_actions import recorded_actions
from tests.statements import counted
from tests.test_migrations import bare

__all__ = ["bare"]
# Words of this shape that stand beside a call of the log and name something else.
OTHERS = {"column.dropped", "lms.attempt", "person.similar", "person.unmatched", "response.stale", "results.check",
          "results.commit", "roster.absent", "roster.check", "roster.commit"}


@pytest.fixture
def scene(app):
    """(ward, tổ 1, tổ 2, officer of tổ 1 (person), a learner in tổ 1)"""
    ward, to_1, to_2 = make_ward()
    return ward, to_1, to_2, make_staff("officer", to_1, "Nguyễn Thị Thu Hà"), make_learner(to_1, "Lê Thị Mai")


def note(action, organisation=None, *, now=NOW, actor=None, **more):
    audit.record(action, now=now, actor_id=actor.id if actor else None,
                 organisation_id=organisation.id if organisation else None, **more)
    db.session.flush()


def actions(actor, **wanted):
    return [line.action for line in audit_lines_for(actor, Filter(**wanted)).lines]


def test_every_action_that_is_recorded_has_a_name():
    found = {text: file for text, file in recorded_actions().items() if text not in ERRORS and text not in OTHERS}
    nameless = {text: file for text, file in found.items() if text not in ACTION_NAMES and not text.endswith(".*")}
    verbless = {text: file for text, file in found.items() if text.endswith(".*") and not any(
        code.startswith(text[:-1]) for code in ACTION_NAMES)}

    assert (nameless, verbless) == ({}, {}), "name it in lms/web/phrases/audit_log.py"
    assert {code.partition(".")[0] for code in ACTION_NAMES} <= NOUNS.keys()
    assert len(found) > 50


@pytest.mark.heavy
def test_everything_the_world_recorded_has_a_name(app):
    from tests.world import build_world

    build_world()
    db.session.flush()

    recorded = set(db.session.scalars(sa.select(AuditEvent.action).distinct()))
    assert recorded - ACTION_NAMES.keys() == set()


def test_an_officer_reads_of_their_own_organisations_only(scene):
    ward, to_1, to_2, officer, mai = scene
    child = make_organisation("Tổ Toán", parent=to_1)
    for place in (ward, to_1, to_2, child, None):
        note("membership.begun" if place else "setting.changed", place, subject=f"person:{mai.uuid}")
    far = make_actor(make_staff("officer", make_organisation("Phường khác")))
    admin = make_actor(make_staff("admin", ward))

    lines = audit_lines_for(make_actor(officer), Filter()).lines
    assert [(line.organisation, line.subject) for line in lines] == [
        ("Tổ Toán", ("person", "Lê Thị Mai")), ("Tổ dân phố 1", ("person", "Lê Thị Mai"))]
    assert actions(far) == []
    assert len(actions(admin)) == 5


def test_a_name_outside_ones_sight_is_not_told(scene):
    _ward, to_1, to_2, officer, _mai = scene
    hidden = make_learner(to_2, "Người Ở Nơi Khác")
    note("person.merged", to_1, subject=f"person:{hidden.uuid}")

    assert audit_lines_for(make_actor(officer), Filter()).lines[0].subject == ("person", None)


def test_the_log_is_narrowed_by_who_what_where_and_when(scene):
    ward, to_1, _to_2, officer, mai = scene
    reader = make_actor(make_staff("officer", ward, "Trần Văn Đọc"))
    note("role.granted", to_1, actor=officer, now=NOW - timedelta(days=2))
    note("role.ended", to_1, actor=mai, now=NOW)
    note("organisation.renamed", ward, actor=officer, now=NOW)
    day = clock.local_date(NOW)

    assert actions(reader, who="thu ha") == ["organisation.renamed", "role.granted"]
    assert actions(reader, what="role") == ["role.ended", "role.granted"]
    assert actions(reader, what="role.ended") == ["role.ended"]
    assert actions(reader, unit=to_1.uuid) == ["role.ended", "role.granted"]
    assert actions(reader, first=day) == ["organisation.renamed", "role.ended"]
    assert actions(reader, last=day - timedelta(days=2)) == ["role.granted"]
    assert actions(reader, what="rol%") == []


@pytest.mark.parametrize("many", [1, 120])
def test_a_page_of_the_log_costs_the_same(scene, many):
    _ward, to_1, _to_2, officer, mai = scene
    for number in range(many):
        note("membership.begun", to_1, actor=officer, subject=f"person:{mai.uuid}" if number % 2 else f"organisation:{to_1.key}")
    actor = make_actor(officer)

    with counted() as sent:
        page = audit_lines_for(actor, Filter())

    assert (page.total, len(page.lines)) == (many, min(many, 50))
    assert len(sent) <= 6


def test_reading_and_exporting_leave_lines(client, scene):
    _ward, to_1, _to_2, officer, mai = scene
    note("role.granted", to_1, actor=mai, reason="=HYPERLINK(1)", role="mentor")
    db.session.commit()
    client.sign_in(officer)

    page = client.get("/dia-ban/nhat-ky?viec=role").get_data(as_text=True)
    book = client.get("/dia-ban/nhat-ky.xlsx?viec=role")
    text = client.get("/dia-ban/nhat-ky.csv?viec=role").get_data().decode("utf-8-sig")

    assert "Trao vai trò" in page
    assert "lý do: =HYPERLINK(1)" in page
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[3] for row in rows] == ["Việc", "Trao vai trò"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert "Trao vai trò" in text
    own = list(db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action.startswith("audit_log")).order_by(AuditEvent.id)))
    assert [(one.action, one.actor_id, one.detail) for one in own] == [
        ("audit_log.read", officer.id, {"narrowed_by": ["viec"]}), ("audit_log.exported", officer.id, {"narrowed_by": ["viec"]}),
        ("audit_log.exported", officer.id, {"narrowed_by": ["viec"]})]


@pytest.mark.parametrize("role", ["mentor", "focal_point", "assessor"])
def test_35_nobody_below_the_officer_opens_the_log(client, scene, role):
    _ward, to_1, _to_2, _officer, _mai = scene
    client.sign_in(make_staff(role, to_1))

    assert [client.get(path).status_code for path in ("/dia-ban/nhat-ky", "/dia-ban/nhat-ky.csv")] == [403, 403]


@pytest.mark.parametrize("odd", ["\x00", "9" * 40, "2026-13-45", "0001-01-01", "9999-12-31", "\u202eabc", "x" * 5000, "%", "-1"])
def test_odd_filters_narrow_or_are_left_out(client, scene, odd):
    client.sign_in(scene[3])

    answer = client.get("/dia-ban/nhat-ky", query_string=dict.fromkeys(("ai", "viec", "don-vi", "tu", "den", "trang"), odd))

    assert answer.status_code == 200


def test_names_are_shown_and_unknown_ones_do_not_break_the_page():
    assert action_name("something.new") == "something.new"
    assert detail_words({"reason": "Nghỉ", "role": "focal_point", "deputy": True, "hash": "x"}) == (
        "lý do: Nghỉ; vai trò: Cán bộ đầu mối; làm phó")
    assert len(detail_words({"reason": "x" * 1000})) < 200


def test_lines_are_not_changed_even_by_the_database(bare):
    upgrade()
    note("setting.changed")
    db.session.commit()

    for statement in ("UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            db.session.execute(sa.text(statement))
        db.session.rollback()
    assert db.session.scalars(sa.select(AuditEvent.action)).all() == ["setting.changed"]
