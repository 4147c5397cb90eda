"""Builds the application. The one file that knows every feature."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from flask_migrate import Migrate, upgrade

from lms.assessment import content as assessment_content
from lms.assessment import views as assessment
from lms.assessment.views.home_parts import attempt_cards, confirmation_cards, skill_states
from lms.campaign import views as campaign
from lms.campaign.views.home_parts import REMINDERS
from lms.certificates import cli as certificates_cli
from lms.certificates import views as certificates
from lms.certificates.views.home_parts import PAPERS
from lms.core import clock, config, jobs, logs, settings
from lms.core.content_tree import ContentTree, fingerprint
from lms.core.db import db
from lms.courses import content as courses_content
from lms.courses import views as courses
from lms.courses.queries.home import HomeParts
from lms.courses.views.home_parts import ASSIGNED, OFFERS
from lms.demo import cli as demo_cli
from lms.framework import content as framework_content
from lms.framework import views as framework
from lms.operations import cli as operations_cli
from lms.operations import views as operations
from lms.people import cli as people_cli
from lms.people import views as people
from lms.people.models import Actor
from lms.reports import views as reports
from lms.rosters import cli as rosters_cli
from lms.rosters import views as rosters
from lms.rosters.queries import imports as roster_imports
from lms.rosters.services import checking as roster_checking
from lms.rosters.services import committing as roster_committing
from lms.rosters.services import results as roster_results
from lms.web import shell
from lms.web import views as web

BLUEPRINTS = [web.bp, framework.bp, people.bp, courses.bp, assessment.bp, certificates.bp, campaign.bp, reports.bp,
              rosters.bp, operations.bp]
CONTENT: list[ModuleType] = [framework_content, courses_content, assessment_content]  # in stack order
DEMO_CONTENT = Path(demo_cli.__file__).parent / "content"  # what the invented ward decided
# What stands above courses and shows on the learner's home and skill map.
HOME_PARTS = HomeParts(
    skill_states=(skill_states,),
    cards=(OFFERS, ASSIGNED, attempt_cards, confirmation_cards, PAPERS, REMINDERS))
# What is asked for on a page and done in the background (lms.core.jobs).
jobs.register("roster.check", roster_checking.check, on_failure=roster_checking.check_failed)
jobs.register("roster.commit", roster_committing.commit, on_failure=roster_committing.commit_failed)
jobs.register("results.check", roster_results.check, on_failure=roster_results.job_failed)
jobs.register("results.commit", roster_results.commit, on_failure=roster_results.job_failed)
COMMANDS = [*people_cli.COMMANDS, *certificates_cli.COMMANDS, *rosters_cli.COMMANDS, *operations_cli.COMMANDS, *demo_cli.COMMANDS]


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """The application for this environment; `settings` overrides single Flask settings (tests).

    Raises ConfigError when the environment is not fit to start.
    """
    app = Flask("lms", static_folder=None, template_folder="web/templates", root_path=str(Path(__file__).parent))
    app.config.from_mapping(config.flask_config(config.environment()))
    app.config.from_mapping(settings or {})
    logs.configure(app.config["LMS_LOG_LEVEL"])
    Path(app.config["LMS_INSTANCE"]).mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    Migrate(app, db, directory=str(config.ROOT / "migrations"), render_as_batch=True, compare_type=True)
    shell.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions["home_parts"] = HOME_PARTS
    app.extensions["people_of_import"] = people_of_import
    for command in [*COMMANDS, content]:
        app.cli.add_command(command)
    return app


def people_of_import(actor: Actor, uuid: UUID) -> Any:
    """Ids of the people of an imported list, for the pages of people that make slips; None when it is not the actor's."""
    roster = roster_imports.import_for(actor, uuid)
    return roster_imports.people_of_import(actor, roster) if roster else None


@click.group()
def content() -> None:
    """The content tree: check it, load it."""


def content_trees(path: Path | None) -> list[ContentTree]:
    """The public tree (or the one at `path`), then the private one or the demonstration's; one report."""
    public = ContentTree(path or current_app.config["LMS_CONTENT"])
    private = current_app.config["LMS_PRIVATE_CONTENT"]
    own = private or (DEMO_CONTENT if current_app.config["LMS_MODE"] == "demo" else None)
    trees = [public] if path or own is None else [public, ContentTree(own, public.report, is_private=True)]
    for tree in trees:  # loading a folder that is not there, a drive not mounted, would retire all that came from it
        if not tree.root.is_dir():
            tree.error(str(tree.root), "folder", "folder.missing", "This folder is not there. Correct the path or unset it.")
    return trees


@content.command("check")
@click.argument("path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def content_check(path: Path | None, as_json: bool) -> None:
    """Validate the content tree, without a database."""
    trees = content_trees(path)
    for feature in CONTENT:
        for tree in trees:
            tree.shared = trees[0].shared
            feature.check(tree)
    document = trees[0].report.as_document()
    show_content_report(document, as_json)
    sys.exit(1 if document["errors"] else 0)


@content.command("load")
@click.argument("path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def content_load(path: Path | None, dry_run: bool, as_json: bool) -> None:
    """Bring the content tree (or the whole one at PATH) into the database; a second run changes nothing."""
    document = load_content(content_trees(path), dry_run=dry_run)
    show_content_report(document, as_json)
    sys.exit(1 if document["errors"] else 0)


def load_content(trees: list[ContentTree], *, dry_run: bool = False) -> dict[str, Any]:
    """Check, then load all or nothing. The document of `content check` plus `changed` (rows by noun)."""
    for feature in CONTENT:
        for tree in trees:
            tree.shared = trees[0].shared
            feature.check(tree)
    report = trees[0].report
    changed: dict[str, int] = {}
    if not report.errors:
        for feature in CONTENT:
            for tree in trees:
                for noun, count in feature.load(tree, now=clock.now()).items():
                    changed[noun] = changed.get(noun, 0) + count
        if dry_run or report.errors:  # loading finds faults of its own: a published version that was changed
            db.session.rollback()
        else:
            _note_loaded(trees, is_changed=any(changed.values()))
            db.session.commit()
    return {**report.as_document(), "changed": changed, "committed": not dry_run and not report.errors}


def _note_loaded(trees: list[ContentTree], *, is_changed: bool) -> None:
    before, files = settings.current(), fingerprint(trees)
    if is_changed or files != before.content_loaded:
        settings.change(now=clock.now(), operator="content load", content_loaded=files,
                        content_version=before.content_version + is_changed)


def show_content_report(document: dict[str, Any], as_json: bool) -> None:
    """Print the report for a program or for a person."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for kind in ("errors", "warnings"):
        for problem in document[kind]:
            click.echo(f"{kind[:-1]}: {problem['file']}, {problem['at']}: {problem['message']} [{problem['code']}]", err=True)
    click.echo(", ".join(f"{count} {noun}" for noun, count in document.items() if isinstance(count, int)))
    if document.get("changed") is not None:
        click.echo("changed: " + (", ".join(f"{n} {noun}" for noun, n in document["changed"].items() if n) or "nothing"))


@demo_cli.demo.command("serve")
@click.option("--port", default=8000, show_default=True, type=int)
@with_appcontext
@click.pass_context
def demo_serve(context: click.Context, port: int) -> None:
    """The demonstration from nothing: database, content, ward, and its server, all in one process.

    What is there already is only looked at.
    """
    upgrade()
    trees = content_trees(None)
    if settings.current().content_loaded != fingerprint(trees):
        document = load_content(trees)
        show_content_report(document, as_json=False)
        if document["errors"]:
            sys.exit(1)
    context.invoke(demo_cli.demo_load)
    context.invoke(operations_cli.serve, port=port)


cli = FlaskGroup(name="lms", create_app=create_app, add_default_commands=False, help="Bình dân LMS.")
