"""The attack list, sections 5 and 6, as far as lists are concerned. The number of the case stands in each name.

Case 66 (pictures) has nothing to attack here: no form of the application takes a picture, and no list is read as one.
"""

import csv
import io
import socket
import threading
import time
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms.core import clock, jobs
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.spreadsheets import SheetToWrite, write_csv, write_workbook
from lms.people.models import ActivationCode, Membership, Person, RoleGrant
from lms.rosters.models import RosterFile, RosterImport, RosterRow
from lms.rosters.services.imports import begin_import, request_check, request_commit
from tests.assessment.test_external_evidence import make_source, record
from tests.factories import make_actor, make_member, make_organisation, make_person, make_role
from tests.pages import PageClient
from tests.people.factories import make_ward
from tests.rosters.factories import make_school

PAGES = ("/dau-moi/nhap", "/dau-moi/ket-qua-noi-khac")
HEADING = ("STT", "Họ và tên", "Số điện thoại", "Khóa học")
FORMULAS = ('=HYPERLINK("http://x","a")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", ";=1+1", "=cmd|' /C calc'!A0")


@pytest.fixture
def school(app):
    """(school, source); its focal point's browser is `sender`."""
    ward, *_ = make_ward()
    place, source = make_school(parent=ward), make_source(ward)
    focal = make_person("Trần Thị Đầu")
    make_role(focal, "focal_point", place)
    db.session.commit()
    return place, source, focal


@pytest.fixture
def sender(app, school):
    return PageClient(app).sign_in(school[2])


def workbook(rows=((1, "Nguyễn Thị Hoa", "0905123456", "Khóa A"),), heading=HEADING):
    return write_workbook([SheetToWrite("DS", heading, rows)])


def send(client, school, content, name="ds.xlsx", page=PAGES[0]):
    place, source, _focal = school
    file = FileStorage(io.BytesIO(content), name, "tep", "application/octet-stream")
    data = {"csrf_token": client.token(), "don-vi": str(place.uuid), "nguon": str(source.uuid), "tep": file}
    boundary, body = encode_multipart(data)  # in memory: no file that stays open
    return client.post(page, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def refused(answer):
    """The page said no in a sentence, and nothing was kept."""
    assert answer.status_code in (413, 422), answer.status_code
    assert count(RosterImport) == count(RosterFile) == 0


def repacked(change, extra=()):
    """A workbook of ours whose members went through `change(name, bytes)`, with more members behind."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for one in book.infolist():
            made.writestr(one.filename, change(one.filename, book.read(one)))
        for name, content in extra:
            made.writestr(name, content)
    return out.getvalue()


# ---------- 62, 63: what a file is, its bytes say

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script><table><tr><td>Ho ten</td></tr></table></body></html>"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


@pytest.mark.parametrize("where", PAGES)
@pytest.mark.parametrize("content", [SVG, HTML, PNG, b"%PDF-1.7\n...", b"GIF89a" + bytes(50), b"MZ" + bytes(300), b"\0" * 500],
                         ids=["svg", "html", "png", "pdf", "gif", "exe", "zeros"])
def test_62_63_what_is_no_list_is_refused_whatever_it_is_called(sender, school, content, where):
    for name in ("ds.xlsx", "ds.xls", "ds.ods", "anh.png.xlsx"):
        answer = send(sender, school, content, name, where)
        refused(answer)
        assert b"<script>alert(1)" not in answer.data


@pytest.mark.parametrize("name", ["ds.png.xlsx", "ds.xlsx.html", ".htaccess", "ds.xlsx.", "ds", "\u202excslx.exe",
                                  "a" * 300 + ".xlsx"])
def test_63_a_real_workbook_is_read_whatever_it_is_called(sender, school, name):
    answer = send(sender, school, workbook(), name)
    assert answer.status_code == 302, name
    kept = db.session.scalars(sa.select(RosterImport.file_name)).one()
    assert len(kept) <= 200
    assert "\u202e" not in kept


# ---------- 64: paths

TRAVERSALS = ["../../../../tmp/xau.xlsx", "..\\..\\xau.xlsx", "C:\\Windows\\xau.xlsx", "/etc/xau.xlsx", "..%2f..%2fxau.xlsx",
              "%252e%252e%252fxau.xlsx", "．．／xau.xlsx"]


@pytest.mark.parametrize("name", TRAVERSALS)
def test_64_a_path_in_the_name_of_a_file_leads_nowhere(app, sender, school, name):
    before = files_near(app)
    assert send(sender, school, workbook(), name).status_code == 302

    kept = db.session.scalars(sa.select(RosterImport.file_name)).one()
    assert "/" not in kept
    assert "\\" not in kept
    jobs.run_due()
    assert files_near(app) == before


def test_64_members_with_paths_and_links_are_not_unpacked(app, sender, school):
    link = zipfile.ZipInfo("xl/worksheets/link")
    link.external_attr = 0o120777 << 16
    extra = [("../../../../tmp/lms-xau.txt", b"x"), ("/tmp/lms-xau.txt", b"x"),  # noqa: S108
             ("..\\..\\lms-xau.txt", b"x"), (link, b"/etc/passwd")]
    before = files_near(app)
    answer = send(sender, school, repacked(lambda _name, content: content, extra))

    assert answer.status_code in (302, 422)
    assert files_near(app) == before
    assert not Path("/tmp/lms-xau.txt").exists()  # noqa: S108


def files_near(app):
    """Every file of the instance, but for those of the database."""
    return sorted(str(path) for path in Path(app.config["LMS_INSTANCE"]).rglob("*") if ".db" not in path.name)


# ---------- 65, 67: sizes

def zeros(name, content):
    """A sheet of half a gigabyte of white space."""
    return b" " * 500_000_000 if name.endswith("sheet1.xml") else content


def many_rows():
    """A real sheet with 600,000 rows."""
    body = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 600_001))
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>'
    return repacked(lambda name, content: sheet.encode() if name.endswith("sheet1.xml") else content)


def lying_about_its_size():
    """The directory says ten bytes, the member holds 300 million."""
    bomb = bytearray(repacked(lambda name, content: b" " * 300_000_000 if name.endswith("sheet1.xml") else content))
    place = bomb.rfind(b"PK\x01\x02")
    while place >= 0:
        if bomb[place + 46:].startswith(b"xl/worksheets/sheet1.xml"):
            bomb[place + 24:place + 28] = (10).to_bytes(4, "little")
        place = bomb.rfind(b"PK\x01\x02", 0, place)
    return bytes(bomb)


BOMBS = {
    "unpacks to half a gigabyte": lambda: repacked(zeros),
    "many members": lambda: repacked(lambda _n, c: c, [(f"m{n}.xml", b"") for n in range(30_000)]),
    "600,000 rows": many_rows,
    "wrong declared size": lying_about_its_size,
    "nested": lambda: repacked(lambda _n, c: c, [("inner.zip", repacked(zeros))]),
}


@pytest.mark.heavy
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_65_a_bomb_is_refused_and_the_server_goes_on_answering(app, sender, school, bomb):
    content, begun = bomb(), time.process_time()
    answer = send(sender, school, content)

    assert time.process_time() - begun < 6
    assert answer.status_code in (302, 413, 422)
    if answer.status_code == 302:  # what was read of it is our own sheet, not the bomb
        assert db.session.scalars(sa.select(RosterImport.found)).one()["rows"] == 1
    assert sender.get("/dau-moi/nhap").status_code == 200


def test_65_a_bomb_costs_no_memory(app, sender, school):
    import tracemalloc

    content = repacked(lambda name, c: b" " * 220_000_000 if name.endswith("sheet1.xml") else c)
    tracemalloc.start()
    refused(send(sender, school, content))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60_000_000


@pytest.mark.parametrize("where", PAGES)
def test_67_a_body_over_the_limit_is_not_read(sender, school, where):
    answer = send(sender, school, bytes(app_limit(sender) + 1), page=where)
    assert answer.status_code == 413
    assert count(RosterImport) == 0


def app_limit(client):
    return client.application.config["MAX_CONTENT_LENGTH"]


@pytest.mark.parametrize("where", PAGES)
def test_67_a_megabyte_of_pasted_text_is_refused(sender, school, where):
    place, source, _focal = school
    answer = sender.send(where, **{"don-vi": str(place.uuid), "nguon": str(source.uuid), "dan": "a\n" * 600_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("text", ["\0\0\0", "\u202e\u200b\ufeff", "🙂" * 500, "Họ tên\n" + "\t" * 5000, "Họ tên\n" + "a" * 40_000,
                                  '"' * 999, "Họ tên;" * 300])
def test_odd_pasted_text_breaks_nothing(sender, school, text):
    place, source, _focal = school
    for page in PAGES:
        answer = sender.send(page, **{"don-vi": str(place.uuid), "nguon": str(source.uuid), "dan": text})
        assert answer.status_code in (302, 422)
        jobs.run_due()
        if answer.status_code == 302:
            assert sender.get(answer.headers["Location"]).status_code in (200, 302)


def test_lone_surrogates_break_nothing(sender, school):
    place, source, _focal = school
    for page in PAGES:
        body = f"csrf_token={sender.token()}&don-vi={place.uuid}&nguon={source.uuid}&dan=H%ED%A0%80%0Aabc"
        answer = sender.post(page, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (302, 422)


# ---------- 68: entities

@pytest.fixture
def listener():
    """(port, connections that came) of a server that nobody should call."""
    came = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        def wait():
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                came.append(1)
                connection.close()

        threading.Thread(target=wait, daemon=True).start()
        yield server.getsockname()[1], came


ENTITIES = {
    "file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "http": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:{port}/e">]>',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/p"> %p;]>',
    "laughs": '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij")) + '<!ENTITY e "&j;">]>',
}


@pytest.mark.parametrize("member", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("kind", ENTITIES)
def test_68_no_entity_is_resolved(sender, school, listener, kind, member):
    port, came = listener
    head = ENTITIES[kind].replace("{port}", str(port)).encode()

    def with_entity(name, content):
        if name != member:
            return content
        end = content.index(b"?>") + 2
        return content[:end] + head + content[end:].replace(b"Nguy", b"&e;Nguy", 1)

    begun = time.process_time()
    answer = send(sender, school, repacked(with_entity))

    assert time.process_time() - begun < 5
    assert answer.status_code in (302, 422)
    assert came == []
    kept = str(db.session.execute(sa.select(RosterImport.found)).all())
    assert "root:" not in kept
    assert "hahaha" not in kept


# ---------- 69: formulas

def exports(client):
    """(address, bytes) of every spreadsheet that this person can fetch by an address without parts."""
    for rule in sorted(client.application.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in rule.methods and not rule.arguments:
            answer = client.get(rule.rule)
            if is_sheet(answer):
                yield rule.rule, answer


def is_sheet(answer):
    return "spreadsheet" in answer.mimetype or answer.mimetype == "text/csv"


def live_cells(answer):
    """Cells that a spreadsheet program would compute."""
    if answer.mimetype == "text/csv":
        lines = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
        return [cell for line in lines for cell in line if cell.lstrip(" \u00a0")[:1] in set("=+-@\t\r＝＋－＠")]
    book = load_workbook(io.BytesIO(answer.data))
    return [cell.coordinate for sheet in book for line in sheet.rows for cell in line if cell.data_type == "f"]


@pytest.fixture
def hostile(app):
    """A ward, a school and people whose every word is a formula; (ward, school, its class)."""
    from lms.people.services.cohorts import add_to_cohort, create_cohort

    ward = make_organisation('=HYPERLINK("w")')
    place = make_organisation("@SUM(1)", kind="school", parent=ward)
    source = make_source(ward, name="=1+1", vouched_by="+2")
    people = [make_person(name, phone="0905123456", email=f"n{n}@benthu.example") for n, name in enumerate(FORMULAS)]
    for one in people:
        membership = make_member(one, place)
        membership.position, membership.staff_code = "=1+1", "-1"
    record(people, source, place, course="=cmd|' /C calc'!A0")
    cohort = create_cohort(organisation=place, name="=1+1", by=None, now=clock.now(), operator="cli:test")
    add_to_cohort(cohort, [one.id for one in people], now=clock.now(), actor_id=None)
    db.session.commit()
    return ward, place, cohort


@pytest.mark.parametrize("role", ["focal_point", "officer", "admin"])
def test_69_no_export_holds_a_live_formula(app, hostile, role):
    ward, place, cohort = hostile
    staff = make_person("Người Tải")
    make_role(staff, role, place if role == "focal_point" else ward)
    db.session.commit()
    client, seen = PageClient(app).sign_in(staff), []
    addresses = [path for path, _answer in exports(client)]
    addresses += [f"/dau-moi/lop/{uuid}.xlsx" for uuid in (place.uuid, cohort.uuid)]
    for path in addresses:
        answer = client.get(path)
        if is_sheet(answer):
            seen.append(path)
            assert live_cells(answer) == [], path
    assert any(path.startswith("/dau-moi/lop/") for path in seen)


def test_69_formulas_in_a_list_are_text_when_they_come_back(app, sender, school):
    rows = [(n, name, "", "Khóa") for n, name in enumerate(FORMULAS, start=1)]
    assert send(sender, school, workbook(rows)).status_code == 302
    uuid = db.session.scalars(sa.select(RosterImport.uuid)).one()
    sender.send(f"/dau-moi/nhap/{uuid}/ghep-cot", viec="kiem-tra")
    jobs.run_due()
    answer = sender.get(f"/dau-moi/nhap/{uuid}/tep-loi.xlsx")
    assert is_sheet(answer)
    assert live_cells(answer) == []


@pytest.mark.parametrize("write", [lambda rows: workbook(rows), lambda rows: write_csv([HEADING, *rows])], ids=["xlsx", "csv"])
def test_69_a_phone_with_a_plus_survives_out_and_in(app, school, write):
    content = write([(1, "Nguyễn Thị Hoa", "+84905123456", "")])
    roster = imported(school, content, "ds.xlsx" if content.startswith(b"PK") else "ds.csv")
    assert roster.document["errors"] == []
    assert db.session.scalars(sa.select(Person.phone).where(Person.full_name == "Nguyễn Thị Hoa")).one() == "0905123456"


# ---------- 77 to 81: import of people

def checked(school, content, name="ds.xlsx"):
    place, _source, focal = school
    actor = make_actor(focal, now=clock.now())
    roster = begin_import(content=content, filename=name, organisation=place, by=actor, now=clock.now())
    request_check(roster, by=actor, now=clock.now())
    db.session.commit()
    jobs.run_due()
    db.session.refresh(roster)
    return roster, actor


def imported(school, content, name="ds.xlsx", *, skip_faulty=False):
    roster, actor = checked(school, content, name)
    request_commit(roster, skip_faulty=skip_faulty, by=actor, now=clock.now())
    db.session.commit()
    jobs.run_due()
    db.session.refresh(roster)
    return roster


def people_table():
    return sorted(map(repr, db.session.execute(sa.select(Person.__table__)))), sorted(
        map(repr, db.session.execute(sa.select(Membership.__table__))))


def names(amount):
    return [(n, f"Giáo Viên Số {chr(65 + n // 26 % 26)}{chr(65 + n % 26)}", f"0905{n:06d}", "") for n in range(1, amount + 1)]


def test_77_twice_is_once(app, school):
    content = workbook(names(40))
    imported(school, content)
    before = people_table()
    roster, _actor = checked(school, content)

    assert [roster.document[name] for name in ("rows", "new", "matched", "unchanged")] == [40, 0, 40, 40]
    imported(school, content)
    assert people_table() == before


def test_77_a_failure_in_the_middle_leaves_nothing(app, school, monkeypatch):
    from lms.people.services import many
    from lms.rosters.services import committing

    before = people_table()

    def breaks(*_arguments, **_values):
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(committing, "insert_memberships", breaks)
    assert many.insert_memberships is not breaks
    roster, actor = checked(school, workbook(names(600)))
    request_commit(roster, skip_faulty=False, by=actor, now=clock.now())
    db.session.commit()
    for _again in range(5):
        jobs.run_due()
    db.session.expire_all()

    assert people_table() == before
    assert roster.state != "done"


def test_77_what_was_shown_is_what_was_written(app, school):
    rows = [*names(20), (90, "", "0905000001", ""), (91, "Lê Minh", "12", "")]
    roster = imported(school, workbook(rows), skip_faulty=True)
    here = db.session.scalar(sa.select(sa.func.count()).where(Membership.organisation_id == school[0].id))
    assert (roster.counts["new"], here) == (20, 20)


def test_77_two_people_on_one_phone_with_one_name_and_birth_are_one_account(app, school):
    rows = [(1, "Lê Minh", "0905123456", ""), (2, "LÊ MINH", "0905 123 456", ""), (3, "Võ An", "0905123456", "")]
    roster, _actor = checked(school, workbook(rows))
    assert [(one["row"], one["code"]) for one in roster.document["errors"]] == [(3, "row.duplicate")]
    assert [one["row"] for one in roster.document["warnings"] if one["code"] == "phone.shared"] == [4]


def test_80_columns_that_would_give_rights_are_ignored(app, school):
    heading = ("STT", "Họ và tên", "Số điện thoại", "role", "is_admin", "org", "organisation_id", "password_hash", "secret_hash",
               "Vai trò", "Mật khẩu")
    row = (1, "Nguyễn Thị Hoa", "0905123456", "admin", "1", "phuong-ben-thu", "1", "$argon2id$v=19$m=1,t=1,p=1$YQ$YQ", "x",
           "Quản trị", "123456")
    roles = count(RoleGrant)
    roster = imported(school, workbook([row], heading))

    assert roster.state == "done"
    person = db.session.scalars(sa.select(Person).where(Person.full_name == "Nguyễn Thị Hoa")).one()
    assert (person.secret_hash, person.is_demo, count(RoleGrant)) == (None, False, roles)
    memberships = db.session.scalars(sa.select(Membership.organisation_id).where(Membership.person_id == person.id)).all()
    assert memberships == [school[0].id]
    assert count(ActivationCode) == 0


def test_81_file_and_preview_are_gone_afterwards_and_stand_in_no_log(app, school, sender, capfd, caplog):
    caplog.set_level("DEBUG")
    rows = [(1, "Nguyễn Thị Hoa", "0905123456", ""), (2, "Lê Bí Mật", "0905777888", "")]
    roster = imported(school, workbook(rows), "danh-sach-bi-mat.xlsx")

    assert count(RosterFile) == 0
    assert count(RosterRow) == 0
    written = "".join(capfd.readouterr()) + caplog.text
    lines = str(db.session.execute(sa.select(AuditEvent.__table__)).all())
    for word in ("Lê Bí Mật", "0905777888"):
        assert word not in written
        assert word not in lines
        assert word not in str(roster.document) + str(roster.found) + str(roster.corrections)
    base = f"dau-moi/nhap/{roster.uuid}"
    for path in ("danh-sach-bi-mat.xlsx", f"{base}/danh-sach-bi-mat.xlsx", f"{base}/tep-loi.xlsx", f"static/{roster.uuid}.xlsx"):
        assert sender.get("/" + path).status_code in (302, 404, 409), path


def test_40_a_role_that_was_taken_away_writes_no_list(app, school):
    roster, actor = checked(school, workbook(names(3)))
    request_commit(roster, skip_faulty=False, by=actor, now=clock.now())
    db.session.execute(sa.update(RoleGrant).where(RoleGrant.person_id == actor.id).values(ended_at=clock.now()))
    db.session.commit()
    before = people_table()
    jobs.run_due()
    db.session.refresh(roster)

    assert people_table() == before
    assert roster.state == "checked"


def test_35_a_list_for_another_school_is_refused(app, school, sender):
    other = make_school("Trường khác", key="khac")
    db.session.commit()
    _place, source, _focal = school
    refused(send(sender, (other, source, None), workbook()))
    refused(send(sender, (other, source, None), workbook(), page=PAGES[1]))
