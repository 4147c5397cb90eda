"""A fresh clone of what is committed starts with `python3 start.py` and answers; the second start is quick."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST_START, SECOND_START = 300.0, 90.0


def main():
    folder = Path(tempfile.mkdtemp(prefix="fresh-clone-"))
    try:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "clone")], check=True)
        for name, limit in (("first", FIRST_START), ("second", SECOND_START)):
            seconds = start_and_ask(folder / "clone", limit)
            print(f"{name} start answered after {seconds:.1f} s")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def start_and_ask(clone, limit):
    """Seconds until `/readyz` and the home page answer; stops the server again."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    begun = time.monotonic()
    server = subprocess.Popen([sys.executable, "start.py"], cwd=clone, env={**env, "PORT": str(port)}, start_new_session=True)
    try:
        while True:
            if server.poll() is not None:
                raise SystemExit(f"start.py ended with {server.returncode}")
            if time.monotonic() - begun > limit:
                raise SystemExit(f"no answer within {limit:.0f} s")
            try:
                ready = urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=2).read()
                break
            except OSError:
                time.sleep(0.2)
        seconds = time.monotonic() - begun
        home = urllib.request.urlopen(f"http://localhost:{port}/", timeout=10).read().decode()
        if ready != b"ready\n" or "MẪU" not in home:
            raise SystemExit("the home page of the demonstration does not say MẪU")
        return seconds
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(40)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
