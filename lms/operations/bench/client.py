"""The load: many keep-alive connections in one small process that does nothing but send and receive bytes.

Run as a program of its own (it imports the standard library alone). It reads a plan from standard input, answers
"ready", waits for a line, sends until the time is over, and prints what it saw as one JSON document.
"""

import base64
import json
import selectors
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any

HEAD_END = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"


class Connection:
    """One keep-alive connection that sends its requests in turn, the next as soon as the answer is whole.

    A request is its bytes, or a pair around a number that grows with each use.
    """

    def __init__(self, address: tuple[str, int], requests: Sequence[list[bytes]], first_number: int) -> None:
        self.address, self.requests, self.number, self.turn = address, requests, first_number, 0
        self.socket = self._connect()

    def _connect(self) -> socket.socket:
        opened = socket.create_connection(self.address, timeout=30)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def reopen(self) -> None:
        self.socket.close()
        self.socket = self._connect()

    def send(self) -> None:
        parts = self.requests[self.turn % len(self.requests)]
        self.turn += 1
        if len(parts) == 2:
            self.number += 1
            self.socket.sendall(b"%b%d%b" % (parts[0], self.number, parts[1]))
        else:
            self.socket.sendall(parts[0])
        self.begun = time.perf_counter()
        self.received = bytearray()
        self.wanted = 0

    def receive(self) -> bool:
        """Take what has come; True when the answer is whole. Raises ConnectionError when the server hung up."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError
        self.received += piece
        if not self.wanted:
            end = self.received.find(HEAD_END)
            if end < 0:
                return False
            self.wanted = end + 4 + content_length(bytes(self.received[:end]))
        return len(self.received) >= self.wanted

    @property
    def status(self) -> int:
        return int(self.received[9:12])


def content_length(head: bytes) -> int:
    """The length that a response head announces; 0 where it announces none."""
    lower = head.lower()
    start = lower.find(LENGTH)
    return int(lower[start + len(LENGTH):].split(b"\r\n", 1)[0]) if start >= 0 else 0


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Carry out the plan: `address`, `seconds`, `status` (the expected one), `first_number`, `connections` (requests)."""
    chooser = selectors.DefaultSelector()
    connections = [
        Connection(tuple(plan["address"]), [[base64.b64decode(part) for part in request] for request in requests],
                   plan["first_number"])
        for requests in plan["connections"]
    ]
    times: list[float] = []
    wrong: dict[str, int] = {}
    begun = time.perf_counter()
    end = begun + plan["seconds"]
    for connection in connections:
        connection.send()
        chooser.register(connection.socket, selectors.EVENT_READ, connection)
    while chooser.get_map():
        for key, _events in chooser.select(timeout=30) or _stuck():
            _serve(chooser, key.data, plan["status"], end, times, wrong)
    return {"cpu": time.process_time(), "done": len(times), "wrong": wrong, "seconds": time.perf_counter() - begun, "times": times,
            "number": max((connection.number for connection in connections), default=plan["first_number"])}


def _serve(
    chooser: selectors.BaseSelector, connection: Connection, status: int, end: float, times: list[float],
    wrong: dict[str, int],
) -> None:
    try:
        if not connection.receive():
            return
    except ConnectionError:
        # A worker that was replaced closes its connections; the request is sent again on a new one.
        chooser.unregister(connection.socket)
        if connection.received:
            wrong["cut"] = wrong.get("cut", 0) + 1
        connection.reopen()
        chooser.register(connection.socket, selectors.EVENT_READ, connection)
        connection.turn -= 1
        connection.send()
        return
    now = time.perf_counter()
    times.append(now - connection.begun)
    if connection.status != status:
        wrong[str(connection.status)] = wrong.get(str(connection.status), 0) + 1
    if now < end:
        connection.send()
    else:
        chooser.unregister(connection.socket)
        connection.socket.close()


def _stuck() -> Any:
    raise TimeoutError("no answer for 30 seconds")


def main() -> None:
    """Standard input and output, as the top of this file says."""
    plan = json.loads(sys.stdin.readline())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps(run(plan)) + "\n")


if __name__ == "__main__":
    main()
