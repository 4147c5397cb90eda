"""The programs that look at a PDF as a stranger would. A test without its program is skipped, and fails when
LMS_TEST_STRICT=1."""

import os
import shutil
import subprocess

import pytest


@pytest.fixture
def program():
    """`program("pdfinfo", file)` runs it and returns what it printed."""
    def run(name, *arguments, check=True):
        if shutil.which(name) is None:
            if os.environ.get("LMS_TEST_STRICT") == "1":
                pytest.fail(f"{name} is not installed (Debian: poppler-utils, qpdf, zbar-tools)")
            pytest.skip(f"{name} is not installed: what it would check is not tested here")
        done = subprocess.run([name, *map(str, arguments)], capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def demo(app, monkeypatch):
    """The application as `python3 start.py` runs it: a demonstration on this machine."""
    monkeypatch.setitem(app.config, "LMS_MODE", "demo")
    monkeypatch.setitem(app.config, "LMS_BASE_URL", "http://localhost:8000")
    return app
