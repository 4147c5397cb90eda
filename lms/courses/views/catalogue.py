"""Courses by audience and level, one course, the path of a group, search."""

from typing import Any

from flask import abort, render_template, request
from flask_login import current_user

from lms.courses.queries.courses import course_by_key, course_cards, lessons_of_course
from lms.courses.queries.search import MOST_LETTERS, found_for
from lms.courses.rules import FRAMEWORK_OF_AUDIENCE
from lms.courses.views.blueprint import bp
from lms.courses.views.readers import current_reader
from lms.framework.queries import levels_of
from lms.people.models import AUDIENCES
from lms.people.rules.roles import area_of
from lms.web.access import public
from lms.web.ready_pages import ready_page


@bp.get("/khoa-hoc")
@public
@ready_page("nhom", "cap")
def catalogue() -> Any:
    chosen = request.args.get("nhom")
    audience = chosen if chosen in AUDIENCES else None
    cards = course_cards(audience=audience)
    levels = level_names(cards)
    wanted = request.args.get("cap")
    level = wanted if wanted in levels else None
    shown = [card for card in cards if level in (None, card.level_ref)]
    return render_template("courses/catalogue.html", cards=shown, levels=levels, audience=audience, level=level,
                           audiences=AUDIENCES, area=page_area())


@bp.get("/nhom/<audience>")
@public
@ready_page()
def audience_path(audience: str) -> Any:
    if audience not in AUDIENCES:
        abort(404)
    cards = course_cards(audience=audience)
    return render_template("courses/audience-path.html", audience=audience, cards=cards, levels=level_names(cards),
                           framework_key=FRAMEWORK_OF_AUDIENCE[audience].partition("@")[0], area=page_area())


@bp.get("/khoa-hoc/<key>")
@public
@ready_page()
def course(key: str) -> Any:
    found = course_by_key(key)
    if found is None:
        abort(404)
    lessons = lessons_of_course(found, current_reader())
    fresh = [lesson for lesson in lessons if not lesson.completed_at]
    return render_template(
        "courses/course.html", course=found, lessons=lessons, upcoming=(fresh or lessons or [None])[0], area=page_area(),
        done=len(lessons) - len(fresh), minutes=sum(lesson.minutes for lesson in lessons))


@bp.get("/tim")
@public
def search() -> Any:
    query = request.args.get("q", "")[:MOST_LETTERS]
    return render_template("courses/search.html", query=query, found=found_for(query), area=page_area())


def page_area() -> str:
    """The area of the site whose doors a page shows: those of the person, once somebody is signed in."""
    return area_of(current_user) if current_user.is_authenticated else "public"


def level_names(cards: list[Any]) -> dict[str, str]:
    """Short names of the levels these courses lead to, in the order of the courses. One statement per framework."""
    refs = dict.fromkeys(card.level_ref for card in cards if card.level_ref)
    frameworks = dict.fromkeys(ref.partition("/")[0] for ref in refs)
    names = {level.ref: level.short_name for framework in frameworks for level in levels_of(framework)}
    return {ref: names[ref] for ref in refs if ref in names}
