"""Pages of proposals, merged persons and lists that named somebody; attacks 36, 38 and 41."""

import pytest
import sqlalchemy as sa

from lms.core import clock
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.people.models import ActivationCode, Membership, OrganisationPeriod, Person, PersonAlias, ProposalEvent
from lms.people.queries.proposals import proposals_to
from lms.people.services.merges import merge_persons
from lms.people.services.persons import end_person
from tests.factories import make_actor, make_member, make_organisation, make_role
from tests.people.factories import make_account, make_learner, make_staff, make_ward


@pytest.fixture
def scene(app):
    """(ward, school, officer, focal point)"""
    ward, school, _to_2 = make_ward()
    officer, focal = make_staff("officer", ward, "Nguyễn Thị Thu Hà"), make_learner(school, "Trần Văn Mối")
    make_role(focal, "focal_point", school)
    db.session.commit()
    return ward, school, officer, focal


def ask(client, school, name="Tổ Toán", reason="Đông người"):
    return client.send("/dau-moi/de-nghi/don-vi", name=name, kind="club", organisation=str(school.uuid), reason=reason)


def only_proposal(officer):
    return proposals_to(make_actor(officer, now=clock.now())).lines[0].uuid


def test_a_unit_is_asked_for_returned_asked_for_again_and_made(client, scene):
    _ward, school, officer, focal = scene
    client.sign_in(focal)
    refused = ask(client, school, name="", reason="")
    ask(client, school)
    client.sign_in(officer)
    uuid = only_proposal(officer)
    db.session.commit()

    silent = client.send(f"/dia-ban/de-nghi/{uuid}/tra-lai", reason="")
    client.send(f"/dia-ban/de-nghi/{uuid}/tra-lai", reason="Trường ghi rõ số người")
    client.sign_in(focal)
    read = client.get("/dau-moi/de-nghi").get_data(as_text=True)
    ask(client, school, reason="12 người")
    client.sign_in(officer)
    again = only_proposal(officer)
    db.session.commit()
    client.send(f"/dia-ban/de-nghi/{again}/dong-y")

    assert (refused.status_code, silent.status_code) == (422, 422)
    assert "Trường ghi rõ số người" in read
    assert "Phường trả lại" in read
    made = db.session.scalars(sa.select(OrganisationPeriod).where(OrganisationPeriod.name == "Tổ Toán")).one()
    assert made.parent_id == school.id
    page = client.get("/dia-ban/de-nghi").get_data(as_text=True)
    assert ("Phường đã đồng ý" in page, "Không có đề nghị nào chờ trả lời." in page) == (True, True)


def test_a_proposal_is_withdrawn_and_then_answered_by_nobody(client, scene):
    _ward, school, officer, focal = scene
    client.sign_in(focal)
    ask(client, school)
    uuid = only_proposal(officer)
    db.session.commit()

    client.send(f"/dau-moi/de-nghi/{uuid}/rut")
    client.sign_in(officer)
    client.send(f"/dia-ban/de-nghi/{uuid}/dong-y")

    assert db.session.scalars(sa.select(ProposalEvent.kind)).all() == ["withdrawn"]
    assert "Đề nghị này đã có trả lời." in client.get("/dia-ban/de-nghi").get_data(as_text=True)


def test_36_the_focal_point_cannot_answer_its_own_proposal(client, scene):
    _ward, school, officer, focal = scene
    client.sign_in(focal)
    ask(client, school)
    uuid = only_proposal(officer)
    db.session.commit()

    assert [client.send(f"/dia-ban/de-nghi/{uuid}/{verb}", reason="x").status_code for verb in ("dong-y", "tra-lai")] == [403, 403]
    assert db.session.scalar(sa.select(sa.func.count(ProposalEvent.id))) == 0


def test_35_a_proposal_of_another_ward_does_not_exist(client, scene):
    _ward, school, officer, focal = scene
    client.sign_in(focal)
    ask(client, school)
    uuid = only_proposal(officer)
    far = make_staff("officer", make_organisation("Phường khác"))
    db.session.commit()
    client.sign_in(far)

    assert client.send(f"/dia-ban/de-nghi/{uuid}/dong-y").status_code == 404
    assert "Tổ Toán" not in client.get("/dia-ban/de-nghi").get_data(as_text=True)


def twins(school, other_place):
    kept, other = make_account("Lê Thị Hòa"), make_learner(school, "Lê Thị Hoà")
    make_member(kept, school)
    make_learner(other_place, "Lê Thị Hòa")
    db.session.commit()
    return kept, other


def test_an_officer_merges_and_splits(client, scene):
    _ward, school, officer, _focal = scene
    kept, other = twins(school, school)
    client.sign_in(officer)

    page = client.get(f"/nguoi-hoc/{kept.uuid}/gop").get_data(as_text=True)
    client.send(f"/nguoi-hoc/{kept.uuid}/gop", kia=str(other.uuid), reason="Hai danh sách một người")
    shown = client.get(f"/nguoi-hoc/{kept.uuid}").get_data(as_text=True)
    note = db.session.scalars(sa.select(PersonAlias)).one()
    gone = client.get(f"/nguoi-hoc/{other.uuid}").status_code
    silent = client.send(f"/nguoi-hoc/{kept.uuid}/tach/{note.uuid}", reason="")
    client.send(f"/nguoi-hoc/{kept.uuid}/tach/{note.uuid}", reason="Hai mẹ con")

    assert page.count('name="kia"') == 2
    assert (other.personal_code in shown, "Đã gộp từ" in shown, gone, silent.status_code) == (True, True, 404, 302)
    assert client.get(f"/nguoi-hoc/{other.uuid}").status_code == 200
    assert "Đã gộp từ" not in client.get(f"/nguoi-hoc/{kept.uuid}").get_data(as_text=True)


def test_a_focal_point_only_asks_for_a_merge(client, scene):
    _ward, school, officer, focal = scene
    kept, other = twins(school, scene[0])
    client.sign_in(focal)

    page = client.get(f"/nguoi-hoc/{kept.uuid}/gop").get_data(as_text=True)
    client.send(f"/nguoi-hoc/{kept.uuid}/gop", kia=str(other.uuid), reason="Hai danh sách")

    assert page.count('name="kia"') == 1  # the third of that name belongs elsewhere
    assert db.session.scalar(sa.select(sa.func.count(PersonAlias.id))) == 0
    assert proposals_to(make_actor(officer, now=clock.now())).lines[0].kind == "merge"


def test_different_names_are_never_merged_by_a_page(client, scene):
    _ward, school, officer, _focal = scene
    kept, son = make_learner(school, "Lê Thị Hòa"), make_learner(school, "Lê Văn Hùng")
    db.session.commit()
    client.sign_in(officer)

    page = client.get(f"/nguoi-hoc/{kept.uuid}/gop").get_data(as_text=True)
    forced = client.send(f"/nguoi-hoc/{kept.uuid}/gop", kia=str(son.uuid), reason="x")

    assert ("Lê Văn Hùng" in page, forced.status_code) == (False, 422)
    assert db.session.scalar(sa.select(sa.func.count(PersonAlias.id))) == 0


@pytest.mark.parametrize("kia", ["", "x", "00000000-0000-0000-0000-000000000001"])
def test_a_merge_with_nobody_is_not_found(client, scene, kia):
    kept = make_learner(scene[1])
    db.session.commit()
    client.sign_in(scene[2])

    assert client.send(f"/nguoi-hoc/{kept.uuid}/gop", kia=kia, reason="x").status_code == 404


@pytest.mark.parametrize(("answer", "seen"), [("dung", ["Lê Thị Mai"]), ("khong", [])])
def test_somebody_says_whether_they_belong_to_the_school(client, scene, answer, seen):
    ward, school, _officer, focal = scene
    mai = make_account("Lê Thị Mai")
    make_member(mai, ward)
    make_member(mai, school, is_claimed=False, position="Giáo viên")
    db.session.commit()
    client.sign_in(mai)
    home, mine = (client.get(path).get_data(as_text=True) for path in ("/hom-nay", "/cua-toi"))

    client.send(f"/cua-toi/don-vi/{school.uuid}", tra_loi=answer)

    for page in (home, mine):
        assert "Tổ dân phố 1 đưa bạn vào danh sách" in page
    assert "đưa bạn vào danh sách" not in client.get("/cua-toi").get_data(as_text=True)
    client.sign_in(focal)
    page = client.get("/nguoi-hoc?tim=mai").get_data(as_text=True)
    assert [name for name in ["Lê Thị Mai"] if name in page] == seen
    answered = AuditEvent.action.in_(("membership.accepted", "membership.refused"))
    line = db.session.scalars(sa.select(AuditEvent).where(answered)).one()
    assert (line.actor_id, line.organisation_id) == (mai.id, school.id)


def test_nobody_answers_for_somebody_else_or_in_another_way(client, scene):
    _ward, school, _officer, focal = scene
    mai = make_account("Lê Thị Mai")
    make_member(mai, school, is_claimed=False)
    db.session.commit()
    client.sign_in(focal)
    stranger = client.send(f"/cua-toi/don-vi/{school.uuid}", tra_loi="dung").status_code
    client.sign_in(mai)

    assert (stranger, client.send(f"/cua-toi/don-vi/{school.uuid}", tra_loi="admin").status_code) == (404, 400)
    assert db.session.scalars(sa.select(Membership.is_claimed).where(Membership.person_id == mai.id)).all() == [False]


def test_38_no_slip_for_whom_another_unit_or_a_higher_role_holds(client, scene):
    """A slip is a way into the account: not of another unit, not upwards, not over a membership nobody accepted."""
    ward, school, officer, focal = scene
    elsewhere, waiting = make_account("Người Nơi Khác"), make_account("Người Chưa Nhận")
    make_member(elsewhere, ward)
    make_member(waiting, school, is_claimed=False)
    make_member(officer, school)
    db.session.commit()
    client.sign_in(focal)

    answers = [client.send(f"/nguoi-hoc/{one.uuid}/phieu").status_code for one in (elsewhere, waiting, officer)]
    client.send("/phieu", nguoi=[str(one.uuid) for one in (elsewhere, waiting, officer)])

    assert answers[:2] == [404, 404]
    assert answers[2] in {403, 409, 422, 400}
    assert db.session.scalar(sa.select(sa.func.count(ActivationCode.id))) == 0


def test_41_an_ended_account_is_out_at_once(client, scene):
    mai = make_account("Lê Thị Mai")
    make_member(mai, scene[1])
    db.session.commit()
    client.sign_in(mai)
    assert client.get("/cua-toi").status_code == 200

    end_person(db.session.get_one(Person, mai.id), now=clock.now())
    db.session.commit()

    assert client.get("/cua-toi").location.startswith("/dang-nhap")


def test_41_a_merged_account_is_out_at_once(client, scene):
    kept, other = twins(scene[1], scene[1])
    client.sign_in(other)
    assert client.get("/cua-toi").status_code == 200

    merge_persons(kept, other, reason="Một người", now=clock.now())
    db.session.commit()

    assert client.get("/cua-toi").location.startswith("/dang-nhap")


ODD = ["", "\x00", "null", "9" * 19, "\u202eabc", "😀" * 50, "x" * 100_000, "\ud800"]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_input_never_breaks_these_pages(client, scene, odd):
    _ward, school, officer, focal = scene
    client.sign_in(focal)
    ask(client, school)
    uuid, (kept, _other) = only_proposal(officer), twins(school, school)
    odd = odd.encode("utf-8", "replace").decode() if odd == "\ud800" else odd
    at = f"/dia-ban/vai-tro/{school.uuid}/{focal.uuid}/focal_point"
    forms = {
        "/dau-moi/de-nghi/don-vi": ["name", "kind", "organisation", "reason"], f"{at}/thu-lai": ["reason"],
        f"{at}/ban-giao": ["nguoi", "reason", "tim"], f"/nguoi-hoc/{kept.uuid}/gop": ["kia", "reason"],
        f"/nguoi-hoc/{kept.uuid}/vai-tro": ["role", "organisation", "first", "last", "reason"],
        f"/dia-ban/de-nghi/{uuid}/tra-lai": ["reason"], f"/cua-toi/don-vi/{school.uuid}": ["tra_loi"]}
    statuses = []
    for who in (focal, officer):
        client.sign_in(who)
        statuses += [client.send(path, **dict.fromkeys(fields, odd)).status_code for path, fields in forms.items()]
        statuses += [client.get(path, query_string={"tim": odd[:2000], "trang": odd[:2000]}).status_code
                     for path in ("/dia-ban/vai-tro", at, "/dia-ban/de-nghi", "/dau-moi/de-nghi")]

    assert [status for status in statuses if status >= 500] == []
