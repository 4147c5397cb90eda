"""The skill map of a framework with the reader's states, and the lessons of one group of skills."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, get_template_attribute, render_template, request
from flask_login import current_user
from markupsafe import Markup, escape

from lms.courses.kept_layout import page_in_kept_layout
from lms.courses.models import Reader
from lms.courses.queries.home import HomeParts, learning_states, lessons_for, raise_states
from lms.courses.queries.lessons import lessons_of_skills
from lms.courses.rules import FRAMEWORK_OF_AUDIENCE, SKILL_STATES
from lms.courses.views.blueprint import bp
from lms.courses.views.catalogue import page_area
from lms.courses.views.readers import current_reader
from lms.framework.queries import GroupView, framework_of
from lms.framework.queries import skill_map as published_groups
from lms.people.models import AUDIENCES
from lms.web import icons, shell
from lms.web.access import public
from lms.web.holes import hole, kept, with_filled
from lms.web.phrases.courses import SKILL_STATE_NAMES

PASSED = SKILL_STATES.index("passed")
MOST_MAPS = 64
PARTS = "courses/parts/skill-map.html"


@dataclass(frozen=True)
class MapFrame:
    """The map of a framework drawn for everybody, with holes for a reader's states."""

    framework: Any
    groups: tuple[tuple[str, ...], ...]  # the refs of its skills, group by group
    legend: Markup
    html: str
    marks: tuple[str, ...]               # by number of the state, as are the names
    names: tuple[str, ...]
    icons: frozenset[str]


@dataclass(frozen=True)
class SkillMap:
    """The map as one reader sees it, and how many skills are passed."""

    framework: Any
    legend: Markup
    map: Markup
    passed: int
    total: int


def drawn_map(framework_ref: str, states: dict[str, str], *, open_skill: str = "", query: str = "") -> SkillMap:
    """The map of this framework; the group of `open_skill` is shown open on phones. `query` goes to its links."""
    frame = _map_frame(framework_ref, query)
    icons.used().update(frame.icons)
    filling, passed = {}, 0
    for place, refs in enumerate(frame.groups):
        numbers = [state_number(states, ref) for ref in refs]
        done = sum(number >= PASSED for number in numbers)
        filling[f"open-{place}"] = " group--open" if open_skill in refs else ""
        filling[f"passed-{place}"] = str(done)
        for skill, number in enumerate(numbers):
            filling[f"mark-{place}-{skill}"] = frame.marks[number]
            filling[f"state-{place}-{skill}"] = frame.names[number]
        passed += done
    drawn = Markup(with_filled(frame.html, filling))  # noqa: S704 - all of it came out of templates
    return SkillMap(frame.framework, frame.legend, drawn, passed, sum(len(refs) for refs in frame.groups))


def _map_frame(framework_ref: str, query: str) -> MapFrame:
    frames = kept("skill_maps", size=MOST_MAPS)
    name = (framework_ref, query, shell.locale())
    frame: MapFrame | None = frames.get(name)
    if frame is None:
        key, _at, version = framework_ref.partition("@")
        groups = [group for group in groups_of(framework_ref) if group.skills]
        legend = get_template_attribute(PARTS, "legend")(state_names())
        html = get_template_attribute(PARTS, "map")(groups, query, hole)
        marks = tuple(str(icons.mark(number)) for number in range(len(SKILL_STATES)))
        frame = MapFrame(
            framework_of(key, version), tuple(tuple(skill.ref for skill in group.skills) for group in groups), legend,
            str(html), marks, tuple(escape(name) for name in state_names()), frozenset(icons.names_in(legend + html)))
        if groups:  # what is empty yet is not kept: see groups_of
            frames.put(name, frame)
    return frame


def state_number(states: dict[str, str], ref: str) -> int:
    """The number of this skill's state."""
    return SKILL_STATES.index(states.get(ref, SKILL_STATES[0]))


def state_names() -> tuple[str, ...]:
    """The names of the states in this request's language, by number."""
    return tuple(str(SKILL_STATE_NAMES[state]) for state in SKILL_STATES)


def states_of(reader: Reader, lessons: Iterable[Any]) -> dict[str, str]:
    """States of the reader's skills: what these lessons show, and for a person what higher packages know."""
    states = learning_states(lessons)
    if reader.person_id is not None:
        parts: HomeParts = current_app.extensions["home_parts"]
        raise_states(states, parts.states_of(reader.person_id))
    return states


def groups_of(framework_ref: str) -> list[GroupView]:
    """Groups of a published framework version, which never change: asked for once per worker and load of content."""
    known = kept("skill_groups", size=MOST_MAPS)
    groups: list[GroupView] | None = known.get(framework_ref)
    if groups is None:
        groups = published_groups(framework_ref)
        if groups:  # a framework that is loaded in a moment must not be missed
            known.put(framework_ref, groups)
    return groups


@bp.get("/ky-nang", endpoint="skill_map")
@public
def skill_map() -> Any:
    audience = _audience()
    framework_ref = FRAMEWORK_OF_AUDIENCE[audience]
    skills = drawn_map(framework_ref, _states(audience), query=f"?nhom={audience}")
    return page_in_kept_layout("courses/skill-map.html", "courses/parts/skill-map-page.html", area=page_area(),
                               skills=skills, audience=audience, audiences=AUDIENCES)


@bp.get("/ky-nang/<code>")
@public
def skill_group(code: str) -> Any:
    audience = _audience()
    groups = groups_of(FRAMEWORK_OF_AUDIENCE[audience])
    group = next((group for group in groups if group.code == code), None)
    if group is None:
        abort(404)
    lessons: dict[str, list[Any]] = {}
    for lesson in lessons_of_skills([skill.ref for skill in group.skills], current_reader()):
        lessons.setdefault(lesson.skill_ref, []).append(lesson)
    states, names = _states(audience), state_names()
    entries = [(skill, state_number(states, skill.ref), names[state_number(states, skill.ref)]) for skill in group.skills]
    return render_template("courses/skill-group.html", group=group, lessons=lessons, entries=entries, audience=audience,
                           area=page_area())


def _audience() -> str:
    """Whose framework to show: as asked for, else the person's own, else the residents'."""
    asked = request.args.get("nhom")
    if asked in AUDIENCES:
        return str(asked)
    return str(current_user.audience) if current_user.is_authenticated else AUDIENCES[0]


def _states(audience: str) -> dict[str, str]:
    reader = current_reader()
    return states_of(reader, lessons_for(audience, reader)) if reader.is_known else {}
