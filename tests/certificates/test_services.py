import hashlib
import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from lms.certificates import queries, services
from lms.certificates.models import Credential, CredentialEvent, CredentialFile, IssuerCounter
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from tests.certificates.factories import (
    LEVEL_NAME,
    end_confirmation,
    make_certificate,
    make_confirmation,
    make_policy,
    set_body,
)
from tests.factories import NOW, make_actor, make_organisation, make_person, make_role

LATER = NOW + timedelta(days=3)


def make_officer(organisation):
    person = make_person("Ngô Thị Mai")
    make_role(person, "officer", organisation)
    return make_actor(person)


def test_issue_due_issues_what_is_confirmed_and_nothing_twice(app):
    set_body()
    people = [make_person("Trần Thị Lựu"), make_person("H'Hen Niê", birth_year=None)]
    for person in people:
        make_confirmation(person)

    first = services.issue_due(now=NOW)
    second = services.issue_due(now=LATER)

    assert [c.person_id for c in first] == [p.id for p in people]
    assert [c.number for c in first] == [1, 2]
    assert all(re.fullmatch(rf"BT-2026-00000{c.number}-[2-9A-HJKMNP-TV-Z]{{4}}-[2-9A-HJKMNP-TV-Z]{{4}}", c.serial) for c in first)
    assert second == []
    assert db.session.scalar(sa.select(IssuerCounter.last_number)) == 2
    assert [e.kind for e in db.session.scalars(sa.select(CredentialEvent))] == ["issued", "issued"]
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEvent.action == "credential.issued")) == 2


def test_a_name_whose_letters_fold_to_several_does_not_keep_the_others_from_their_papers(app):
    set_body()
    for name in ("ß" * 120, "Trần Thị Lựu"):
        make_confirmation(make_person(name, folded_name="x", name_key="x"))

    assert len(services.issue_due(now=NOW)) == 2


def test_issue_keeps_the_words_and_the_bytes(app):
    credential = make_certificate("Trần Thị Lựu")

    issued, stored = credential.issued, queries.file_of(credential)
    assert issued["recipient"] == "Trần Thị Lựu"
    assert issued["birth_year"] == 1959
    assert issued["level"] == LEVEL_NAME
    assert issued["scheme"] == "theo thang bốn cấp của địa phương"
    assert issued["framework_version"] == "2025"
    assert issued["policy_version"] == "2026.1"
    assert issued["url"] == f"https://hocso.benthu.example/k/{credential.serial}"
    assert issued["marks"] == []
    assert stored.content.startswith(b"%PDF-")
    assert stored.sha256 == hashlib.sha256(stored.content).hexdigest()


def test_issue_twice_returns_the_same_paper(app):
    set_body()
    confirmation = make_confirmation()

    assert services.issue(confirmation, now=NOW) is services.issue(confirmation, now=LATER)


@pytest.mark.parametrize("values", [{"ended_at": NOW}, {"valid_until": NOW}])
def test_issue_due_leaves_out_confirmations_that_no_longer_hold(app, values):
    make_confirmation(**values)

    assert services.issue_due(now=NOW) == []


def test_issue_of_an_ended_confirmation_is_refused(app):
    with pytest.raises(DomainError, match=r"credential\.confirmation_ended"):
        services.issue(make_confirmation(ended_at=NOW), now=NOW)


def test_issue_due_goes_on_past_a_name_that_cannot_be_printed(app):
    set_body()
    make_confirmation(make_person("王小明"))
    make_confirmation(make_person("Trần Thị Lựu"))

    issued = services.issue_due(now=NOW, limit=1)

    assert [(c.number, c.issued["recipient"]) for c in issued] == [(1, "Trần Thị Lựu")]


def test_issue_due_keeps_to_the_organisations_it_is_told(app):
    here, elsewhere = make_organisation(), make_organisation("Phường khác")
    make_confirmation(organisation=elsewhere)
    confirmation = make_confirmation(organisation=here)

    issued = services.issue_due(now=NOW, organisation_ids=[here.id])

    assert [c.confirmation_id for c in issued] == [confirmation.id]


def test_production_without_a_public_address_issues_nothing(app, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_BASE_URL", "http://192.168.1.20:8000")
    make_confirmation()

    with pytest.raises(DomainError, match=r"credential\.address_not_public"):
        services.issue_due(now=NOW)
    assert db.session.scalar(sa.select(sa.func.count(Credential.id))) == 0

    monkeypatch.setitem(app.config, "LMS_ALLOW_LAN_ISSUE", True)
    assert [c.issued["marks"] for c in services.issue_due(now=NOW)] == [["local_network"]]


def test_demonstration_papers_say_so(demo):
    assert make_certificate().issued["marks"] == ["sample", "this_machine"]


def test_numbers_begin_anew_with_the_year_of_the_ward(app):
    last_second = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)  # 23:59:59 in Bến Thu

    old = make_certificate(now=last_second)
    new = make_certificate(now=last_second + timedelta(seconds=1))

    assert (old.year, old.number, new.year, new.number) == (2026, 1, 2027, 1)


@pytest.mark.parametrize("racers", [20])
def test_twenty_at_once_issue_each_confirmation_once(app, racers):
    set_body()
    make_policy()
    confirmations = [make_confirmation(make_person(f"Nguyễn Văn {i}")).id for i in range(3)]
    db.session.commit()
    start, made, failed = threading.Barrier(racers), [], []

    def race():
        with app.app_context():
            start.wait()
            try:
                credentials = services.issue_due(now=NOW)
                db.session.commit()
                made.extend(c.confirmation_id for c in credentials)
            except Exception as fault:
                failed.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=race) for _ in range(racers)]
    [t.start() for t in threads]
    [t.join() for t in threads]

    assert failed == []
    assert sorted(made) == confirmations
    assert sorted(db.session.scalars(sa.select(Credential.confirmation_id))) == confirmations
    assert sorted(db.session.scalars(sa.select(Credential.number))) == [1, 2, 3]
    assert db.session.scalar(sa.select(IssuerCounter.last_number)) == 3
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CredentialFile)) == 3


def test_a_rolled_back_issue_leaves_no_gap(app):
    set_body()
    make_confirmation()
    db.session.commit()

    services.issue_due(now=NOW)
    db.session.rollback()
    services.issue_due(now=NOW)

    assert db.session.scalars(sa.select(Credential.number)).all() == [1]


def test_the_database_itself_refuses_a_second_paper(app):
    credential = make_certificate()
    twin = {c.key: getattr(credential, c.key) for c in sa.inspect(Credential).columns if c.key not in ("id", "uuid")}
    db.session.add(Credential(**{**twin, "number": 2, "serial": "BT-2026-000002-AAAA-AAAA"}))

    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()


def test_what_was_issued_does_not_change(app):
    credential = make_certificate()
    credential.issued = {**credential.issued, "recipient": "Người khác"}

    with pytest.raises(RuntimeError, match="does not change"):
        db.session.flush()


def test_revoke_is_for_good_and_told(app):
    ward = make_organisation()
    officer, credential = make_officer(ward), make_certificate(organisation=ward)

    services.revoke(credential, actor=officer, reason="Cấp nhầm", now=LATER, decision="209/QĐ-UBND")

    event = db.session.scalars(sa.select(CredentialEvent).order_by(CredentialEvent.id.desc())).first()
    assert (credential.state, credential.state_at) == ("revoked", LATER)
    assert (event.kind, event.actor_id, event.reason, event.decision) == ("revoked", officer.id, "Cấp nhầm", "209/QĐ-UBND")
    line = db.session.scalar(sa.select(AuditEvent).where(AuditEvent.action == "credential.revoked"))
    assert (line.actor_id, line.subject, line.organisation_id) == (officer.id, f"credential:{credential.uuid}", ward.id)
    with pytest.raises(DomainError, match=r"credential\.not_revoked"):
        services.revoke(credential, actor=officer, reason="Lần nữa", now=LATER)
    with pytest.raises(DomainError, match=r"credential\.not_reinstated"):
        services.reinstate(credential, actor=officer, reason="Tiếc", now=LATER)


def test_suspend_and_reinstate_leave_their_history(app):
    officer, credential = make_officer(make_organisation()), make_certificate()

    services.suspend(credential, actor=officer, reason="Đang xem lại", now=LATER)
    assert credential.state == "suspended"
    services.reinstate(credential, actor=officer, reason="Xem lại xong", now=LATER)

    assert credential.state == "good"
    assert [event.kind for event, _ in queries.events_of(credential)] == ["issued", "suspended", "reinstated"]


def test_a_changed_name_reaches_only_a_new_paper(app):
    officer, person = make_officer(make_organisation()), make_person("Trần Thị Lựu")
    old = make_certificate(person=person)
    bytes_before = queries.file_of(old).content
    person.full_name = "Trần Thị Ngọc Lựu"

    new = services.replace(old, actor=officer, reason="Sửa họ tên", now=LATER)
    db.session.commit()

    assert (old.state, old.issued["recipient"], queries.file_of(old).content) == ("replaced", "Trần Thị Lựu", bytes_before)
    assert (new.state, new.issued["recipient"], new.replaces_id) == ("good", "Trần Thị Ngọc Lựu", old.id)
    assert new.serial != old.serial
    with pytest.raises(DomainError, match=r"credential\.not_replaced"):
        services.replace(old, actor=officer, reason="Lần nữa", now=LATER)


@pytest.mark.parametrize(("kind", "state"), [("withdrawn", "revoked"), ("expired", "expired"), ("superseded", "replaced")])
def test_end_due_follows_the_confirmation(app, kind, state):
    set_body()
    confirmation = make_confirmation()
    credential = services.issue(confirmation, now=NOW)
    end_confirmation(confirmation, kind, at=LATER)

    ended = services.end_due(now=LATER + timedelta(minutes=1))

    assert ended == [credential]
    assert (credential.state, credential.state_at) == (state, LATER)
    assert services.end_due(now=LATER + timedelta(minutes=2)) == []
    event, _ = queries.events_of(credential)[-1]
    assert event.reason is None  # what the assessor wrote is not for the public page


def test_end_due_writes_down_an_expiry_and_leaves_revoked_papers(app):
    officer = make_officer(make_organisation())
    expiring = make_certificate(valid_until=LATER)
    revoked = make_certificate("Lê Thị Sáu", valid_until=LATER)
    services.revoke(revoked, actor=officer, reason="Cấp nhầm", now=NOW)

    assert services.end_due(now=LATER - timedelta(seconds=1)) == []
    assert services.end_due(now=LATER) == [expiring]
    assert (expiring.state, revoked.state) == ("expired", "revoked")


def test_make_link_keeps_only_a_hash_and_ends_the_older_link(app):
    credential = make_certificate()
    holder = make_actor(db.session.get_one(type(make_person("Ai đó")), credential.person_id))

    first = services.make_link(credential, actor=holder, now=NOW)
    second = services.make_link(credential, actor=holder, now=NOW)

    assert len(second) == 22  # 128 bits, base64
    assert queries.certificate_by_link(credential.serial, first) is None
    assert queries.certificate_by_link(credential.serial, second) is credential
    assert second not in str(db.session.execute(sa.select(Credential.__table__)).all())
