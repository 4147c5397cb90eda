"""Many requests at once, a full disk, a killed server: at most one attempt, one result, and no acknowledged answer lost."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy import event

from lms.assessment.models import Attempt, Response
from lms.assessment.queries import attempts as queries
from lms.assessment.services.attempts import start_attempt, submit_attempt
from lms.assessment.services.autosave import Answer, save_response
from lms.core import clock
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Person
from lms.people.queries.actors import token_hash
from tests.assessment.factories_attempts import begin, fields, make_offer
from tests.factories import NOW, make_person, make_sign_in


def at_once(app, work, times):
    """Run `work(number)` in so many threads that start together, each with a session of its own; their results."""
    barrier = threading.Barrier(times)

    def run(number):
        with app.app_context():
            barrier.wait()
            try:
                done = work(number)
                db.session.commit()
                return done
            except DomainError as refusal:
                db.session.rollback()
                return refusal.code

    db.session.remove()
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.fixture
def learner(app):
    make_offer(max_attempts=2)
    person = make_person()
    db.session.commit()
    return person.id


def test_twenty_starts_at_once_open_one_attempt(app, learner):
    opened = at_once(app, lambda _: start_attempt(person_id=learner, key="cap-1", now=NOW), 20)

    assert len(set(opened)) == 1
    assert count(Attempt) == 1


def test_starts_and_submits_at_once_never_pass_the_limit(app, learner):
    def start_and_submit(_number):
        uuid = start_attempt(person_id=learner, key="cap-1", now=NOW)
        submit_attempt(person_id=learner, uuid=uuid, now=NOW)

    refused = at_once(app, start_and_submit, 20)

    assert count(Attempt) == 2
    assert set(refused) <= {None, "attempt.none_left", "attempt.try_again"}


def test_twenty_submits_at_once_give_one_result(app, learner):
    uuid = start_attempt(person_id=learner, key="cap-1", now=NOW)
    db.session.commit()

    at_once(app, lambda _: submit_attempt(person_id=learner, uuid=uuid, now=NOW), 20)

    events = db.session.scalar(sa.select(sa.func.count()).where(AuditEvent.action == "attempt.submitted"))
    assert (events, db.session.scalar(sa.select(Attempt.state))) == (1, "submitted")


def test_what_was_acknowledged_before_a_submit_is_in_its_result(app, learner):
    """The submit may come before, between or after the saves: the score always tells what was taken."""
    uuid, paper = begin(db.session.get(Person, learner))
    hashed = token_hash(make_sign_in(db.session.get(Person, learner)))
    db.session.commit()

    def save_or_submit(number):
        if number == 4:
            return submit_attempt(person_id=learner, uuid=uuid, now=NOW)
        item = paper.items[number]
        answer = Answer(item.position, {"chosen": fields(item)["answer"]}, flagged=False, sequence=1)
        saved = save_response(db.session.connection(), answer, token_hash=hashed, uuid=uuid, now=NOW)
        return saved.receipt is not None

    taken = at_once(app, save_or_submit, 5)

    assert db.session.scalar(sa.select(Attempt.result))["right"] == sum(one is True for one in taken)


def test_full_disk_is_told_and_earlier_answers_stay(app, client):
    with time_machine.travel(NOW, tick=False):
        make_offer()
        person = make_person()
        uuid, paper = begin(person)
        client.sign_in(person)
        base = f"/bai-kiem-tra/cap-1/{uuid}"
        assert client.send(f"{base}/cau/1/luu", **fields(paper.items[0])).status_code == 200
        client.get(f"{base}/cau/2")

        with full_disk():
            saved = client.send(f"{base}/cau/2/luu", **fields(paper.items[1]))
            posted = client.send(f"{base}/cau/3", **fields(paper.items[2]))
            submitted = client.send(f"{base}/nop", hieu="1")
        after = client.send(f"{base}/cau/2/luu", **fields(paper.items[1]))

    for refused in (saved, posted, submitted):
        assert refused.status_code == 503
        assert "Phần đã báo “Đã lưu” không mất" in refused.get_data(as_text=True)
        assert "Traceback" not in refused.get_data(as_text=True)
    assert (after.status_code, after.json["receipt"]) == (200, 2)
    row = db.session.execute(sa.select(Attempt.state, Attempt.result)).one()
    assert tuple(row) == ("in_progress", None)
    assert set(queries.responses_of(db.session.scalar(sa.select(Attempt.id)))) == {1, 2}


class full_disk:
    """Every write fails as it does when the disk is full."""

    def __enter__(self):
        event.listen(db.engine, "before_cursor_execute", self.refuse)

    def __exit__(self, *_):
        event.remove(db.engine, "before_cursor_execute", self.refuse)

    @staticmethod
    def refuse(_connection, _cursor, statement, _parameters, _context, _many):
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE")):
            fault = sqlite3.OperationalError("database or disk is full")
            raise sa.exc.OperationalError(statement, {}, fault)


SAVER = """
import sys
from lms.app import create_app
from tests.assessment.factories_attempts import fields
from tests.pages import PageClient
from lms.assessment.queries.papers import paper_of
from uuid import UUID

url, folder, token, uuid = sys.argv[1:]
app = create_app({"TESTING": True, "SECRET_KEY": "k3-Wq8sZ" * 6, "SQLALCHEMY_DATABASE_URI": url, "LMS_INSTANCE": folder,
                  "TRUSTED_HOSTS": None, "SESSION_COOKIE_SECURE": False, "SESSION_COOKIE_NAME": "phien"})
with app.app_context():
    paper = paper_of(UUID(uuid))
    tab = PageClient(app)
    with tab.session_transaction() as session:
        session["_user_id"] = token
    csrf = tab.token()
    for number in range(100_000):
        item = paper.items[number % 4]
        saved = tab.post(f"/bai-kiem-tra/cap-1/{uuid}/cau/{item.position}/luu",
                         data={"csrf_token": csrf, **fields(item, sequence=number + 1)})
        assert saved.status_code == 200, saved.get_data(as_text=True)
        print(item.position, number + 1, saved.json["receipt"], flush=True)
"""


@pytest.mark.heavy
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_in_the_middle_of_saving_every_acknowledged_answer_is_there(app, tmp_path):
    now = clock.now()
    make_offer()
    person = make_person(now=now)
    uuid, _paper = begin(person, now=now)
    token = make_sign_in(person, now=now)
    db.session.commit()
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.remove()

    with subprocess.Popen([sys.executable, "-c", SAVER, url, str(tmp_path), token, str(uuid)], text=True,
                          stdout=subprocess.PIPE, cwd=os.getcwd()) as saver:
        acknowledged = [saver.stdout.readline() for _ in range(300)]
        saver.send_signal(signal.SIGKILL)
        acknowledged += saver.stdout.readlines()

    assert len(acknowledged) >= 300
    last = {}
    for line in acknowledged:
        if line.endswith("\n"):
            position, sequence, receipt = map(int, line.split())
            last[position] = (sequence, receipt)
    stored = {row.position: (row.sequence, row.receipt) for row in db.session.execute(
        sa.select(Response.position, Response.sequence, Response.receipt))}
    assert all(stored[position] >= known for position, known in last.items())
