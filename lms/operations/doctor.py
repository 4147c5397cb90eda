"""Looks over the installation and says, for each thing that is missing, insecure or unreachable, how to mend it."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from lms.core import clock, jobs, settings
from lms.core.config import is_public_address
from lms.core.db import db
from lms.framework.models import Policy
from lms.operations.health import not_ready
from lms.people.models import Organisation, RoleGrant

FREE_SPACE = 1024**3
BACKUP_AGE = 36 * 3600


@dataclass(frozen=True)
class Finding:
    """One check. `level` is ok, warning (works, but mend it) or error (something people rely on does not work)."""

    check: str
    level: str
    detail: str
    mend: str = ""


Check = Callable[[Flask], Iterator[Finding]]


def examine(app: Flask) -> list[Finding]:
    """Every finding, in the order in which to mend them. Checks of the database are left out while it is away."""
    findings = [found for check in (_mode, _address, _proxies, _secrets, _files, _libraries) for found in check(app)]
    reason = not_ready()
    if reason:
        return [*findings, Finding("database", "error", reason, "start the database, or run: lms db upgrade")]
    return findings + [found for check in (_database, _worker, _people, _body, _backups) for found in check(app)]


def as_document(findings: list[Finding]) -> dict[str, Any]:
    """The JSON document of `lms doctor --json`."""
    return {"ok": all(f.level != "error" for f in findings), "checks": [asdict(f) for f in findings]}


def _mode(app: Flask) -> Iterator[Finding]:
    yield Finding("LMS_MODE", "ok", app.config["LMS_MODE"])


def _address(app: Flask) -> Iterator[Finding]:
    base = app.config["LMS_BASE_URL"]
    if is_public_address(base):
        yield Finding("LMS_BASE_URL", "ok", base)
    elif app.config["LMS_MODE"] == "demo":
        yield Finding("LMS_BASE_URL", "ok", f"{base} (demonstration: papers are marked BẢN THỬ)")
    elif app.config["LMS_ALLOW_LAN_ISSUE"]:
        yield Finding("LMS_BASE_URL", "warning", f"{base} is not public; papers say so",
                      "certificates can be checked inside this network only")
    else:
        yield Finding("LMS_BASE_URL", "error", f"{base} cannot be reached from outside: no certificate is issued",
                      "set LMS_BASE_URL to the public https address, or LMS_ALLOW_LAN_ISSUE=1 for a closed network")


def _proxies(app: Flask) -> Iterator[Finding]:
    if app.config["LMS_BASE_URL"].startswith("https:") and not app.config["LMS_PROXIES"]:
        yield Finding("LMS_PROXIES", "error", "0, but something before the server speaks HTTPS: everybody has its address, "
                      "so one person's wrong PINs lock out all", "set LMS_PROXIES to the number of proxies, usually 1")


def _secrets(app: Flask) -> Iterator[Finding]:
    yield Finding("LMS_SECRET_KEY", "ok", "set")
    if app.config["LMS_MODE"] == "production" and not app.config["LMS_KEYS_SECRET"]:
        yield Finding("LMS_KEYS_SECRET", "warning", "missing", "start.py install makes one; signing keys will need it")


def _files(app: Flask) -> Iterator[Finding]:
    folder = Path(app.config["LMS_INSTANCE"])
    free = shutil.disk_usage(folder).free
    yield Finding("disk", "ok" if free > FREE_SPACE else "error", f"{free // 1024**2} MiB free in {folder.name}/",
                  "" if free > FREE_SPACE else "make room: answers cannot be saved on a full disk")
    private = app.config["LMS_PRIVATE_CONTENT"]
    if private and not private.is_dir():
        yield Finding("LMS_PRIVATE_CONTENT", "error", "the folder is not there", "correct the path or unset it")
    config = folder / "lms.env"
    if config.is_file() and os.name == "posix" and config.stat().st_mode & 0o077:
        yield Finding("lms.env", "error", "others can read the secrets", f"chmod 600 {config.name}")


def _libraries(_app: Flask) -> Iterator[Finding]:
    try:
        import typst
    except ImportError:
        yield Finding("typst", "error", "cannot be imported: certificates cannot be drawn", "run start.py setup again")
    else:
        yield Finding("typst", "ok", getattr(typst, "__version__", "present"))


def _database(_app: Flask) -> Iterator[Finding]:
    yield Finding("database", "ok", f"{db.engine.dialect.name}, at head")
    policies = db.session.scalar(sa.select(sa.func.count()).select_from(Policy)) or 0
    yield Finding("content", "ok" if policies else "error", f"{policies} level policies",
                  "" if policies else "run: lms content load")


def _worker(_app: Flask) -> Iterator[Finding]:
    """Nothing beats in the database for the worker: that something has waited too long for it is what people notice."""
    waited = jobs.oldest_waiting(now=clock.now())
    is_late = waited is not None and waited > jobs.WAITS_LONG
    yield Finding("background worker", "error" if is_late else "ok",
                  f"something asked for has waited {waited.seconds // 60} minutes" if waited and is_late else "nothing is waiting",
                  "lms serve runs it, unless with --no-jobs; then run: lms jobs work" if is_late else "")


def _people(_app: Flask) -> Iterator[Finding]:
    admins = db.session.scalar(
        sa.select(sa.func.count()).where(RoleGrant.role == "admin", RoleGrant.ended_at.is_(None))) or 0
    yield Finding("administrator", "ok" if admins else "error", f"{admins} hold the role",
                  "" if admins else "lms user create … and lms user grant … admin --org KEY")
    bodies = db.session.scalar(sa.select(sa.func.count()).select_from(Organisation)) or 0
    yield Finding("organisations", "ok" if bodies else "error", str(bodies),
                  "" if bodies else "lms org create KEY --name NAME --kind ward")


def _body(_app: Flask) -> Iterator[Finding]:
    body = settings.current()
    for name, why in (("help_phone", "learners who cannot sign in have nobody to call"),
                      ("signatory_name", "certificates carry no name under the signature"),
                      ("decision_number", "certificates name no decision")):
        value = getattr(body, name)
        yield Finding(f"setting {name}", "ok" if value else "warning", value or why,
                      "" if value else "set it on /quan-tri/cai-dat")


def _backups(app: Flask) -> Iterator[Finding]:
    if app.config["LMS_MODE"] == "demo":
        return
    made = sorted((Path(app.config["LMS_INSTANCE"]) / "backups").glob("*.backup"), key=lambda p: p.stat().st_mtime)
    if not made:
        yield Finding("backup", "warning", "none yet", "the nightly backup runs at 01:30; or: lms backup FILE")
        return
    age = time.time() - made[-1].stat().st_mtime
    yield Finding("backup", "ok" if age < BACKUP_AGE else "warning", f"{made[-1].name}, {age / 3600:.0f} hours old",
                  "" if age < BACKUP_AGE else "look why the nightly backup does not run")
