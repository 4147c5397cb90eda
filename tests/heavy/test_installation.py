"""A real installation from this tree: installed, used, backed up, restored elsewhere, updated, and put back."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import own_database

ROOT = Path(__file__).parent.parent.parent
PASSPHRASE = "mười hai con giáp"
BODY = "Ủy ban nhân dân phường Hòa Bình Thử"

pytestmark = pytest.mark.heavy


def run(command, *, cwd, check=True, **env):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    result = subprocess.run([str(part) for part in command], cwd=cwd, env={**clean, **env}, capture_output=True, text=True,
                            encoding="utf-8")
    if check:
        assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result


def lms(folder, *command, check=True):
    env = {"LMS_CONFIG": str(folder / "instance" / "lms.env"), "LMS_INSTANCE": str(folder / "instance"),
           "LMS_BACKUP_PASSPHRASE_FILE": str(folder.parent / "passphrase")}
    return run([folder / ".venv" / "bin" / "lms", *command], cwd=folder, check=check, **env)


@pytest.fixture(scope="module")
def address(request, tmp_path_factory):
    """What the installation is told of its database: nothing (SQLite in its folder), or where PostgreSQL is."""
    if request.config.getoption("--database") == "sqlite":
        yield {}
        return
    with own_database(request.config, tmp_path_factory.mktemp("database")) as url:
        yield {"LMS_DATABASE_URL": url}


@pytest.fixture
def another(request, tmp_path):
    """A second, empty database of the same kind."""
    if request.config.getoption("--database") == "sqlite":
        yield {}
        return
    with own_database(request.config, tmp_path) as url:
        yield {"LMS_DATABASE_URL": url}


@pytest.fixture(scope="module")
def ward(address, tmp_path_factory):
    """An installation made by the command of the README in an empty folder."""
    folder = tmp_path_factory.mktemp("that") / "phuong"
    (folder.parent / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    # The release to update to, taken now: somebody may be editing the tree.
    shutil.copytree(ROOT, folder.parent / "release",
                    ignore=shutil.ignore_patterns(".git", ".venv", "instance", "__pycache__", ".*_cache", "shots"))
    result = run([sys.executable, "start.py", "install", "--dir", folder, "--body", BODY, "--url", "https://hocso.hoabinh.example",
                  "--admin", "Nguyễn Văn Quản, 0900000001", "--passphrase-file", folder.parent / "passphrase", "--yes"], cwd=ROOT,
                 **address)
    folder.joinpath("install.log").write_text(result.stdout, encoding="utf-8")
    return folder


def tables(folder, address):
    """Every row of every table, as text."""
    engine = sa.create_engine(address.get("LMS_DATABASE_URL", f"sqlite:///{folder / 'instance' / 'lms.db'}"))
    with engine.connect() as database:
        found = sa.MetaData()
        found.reflect(database)
        rows = {name: sorted(map(repr, database.execute(sa.text(f'SELECT * FROM "{name}"')))) for name in found.tables}
    engine.dispose()
    return rows


def test_a_new_ward_has_content_an_administrator_and_nobody_else(ward, address):
    rows = tables(ward, address)

    assert len(rows["person"]) == 1
    assert "Nguyễn Văn Quản" in rows["person"][0]
    assert len(rows["lesson"]) >= 14
    assert rows["role_grant"] != []
    assert rows["credential"] == []
    assert "Bến Thu" not in "".join(rows["organisation_period"])


def test_secrets_are_the_owners_alone(ward):
    for name in ("lms.env", "backup-passphrase"):
        assert (ward / "instance" / name).stat().st_mode & 0o077 == 0, name
    settings = (ward / "instance" / "lms.env").read_text(encoding="utf-8")
    assert "LMS_MODE=production" in settings
    assert "LMS_PROXIES=1" in settings  # the address is an https one


def test_doctor_finds_nothing_wrong_with_a_new_ward(ward):
    document = json.loads(lms(ward, "doctor", "--json").stdout)

    assert document["ok"], [c for c in document["checks"] if c["level"] == "error"]


def test_files_for_automatic_start_are_written(ward):
    service = (ward / "instance" / "service" / "binhdan-lms.service").read_text(encoding="utf-8")

    assert f"WorkingDirectory={ward}" in service
    assert "OnCalendar" in (ward / "instance" / "service" / "binhdan-lms-backup.timer").read_text(encoding="utf-8")


def test_installing_over_an_installation_is_refused(ward):
    again = run([sys.executable, "start.py", "install", "--dir", ward, "--body", BODY, "--url", "https://hocso.hoabinh.example",
                 "--admin", "A, 0900000002", "--passphrase-file", ward.parent / "passphrase", "--yes"], cwd=ROOT, check=False)

    assert again.returncode != 0
    assert "update" in again.stderr + again.stdout


def test_backup_restores_elsewhere_with_equal_counts_and_hashes(ward, address, another, tmp_path):
    backup = tmp_path / "ward.backup"
    lms(ward, "backup", backup)
    other = tmp_path / "other"
    shutil.copytree(ward, other, ignore=shutil.ignore_patterns("instance", ".venv", "__pycache__"))
    (other / "instance").mkdir()
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    environment = {"LMS_MODE": "production", "LMS_SECRET_KEY": "k3-Wq8sZ" * 6, "LMS_INSTANCE": str(other / "instance"),
                   "LMS_BACKUP_PASSPHRASE_FILE": str(tmp_path / "passphrase"), **another}

    run([ROOT / ".venv" / "bin" / "lms", "restore", backup], cwd=other, **environment)

    assert tables(other, another) == tables(ward, address)
    assert (other / "instance" / "lms.env").read_bytes() == (ward / "instance" / "lms.env").read_bytes()


def test_restore_refuses_a_database_that_holds_people(ward, address, tmp_path):
    backup = tmp_path / "ward.backup"
    lms(ward, "backup", backup)
    before = tables(ward, address)

    refused = lms(ward, "restore", backup, check=False)

    assert refused.returncode == 1
    assert "holds people" in refused.stderr
    assert tables(ward, address) == before


def test_a_wrong_passphrase_is_told(ward, tmp_path):
    backup = tmp_path / "ward.backup"
    lms(ward, "backup", backup)
    (tmp_path / "wrong").write_text("một cụm khác hẳn", encoding="utf-8")

    refused = lms(ward, "restore", backup, "--passphrase-file", tmp_path / "wrong", "--replace", check=False)

    assert refused.returncode == 2
    assert "wrong passphrase" in refused.stderr


def test_update_loses_nothing_and_a_broken_version_goes_back(ward, address):
    before = tables(ward, address)
    release = ward.parent / "release"

    run([sys.executable, "start.py", "update", "--dir", ward], cwd=release)

    assert tables(ward, address) == before
    broken = release / "lms" / "operations" / "health.py"
    broken.write_text(broken.read_text(encoding="utf-8").replace("def not_ready", "def never_ready"), encoding="utf-8")

    refused = run([sys.executable, "start.py", "update", "--dir", ward], cwd=release, check=False)

    assert refused.returncode == 1
    assert "Nothing was lost" in refused.stdout
    assert "def not_ready" in (ward / "lms" / "operations" / "health.py").read_text(encoding="utf-8")
    assert tables(ward, address) == before
    assert json.loads(lms(ward, "doctor", "--json").stdout)["ok"]
