"""Resolves the locks anew with uv: hashes, no addresses, every platform."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links",
         "--no-header", "--no-annotate", "--quiet"]


def main():
    for group, name, constraint in (("build", "requirements.txt", []),
                                    ("dev", "requirements-dev.txt", ["-c", "requirements.txt"])):
        command = ["uv", "pip", "compile", "pyproject.toml", "--group", group, *FLAGS, *constraint, "-o", name]
        subprocess.run(command, cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
