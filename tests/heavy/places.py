"""Somewhere to break things: a PostgreSQL cluster of our own, the product served on it, and a small disk."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LMS = [sys.executable, "-c", "from lms.app import cli; cli()"]
PATIENCE = 60


def not_here(reason):
    """Skip, or fail where everything must be tested."""
    (pytest.fail if os.environ.get("LMS_TEST_STRICT") == "1" else pytest.skip)(reason)


def free_port():
    """A port that nobody uses at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(done, what):
    """Ask again and again, for a minute at most."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, f"{what} did not happen within {PATIENCE} s"
        time.sleep(0.05)


class Cluster:
    """A PostgreSQL cluster in a temporary folder. Its programs refuse to run as root: then somebody else runs them."""

    def __init__(self):
        found = [shutil.which("initdb"), *sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)]
        if not any(found):
            not_here("PostgreSQL's initdb is not installed")
        self.programs = Path(next(filter(None, found))).resolve().parent
        self.folder = Path(tempfile.mkdtemp(prefix="lms-cluster-"))
        self.port = free_port()
        self.user = self._give_away() if os.geteuid() == 0 else None
        self._run("initdb", "-A", "trust", "-U", "postgres", "--no-sync")
        self.start()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=60"
        self._run("pg_ctl", "-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self):
        """As in a power cut: nothing is finished, nothing flushed."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def remove(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _give_away(self):
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = next(name for name in ("postgres", "nobody") if name in names)
        shutil.chown(self.folder, user)
        return user

    def _run(self, program, *arguments):
        command = [str(self.programs / program), "-D", str(self.folder / "data"), *arguments]
        if self.user:
            command = ["runuser", "-u", self.user, "--", *command]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Product:
    """An installation of this code in a folder, and its server processes."""

    def __init__(self, folder, database_url):
        self.folder, self.port = folder, free_port()
        self.url = database_url or f"sqlite:///{(folder / 'lms.db').as_posix()}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        self.environment = {
            **clean, "LMS_MODE": "production", "LMS_SECRET_KEY": "k3-Wq8sZ" * 6, "LMS_INSTANCE": str(folder),
            "LMS_DATABASE_URL": self.url, "LMS_BASE_URL": f"http://127.0.0.1:{self.port}", "LMS_ALLOW_LAN_ISSUE": "1"}
        self.master, self.groups = None, []

    def run(self, *arguments, check=True):
        """One `lms` command to its end."""
        done = subprocess.run([*LMS, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done

    def begin(self, *arguments):
        """One `lms` command, to be killed."""
        return subprocess.Popen([*LMS, *arguments], env=self.environment, cwd=ROOT, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def serve(self):
        """Start the server and wait until it is ready; whoever still holds the port dies first."""
        def ready():
            if self.master is None or self.master.poll() is not None:
                with (self.folder / "serve.log").open("ab") as log:
                    self.master = subprocess.Popen([*LMS, "serve", "--workers", "2", "--port", str(self.port)],
                                                   env=self.environment, cwd=ROOT, stdout=log, stderr=log,
                                                   start_new_session=True)
                self.groups.append(self.master.pid)
            return self.status("/readyz") == 200
        wait_until(ready, "the server's start")

    def status(self, path):
        """The status of this address; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=15) as answer:
                return answer.status
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code
        except OSError:
            return 0

    def children(self):
        """Process ids of the web workers and of the background worker."""
        text = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in text.split()]

    def kill_children(self):
        """kill -9 for all of them; the master starts new web workers."""
        for pid in self.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_master(self):
        """kill -9 for the master alone; its children have to notice. Starts it anew as a service manager would."""
        orphans = self.children()
        self.master.kill()
        self.master.wait()
        wait_until(lambda: not any(map(is_alive, orphans)), "the end of the orphans")
        self.serve()

    def stop(self):
        """Ask it to stop, and leave nothing behind."""
        if self.master is not None and self.master.poll() is None:
            self.master.terminate()
            self.master.wait(40)
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)


def is_alive(pid):
    """Whether this process runs (a dead child of a dead parent may linger as a name only)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def small_disk(folder, *, megabytes):
    """A disk of this size mounted at the folder."""
    folder.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True).returncode == 0
    if not mounted:
        not_here("a small disk can only be mounted by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder):
    """Write a file until the disk is full; returns it."""
    path = folder / "filler"
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as filler:
        while True:
            filler.write(b"\0" * 4096)
    return path
