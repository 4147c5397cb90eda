"""From the list of assessments to the submitted attempt. Saving while one answers is in autosave.py."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user

from lms.assessment import item_types, rules
from lms.assessment.models import AssessmentVersion
from lms.assessment.queries import attempts as queries
from lms.assessment.queries.attempts import AttemptView
from lms.assessment.queries.papers import Paper, paper_of
from lms.assessment.queries.terms import bank_uses_of, terms_for
from lms.assessment.services import attempts as services
from lms.assessment.services.autosave import MOST_SAVES, Answer, save_response
from lms.assessment.views.blueprint import bp
from lms.assessment.views.question_frames import question_page, words
from lms.core import audit, clock
from lms.core.db import db
from lms.core.errors import DomainError
from lms.framework.queries import groups_of
from lms.people.models import Actor, Person
from lms.people.queries.actors import token_hash
from lms.web import phrases
from lms.web.access import loading_actor, signed_in
from lms.web.shell import moment

CLOSED = ("submitted", "abandoned")
LONGEST_PAPER = 10_000
AT_HAND = "lms.attempt"  # in the WSGI environment: the attempt of whoever asks, read together with them


@bp.get("/bai-kiem-tra")
@signed_in
def my_assessments() -> Any:
    offers = queries.offers_for(current_user.id)
    return render_template("assessment/my-assessments.html", offers=offers)


@bp.get("/bai-kiem-tra/<key>")
@signed_in
def assessment(key: str) -> Any:
    return _rules_page(key, _offered(key))


@bp.post("/bai-kiem-tra/<key>/bat-dau")
@signed_in
def start(key: str) -> Any:
    version = _offered(key)
    now = clock.now()
    try:
        uuid = services.start_attempt(person_id=current_user.id, key=key, now=now)
    except DomainError as refusal:
        # A bank harvested by starting over and over is slowed, and seen.
        db.session.rollback()
        audit.record("attempt.start_refused", now=now, actor_id=current_user.id, subject=f"assessment:{key}",
                     code=refusal.code)
        db.session.commit()
        return _rules_page(key, version, refusal), 409
    db.session.commit()
    return redirect(url_for(".question", key=key, uuid=uuid, position=1))


def _learner_with_attempt(token: str, key: str, uuid: UUID, position: int) -> Actor | None:
    """Who is signed in; their attempt is kept for the view."""
    position = min(position, LONGEST_PAPER)  # no database counts as far as an address can
    found = queries.attempt_with_actor(token, key, uuid, position=position, now=clock.now())
    if found is None:
        return None
    actor, request.environ[AT_HAND] = found
    return actor


@bp.get("/bai-kiem-tra/<key>/<uuid:uuid>/cau/<int:position>")
@signed_in
@loading_actor(_learner_with_attempt)
def question(key: str, uuid: UUID, position: int) -> Any:
    paper, view = _attempt(key, uuid, position)
    if view.state_at(clock.now()) in CLOSED:
        return redirect(url_for(".result", key=key, uuid=uuid))
    return _question_page(paper, view, position)


@bp.post("/bai-kiem-tra/<key>/<uuid:uuid>/cau/<int:position>")
@signed_in
def answer(key: str, uuid: UUID, position: int) -> Any:
    """Save and move on, for a browser without JavaScript. The same rules as autosave."""
    paper, _view = _attempt(key, uuid, position)
    now = clock.now()
    try:
        saved = save_response(db.session.connection(), read_answer(paper, position), uuid=uuid, now=now,
                              token_hash=token_hash(current_user.token))
    except DomainError as refusal:
        db.session.rollback()
        _paper, view = _attempt(key, uuid, position)
        return _question_page(paper, view, position, refusal, 409 if refusal.code == "response.stale" else 422)
    if saved.receipt is None:
        services.submit_attempt(person_id=current_user.id, uuid=uuid, now=now)
    db.session.commit()
    if saved.receipt is None:
        return redirect(url_for(".result", key=key, uuid=uuid))
    return redirect(_address_of(request.form.get("toi", ""), paper, key, uuid, position))


@bp.get("/bai-kiem-tra/<key>/<uuid:uuid>/xem-lai")
@signed_in
def review(key: str, uuid: UUID) -> Any:
    paper, view = _attempt(key, uuid)
    if view.state_at(clock.now()) in CLOSED:
        return redirect(url_for(".result", key=key, uuid=uuid))
    return _review_page(paper, view)


@bp.post("/bai-kiem-tra/<key>/<uuid:uuid>/nop")
@signed_in
def submit(key: str, uuid: UUID) -> Any:
    paper, view = _attempt(key, uuid)
    now = clock.now()
    if view.state_at(now) == "in_progress" and not request.form.get("hieu"):
        return _review_page(paper, view, DomainError("attempt.not_reviewed")), 422
    services.submit_attempt(person_id=current_user.id, uuid=uuid, now=now)
    db.session.commit()
    return redirect(url_for(".result", key=key, uuid=uuid))


def read_answer(paper: Paper, position: int) -> Answer:
    """The posted answer. Raises DomainError response.invalid."""
    item = paper.at(position)
    assert item is not None
    sequence = request.form.get("sequence", "")
    if not (sequence.isascii() and sequence.isdigit() and 1 <= int(sequence[:10]) <= MOST_SAVES):
        raise DomainError("response.invalid")
    document = item_types.of(item.type).read(item.document, request.form)
    return Answer(position, document, flagged=request.form.get("xem_lai") == "1", sequence=int(sequence[:10]))


def sentence(error: DomainError) -> str:
    """The refusal in words, with moments as people write them."""
    params = {name: moment(value) if hasattr(value, "astimezone") else value for name, value in error.params.items()}
    return phrases.sentence(DomainError(error.code, **params))


def refusal_to_start(version: AssessmentVersion, *, lessons_missing: int = 0, now: datetime) -> DomainError | None:
    """Why this person cannot start another attempt now, or None."""
    standing = queries.standing_of(current_user.id, version.assessment_id, lessons_missing=lessons_missing, now=now)
    try:
        rules.check_may_start(standing, use=version.use, max_attempts=version.max_attempts,
                              wait_hours=version.wait_hours, now=now)
    except DomainError as refusal:
        return refusal
    return None


def _offered(key: str) -> AssessmentVersion:
    return queries.offered_version(key) or abort(404)


def _attempt(key: str, uuid: UUID, position: int = 1) -> tuple[Paper, AttemptView]:
    """This person's attempt and its paper; 404 when it is not theirs or the paper has no such position."""
    paper = paper_of(uuid)
    if paper is None or paper.at(position) is None:
        abort(404)
    if AT_HAND in request.environ:
        view = request.environ[AT_HAND]
    else:
        view = queries.attempt_of(current_user.id, key, uuid, position=position)
    return paper, view or abort(404)


def _address_of(wanted: str, paper: Paper, key: str, uuid: UUID, position: int) -> str:
    wanted = wanted or str(position + 1)
    if wanted.isascii() and wanted.isdigit() and paper.at(int(wanted[:4])):
        return url_for(".question", key=key, uuid=uuid, position=int(wanted[:4]))
    return url_for(".review", key=key, uuid=uuid)


def _rules_page(key: str, version: AssessmentVersion, refusal: DomainError | None = None) -> Any:
    now = clock.now()
    person = db.session.get_one(Person, current_user.id)
    terms = terms_for(person, key, version, now=now)
    mine = queries.attempts_of(current_user.id, version.assessment_id)
    running = next((one for one in mine if one.state == "in_progress" and not rules.is_over(one.closes_at, now=now)), None)
    if refusal is None and running is None:
        refusal = refusal_to_start(version, lessons_missing=terms.lessons_missing, now=now)
    return render_template(
        "assessment/assessment.html", key=key, version=version, terms=terms, mine=mine, running=running,
        extra_time=person.extra_time_percent, refusal=sentence(refusal) if refusal else "",
        groups=groups_of(terms.pass_rule["groups"]), bank_uses=bank_uses_of(version, terms.bank_uses),
        questions=sum(part["count"] for part in version.draw))


def _question_page(
    paper: Paper, view: AttemptView, position: int, refusal: DomainError | None = None, status: int = 200,
) -> Any:
    return question_page(paper, view, position, base=_base(view), left=rules.seconds_left(view.due_at, now=clock.now()),
                         refusal=sentence(refusal) if refusal else "", status=status)


def _review_page(paper: Paper, view: AttemptView, refusal: DomainError | None = None) -> str:
    return render_template(
        "assessment/review.html", count=len(paper.items), view=view, base=_base(view), words=words(),
        refusal=sentence(refusal) if refusal else "", left=rules.seconds_left(view.due_at, now=clock.now()))


def _base(view: AttemptView) -> str:
    """The address of the attempt, to which its pages add their own ends. (url_for costs a tenth of a question page.)"""
    return f"{request.script_root}/bai-kiem-tra/{view.key}/{view.uuid}"
