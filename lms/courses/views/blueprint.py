"""The blueprint that every page of courses hangs on."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from lms.courses.queries.home import HomeParts
from lms.web.phrases.enrolments import NOMINATION_STATES, REASON_NAMES

bp = Blueprint("courses", __name__, template_folder="../templates")
bp.add_app_template_global(REASON_NAMES, "reason_names")
bp.add_app_template_global(NOMINATION_STATES, "nomination_states")


@bp.record_once
def without_higher_packages(state: BlueprintSetupState) -> None:
    """Until `app.py` hands over what assessment and certificates know, the home shows learning alone."""
    state.app.extensions.setdefault("home_parts", HomeParts())
