"""Results from elsewhere: sources, lines put forward, withdrawn with a reason, and who sees what."""

from datetime import date
from urllib.parse import quote
from uuid import uuid4

import pytest
import sqlalchemy as sa

from lms.assessment.models import Confirmation, EvidenceSource, ExternalEvidence, ExternalEvidenceEvent
from lms.assessment.queries.external_evidence import (
    all_sources,
    count_external_evidence,
    external_evidence_of,
    source_by_key,
    sources_managed_by,
    sources_usable_at,
)
from lms.assessment.services.external_evidence import (
    EvidenceLine,
    change_source,
    create_source,
    end_source,
    record_external_evidence,
    withdraw_external_evidence,
    withdraw_import,
)
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.web.phrases import ERRORS
from tests.factories import NOW, make_actor
from tests.people.factories import make_account, make_learner, make_staff, make_ward
from tests.statements import counted

SOURCE = {"key": "hoc-so", "name": "Nền tảng học số thành phố", "vouched_by": "Sở Khoa học và Công nghệ"}


def make_source(organisation, **values):
    return create_source(**SOURCE | {"organisation": organisation, "operator": "cli:test", "now": NOW} | values)


def record(people, source, organisation, *, course="Kỹ năng số cơ bản", import_uuid=None, **values):
    lines = [EvidenceLine(one.id, course, date(2026, 5, 2), f"SO-{one.id}", "Đạt") for one in people]
    return record_external_evidence(lines, source=source, organisation=organisation, import_uuid=import_uuid or uuid4(),
                                    **{"by": None, "operator": "cli:test", "now": NOW} | values)


def refusal(call, *arguments, **values):
    with pytest.raises(DomainError) as caught:
        call(*arguments, **values)
    assert caught.value.code in ERRORS
    return caught.value.code


def test_a_source_is_data_with_who_vouches_and_an_audit_line(app):
    ward, hamlet, _other = make_ward()
    officer = make_actor(make_staff("officer", ward))

    source = create_source(**SOURCE, address=" https://hocso.example ", organisation=ward, by=officer, now=NOW)

    assert (source.key, source.address, source.vouched_by) == ("hoc-so", "https://hocso.example", "Sở Khoa học và Công nghệ")
    assert [(one.key, one.lines, one.organisation) for one in sources_managed_by(officer, "officer")] == [
        ("hoc-so", 0, "Phường Bến Thu")]
    assert [one.key for one in sources_usable_at([hamlet.id])] == ["hoc-so"]
    line = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "evidence_source.created")).one()
    assert (line.actor_id, line.subject, line.organisation_id) == (officer.id, "evidence_source:hoc-so", ward.id)


@pytest.mark.parametrize(("values", "code"), [
    ({"key": "Học số"}, "source.key_wrong"), ({"key": ""}, "source.key_wrong"), ({"key": "a" * 81}, "source.key_wrong"),
    ({"name": "\0 \u200b"}, "source.name_missing"), ({"vouched_by": " "}, "source.voucher_missing"),
    ({"address": "javascript:alert(1)"}, "source.address_wrong"), ({"address": "https://" + "a" * 300}, "source.address_wrong"),
])
def test_a_source_with_a_word_missing_is_refused(app, values, code):
    ward, *_ = make_ward()
    assert refusal(make_source, ward, **values) == code


def test_a_key_names_one_source_only(app):
    ward, hamlet, _other = make_ward()
    make_source(ward)
    assert refusal(make_source, hamlet) == "source.key_taken"


def test_sources_are_managed_by_officers_there_or_above_only(app):
    ward, hamlet, other = make_ward()
    source = make_source(hamlet)
    focal, beside = make_actor(make_staff("focal_point", hamlet)), make_actor(make_staff("officer", other))

    for actor in (focal, beside):
        assert refusal(make_source, hamlet, key="khac", by=actor) == "source.not_yours"
        assert refusal(change_source, source, name="X", vouched_by="Y", address="", by=actor, now=NOW) == "source.not_yours"
        assert refusal(end_source, source, by=actor, now=NOW) == "source.not_yours"
    above = make_actor(make_staff("officer", ward))
    change_source(source, name="Trường A", vouched_by="Phòng Giáo dục", address="", by=above, now=NOW)

    assert source.name == "Trường A"
    assert sources_usable_at([other.id]) == []
    assert source_by_key("hoc-so", other) is None
    assert source_by_key("hoc-so", hamlet) == source


def test_an_ended_source_takes_nothing_more_and_keeps_what_came(app):
    ward, hamlet, _other = make_ward()
    source, person = make_source(ward), make_learner(hamlet)
    record([person], source, hamlet)

    end_source(source, operator="cli:test", now=NOW)

    assert refusal(record, [person], source, hamlet) == "source.ended"
    assert refusal(end_source, source, operator="cli:test", now=NOW) == "source.ended"
    assert len(external_evidence_of([person.id])[person.id]) == 1
    assert [(one["key"], one["open"], one["lines"]) for one in all_sources()] == [("hoc-so", False, 1)]


def test_the_same_line_again_in_any_spelling_stays_one(app):
    ward, hamlet, _other = make_ward()
    source, people = make_source(ward), [make_learner(hamlet, f"Người {n}") for n in range(3)]

    first, again = uuid4(), uuid4()
    assert record(people, source, hamlet, course="Hoà nhập số", import_uuid=first) == 3
    assert record(people, source, hamlet, course="HÒA  nhập số", import_uuid=again) == 0

    assert count_external_evidence([one.id for one in people]) == {one.id: 1 for one in people}


def test_withdrawn_lines_stay_on_record_with_the_reason_and_may_come_again(app):
    ward, hamlet, _other = make_ward()
    source, person = make_source(ward), make_learner(hamlet)
    actor = make_actor(make_staff("focal_point", hamlet))
    record([person], source, hamlet)
    row = db.session.scalars(sa.select(ExternalEvidence)).one()

    assert refusal(withdraw_external_evidence, row, reason=" ", by=actor, now=NOW) == "evidence.reason_missing"
    withdraw_external_evidence(row, reason="Nhầm người.", by=actor, now=NOW)
    db.session.refresh(row)
    assert refusal(withdraw_external_evidence, row, reason="Nữa", by=actor, now=NOW) == "evidence.withdrawn"

    assert external_evidence_of([person.id]) == {}
    kept = external_evidence_of([person.id], withdrawn=True)[person.id]
    assert [(one.ended_at, one.end_reason) for one in kept] == [(NOW, "Nhầm người.")]
    assert record([person], source, hamlet) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ExternalEvidence)) == 2


def test_an_import_is_withdrawn_whole_and_nothing_else(app):
    ward, hamlet, _other = make_ward()
    source, people = make_source(ward), [make_learner(hamlet, f"Người {n}") for n in range(4)]
    first, second = uuid4(), uuid4()
    record(people, source, hamlet, import_uuid=first)
    record(people, source, hamlet, course="Khóa khác", import_uuid=second)

    assert withdraw_import(first, reason="Hoàn tác.", by=None, operator="cli:test", now=NOW) == 4

    assert withdraw_import(first, reason="Hoàn tác.", by=None, operator="cli:test", now=NOW) == 0
    live = [one for found in external_evidence_of([one.id for one in people]).values() for one in found]
    assert {one.course_title for one in live} == {"Khóa khác"}
    assert len(live) == 4


def test_rows_are_never_changed_nor_deleted(app):
    ward, hamlet, _other = make_ward()
    record([make_learner(hamlet)], make_source(ward), hamlet)
    row = db.session.scalars(sa.select(ExternalEvidence)).one()

    row.result = "Không đạt"
    with pytest.raises(RuntimeError):
        db.session.flush()
    db.session.rollback()


def test_no_line_confirms_anything(app):
    ward, hamlet, _other = make_ward()
    record([make_learner(hamlet)], make_source(ward), hamlet)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Confirmation)) == 0


def test_one_person_or_a_thousand_cost_one_statement(app):
    ward, hamlet, _other = make_ward()
    source, people = make_source(ward), [make_learner(hamlet, f"Người {n}") for n in range(30)]
    record(people, source, hamlet)
    for some in (people[:1], people):
        with counted() as sent:
            assert len(external_evidence_of([one.id for one in some])) == len(some)
        assert len(sent) == 1


# ---------- pages

def signed_in(client, role, organisation):
    person = make_account("Cán Bộ", phone=None, email=f"{role}@benthu.example")
    from tests.factories import make_role

    make_role(person, role, organisation)
    db.session.commit()
    client.sign_in(person)
    return person


def test_the_learner_reads_what_is_put_forward_and_what_was_withdrawn(app, client):
    ward, hamlet, _other = make_ward()
    source, person = make_source(ward, address="https://hocso.example"), make_learner(hamlet)
    record([person], source, hamlet)
    record([person], source, hamlet, course="Khóa nhầm")
    wrong = db.session.scalars(sa.select(ExternalEvidence).where(ExternalEvidence.course_title == "Khóa nhầm")).one()
    withdraw_external_evidence(wrong, reason="Nhầm người.", by=None, operator="cli:test", now=NOW)
    db.session.commit()
    client.sign_in(person)

    page = client.get("/cua-toi/hoc-o-noi-khac").get_data(as_text=True)

    for words in ("Kỹ năng số cơ bản", "2/5/2026", f"SO-{person.id}", "Nền tảng học số thành phố", "https://hocso.example",
                  "Đã rút", "Nhầm người."):
        assert words in page
    data = client.get("/cua-toi/du-lieu.json").get_json()
    assert sorted(one["course"] for one in data["learned_elsewhere"]) == ["Khóa nhầm", "Kỹ năng số cơ bản"]


def test_staff_see_and_withdraw_lines_of_their_people_and_of_nobody_else(app, client):
    ward, hamlet, other = make_ward()
    source, person, foreign = make_source(ward), make_learner(hamlet), make_learner(other, "Người Nơi Khác")
    record([person], source, hamlet)
    record([foreign], source, other)
    row, away = (db.session.scalars(sa.select(ExternalEvidence).where(ExternalEvidence.person_id == one.id)).one()
                 for one in (person, foreign))
    signed_in(client, "focal_point", hamlet)

    assert client.get(f"/nguoi-hoc/{foreign.uuid}/hoc-o-noi-khac").status_code == 404
    assert client.get(f"/dau-moi/ket-qua-noi-khac/rut/{away.uuid}").status_code == 404
    assert client.send(f"/dau-moi/ket-qua-noi-khac/rut/{away.uuid}", ly_do="Thử").status_code == 404
    assert f"/rut/{row.uuid}" in client.get(f"/nguoi-hoc/{person.uuid}/hoc-o-noi-khac").get_data(as_text=True)
    assert client.send(f"/dau-moi/ket-qua-noi-khac/rut/{row.uuid}", ly_do="").status_code == 422
    assert client.send(f"/dau-moi/ket-qua-noi-khac/rut/{row.uuid}", ly_do="Nhầm.").status_code == 302

    assert "Nhầm." in client.get(f"/dau-moi/ket-qua-noi-khac/rut/{row.uuid}").get_data(as_text=True)
    assert client.send(f"/dau-moi/ket-qua-noi-khac/rut/{row.uuid}", ly_do="Nữa.").status_code == 302
    assert db.session.scalars(sa.select(ExternalEvidenceEvent.reason)).all() == ["Nhầm."]
    db.session.refresh(away)
    assert away.ended_at is None


def test_officers_keep_the_sources_on_a_page(app, client):
    ward, hamlet, _other = make_ward()
    signed_in(client, "officer", ward)

    assert client.send("/dia-ban/nguon-ket-qua", **SOURCE | {"key": "Sai Mã"}, organisation=str(hamlet.uuid)).status_code == 422
    assert client.send("/dia-ban/nguon-ket-qua", **SOURCE, organisation=str(hamlet.uuid)).status_code == 302
    assert client.send("/dia-ban/nguon-ket-qua", **SOURCE | {"key": "khac"}, organisation="không phải").status_code == 404
    source = db.session.scalars(sa.select(EvidenceSource)).one()
    assert source.organisation_id == hamlet.id
    address = f"/dia-ban/nguon-ket-qua/{source.uuid}"
    assert client.send(address, name="Tên mới", vouched_by="Ai đó", address="ftp://x").status_code == 422
    assert client.send(address, name="Tên mới", vouched_by="Ai đó", address="").status_code == 302
    assert "Tên mới" in client.get("/dia-ban/nguon-ket-qua").get_data(as_text=True)
    for _twice in range(2):
        assert client.send(f"{address}/dong").status_code == 302
    assert "Đã ngừng nhận" in client.get("/dia-ban/nguon-ket-qua").get_data(as_text=True)
    assert "Đã ngừng nhận" in client.get(address).get_data(as_text=True)


def test_a_source_of_another_place_is_nobodys(app, client):
    ward, hamlet, other = make_ward()
    source = make_source(other)
    signed_in(client, "officer", hamlet)

    page = client.get("/dia-ban/nguon-ket-qua").get_data(as_text=True)
    assert source.name not in page
    for method in (client.get, client.send):
        answer = method(f"/dia-ban/nguon-ket-qua/{source.uuid}")
        assert answer.status_code == 404
        assert source.name not in answer.get_data(as_text=True)
    assert client.send(f"/dia-ban/nguon-ket-qua/{source.uuid}/dong").status_code == 404


@pytest.mark.parametrize("text", ["\0", "%ED%A0%80", "a" * 100_000, "\u202eabc", "🙂" * 50])
def test_strange_text_is_no_fault_of_ours(app, client, text):
    ward, *_ = make_ward()
    signed_in(client, "officer", ward)
    token = client.token()
    raw = text if text.startswith("%") else quote(text)
    body = f"csrf_token={quote(token)}&key={raw}&name={raw}&vouched_by={raw}&address={raw}&organisation={ward.uuid}"
    answer = client.post("/dia-ban/nguon-ket-qua", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EvidenceSource)) == 0
