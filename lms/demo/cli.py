"""`lms demo load`: the invented ward, once."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.core import clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.demo.loading import load_ward
from lms.demo.ward import LEARNERS, PIN, STAFF

REFUSALS = {
    "demo.holds_people": "This database holds people of a real installation. The demonstration needs one of its own.",
    "demo.content_missing": "Load the content first: lms content load",
}
ROLES_SHOWN = {"admin": "quản trị viên", "officer": "cán bộ phường", "assessor": "người đánh giá",
               "focal_point": "cán bộ đầu mối", "mentor": "người hướng dẫn", "author": "người biên soạn"}
LEARNERS_SHOWN = {"learning": "đang học", "to_observe": "đạt bài kiểm tra", "to_confirm": "chờ xác nhận",
                  "confirmed": "đã có giấy", "failed_once": "chưa đạt lần đầu"}


@click.group()
def demo() -> None:
    """The demonstration."""


@demo.command("load")
@with_appcontext
def demo_load() -> None:
    """Load the invented ward (once) and say how to sign in as whom."""
    if current_app.config["LMS_MODE"] != "demo":
        click.echo("This installation is a real one (LMS_MODE=production). The demonstration needs one of its own.", err=True)
        sys.exit(1)
    try:
        is_new = load_ward(now=clock.now())
    except DomainError as refusal:
        click.echo(REFUSALS.get(refusal.code, refusal.code), err=True)
        sys.exit(1)
    db.session.commit()
    click.echo("Đã nạp phường Bến Thu (mẫu)." if is_new else "Phường Bến Thu (mẫu) đã có sẵn.")
    show_sign_ins()


def show_sign_ins() -> None:
    """One line for each role and for some learners."""
    click.echo(f"Đăng nhập bằng số điện thoại, mã PIN của mọi người là {PIN}:")
    seen = set()
    for one in STAFF:
        if one.role not in seen:
            click.echo(f"  {one.phone}  {ROLES_SHOWN[one.role]:18}{one.name}")
            seen.add(one.role)
    for learner in LEARNERS:
        if learner.state in LEARNERS_SHOWN and learner.state not in seen:
            click.echo(f"  {learner.phone}  {'người học':18}{learner.name} ({LEARNERS_SHOWN[learner.state]})")
            seen.add(learner.state)


COMMANDS: list[click.Command] = [demo]
