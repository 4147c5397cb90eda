"""The file access.txt: who reaches what. `python -m tests.sweeps.access` writes it anew; read the difference line by line."""

import itertools
import os
import sys
import tempfile
from pathlib import Path

from lms.app import create_app
from lms.core.db import db
from tests.sweeps.cast import COLUMNS
from tests.sweeps.stage import staged

FILE = Path(__file__).with_name("access.txt")
HEAD = """\
# Who reaches what: one line for each route and method, grouped by what the view asks for.
# 200 a page, go a redirect, in a redirect to the sign-in page, the rest refusals. Ids belong to somebody of A.
# V visitor, O the owner; A and B two tổ dân phố, W the ward above both. In A and B one column each for
# learner, mentor, instructor, focal_point, assessor, author, reviewer, officer, admin; in W assessor, officer, admin.
"""
LABELS = "V O | le me in fo as au re of ad | le me in fo as au re of ad | as of ad"
SIDES = (2, 9, 9, 3)


def line_of(marks, route):
    """One line of the file."""
    rest = iter(marks)
    sides = [" ".join(f"{mark:3}" for mark in itertools.islice(rest, size)) for size in SIDES]
    return f"{' | '.join(sides)} | {route}"


def read():
    """{"METHOD rule": the marks of its line}."""
    lines = (line for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    parts = (line.rsplit("|", 1) for line in lines)
    return {route.strip(): marks.replace("|", " ").split() for marks, route in parts}


def document(app, found):
    """The whole file for `found`: {route: marks}."""
    labels = " | ".join(" ".join(f"{label:3}" for label in side.split()) for side in LABELS.split("|"))
    groups = {}
    for route, marks in found.items():
        groups.setdefault(app.view_functions[route.endpoint].access, []).append(f"  {line_of(marks, route)}\n")
    return HEAD + "".join(f"\n# {access}\n# {labels}\n{''.join(lines)}" for access, lines in sorted(groups.items()))


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("LMS_SECRET_KEY", "k3-Wq8sZ" * 6)
        url = f"sqlite:///{folder}/access.db"
        app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": url, "LMS_MODE": "production", "LMS_INSTANCE": folder,
                          "LMS_BASE_URL": "https://hocso.benthu.example", "TRUSTED_HOSTS": None,
                          "SESSION_COOKIE_SECURE": False, "SESSION_COOKIE_NAME": "phien"})
        with app.app_context():
            db.create_all()
            db.engine.dispose()
        with staged(app, url) as stage:
            found = {route: walk(stage, route) for route in stage.routes()}
        FILE.write_text(document(app, found), encoding="utf-8")
    sys.stdout.write(f"{FILE}: {len(found)} lines\n")


def walk(stage, route):
    """The marks of all columns."""
    marks = []
    for column in COLUMNS:
        marks.append(stage.ask(column, route).mark)
        stage.put_back()
    return marks


if __name__ == "__main__":
    main()
