"""The blueprint of lists."""

from flask import Blueprint

bp = Blueprint("rosters", __name__, template_folder="../templates")
