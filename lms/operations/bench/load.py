"""One round of load on a server, and what it cost: CPU of the server, of the database and of everybody else."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lms.operations.bench import client, machine
from lms.operations.bench.places import Server, plain_environment

CLIENTS = 2
DISTURBED = 0.25  # processors that others used: above this a round counts as disturbed
FIRST_NUMBER = 100_000  # numbers in requests keep their width up to 999,999

Request = Sequence[bytes]  # its bytes, or what stands before and after a growing number


@dataclass
class Work:
    """What one row of the tables repeats on a server: requests for each connection, or a story to run through.

    A story is called instead of sending requests, after `prepare`, and returns how many times it went through. Without
    a server the work is done by this process.
    """

    name: str
    server: Server | None
    connections: Sequence[Sequence[Request]] = ()
    status: int = 200
    story: Callable[[], int] | None = None
    prepare: Callable[[], None] | None = None
    number: int = FIRST_NUMBER


@dataclass(frozen=True)
class Round:
    """One round. CPU in milliseconds for each request (or story), times in milliseconds, others in processors."""

    done: int
    seconds: float
    cpu_ms: float
    database_ms: float
    others: float
    p50: float | None = None
    p95: float | None = None
    wrong: dict[str, int] = field(default_factory=dict)

    @property
    def total_ms(self) -> float:
        """Server and database together."""
        return self.cpu_ms + self.database_ms

    @property
    def per_second(self) -> float:
        """Requests (or stories) each second."""
        return self.done / self.seconds

    @property
    def is_disturbed(self) -> bool:
        """Whether others used so much of the machine that the round is better repeated."""
        return self.others > DISTURBED


def measure(work: Work, *, seconds: float) -> Round:
    """One round of this work."""
    if work.story is None:
        return _measure_load(work, seconds)
    if work.prepare:
        work.prepare()
    meter = _Meter(work.server)
    return Round(**meter.read(work.story()))


class _Meter:
    """Readings before and after a round."""

    def __init__(self, server: Server | None) -> None:
        self.server = server
        self.backends = server.backends.cpu() if server else {}
        self.busy, self.own = machine.busy(), time.process_time()
        self.served = machine.cpu_of_family(server.pid) if server else self.own
        self.begun = time.perf_counter()

    def read(self, done: int, *, seconds: float | None = None, of_clients: float = 0.0) -> dict[str, Any]:
        """What so many requests cost, as fields of a Round."""
        elapsed = time.perf_counter() - self.begun
        own = time.process_time()
        served = (machine.cpu_of_family(self.server.pid) if self.server else own) - self.served
        after = self.server.backends.cpu() if self.server else {}
        of_database = sum(cpu - self.backends.get(pid, 0.0) for pid, cpu in after.items())
        mine = served + of_database + of_clients + (own - self.own if self.server else 0.0)
        each = 1000 / max(1, done)
        return {"done": done, "seconds": seconds or elapsed, "cpu_ms": served * each, "database_ms": of_database * each,
                "others": max(0.0, machine.busy() - self.busy - mine) / elapsed}


def _measure_load(work: Work, seconds: float) -> Round:
    clients = [_start_client(work, work.connections[number::CLIENTS], seconds) for number in range(CLIENTS)]
    for process in clients:
        assert process.stdout is not None
        process.stdout.readline()
    meter = _Meter(work.server)
    for process in clients:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    seen = [_result(process) for process in clients]
    work.number = max(one["number"] for one in seen)
    times = sorted(1000 * t for one in seen for t in one["times"])
    wrong: dict[str, int] = {}
    for one in seen:
        for status, count in one["wrong"].items():
            wrong[status] = wrong.get(status, 0) + count
    read = meter.read(len(times), seconds=max(one["seconds"] for one in seen), of_clients=sum(one["cpu"] for one in seen))
    return Round(**read, p50=_part(times, 0.5), p95=_part(times, 0.95), wrong=wrong)


def _start_client(work: Work, connections: Sequence[Sequence[Request]], seconds: float) -> "subprocess.Popen[str]":
    assert work.server is not None
    plan = {"address": ["127.0.0.1", work.server.port], "seconds": seconds, "status": work.status,
            "first_number": work.number,
            "connections": [[[base64.b64encode(part).decode() for part in request] for request in requests]
                            for requests in connections]}
    process = subprocess.Popen([sys.executable, "-E", "-s", str(Path(client.__file__))], stdin=subprocess.PIPE,  # noqa: S603
                               stdout=subprocess.PIPE, text=True, env=plain_environment())
    assert process.stdin is not None
    process.stdin.write(json.dumps(plan) + "\n")
    process.stdin.flush()
    return process


def _result(process: "subprocess.Popen[str]") -> dict[str, Any]:
    output, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"a client of the bench ended with {process.returncode}")
    return dict(json.loads(output))


def _part(ordered: Sequence[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
