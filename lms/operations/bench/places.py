"""Where a run takes place: an empty database of its own, the files beside it, and the servers that use it."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from lms.core.config import ROOT
from lms.operations.bench import machine

PRODUCT = "from lms.app import cli; cli()"
WORKERS = 2
BASE_URL = "https://hocso.benthu.example"


class CannotRun(Exception):
    """A step of the bench failed; the message is what it printed."""


@dataclass
class Place:
    """One database (`kind` sqlite or postgresql) with its folder and the content tree it is loaded from."""

    kind: str
    url: str
    folder: Path
    content: Path
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    keys_secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a product process here: only what its configuration file says."""
        config = self.folder / "lms.env"
        if not config.exists():
            lines = {"LMS_MODE": "production", "LMS_DATABASE_URL": self.url, "LMS_SECRET_KEY": self.secret,
                     "LMS_KEYS_SECRET": self.keys_secret, "LMS_BASE_URL": BASE_URL,
                     "LMS_INSTANCE": str(self.folder / "instance"), "LMS_CONTENT": str(self.content)}
            config.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), encoding="utf-8")
        return {**plain_environment(), "LMS_CONFIG": str(config)}

    def run(self, *arguments: str) -> str:
        """One `lms` command here; what it printed. Raises CannotRun."""
        return self.run_python(PRODUCT, *arguments)

    def run_python(self, code: str, *arguments: str) -> str:
        """A few lines of Python in a process of their own here; what they printed. Raises CannotRun."""
        done = subprocess.run([sys.executable, "-c", code, *arguments], env=self.environment, cwd=ROOT,  # noqa: S603
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotRun(f"{code} {' '.join(arguments)}: {(done.stderr.strip() or done.stdout.strip())[-2000:]}")
        return done.stdout


class Backends:
    """The server processes of one PostgreSQL database; for SQLite there are none, its work is done by the caller."""

    def __init__(self, place: Place) -> None:
        self.engine = None
        if place.kind == "postgresql":
            self.engine = sa.create_engine(postgres_url(), isolation_level="AUTOCOMMIT")
            self.database = sa.make_url(place.url).database
            with self.engine.connect() as connection:
                own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            self.are_here = machine.name_of(own).startswith("postgres")

    def cpu(self) -> dict[int, float]:
        """Seconds of CPU so far by process; empty where the database runs on another machine or inside the caller."""
        if self.engine is None or not self.are_here:
            return {}
        with self.engine.connect() as connection:
            pids = connection.exec_driver_sql("SELECT pid FROM pg_stat_activity WHERE datname = %s", (self.database,))
            return {pid: machine.cpu_of([pid]) for pid in pids.scalars()}

    def close(self) -> None:
        """Let go of the connection that watches."""
        if self.engine is not None:
            self.engine.dispose()


@dataclass
class Server:
    """A server process of ours, listening on a port of its own, and the processes of its database."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    backends: Backends

    @property
    def pid(self) -> int:
        """The process that started the workers."""
        return self.process.pid


def plain_environment() -> dict[str, str]:
    """This process's environment without the settings of any installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}


def serve_product(place: Place, *, with_jobs: bool = False) -> Server:
    """`lms serve` at this place, as shipped."""
    jobs = "--jobs" if with_jobs else "--no-jobs"
    command = ["-c", PRODUCT, "serve", "--workers", str(WORKERS), jobs, "--port"]
    return _serve("product", command, place.environment, place, "/healthz")


def serve_yardsticks(place: Place) -> Server:
    """The yardsticks on the same server and database."""
    command = ["-m", "lms.operations.bench.yardsticks", place.url, str(place.folder / "yardsticks"), str(WORKERS)]
    return _serve("yardsticks", command, plain_environment(), place, "/hello")


@contextmanager
def stopping(*servers: Server) -> Iterator[None]:
    """Stop these servers at the end, whatever happens."""
    try:
        yield
    finally:
        for server in servers:
            server.process.terminate()
        for server in servers:
            try:
                server.process.wait(15)
            except subprocess.TimeoutExpired:
                server.process.kill()
                server.process.wait()
            server.backends.close()


def _serve(name: str, command: list[str], env: dict[str, str], place: Place, answers_at: str) -> Server:
    port = free_port()
    log = place.folder / f"{name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen([sys.executable, *command, str(port)], env=env, cwd=ROOT, stdout=output,  # noqa: S603
                                   stderr=output)
    server = Server(name, port, process, Backends(place))
    deadline = time.monotonic() + 60
    while not answers(port, answers_at):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise CannotRun(f"{name} did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        time.sleep(0.02)
    return server


def answers(port: int, path: str) -> bool:
    """Whether a server answers this path with 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def postgres_url() -> str:
    """The PostgreSQL server to measure on: LMS_BENCH_POSTGRES_URL, LMS_TEST_POSTGRES_URL, else the local one."""
    url = (os.environ.get("LMS_BENCH_POSTGRES_URL") or os.environ.get("LMS_TEST_POSTGRES_URL")
           or "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
    return "postgresql+psycopg://" + url.partition("://")[2]


def postgres_answers() -> bool:
    """Whether that server lets us in."""
    engine = sa.create_engine(postgres_url(), connect_args={"connect_timeout": 5})
    try:
        engine.connect().close()
    except sa.exc.DBAPIError:
        return False
    finally:
        engine.dispose()
    return True


@contextmanager
def empty_place(kind: str, folder: Path, *, content: Path, like: Place | None = None) -> Iterator[Place]:
    """A database of our own, empty or a copy of `like`; dropped at the end."""
    folder.mkdir(parents=True)
    if kind == "sqlite":
        if like:
            shutil.copyfile(_file_of(like), folder / "lms.db")
        yield Place(kind, f"sqlite:///{(folder / 'lms.db').as_posix()}", folder, content)
        return
    name = f"lms_bench_{os.getpid()}_{secrets.token_hex(3)}"
    server = sa.create_engine(postgres_url(), isolation_level="AUTOCOMMIT")
    template = f' TEMPLATE "{sa.make_url(like.url).database}"' if like else ""
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"{template}')
    try:
        url = sa.make_url(postgres_url()).set(database=name).render_as_string(hide_password=False)
        yield Place(kind, url, folder, content)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        server.dispose()


def _file_of(place: Place) -> Path:
    path = Path(sa.make_url(place.url).database or "")
    engine = sa.create_engine(place.url)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path
