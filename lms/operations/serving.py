"""The production server: gunicorn where it runs, waitress elsewhere; both stop gracefully on SIGTERM."""

import contextlib
import ctypes
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from lms.core.db import db
from lms.operations import jobs

THREADS = 4
LOOKS_EVERY = 0.5  # seconds
STOPS_WITHIN = 10  # seconds
ARENA_MAX = -8  # of mallopt(3)
WORK = "from lms.app import cli; cli()"


def serve(app: Flask, *, host: str, port: int, workers: int, with_jobs: bool) -> None:
    """Serve until told to stop. With `with_jobs` the background worker runs beside the web workers.

    `workers` 0 asks for waitress: one process, threads only.
    """
    with noted(Path(app.config["LMS_INSTANCE"]), host, port):
        if sys.platform == "win32" or workers == 0:
            serve_with_waitress(app, host=host, port=port, with_jobs=with_jobs)
        else:
            serve_with_gunicorn(app, host=host, port=port, workers=workers, with_jobs=with_jobs)


@contextlib.contextmanager
def noted(instance: Path, host: str, port: int) -> Iterator[None]:
    """Note in the instance folder where a server was started, so that an update does not migrate under it.

    What a killed server leaves does no harm: the update asks the address.
    """
    note, server = instance / "serving" / f"{port}.json", os.getpid()
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"host": host, "port": port}), encoding="utf-8")
    try:
        yield
    finally:
        if os.getpid() == server:  # web workers, forked meanwhile, come by here as well
            note.unlink(missing_ok=True)


def serve_with_waitress(app: Flask, *, host: str, port: int, with_jobs: bool) -> None:
    """Waitress runs everywhere."""
    import waitress

    worker = StartedWorker() if with_jobs else None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        waitress.serve(app, host=host, port=port, threads=THREADS * 2, ident=None)
    finally:
        if worker:
            worker.stop()


def serve_with_gunicorn(app: Flask, *, host: str, port: int, workers: int, with_jobs: bool) -> None:
    """Gunicorn: the application is loaded once and then forked, so that workers share its memory."""
    from gunicorn.app.base import BaseApplication
    from gunicorn.arbiter import Arbiter

    beside = ForkedWorker(app) if with_jobs else None
    options: dict[str, Any] = {
        "bind": f"{host}:{port}", "workers": workers, "worker_class": "gthread", "threads": THREADS,
        "preload_app": True, "graceful_timeout": 25, "timeout": 60, "keepalive": 5, "control_socket_disable": True,
        "max_requests": 50_000, "max_requests_jitter": 5_000, "errorlog": "-", "loglevel": "warning",
        "on_exit": lambda _server: beside and beside.stop(),
        "post_fork": lambda _server, _worker: forget_connections(app),
    }
    if os.path.isdir("/dev/shm"):  # noqa: S108 – holds the heartbeat files only
        options["worker_tmp_dir"] = "/dev/shm"  # noqa: S108

    class Master(Arbiter):  # type: ignore[misc]
        def manage_workers(self) -> None:
            super().manage_workers()  # a forked web worker never comes back from here
            if beside:
                beside.keep_alive(self.LISTENERS)

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

        def run(self) -> None:
            Master(self).run()

    spare_memory()
    Server().run()


def spare_memory() -> None:
    """Before forking: let the workers go on sharing what is loaded, and keep few heaps.

    Without the second, glibc may keep the 19 MiB of a PIN's hash once for every thread. Returning them each time would
    cost as much as the hash itself. Other systems have no mallopt.
    """
    gc.collect()
    gc.freeze()
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(ARENA_MAX, 1)


class StartedWorker:
    """The background worker as a program of its own, where nothing can be forked; started anew when it dies."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self._keeper = threading.Thread(target=self._keep_alive, daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """Ask it to stop; it finishes the job at hand."""
        self.over.set()
        self._keeper.join(STOPS_WITHIN)

    def _keep_alive(self) -> None:
        while not self.over.is_set():
            worker = subprocess.Popen([sys.executable, "-c", WORK, "jobs", "work"])  # noqa: S603 – our own command
            while worker.poll() is None and not self.over.wait(LOOKS_EVERY):
                pass
            worker.terminate()
            worker.wait()


class ForkedWorker:
    """The background worker, forked from the server, which looks after it and starts it anew when it has died.

    Not multiprocessing: there every web worker would, at its end, end the background worker as its own child.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.pid = 0

    def keep_alive(self, listeners: Iterable[socket.socket] = ()) -> None:
        """Start it if it does not live. It closes the server's `listeners`: whoever holds one keeps the address."""
        if self._lives():
            return
        server = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for listener in listeners:
                    listener.close()
                _work(self.app, server)
            finally:
                os._exit(0)

    def stop(self) -> None:
        """Ask it to stop and wait; it finishes the job at hand."""
        deadline = time.monotonic() + STOPS_WITHIN
        if self._lives():
            os.kill(self.pid, signal.SIGTERM)
        while self._lives() and time.monotonic() < deadline:
            time.sleep(LOOKS_EVERY / 10)

    def _lives(self) -> bool:
        with contextlib.suppress(ChildProcessError):  # gunicorn was faster
            if self.pid and os.waitpid(self.pid, os.WNOHANG) == (0, 0):
                return True
        self.pid = 0  # somebody else may get the number
        return False


def _work(app: Flask, server: int) -> None:
    """Background work in a fork of the server; it ends with the server, however that ends."""
    for name in (signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(name, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=[server], daemon=True).start()
    forget_connections(app)
    jobs.work(app, is_replaced=True)


def _end_with(server: int) -> None:
    while os.getppid() == server:
        time.sleep(LOOKS_EVERY)
    os._exit(0)  # every job may be cut off anywhere


def forget_connections(app: Flask) -> None:
    """A forked child must not use its parent's connections."""
    with app.app_context():
        db.engine.dispose(close=False)
