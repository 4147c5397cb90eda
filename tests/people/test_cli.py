"""Commands: the first administrator, roles, one-time sign-in, the tree."""

import json

import pytest
import sqlalchemy as sa

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.people.models import Person
from lms.people.queries.organisations import organisation_keys_of
from lms.people.queries.persons import roles_of
from tests.factories import make_person
from tests.people.factories import make_account, make_staff, make_ward


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def call(*arguments):
        return runner.invoke(args=list(arguments))

    return call


def test_first_administrator_from_nothing_to_a_sign_in(run, client):
    assert run("org", "create", "ben-thu", "--name", "Phường Bến Thu", "--kind", "ward").exit_code == 0
    made = json.loads(run("user", "create", "--name", "Trần Văn Quản", "--phone", "0900 000 001", "--json").stdout)
    assert run("user", "grant", made["personal_code"], "admin", "--org", "ben-thu").exit_code == 0
    reset = json.loads(run("user", "reset", "0900000001", "--json").stdout)

    person = db.session.scalars(sa.select(Person)).one()
    assert organisation_keys_of(person.id) == ["ben-thu"]
    assert [held.role for held in roles_of(person.id)] == ["admin"]
    assert reset["address"] == f"https://hocso.benthu.example/p/{reset['code']}"
    assert client.get(f"/p/{reset['code']}").status_code == 200


def test_personal_code_names_one_person_among_people_without_phone(run):
    make_person()
    code = make_person("Đoàn Văn Giàu", personal_code="BT-7K3-29P").personal_code
    db.session.commit()

    assert run("user", "reset", code, "--json").exit_code == 0


def test_commands_are_logged_with_the_system_user(run):
    run("org", "create", "ben-thu", "--name", "Phường Bến Thu", "--kind", "ward")

    line = db.session.scalars(sa.select(AuditEvent)).one()

    assert line.actor_id is None
    assert line.operator.startswith("cli:")


def test_org_list_puts_parents_first(run):
    make_ward()
    db.session.commit()

    listed = json.loads(run("org", "list", "--json").stdout)

    assert [(one["key"], one["parent"]) for one in listed["organisations"]] == [
        ("ben-thu", None), ("to-1", "ben-thu"), ("to-2", "ben-thu")]
    assert "Tổ dân phố 1" in run("org", "list").stdout


@pytest.mark.parametrize(("arguments", "code"), [
    (("user", "create", "--name", "Hoa 😀"), 1),
    (("user", "create", "--name", "Hoa", "--phone", "123"), 1),
    (("user", "create", "--name", "Hoa", "--org", "khong-co"), 1),
    (("user", "grant", "BT-222-222", "admin", "--org", "ben-thu"), 1),
    (("user", "grant", "x", "king", "--org", "ben-thu"), 2),
    (("user", "reset"), 2),
    (("org", "create", "Bến Thu", "--name", "x", "--kind", "ward"), 1),
    (("org", "create", "x1", "--name", "x", "--kind", "planet"), 2),
    (("org", "create", "x1", "--name", "x", "--kind", "ward", "--parent", "khong-co"), 1),
])
def test_refused_input_changes_nothing(run, arguments, code):
    result = run(*arguments)

    assert result.exit_code == code
    assert result.stderr
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 0


def test_a_shared_phone_is_ambiguous(run):
    make_account()
    make_account("Lê Quang Minh", secret="730264")
    db.session.commit()

    result = run("user", "reset", "0900000001")

    assert result.exit_code == 1
    assert "Nhiều người dùng chung số này." in result.stderr


def test_acting_as_somebody_uses_their_rights(run):
    _ward, to_1, _to_2 = make_ward()
    focal = make_staff("focal_point", to_1, phone="0900000007")
    person = make_person(phone="0900000008")
    db.session.commit()

    allowed = run("user", "grant", "0900000008", "mentor", "--org", "to-1", "--as", "0900000007")
    refused = run("user", "grant", "0900000008", "officer", "--org", "to-1", "--as", "0900000007")
    added = run("user", "create", "--name", "Bà Năm", "--org", "to-2", "--as", "0900000007")

    assert (allowed.exit_code, refused.exit_code, added.exit_code) == (0, 1, 1)
    assert "acting as Trần Văn Cán" in allowed.stderr
    line = db.session.scalars(sa.select(AuditEvent)).one()
    assert (line.actor_id, line.action, line.subject) == (focal.id, "role.granted", f"person:{person.uuid}")
    assert line.operator.startswith("cli:")


def test_database_that_is_away_is_exit_code_three(run, app):
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE organisation RENAME TO organisation_away"))
    try:
        result = run("org", "list")
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE organisation_away RENAME TO organisation"))

    assert result.exit_code == 3
    assert "lms doctor" in result.stderr
