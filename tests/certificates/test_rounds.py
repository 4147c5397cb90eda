"""Issuing to many: drawn while nobody has to wait, written in a moment, each exactly once."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.certificates import rounds
from lms.certificates.models import Credential, CredentialEvent, CredentialFile, IssuerCounter
from lms.certificates.services import issue, paper
from lms.core import settings
from lms.core.db import db
from tests.certificates.factories import BODY, end_confirmation, make_confirmation, make_policy, set_body
from tests.factories import NOW, make_organisation, make_person

LATER = NOW + timedelta(days=3)


@pytest.fixture
def due(app):
    """`due("Tên", …)` commits a confirmation for each; the models."""
    set_body()
    make_policy()
    db.session.commit()

    def confirm(*names, **values):
        made = [make_confirmation(make_person(name), **values) for name in names]
        db.session.commit()
        return made

    return confirm


@pytest.fixture
def while_drawing(monkeypatch):
    """`while_drawing(what)` has `what()` happen elsewhere, once, while the first paper is being drawn."""
    def meanwhile(what):
        real, faults = paper.draw, []

        def elsewhere(app):
            try:
                with app.app_context():
                    what()
                    db.session.commit()
                    db.session.remove()
            except Exception as fault:
                faults.append(fault)

        def draw(issued, kind="pdf"):
            monkeypatch.setattr(paper, "draw", real)
            from flask import current_app

            somebody = threading.Thread(target=elsewhere, args=[current_app._get_current_object()])
            somebody.start()
            somebody.join(3)
            assert not somebody.is_alive(), "somebody else's write waits until the paper is drawn"
            assert faults == []
            return real(issued, kind)

        monkeypatch.setattr(paper, "draw", draw)

    return meanwhile


def papers():
    """(confirmation, number) of every paper; each has its file and its first event."""
    found = db.session.scalars(sa.select(Credential).order_by(Credential.number)).all()
    for model in (CredentialFile, CredentialEvent):
        assert sorted(db.session.scalars(sa.select(model.credential_id))) == sorted(c.id for c in found)
    assert db.session.scalar(sa.select(IssuerCounter.last_number)) in (None, len(found)), "a number leads nowhere"
    return [(c.confirmation_id, c.number) for c in found]


def test_nobody_waits_while_a_paper_is_drawn(due, while_drawing):
    first, second = due("Trần Thị Lựu", "Lê Văn Hùng")
    while_drawing(lambda: make_person("Người Đang Lưu Bài"))

    made = rounds.issue_due(now=NOW)

    assert [c.confirmation_id for c in made] == [first.id, second.id]
    assert papers() == [(first.id, 1), (second.id, 2)]


def test_what_is_drawn_ahead_is_what_is_issued(due):
    (confirmation,) = due("Trần Thị Lựu")

    (made,) = rounds.issue_due(now=NOW)

    stored = db.session.scalars(sa.select(CredentialFile).options(sa.orm.undefer(CredentialFile.content))).one()
    assert stored.content == paper.draw(made.issued)
    assert (made.issued["serial"], made.confirmation_id) == (made.serial, confirmation.id)


def test_a_number_taken_meanwhile_means_drawing_anew(due, while_drawing):
    first, second = due("Trần Thị Lựu", "Lê Văn Hùng")
    second_id = second.id
    while_drawing(lambda: issue(db.session.get(type(second), second_id), now=NOW))

    made = rounds.issue_due(now=NOW)

    assert [c.confirmation_id for c in made] == [first.id]
    assert papers() == [(second.id, 1), (first.id, 2)]


def test_a_confirmation_withdrawn_meanwhile_gets_no_paper(due, while_drawing):
    (confirmation,) = due("Trần Thị Lựu")
    ended = confirmation.id
    while_drawing(lambda: end_confirmation(db.session.get(type(confirmation), ended), "withdrawn", at=NOW))

    assert rounds.issue_due(now=NOW) == []
    assert papers() == []


def test_a_signatory_changed_meanwhile_stands_on_the_paper(due, while_drawing):
    due("Trần Thị Lựu")
    while_drawing(lambda: settings.change(now=NOW, **{**BODY, "signatory_name": "Đỗ Thị Hạnh"}))

    (made,) = rounds.issue_due(now=NOW)

    assert made.issued["signatory_name"] == "Đỗ Thị Hạnh"


def test_more_than_one_round_is_issued_and_unprintable_names_are_left(due):
    names = [f"Nguyễn Văn {number}" for number in range(rounds.A_ROUND + 1)]
    due("王小明", *names)

    made = rounds.issue_due(now=NOW)

    assert [c.issued["recipient"] for c in made] == names
    assert len(papers()) == len(names)
    assert rounds.issue_due(now=LATER) == []


def test_only_the_organisations_that_are_asked_for(due):
    here, elsewhere = make_organisation(), make_organisation("Phường khác")
    due("Trần Thị Lựu", organisation=elsewhere)
    (mine,) = due("Lê Văn Hùng", organisation=here)

    made = rounds.issue_due(now=NOW, organisation_ids=[here.id])

    assert [c.confirmation_id for c in made] == [mine.id]


@pytest.mark.parametrize("racers", [12])
def test_many_at_once_issue_each_confirmation_once(app, due, racers):
    confirmations = sorted(one.id for one in due(*(f"Nguyễn Văn {number}" for number in range(4))))
    db.session.commit()
    start, made, failed = threading.Barrier(racers), [], []

    def race():
        with app.app_context():
            start.wait()
            try:
                made.extend(c.confirmation_id for c in rounds.issue_due(now=NOW))
            except Exception as fault:
                failed.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=race) for _ in range(racers)]
    [t.start() for t in threads]
    [t.join() for t in threads]

    assert failed == []
    assert sorted(made) == confirmations
    assert sorted(id for id, _ in papers()) == confirmations
    assert sorted(number for _, number in papers()) == [1, 2, 3, 4]


@pytest.mark.parametrize("point", ["drawing", "writing"])
def test_a_worker_that_dies_leaves_nothing_half_done(due, monkeypatch, point):
    confirmations = due(*(f"Nguyễn Văn {number}" for number in range(3)))
    calls = []

    def die(*_, **__):
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit

    with monkeypatch.context() as patch:
        real = paper.draw
        if point == "drawing":
            patch.setattr(paper, "draw", lambda *given: die() or real(*given))
        else:
            patch.setattr(rounds.services.issuing.audit, "record", die)
        with pytest.raises(SystemExit):
            rounds.issue_due(now=NOW)
    db.session.rollback()

    rounds.issue_due(now=LATER)

    assert papers() == [(one.id, number) for number, one in enumerate(confirmations, start=1)]
