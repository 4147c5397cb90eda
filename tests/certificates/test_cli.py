import json

import pytest
import sqlalchemy as sa

from lms.app import cli
from lms.certificates import queries
from lms.certificates.models import Credential
from lms.core.audit import AuditEvent
from lms.core.db import db
from tests.certificates.factories import make_certificate, make_confirmation, set_body
from tests.factories import make_person


@pytest.fixture
def lms(app):
    """`lms("credentials", "list")` runs the command; returns exit code, standard output and standard error."""
    def run(*arguments):
        result = app.test_cli_runner().invoke(cli, ["credentials", *map(str, arguments)])
        return result.exit_code, result.stdout, result.stderr

    return run


def test_issue_due_twice_issues_once(lms):
    set_body()
    make_confirmation(make_person("Trần Thị Lựu"))
    db.session.commit()

    first, second = (json.loads(lms("issue-due", "--json")[1]) for _ in range(2))

    serial = db.session.scalar(sa.select(Credential.serial))
    assert first == {"credentials": [{
        "serial": serial, "recipient": "Trần Thị Lựu", "achievement": "đã hoàn thành Cấp 1: Xóa mù công nghệ",
        "status": "good"}]}
    assert second == {"credentials": []}
    assert db.session.scalar(sa.select(AuditEvent.operator).where(AuditEvent.action == "credential.issued")).startswith("cli:")


def test_issue_due_without_a_public_address_exits_1_and_names_the_setting(lms, app, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_BASE_URL", "http://localhost:8000")
    make_confirmation()
    db.session.commit()

    code, out, err = lms("issue-due", "--json")

    assert (code, out) == (1, "")
    assert "LMS_BASE_URL" in err


def test_list_shows_every_credential(lms):
    serials = [make_certificate("Trần Thị Lựu").serial, make_certificate("Lê Thị Sáu").serial]

    code, out, _ = lms("list", "--json")

    assert code == 0
    assert [row["serial"] for row in json.loads(out)["credentials"]] == serials
    assert all(serial in lms("list")[1] for serial in serials)


@pytest.mark.parametrize(("suffix", "begins"), [("pdf", b"%PDF"), ("svg", b"<svg"), ("png", b"\x89PNG")])
def test_export_writes_the_form_that_the_name_asks_for(lms, tmp_path, suffix, begins):
    file = tmp_path / f"giay.{suffix}"

    assert lms("export", make_certificate().serial, file)[0] == 0
    assert file.read_bytes().startswith(begins)


def test_export_of_a_pdf_gives_the_issued_bytes(lms, tmp_path):
    credential = make_certificate()

    lms("export", credential.serial.lower(), tmp_path / "giay.PDF")

    assert (tmp_path / "giay.PDF").read_bytes() == queries.file_of(credential).content


def test_export_refuses_with_the_codes_of_the_contract(lms, tmp_path):
    serial = make_certificate().serial

    assert lms("export", serial, tmp_path / "giay.docx")[0] == 2
    assert lms("export", serial, tmp_path / "khong-co" / "giay.pdf")[0] == 2
    assert lms("export", "BT-2026-000001-AAAA-AAAA", tmp_path / "giay.pdf")[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_verify_of_a_good_credential(lms):
    credential = make_certificate("Trần Thị Lựu")

    code, out, _ = lms("verify", credential.serial, "--json")

    document = json.loads(out)
    assert code == 0
    assert {key: document[key] for key in ("valid", "status", "serial", "recipient", "achievement", "issuer")} == {
        "valid": True, "status": "good", "serial": credential.serial, "recipient": "Trần Thị Lựu",
        "achievement": "đã hoàn thành Cấp 1: Xóa mù công nghệ", "issuer": "Ủy ban nhân dân phường Bến Thu"}
    assert [(check["check"], check["ok"]) for check in document["checks"]] == [
        ("serial", True), ("stored_file", True), ("state", True)]


@pytest.mark.parametrize("serial", ["BT-2026-000001-AAAA-AAAA", "BT-2026-000001", "khong-co.pdf"])
def test_verify_of_an_unknown_one(lms, serial):
    make_certificate()

    code, out, _ = lms("verify", serial, "--json")

    assert code == 1
    assert (json.loads(out)["valid"], json.loads(out)["status"]) == (False, "unknown")


def test_verify_of_a_file_knows_one_changed_byte(lms, tmp_path):
    credential = make_certificate()
    file = tmp_path / "giay.pdf"
    lms("export", credential.serial, file)

    assert json.loads(lms("verify", file, "--json")[1])["serial"] == credential.serial
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    code, out, _ = lms("verify", file, "--json")
    assert (code, json.loads(out)["status"]) == (1, "unknown")


def test_verify_notices_stored_bytes_that_were_changed(lms):
    credential = make_certificate()
    db.session.execute(sa.text("UPDATE credential_file SET content = :c"), {"c": b"%PDF-other"})
    db.session.commit()

    code, out, _ = lms("verify", credential.serial, "--json")

    assert (code, json.loads(out)["valid"]) == (1, False)


def test_revoke_is_final_and_told(lms):
    serial = make_certificate().serial

    assert lms("revoke", serial)[0] == 2
    assert lms("revoke", serial, "--reason", " ")[0] == 2
    assert lms("revoke", serial, "--reason", "Cấp nhầm")[0] == 0
    assert lms("revoke", serial, "--reason", "Cấp nhầm")[0] == 1
    code, out, _ = lms("verify", serial, "--json")
    assert (code, json.loads(out)["valid"], json.loads(out)["status"]) == (1, True, "revoked")
    line = db.session.scalar(sa.select(AuditEvent).where(AuditEvent.action == "credential.revoked"))
    assert line.operator.startswith("cli:")


def test_commands_exit_3_without_their_tables(lms, monkeypatch):
    monkeypatch.setattr(queries, "every_certificate", lambda: db.session.execute(sa.text("SELECT 1 FROM not_there")))

    code, out, err = lms("list", "--json")

    assert (code, out) == (3, "")
    assert "Not ready" in err
