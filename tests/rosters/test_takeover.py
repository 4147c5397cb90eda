"""Takeover by list: a focal point lists somebody of another school whose telephone number and name they know.

They must gain nothing by it: no slip, no sight of what the list did not say itself, no way into the account.
"""

from datetime import date

import pytest
import sqlalchemy as sa
from werkzeug.routing import BuildError

from lms.core import clock, jobs
from lms.core.db import db
from lms.core.spreadsheets import SheetToWrite, write_workbook
from lms.people.models import ActivationCode, Cohort, Membership
from lms.rosters.services.imports import begin_import, request_check, request_commit
from tests.factories import make_member, make_person, make_role
from tests.pages import PageClient
from tests.people.factories import PIN, make_account, make_ward
from tests.rosters.factories import make_school

HEADING = ("Họ và tên", "Ngày sinh", "Số điện thoại", "Email", "Mã giáo viên", "Chức vụ")
VICTIM = {"phone": "0905123456", "email": "rieng@benthu.example", "birth_date": date(1980, 11, 20), "birth_year": 1980}
# What the attacker may know and put into the list, line by line worse.
KNOWN = {
    "name and phone": ("Nguyễn Thị Nạn Nhân", "", "0905123456", "", "", ""),
    "name, phone and birth": ("Nguyễn Thị Nạn Nhân", "20/11/1980", "0905123456", "", "", ""),
    "name and e-mail": ("Nguyễn Thị Nạn Nhân", "", "", "rieng@benthu.example", "", ""),
    "everything": ("Nguyễn Thị Nạn Nhân", "20/11/1980", "0905123456", "rieng@benthu.example", "GV1", "Giáo viên"),
    "phone under another name": ("Trần Văn Khác", "", "0905123456", "", "", ""),
}


@pytest.fixture(params=["with a PIN", "without a PIN"])
def scene(app, request):
    """(school B, its attacking focal point, the victim who belongs to A)."""
    ward, *_ = make_ward()
    a, b = make_school("Trường Của Nạn Nhân", parent=ward, key="a"), make_school("Trường Kẻ Xấu", parent=ward, key="b")
    make = make_account if request.param == "with a PIN" else make_person
    victim = make("Nguyễn Thị Nạn Nhân", personal_code="BT-7K3-29P", **VICTIM)
    make_member(victim, a)
    attacker = make_person("Kẻ Xấu")
    for role in ("focal_point", "mentor", "assessor"):
        make_role(attacker, role, b)
    db.session.commit()
    return b, attacker, victim


def listed(b, attacker, line):
    """The attacker's list, written."""
    from tests.factories import make_actor

    actor = make_actor(attacker, now=clock.now())
    content = write_workbook([SheetToWrite("DS", HEADING, [line, ("Người Của B", "", "0905999999", "", "", "")])])
    roster = begin_import(content=content, filename="ds.xlsx", organisation=b, by=actor, now=clock.now())
    roster.extra = {**roster.extra, "class": "Lớp B"}
    request_check(roster, by=actor, now=clock.now())
    db.session.commit()
    jobs.run_due()
    db.session.refresh(roster)
    assert roster.state == "checked", roster.fault
    request_commit(roster, skip_faulty=True, by=actor, now=clock.now())
    db.session.commit()
    jobs.run_due()
    db.session.refresh(roster)
    assert roster.state == "done", roster.fault
    return roster


def pages(app, ids):
    """Every address that can be opened with one of these ids, or with none."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in rule.methods or rule.endpoint == "operations.ready":
                continue
            for one in ids if rule.arguments else [None]:
                try:
                    found.append(app.url_for(rule.endpoint, **dict.fromkeys(rule.arguments, one)))
                except (BuildError, ValueError):
                    continue
    return sorted(set(found) - {"/readyz"})


def shown(client, path):
    answer = client.get(path)
    assert answer.status_code < 500, path
    if answer.mimetype.endswith("spreadsheetml.sheet"):
        import io

        from openpyxl import load_workbook

        book = load_workbook(io.BytesIO(answer.data))
        return "\n".join(str(cell.value) for sheet in book for line in sheet.rows for cell in line)
    return answer.get_data(as_text=True)


@pytest.mark.heavy
@pytest.mark.parametrize("line", KNOWN.values(), ids=KNOWN)
def test_nothing_is_shown_anywhere_that_the_list_did_not_say(app, scene, line):
    look_for_secrets(app, scene, line, lambda path: True)


def test_nothing_is_shown_on_the_pages_of_people_that_the_list_did_not_say(app, scene):
    look_for_secrets(app, scene, KNOWN["name and phone"],
                     lambda path: path.startswith(("/nguoi-hoc", "/dau-moi/lop", "/xac-nhan", "/dau-moi/nhap")))


def look_for_secrets(app, scene, line, wanted):
    """Open every wanted page as the attacker who wrote this list."""
    b, attacker, victim = scene
    roster = listed(b, attacker, line)
    cohorts = list(db.session.scalars(sa.select(Cohort.uuid)))
    secrets = {"BT-7K3-29P", "7K329P", VICTIM["phone"], "0905 123 456", VICTIM["email"], "20/11/1980", "1980-11-20",
               "Trường Của Nạn Nhân", str(victim.uuid)}
    told_by_attacker = {word for word in secrets if any(word.replace(" ", "") in cell for cell in line)}
    if "20/11/1980" in told_by_attacker:
        told_by_attacker.add("1980-11-20")
    client, told, seen = PageClient(app).sign_in(attacker), [], ""
    for path in filter(wanted, pages(app, [victim.uuid, roster.uuid, b.uuid, *cohorts])):
        text = shown(client, path)
        seen += text
        told += [f"{path}: {word}" for word in secrets - told_by_attacker if word in text and word not in path]
    assert told == []
    assert "Người Của B" in seen


@pytest.mark.parametrize("line", KNOWN.values(), ids=KNOWN)
def test_no_slip_and_no_change_of_the_account(app, scene, line):
    b, attacker, victim = scene
    before = {name: getattr(victim, name) for name in ("full_name", "phone", "email", "birth_date", "personal_code", "secret_hash")}
    roster = listed(b, attacker, line)
    client = PageClient(app).sign_in(attacker)

    client.send(f"/dau-moi/nhap/{roster.uuid}/phieu")
    client.send(f"/nguoi-hoc/{victim.uuid}/phieu")
    client.post("/phieu", data={"csrf_token": client.token(), "nguoi": [str(victim.uuid)]})
    client.post("/phieu", data={"csrf_token": client.token(), "nguoi": [str(victim.uuid)], "tat_ca": "1"})

    assert db.session.scalar(sa.select(sa.func.count()).where(ActivationCode.person_id == victim.id)) == 0
    db.session.refresh(victim)
    assert {name: getattr(victim, name) for name in before} == before
    live = db.session.scalars(sa.select(Membership).where(Membership.person_id == victim.id, Membership.left_on.is_(None))).all()
    assert all(not one.is_claimed for one in live if one.organisation_id == b.id)
    elsewhere = [one.organisation_id for one in live if one.organisation_id != b.id]
    assert [one.organisation_id for one in live if one.is_claimed] == elsewhere


def test_undoing_and_removing_end_nothing_of_the_other_school(app, scene):
    from lms.rosters.services.undoing import undo_import

    b, attacker, victim = scene
    roster = listed(b, attacker, KNOWN["everything"])
    undo_import(roster, by=None, operator="cli:test", now=clock.now())
    db.session.commit()

    db.session.refresh(victim)
    assert victim.ended_at is None
    live = db.session.scalars(sa.select(Membership.organisation_id).where(
        Membership.person_id == victim.id, Membership.left_on.is_(None))).all()
    assert len(live) == 1
    assert live != [b.id]


def test_the_victim_is_asked_and_may_say_no(app):
    ward, *_ = make_ward()
    a, b = make_school("Trường A", parent=ward, key="a"), make_school("Trường Kẻ Xấu", parent=ward, key="b")
    victim = make_account("Nguyễn Thị Nạn Nhân", **VICTIM, secret=PIN)
    make_member(victim, a)
    attacker = make_person("Kẻ Xấu")
    make_role(attacker, "focal_point", b)
    db.session.commit()
    listed(b, attacker, KNOWN["everything"])

    client = PageClient(app).sign_in(victim)
    pages_of_mine = client.get("/hom-nay").get_data(as_text=True) + client.get("/cua-toi").get_data(as_text=True)
    assert "Trường Kẻ Xấu" in pages_of_mine


def test_the_dry_run_says_the_same_of_somebody_elsewhere_and_of_nobody(app, scene):
    """Or a list would find out whose telephone number is known here."""
    from lms.rosters.models import RosterImport
    from tests.factories import make_actor

    b, attacker, _victim = scene
    actor = make_actor(attacker, now=clock.now())
    documents = []
    for line in (KNOWN["name, phone and birth"], ("Nguyễn Thị Nạn Nhâm", "21/11/1981", "0905123457", "", "", "")):
        content = write_workbook([SheetToWrite("DS", HEADING, [line])])
        roster = begin_import(content=content, filename="ds.xlsx", organisation=b, by=actor, now=clock.now())
        request_check(roster, by=actor, now=clock.now())
        db.session.commit()
        jobs.run_due()
        documents.append(db.session.get_one(RosterImport, roster.id, populate_existing=True).document)
    assert documents[0] == documents[1]
