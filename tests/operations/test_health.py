from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.core import clock, jobs, settings
from lms.core.db import db
from lms.operations import doctor
from lms.operations.health import head_revision, not_ready
from tests.factories import NOW, make_organisation, make_person, make_role


def stamp(revision):
    db.session.execute(sa.text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
    db.session.execute(sa.text("DELETE FROM alembic_version"))
    if revision:
        db.session.execute(sa.text("INSERT INTO alembic_version VALUES (:r)"), {"r": revision})
    db.session.commit()


def test_healthz_answers_without_asking_the_database(client, monkeypatch):
    monkeypatch.setattr(db.session, "execute", None)

    assert client.get("/healthz").get_data() == b"ok\n"


def test_readyz_is_ready_at_head(client):
    stamp(head_revision())

    response = client.get("/readyz")

    assert (response.status_code, response.get_data()) == (200, b"ready\n")


def test_readyz_names_the_reason_when_the_database_is_behind(client):
    stamp("0000")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert "run lms db upgrade" in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"


def test_doctor_names_each_missing_thing_with_its_mend(app):
    stamp(head_revision())

    findings = {f.check: f for f in doctor.examine(app)}

    assert findings["administrator"].level == "error"
    assert "user grant" in findings["administrator"].mend
    assert findings["LMS_BASE_URL"].level == "ok"
    assert not doctor.as_document(list(findings.values()))["ok"]


def test_doctor_finds_a_proxy_that_nobody_counted(app, monkeypatch):
    stamp(head_revision())
    before = [f for f in doctor.examine(app) if f.check == "LMS_PROXIES"]

    monkeypatch.setitem(app.config, "LMS_PROXIES", 1)

    assert [f.level for f in before] == ["error"]
    assert "LMS_PROXIES" not in {f.check for f in doctor.examine(app)}


def test_doctor_refuses_a_private_address_outside_the_demonstration(app, monkeypatch):
    stamp(head_revision())
    monkeypatch.setitem(app.config, "LMS_BASE_URL", "http://192.168.1.5:8000")

    found = {f.check: f for f in doctor.examine(app)}["LMS_BASE_URL"]

    assert found.level == "error"
    assert "LMS_ALLOW_LAN_ISSUE" in found.mend


def test_not_ready_before_the_first_migration(app):
    db.session.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    db.session.commit()

    assert "database is at nothing" in not_ready()


def test_settings_page_saves_and_records(client):
    ward = make_organisation()
    admin = make_person("Trần Văn Quản")
    make_role(admin, "admin", ward)
    client.sign_in(admin)

    response = client.send("/quan-tri/cai-dat", **{
        **settings.current().model_dump(exclude={"body_key", "content_version"}), "body_name": "UBND phường Bến Thu",
        "help_phone": "0236 3000 000"})

    assert response.status_code == 302
    assert settings.current().body_name == "UBND phường Bến Thu"
    assert settings.current().help_phone == "02363000000"


def test_settings_page_keeps_what_was_typed_beside_the_fault(client):
    ward = make_organisation()
    admin = make_person("Trần Văn Quản")
    make_role(admin, "admin", ward)
    client.sign_in(admin)

    response = client.send("/quan-tri/cai-dat", body_name="", serial_prefix="b1", certificate_title="Giấy của tôi")

    assert response.status_code == 422
    page = response.get_data(as_text=True)
    assert "Gõ tên đơn vị." in page
    assert "Giấy của tôi" in page


def test_settings_page_is_the_administrators_only(client):
    ward = make_organisation()
    officer = make_person("Lê Văn Cán")
    make_role(officer, "officer", ward, now=NOW)
    client.sign_in(officer)

    assert client.get("/quan-tri/cai-dat").status_code == 403


@pytest.mark.parametrize("wrong", ["serial_prefix=bt", "serial_prefix=ABCDE", "serial_prefix=B1", "content_version=nhiều"])
def test_a_setting_that_would_break_papers_is_refused_with_its_name(app, wrong):
    stamp(head_revision())

    result = app.test_cli_runner().invoke(args=["settings", wrong])

    assert result.exit_code == 1
    assert result.stderr.startswith(wrong.partition("=")[0])
    assert settings.current() == settings.Settings()


def test_doctor_notices_that_no_worker_runs(app):
    def finding():
        return next(f for f in doctor.examine(app) if f.check == "background worker")

    stamp(head_revision())
    assert finding().level == "ok"
    jobs.enqueue("roster.check", argument={}, actor_id=None, now=clock.now())
    assert finding().level == "ok"
    db.session.execute(sa.update(jobs.Job).values(queued_at=clock.now() - timedelta(minutes=5)))

    assert (finding().level, finding().detail) == ("error", "something asked for has waited 5 minutes")
    assert "lms jobs work" in finding().mend
