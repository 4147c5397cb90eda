"""kill -9 for the worker in the middle of a list: all of it or nothing, and the next worker finishes it."""

import os
import signal
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.core import clock
from lms.core.bulk import is_postgresql
from lms.core.db import db
from lms.core.jobs import DEAD_AFTER, Job
from lms.people.models import Membership, Person
from lms.rosters.models import RosterChange, RosterImport, RosterRow
from lms.rosters.services.imports import begin_import, request_check, request_commit
from tests.heavy.places import Cluster, Product, wait_until
from tests.heavy.test_kills import app_of
from tests.rosters.factories import csv_of, make_school

pytestmark = pytest.mark.heavy

PEOPLE = 6000
KILLS = 2  # a job is tried three times


@pytest.fixture
def product(request, tmp_path):
    """An installation without content."""
    cluster = Cluster() if request.config.getoption("--database") == "postgresql" else None
    product = Product(tmp_path, cluster and cluster.url)
    product.run("db", "upgrade")
    yield product
    if cluster:
        cluster.remove()


@pytest.fixture
def app(product):
    app = app_of(product)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def standing(model):
    db.session.rollback()
    with db.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def state():
    db.session.rollback()
    return db.session.scalars(sa.select(Job.state).order_by(Job.id.desc()).limit(1)).one()


def kill_in_the_middle(product, *, after):
    """A worker takes the job, works for so long, and is gone from one moment to the next."""
    worker = product.begin("jobs", "work")
    wait_until(lambda: state() != "queued", "the taking of the job")
    time.sleep(after)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()


def finish(product):
    """What the reaper would notice after twenty seconds; then another worker, to the end."""
    worker = product.begin("jobs", "work")
    wait_until(lambda: state() in ("done", "failed"), "the end of the job")
    worker.terminate()
    worker.wait()
    assert state() == "done"


def let_time_pass():
    db.session.rollback()
    db.session.execute(sa.update(Job).where(Job.state == "running").values(
        heartbeat_at=clock.now() - DEAD_AFTER - timedelta(seconds=1)))
    db.session.commit()


def test_a_killed_worker_leaves_all_of_a_list_or_nothing(app, product):
    rows = [f"Người {chr(65 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)},,09{n:08d},," for n in range(PEOPLE)]
    school = make_school()
    roster = begin_import(content=csv_of(*rows), filename="ds.csv", organisation=school, by=None, now=clock.now())
    request_check(roster, by=None, now=clock.now())
    db.session.commit()
    number = roster.id
    for kill in range(KILLS):
        kill_in_the_middle(product, after=0.1 + 0.3 * kill)
        assert standing(RosterRow) in (0, PEOPLE)
        let_time_pass()
    finish(product)
    assert standing(RosterRow) == PEOPLE

    roster = db.session.get_one(RosterImport, number)
    request_commit(roster, skip_faulty=False, by=None, now=clock.now())
    db.session.commit()
    seen = []
    for kill in range(KILLS):
        kill_in_the_middle(product, after=0.2 + 0.4 * kill)
        seen.append((standing(Person), standing(Membership), standing(RosterChange)))
        assert seen[-1] in ((0, 0, 0), (PEOPLE, PEOPLE, PEOPLE))
        let_time_pass()
    finish(product)

    assert (standing(Person), standing(Membership), standing(RosterChange)) == (PEOPLE, PEOPLE, PEOPLE)
    roster = db.session.get_one(RosterImport, number)
    assert (roster.state, roster.counts["new"]) == ("done", PEOPLE)
    assert (0, 0, 0) in seen, "no kill hit the commit: make the list longer"
    assert is_postgresql() == product.url.startswith("postgresql")
