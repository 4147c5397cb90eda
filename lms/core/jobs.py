"""Work that is asked for once and done in the background: queued in the database, watched while it runs.

A worker takes a job by one conditional UPDATE and does it in one transaction, which also marks the job as done: a
killed worker leaves all or nothing. A thread beside it writes the heartbeat and the progress on a short connection of
its own, so both can be seen while the effect is still open. Whoever lost a job to the reaper is fenced off by `tries`.
"""

import sqlite3
import threading
from collections.abc import Callable
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
import structlog
from flask import Flask
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import clock
from lms.core.db import PublicId, db, one_of, reading_only
from lms.core.errors import DomainError

log = structlog.get_logger(__name__)

MOST_TRIES = 3
BEATS_EVERY = 1.0                      # seconds
DEAD_AFTER = timedelta(seconds=20)     # without a heartbeat
WAITS_LONG = timedelta(seconds=15)     # nobody took it: no worker runs
KEPT_FOR = timedelta(days=30)
LIVE = "state IN ('queued', 'running')"

# Set while a job runs (its id): what it begins, it begins in the background's name.
running: ContextVar[int | None] = ContextVar("running_job", default=None)


class Job(PublicId, db.Model):
    """One piece of work. Among live jobs a `key` is unique: asking twice is asking once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(64))
    key: Mapped[str | None] = mapped_column(sa.String(160))
    argument: Mapped[dict[str, Any]] = mapped_column(default=dict)
    actor_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(one_of("job_state", "queued", "running", "done", "failed"), index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None]
    fault: Mapped[dict[str, Any] | None]      # code and params of the refusal
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("uq_job_live", "key", unique=True, sqlite_where=sa.text(LIVE), postgresql_where=sa.text(LIVE)),
    )


@dataclass(frozen=True)
class JobState:
    """What a waiting page shows. `is_stuck`: nobody has taken it, the background worker does not run."""

    uuid: UUID
    kind: str
    state: str
    done: int
    total: int
    is_stuck: bool
    fault: dict[str, Any] | None = None
    result: dict[str, Any] | None = None

    @property
    def percent(self) -> int:
        """How far it is, of a hundred."""
        return 100 if self.state == "done" else min(99, 100 * self.done // self.total) if self.total else 0


@dataclass
class Step:
    """What a running job tells about itself: `step(done, total)`. Costs nothing: the beating thread writes it."""

    done: int = 0
    total: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def __call__(self, done: int, total: int) -> None:
        self.done, self.total = done, total


Run = Callable[[Job, Step], dict[str, Any] | None]
OnFailure = Callable[[Job, DomainError], None]


@dataclass(frozen=True)
class Kind:
    """How one kind of job is done, and what else becomes of it when it cannot be done."""

    run: Run
    on_failure: OnFailure | None = None


KINDS: dict[str, Kind] = {}


def register(kind: str, run: Run, *, on_failure: OnFailure | None = None) -> None:
    """Say how jobs of this kind are done. `run(job, step)` returns the result and must not commit."""
    KINDS[kind] = Kind(run, on_failure)


def enqueue(
    kind: str, *, argument: dict[str, Any], actor_id: int | None, now: datetime, key: str | None = None,
) -> Job:
    """Ask for a job in the transaction at hand. A live one with the same key is answered instead of a second one."""
    if key is not None:
        live: Job | None = db.session.scalar(
            sa.select(Job).where(Job.key == key, Job.state.in_(("queued", "running"))))
        if live:
            return live
    job = Job(uuid=uuid4(), kind=kind, key=key, argument=argument, actor_id=actor_id, state="queued", queued_at=now)
    db.session.add(job)
    db.session.flush()
    return job


def job_state(uuid: UUID, *, now: datetime | None = None) -> JobState | None:
    """How far the job of this uuid is; None when there is none (any more)."""
    row = db.session.execute(
        sa.select(Job.uuid, Job.kind, Job.state, Job.done, Job.total, Job.queued_at, Job.fault, Job.result)
        .where(Job.uuid == uuid)).first()
    if row is None:
        return None
    is_stuck = row.state == "queued" and (now or clock.now()) - row.queued_at > WAITS_LONG
    return JobState(row.uuid, row.kind, row.state, row.done, row.total, is_stuck, row.fault, row.result)


def run_due(app: Flask | None = None) -> int:
    """Do what is queued, the oldest first, until nothing is left; return how many jobs were taken.

    With an application each job gets a context of its own (the worker). Without, they run in the context at hand, whose
    session they commit (commands and tests).
    """
    taken = 0
    while True:
        if app is None:
            worked = _work_once()
        else:
            with app.app_context():
                worked = _work_once()
        if not worked:
            return taken
        taken += 1


def run_now(job: Job) -> None:
    """Do this queued job here and now (commands). Commits. Raises the DomainError with which it failed."""
    uuid = job.uuid
    db.session.commit()
    _reap(clock.now())
    taken = _take(clock.now(), uuid=uuid)
    if taken is None:
        raise DomainError("job.taken")
    _run(taken)
    fault = db.session.execute(sa.select(Job.state, Job.fault).where(Job.uuid == uuid)).one()
    db.session.commit()
    if fault.state != "done":
        raise DomainError(fault.fault["code"] if fault.fault else "job.broken", **(fault.fault or {}).get("params", {}))


def _work_once() -> bool:
    if not _is_anything_live():
        return False
    now = clock.now()
    _reap(now)
    job = _take(now)
    if job is None:
        return False
    _run(job)
    return True


def _is_anything_live() -> bool:
    """A look that holds no lock: it is taken every second."""
    token = reading_only.set(True)
    try:
        return db.session.scalar(sa.select(Job.id).where(Job.state.in_(("queued", "running"))).limit(1)) is not None
    finally:
        db.session.rollback()
        reading_only.reset(token)


def _reap(now: datetime) -> None:
    """Jobs of workers that died go back into the queue; after MOST_TRIES they have failed."""
    dead = list(db.session.scalars(
        sa.select(Job).where(Job.state == "running", Job.heartbeat_at < now - DEAD_AFTER).with_for_update(skip_locked=True)))
    for job in dead:
        _back_or_failed(job, now)
    db.session.commit()


def _back_or_failed(job: Job, now: datetime) -> None:
    if job.tries < MOST_TRIES:
        job.state, job.done = "queued", 0
    else:
        _fail(job, DomainError("job.broken"), now)


def _take(now: datetime, *, uuid: UUID | None = None) -> Job | None:
    wanted = sa.select(Job.id).where(Job.state == "queued")
    if uuid is not None:
        wanted = wanted.where(Job.uuid == uuid)
    wanted = wanted.order_by(Job.id).limit(1).with_for_update(skip_locked=True)
    found = db.session.scalar(
        sa.update(Job).where(Job.id == wanted.scalar_subquery(), Job.state == "queued")
        .values(state="running", tries=Job.tries + 1, started_at=now, heartbeat_at=now).returning(Job.id)
        .execution_options(synchronize_session=False))
    db.session.commit()
    return db.session.get(Job, found, populate_existing=True) if found else None


def _run(job: Job) -> None:
    """One job, its effect and its end in one transaction."""
    job_id, kind, tries, step = job.id, job.kind, job.tries, Step()
    db.session.commit()
    beating = threading.Thread(target=Context().run, args=[_beat, db.engine, job_id, tries, step], daemon=True)
    beating.start()
    token = running.set(job_id)
    try:
        job = db.session.get_one(Job, job_id)
        result = KINDS[kind].run(job, step)
        _finish(job_id, tries, step, result)
    except DomainError as refusal:
        db.session.rollback()
        _end_badly(job_id, tries, refusal)
    except Exception as fault:
        db.session.rollback()
        log.error("job_failed", job=kind, error=type(fault).__name__, where=_where(fault))
        _end_badly(job_id, tries, None)
    finally:
        running.reset(token)
        step.over.set()
        beating.join()


def _where(fault: BaseException) -> str:
    """File and line, without the message: a database's message quotes the values of people."""
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


def _finish(job_id: int, tries: int, step: Step, result: dict[str, Any] | None) -> None:
    done = db.session.execute(
        sa.update(Job).where(Job.id == job_id, Job.state == "running", Job.tries == tries)
        .values(state="done", ended_at=clock.now(), result=result, done=step.total or step.done, total=step.total, fault=None)
        .execution_options(synchronize_session=False))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        db.session.rollback()  # the reaper took it for dead, somebody else does it again
    else:
        db.session.commit()


def _end_badly(job_id: int, tries: int, refusal: DomainError | None) -> None:
    job = db.session.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job and job.state == "running" and job.tries == tries:
        if refusal:
            _fail(job, refusal, clock.now())
        else:
            _back_or_failed(job, clock.now())
    db.session.commit()


def _fail(job: Job, refusal: DomainError, now: datetime) -> None:
    job.state, job.ended_at = "failed", now
    job.fault = {"code": refusal.code, "params": {
        name: value if isinstance(value, int | str) else str(value) for name, value in refusal.params.items()}}
    known = KINDS.get(job.kind)
    if known and known.on_failure:
        known.on_failure(job, refusal)


def _beat(engine: sa.Engine, job_id: int, tries: int, step: Step) -> None:
    """Until the job is over: heartbeat and progress. On SQLite it waits while the job itself is the one writer."""
    while not step.over.wait(BEATS_EVERY):
        try:
            with engine.begin() as connection:
                connection.execute(
                    sa.update(Job).where(Job.id == job_id, Job.state == "running", Job.tries == tries)
                    .values(heartbeat_at=clock.now(), done=step.done, total=step.total))
        except (sa.exc.DBAPIError, sqlite3.OperationalError):
            continue  # busy or away: the next beat tells


def oldest_waiting(*, now: datetime) -> timedelta | None:
    """For how long the oldest queued job has waited; None when the queue is empty."""
    since: datetime | None = db.session.scalar(sa.select(sa.func.min(Job.queued_at)).where(Job.state == "queued"))
    return now - since if since else None


def purge(*, now: datetime) -> int:
    """Remove jobs that ended long ago; return how many."""
    gone = sa.delete(Job).where(Job.state.in_(("done", "failed")), Job.ended_at < now - KEPT_FOR)
    return int(db.session.execute(gone).rowcount)  # type: ignore[attr-defined]
