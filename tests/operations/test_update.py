"""An update that fails, is cut off or meets a running server, on a small stand-in: a release of two files, an `lms` that
only notes its calls."""

import json
import socket
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LMS = """#!/bin/sh
echo "$@" >> "{folder}/calls"
test ! -e "{folder}/broken" || exit 3
"""


@pytest.fixture
def update(monkeypatch, tmp_path):
    """The module of `start.py update`, which takes `tmp_path/release` for its own folder."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import update

    monkeypatch.setattr(update, "ROOT", release(tmp_path / "release", "new"))
    return update


def release(folder, version):
    folder.mkdir()
    (folder / "start.py").write_text("", encoding="utf-8")
    (folder / "version").write_text(version, encoding="utf-8")
    return folder


@pytest.fixture
def ward(tmp_path):
    """An installation of the old release."""
    folder = release(tmp_path / "ward", "old")
    (folder / "instance").mkdir()
    (folder / ".venv" / "bin").mkdir(parents=True)
    program = folder / ".venv" / "bin" / "lms"
    program.write_text(LMS.format(folder=folder / "instance"), encoding="utf-8")
    program.chmod(0o755)
    return folder


def version_of(folder):
    return (folder / "version").read_text(encoding="utf-8")


def calls(ward):
    return [line.split()[0] for line in (ward / "instance" / "calls").read_text(encoding="utf-8").splitlines()]


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


def test_a_release_that_cannot_be_copied_whole_is_put_back(update, ward):
    (update.ROOT / "zzz").symlink_to("nowhere")

    assert update.update_folder(ward) == 1
    assert version_of(ward) == "old"
    assert not (ward / "zzz").exists()
    assert calls(ward) == ["backup", "restore"]
    assert not (ward / "instance" / "update-under-way").exists()


def test_a_server_that_does_not_answer_is_put_back(update, ward):
    assert update.update_folder(ward) == 1  # the stand-in serves nothing
    assert version_of(ward) == "old"
    assert calls(ward) == ["backup", "db", "content", "serve", "restore"]


def test_an_update_that_was_cut_off_goes_on_with_the_backup_from_before(update, ward, monkeypatch):
    saved = ward / "instance" / "before.backup"
    (ward / "instance" / "update-under-way").write_text(str(saved), encoding="utf-8")
    release(ward / "instance" / "previous-release", "old")
    (ward / "version").unlink()  # the power failed while the code was exchanged
    (ward / "instance" / "broken").write_text("", encoding="utf-8")
    monkeypatch.setattr(update, "bring_up", lambda target: None)

    assert update.update_folder(ward) == 0
    assert version_of(ward) == "new"
    assert version_of(ward / "instance" / "previous-release") == "old"
    assert not (ward / "instance" / "update-under-way").exists()


def test_nothing_is_touched_when_the_backup_fails(update, ward):
    (ward / "instance" / "broken").write_text("", encoding="utf-8")

    with pytest.raises(update.subprocess.CalledProcessError):
        update.update_folder(ward)

    assert version_of(ward) == "old"


@contextmanager
def answering(text):
    """A server that answers every address with this text; gives its port."""
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            """Nothing is printed."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address[1]
        server.shutdown()


def note(ward, port, host="127.0.0.1"):
    folder = ward / "instance" / "serving"
    folder.mkdir(exist_ok=True)
    (folder / f"{port}.json").write_text(json.dumps({"host": host, "port": port}), encoding="utf-8")


@pytest.fixture
def without_service(update, ward, monkeypatch):
    """`start.py update --dir` that ward, on a machine without systemd."""
    (ward / "instance" / "lms.env").touch()
    monkeypatch.setattr(update, "stop_service", lambda: False)
    monkeypatch.setattr(update, "bring_up", lambda target: None)
    monkeypatch.setattr(sys, "argv", ["update", "--dir", str(ward)])
    return update


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_server_started_by_hand_stops_the_update(without_service, ward, host):
    with answering(b"ok\n") as port:
        note(ward, port, host)

        with pytest.raises(SystemExit, match=f"127.0.0.1:{port}.*Stop it first"):
            without_service.main()

    assert version_of(ward) == "old"
    assert not (ward / "instance" / "calls").exists()
    assert without_service.main() == 0  # once it has stopped, though its note may have stayed
    assert version_of(ward) == "new"


def test_a_server_too_busy_to_answer_stops_the_update(without_service, ward, monkeypatch):
    monkeypatch.setattr(without_service, "ANSWERS_WITHIN", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        note(ward, listener.getsockname()[1])

        with pytest.raises(SystemExit, match="Stop it first"):
            without_service.main()


def test_somebody_elses_server_on_a_port_of_old_does_not_stop_the_update(without_service, ward):
    with answering(b"<html>hello") as port:
        note(ward, port)

        assert without_service.main() == 0


def test_an_installation_that_left_no_notes_is_asked_where_it_usually_answers(without_service, ward, monkeypatch):
    with answering(b"ok\n") as port:
        monkeypatch.setattr(without_service, "USUAL_ADDRESS", ("127.0.0.1", port))

        with pytest.raises(SystemExit, match="Stop it first"):
            without_service.main()
