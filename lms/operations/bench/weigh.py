"""What is not counted in requests: memory, the second start, the bytes of a lesson over the wire."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urljoin

from lms.core.config import ROOT
from lms.operations.bench import machine
from lms.operations.bench.browser import Browser
from lms.operations.bench.places import CannotRun, Server, answers, free_port, plain_environment

# The steps of `start.py`, but for making the environment that this process runs in.
START = ("import pathlib, sys; sys.path.insert(0, '.'); import start; "
         "start.make_environment = lambda *_: pathlib.Path(sys.prefix); sys.exit(start.main([]))")
PATIENCE = 120  # seconds for a start
KEPT = re.compile(r'asset\("([^"]+)"\)')
FACE = re.compile(r'@font-face\{font-family:"([^"]+)"[^}]*?url\(([^)]+\.woff2)\)')
LOADED = re.compile(r'<(?:link rel="(?:stylesheet|icon|manifest|preload)"[^>]*? href|script[^>]*? src|img[^>]*? src)="([^"]+)"')


def memory(server: Server, *, workers_only: bool = False) -> float:
    """Mebibytes (PSS) of a server with everything it started, or of what it started alone."""
    pids = machine.family(server.pid)
    return machine.memory_of(pids[1:] if workers_only else pids)


def settle(server: Server) -> None:
    """Wait until a server and its background worker have nothing more to do."""
    deadline = time.monotonic() + PATIENCE
    used, before = machine.cpu_of_family(server.pid), -1.0
    while used - before > 0.05 and time.monotonic() < deadline:
        time.sleep(1)
        used, before = machine.cpu_of_family(server.pid), used


def starts(folder: Path) -> tuple[float, float]:
    """Seconds from `start.py` to the first answer of the demonstration: the first time, and the second."""
    first, second = (_start(folder / "demo") for _ in range(2))
    return first, second


def _start(instance: Path) -> float:
    port = free_port()
    env = {**plain_environment(), "LMS_INSTANCE": str(instance), "PORT": str(port)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # the second start of a program finds its modules compiled
    log = instance.with_suffix(".log")
    begun = time.monotonic()
    with log.open("ab") as output:
        process = subprocess.Popen([sys.executable, "-c", START], cwd=ROOT, env=env, stdout=output,  # noqa: S603
                                   stderr=output, start_new_session=True)
    try:
        while not answers(port, "/healthz"):
            if process.poll() is not None or time.monotonic() - begun > PATIENCE:
                raise CannotRun(f"start.py did not come up: {log.read_text(encoding='utf-8', errors='replace')[-1000:]}")
            time.sleep(0.02)
        return time.monotonic() - begun
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Stop the starter and the server it started."""
    for pid in reversed(machine.family(process.pid)):
        try:
            os.kill(pid, 15)
        except ProcessLookupError:
            continue
    process.wait(30)


def weights(server: Server, lesson: str, next_lesson: str) -> tuple[int, int]:
    """Bytes over the wire of a first visit to a lesson, and of the next lesson after it, both as sent to a phone.

    The first visit brings the page, its style sheets, scripts, pictures, the fonts its text is set in, and what the
    service worker fetches to keep; the next one its page and the copy for dead lines, for the rest is kept for a year.
    """
    phone = Browser(server.port)
    page = phone.get(lesson, packed=True)
    loaded = {urljoin(lesson, address) for address in LOADED.findall(page.html) if not address.startswith("data:")}
    total, release = page.weight, ""
    for address in sorted(loaded):
        answer = phone.get(address, packed=True)
        total += answer.weight
        if address.endswith(".css"):
            release = address.split("/")[2]
            loaded |= _fonts(address, answer.html)
    total += sum(phone.get(address, packed=True).weight for address in loaded if address.endswith(".woff2"))
    worker = phone.get("/sw.js", packed=True)
    kept = {f"/tinh/{release}/{name}" for name in KEPT.findall(worker.html)} - loaded
    total += worker.weight + sum(phone.get(one, packed=True).weight for one in sorted(kept | {"/ngoai-tuyen"}))
    copy = "?ban=ngoai-tuyen&may=android"
    total += phone.get(lesson + copy, packed=True).weight
    return total, phone.get(next_lesson, packed=True).weight + phone.get(next_lesson + copy, packed=True).weight


def _fonts(sheet: str, css: str) -> set[str]:
    """The files of the family declared first: the one that text is set in. Others are for papers."""
    faces = FACE.findall(css)
    return {urljoin(sheet, file) for family, file in faces if family == faces[0][0]}
