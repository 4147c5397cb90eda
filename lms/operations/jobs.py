"""Background work: small, repeated, each safe to run twice and safe to be killed.

Every job asks what is due and does it, so nothing is lost with a killed worker: the next run finds it again. Huey
keeps the clock and the threads; nothing is stored in its queue.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from flask import Flask

from lms.assessment.services import attempts, confirmations
from lms.certificates import rounds
from lms.certificates import services as certificates
from lms.core import clock, mail, throttle
from lms.core import jobs as asked
from lms.core.db import db
from lms.courses.services import progress
from lms.people.services import roles
from lms.rosters.services import imports, results

log = structlog.get_logger(__name__)
WORKER_THREADS = 2
LOOKS_EVERY = 1.0   # seconds, for what people have asked for
STOPS_WITHIN = 8.0  # seconds; a job cut off is done anew from its beginning

Job = Callable[[datetime], Any]
EVERY_MINUTE: dict[str, Job] = {
    "close_overdue_attempts": lambda now: attempts.close_overdue(now=now),
    "confirm_by_decision": lambda now: confirmations.confirm_due(now=now),
    "issue_credentials": lambda now: rounds.issue_due(now=now),
    "end_credentials": lambda now: certificates.end_due(now=now),
    "send_letters": lambda now: mail.send_waiting(now=now),
}
EVERY_HOUR: dict[str, Job] = {
    "purge_throttle": lambda now: throttle.purge(now=now),
    "purge_letters": lambda now: mail.purge(now=now),
    "end_due_roles": lambda now: roles.end_due_roles(now=now),
    "purge_jobs": lambda now: asked.purge(now=now),
    "purge_roster_files": lambda now: imports.purge_files(now=now),
    "purge_guests": lambda now: progress.purge_guests(now=now),
    "purge_results_left_out": lambda now: results.purge_left_out(now=now),
}


def run_job(app: Flask, name: str, job: Job) -> Any:
    """One run of one job in its own transaction (issuing commits every few papers itself); what it did. A failure is
    logged and left to the next run."""
    with app.app_context():
        try:
            done = job(clock.now())
            db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("job_failed", job=name)
            return None
        log.debug("job_done", job=name, done=len(done) if hasattr(done, "__len__") else done)
        return done


def work(app: Flask, *, is_replaced: bool = False) -> None:
    """Run the jobs until the process is told to stop.

    `is_replaced`: whoever began it puts a fresh one in its place. Then it also stops by itself when it has issued papers,
    for what draws them would stay in memory (40 MiB) until the next ones.
    """
    from huey import MemoryHuey, crontab  # 8 MiB that the web workers need not carry

    huey, over, has_issued = MemoryHuey("lms"), threading.Event(), threading.Event()

    def run(name: str, job: Job) -> None:
        if run_job(app, name, job) and name == "issue_credentials" and is_replaced:
            has_issued.set()

    for schedule, jobs in ((crontab(minute="*"), EVERY_MINUTE), (crontab(minute="7"), EVERY_HOUR)):
        for name, job in jobs.items():
            huey.periodic_task(schedule, name=name)(lambda name=name, job=job: run(name, job))
    for name, job in EVERY_MINUTE.items():
        run(name, job)
    consumer = huey.create_consumer(workers=WORKER_THREADS, periodic=True, check_worker_health=True)
    stop = partial(consumer.stop, graceful=True)  # the jobs at hand are finished first
    taking = threading.Thread(target=_take, args=[app, over, has_issued, stop], daemon=True)
    taking.start()
    consumer.run()
    over.set()
    taking.join(STOPS_WITHIN)


def _take(app: Flask, over: threading.Event, has_issued: threading.Event, stop: Callable[[], None]) -> None:
    """Do what people ask for (lms.core.jobs), looking every second; the database may be away for a while.

    Between two of them nobody waits: then a process that `has_issued` may stop.
    """
    while not over.wait(LOOKS_EVERY):
        try:
            asked.run_due(app)
        except Exception:
            log.exception("taking_jobs_failed")
        if has_issued.is_set():
            stop()
            return
