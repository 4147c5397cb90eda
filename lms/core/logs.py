"""Logs: one JSON line an event on standard error, without phone numbers."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Nine digits and more in a row are a phone or identity number, however somebody spaced them.
_NUMBER = re.compile(r"\+?\d(?:[ .-]?\d){8,}")


def mask_numbers(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor: long numbers in texts keep their last two digits; moments and counts are not texts."""
    for name, value in event.items():
        if isinstance(value, str) and name != "timestamp":
            event[name] = _NUMBER.sub(lambda found: "…" + found[0][-2:], value)
    return event


class ToStandardError:
    """Prints each line on what is standard error at that moment, so that a redirected one is followed."""

    def msg(self, line: str) -> None:
        """Print one finished line."""
        print(line, file=sys.stderr, flush=True)  # noqa: T201 – this is the log

    debug = info = warning = error = critical = exception = msg


def configure(level: str = "INFO") -> None:
    """Send everything through structlog as JSON; `level` is a name of the logging module."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars, structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.format_exc_info, mask_numbers,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda *_names: ToStandardError(), cache_logger_on_first_use=True,
    )
