"""Nothing is changed without the token of one's own session, and nothing by asking for a page."""

import pytest

from tests.sweeps import examples
from tests.sweeps.cast import COLUMNS

pytestmark = pytest.mark.heavy  # every route as every role takes minutes
WRITING = ("POST", "PUT", "PATCH", "DELETE")
# Asking for these with something that nobody has is a guess, and guesses are counted.
GUESSES = {"people.activate": "codes of slips", "people.join": "codes of posters", "certificates.verify": "serials of papers"}
# Who reads the log is written into the log.
WRITTEN_DOWN = {"people.audit_log", "people.audit_log_file"}


def test_nothing_is_sent_without_a_token(stage):
    let_in = []
    for route in stage.routes():
        if route.method in WRITING:
            for column in COLUMNS:
                answer = stage.ask(column, route, token=False)
                if answer.status not in (400, 403) or answer.wrote:
                    let_in.append(f"{column} {route}: {answer.mark}")
                stage.put_back()

    assert let_in == []


def test_the_token_of_somebody_else_is_no_token(stage):
    theirs = stage.client("B-learner").token()

    with stage.client("owner").post("/cua-toi/hien-thi", data={"csrf_token": theirs, "text_size": "lon"}) as response:
        status = response.status_code

    assert status == 400


def test_asking_for_what_is_not_there_writes_only_where_it_must(stage):
    before, changed = stage.transaction.rows(), {}
    for route in stage.routes():
        if route.method != "GET":
            continue
        for column in ("visitor", "owner", "A-officer", "W-admin"):
            answer = stage.ask(column, route, things=examples.NOBODYS)
            if answer.wrote:
                after = stage.transaction.rows()
                changed.setdefault(route.endpoint, set()).update(name for name in after if after[name] != before[name])
            stage.put_back()

    assert changed == dict.fromkeys(GUESSES, {"throttle"}) | dict.fromkeys(WRITTEN_DOWN, {"audit_event"})


def test_other_methods_are_refused(stage):
    paths = {route.rule for route in stage.routes() if not route.arguments}
    client = stage.client("W-admin")

    answers = {(path, method): stage.send(client, method, path).status for path in sorted(paths)
               for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")}

    assert set(answers.values()) == {405}
