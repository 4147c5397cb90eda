"""Bring an installation to the version of this folder: backup, new code, migration, content, health check, way back.

Called by `start.py update --dir INSTALLATION` from the folder of the new release. Without --dir the installation is
this folder itself, whose code was replaced beforehand; then the way back restores the data, and you put back the code.
"""

import argparse
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from check_fresh_clone import free_port  # noqa: E402
from install import LEFT_BEHIND, ROOT, environment, lms  # noqa: E402 – beside this file, not a package

HEALTHY_WITHIN = 60
SERVICE = "binhdan-lms"
USUAL_ADDRESS = ("127.0.0.1", 8000)  # of `lms serve`
ANSWERS_WITHIN = 10  # seconds


def main():
    flags = argparse.ArgumentParser(prog="start.py update")
    flags.add_argument("--dir", type=Path, default=ROOT, help="folder of the installation (default: here)")
    target = flags.parse_args().dir.resolve()
    if not (target / "instance" / "lms.env").is_file():
        sys.exit(f"{target} holds no installation. A new one: start.py install")
    was_running = stop_service()
    try:
        refuse_while_running(target)
        return update_in_place(target) if target == ROOT else update_folder(target)
    finally:
        if was_running:
            subprocess.call(["systemctl", "start", SERVICE])


def update_folder(target):
    """The usual way: old code and data are put back when the new version does not answer."""
    previous, under_way = target / "instance" / "previous-release", target / "instance" / "update-under-way"
    saved = saved_before(target, under_way)
    if not under_way.is_file():
        shutil.rmtree(previous, ignore_errors=True)
        copy_code(target, previous)
        under_way.write_text(str(saved), encoding="utf-8")  # from here on a power cut leaves everything to go back to
    try:
        drop_code(target)
        copy_code(ROOT, target)
        bring_up(target)
    except (Exception, KeyboardInterrupt) as fault:  # a full disk, a server that does not stop: whatever it is
        print(f"\nThe new version did not come up ({fault}). Going back …", flush=True)
        drop_code(target)
        copy_code(previous, target)
        subprocess.run([sys.executable, str(target / "start.py"), "setup"], check=True)
        run(target, "restore", str(saved), "--replace")
        under_way.unlink()
        print("The former version and its data are back. Nothing was lost.")
        return 1
    under_way.unlink()
    print(f"\nUpdated. The backup from before lies in {saved}")
    return 0


def saved_before(target, under_way):
    """A backup of the installation as it stands. An update that was cut off leaves one that cannot answer, so nothing
    has happened in it since: the backup from before that update is the one."""
    saved = backup_path(target, "backup")
    try:
        run(target, "backup", str(saved))
    except (OSError, subprocess.CalledProcessError):
        if not under_way.is_file():
            raise
        print("The last update was cut off. Going on with it …", flush=True)
        return Path(under_way.read_text(encoding="utf-8"))
    under_way.unlink(missing_ok=True)
    return saved


def update_in_place(target):
    """The code was replaced already (git pull): the data can go back, the code is put back by whoever replaced it."""
    database = target / "instance" / "lms.db"
    if not database.is_file():
        sys.exit("With PostgreSQL, unpack the new release into a folder of its own and run: "
                 "start.py update --dir THIS-INSTALLATION")
    saved = backup_path(target, "db")
    copy_database(database, saved)
    try:
        bring_up(target)
    except (Exception, KeyboardInterrupt) as fault:
        copy_database(saved, database)
        print(f"\nThe new version did not come up ({fault}). The data is as before; put back the former code as well.")
        return 1
    print(f"\nUpdated. The data from before lies in {saved}")
    return 0


class Unhealthy(Exception):
    """The new version started but did not answer."""


def bring_up(target):
    """Environment, schema, content, and a server that answers; raises when one of them fails."""
    subprocess.run([sys.executable, str(target / "start.py"), "setup"], check=True)
    run(target, "db", "upgrade")
    run(target, "content", "load")
    port = free_port()
    server = subprocess.Popen([str(lms(target)), "serve", "--port", str(port), "--no-jobs"], cwd=target, env=environment(target))
    try:
        wait_until_healthy(port, server)
    finally:
        server.terminate()
        server.wait(40)


def wait_until_healthy(port, server):
    deadline = time.monotonic() + HEALTHY_WITHIN
    reason = "no answer"
    while time.monotonic() < deadline and server.poll() is None:
        try:
            for path in ("/readyz", "/", "/dang-nhap"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read()
            return
        except urllib.error.HTTPError as fault:
            reason = f"{fault.url} answers {fault.code}"
        except OSError:
            pass
        time.sleep(0.3)
    raise Unhealthy(reason)


def stop_service():
    """Stop the running service, so that nobody's answer falls between; returns whether it ran."""
    if not shutil.which("systemctl") or subprocess.call(["systemctl", "is-active", "--quiet", SERVICE]) != 0:
        return False
    subprocess.run(["systemctl", "stop", SERVICE], check=True)
    return True


def refuse_while_running(target):
    """End here when a server that somebody started by hand still answers: migrating under it would break it, and what
    it writes after the backup would be lost on the way back."""
    for host, port in noted_addresses(target):
        if is_answering(host, port):
            sys.exit(f"A server of this installation is still running: it answers on http://{host}:{port}. Stop it first "
                     "(Ctrl+C in its window), then run the update again. Nothing was changed.")


def noted_addresses(target):
    """Where servers of this installation were started: `lms serve` notes it. Releases before that left no folder."""
    notes = target / "instance" / "serving"
    if not notes.is_dir():
        return [USUAL_ADDRESS]
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(notes.glob("*.json"))]
    return [("127.0.0.1" if note["host"] in ("0.0.0.0", "") else note["host"], note["port"]) for note in found]  # noqa: S104


def is_answering(host, port):
    """Whether our server is there; one that takes the call and is too busy to answer counts as well."""
    connection = http.client.HTTPConnection(host, port, timeout=ANSWERS_WITHIN)
    try:
        connection.connect()
    except OSError:
        return False
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        # An unknown host name is refused, but it was still our server that did so.
        return answer.status == 400 or answer.read(8) == b"ok\n"
    except TimeoutError:
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def backup_path(target, suffix):
    folder = target / "instance" / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"before-update-{time.strftime('%Y%m%d-%H%M%S')}.{suffix}"


def copy_database(source, target):
    """A consistent copy of an SQLite database, over what is there."""
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


def copy_code(source, target):
    """Everything of a release but what it never carries; on the disk when this returns."""
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=lambda _folder, names: LEFT_BEHIND & set(names))
    if hasattr(os, "sync"):
        os.sync()


def drop_code(target):
    for path in target.iterdir():
        if path.name not in LEFT_BEHIND:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def run(target, *command):
    env = {**environment(target), "LMS_BACKUP_PASSPHRASE_FILE": str(target / "instance" / "backup-passphrase")}
    subprocess.run([str(lms(target)), *command], cwd=target, env=env, check=True)


if __name__ == "__main__":
    sys.exit(main())
