#!/usr/bin/env python3
"""Start, test, install and update Bình dân LMS. Needs plain Python 3.11 or newer with `venv`, nothing else.

  python3 start.py            the demonstration, on http://localhost:8000 (PORT=… changes it)
  python3 start.py test       the whole test suite; `test --all` adds the heavy proofs
  python3 start.py install    a real installation (asks, or takes --dir --body --url --admin --passphrase-file --yes)
  python3 start.py update     bring an installation to this version, with a backup and a way back
  python3 start.py setup      only the environment: .venv/bin/lms exists afterwards
On Windows: py start.py …
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WINDOWS = os.name == "nt"
OLDEST_PYTHON = (3, 11)


def main(arguments):
    """Run the command named first; return its exit code."""
    if sys.version_info < OLDEST_PYTHON:
        print(f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed; this is {sys.version.split()[0]}.")
        return 2
    commands = {"": demonstrate, "test": test, "setup": setup_only, "install": install, "update": update}
    name = arguments[0] if arguments else ""
    if name in ("-h", "--help", "help") or name not in commands:
        print(__doc__)
        return 0 if name in ("-h", "--help", "help") else 2
    try:
        return commands[name](arguments[1:])
    except subprocess.CalledProcessError as fault:
        print(f"\nThis step failed: {' '.join(map(str, fault.cmd))}")
        return fault.returncode or 1
    except KeyboardInterrupt:
        return 130


def demonstrate(_arguments):
    """Everything for the demonstration, then the server in this terminal."""
    environment = make_environment(ROOT, "requirements.txt")
    env = {**os.environ, "LMS_MODE": "demo"}
    env.pop("LMS_CONFIG", None)
    port = os.environ.get("PORT", "8000")
    return subprocess.call([lms(environment), "demo", "serve", "--port", port], env=env, cwd=ROOT)


def setup_only(_arguments):
    """The environment and nothing else."""
    environment = make_environment(ROOT, "requirements.txt")
    print(f"Ready: {lms(environment)}")
    return 0


def test(arguments):
    """The suite on both databases and in the browser; `tools/run_tests.py` says what could not be tested."""
    environment = make_environment(ROOT, "requirements-dev.txt")
    return subprocess.call([python(environment), ROOT / "tools" / "run_tests.py", *arguments], cwd=ROOT)


def install(arguments):
    """A real installation; `tools/install.py` asks and writes."""
    environment = make_environment(ROOT, "requirements.txt")
    return subprocess.call([python(environment), ROOT / "tools" / "install.py", *arguments], cwd=ROOT)


def update(arguments):
    """Bring an installation to this version; goes back when it does not come up healthy."""
    environment = make_environment(ROOT, "requirements.txt")
    return subprocess.call([python(environment), ROOT / "tools" / "update.py", *arguments], cwd=ROOT)


def make_environment(root, lock):
    """`.venv` under `root` holding exactly what the lock names; done again only when the lock changed."""
    environment = root / ".venv"
    marker = environment / ".lock"
    wanted = hashlib.sha256((root / lock).read_bytes() + str(root).encode()).hexdigest()
    development = hashlib.sha256((root / "requirements-dev.txt").read_bytes() + str(root).encode()).hexdigest()
    present = marker.read_text().split() if marker.is_file() else []
    if lms(environment).exists() and (wanted in present or development in present):
        return environment
    if not python(environment).exists():
        print("Making .venv …", flush=True)
        venv.EnvBuilder(with_pip=True, clear=environment.exists()).create(environment)
    print("Installing what the lock names (a minute or two, once) …", flush=True)
    pip = [python(environment), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wheels = os.environ.get("LMS_WHEELS")
    source = ["--no-index", "--find-links", wheels] if wheels else []
    run([*pip, "install", "--require-hashes", "--only-binary", ":all:", *source, "-r", root / lock], cwd=root)
    run([*pip, "install", "--no-deps", "--no-build-isolation", *source, "--editable", root], cwd=root)
    marker.write_text(wanted)
    return environment


def python(environment):
    """The interpreter of this environment."""
    return environment / ("Scripts/python.exe" if WINDOWS else "bin/python")


def lms(environment):
    """The `lms` command of this environment."""
    return environment / ("Scripts/lms.exe" if WINDOWS else "bin/lms")


def run(command, **options):
    """Run one step; a failure ends the whole."""
    subprocess.run([str(part) for part in command], check=True, **options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
