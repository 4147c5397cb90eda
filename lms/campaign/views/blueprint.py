"""The blueprint of the campaign, and the names that its pages share."""

from datetime import date

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from lms.web import phrases
from lms.web.phrases.campaign import EVENT_NAMES, STATE_NAMES

bp = Blueprint("campaign", __name__, template_folder="../templates")


@bp.app_template_filter("iso_day")
def iso_day(text: str) -> str:
    """5/9/1980, of a day as the frozen list keeps it."""
    return phrases.day_of(date.fromisoformat(text))


@bp.record_once
def add_names(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(list_states=STATE_NAMES, list_events=EVENT_NAMES)
