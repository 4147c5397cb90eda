"""`lms org`: the tree and its changes from the command line, with exit codes and nothing half done."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.core import clock
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.people.models import Membership, Organisation, OrganisationPeriod, OrganisationSuccession
from lms.people.queries.organisations import children_of, name_of
from tests.factories import make_member, make_organisation, make_person
from tests.people.factories import make_learner, make_staff


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=["org", *arguments])


@pytest.fixture
def tree(app):
    made = {"tinh": make_organisation("Tỉnh", key="tinh", kind="province")}
    for key, parent in (("an-hai", "tinh"), ("ben-thu", "tinh"), ("to-1", "an-hai"), ("to-2", "an-hai")):
        made[key] = make_organisation(f"Đơn vị {key}", key=key, kind="village", parent=made[parent])
    db.session.commit()
    return made


def listed(run):
    return [(one["key"], one["parent"]) for one in json.loads(run("list", "--json").stdout)["organisations"]]


def living(key):
    one = db.session.scalars(sa.select(Organisation).where(Organisation.key == key)).one()
    return one, {child.key for child in children_of(one.id)}


def test_create_with_a_day_and_a_decision(run, tree):
    assert run("create", "to-3", "--name", "Tổ 3", "--kind", "village", "--parent", "an-hai", "--on", "1/7/2026",
               "--decision", "15/QĐ").exit_code == 0

    period = db.session.scalars(sa.select(OrganisationPeriod).where(OrganisationPeriod.name == "Tổ 3")).one()
    assert (period.valid_from.isoformat(), period.decision) == ("2026-07-01", "15/QĐ")
    assert ("to-3", "an-hai") in listed(run)


def test_rename_keeps_the_old_name(run, tree):
    assert run("rename", "to-1", "--name", "Tổ  Hòa Bình", "--on", "2026-07-01").exit_code == 0

    today = clock.local_date(clock.now())
    assert name_of(tree["to-1"].id, today) == "Tổ Hòa Bình"
    assert name_of(tree["to-1"].id, today.replace(year=2026, month=6, day=30)) == "Đơn vị to-1"


def test_move_and_end(run, tree):
    assert run("move", "to-1", "--parent", "ben-thu").exit_code == 0
    assert ("to-1", "ben-thu") in listed(run)
    make_learner(tree["to-2"])
    db.session.commit()
    assert run("end", "to-2").stdout == "to-2: ended, 1 people went up\n"
    assert [key for key, _ in listed(run)] == ["tinh", "an-hai", "ben-thu", "to-1"]


def test_merge_into_a_new_one(run, tree):
    make_learner(tree["an-hai"])
    db.session.commit()

    result = run("merge", "an-hai", "ben-thu", "--into", "song-thu", "--name", "Phường Sông Thu", "--kind", "ward",
                 "--on", "2026-07-01", "--decision", "12/NQ", "--json")

    assert json.loads(result.stdout) == {"people": 1, "roles": 0, "children": 2}
    assert living("song-thu")[1] == {"to-1", "to-2"}
    assert living("tinh")[1] == {"song-thu"}


def test_merge_into_an_old_one(run, tree):
    assert run("merge", "an-hai", "--into", "ben-thu").exit_code == 0

    assert living("ben-thu")[1] == {"to-1", "to-2"}


def test_split_with_a_file(run, tree, tmp_path):
    an, ba = make_person("An", personal_code="BT-7K3-29P"), make_person("Ba", phone="0900000005")
    for person in (an, ba):
        make_member(person, tree["an-hai"])
    db.session.commit()
    (tmp_path / "ai.csv").write_text("﻿BT-7K3-29P,an-hai-2\n\n", encoding="utf-8")

    result = run("split", "an-hai", "--into", "an-hai-1=An Hải Một", "--into", "an-hai-2=An Hải Hai", "--below", "to-2=an-hai-2",
                 "--people", str(tmp_path / "ai.csv"), "--on", "2026-10-01")

    assert (result.exit_code, result.stdout) == (
        0, "an-hai > an-hai-1, an-hai-2: 2 people, 0 roles, 2 organisations below\n")
    assert (living("an-hai-1")[1], living("an-hai-2")[1]) == ({"to-1"}, {"to-2"})
    assert dict(map(tuple, db.session.execute(
        sa.select(Membership.person_id, Organisation.key).join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.left_on.is_(None))))) == {an.id: "an-hai-2", ba.id: "an-hai-1"}


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (("create", "to-3", "--name", "Đơn vị to-1", "--kind", "village", "--parent", "an-hai"), 1, "organisation.name_taken"),
    (("create", "to-3", "--name", "Tổ 3", "--kind", "village", "--on", "hôm qua"), 2, "is no day"),
    (("rename", "khong-co", "--name", "X"), 1, "organisation.unknown"),
    (("rename", "to-1"), 2, "--name"),
    (("rename", "to-1", "--name", "X", "--on", "1900-01-01"), 1, "organisation.day_wrong"),
    (("move", "an-hai", "--parent", "to-1"), 1, "organisation.own_descendant"),
    (("end", "an-hai"), 1, "organisation.has_children"),
    (("end", "tinh"), 1, "organisation.has_children"),
    (("merge", "an-hai", "--into", "khong-co"), 1, "organisation.unknown"),
    (("merge", "an-hai", "--into", "moi", "--name", "Mới", "--kind", "planet"), 2, "planet"),
    (("merge", "an-hai", "to-1", "--into", "moi", "--name", "Mới", "--kind", "ward"), 1, "organisation.own_descendant"),
    (("merge", "--into", "ben-thu"), 2, "KEY"),
    (("split", "an-hai", "--into", "moi=Mới"), 1, "organisation.parts_missing"),
    (("split", "an-hai", "--into", "moi=Mới", "--into", "moi-2=Mới 2", "--below", "to-1=khac"), 1, "organisation.part_unknown"),
    (("split", "an-hai", "--into", "moi=Mới", "--into", "moi-2=Mới 2", "--below", "ben-thu=moi"), 1, "organisation.part_unknown"),
])
def test_refused_input_changes_nothing(run, tree, arguments, code, said):
    before = listed(run)

    result = run(*arguments)

    assert result.exit_code == code
    assert said in result.stderr
    assert listed(run) == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OrganisationSuccession)) == 0


@pytest.mark.parametrize(("content", "said"), [(b"\xff\xfe\x00", "no CSV"), (b"only-one\n", "two columns")])
def test_a_file_that_is_no_list_is_wrong_usage(run, tree, tmp_path, content, said):
    (tmp_path / "ai.csv").write_bytes(content)

    result = run("split", "an-hai", "--into", "moi=Mới", "--into", "moi-2=Mới 2", "--people", str(tmp_path / "ai.csv"))

    assert result.exit_code == 2
    assert said in result.stderr
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 0


def test_a_day_to_come_is_refused(run, tree):
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)

    result = run("rename", "to-1", "--name", "X", "--on", tomorrow.isoformat())

    assert result.exit_code == 1
    assert "organisation.day_ahead" in result.stderr


def test_acting_as_somebody_uses_their_rights_and_says_so(run, tree):
    officer = make_staff("officer", tree["an-hai"], phone="0900000007")
    db.session.commit()

    refused = run("rename", "an-hai", "--name", "Của tôi", "--as", "0900000007")
    allowed = run("rename", "to-1", "--name", "Tổ Một", "--as", "0900000007")
    added = run("create", "to-3", "--name", "Tổ 3", "--kind", "village", "--parent", "ben-thu", "--as", "0900000007")

    assert (refused.exit_code, allowed.exit_code, added.exit_code) == (1, 0, 1)
    assert "organisation.not_yours" in refused.stderr
    line = db.session.scalars(sa.select(AuditEvent)).one()
    assert (line.action, line.actor_id, line.operator[:4]) == ("organisation.renamed", officer.id, "cli:")
