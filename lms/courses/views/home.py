"""The public home, the learner's home, and the pages that a service worker needs."""

from typing import Any

from flask import Response, current_app, make_response, render_template
from flask_login import current_user

from lms.core import clock
from lms.core.vietnamese import given_name
from lms.courses.kept_layout import page_in_kept_layout
from lms.courses.models import Reader
from lms.courses.page_frames import stored_html
from lms.courses.queries.courses import course_cards, opening_lesson
from lms.courses.queries.home import HomeParts, lessons_for
from lms.courses.rules import FRAMEWORK_OF_AUDIENCE, SKILL_STATES, minutes_left, position, today_of
from lms.courses.views.blueprint import bp
from lms.courses.views.catalogue import page_area
from lms.courses.views.readers import current_device
from lms.courses.views.skills import drawn_map, states_of
from lms.web import assets
from lms.web.access import public, signed_in
from lms.web.ready_pages import ready_page


@bp.get("/")
@public
@ready_page()
def home() -> Any:
    cards = course_cards()
    lesson = opening_lesson()
    cover = stored_html(lesson.document)["cover"] if lesson else None
    return render_template("courses/home.html", cards=cards, lesson=lesson, cover=cover, area=page_area())


@bp.get("/hom-nay")
@signed_in
def today() -> Any:
    reader = Reader(person_id=current_user.id)
    lessons = lessons_for(current_user.audience, reader)
    proposed = today_of(lessons)
    begun, where = proposed.begun, None
    if begun:
        where = position(begun.steps, current_device(), last_step=begun.last_step, completed=False)
    at_hand = begun or proposed.upcoming
    framework_ref = FRAMEWORK_OF_AUDIENCE[current_user.audience]
    skills = drawn_map(framework_ref, states_of(reader, lessons), open_skill=at_hand.skill_ref if at_hand else "")
    parts: HomeParts = current_app.extensions["home_parts"]
    return page_in_kept_layout(
        "courses/today.html", "courses/parts/today.html", area="learner", today=proposed, where=where,
        left=minutes_left(begun.minutes, where) if begun and where else 0, skills=skills, skill_states=SKILL_STATES,
        cards=parts.cards_for(current_user, clock.now()), framework_key=framework_ref.partition("@")[0],
        name=given_name(current_user.full_name))


@bp.get("/ngoai-tuyen")
@public
@ready_page()
def offline() -> Any:
    return render_template("courses/offline.html")


@bp.get("/sw.js")
@public
def service_worker() -> Response:
    """The worker with the release of the assets and the files it keeps written into it."""
    release = current_app.config["ASSET_RELEASE"]
    source = (assets.FOLDER / "js" / "sw.js").read_text(encoding="utf-8")
    response = make_response(source.replace("__RELEASE__", release))
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    return response
