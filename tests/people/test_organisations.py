"""The tree: created, renamed, moved, asked."""

from datetime import date

import pytest
import sqlalchemy as sa

from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Organisation, OrganisationClosure, OrganisationPeriod
from lms.people.queries import organisations
from lms.people.services.organisations import create_organisation, move_organisation, rename_organisation
from tests.factories import make_member, make_person, make_role
from tests.people.factories import NOW, make_actor


def make_tree():
    made = {}
    for key, parent in (("phuong", None), ("to-1", "phuong"), ("nhom-a", "to-1"), ("to-2", "phuong")):
        made[key] = create_organisation(key=key, name=f"Tên {key}", kind="village", parent=made.get(parent), now=NOW,
                                        valid_from=date(2025, 7, 1))
    return made


def closure():
    above, below = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    rows = db.session.execute(
        sa.select(above.key, below.key, OrganisationClosure.depth)
        .join(above, above.id == OrganisationClosure.ancestor_id)
        .join(below, below.id == OrganisationClosure.descendant_id).where(OrganisationClosure.depth > 0))
    return {tuple(row) for row in rows}


def test_create_organisation_extends_the_closure(app):
    make_tree()

    assert closure() == {("phuong", "to-1", 1), ("phuong", "to-2", 1), ("phuong", "nhom-a", 2), ("to-1", "nhom-a", 1)}


@pytest.mark.parametrize(("values", "code"), [
    ({"key": "Tổ 1"}, "organisation.key_wrong"), ({"key": "phuong"}, "organisation.key_taken"),
    ({"kind": "planet"}, "organisation.kind_unknown"), ({"name": "  "}, "organisation.name_missing"),
])
def test_create_organisation_refuses(app, values, code):
    make_tree()

    with pytest.raises(DomainError, match=code):
        create_organisation(**{"key": "to-9", "name": "Tổ 9", "kind": "village", "now": NOW, **values})


def test_move_takes_the_whole_subtree(app):
    tree = make_tree()

    move_organisation(tree["to-1"], tree["to-2"], on=date(2026, 1, 1), now=NOW)

    assert closure() == {("phuong", "to-1", 2), ("phuong", "to-2", 1), ("phuong", "nhom-a", 3), ("to-1", "nhom-a", 1),
                         ("to-2", "to-1", 1), ("to-2", "nhom-a", 2)}


def test_move_under_itself_is_refused(app):
    tree = make_tree()

    for place in ("to-1", "nhom-a"):
        with pytest.raises(DomainError, match="organisation.own_descendant"):
            move_organisation(tree["to-1"], tree[place], on=date(2026, 1, 1), now=NOW)


def test_rename_keeps_the_old_name_for_the_old_days(app):
    tree = make_tree()

    rename_organisation(tree["to-1"], "Tổ dân phố số Một", on=date(2026, 1, 1), now=NOW)

    names = [organisations.name_of(tree["to-1"].id, on) for on in (date(2020, 1, 1), date(2025, 12, 31), date(2026, 1, 1))]
    assert names == ["Tên to-1", "Tên to-1", "Tổ dân phố số Một"]


def test_rename_on_the_first_day_corrects_and_before_it_is_refused(app):
    tree = make_tree()

    rename_organisation(tree["to-1"], "Tổ 1", on=date(2025, 7, 1), now=NOW)

    assert organisations.name_of(tree["to-1"].id, date(2026, 1, 1)) == "Tổ 1"
    assert db.session.scalar(sa.select(sa.func.count()).where(OrganisationPeriod.organisation_id == tree["to-1"].id)) == 1
    with pytest.raises(DomainError, match="organisation.day_wrong"):
        rename_organisation(tree["to-1"], "Tổ 1", on=date(2025, 6, 30), now=NOW)


def test_organisation_ids_under_goes_down_never_up_or_aside(app):
    tree, person = make_tree(), make_person()
    make_role(person, "focal_point", tree["to-1"])
    make_role(person, "author", tree["to-2"])
    asking = make_actor(person)

    def under(*roles):
        return set(db.session.scalars(organisations.organisation_ids_under(asking, *roles)))

    assert under("focal_point") == {tree["to-1"].id, tree["nhom-a"].id}
    assert under("officer") == set()
    assert under("focal_point", "author") == {tree["to-1"].id, tree["nhom-a"].id, tree["to-2"].id}


def test_organisation_keys_of_a_person_from_near_to_far(app):
    tree, person = make_tree(), make_person()
    make_member(person, tree["nhom-a"])

    assert organisations.organisation_keys_of(person.id) == ["nhom-a", "to-1", "phuong"]
    assert organisations.organisation_keys_of(make_person().id) == []


def test_root_organisation(app):
    assert organisations.root_organisation() is None
    tree = make_tree()
    assert organisations.root_organisation() is tree["phuong"]
