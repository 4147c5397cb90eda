"""Background jobs: taken once, all or nothing, watched while they run, taken over when a worker dies."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.core import clock, jobs
from lms.core.db import db, reading
from lms.core.errors import DomainError
from lms.core.jobs import Job, enqueue, job_state, run_due, run_now
from lms.people.models import Person
from tests.factories import NOW, make_person
from tests.statements import counted


@pytest.fixture
def kind(app, monkeypatch):
    """Registers a function as the kind "test" for one test."""

    def register(run, on_failure=None):
        monkeypatch.setitem(jobs.KINDS, "test", jobs.Kind(run, on_failure))

    return register


def ask(argument=None, **values):
    job = enqueue("test", argument=argument or {}, actor_id=None, **{"now": clock.now(), **values})
    db.session.commit()
    return job


def people():
    return db.session.scalars(sa.select(Person.full_name).order_by(Person.id)).all()


def test_a_job_is_done_once_with_its_argument_and_result(kind):
    def work(job, step):
        make_person(job.argument["name"])
        step(80, 80)
        return {"new": 80}

    kind(work)
    job = ask({"name": "Lê Thị Mai"})

    assert (run_due(), run_due()) == (1, 0)
    state = job_state(job.uuid)
    assert (state.state, state.done, state.total, state.percent, state.result) == ("done", 80, 80, 100, {"new": 80})
    assert people() == ["Lê Thị Mai"]


def test_the_oldest_goes_first_and_each_in_a_context_of_its_own(kind, app):
    seen = []
    kind(lambda job, step: seen.append((job.argument["n"], id(db.session()))))
    for n in range(3):
        ask({"n": n})
    db.session.remove()

    assert run_due(app) == 3
    assert [n for n, _ in seen] == [0, 1, 2]


def test_asking_twice_with_a_key_is_asking_once_until_it_is_done(kind):
    kind(lambda job, step: None)
    first = ask(key="roster:7")

    assert ask(key="roster:7").id == first.id
    run_due()
    assert ask(key="roster:7").id != first.id


def test_a_refusal_is_kept_and_leaves_nothing_of_the_effect(kind):
    told = []

    def refuse(job, step):
        make_person("Nửa chừng")
        raise DomainError("roster.changed", count=3)

    kind(refuse, on_failure=lambda job, refusal: told.append(refusal.code))
    job = ask()
    run_due()

    state = job_state(job.uuid)
    assert (state.state, state.fault) == ("failed", {"code": "roster.changed", "params": {"count": 3}})
    assert people() == []
    assert told == ["roster.changed"]


def test_a_crash_is_tried_three_times_and_no_value_reaches_the_log(kind, capsys):
    told = []

    def crash(job, step):
        raise ValueError("Nguyễn Thị Hoa 0905 123 456")

    kind(crash, on_failure=lambda job, refusal: told.append(refusal.code))
    job = ask()
    run_due()

    assert (job_state(job.uuid).state, job.tries) == ("failed", 3)
    assert told == ["job.broken"]
    log = capsys.readouterr().err
    assert log.count("job_failed") == 3
    assert "ValueError" in log
    assert "Hoa" not in log


def test_the_job_of_a_dead_worker_is_taken_over(kind):
    kind(lambda job, step: {"by": "the second"})
    job = ask()
    job.state, job.tries, job.heartbeat_at = "running", 1, clock.now() - jobs.DEAD_AFTER - timedelta(seconds=1)
    fresh = ask()
    fresh.state, fresh.tries, fresh.heartbeat_at = "running", 1, clock.now()
    db.session.commit()

    assert run_due() == 1
    assert (job_state(job.uuid).result, job.tries) == ({"by": "the second"}, 2)
    assert job_state(fresh.uuid).state == "running"


def test_a_job_whose_workers_die_three_times_has_failed(kind):
    told = []
    kind(lambda job, step: None, on_failure=lambda job, refusal: told.append(refusal.code))
    job = ask()
    job.state, job.tries, job.heartbeat_at = "running", 3, clock.now() - timedelta(hours=1)
    db.session.commit()

    assert run_due() == 0
    assert job_state(job.uuid).state == "failed"
    assert told == ["job.broken"]


def test_whoever_was_taken_for_dead_cannot_write_any_more(kind):
    def slow(job, step):
        make_person("Ghi muộn")
        db.session.flush()
        taken_over = sa.update(Job).where(Job.id == job.id).values(tries=Job.tries + 1)
        db.session.execute(taken_over)  # somebody else has it by now

    kind(slow)
    job = ask()
    run_due()

    assert people() == []
    assert job_state(job.uuid).state == "running"


def test_progress_and_heartbeat_are_seen_while_the_job_runs(kind, app, monkeypatch):
    monkeypatch.setattr(jobs, "BEATS_EVERY", 0.02)
    reached, seen = threading.Event(), threading.Event()

    def work(job, step):
        with reading():
            step(30, 80)
            reached.set()
            assert seen.wait(10)

    kind(work)
    job = ask()
    uuid, queued = job.uuid, job.queued_at
    db.session.remove()
    worker = threading.Thread(target=run_due, args=[app])
    worker.start()
    assert reached.wait(10)
    for _ in range(500):
        with reading():
            state = job_state(uuid)
        if state.done:
            break
        threading.Event().wait(0.02)
    seen.set()
    worker.join()

    assert (state.state, state.done, state.total, state.percent) == ("running", 30, 80, 37)
    assert db.session.scalars(sa.select(Job.heartbeat_at)).one() > queued


def done_so_far():
    with db.engine.connect() as other:
        return other.execute(sa.select(Job.done)).scalar_one()


def test_progress_while_the_effect_is_open(kind, app, monkeypatch):
    """PostgreSQL tells it. SQLite has one writer: there the beat waits, and hurts nobody."""
    monkeypatch.setattr(jobs, "BEATS_EVERY", 0.02)
    is_sqlite = db.engine.dialect.name == "sqlite"
    seen = []

    def work(job, step):
        make_person("Chưa ghi xong")
        step(1, 2)
        for _ in range(10 if is_sqlite else 500):
            seen.append(0 if is_sqlite else done_so_far())
            if seen[-1]:
                return
            threading.Event().wait(0.02)

    kind(work)
    job = ask()
    run_due()

    assert seen[-1] == (0 if is_sqlite else 1)
    assert job_state(job.uuid).state == "done"
    assert people() == ["Chưa ghi xong"]


def test_an_idle_look_is_one_statement(app):
    with counted() as sent:
        assert run_due() == 0

    assert len(sent) == 1


def test_a_job_nobody_takes_says_so(kind):
    job = ask(now=NOW)

    assert not job_state(job.uuid, now=NOW + timedelta(seconds=5)).is_stuck
    assert job_state(job.uuid, now=NOW + timedelta(seconds=30)).is_stuck
    assert jobs.oldest_waiting(now=NOW + timedelta(seconds=30)) == timedelta(seconds=30)


def test_a_command_runs_its_own_job_and_hears_the_refusal(kind):
    def refuse(job, step):
        raise DomainError("roster.changed")

    kind(lambda job, step: {"ok": True})
    run_now(ask())
    kind(refuse)
    job = ask()
    with pytest.raises(DomainError, match="roster.changed"):
        run_now(job)
    with pytest.raises(DomainError, match="job.taken"):
        run_now(job)


def test_jobs_that_ended_long_ago_are_removed(kind):
    kind(lambda job, step: None)
    old, new = ask(), ask()
    run_due()
    old.ended_at = NOW - timedelta(days=31)
    new.ended_at = NOW
    waiting = ask()
    gone, kept = old.uuid, {new.uuid, waiting.uuid}

    assert jobs.purge(now=NOW) == 1
    db.session.commit()
    assert set(db.session.scalars(sa.select(Job.uuid))) == kept
    assert job_state(gone) is None
