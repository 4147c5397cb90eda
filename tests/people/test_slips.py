"""Slips on paper and on the screen."""

import re
from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa

from lms.core import clock
from lms.core.db import db
from lms.people.models import ActivationCode
from lms.people.queries.activation_codes import open_activation_code
from lms.web.qr import qr
from tests.people.factories import make_account, make_learner, make_staff, make_ward


def ward_with(client, count, role="focal_point"):
    _ward, to_1, to_2 = make_ward()
    people = [make_learner(to_1, f"Người {'ABCDEFGHIJKLMNOP'[n]}") for n in range(count)]
    make_learner(to_2, "Phạm Văn Xa")
    client.sign_in(make_staff(role, to_1))
    return people


def codes(page):
    return [c.replace("-", "") for c in re.findall(r'slip__code num">([^<]*)<', page.get_data(as_text=True))]


def make_slips(client, people):
    return client.send("/phieu", nguoi=[str(person.uuid) for person in people])


def test_slips_lists_those_without_a_pin(client):
    people = ward_with(client, 2)
    with_pin = make_account("Đã Có", phone="0900000009")
    from lms.people.queries.organisations import organisation_by_key
    from tests.factories import make_member
    make_member(with_pin, organisation_by_key("to-1"))
    db.session.commit()

    page = client.get("/phieu").get_data(as_text=True)

    assert [name in page for name in ("Người A", "Người B", "Đã Có", "Phạm Văn Xa")] == [True, True, False, False]
    assert len(people) == 2


def test_nine_slips_make_two_sheets_with_working_codes(client):
    people = ward_with(client, 9)

    page = client.get(make_slips(client, people).location)

    text = page.get_data(as_text=True)
    assert "9 phiếu, 2 tờ A4" in text
    assert text.count('class="sheet slips"') == 2
    opened = {open_activation_code(code, now=clock.now()).person_id for code in codes(page)}
    assert opened == {person.id for person in people}


def test_one_slip_is_shown_large(client):
    people = ward_with(client, 1)

    text = client.get(make_slips(client, people).location).get_data(as_text=True)

    assert "Đưa màn hình này cho người học quét" in text
    assert text.count("<svg role=\"img\"") == 2


def test_sheet_can_be_opened_again_and_shows_only_live_slips(client):
    people = ward_with(client, 2)
    address = make_slips(client, people).location
    first, second = codes(client.get(address))
    row = open_activation_code(first, now=clock.now())
    row.used_at = clock.now()
    db.session.commit()

    assert codes(client.get(address)) == [second]
    assert address in client.get("/phieu").get_data(as_text=True)


def test_sheet_is_its_makers_only_and_for_a_day(client):
    people = ward_with(client, 2)
    address = make_slips(client, people).location
    from lms.people.queries.organisations import organisation_by_key
    colleague = make_staff("focal_point", organisation_by_key("to-1"), "Đồng Nghiệp")
    db.session.commit()
    maker_id = db.session.scalars(sa.select(ActivationCode.made_by_id)).first()
    from lms.people.models import Person

    client.sign_in(colleague)
    assert client.get(address).status_code == 404
    client.sign_in(db.session.get(Person, maker_id))
    assert client.get(address).status_code == 200
    db.session.execute(sa.update(ActivationCode).values(made_at=clock.now() - timedelta(hours=25)))
    db.session.commit()
    assert client.get(address).status_code == 404
    assert client.get(f"/phieu/{uuid4()}").status_code == 404


def test_foreign_people_get_no_slip(client):
    ward_with(client, 1)
    from lms.people.models import Person
    foreign = db.session.scalars(sa.select(Person).where(Person.full_name == "Phạm Văn Xa")).one()

    answer = make_slips(client, [foreign])

    assert answer.status_code == 409
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ActivationCode)) == 0
    assert client.send("/phieu", nguoi="khong-phai-uuid").status_code == 409


def test_slip_has_no_mark_on_a_public_address(client, app):
    people = ward_with(client, 1)

    text = client.get(make_slips(client, people).location).get_data(as_text=True)

    assert "BẢN THỬ" not in text
    assert "hocso.benthu.example/p" in text


def test_slip_says_trial_while_the_address_is_private(client, app):
    people = ward_with(client, 1)
    address = make_slips(client, people).location
    before = app.config["LMS_BASE_URL"]

    app.config["LMS_BASE_URL"] = "http://localhost:8000"
    try:
        text = client.get(address).get_data(as_text=True)
    finally:
        app.config["LMS_BASE_URL"] = before

    assert text.count("BẢN THỬ – mã QR chỉ mở được trên máy này") == 2


def test_qr_is_one_inline_drawing(app):
    drawing = qr("https://hocso.benthu.example/p/K7QM2RXD4F", 'Mã "QR"')

    assert drawing.startswith('<svg role="img" aria-label="Mã &#34;QR&#34;" viewBox')
    assert "style" not in drawing
    assert "K7QM2RXD4F" not in drawing
