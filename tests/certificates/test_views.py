import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.certificates import queries, services
from lms.certificates.models import Credential, CredentialEvent
from lms.core import clock
from lms.core.audit import AuditEvent
from lms.core.config import flask_config
from lms.core.db import db
from lms.core.throttle import Throttle
from lms.people.models import Person
from tests.certificates.factories import make_certificate, make_confirmation, set_body
from tests.factories import NOW, make_actor, make_organisation, make_person, make_role
from tests.pages import PageClient
from tests.statements import counted

UNKNOWN = "BT-2026-000001-AAAA-AAAA"


def page(response):
    return " ".join(response.get_data(as_text=True).split())


def holder_of(credential):
    return db.session.get_one(Person, credential.person_id)


def make_officer(organisation, role="officer"):
    person = make_person("Ngô Thị Mai")
    make_role(person, role, organisation)
    return person


def revoke(credential, **values):
    officer = make_actor(make_officer(make_organisation()))
    services.revoke(credential, actor=officer, **{"reason": "Cấp chưa đúng quy định", "now": NOW, **values})
    db.session.commit()


# The public page


def test_verify_of_a_good_paper_shows_the_documented_minimum(client):
    credential = make_certificate("Trần Thị Lựu")
    person = holder_of(credential)
    person.phone, person.email = "0900000123", "luu@benthu.example"
    db.session.commit()

    response = client.get(f"/k/{credential.serial}")

    text = page(response)
    assert response.status_code == 200
    assert response.headers["X-Robots-Tag"].startswith("noindex")
    assert '<meta name="robots" content="noindex">' in text
    for said in ("Giấy này là thật", "Trần Thị Lựu", "1959", "Đã hoàn thành <b>Cấp 1: Xóa mù công nghệ</b>",
                 "Bốn cấp của lớp học số cộng đồng</span>, phiên bản 2025", "Ủy ban nhân dân phường Bến Thu", "21/11/2026",
                 "Còn hiệu lực", f'{credential.serial[:-9]}</span><wbr><span class="nowrap">{credential.serial[-9:]}</span>'):
        assert said in text
    for kept in ("0900000123", "luu@benthu.example", str(person.uuid), person.personal_code):
        assert kept not in text


@pytest.mark.parametrize("change", [str.lower, lambda s: s.replace("-", ""), lambda s: s.replace("-", " ")])
def test_verify_accepts_the_serial_as_people_type_it(client, change):
    credential = make_certificate()

    assert "Giấy này là thật" in page(client.get(f"/k/{change(credential.serial)}"))


def test_verify_costs_one_statement(client):
    path = f"/k/{make_certificate().serial}"
    client.get(path)

    with counted() as sent:
        response = client.get(path)

    assert response.status_code == 200
    assert len(sent) == 1


def test_verify_of_a_revoked_paper_shows_neither_name_nor_year(client):
    credential = make_certificate("Trần Thị Lựu")
    revoke(credential, decision="209/QĐ-UBND ngày 12/11/2026")

    text = page(client.get(f"/k/{credential.serial}"))

    for said in ("Giấy này đã bị thu hồi", "Không còn giá trị từ ngày 21/11/2026.", "Cấp chưa đúng quy định",
                 "209/QĐ-UBND ngày 12/11/2026", "0236 3000 000", "Kết quả học của bạn vẫn được giữ."):
        assert said in text
    for kept in ("Trần", "Lựu", "1959", "Giấy này là thật"):
        assert kept not in text


@pytest.mark.parametrize(("service", "sentence"), [
    (services.suspend, "Giấy này đang tạm dừng hiệu lực"), (services.replace, "Giấy này đã được thay thế"),
])
def test_verify_of_a_paper_not_in_force_says_so_without_a_name(client, service, sentence):
    credential = make_certificate("Trần Thị Lựu")
    service(credential, actor=make_actor(make_officer(make_organisation())), reason="Xem lại", now=NOW)
    db.session.commit()

    text = page(client.get(f"/k/{credential.serial}"))

    assert sentence in text
    assert "Trần Thị Lựu" not in text


def test_verify_of_an_expired_paper_needs_no_job_to_know(client):
    credential = make_certificate("Trần Thị Lựu", valid_until=clock.now() - timedelta(seconds=1), now=NOW)

    text = page(client.get(f"/k/{credential.serial}"))

    assert "Giấy này đã hết hạn" in text
    assert "Trần Thị Lựu" not in text


def test_verify_marks_the_papers_of_the_demonstration(demo, client):
    assert "Giấy của bản dùng thử, không dùng làm thủ tục được." in page(client.get(f"/k/{make_certificate().serial}"))


def test_verify_draws_a_name_as_text(client):
    credential = make_certificate("<b>Hoa</b> {{7*7}}")

    assert "&lt;b&gt;Hoa&lt;/b&gt; {{7*7}}" in page(client.get(f"/k/{credential.serial}"))


def test_a_bare_running_number_is_answered_alike_whether_the_paper_exists(client):
    bare = make_certificate().serial[:-10]

    known, unknown = client.get(f"/k/{bare}"), client.get("/k/BT-2026-999999")

    assert known.status_code == unknown.status_code == 404
    assert "Còn thiếu 8 ký tự cuối. Gõ cả số hiệu như trên giấy." in page(known)
    assert page(known).replace(bare, "#") == page(unknown).replace("BT-2026-999999", "#")


def test_a_wrong_random_part_is_answered_like_an_unknown_number(client):
    near = make_certificate().serial[:-1] + "A"
    near = near if queries.certificate_by_serial(near) is None else near[:-1] + "B"

    known, unknown = client.get(f"/k/{near}"), client.get(f"/k/{UNKNOWN}")

    assert known.status_code == unknown.status_code == 404
    assert "Không có giấy nào mang số hiệu này. So lại từng ký tự với tờ giấy." in page(known)
    assert page(known).replace(near, "#") == page(unknown).replace(UNKNOWN, "#")


def test_guessing_locks_the_address_and_no_other(client):
    credential = make_certificate()

    answers = [client.get(f"/k/{UNKNOWN}").status_code for _ in range(31)]

    assert answers == [404] * 30 + [429]
    assert client.get(f"/k/{credential.serial}").status_code == 429
    assert client.get(f"/k/{credential.serial}", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200


def test_guessing_from_many_addresses_of_one_household_is_one_guesser(client):
    answers = [client.get(f"/k/{UNKNOWN}", environ_base={"REMOTE_ADDR": f"2001:db8:1:2::{n:x}"}).status_code
               for n in range(31)]

    assert answers == [404] * 30 + [429]


@pytest.mark.heavy
def test_guessing_from_everywhere_locks_everywhere(client):
    for i in range(600):
        client.get(f"/k/{UNKNOWN}", environ_base={"REMOTE_ADDR": f"203.0.{i // 200}.{i % 200}"})

    assert client.get(f"/k/{UNKNOWN}", environ_base={"REMOTE_ADDR": "198.51.100.1"}).status_code == 429


def test_right_serials_and_half_typed_ones_never_count(client):
    credential = make_certificate()

    for _ in range(40):
        client.get(f"/k/{credential.serial}")
        client.get(f"/k/{credential.serial[:-10]}")

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 0


def test_old_addresses_still_answer_after_a_move(client, app, monkeypatch):
    moved = flask_config({"LMS_MODE": "demo", "LMS_SECRET_KEY": "k3-Wq8sZ" * 6, "LMS_BASE_URL": "https://moi.example",
                          "LMS_FORMER_HOSTS": "cu.example"})
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", moved["TRUSTED_HOSTS"])
    credential = make_certificate()

    for host, status in [("moi.example", 200), ("cu.example", 200), ("la.example", 400)]:
        assert client.get(f"/k/{credential.serial}", base_url=f"https://{host}").status_code == status


def test_the_address_on_paper_never_comes_from_the_request(client):
    officer = make_officer(ward := make_organisation())
    set_body()
    make_confirmation(organisation=ward)
    db.session.commit()
    client.sign_in(officer)

    client.post("/dia-ban/so-goc/cap-giay", data={"csrf_token": client.token()}, base_url="http://evil.example",
                headers={"X-Forwarded-Host": "evil.example"})
    client.send("/dia-ban/so-goc/cap-giay")

    assert [c.issued["url"] for c in queries.every_certificate()] == [
        f"https://hocso.benthu.example/k/{c.serial}" for c in queries.every_certificate()] != []


# The search


def test_search_asks_for_the_serial(client):
    text = page(client.get("/tra-cuu"))

    assert "Tra cứu giấy xác nhận" in text
    assert 'name="so_hieu"' in text


def test_search_of_a_whole_serial_leads_to_the_paper(client):
    response = client.get("/tra-cuu?so_hieu=bt+2026+000127+k7qm+2rxd")

    assert (response.status_code, response.location) == (302, "/k/BT-2026-000127-K7QM-2RXD")


@pytest.mark.parametrize(("typed", "sentence"), [
    ("BT-2026-000127", "Còn thiếu 8 ký tự cuối."), ("127", "Số hiệu chưa đủ."), ("Nguyễn Thị Hoa", "Không có giấy nào"),
    ('"><script>alert(1)</script>', "Không có giấy nào"),
])
def test_search_says_what_is_wrong_beside_the_field(client, typed, sentence):
    response = client.get("/tra-cuu", query_string={"so_hieu": typed})

    assert response.status_code == 404
    assert re.search(rf'id="so-hieu-err">.*{sentence}', page(response))
    assert "<script>alert" not in page(response)


# The holder


def test_mine_lists_my_papers_and_nobody_elses(client):
    mine, other = make_certificate("Trần Thị Lựu"), make_certificate("Lê Thị Sáu")

    text = page(client.sign_in(holder_of(mine)).get("/giay-xac-nhan"))

    assert mine.serial[-9:] in text
    assert other.serial[-9:] not in text


def test_mine_without_a_paper_says_what_comes_first(client):
    assert "Bạn chưa có giấy xác nhận" in page(client.sign_in(make_person()).get("/giay-xac-nhan"))


def test_certificate_shows_the_paper_as_text(client):
    credential = make_certificate("Trần Thị Lựu")

    text = page(client.sign_in(holder_of(credential)).get(f"/giay-xac-nhan/{credential.serial}"))

    for said in ("GIẤY XÁC NHẬN", "Trần Thị Lựu", "Sinh năm 1959", "theo thang bốn cấp của địa phương, phiên bản 2025.",
                 "TM. ỦY BAN NHÂN DÂN<br>CHỦ TỊCH", f"/credentials/{credential.serial}.pdf"):
        assert said in text


def test_pdf_is_the_issued_file(client):
    credential = make_certificate()

    response = client.sign_in(holder_of(credential)).get(f"/credentials/{credential.serial}.pdf")

    assert response.mimetype == "application/pdf"
    assert response.data == queries.file_of(credential).content
    assert f'filename="{credential.serial}.pdf"' in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/giay-xac-nhan/{}", "/credentials/{}.pdf"])
def test_another_persons_paper_is_not_there(client, path):
    credential, next_one = make_certificate(), make_certificate("Lê Thị Sáu")
    client.sign_in(holder_of(credential))

    response = client.get(path.format(next_one.serial))

    assert response.status_code == 404
    assert "Lê Thị Sáu" not in page(response)


@pytest.mark.parametrize("wrong", ["", "?t=", "?t=sai", "?t=" + "A" * 22])
def test_pdf_without_sign_in_or_the_right_link_is_not_there(client, wrong):
    assert client.get(f"/credentials/{make_certificate().serial}.pdf{wrong}").status_code == 404


def test_a_link_opens_the_pdf_to_whoever_holds_it(client, app):
    credential = make_certificate()
    client.sign_in(holder_of(credential))

    client.send(f"/giay-xac-nhan/{credential.serial}/duong-dan")
    text = page(client.get(f"/giay-xac-nhan/{credential.serial}"))

    path = re.search(r"https://hocso\.benthu\.example(/credentials/\S+\?t=[\w-]{22})", text)[1]
    assert app.test_client().get(path).data == queries.file_of(credential).content
    other = make_certificate("Lê Thị Sáu")
    assert app.test_client().get(path.replace(credential.serial, other.serial)).status_code == 404
    assert path not in page(client.get(f"/giay-xac-nhan/{credential.serial}"))


def test_a_stranger_cannot_make_a_link(client):
    credential = make_certificate()

    assert client.sign_in(make_person()).send(f"/giay-xac-nhan/{credential.serial}/duong-dan").status_code == 404
    db.session.refresh(credential)
    assert credential.access_token_hash is None


# The register


def test_register_shows_the_papers_of_ones_own_tree(client):
    ward = make_organisation()
    below = make_organisation("Tổ 1", parent=ward, kind="village")
    here = [make_certificate("Trần Thị Lựu", ward), make_certificate("Đặng Thị Ỷ", below)]
    elsewhere = make_certificate("Lê Thị Sáu", make_organisation("Phường khác"))

    text = page(client.sign_in(make_officer(ward)).get("/dia-ban/so-goc"))

    assert all(c.serial[-9:] in text for c in here)
    assert text.index(here[1].serial[-9:]) < text.index(here[0].serial[-9:])
    assert elsewhere.serial[-9:] not in text
    assert "Lê Thị Sáu" not in text


@pytest.mark.parametrize(("search", "found"), [
    ("dang thi y", ["Đặng Thị Ỷ"]), ("Ỷ", ["Đặng Thị Ỷ"]), ("bt 2026 000001", ["Trần Thị Lựu"]), ("%", []), ("_", []),
    ("thi", ["Đặng Thị Ỷ", "Trần Thị Lựu"]),
])
def test_register_finds_names_without_marks_and_serials(app, search, found):
    ward = make_organisation()
    make_certificate("Trần Thị Lựu", ward)
    make_certificate("Đặng Thị Ỷ", ward)

    rows, has_older = queries.register_visible_to(make_actor(make_officer(ward)), search=search)

    assert ([c.issued["recipient"] for c in rows], has_older) == (found, False)


def test_register_shows_fifty_a_page_at_the_same_cost(client):
    ward = make_organisation()
    officer = make_officer(ward)
    for _ in range(3):
        make_certificate(organisation=ward)
    client.sign_in(officer).get("/dia-ban/so-goc")
    with counted() as few:
        client.get("/dia-ban/so-goc")
    for _ in range(50):
        make_certificate(organisation=ward)

    with counted() as many:
        first = page(client.get("/dia-ban/so-goc"))
    older = re.search(r'href="(/dia-ban/so-goc\?truoc=\d+)"', first)[1]
    second = page(client.get(older))

    assert len(many) == len(few) <= 3
    assert first.count('<th scope="row">') == 50
    assert second.count('<th scope="row">') == 3
    assert "Giấy cấp trước đó" not in second


def test_register_issues_what_is_due_here(client):
    ward, other = make_organisation(), make_organisation("Phường khác")
    officer = make_officer(ward)
    set_body()
    make_confirmation(organisation=ward)
    make_confirmation(organisation=other)
    db.session.commit()
    client.sign_in(officer)
    assert "1 người đã được xác nhận, chưa có giấy" in page(client.get("/dia-ban/so-goc"))

    client.send("/dia-ban/so-goc/cap-giay")

    assert "Đã cấp 1 giấy." in page(client.get("/dia-ban/so-goc"))
    assert db.session.scalars(sa.select(Credential.organisation_id)).all() == [ward.id]
    line = db.session.scalar(sa.select(AuditEvent).where(AuditEvent.action == "credential.issued"))
    assert line.actor_id == officer.id


def test_register_says_which_setting_keeps_it_from_issuing(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_BASE_URL", "http://localhost:8000")
    ward = make_organisation()
    make_confirmation(organisation=ward)
    client.sign_in(make_officer(ward))

    response = client.send("/dia-ban/so-goc/cap-giay")

    assert response.status_code == 409
    assert "LMS_BASE_URL" in page(response)


@pytest.mark.parametrize("query", ["truoc=" + "9" * 30, "truoc=-1", "tim=%00BT", "tim=%25_", "truoc=%00"])
def test_register_bears_whatever_stands_in_the_address(client, query):
    ward = make_organisation()
    make_certificate(organisation=ward)
    client.sign_in(make_officer(ward))

    assert client.get(f"/dia-ban/so-goc?{query}").status_code == 200


@pytest.mark.parametrize("role", ["learner", "mentor", "instructor", "focal_point", "assessor", "author", "reviewer"])
def test_register_is_for_officers_and_admins(client, role):
    ward = make_organisation()
    credential = make_certificate(organisation=ward)
    client.sign_in(make_officer(ward, role))

    for path in ("", f"/{credential.serial}", f"/{credential.serial}.pdf", f"/{credential.serial}/thu-hoi"):
        assert client.get(f"/dia-ban/so-goc{path}").status_code == 403
    assert client.send(f"/dia-ban/so-goc/{credential.serial}/thu-hoi", reason="x").status_code == 403
    assert client.send("/dia-ban/so-goc/cap-giay").status_code == 403
    assert db.session.scalars(sa.select(Credential.state)).all() == ["good"]


@pytest.mark.parametrize("what", ["", ".pdf", "/thu-hoi", "/tam-dung", "/thay-the"])
def test_entry_of_another_ward_is_not_there(client, what):
    credential = make_certificate("Lê Thị Sáu", make_organisation("Phường khác"))
    client.sign_in(make_officer(make_organisation()))
    path = f"/dia-ban/so-goc/{credential.serial}{what}"

    assert client.get(path).status_code == 404
    if what.startswith("/"):
        assert client.send(path, reason="x").status_code == 404
    assert db.session.scalars(sa.select(Credential.state)).all() == ["good"]


def test_entry_tells_what_befell_the_paper(client):
    ward = make_organisation()
    officer, credential = make_officer(ward), make_certificate(organisation=ward)
    services.suspend(credential, actor=make_actor(officer), reason="Đang xem lại hồ sơ", now=NOW)
    db.session.commit()
    client.sign_in(officer)

    text = page(client.get(f"/dia-ban/so-goc/{credential.serial}"))

    assert "Tạm dừng hiệu lực</b>, 10:00, 21/11/2026, Ngô Thị Mai<br>Đang xem lại hồ sơ" in text
    assert "Khôi phục hiệu lực</a>" in text
    assert client.get(f"/dia-ban/so-goc/{credential.serial}.pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize("role", ["officer", "admin"])
def test_revoking_takes_a_reason_and_a_second_step(client, role):
    ward = make_organisation()
    officer, credential = make_officer(ward, role), make_certificate(organisation=ward)
    client.sign_in(officer)
    path = f"/dia-ban/so-goc/{credential.serial}/thu-hoi"

    asked = page(client.get(path))
    refused = client.send(path, reason="  ")
    done = client.send(path, reason="Cấp nhầm người", decision="209/QĐ-UBND")

    assert "Thu hồi giấy này?" in asked
    assert refused.status_code == 422
    assert "Gõ lý do." in page(refused)
    assert (done.status_code, done.location) == (302, f"/dia-ban/so-goc/{credential.serial}")
    assert "Đã thu hồi giấy." in page(client.get(done.location))
    event = db.session.scalar(sa.select(CredentialEvent).where(CredentialEvent.kind == "revoked"))
    assert (event.actor_id, event.reason, event.decision) == (officer.id, "Cấp nhầm người", "209/QĐ-UBND")
    assert client.send(path, reason="Lần nữa").status_code == 409


def test_replacing_leads_to_the_new_paper(client):
    ward = make_organisation()
    officer, old = make_officer(ward), make_certificate(organisation=ward)
    holder_of(old).full_name = "Trần Thị Ngọc Lựu"
    db.session.commit()

    done = client.sign_in(officer).send(f"/dia-ban/so-goc/{old.serial}/thay-the", reason="Sửa họ tên")

    assert old.serial not in done.location
    assert "Giấy xác nhận của Trần Thị Ngọc Lựu" in page(client.get(done.location))


@pytest.mark.parametrize("path", [
    "/giay-xac-nhan", f"/giay-xac-nhan/{UNKNOWN}", "/dia-ban/so-goc", f"/dia-ban/so-goc/{UNKNOWN}",
])
def test_pages_of_people_lead_a_stranger_to_the_sign_in(client, path):
    response = client.get(path)

    assert response.status_code == 302
    assert response.location.startswith("/dang-nhap?next=")


@pytest.mark.parametrize("path", ["giay-xac-nhan/{}/duong-dan", "dia-ban/so-goc/{}/thu-hoi", "dia-ban/so-goc/cap-giay"])
def test_posts_need_their_token(client, path):
    ward = make_organisation()
    credential = make_certificate(organisation=ward)
    client.sign_in(make_officer(ward))

    assert client.post("/" + path.format(credential.serial), data={"reason": "x"}).status_code == 400
    assert db.session.scalars(sa.select(Credential.state)).all() == ["good"]


def test_the_public_page_drawn_for_somebody_signed_in_holds_nothing_of_theirs(client, app):
    credential = make_certificate()
    app.extensions.pop("verified_frames", None)
    client.sign_in(make_person("Lê Văn Hùng"))
    client.get(f"/k/{credential.serial}")

    page = PageClient(app).get(f"/k/{credential.serial}").get_data(as_text=True)

    assert "csrf_token" not in page
    assert "data-idle-minutes" not in page
