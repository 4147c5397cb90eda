"""Public pages of the frameworks: what can be learned, at which levels, and what each takes."""

from typing import Any

from flask import Blueprint, abort, render_template, request

from lms.core import clock, settings
from lms.framework import queries
from lms.web.access import public
from lms.web.phrases.framework import CONFIDENCE_MEANINGS, CONFIDENCE_NAMES, RELATION_NAMES
from lms.web.ready_pages import ready_page

bp = Blueprint("framework", __name__, template_folder="templates")


@bp.get("/khung")
@public
@ready_page()
def frameworks() -> Any:
    return render_template("framework/frameworks.html", frameworks=queries.published_frameworks())


@bp.get("/khung/<key>")
@public
@ready_page("phien-ban")
def framework(key: str) -> Any:
    shown, newest, *_older = _wanted(key)
    policies = queries.policies_shown(
        shown.ref, organisation_key=settings.current().body_key or None, on=clock.local_date(clock.now()))
    gates = [gate for views in policies.values() for view in views for gate in view.document.assessments]
    return render_template(
        "framework/framework.html", framework=shown, newest=newest, levels=queries.levels_of(shown.ref),
        groups=queries.skill_map(shown.ref), policies=policies,
        parts=queries.parts_of(shown.ref) if shown.kind == "umbrella" else [],
        group_names=queries.groups_of(ref for gate in gates for ref in gate.groups),
        skill_names=queries.skills_of(ref for gate in gates for ref in gate.must_pass_skills))


@bp.get("/khung/<key>/yeu-cau/<code>")
@public
@ready_page("phien-ban")
def level_outcomes(key: str, code: str) -> Any:
    shown, newest, *_older = _wanted(key)
    level = queries.level_of(f"{shown.ref}/level/{code}")
    if level is None or not level.has_outcomes:
        abort(404)
    return render_template("framework/level-outcomes.html", framework=shown, newest=newest, level=level,
                           outcomes=queries.outcomes_of(level.ref))


@bp.get("/khung/<key>/ve-khung-nay")
@public
@ready_page("phien-ban")
def about_framework(key: str) -> Any:
    shown, *versions = _wanted(key)
    return render_template(
        "framework/about-framework.html", framework=shown, newest=versions[0], versions=versions,
        document=queries.about(shown.ref), crosswalks=queries.crosswalks_of(shown.ref),
        confidence_names=CONFIDENCE_NAMES, confidence_meanings=CONFIDENCE_MEANINGS, relation_names=RELATION_NAMES)


def _wanted(key: str) -> list[queries.FrameworkSummary]:
    """The version that the address asks for, then all versions from the newest on; 404 when there is none."""
    versions = queries.versions_of(key)
    wanted = request.args.get("phien-ban")
    shown = next((one for one in versions if wanted in (None, one.version)), None)
    if shown is None:
        abort(404)
    return [shown, *versions]
