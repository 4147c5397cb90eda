"""The product as `lms serve` serves it: a process of its own, a database of its own, the real content, the invented ward."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.people.models import Person

LMS = [sys.executable, "-c", "from lms.app import cli; cli()"]
PATIENCE = 90  # seconds until the server must answer; a busy machine is slow


class Site:
    """One installation and the way into it."""

    def __init__(self, folder, database_url):
        self.log = folder / "serve.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://localhost:{self.port}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        self.env = {**clean, "LMS_MODE": "demo", "LMS_INSTANCE": str(folder), "LMS_BASE_URL": self.base,
                    "LMS_DATABASE_URL": database_url}
        self.engine = sa.create_engine(database_url)

    def lms(self, *command):
        """Run a command as an administrator would; returns what it printed."""
        result = subprocess.run([*LMS, *command], env=self.env, capture_output=True, text=True, encoding="utf-8")
        assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
        return result.stdout

    @contextmanager
    def database(self):
        """A look into the database, past the pages."""
        with Session(self.engine) as session, session.begin():
            yield session

    def person(self, name):
        """Somebody of the ward by name (the first of two namesakes)."""
        with self.database() as session:
            found = session.scalars(sa.select(Person).where(Person.full_name == name).order_by(Person.id)).first()
            session.expunge_all()
        return found

    @contextmanager
    def serving(self):
        """The server answers while this lasts."""
        with open(self.log, "wb") as log:
            server = subprocess.Popen([*LMS, "serve", "--port", str(self.port)], env=self.env, stdout=log, stderr=log)
            try:
                self.wait_until_ready(server)
                yield self
            finally:
                server.send_signal(signal.SIGTERM)
                try:
                    server.wait(30)
                finally:
                    server.kill()
        self.engine.dispose()

    def wait_until_ready(self, server):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and server.poll() is None:
            try:
                with urlopen(self.base + "/readyz", timeout=5):
                    return
            except (URLError, OSError):
                time.sleep(0.1)
        raise AssertionError("the server does not answer:\n" + self.log.read_text()[-3000:])
