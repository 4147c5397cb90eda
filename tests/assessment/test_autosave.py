"""Saving one answer: the statement itself, its refusals, its repeats."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from lms.assessment.models import Attempt, LateResponse, Response
from lms.assessment.queries.attempts import late_positions_of
from lms.assessment.services.attempts import submit_attempt
from lms.assessment.services.autosave import Answer, save_response
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import SignIn
from lms.people.queries.actors import token_hash
from tests.assessment.factories_attempts import begin, make_offer
from tests.factories import NOW, make_person, make_sign_in
from tests.statements import counted

SECOND = timedelta(seconds=1)
END = NOW + timedelta(minutes=21)  # 20 minutes and 60 seconds of grace
ANSWER = {"chosen": ["1a2b3c4d"]}


@pytest.fixture
def learner(app):
    make_offer()
    return make_person()


@pytest.fixture
def save(learner):
    """save(**changes) of question 1 of this learner's open attempt; `.uuid` names the attempt."""
    uuid, _ = begin(learner)
    hashed = token_hash(make_sign_in(learner))
    db.session.commit()

    def save(**changes):
        values = {"position": 1, "document": ANSWER, "flagged": False, "sequence": 1, "token_hash": hashed, "uuid": uuid,
                  "now": NOW, **changes}
        asking = {name: values.pop(name) for name in ("token_hash", "uuid", "now")}
        saved = save_response(db.session.connection(), Answer(**values), **asking)
        db.session.commit()
        return saved

    save.uuid = uuid
    return save


def refused(save, **changes):
    with pytest.raises(DomainError) as refusal:
        save(**changes)
    db.session.rollback()
    return refusal.value.code


def rows():
    found = sa.select(Response.position, Response.sequence, Response.document, Response.receipt, Response.saves)
    return [tuple(row) for row in db.session.execute(found.order_by(Response.position))]


def test_save_is_one_statement(save):
    with counted() as sent:
        save()

    assert len(sent) == 1


def test_save_counts_receipts_over_the_whole_attempt(save):
    receipts = [save(position=1).receipt, save(position=2).receipt, save(position=1, sequence=2).receipt]

    assert receipts == [1, 2, 3]
    assert rows() == [(1, 2, ANSWER, 3, 2), (2, 1, ANSWER, 2, 1)]


def test_save_says_when_the_time_is_up(save):
    saved = save(now=NOW + SECOND)

    assert (saved.saved_at, saved.due_at) == (NOW + SECOND, NOW + timedelta(minutes=20))


def test_save_taken_back_leaves_no_answer(save):
    save()

    save(sequence=2, document=None, flagged=True)

    assert rows() == [(1, 2, None, 2, 2)]


def test_save_repeated_gives_the_same_receipt(save):
    first = save()
    save(position=2)

    again = save(now=NOW + 30 * SECOND)

    assert again == first
    assert rows()[0] == (1, 1, ANSWER, 1, 1)


@pytest.mark.parametrize("change", [
    {"sequence": 2}, {"sequence": 3, "document": {"chosen": ["other"]}}, {"sequence": 3, "flagged": True},
], ids=["older", "same number, other answer", "same number, other flag"])
def test_save_from_a_second_tab_is_refused(save, change):
    save(sequence=3)

    assert refused(save, **change) == "response.stale"
    assert rows() == [(1, 3, ANSWER, 1, 1)]


def test_save_with_a_stranger_or_an_ended_sign_in(save, learner):
    stranger = token_hash(make_sign_in(make_person("Trần Văn Lạ")))
    ended = token_hash(token := make_sign_in(learner))
    db.session.execute(sa.update(SignIn).where(SignIn.token_hash == token_hash(token)).values(ended_at=NOW))
    db.session.commit()

    assert refused(save, token_hash=stranger) == "attempt.not_found"
    assert refused(save, uuid=uuid4()) == "attempt.not_found"
    assert refused(save, token_hash=ended) == "attempt.signed_out"
    assert refused(save, token_hash=token_hash("")) == "attempt.signed_out"
    assert refused(save, now=NOW + timedelta(days=2)) == "attempt.signed_out"
    assert rows() == []


def test_save_of_a_person_who_left_is_refused(save, learner):
    learner.ended_at = NOW
    db.session.commit()

    assert refused(save) == "attempt.signed_out"


def test_save_until_the_last_moment_of_the_grace(save):
    assert save(now=END).receipt == 1
    assert save(now=END + SECOND, sequence=2).receipt is None
    assert rows() == [(1, 1, ANSWER, 1, 1)]


def test_save_after_submit_is_kept_aside_and_never_counted(save, learner):
    save()
    submit_attempt(person_id=learner.id, uuid=save.uuid, now=NOW + SECOND)
    db.session.commit()
    before = db.session.scalar(sa.select(Attempt.result))

    late = save(position=2, now=NOW + 9 * SECOND)
    save(position=2, sequence=2, document={"chosen": ["again"]}, now=NOW + 10 * SECOND)

    kept = db.session.scalars(sa.select(LateResponse)).all()
    assert late.receipt is None
    assert [(one.position, one.sequence, one.document, one.received_at) for one in kept] == [
        (2, 1, ANSWER, NOW + 9 * SECOND)]
    assert late_positions_of(learner.id) == {save.uuid: [2]}
    assert rows() == [(1, 1, ANSWER, 1, 1)]
    assert db.session.scalar(sa.select(Attempt.result)) == before


def test_save_acknowledged_before_the_end_is_acknowledged_again_after_it(save, learner):
    first = save()
    submit_attempt(person_id=learner.id, uuid=save.uuid, now=NOW + SECOND)

    assert save(now=END + SECOND).receipt == first.receipt
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LateResponse)) == 0
