"""xls: the library reads it whole into memory, so a process of its own does it, with little memory and little time."""

import json
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from lms.core.errors import DomainError
from lms.core.spreadsheets import limits
from lms.core.spreadsheets.workbooks import Sheet, Value

_READER = Path(__file__).with_name("xls_reader.py")
_SECONDS = 20
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (("WordDocument".encode("utf-16-le"), "Word (.doc)"), ("PowerPoint Document".encode("utf-16-le"), "PowerPoint (.ppt)"))


def read_sheets(content: bytes) -> tuple[Sheet, ...]:
    """The sheets of an xls file. Raises DomainError file.encrypted, file.unreadable or file.too_large."""
    if _ENCRYPTED in content:
        raise DomainError("file.encrypted")
    for sign, what in _OTHERS:
        if sign in content and "Workbook".encode("utf-16-le") not in content:
            raise limits.unreadable(what)
    command = [sys.executable, "-I", str(_READER), str(limits.MOST_ROWS), str(limits.MOST_COLUMNS), str(limits.MOST_SHEETS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 – ours
        answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"fault": "unreadable"}
    except subprocess.TimeoutExpired as fault:
        raise limits.too_large() from fault
    except ValueError as fault:
        raise limits.unreadable("XLS") from fault
    if answer.get("fault") == "encrypted":
        raise DomainError("file.encrypted")
    if answer.get("fault") == "too_large":
        raise limits.too_large()
    if "fault" in answer:
        raise limits.unreadable("XLS")
    return tuple(
        Sheet(one["name"], [[_value(value) for value in row] for row in one["rows"]], hidden=one["hidden"],
              merged=tuple(((a, b), (c, d)) for (a, b), (c, d) in one["merged"]))
        for one in answer["sheets"])


def _value(value: Any) -> Value:
    """A value as the reader wrote it: days and times are pairs of a word and their ISO form."""
    if not isinstance(value, list):
        return value  # type: ignore[no-any-return]
    kind, text = value
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "datetime":
        return datetime.fromisoformat(text)
    return time.fromisoformat(text) if kind == "time" else str(text)
