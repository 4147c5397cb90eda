"""The skill map of a framework with the reader's states, and the lessons of one group of skills."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, render_template, request
from flask_login import current_user

from lms.core import settings
from lms.courses.models import Reader
from lms.courses.queries.home import HomeParts, learning_states, lessons_for, raise_states
from lms.courses.queries.lessons import lessons_of_skills
from lms.courses.rules import FRAMEWORK_OF_AUDIENCE, SKILL_STATES
from lms.courses.views.blueprint import bp
from lms.courses.views.catalogue import page_area
from lms.courses.views.readers import current_reader
from lms.framework.queries import GroupView, SkillView, framework_of
from lms.framework.queries import skill_map as published_groups
from lms.people.models import AUDIENCES
from lms.web.access import public
from lms.web.phrases.courses import SKILL_STATE_NAMES

PASSED = SKILL_STATES.index("passed")
Entry = tuple[SkillView, int, str]  # skill, number of its state (and mark), the state's name


@dataclass(frozen=True)
class SkillMap:
    """The map as the template draws it: names of the states, and by group whether it is open, how many of its skills
    are passed, and its skills."""

    names: tuple[str, ...]
    groups: tuple[tuple[GroupView, bool, int, list[Entry]], ...]
    passed: int
    total: int


def entries_of(group: GroupView, states: dict[str, str], names: tuple[str, ...]) -> list[Entry]:
    """The skills of a group with the number and the name of each one's state."""
    numbers = [SKILL_STATES.index(states.get(skill.ref, SKILL_STATES[0])) for skill in group.skills]
    return [(skill, number, names[number]) for skill, number in zip(group.skills, numbers, strict=True)]


def drawn_map(groups: Iterable[GroupView], states: dict[str, str], *, open_skill: str = "") -> SkillMap:
    """The map of these groups; the group of `open_skill` is shown open on phones."""
    names = state_names()
    drawn = []
    for group in groups:
        entries = entries_of(group, states, names)
        done = sum(number >= PASSED for _skill, number, _name in entries)
        drawn.append((group, any(skill.ref == open_skill for skill in group.skills), done, entries))
    shown = tuple(one for one in drawn if one[3])
    return SkillMap(names, shown, sum(one[2] for one in shown), sum(len(one[3]) for one in shown))


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
    known: dict[tuple[int, str], list[GroupView]] = current_app.extensions.setdefault("skill_groups", {})
    name = (settings.current().content_version, framework_ref)
    if not known.get(name):
        known[name] = published_groups(framework_ref)
    return known[name]


@bp.get("/ky-nang", endpoint="skill_map")
@public
def skill_map() -> Any:
    audience = _audience()
    framework_ref = FRAMEWORK_OF_AUDIENCE[audience]
    key, _at, version = framework_ref.partition("@")
    skills = drawn_map(groups_of(framework_ref), _states(audience))
    return render_template("courses/skill-map.html", skills=skills, audience=audience, audiences=AUDIENCES,
                           framework=framework_of(key, version), area=page_area())


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
    entries = entries_of(group, _states(audience), state_names())
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
