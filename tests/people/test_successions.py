"""Organisations are merged, split and ended: who and what goes over, who may decide it, and that today's tree stays true."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import (
    Membership,
    Organisation,
    OrganisationClosure,
    OrganisationPeriod,
    OrganisationSuccession,
    RoleGrant,
)
from lms.people.queries.organisations import name_of, organisation_for, organisation_keys_of, periods_of
from lms.people.services import organisations as services
from lms.people.services.successions import Division, Done, merge_organisations, split_organisation
from tests.factories import make_member, make_person, make_role, make_sign_in
from tests.people.factories import make_actor

NOW, JULY = datetime(2026, 7, 1, 3, tzinfo=UTC), date(2026, 7, 1)
BEFORE = datetime(2025, 8, 1, 3, tzinfo=UTC)
TREE = (("tinh", None), ("a", "tinh"), ("b", "tinh"), ("a-1", "a"), ("a-2", "a"), ("b-1", "b"), ("moi", "tinh"))


@pytest.fixture
def tree(app):
    return make_tree()


def make_tree():
    made = {}
    for key, parent in TREE:
        made[key] = services.create_organisation(
            key=f"dv-{key}", name=f"Đơn vị {key}", kind="ward", parent=made.get(parent), now=BEFORE, valid_from=date(2025, 7, 1))
    return made


def holder(role, organisation, name="Trần Văn Cán"):
    person = make_person(name)
    make_role(person, role, organisation, now=BEFORE)
    return person


def live_members(organisation):
    return set(db.session.scalars(sa.select(Membership.person_id).where(
        Membership.organisation_id == organisation.id, Membership.left_on.is_(None))))


def live_roles(organisation):
    return set(map(tuple, db.session.execute(sa.select(RoleGrant.person_id, RoleGrant.role).where(
        RoleGrant.organisation_id == organisation.id, RoleGrant.ended_at.is_(None)))))


def closure():
    above, below = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    rows = db.session.execute(
        sa.select(above.key, below.key, OrganisationClosure.depth)
        .join(above, above.id == OrganisationClosure.ancestor_id)
        .join(below, below.id == OrganisationClosure.descendant_id))
    return {tuple(row) for row in rows}


def true_closure():
    """The flat tree computed from periods and successions, organisation by organisation."""
    keys = dict(db.session.execute(sa.select(Organisation.id, Organisation.key)).all())
    into = dict(db.session.execute(sa.select(OrganisationSuccession.from_id, OrganisationSuccession.to_id)
                                   .where(OrganisationSuccession.kind == "merge")).all())
    above = {one: into.get(one) or periods_of(one)[-1].parent_id for one in keys}
    found = set()
    for one in keys:
        here, depth = one, 0
        while here:
            found.add((keys[here], keys[one], depth))
            here, depth = above[here], depth + 1
    return found


def test_merge_moves_people_roles_and_what_stood_below(tree):
    an, ba, cu = (make_person(name) for name in ("An", "Ba", "Cù"))
    place = make_member(an, tree["a"], on=date(2025, 9, 1))
    place.position, place.staff_code, place.school_class, place.is_claimed = "Giáo viên", "GV01", "6A", True
    make_member(ba, tree["a"], on=date(2025, 9, 1))
    make_member(ba, tree["moi"], on=date(2026, 1, 1))
    make_member(cu, tree["a-1"], on=date(2025, 9, 1))
    focal = holder("focal_point", tree["a"])
    deputy = make_role(cu, "mentor", tree["a"], now=BEFORE)
    deputy.is_deputy, deputy.holds_until = True, NOW + timedelta(days=30)
    token = make_sign_in(focal, now=NOW)

    done = merge_organisations([tree["a"], tree["b"]], tree["moi"], on=JULY, now=NOW, decision="15/QĐ")

    assert done == Done(people=2, roles=2, children=3)
    assert (live_members(tree["a"]), live_members(tree["moi"]), live_members(tree["a-1"])) == (set(), {an.id, ba.id}, {cu.id})
    moved = db.session.scalars(sa.select(Membership).where(Membership.person_id == an.id, Membership.left_on.is_(None))).one()
    assert (moved.position, moved.staff_code, moved.school_class, moved.is_claimed, moved.joined_on) == (
        "Giáo viên", "GV01", "6A", True, JULY)
    assert (place.left_on, place.left_reason) == (JULY, "15/QĐ")
    assert (live_roles(tree["a"]), live_roles(tree["moi"])) == (set(), {(focal.id, "focal_point"), (cu.id, "mentor")})
    carried = db.session.scalars(sa.select(RoleGrant).where(
        RoleGrant.person_id == cu.id, RoleGrant.ended_at.is_(None))).one()
    assert (carried.is_deputy, carried.holds_until, carried.reason) == (True, NOW + timedelta(days=30), "15/QĐ")
    assert make_actor(focal, now=NOW).token != token
    assert organisation_keys_of(cu.id) == ["dv-a-1", "dv-moi", "dv-tinh"]
    assert name_of(tree["a"].id, JULY - timedelta(days=1)) == "Đơn vị a"
    assert closure() == true_closure()


def test_records_of_the_merged_are_seen_by_who_answers_for_the_successor(tree):
    officer = make_actor(holder("officer", tree["moi"]))
    assert organisation_for(officer, tree["a"].uuid, "officer") is None

    merge_organisations([tree["a"]], tree["moi"], on=JULY, now=NOW)

    assert organisation_for(officer, tree["a"].uuid, "officer", or_ended=True) is tree["a"]
    assert organisation_for(officer, tree["a"].uuid, "officer") is None  # nobody is added to what is no more
    assert organisation_for(officer, tree["a-1"].uuid, "officer") is tree["a-1"]
    assert organisation_for(officer, tree["b"].uuid, "officer") is None


def test_merge_into_one_of_them(tree):
    an = make_person("An")
    make_member(an, tree["b"])

    merge_organisations([tree["b"]], tree["a"], on=JULY, now=NOW)

    assert live_members(tree["a"]) == {an.id}
    assert organisation_keys_of(an.id) == ["dv-a", "dv-tinh"]


def test_a_merge_entered_later_keeps_what_happened_since(tree):
    new, an = make_person("Người Đến Sau"), make_person("An")
    services.rename_organisation(tree["a-1"], "Tên mới", on=date(2026, 8, 1), now=NOW + timedelta(days=60))
    make_member(new, tree["a"], on=date(2026, 8, 15))
    make_member(an, tree["a"], on=date(2026, 1, 1))

    merge_organisations([tree["a"]], tree["moi"], on=JULY, now=NOW + timedelta(days=60))

    assert [(p.name, p.parent_id == tree["moi"].id, p.valid_from) for p in periods_of(tree["a-1"].id)] == [
        ("Đơn vị a-1", False, date(2025, 7, 1)), ("Đơn vị a-1", True, JULY), ("Tên mới", True, date(2026, 8, 1))]
    rows = db.session.execute(sa.select(Membership.person_id, Membership.organisation_id, Membership.joined_on, Membership.left_on)
                              .order_by(Membership.id)).all()
    assert set(rows) == {
        (new.id, tree["a"].id, date(2026, 8, 15), date(2026, 8, 15)), (new.id, tree["moi"].id, date(2026, 8, 15), None),
        (an.id, tree["a"].id, date(2026, 1, 1), JULY), (an.id, tree["moi"].id, JULY, None)}
    assert closure() == true_closure()


def test_split_sends_everybody_somewhere(tree):
    an, ba, focal = make_person("An"), make_person("Ba"), holder("focal_point", tree["a"])
    for one in (an, ba):
        make_member(one, tree["a"])
    parts = tuple(services.create_organisation(key=key, name=key, kind="ward", parent=tree["tinh"], valid_from=JULY, now=NOW)
                  for key in ("phan-1", "phan-2"))

    done = split_organisation(tree["a"], Division(
        parts, people={ba.id: parts[1], focal.id: parts[1]}, children={tree["a-2"].id: parts[1]}), on=JULY, now=NOW)

    assert done == Done(people=2, roles=1, children=2)
    assert [live_members(one) for one in (tree["a"], *parts)] == [set(), {an.id}, {ba.id}]
    assert [live_roles(one) for one in (tree["a"], *parts)] == [set(), set(), {(focal.id, "focal_point")}]
    assert [periods_of(tree[key].id)[-1].parent_id for key in ("a-1", "a-2")] == [parts[0].id, parts[1].id]
    assert periods_of(tree["a"].id)[-1].valid_to == JULY
    assert closure() == true_closure()


def test_split_may_leave_the_old_one_alive(tree):
    an, ba = make_person("An"), make_person("Ba")
    for one in (an, ba):
        make_member(one, tree["a"])

    split_organisation(tree["a"], Division((tree["a"], tree["b"]), people={ba.id: tree["b"]}), on=JULY, now=NOW)

    assert (live_members(tree["a"]), live_members(tree["b"])) == ({an.id}, {ba.id})
    assert periods_of(tree["a"].id)[-1].valid_to is None
    assert [(s.from_id, s.to_id, s.kind) for s in OrganisationSuccession.query] == [(tree["a"].id, tree["b"].id, "split")]


def test_end_sends_up_only_those_who_belong_nowhere_else(tree):
    an, ba, focal = make_person("An"), make_person("Ba"), holder("focal_point", tree["a-1"])
    for person, key in ((an, "a-1"), (ba, "a-1"), (ba, "b-1")):
        make_member(person, tree[key])

    went_up = services.end_organisation(tree["a-1"], on=JULY, now=NOW, decision="3/QĐ")

    assert went_up == 1
    assert [organisation_keys_of(one.id)[0] for one in (an, ba)] == ["dv-a", "dv-b-1"]
    assert live_roles(tree["a-1"]) == set()
    assert db.session.scalars(sa.select(RoleGrant.reason).where(RoleGrant.person_id == focal.id)).one() == "3/QĐ"
    assert closure() == true_closure()


@pytest.mark.parametrize(("act", "code"), [
    (lambda t: merge_organisations([], t["b"], on=JULY, now=NOW), "organisation.nothing_to_merge"),
    (lambda t: merge_organisations([t["a"]], t["a"], on=JULY, now=NOW), "organisation.own_descendant"),
    (lambda t: merge_organisations([t["a"]], t["a-1"], on=JULY, now=NOW), "organisation.own_descendant"),
    (lambda t: merge_organisations([t["a"], t["a-1"]], t["b"], on=JULY, now=NOW), "organisation.own_descendant"),
    (lambda t: merge_organisations([t["a"]], t["b"], on=date(2026, 7, 2), now=NOW), "organisation.day_ahead"),
    (lambda t: merge_organisations([t["a"]], t["b"], on=date(2025, 7, 1), now=NOW), "organisation.day_wrong"),
    (lambda t: merge_organisations([t["a"]], t["b"], on=date(2025, 6, 1), now=NOW), "organisation.day_wrong"),
    (lambda t: services.rename_organisation(t["a"], "Mai", on=date(2026, 7, 2), now=NOW), "organisation.day_ahead"),
    (lambda t: services.rename_organisation(t["a"], "Mai", kind="planet", on=JULY, now=NOW), "organisation.kind_unknown"),
    (lambda t: services.move_organisation(t["a"], t["b"], on=date(2026, 7, 2), now=NOW), "organisation.day_ahead"),
    (lambda t: services.end_organisation(t["a"], on=JULY, now=NOW), "organisation.has_children"),
    (lambda t: services.end_organisation(t["moi"], on=date(2026, 7, 2), now=NOW), "organisation.day_ahead"),
    (lambda t: split_organisation(t["a"], Division((t["b"],)), on=JULY, now=NOW), "organisation.parts_missing"),
    (lambda t: split_organisation(t["a"], Division((t["b"], t["b"])), on=JULY, now=NOW), "organisation.parts_missing"),
    (lambda t: split_organisation(t["a"], Division((t["b"], t["a-1"])), on=JULY, now=NOW), "organisation.own_descendant"),
    (lambda t: split_organisation(t["tinh"], Division((t["a"], t["b"])), on=JULY, now=NOW), "organisation.is_root"),
    (lambda t: split_organisation(t["a"], Division((t["b"], t["moi"]), people={999: t["b"]}), on=JULY, now=NOW),
     "organisation.part_unknown"),
    (lambda t: split_organisation(t["a"], Division((t["b"], t["moi"]), children={t["a-1"].id: t["a"]}), on=JULY, now=NOW),
     "organisation.parts_missing"),
    (lambda t: services.create_organisation(key="x1", name="ĐƠN VỊ A-1", kind="ward", parent=t["a"], now=NOW),
     "organisation.name_taken"),
    (lambda t: services.create_organisation(key="x1", name="Sớm", kind="ward", parent=t["a"], valid_from=date(2020, 1, 1), now=NOW),
     "organisation.day_wrong"),
    (lambda t: services.create_organisation(key="x1", name="Mai", kind="ward", parent=t["a"], valid_from=date(2026, 7, 2), now=NOW),
     "organisation.day_ahead"),
])
def test_refusals_change_nothing(tree, act, code):
    before, lines = closure(), AuditEvent.query.count()

    with pytest.raises(DomainError, match=code):
        act(tree)

    assert closure() == before
    assert AuditEvent.query.count() == lines


def test_the_only_root_is_not_ended_and_what_has_ended_stays_ended(tree):
    top = services.create_organisation(key="le-loi", name="Đứng riêng", kind="club", now=BEFORE)
    with pytest.raises(DomainError, match="organisation.is_root"):
        services.end_organisation(top, on=JULY, now=NOW)
    services.end_organisation(tree["moi"], on=JULY, now=NOW)

    for act in (lambda: services.rename_organisation(tree["moi"], "X", on=JULY, now=NOW),
                lambda: services.move_organisation(tree["moi"], tree["a"], on=JULY, now=NOW),
                lambda: services.move_organisation(tree["a"], tree["moi"], on=JULY, now=NOW),
                lambda: services.end_organisation(tree["moi"], on=JULY, now=NOW),
                lambda: merge_organisations([tree["a"]], tree["moi"], on=JULY, now=NOW),
                lambda: services.create_organisation(key="x1", name="X", kind="club", parent=tree["moi"], now=NOW)):
        with pytest.raises(DomainError, match="organisation.ended"):
            act()


def acts(tree, by):
    """Everything that may be decided about `a` and `b`, by name."""
    how = {"on": JULY, "now": NOW, "by": by}
    return {
        "create": lambda: services.create_organisation(key="x1", name="X", kind="club", parent=tree["a"], now=NOW, by=by),
        "rename": lambda: services.rename_organisation(tree["a"], "X", **how),
        "move": lambda: services.move_organisation(tree["a-1"], tree["b"], **how),
        "merge": lambda: merge_organisations([tree["a"]], tree["b"], **how),
        "split": lambda: split_organisation(tree["a"], Division((tree["a"], tree["b"])), **how),
        "end": lambda: services.end_organisation(tree["a-1"], **how),
    }


@pytest.mark.parametrize(("role", "at", "allowed"), [
    ("admin", "tinh", {"create", "rename", "move", "merge", "split", "end"}),
    ("officer", "tinh", {"create", "rename", "move", "merge", "split", "end"}),
    ("officer", "a", {"create", "end"}),  # a's own name, place and end are for those above; b is not theirs
    ("officer", "b", set()),
    ("officer", "a-1", set()),
    ("focal_point", "tinh", set()),
    ("author", "tinh", set()),
    ("reviewer", "tinh", set()),
])
def test_who_may_change_the_tree(tree, role, at, allowed):
    actor = make_actor(holder(role, tree[at]))
    possible, refusals = set(), set()
    for name, act in acts(tree, actor).items():
        nested = db.session.begin_nested()
        try:
            act()
            possible.add(name)
        except DomainError as error:
            refusals.add(error.code)
        nested.rollback()
        db.session.expire_all()

    assert possible == allowed
    assert refusals <= {"organisation.not_yours"}


def test_nobody_builds_at_the_top_but_the_command_line(tree):
    actor = make_actor(holder("admin", tree["tinh"]))

    with pytest.raises(DomainError, match="organisation.not_yours"):
        services.create_organisation(key="x1", name="X", kind="club", now=NOW, by=actor)
    with pytest.raises(DomainError, match="organisation.not_yours"):
        services.move_organisation(tree["a"], None, on=JULY, now=NOW, by=actor)


def test_nobody_merges_away_somebody_of_their_own_standing(tree):
    holder("officer", tree["a"])
    actor = make_actor(holder("officer", tree["tinh"]))

    for act in (acts(tree, actor)["merge"], acts(tree, actor)["split"]):
        with pytest.raises(DomainError, match="organisation.roles_above_yours"):
            act()


def test_merge_keeps_the_last_administrator(tree):
    admin = holder("admin", tree["a"])

    merge_organisations([tree["a"]], tree["b"], on=JULY, now=NOW)

    assert live_roles(tree["b"]) == {(admin.id, "admin")}


def test_every_change_leaves_a_line(tree):
    actor = make_actor(holder("admin", tree["tinh"]))
    seen = db.session.scalar(sa.select(sa.func.max(AuditEvent.id)))
    for what in ("create", "move", "merge"):
        acts(tree, actor)[what]()
    services.rename_organisation(tree["b"], "X", on=JULY, now=NOW, by=actor)

    lines = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.id > seen).order_by(AuditEvent.id)).all()
    assert [(line.action, line.subject, line.actor_id) for line in lines] == [
        (f"organisation.{what}", f"organisation:dv-{key}" if key != "x1" else "organisation:x1", actor.id)
        for what, key in (("created", "x1"), ("moved", "a-1"), ("merged", "a"), ("received", "b"), ("renamed", "b"))]


def test_free_key_is_readable_and_free(tree):
    assert services.free_key("Trường THCS Lê Lợi") == "truong-thcs-le-loi"
    assert services.free_key("Đơn vị a") == "don-vi-a"
    services.create_organisation(key="don-vi-a", name="X", kind="club", now=NOW)
    assert services.free_key("Đơn vị  A!") == "don-vi-a-2"
    assert services.free_key("+++") == "don-vi"
    assert services.KEY.fullmatch(services.free_key("A"))
    assert services.KEY.fullmatch(services.free_key("ồ" * 300))


STEP = st.tuples(st.sampled_from(("create", "rename", "move", "merge", "split", "end")), st.integers(0, 30), st.integers(0, 30),
                 st.integers(0, 40))


@pytest.mark.heavy
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=14))
def test_after_anything_the_flat_tree_is_the_true_one(app, steps):
    check_steps(steps)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=8))
def test_after_a_few_changes_the_flat_tree_is_the_true_one(app, steps):
    check_steps(steps)


def check_steps(steps):
    all_of = list(make_tree().values())
    for number, (what, first, second, days) in enumerate(steps):
        one, other = all_of[first % len(all_of)], all_of[second % len(all_of)]
        how = {"on": JULY + timedelta(days=days), "now": NOW + timedelta(days=50)}
        nested = db.session.begin_nested()
        try:
            if what == "create":
                all_of.append(services.create_organisation(
                    key=f"moi-{number}", name=f"Mới {number}", kind="club", parent=one, valid_from=how["on"], now=how["now"]))
            elif what == "rename":
                services.rename_organisation(one, f"Tên {number}", **how)
            elif what == "move":
                services.move_organisation(one, other, **how)
            elif what == "merge":
                merge_organisations([one], other, **how)
            elif what == "split":
                split_organisation(one, Division((other, all_of[days % len(all_of)])), **how)
            else:
                services.end_organisation(one, **how)
        except DomainError:
            nested.rollback()
        else:
            nested.commit()
    try:
        assert closure() == true_closure()
        for one in all_of:
            check_periods(periods_of(one.id))
    finally:
        db.session.rollback()


def check_periods(periods):
    """One after the other without gap or overlap; at most the last is open."""
    assert all(before.valid_to == after.valid_from for before, after in zip(periods, periods[1:], strict=False))
    assert all(period.valid_to is None or period.valid_to > period.valid_from for period in periods)
    assert OrganisationPeriod.query.filter_by(organisation_id=periods[0].organisation_id, valid_to=None).count() <= 1
