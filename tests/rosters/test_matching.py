"""Who a row is: the evidence decides, doubt goes to a person, a family is not one person."""

from datetime import date

import pytest

from lms.rosters.rules import Candidate, CheckedRow, match_row, same_name
from lms.rosters.rules.names import folded_name, marks_disagree

BORN = date(1980, 3, 5)
HOA = Candidate(1, "Nguyễn Thị Hoà", phone="0905123456", email="hoa@x.vn", birth_year=1980, birth_date=BORN,
                personal_code="BT-7K3-29P", staff_codes=frozenset({"G1"}), belongs=True)


def row(name="Nguyễn Thị Hòa", **values):
    return CheckedRow(2, name, **values)


@pytest.mark.parametrize(("values", "evidence"), [
    ({"personal_code": "bt 7k329p"}, ("personal_code", "name")),
    ({"staff_code": "g1"}, ("staff_code", "name")),
    ({"email": "hoa@x.vn"}, ("email", "name")),
    ({"phone": "0905123456"}, ("phone", "name")),
    ({"birth_date": BORN, "birth_year": 1980}, ("birth_date", "name")),
    ({"name": "NGUYEN THI HOA", "phone": "0905123456"}, ("phone", "name")),
    ({"birth_date": BORN, "birth_year": 1980, "phone": "0914556678"}, ("birth_date", "name")),
    ({"phone": "0905123456", "email": "hoa@x.vn", "birth_date": BORN}, ("email", "phone", "birth_date", "name")),
])
def test_the_same_person_is_found_with_the_evidence(values, evidence):
    match = match_row(row(**values), [HOA])
    assert (match.kind, match.person_id, match.evidence) == ("same", 1, evidence)


@pytest.mark.parametrize("values", [
    {"name": "Lê Na", "phone": "0905123456"},                                   # a family
    {"name": "Lê Na", "phone": "0905123456", "birth_date": BORN},
    {"phone": "0914556678"},                                                    # a namesake told apart
    {"birth_date": date(1990, 1, 1), "birth_year": 1990},
    {"name": "Lê Na"},
])
def test_somebody_else_is_new(values):
    assert match_row(row(**values), [HOA]).kind == "new"


@pytest.mark.parametrize(("values", "evidence", "differs"), [
    ({"name": "Lê Na", "email": "hoa@x.vn"}, ("email",), ("name",)),
    ({"name": "Lê Na", "staff_code": "G1"}, ("staff_code",), ("name",)),
    ({"phone": "0905123456", "birth_date": date(1990, 1, 1), "birth_year": 1990}, ("phone", "name"), ("birth_date", "birth_year")),
    ({"phone": "0905123456", "staff_code": "G2"}, ("phone", "name"), ("staff_code",)),
    ({"name": "Nguyễn Thị Hoa", "birth_date": BORN}, ("birth_date", "name"), ("name",)),
    ({}, ("name",), ()),
    ({"birth_year": 1980}, ("name", "birth_year"), ()),
])
def test_doubt_goes_to_a_person(values, evidence, differs):
    match = match_row(row(**values), [HOA])
    assert (match.kind, match.person_id, match.evidence, match.differs) == ("unclear", 1, evidence, differs)


def test_a_namesake_of_another_body_is_not_even_asked_about():
    elsewhere = Candidate(2, "Nguyễn Thị Hoà", birth_year=1980)
    assert match_row(row(birth_year=1980), [elsewhere]).kind == "new"


def test_two_who_fit_equally_are_asked_about_and_a_code_decides():
    twin = Candidate(2, "NGUYỄN THỊ HOÀ", phone="0905123456", personal_code="BT-222-22A")
    match = match_row(row(phone="0905123456"), [HOA, twin])
    assert (match.kind, set(match.others)) == ("unclear", {1, 2})
    assert match_row(row(phone="0905123456", personal_code="BT-222-22A"), [HOA, twin]).person_id == 2


@pytest.mark.parametrize(("one", "other"), [
    ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa"), ("H'Hen Niê", "H’HEN NIÊ"), ("Nguyễn Thị Hoà", "NGUYEN THI HOA"),
    ("Đỗ Văn Phước", "Đỗ Văn Phước"), ("Lê-Na", "LÊNA"),
])
def test_spellings_of_one_name(one, other):
    assert same_name(one, other)


def test_marks_disagree_only_when_both_are_marked():
    assert marks_disagree("Lê Văn Tú", "Lê Văn Tư")
    assert not marks_disagree("Lê Văn Tú", "LE VAN TU")
    assert not marks_disagree("Nguyễn Thị Hoà", "NGUYỄN THỊ HÒA")
    assert folded_name("Lê  Văn Tư".replace("  ", " ")) == "le van tu"
