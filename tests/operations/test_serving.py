import json
import os
import signal
import socket
import sys
import time

import pytest

from lms.operations import jobs, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """A list of the background workers that began, by process id; each then works until it is told to stop."""
    path = tmp_path / "begun"
    path.touch()

    def work(_app, *, is_replaced):
        assert is_replaced
        with path.open("a") as file:
            file.write(f"{os.getpid()}\n")
        signal.pause()

    monkeypatch.setattr(serving.jobs, "work", work)
    return lambda: [int(line) for line in path.read_text().split()]


def wait_until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture
def worker(app, begun):
    """A background worker that has begun."""
    worker = serving.ForkedWorker(app)
    worker.keep_alive()
    wait_until(lambda: len(begun()) == 1)
    yield worker
    worker.stop()
    assert all(is_gone(pid) for pid in begun())


def test_background_worker_is_started_anew_when_it_is_killed(worker, begun):
    os.kill(begun()[0], signal.SIGKILL)
    wait_until(lambda: worker.keep_alive() or len(begun()) == 2)

    worker.keep_alive()

    assert len(begun()) == 2


def test_background_worker_survives_the_end_of_a_web_worker(worker, begun):
    web_worker = os.fork()
    if web_worker == 0:
        import multiprocessing.util

        multiprocessing.util._exit_function()  # what Python does at the end of a process
        os._exit(0)
    os.waitpid(web_worker, 0)

    assert not is_gone(begun()[0])


def test_background_worker_ends_with_the_server_that_began_it(app, begun):
    server = os.fork()
    if server == 0:
        serving.ForkedWorker(app).keep_alive()
        signal.pause()
    wait_until(lambda: len(begun()) == 1)

    os.kill(server, signal.SIGKILL)
    os.waitpid(server, 0)

    wait_until(lambda: is_gone(begun()[0]))


def test_background_worker_does_not_hold_the_address_of_the_server(app, begun):
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    worker = serving.ForkedWorker(app)
    worker.keep_alive([listener])
    wait_until(lambda: len(begun()) == 1)

    listener.close()

    socket.create_server(address).close()
    worker.stop()


def test_background_worker_gives_way_to_a_fresh_one_when_it_has_issued_papers(app, monkeypatch):
    monkeypatch.setattr(jobs, "EVERY_MINUTE", {"issue_credentials": lambda now: ["a paper"]})
    monkeypatch.setattr(jobs, "EVERY_HOUR", {})
    monkeypatch.setattr(jobs, "LOOKS_EVERY", 0.1)
    monkeypatch.setattr(jobs.asked, "run_due", lambda _app: 0)
    worker = serving.ForkedWorker(app)
    worker.keep_alive()
    first = worker.pid

    wait_until(lambda: worker.keep_alive() or worker.pid != first)

    worker.stop()
    assert is_gone(first)


def test_background_worker_as_a_program_is_started_anew_and_stopped(tmp_path, monkeypatch):
    path = tmp_path / "begun"
    monkeypatch.setattr(serving, "WORK", f"import os, time; open({str(path)!r}, 'a').write(f'{{os.getpid()}} '); time.sleep(60)")

    def pids():
        return [int(pid) for pid in path.read_text().split()] if path.exists() else []

    worker = serving.StartedWorker()
    wait_until(lambda: len(pids()) == 1)
    os.kill(pids()[0], signal.SIGKILL)
    wait_until(lambda: len(pids()) == 2)
    worker.stop()

    assert all(map(is_gone, pids()))


def test_a_server_notes_where_it_answers_while_it_runs(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_INSTANCE", tmp_path)
    note = tmp_path / "serving" / "8123.json"
    seen = []
    monkeypatch.setattr(serving, "serve_with_waitress", lambda *_, **__: seen.append(json.loads(note.read_text())))

    serving.serve(app, host="0.0.0.0", port=8123, workers=0, with_jobs=False)

    assert seen == [{"host": "0.0.0.0", "port": 8123}]
    assert not note.exists()
