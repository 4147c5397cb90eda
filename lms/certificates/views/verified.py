"""The page about one paper: drawn once for each state a paper can be in, kept, and filled with the words of this one."""

from datetime import datetime
from typing import Any

from flask import Response, render_template
from flask_login import AnonymousUserMixin
from markupsafe import escape

from lms.certificates.services.paper import achievement_parts
from lms.web import shell
from lms.web.holes import Holed, drawing_for, hole, kept
from lms.web.packed import page_of

MOST_FRAMES = 256


def page_about(record: dict[str, Any], *, checked_at: datetime) -> Response:
    """The answer for a record of queries.public_record."""
    words = words_of(record, checked_at)
    is_sample = "sample" in record["issued"]["marks"]
    frames = kept("verified_frames", size=MOST_FRAMES)
    name = (record["state"], is_sample, tuple(key for key, text in words.items() if text),
            shell.text_size(), shell.theme(), shell.locale())
    frame: Holed | None = frames.get(name)
    if frame is None:
        with drawing_for(AnonymousUserMixin()):
            frame = Holed(render_template(
                "certificates/verify.html", state=record["state"], is_sample=is_sample,
                paper={key: text and hole(key) for key, text in words.items()}))
        frames.put(name, frame)
    return page_of(list(frame.filled({key: str(escape(text)) for key, text in words.items()})))


def words_of(record: dict[str, Any], checked_at: datetime) -> dict[str, str]:
    """What the page says about this paper; an empty text is not said at all."""
    issued = record["issued"]
    before, level, after = achievement_parts(issued)
    return {
        "recipient": issued["recipient"] or "", "birth": str(issued["birth_year"] or ""),
        "number": record["serial"][:-9], "random": record["serial"][-9:], "before": before[:1].upper() + before[1:],
        "level": level, "after": after, "scheme": issued["scheme"], "framework": issued["framework"],
        "version": issued["framework_version"], "issuer": issued["issuer"], "day": shell.day(record["issued_at"]),
        "since": shell.day(record["since"]), "checked": shell.moment(checked_at), "reason": record["reason"] or "",
        "decision": record["decision"] or "",
    }
