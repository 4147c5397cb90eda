"""The class table: what it counts, for whom, in which order, at what cost; the workbook says the same."""

import io
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from lms.core.db import db
from lms.people.models import Cohort, CohortMember
from lms.people.models import OrganisationPeriod as Period
from lms.people.queries import persons
from lms.people.services.merges import merge_persons
from lms.reports.queries import classes
from lms.reports.queries.classes import Wanted, group_for, table_of
from lms.reports.queries.facts import facts_of
from lms.reports.queries.learners import history_of
from tests.campaign.factories import leave, make_schools, make_staffed, make_teacher
from tests.factories import NOW, make_member, make_organisation, make_person
from tests.reports.factories import Stage
from tests.statements import counted

DAY = timedelta(days=1)


@pytest.fixture
def world(app):
    classes.forget()
    ward, (school, other) = make_schools(2)
    person, focal = make_staffed("focal_point", school, "Võ Thị Đầu", audience="can-bo")
    _person, stranger = make_staffed("focal_point", other, "Người Trường Khác")
    stage = Stage(school)
    return type("World", (), {"ward": ward, "school": school, "other": other, "person": person, "focal": focal,
                              "stranger": stranger, "stage": stage})


def shown(world, **wanted):
    group = group_for(world.focal, world.school.uuid)
    return table_of(world.focal, group, Wanted(**wanted), page=1, now=NOW)


def names(table):
    return [line.full_name for line in table.lines]


def facts(world, person):
    return facts_of([person.id], now=NOW, today=date(2026, 11, 21)).get(person.id)


def test_the_four_states_and_what_each_line_counts(world):
    stage, school = world.stage, world.school
    nobody = make_teacher(school, "Chưa Gì Cả")
    learns = make_teacher(school, "Đang Học Dở")
    passed = make_teacher(school, "Đã Đạt Rồi")
    confirmed = make_teacher(school, "Được Nhận Rồi")
    stage.learns(learns, 3, at=NOW - DAY)
    stage.learns(passed, 5)
    stage.tries(passed, 40, number=1, at=NOW - 2 * DAY)
    stage.tries(passed, 85, number=2, at=NOW - DAY)
    stage.tries(learns, 100, counts=False, at=NOW - 3 * DAY)
    stage.confirmed(confirmed)
    stage.elsewhere(nobody, 2)
    stage.elsewhere(learns, 1, ended_at=NOW)
    stage.enrolled(learns, date(2026, 11, 20))
    stage.enrolled(passed, date(2026, 11, 20))
    db.session.commit()

    table = shown(world)

    assert table.counts == {"not_begun": 2, "learning": 1, "passed": 1, "confirmed": 1}
    assert table.everybody == sum(table.counts.values()) == 5
    lines = {line.full_name: line.facts for line in table.lines}
    assert (lines["Chưa Gì Cả"].state, lines["Chưa Gì Cả"].elsewhere, lines["Chưa Gì Cả"].last_at) == ("not_begun", 2, None)
    assert (lines["Đang Học Dở"].state, lines["Đang Học Dở"].lessons, lines["Đang Học Dở"].attempts) == ("learning", 3, 0)
    assert (lines["Đang Học Dở"].elsewhere, lines["Đang Học Dở"].best, lines["Đang Học Dở"].is_overdue) == (0, None, True)
    assert (lines["Đã Đạt Rồi"].state, lines["Đã Đạt Rồi"].attempts, lines["Đã Đạt Rồi"].best) == ("passed", 2, 85)
    assert (lines["Đã Đạt Rồi"].last_at, lines["Đã Đạt Rồi"].is_overdue) == (NOW, False)
    assert (lines["Được Nhận Rồi"].state, lines["Được Nhận Rồi"].confirmed_at) == ("confirmed", NOW)


def test_learning_elsewhere_is_never_a_state(world):
    person = make_teacher(world.school, "Học Nơi Khác")
    world.stage.elsewhere(person, 5)

    assert facts(world, person).state == "not_begun"


@pytest.mark.parametrize(("passed_at", "ended_at", "valid_until", "expected"), [
    (NOW - 5 * DAY, NOW - DAY, None, "learning"), (NOW, NOW - DAY, None, "passed"),
    (NOW, None, NOW - DAY, "passed"), (NOW - DAY, None, NOW + DAY, "confirmed"),
])
def test_a_confirmation_that_ended_no_longer_counts(world, passed_at, ended_at, valid_until, expected):
    person = make_teacher(world.school, "Một Người")
    world.stage.tries(person, 90, at=passed_at)
    world.stage.confirmed(person, at=NOW - 3 * DAY, ended_at=ended_at, valid_until=valid_until)

    assert facts(world, person).state == expected


def test_what_was_done_under_a_row_that_was_merged_counts_once(world):
    kept, other = make_teacher(world.school, "Lê Thị Đào"), make_teacher(world.school, "Lê Thị Đào", birth_year=1959)
    world.stage.learns(kept, 2)
    world.stage.learns(other, 4, at=NOW - DAY)
    world.stage.tries(other, 85)
    world.stage.elsewhere(other)
    merge_persons(kept, other, reason="Đăng ký hai lần", now=NOW)
    db.session.commit()

    line, _focal = shown(world).lines

    assert (line.full_name, line.facts.lessons, line.facts.state, line.facts.best, line.facts.elsewhere) == (
        "Lê Thị Đào", 4, "passed", 85, 1)
    assert {one.kind for one in history_of(world.focal, kept)} == {"lesson", "attempt", "elsewhere"}


@pytest.mark.parametrize("near", [0, 100])
def test_the_plain_table_says_what_the_one_with_a_search_says(world, monkeypatch, near):
    monkeypatch.setattr(persons, "NEAR", near)
    stage, part = world.stage, make_organisation("Tổ Văn", kind="team", parent=world.school)
    people = [make_teacher(world.school, f"Người {letter}", position="Giáo viên") for letter in "ABCDEFGH"]
    make_member(people[0], part).is_claimed = True
    stage.learns(people[0], 2)
    stage.tries(people[1], 90)
    stage.tries(people[2], 90, counts=False)
    stage.tries(people[3], 90, at=NOW - 5 * DAY)
    stage.confirmed(people[3], at=NOW - 3 * DAY, ended_at=NOW - DAY)
    stage.tries(people[4], 90)
    stage.confirmed(people[4])
    stage.confirmed(people[5], at=NOW - 3 * DAY, valid_until=NOW - DAY)
    stage.tries(people[6], 90)
    merge_persons(people[7], people[6], reason="Đăng ký hai lần", now=NOW)
    db.session.commit()

    for actor, uuid in ((world.focal, world.school.uuid), (world.focal, part.uuid)):
        group = group_for(actor, uuid)
        plain, searched = (table_of(actor, group, Wanted(search=words), page=1, now=NOW) for words in ("", "i"))
        assert plain == searched
    assert shown(world).counts == {"not_begun": 2, "learning": 3, "passed": 2, "confirmed": 1}


def test_names_stand_in_vietnamese_order_and_the_filter_keeps_it(world):
    for name in ("Trần Bình", "Lê Ánh", "Phạm An", "Nguyễn Đào", "Võ Dung", "Lê Anh", "Trần An", "Đinh An"):
        make_teacher(world.school, name)

    order = ["Đinh An", "Phạm An", "Trần An", "Lê Anh", "Lê Ánh", "Trần Bình", "Võ Dung", "Nguyễn Đào", "Võ Thị Đầu"]
    assert names(shown(world)) == order
    assert names(shown(world, state="not_begun")) == order
    assert names(shown(world, is_reversed=True)) == order[::-1]
    assert names(shown(world, search="dao")) == ["Nguyễn Đào"]
    assert names(shown(world, search="không ai")) == names(shown(world, state="passed")) == []


@pytest.mark.parametrize(("sort", "is_reversed", "expected"), [
    ("bai", True, "CBAĐ"), ("bai", False, "AĐBC"), ("ket-qua", True, "BCAĐ"), ("ket-qua", False, "CBAĐ"),
    ("gan-nhat", True, "CBAĐ"), ("lan-lam", True, "CBAĐ"), ("han", False, "BACĐ"), ("noi-khac", True, "CABĐ"),
    ("tinh-trang", False, "AĐCB"),
])
def test_every_column_sorts_and_whoever_has_no_value_stands_last(world, sort, is_reversed, expected):
    leave(world.person)
    _one, two, three = (make_teacher(world.school, f"Họ {letter}") for letter in "ABC")
    make_teacher(world.school, "Họ Đ")
    world.stage.learns(two, 1, at=NOW - 2 * DAY)
    world.stage.learns(three, 2, at=NOW - DAY)
    world.stage.tries(two, 90, at=NOW - 2 * DAY)
    world.stage.tries(three, 40, number=1, at=NOW - DAY)
    world.stage.tries(three, 50, number=2, at=NOW - DAY)
    world.stage.enrolled(two, date(2026, 12, 1))
    world.stage.elsewhere(three, 1)
    db.session.commit()

    table = shown(world, sort=sort, is_reversed=is_reversed)

    assert "".join(name[-1] for name in names(table)) == expected


def test_the_table_of_a_cohort_is_its_members_who_belong_here(world):
    inside, gone = make_teacher(world.school, "Còn Đây"), make_teacher(world.school, "Đã Đi")
    outside = make_person("Người Ngoài")
    make_member(outside, world.other).is_claimed = True
    cohort = Cohort(organisation_id=world.school.id, name="Lớp tối", folded_name="lop toi",
                    begun_on=date(2026, 9, 1), created_at=NOW)
    db.session.add(cohort)
    db.session.flush()
    for person, left in ((inside, None), (gone, date(2026, 10, 1)), (outside, None)):
        db.session.add(CohortMember(cohort_id=cohort.id, person_id=person.id, joined_on=date(2026, 9, 1), left_on=left))
    db.session.flush()

    group = group_for(world.focal, cohort.uuid)

    assert names(table_of(world.focal, group, Wanted(), page=1, now=NOW)) == ["Còn Đây"]
    assert group_for(world.stranger, cohort.uuid) is None


def test_nobody_of_another_school_is_counted_sorted_found_or_exported(client, world):
    make_teacher(world.other, "Bí Mật Trường Khác")
    unclaimed = make_teacher(world.school, "Chưa Đồng Ý", claimed=False)
    client.sign_in(world.person)

    page = client.get(f"/dau-moi/lop/{world.school.uuid}?tim=bi mat").get_data(as_text=True)
    assert "Bí Mật" not in page
    assert unclaimed.full_name not in client.get(f"/dau-moi/lop/{world.school.uuid}").get_data(as_text=True)
    for path in (f"/dau-moi/lop/{world.other.uuid}", f"/dau-moi/lop/{world.other.uuid}.xlsx", f"/dau-moi/lop/{world.ward.uuid}",
                 f"/dau-moi/lop/{NOW.year:032x}"):
        assert client.get(path).status_code == 404, path
    assert len(rows_of(client.get(f"/dau-moi/lop/{world.school.uuid}.xlsx"))) == 1


def test_places_of_other_units_are_not_shown(client, world):
    person = make_teacher(world.school, "Dạy Hai Nơi", position="Giáo viên")
    make_member(person, world.other).is_claimed = True
    part = make_organisation("Tổ Văn", kind="team", parent=world.school)
    make_member(person, part).is_claimed = True
    db.session.commit()

    line, = (line for line in shown(world).lines if line.full_name == "Dạy Hai Nơi")

    assert line.places == "Giáo viên; Tổ Văn"


def rows_of(response):
    """The rows of the workbook's table as {heading: value}."""
    sheet = load_workbook(io.BytesIO(response.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(number for number, row in enumerate(rows) if row[0] == "STT")
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1:]]


def test_the_workbook_says_what_the_screen_says(client, world):
    stage = world.stage
    for number in range(60):
        person = make_teacher(world.school, f"Người Thứ {number:02d}", phone=f"09051234{number:02d}")
        if number % 2:
            stage.learns(person, number % 5 + 1)
        if number % 3 == 0:
            stage.tries(person, 50 + number % 50)
        if number % 7 == 0:
            stage.elsewhere(person, 1)
    client.sign_in(world.person)
    address = f"/dau-moi/lop/{world.school.uuid}"

    for query in ("", "?loc=dang-hoc", "?xep=ket-qua&nguoc=1", "?loc=dat&tim=người", "?loc=chua-bat-dau"):
        lines = []
        page = client.get(address + query).get_data(as_text=True)
        for number in (1, 2):
            text = page if number == 1 else client.get(
                address + query + ("&" if query else "?") + "trang=2").get_data(as_text=True)
            if number == 1 or 'rel="prev"' in text:
                lines += on_screen(text)
        book = client.get(f"{address}.xlsx{query}")
        expected = [(row["Họ và tên"], row["Tình trạng"], row["Bài đã xong"], row["Lần kiểm tra"],
                     row["Kết quả tốt nhất (phần trăm)"], row["Học ở nơi khác"]) for row in rows_of(book)]
        assert lines == expected != [], query
        sheet = load_workbook(io.BytesIO(book.data)).active
        counts = re.findall(r'class="count[^"]*">(\d+)<', page)
        assert [f"{sheet.cell(number, 1).value}".rpartition(": ")[2] for number in range(3, 7)] == counts[1:]
    assert {row["Số điện thoại"] for row in rows_of(client.get(address + ".xlsx"))} >= {"0905123400", "0905123459"}


def on_screen(text):
    """(name, state, lessons, attempts, best, elsewhere) of each line of a page."""
    body = text[text.index("<tbody>"):text.index("</tbody>")]
    found = []
    for row in body.split("<tr>")[1:]:
        name = re.search(r'<th scope="row"><a[^>]*>([^<]*)<', row)[1]
        state = re.search(r"</svg> ([^<]*)</span>", row)[1]
        cells = re.findall(r'<td class="num" data-l="[^"]*">([^<]*)</td>', row)
        lessons, attempts, best, elsewhere = cells[:4]
        found.append((name, "Chưa bắt đầu" if state == "Chưa kích hoạt" else state, int(lessons), int(attempts),
                      None if best == "–" else int(best.rstrip("%")), int(elsewhere)))
    return found


def test_many_cost_as_many_statements_as_few(client, world):
    def statements():
        client.sign_in(world.person)
        address = f"/dau-moi/lop/{world.school.uuid}"
        client.get(address)
        with counted() as sent:
            client.get(address)
        return len(sent)

    few = statements()
    for number in range(120):
        world.stage.learns(make_teacher(world.school, f"Người Thứ {number}"), 1)

    assert few == statements() <= 6


def test_a_large_table_is_counted_once_a_minute_and_its_lines_are_always_fresh(world, monkeypatch):
    monkeypatch.setattr(classes, "MANY", 3)
    people = [make_teacher(world.school, f"Người {letter}") for letter in "ABCDE"]
    db.session.commit()
    assert shown(world).counts["learning"] == 0
    world.stage.learns(people[0], 2)
    db.session.commit()

    assert world.school.uuid
    with counted() as sent:
        table = shown(world)

    assert (table.counts["learning"], table.everybody) == (0, 6)
    assert table.lines[0].facts.lessons == 2
    assert len(sent) <= 3
    classes.forget()
    assert shown(world).counts["learning"] == 1


def test_a_focal_points_large_table_is_not_anothers(world, monkeypatch):
    monkeypatch.setattr(classes, "MANY", 1)
    for school in (world.school, world.other):
        for number in range(4):
            make_teacher(school, f"Của {school.id} {number}")
    db.session.commit()

    for actor, school in ((world.focal, world.school), (world.stranger, world.other)) * 2:
        table = table_of(actor, group_for(actor, school.uuid), Wanted(), page=1, now=NOW)
        assert {name for name in names(table) if name.startswith("Của")} == {f"Của {school.id} {n}" for n in range(4)}


@pytest.mark.parametrize("query", [
    "?trang=99999999999999999999", "?trang=²", "?trang=-1", "?trang=", "?loc=%00", "?tim=%00%E2%80%AE", "?xep=__class__",
    "?tim=" + "%C3%A0" * 900, "?nguoc=%ED%A0%80", "?tim=%25", "?tim=_"])
def test_bad_words_in_the_address_are_the_plain_table(client, world, query):
    client.sign_in(world.person)

    assert client.get(f"/dau-moi/lop/{world.school.uuid}{query}").status_code == 200


def test_a_renamed_school_shows_its_present_name(client, world):
    period = db.session.scalars(sa.select(Period).where(Period.organisation_id == world.school.id)).one()
    period.name = "Trường Tên Mới"
    client.sign_in(world.person)

    assert "Trường Tên Mới" in client.get(f"/dau-moi/lop/{world.school.uuid}").get_data(as_text=True)
