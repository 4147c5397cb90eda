"""Static files under an address that changes with their content, so that phones may keep them for a year."""

import hashlib
from pathlib import Path

from flask import Flask, Response, abort, send_from_directory

from lms.web.access import public

FOLDER = Path(__file__).parent / "static"
FOR_A_YEAR = "public, max-age=31536000, immutable"


def release_of(folder: Path) -> str:
    """Ten hexadecimal digits that change when any file of the folder does."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:10]


def init_app(app: Flask) -> None:
    """Register `/tinh/<release>/<path>` and the template function `asset(path)`."""
    release = app.config["ASSET_RELEASE"] = release_of(FOLDER)
    known = {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file()}

    @app.get("/tinh/<release>/<path:name>", endpoint="asset")
    @public
    def serve_asset(release: str, name: str) -> Response:
        if name not in known:
            abort(404)
        response = send_from_directory(FOLDER, name)
        current = release == app.config["ASSET_RELEASE"]
        response.headers["Cache-Control"] = FOR_A_YEAR if current else "no-cache"
        return response

    def asset(name: str) -> str:
        if name not in known:
            raise LookupError(f"no static file {name}")
        return f"/tinh/{release}/{name}"

    app.jinja_env.globals["asset"] = asset
