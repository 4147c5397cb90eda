"""The blueprint that every page of courses hangs on."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from lms.courses.queries.home import HomeParts

bp = Blueprint("courses", __name__, template_folder="../templates")


@bp.record_once
def without_higher_packages(state: BlueprintSetupState) -> None:
    """Until `app.py` hands over what assessment and certificates know, the home shows learning alone."""
    state.app.extensions.setdefault("home_parts", HomeParts())
