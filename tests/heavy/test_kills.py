"""kill -9, power cuts of the database and full disks: what was acknowledged stays, what was begun is whole or not there."""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from werkzeug.datastructures import MultiDict

from lms.app import create_app
from lms.assessment import item_types
from lms.assessment.models import Attempt, LateResponse, Response
from lms.assessment.queries.papers import paper_of
from lms.certificates.models import Credential, CredentialEvent, CredentialFile, IssuerCounter
from lms.core import clock
from lms.core.db import db
from lms.framework.models import Policy
from tests.certificates.factories import LEVEL, make_confirmation, set_body
from tests.factories import make_organisation, make_person
from tests.heavy.learners import Learner, Ledger, admit
from tests.heavy.places import Cluster, Product, fill, small_disk, wait_until

pytestmark = pytest.mark.heavy

LEARNERS, ROUNDS = 25, 12  # with ten questions each: 3,000 saves
AT_ONCE = 8
DUE = 300  # papers


def app_of(product):
    """The application on the product's database, in this process."""
    return create_app({"SQLALCHEMY_DATABASE_URI": product.url.replace("postgresql://", "postgresql+psycopg://"),
                       "SECRET_KEY": product.environment["LMS_SECRET_KEY"], "LMS_MODE": "production",
                       "LMS_INSTANCE": product.folder, "TESTING": True, "SQLALCHEMY_ENGINE_OPTIONS": {"poolclass": NullPool}})


@pytest.fixture
def kind(request):
    """Each run of the suite proves its own database."""
    return request.config.getoption("--database")


@pytest.fixture
def cluster(kind):
    """A PostgreSQL cluster of our own; none in the run on SQLite."""
    if kind == "sqlite":
        yield None
        return
    cluster = Cluster()
    yield cluster
    cluster.remove()


@pytest.fixture
def product(cluster, tmp_path):
    """An installation with all content and nobody in it."""
    product = Product(tmp_path, cluster and cluster.url)
    product.run("db", "upgrade")
    product.run("content", "load")
    yield product
    product.stop()


@pytest.fixture
def app(product):
    app = app_of(product)
    yield app
    with app.app_context():
        db.engine.dispose()


def stored(app):
    """{(attempt, position): row} of every saved answer."""
    with app.app_context():
        rows = db.session.execute(
            sa.select(Attempt.uuid, Response.position, Response.sequence, Response.document, Response.flagged,
                      Response.receipt, Response.saves).join(Attempt, Attempt.id == Response.attempt_id)).all()
        db.session.remove()
    return {(str(row.uuid), row.position): row for row in rows}


def lost(app, newest):
    """Answers acknowledged at some moment that the database does not have now."""
    rows = stored(app)
    return [key for key, sequence in newest.items() if key not in rows or rows[key].sequence < sequence]


class Breaker(threading.Thread):
    """Breaks something each time so many saves more were acknowledged, and looks each time whether one is missing."""

    def __init__(self, app, product, cluster, ledger, *, every):
        super().__init__()
        self.app, self.product, self.cluster, self.ledger, self.every = app, product, cluster, ledger, every
        self.done, self.missing, self.faults, self.over = [], [], [], threading.Event()

    def run(self):
        try:
            breakings = [self.kill_workers, self.restart_database, self.kill_master, self.restart_database]
            for number, breaking in enumerate(cycle(breakings), start=1):
                while self.ledger.saves < number * self.every:
                    if self.over.wait(0.02):
                        return
                if self.cluster or breaking != self.restart_database:
                    self.break_by(breaking)
        except Exception as fault:
            self.faults.append(fault)
            self.ledger.given_up.set()

    def break_by(self, breaking):
        newest = self.ledger.newest()
        breaking()
        self.missing += lost(self.app, newest)
        self.done.append(breaking.__name__)

    def kill_workers(self):
        self.product.kill_children()

    def kill_master(self):
        self.product.kill_master()

    def restart_database(self):
        master = self.product.master.pid
        self.cluster.stop()
        assert self.product.status("/readyz") == 503
        assert self.product.status("/healthz") == 200
        self.cluster.start()
        wait_until(lambda: self.product.status("/readyz") == 200, "the recovery without a restart")
        assert self.product.master.pid == master


def test_no_acknowledged_answer_is_lost(app, product, cluster):
    phones = admit(app, LEARNERS)
    product.serve()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        learners = list(pool.map(lambda phone: Learner(product.port, phone), phones))
    ledger = Ledger()
    asked = ROUNDS * sum(len(one.questions) for one in learners)
    breaker = Breaker(app, product, cluster, ledger, every=asked // 11)

    breaker.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: one.save_all(ROUNDS, ledger), learners))
    breaker.over.set()
    breaker.join()

    sys.stderr.write(f"\n{ledger.saves} saves acknowledged, {ledger.repeats} repeated, after {breaker.done}\n")
    assert breaker.faults == []
    assert set(breaker.done) == {"kill_workers", "kill_master", *(["restart_database"] if cluster else [])}
    assert breaker.missing == []
    assert ledger.refusals == []
    assert ledger.saves == asked >= 3000
    assert ledger.repeats > 0, "nothing was broken while somebody saved"
    assert_everything_is_there(app, ledger)


def assert_everything_is_there(app, ledger):
    """The newest acknowledged answer of each question with its value, each sequence counted once, each receipt given once."""
    rows = stored(app)
    assert rows.keys() == ledger.acknowledged.keys()
    with app.app_context():
        for (attempt, position), saves in ledger.acknowledged.items():
            form, receipt = saves[ROUNDS]
            item = paper_of(sa.Uuid().python_type(attempt)).at(position)
            answer = item_types.of(item.type).read(item.document, MultiDict(form))
            row = rows[attempt, position]
            assert (row.sequence, row.document, row.flagged, row.receipt) == (ROUNDS, answer, "xem_lai" in form, receipt)
            assert row.saves == ROUNDS, "a repeat was counted"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(LateResponse)) == 0
        db.session.remove()
    for attempt in {attempt for attempt, _ in ledger.acknowledged}:
        receipts = [receipt for key, saves in ledger.acknowledged.items() if key[0] == attempt for _, receipt in saves.values()]
        assert len(receipts) == len(set(receipts)), "one receipt for two answers"


def test_papers_are_issued_once_however_often_their_worker_is_killed(app, product):
    with app.app_context():
        confirmations = confirm(DUE)
    for extra in (0.0, 0.03, 0.07, 0.1):
        before = len(whole_papers(app))
        workers = [product.begin("credentials", "issue-due") for _ in range(2)]
        wait_until(lambda before=before, workers=workers: len(whole_papers(app)) > before or workers[0].poll() is not None,
                   "the first paper")
        time.sleep(extra)
        for worker in workers:
            worker.kill()
            worker.wait()
    assert len(whole_papers(app)) < DUE, "nothing was left to kill"

    product.run("credentials", "issue-due")

    issued = whole_papers(app)
    assert sorted(confirmation for confirmation, _ in issued) == confirmations
    assert sorted(number for _, number in issued) == list(range(1, DUE + 1))


def confirm(count):
    """So many people confirmed at the level of the loaded content; the ids of the confirmations."""
    set_body()
    policy = db.session.scalars(sa.select(Policy).where(Policy.level_ref == LEVEL)).first()
    organisation = make_organisation()
    rows = [make_confirmation(make_person(f"Nguyễn Văn {number}"), organisation, policy=policy, now=clock.now())
            for number in range(count)]
    db.session.commit()
    ids = sorted(row.id for row in rows)
    db.session.remove()
    return ids


def whole_papers(app):
    """(confirmation, number) of every paper. At every moment each has its file and its event, and no number is lost."""
    with app.app_context(), db.engine.connect() as connection:
        papers = connection.execute(
            sa.select(Credential.confirmation_id, Credential.number,
                      sa.exists().where(CredentialFile.credential_id == Credential.id).label("file"),
                      sa.exists().where(CredentialEvent.credential_id == Credential.id).label("event"),
                      sa.select(IssuerCounter.last_number).scalar_subquery().label("last"))).all()
    assert all(paper.file and paper.event for paper in papers)
    assert all(paper.last == len(papers) for paper in papers)
    return [(paper.confirmation_id, paper.number) for paper in papers]


def test_a_full_disk_is_said_and_nothing_is_lost(kind, tmp_path):
    if kind != "sqlite":
        pytest.skip("the disk under the database file is filled")
    with small_disk(tmp_path / "disk", megabytes=40) as disk:
        product = Product(disk, None)
        product.run("db", "upgrade")
        product.run("content", "load")
        app = app_of(product)
        (phone,) = admit(app, 1)
        product.serve()
        try:
            learner, ledger = Learner(product.port, phone), Ledger()
            learner.save_all(1, ledger)
            filler = fill(disk)
            refused = [learner.save_once(n, {**learner.answer(n, 2), "sequence": "2"}) for n in learner.questions]

            assert {status for status, _ in refused} == {503}
            assert all("Traceback" not in text and "Máy chủ" in text for _, text in refused), refused[0]
            assert lost(app, ledger.newest()) == []
            assert learner.browser.get(f"{learner.base}/cau/1").status == 200
            learner.browser.close()
            filler.unlink()
            learner.save_all(2, ledger)
            assert ledger.refusals == []
            assert lost(app, ledger.newest()) == []
        finally:
            product.stop()
            with app.app_context():
                db.engine.dispose()
