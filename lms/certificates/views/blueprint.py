from typing import Any

from flask import Blueprint, Response
from flask.blueprints import BlueprintSetupState

from lms.certificates.models import Credential
from lms.certificates.queries import file_of
from lms.web.phrases.certificates import EVENT_NAMES, STATE_NAMES

bp = Blueprint("certificates", __name__, template_folder="../templates")


@bp.record_once
def add_names(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(credential_states=STATE_NAMES, credential_events=EVENT_NAMES)


@bp.after_request
def keep_out_of_search_engines(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response


def pdf_of(credential: Credential) -> Any:
    """The issued bytes as a download."""
    disposition = f'attachment; filename="{credential.serial}.pdf"'
    return Response(file_of(credential).content, mimetype="application/pdf", headers={"Content-Disposition": disposition})
