"""Runs the whole suite: lint, both databases, the browser; says at the end what could not be tested here.

`--all` adds the heavy proofs. With LMS_TEST_STRICT=1 something that cannot be tested is a failure.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("LMS_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
DEBIAN = {"chromium": "chromium", "pdftotext": "poppler-utils", "zbarimg": "zbar-tools", "qpdf": "qpdf"}
# What a checker of HTML needs: kept beside the environment, outside the repository.
NODE_TOOLS = {"html-validate": "html-validate@9"}


def main():
    """Exit 0 when everything that ran passed and, where strictness is asked, everything ran."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", action="store_true", help="the heavy proofs too")
    options.add_argument("rest", nargs="*", help="passed on to pytest")
    asked = options.parse_args()
    strict = os.environ.get("LMS_TEST_STRICT") == "1"
    untested = prepare()
    failed = []
    for name, command in stages(asked, untested):
        begun = time.monotonic()
        print(f"\n== {name}", flush=True)
        code = subprocess.call(command, cwd=ROOT, env={**os.environ, "LMS_NODE_TOOLS": str(node_tools_folder())})
        print(f"== {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - begun:.0f} s", flush=True)
        if code:
            failed.append(name)
    print("\n" + (f"Failed: {', '.join(failed)}." if failed else "Everything that ran passed."))
    print("Not tested here: " + (", ".join(untested) if untested else "nothing was left out") + ".")
    return 1 if failed or (strict and untested) else 0


def stages(asked, untested):
    """The commands in order, each with its name."""
    python = sys.executable
    workers = ["-n", str(max(2, os.cpu_count() or 2))]
    pytest = [python, "-m", "pytest", "-q", *asked.rest]
    best = "sqlite" if "PostgreSQL" in untested else "postgresql"
    yield "lint", [python, "-m", "ruff", "check", "lms", "tests", "tools", "start.py"]
    yield "SQLite", [*pytest, *workers, "-m", "not browser and not heavy", "--database", "sqlite"]
    if "PostgreSQL" not in untested:
        yield "PostgreSQL", [*pytest, *workers, "-m", "not browser and not heavy", "--database", "postgresql",
                             "--with-database-only"]
    if "browser" not in untested:
        yield "browser", [*pytest, *workers, "-m", "browser and not heavy", "--database", best]
    if asked.all:  # one after the other: they measure time, kill servers and install
        yield "heavy proofs", [*pytest, "-m", "heavy and not browser", "--database", best]
    if asked.all and "browser" not in untested:
        yield "heavy proofs in the browser", [*pytest, "-m", "heavy and browser", "--database", best]


def prepare():
    """Install what can be installed without asking; returns the names of what cannot be tested."""
    untested = []
    missing = [package for program, package in DEBIAN.items() if not shutil.which(program)]
    if missing and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.call(["apt-get", "update", "-qq"], **quiet)
        subprocess.call(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], **quiet)
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        untested.append("browser")
    if not all(shutil.which(program) for program in DEBIAN if program != "chromium"):
        untested.append("papers (pdftotext, zbarimg, qpdf)")
    if not postgres_answers():
        untested.append("PostgreSQL")
    if not prepare_node_tools():
        untested.append("html-validate")
    return untested


def postgres_answers():
    """Whether the server of LMS_TEST_POSTGRES_URL (default: the local one) lets us in."""
    import psycopg

    try:
        psycopg.connect(POSTGRES.replace("+psycopg", ""), connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True


def node_tools_folder():
    """Where the HTML checker lies; thrown away with the environment."""
    return Path(sys.prefix) / "node-tools"


def prepare_node_tools():
    """Install the HTML checker once, where Node is present."""
    folder = node_tools_folder()
    if (folder / "node_modules").is_dir():
        return True
    npm = shutil.which("npm")
    if not npm:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock",
               "--prefix", str(folder), *NODE_TOOLS.values()]
    return subprocess.call(command) == 0


if __name__ == "__main__":
    sys.exit(main())
