"""mypy --strict over core and over the rules, queries, services and documents of every feature."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {"rules", "queries", "services", "documents", "models", "item_types"}


def main():
    files = [str(p.relative_to(ROOT)) for p in sorted((ROOT / "lms").rglob("*.py")) if checked(p)]
    return subprocess.call([sys.executable, "-m", "mypy", *files], cwd=ROOT)


def checked(path):
    """Whether this file holds rules (core counts as such)."""
    parts = path.relative_to(ROOT / "lms").with_suffix("").parts
    return parts[0] == "core" or (len(parts) > 1 and parts[1] in LAYERS)


if __name__ == "__main__":
    sys.exit(main())
