"""What is measured inside a process of the product: statements of a page, and issuing papers beside bare typst.

Started with the application that `lms.app` makes (places.Place.run_python); prints one JSON document.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from lms.certificates import services
from lms.certificates.models import Credential
from lms.certificates.services import paper
from lms.core import clock
from lms.core.db import db
from lms.operations.bench import machine

START = "from lms.app import create_app; from lms.operations.bench import inside; inside.main(create_app())"
PAPERS = 5   # in one round
WARM_UP = 2


def main(app: Flask) -> None:
    """Two arguments: how many rounds of papers, and pages to count as JSON (`{"path": "Cookie header"}`)."""
    rounds, pages = int(sys.argv[1]), json.loads(sys.argv[2])
    with app.app_context():
        document: dict[str, Any] = {"statements": {path: statements(app, path, cookie) for path, cookie in pages.items()}}
        document["papers"], document["serials"] = papers(rounds)
    sys.stdout.write(json.dumps(document) + "\n")


def statements(app: Flask, path: str, cookie: str) -> int:
    """How many statements a page sends, the second time it is opened in this process."""
    sent: list[str] = []

    def remember(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    client = app.test_client(use_cookies=False)
    headers = {"Cookie": cookie, "Host": "127.0.0.1"}
    client.get(path, headers=headers)
    event.listen(db.engine, "before_cursor_execute", remember)
    try:
        status = client.get(path, headers=headers).status_code
    finally:
        event.remove(db.engine, "before_cursor_execute", remember)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return len(sent)


def papers(rounds: int) -> tuple[list[dict[str, dict[str, float]]], list[str]]:
    """Issuing (confirmation to committed credential), drawing the PDF of what was issued, and bare typst in turn.

    Returns rounds by name, and the serials that were issued.
    """
    serials, measured = _issue(WARM_UP), []
    for _ in range(rounds):
        made: list[str] = []
        issued = _round(lambda made=made: made.extend(_issue(PAPERS)))
        serials += made
        words = [_other_words(made[0], number) for number in range(2 * PAPERS)]
        inputs = [_inputs(one) for one in words[:PAPERS]]
        bare = _round(lambda inputs=inputs: [_compile(one) for one in inputs])
        drawn = _round(lambda words=words: [paper.draw(one) for one in words[PAPERS:]])
        measured.append({"certificate": issued, "typst": bare, "paper": drawn})
    return measured, serials


def _issue(count: int) -> list[str]:
    made = services.issue_due(now=clock.now(), limit=count, operator="bench")
    db.session.commit()
    if len(made) != count:
        raise RuntimeError(f"{len(made)} papers were issued instead of {count}")
    return [credential.serial for credential in made]


def _other_words(serial: str, number: int) -> dict[str, Any]:
    """What was issued, with another name and address: the compiler remembers what it has drawn."""
    issued = db.session.scalars(sa.select(Credential.issued).where(Credential.serial == serial)).one()
    db.session.rollback()
    return {**issued, "recipient": f"{issued['recipient']} {number}", "url": f"{issued['url']}-{serial}-{number}"}


def _inputs(words: dict[str, Any]) -> dict[str, str]:
    return {"data": json.dumps(paper.facts(words), ensure_ascii=False), **paper._ART}


def _compile(inputs: dict[str, str]) -> Any:
    return paper._compiler(os.getpid()).compile(format="pdf", sys_inputs=inputs, **paper.SETTINGS["pdf"])


def _round(work: Callable[[], Any]) -> dict[str, float]:
    """The work of PAPERS papers as the fields of load.Round. On PostgreSQL its own processes count as others."""
    clock_begun, own_begun, busy_begun = time.perf_counter(), time.process_time(), machine.busy()
    work()
    own, elapsed = time.process_time() - own_begun, time.perf_counter() - clock_begun
    others = max(0.0, machine.busy() - busy_begun - own) / elapsed
    return {"done": PAPERS, "seconds": elapsed, "cpu_ms": 1000 * own / PAPERS, "database_ms": 0.0, "others": others}
