"""`lms demo serve`: what `python3 start.py` runs."""

import pytest
import sqlalchemy as sa

from lms.core import settings
from lms.core.audit import AuditEvent
from lms.core.db import db
from lms.courses.models import Lesson
from lms.people.models import Person


@pytest.fixture
def served(app, monkeypatch):
    """Runs the command as a demonstration would; the list of ports that were served."""
    ports = []
    monkeypatch.setitem(app.config, "LMS_MODE", "demo")
    monkeypatch.setattr("lms.app.upgrade", lambda: None)  # the test's database is made another way
    monkeypatch.setattr("lms.operations.cli.stop_when_not_ready", lambda: None)
    monkeypatch.setattr("lms.operations.serving.serve", lambda _app, *, port, **_rest: ports.append(port))

    def run():
        settings.forget()
        result = app.test_cli_runner().invoke(args=["demo", "serve", "--port", "8123"])
        assert result.exit_code == 0, result.output
        return result.output

    run.ports = ports
    return run


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_first_start_loads_content_and_ward_and_the_second_only_looks(served, monkeypatch):
    first = served()
    lessons, people, written = count(Lesson), count(Person), count(AuditEvent)
    monkeypatch.setattr("lms.app.load_content", lambda _trees: pytest.fail("nothing had changed"))
    second = served()

    assert lessons > 10
    assert people > 20
    assert "Đăng nhập bằng số điện thoại" in first
    assert "Đăng nhập bằng số điện thoại" in second
    assert (count(Lesson), count(Person), count(AuditEvent)) == (lessons, people, written)
    assert served.ports == [8123, 8123]


def test_faulty_content_is_told_and_not_served(app, served, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_CONTENT", tmp_path / "nowhere")

    result = app.test_cli_runner().invoke(args=["demo", "serve"])

    assert result.exit_code == 1
    assert "This folder is not there" in result.output
    assert served.ports == []
