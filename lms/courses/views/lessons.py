"""The lesson page, the form of it that a phone keeps for dead lines, and the recordings of a lesson."""

from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, g, get_flashed_messages, request, send_from_directory, session
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import generate_csrf

from lms.core import clock
from lms.core.errors import DomainError
from lms.courses.models import Reader
from lms.courses.page_frames import Frame, frame_of, macro, stored_html
from lms.courses.queries.lessons import LessonRow, lesson_page, lesson_with_actor, lesson_with_version
from lms.courses.rules import CheckResult, mark_check, position
from lms.courses.views.blueprint import bp
from lms.courses.views.readers import current_device, current_reader, remember_device
from lms.people.models import Actor
from lms.web.access import loading_actor, public
from lms.web.packed import page_of

FOR_A_DAY = "public, max-age=86400"
AT_HAND = "lms.lesson"  # in the WSGI environment: the lesson's row, read together with whoever asks


def _learner_with_lesson(token: str, slug: str) -> Actor | None:
    """Who is signed in; the lesson's row is kept for the view."""
    found = lesson_with_actor(token, slug, current_device(), now=clock.now())
    if found is None:
        return None
    actor, request.environ[AT_HAND] = found
    return actor


@bp.get("/bai/<slug>")
@public
@loading_actor(_learner_with_lesson)
def lesson(slug: str) -> Any:
    if request.args.get("ban") == "ngoai-tuyen":
        return _kept_lesson(slug)
    return lesson_response(slug)


def lesson_response(slug: str, *, check: tuple[int, str] | None = None) -> Response:
    """The lesson page for this reader; `check` is the number of a self-check and the sentence beside it (422)."""
    reader, device = current_reader(), current_device()
    row = request.environ.pop(AT_HAND) if AT_HAND in request.environ else lesson_page(slug, reader, device)
    if row is None:
        abort(404)
    frame = frame_of(row, area="learner" if reader.person_id else "public", device=device)
    marks = _marks(frame, row, device)
    if check:
        marks[f"check-{check[0]}"] = self_check_html(frame, slug, check[0], error=check[1])
    response = page_of(frame.filled(marks, generate_csrf()), 422 if check else 200)
    remember_device(response)
    return response


def _marks(frame: Frame, row: LessonRow, device: str) -> dict[str, str]:
    """What this reader has done, by hole."""
    marks: dict[str, str] = {}
    if "_flashes" in session:
        marks["flashes"] = str(macro("flashes")(get_flashed_messages(with_categories=True)))
    if row.progress_id is None:
        return marks
    where = position(frame.steps, device, last_step=row.last_step, completed=row.completed_at is not None)
    marks |= {f"step-{number}": "done" for number in range(1, where.done + 1)}
    if row.completed_at:
        marks["completed"] = str(macro("completed")())
    elif row.last_step and where.step:
        marks[f"step-{where.number}"] = "now"
        marks["resume"] = frame.resume(row.slug, where)
    if row.practised_at:
        marks["practice"] = str(macro("practice")(done=True))
    for number, check in enumerate(frame.checks, start=1):
        if check["id"] in row.checks:
            marks[f"check-{number}"] = self_check_html(frame, row.slug, number, answer=row.checks[check["id"]]["answer"])
    return marks


def self_check_html(
    frame: Frame, slug: str, number: int, *, answer: list[str] | None = None, error: str = "",
) -> str:
    """One self-check with its answer marked; an answer to an older form of it counts as none."""
    check, state = frame.checks[number - 1], None
    if answer:
        try:
            state = result_state(mark_check(check, answer))
        except DomainError:
            state = None
    return str(macro("self_check")(slug, number, check, state=state, error=error, token=generate_csrf()))


def result_state(result: CheckResult) -> dict[str, Any]:
    """A result as the template shows it."""
    return {"answer": result.answer, "right": result.right, "marks": result.marks,
            "feedback": stored_html(result.feedback)}


def _kept_lesson(slug: str) -> Response:
    """The lesson as the service worker keeps it: drawn for nobody, whoever asks."""
    g._login_user = AnonymousUserMixin()
    device = current_device()
    row = lesson_page(slug, Reader(), device)
    if row is None or row.retired_at:
        abort(404)
    frame = frame_of(row, area="offline", device=device)
    response = page_of(frame.filled({}, ""))
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@bp.get("/bai/<slug>/tep/<name>")
@public
def lesson_file(slug: str, name: str) -> Response:
    """A recording that the lesson of today names; nothing else of its folder."""
    found = lesson_with_version(slug)
    document = found[1].document if found else {}
    known = {document[kind]["name"] for kind in ("audio", "video", "captions") if kind in document}
    if name not in known:
        abort(404)
    roots = filter(None, (current_app.config["LMS_CONTENT"], current_app.config["LMS_PRIVATE_CONTENT"]))
    folders = [Path(root) / "courses" / document["folder"] / "media" for root in roots]
    response = send_from_directory(next((one for one in folders if (one / name).is_file()), folders[0]), name)
    response.headers["Cache-Control"] = FOR_A_DAY
    return response
