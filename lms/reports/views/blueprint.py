"""The blueprint of the reports, and the names that its pages share."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from lms.web.phrases.reports import LEARNING_STATE_NAMES

bp = Blueprint("reports", __name__, template_folder="../templates")


@bp.record_once
def add_names(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(learning_states=LEARNING_STATE_NAMES)
