"""1 July 2026: two wards become one, a ward is split in two, a hamlet gets a new name. Counted by hand.

Before: phường An Đông (hamlet Tổ 1), phường An Tây (hamlet Tổ 2), phường Bình Sa (hamlets Tổ 3, Tổ 4).
After: phường An Hòa = An Đông + An Tây; Bình Sa 1 (Tổ 3) and Bình Sa 2 (Tổ 4); Tổ 1 is called Tổ Hòa Bình.
"""

from datetime import UTC, date, datetime

import pytest

from lms.certificates.queries import papers_given_until
from lms.core.db import db
from lms.people.queries.geography import figures_in, geography_of, people_on, placed_in, roles_on
from lms.people.rules.geography import Fact, Geography, Period, Succession, Tie
from lms.people.services.organisations import (
    create_organisation,
    end_organisation,
    move_organisation,
    rename_organisation,
)
from lms.people.services.successions import Division, merge_organisations, split_organisation
from tests.certificates.factories import make_certificate
from tests.factories import make_member, make_person, make_role
from tests.statements import counted

FOUNDED, JULY = date(2025, 7, 1), date(2026, 7, 1)
THEN, NOW = datetime(2025, 8, 1, 3, tzinfo=UTC), datetime(2026, 7, 1, 3, tzinfo=UTC)
APRIL, SEPTEMBER = datetime(2026, 4, 1, 3, tzinfo=UTC), datetime(2026, 9, 1, 3, tzinfo=UTC)
OLD, NEW = date(2026, 6, 1), date(2026, 9, 1)
PLACES = {
    "tinh": ("Tỉnh", None), "an-dong": ("Phường An Đông", "tinh"), "an-tay": ("Phường An Tây", "tinh"),
    "binh-sa": ("Phường Bình Sa", "tinh"), "to-1": ("Tổ 1", "an-dong"), "to-2": ("Tổ 2", "an-tay"),
    "to-3": ("Tổ 3", "binh-sa"), "to-4": ("Tổ 4", "binh-sa"),
}
# name: where they belonged before. Nga and Oanh had left by 1 May; Ba belonged to two wards, to An Đông first.
BEFORE = {
    "an": ["an-dong"], "ba": ["an-dong", "an-tay"], "cu": ["to-1"], "nga": ["an-dong"], "dung": ["to-2"],
    "em": ["an-tay"], "gia": ["binh-sa"], "hai": ["binh-sa"], "khoa": ["binh-sa"], "oanh": ["binh-sa"], "lam": ["to-3"],
    "minh": ["to-4"],
}
ROLES = {"an": ("focal_point", "an-dong"), "em": ("officer", "an-tay"), "gia": ("assessor", "binh-sa"),
         "hai": ("mentor", "binh-sa"), "cu": ("mentor", "to-1")}
AFTER = {"phu": "an-hoa", "quy": "binh-sa-2", "son": "to-9"}


@pytest.fixture
def country(app):
    """Everything as it is on 1 September; returns (organisations by key, people by name)."""
    places, people = {}, {}
    for key, (name, parent) in PLACES.items():
        kind = "ward" if key.startswith(("an-", "binh-")) else "village"
        places[key] = create_organisation(key=key, name=name, kind=kind, parent=places.get(parent), valid_from=FOUNDED, now=THEN)
    for name, keys in BEFORE.items():
        people[name] = make_person(name)
        for year, key in enumerate(keys, start=2020):
            membership = make_member(people[name], places[key], on=date(year, 1, 1))
            if name in ("nga", "oanh"):
                membership.left_on = date(2026, 5, 1)
    for name, (role, key) in ROLES.items():
        make_role(people[name], role, places[key], now=THEN)
    give_papers(places, people, {name: BEFORE[name][0] for name in ("an", "nga", "cu", "em", "gia", "khoa", "oanh", "lam")}, APRIL)
    first_of_july(places, people)
    for name, key in AFTER.items():
        people[name] = make_person(name)
        make_member(people[name], places[key], on=date(2026, 8, 1))
    make_role(people["phu"], "mentor", places["an-hoa"], now=datetime(2026, 8, 15, tzinfo=UTC))
    give_papers(places, people, {"ba": "an-hoa", "phu": "an-hoa", "dung": "to-2", "hai": "binh-sa-1", "quy": "binh-sa-2",
                                 "minh": "to-4", "son": "to-9"}, SEPTEMBER)
    return places, people


def first_of_july(places, people):
    how = {"on": JULY, "now": NOW, "decision": "Nghị quyết 12/NQ-HĐND"}
    for key, name in (("an-hoa", "Phường An Hòa"), ("binh-sa-1", "Phường Bình Sa 1"), ("binh-sa-2", "Phường Bình Sa 2")):
        places[key] = create_organisation(key=key, name=name, kind="ward", parent=places["tinh"], valid_from=JULY, now=NOW)
    merge_organisations([places["an-dong"], places["an-tay"]], places["an-hoa"], **how)
    split_organisation(places["binh-sa"], Division(
        (places["binh-sa-1"], places["binh-sa-2"]), people={people["khoa"].id: places["binh-sa-2"]},
        children={places["to-4"].id: places["binh-sa-2"]}), **how)
    rename_organisation(places["to-1"], "Tổ Hòa Bình", **how)
    places["to-9"] = create_organisation(key="to-9", name="Tổ 9", kind="village", parent=places["an-hoa"],
                                         valid_from=date(2026, 7, 20), now=SEPTEMBER)


def give_papers(places, people, given, moment):
    for name, key in given.items():
        make_certificate(person=people[name], organisation=places[key], now=moment)


def figures(places, day, geography_on):
    """(people, roles, certificates) of the day by key of organisation."""
    facts = {"people": people_on(day), "roles": roles_on(day), "papers": papers_given_until(day)}
    found = geography_of(geography_on).figures(facts)
    keys = {one.id: key for key, one in places.items()}
    return {keys[one]: tuple(counts.get(kind, 0) for kind in facts) for one, counts in found.items()}


def test_figures_in_both_geographies_agree_with_the_hand_count(country):
    places, _ = country

    assert figures(places, OLD, OLD) == {
        "tinh": (10, 5, 8), "an-dong": (3, 2, 3), "an-tay": (3, 1, 1), "binh-sa": (5, 2, 4), "to-1": (1, 1, 1),
        "to-2": (1, 0, 0), "to-3": (1, 0, 1), "to-4": (1, 0, 0)}
    # Oanh's paper was given by Bình Sa and Oanh belongs to neither part: it counts with the province alone.
    assert figures(places, OLD, NEW) == {
        "tinh": (10, 5, 8), "an-hoa": (5, 3, 4), "binh-sa-1": (3, 2, 2), "binh-sa-2": (2, 0, 1), "to-1": (1, 1, 1),
        "to-2": (1, 0, 0), "to-3": (1, 0, 1), "to-4": (1, 0, 0)}
    assert figures(places, NEW, NEW) == {
        "tinh": (13, 6, 15), "an-hoa": (7, 4, 8), "binh-sa-1": (3, 2, 3), "binh-sa-2": (3, 0, 3), "to-1": (1, 1, 1),
        "to-2": (1, 0, 1), "to-3": (1, 0, 1), "to-4": (1, 0, 1), "to-9": (1, 0, 1)}
    # Phú and Sơn came when An Đông and An Tây were one: nobody can say to which of the two. Ba was in An Đông first.
    assert figures(places, NEW, OLD) == {
        "tinh": (13, 6, 15), "an-dong": (3, 2, 4), "an-tay": (2, 1, 2), "binh-sa": (6, 2, 7), "to-1": (1, 1, 1),
        "to-2": (1, 0, 1), "to-3": (1, 0, 1), "to-4": (1, 0, 1)}


def test_names_and_places_are_those_of_the_day(country):
    places, _ = country
    old, new = geography_of(OLD), geography_of(NEW)
    ids = {key: one.id for key, one in places.items()}

    assert (old.name(ids["to-1"]), new.name(ids["to-1"])) == ("Tổ 1", "Tổ Hòa Bình")
    assert (old.name(ids["an-hoa"]), new.name(ids["an-dong"])) == (None, None)
    assert old.above(ids["to-1"]) == (ids["to-1"], ids["an-dong"], ids["tinh"])
    assert new.above(ids["to-1"]) == (ids["to-1"], ids["an-hoa"], ids["tinh"])
    assert new.children(ids["an-hoa"]) == sorted([ids["to-1"], ids["to-2"], ids["to-9"]])
    assert new.above(ids["an-dong"]) == ()
    assert figures_in(ids["an-hoa"], geography_on=NEW, facts={"people": people_on(OLD), "none": []}) == {"people": 5, "none": 0}


def test_placed_in_counts_whole_organisations(country):
    places, _ = country

    def keys(key, on):
        ids = placed_in(places[key].id, on=on)
        return {name for name, one in places.items() if one.id in ids}

    assert keys("an-hoa", NEW) == {"an-hoa", "an-dong", "an-tay", "to-1", "to-2", "to-9"}
    assert keys("an-dong", OLD) == {"an-dong", "to-1"}
    assert keys("binh-sa", OLD) == {"binh-sa", "binh-sa-1", "binh-sa-2", "to-3", "to-4"}
    assert keys("tinh", OLD) == keys("tinh", NEW) == set(places)


def test_geography_costs_the_same_for_few_and_for_many(country):
    with counted() as few:
        geography_of(OLD)
    for number in range(30):
        create_organisation(key=f"them-{number}", name=f"Thêm {number}", kind="club", parent=country[0]["tinh"], now=SEPTEMBER)
    db.session.flush()
    with counted() as many:
        geography_of(OLD)

    assert len(few) == len(many) == 4


def test_a_move_and_an_end_count_where_they_stood(country):
    places, people = country
    later = datetime(2026, 11, 1, 3, tzinfo=UTC)
    move_organisation(places["to-3"], places["an-hoa"], on=date(2026, 10, 1), now=later)
    end_organisation(places["to-4"], on=date(2026, 10, 1), now=later)

    assert figures(places, NEW, date(2026, 10, 15))["an-hoa"] == (8, 4, 9)
    assert figures(places, NEW, NEW)["an-hoa"] == (7, 4, 8)
    after = figures(places, date(2026, 10, 15), date(2026, 10, 15))
    assert after["binh-sa-2"] == (3, 0, 3)  # Minh belongs to the ward itself now, and the paper counts there
    assert "to-4" not in after
    assert figures(places, date(2026, 10, 15), NEW)["to-4"] == (0, 0, 1)


def geography(on, successions, *, ties=()):
    """Wards 1 to 4 under 9; which of them live when follows from what is tested."""
    lives = {9: (2000, None), 1: (2000, None), 2: (2000, 2010), 3: (2010, None), 4: (2000, None)}
    periods = [Period(one, f"Phường {one}", None if one == 9 else 9, date(a, 1, 1), b and date(b, 1, 1))
               for one, (a, b) in lives.items()]
    return Geography(date(on, 1, 1), periods, [Succession(n, a, b, date(y, 1, 1)) for n, (a, b, y) in enumerate(successions)],
                     [Tie("membership", person, place, date(a, 1, 1), b and date(b, 1, 1)) for person, place, a, b in ties])


@pytest.mark.parametrize(("on", "successions", "ties", "fact", "place"), [
    # 2 is merged into 1, which lives on under its own name
    (2015, [(2, 1, 2010)], [], (2, 2005, 7), 1),
    (2005, [(2, 1, 2010)], [(7, 2, 2001, 2010), (7, 1, 2010, None)], (1, 2012, 7), 2),
    (2005, [(2, 1, 2010)], [(7, 1, 2011, None)], (1, 2012, 7), 1),
    (2005, [(2, 1, 2010)], [], (1, 2012, None), 1),
    # 1 gives a part of itself to the new 3
    (2015, [(1, 3, 2010)], [(7, 1, 2001, 2010), (7, 3, 2010, None)], (1, 2005, 7), 3),
    (2015, [(1, 3, 2010)], [(7, 1, 2001, None)], (1, 2005, 7), 1),
    (2005, [(1, 3, 2010)], [], (3, 2012, 7), 1),
    # one after the other: 2 into 3, 3 gives to 4
    (2020, [(2, 3, 2010), (3, 4, 2015)], [(7, 3, 2010, 2015), (7, 4, 2015, None)], (2, 2005, 7), 4),
    (2012, [(2, 3, 2010), (3, 4, 2015)], [(7, 3, 2010, 2015), (7, 4, 2015, None)], (2, 2005, 7), 3),
    (2005, [(2, 3, 2010), (3, 4, 2015)], [(7, 2, 2001, 2010), (7, 3, 2010, 2015), (7, 4, 2015, None)], (4, 2018, 7), 2),
    # nobody followed 2; 3 came from nothing; a day outside the life of its organisation; an unknown organisation
    (2015, [], [], (2, 2005, 7), 9), (2005, [], [], (3, 2012, 7), 9), (2005, [], [], (2, 2030, 7), 2),
    (2005, [], [], (77, 2005, 7), None), (1990, [], [], (1, 2005, 7), None),
])
def test_place(on, successions, ties, fact, place):
    where, year, person = fact

    assert geography(on, successions, ties=ties).place(Fact("x", where, date(year, 1, 1), person)) == place
