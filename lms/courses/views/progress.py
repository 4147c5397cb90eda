"""What a reader sends from a lesson: a step reached, practice done, lesson completed, a self-check answered."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.courses.models import Lesson, LessonVersion
from lms.courses.page_frames import macro, stored_html
from lms.courses.queries.lessons import lesson_with_version
from lms.courses.services import progress as services
from lms.courses.views.blueprint import bp
from lms.courses.views.lessons import lesson_response, result_state
from lms.courses.views.readers import writing_reader
from lms.web import phrases
from lms.web.access import public

FRAGMENT = "X-Fragment"  # set by lesson.js: the answer goes into the page that is open


@bp.post("/bai/<slug>/tien-do")
@public
def lesson_progress(slug: str) -> Any:
    lesson, version = _lesson_or_404(slug)
    step, now = request.form.get("step", ""), clock.now()
    if "done" in request.form:
        services.complete_lesson(writing_reader(), lesson, version, now=now)
        answer = _go_on(lesson)
    elif "practice" in request.form:
        services.finish_practice(writing_reader(), lesson, version, now=now)
        answer = redirect(url_for("courses.lesson", slug=slug, _anchor="thuc-hanh-xong"), 303)
    else:
        services.reach_step(writing_reader(), lesson, version, step, now=now)
        answer = redirect(url_for("courses.lesson", slug=slug, _anchor=step), 303)
    db.session.commit()
    if FRAGMENT in request.headers:
        return (macro("practice")(done=True), 200) if "practice" in request.form else ("", 204)
    return answer


@bp.post("/bai/<slug>/tu-kiem-tra/<int:number>")
@public
def self_check(slug: str, number: int) -> Any:
    lesson, version = _lesson_or_404(slug)
    checks = version.document["checks"]
    if not 1 <= number <= len(checks):
        abort(404)
    state, error = None, ""
    try:
        result = services.answer_check(writing_reader(), lesson, version, number, request.form.get("check", ""),
                                       request.form.getlist("choice"), now=clock.now())
        db.session.commit()
        state = result_state(result)
    except DomainError as refusal:
        if refusal.code != "check.nothing_chosen":
            raise
        db.session.rollback()
        error = phrases.sentence(refusal)
    if FRAGMENT in request.headers:
        check = stored_html(checks[number - 1])
        html = macro("self_check")(slug, number, check, state=state, error=error, token=generate_csrf())
        return html, 422 if error else 200
    if error:
        return lesson_response(slug, check=(number, error))
    return redirect(url_for("courses.lesson", slug=slug, _anchor=f"tu-kiem-tra-{number}"), 303)


def _lesson_or_404(slug: str) -> tuple[Lesson, LessonVersion]:
    found = lesson_with_version(slug)
    if found is None:
        abort(404)
    return found


def _go_on(lesson: Lesson) -> Any:
    """To the next lesson; after the last one to its course, with a word."""
    if lesson.next_slug:
        return redirect(url_for("courses.lesson", slug=lesson.next_slug), 303)
    if "X-Fragment" not in request.headers:
        flash(_("Bạn đã học đến bài cuối của khóa này."), "ok")
    return redirect(url_for("courses.course", key=lesson.key.partition("/")[0]), 303)
