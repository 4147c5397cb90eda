"""Who reaches what (access.txt), what a refusal gives away (nothing), and what it changes (nothing)."""

import re
from html import unescape

import pytest

from tests.sweeps import access, examples
from tests.sweeps.cast import COLUMNS, MAY_SEE
from tests.sweeps.stage import REFUSALS_WRITE

# Here a stranger reads the holder's name on purpose: they hold the paper with its whole serial.
PUBLIC_BY_SERIAL = {"certificates.verify"}
NOTED_READS = {"people.audit_log", "people.audit_log_file"}  # whoever reads the log leaves a line in it
OWN_LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')

pytestmark = pytest.mark.heavy  # every route as every role takes minutes


@pytest.fixture(scope="module")
def walked(whole_stage):
    """{route: {column: answer}}, and what refusals and reads changed, from one walk of everything."""
    stage, found, changed = whole_stage, {}, []
    before = stage.transaction.rows()
    for route in stage.routes():
        for column in COLUMNS:
            answer = stage.ask(column, route)
            if answer.wrote and (answer.refused or route.method == "GET"):
                is_read = route.method == "GET" and route.endpoint not in NOTED_READS
                after = stage.transaction.rows(but=() if is_read else REFUSALS_WRITE)
                changed += [f"{column} {route} {answer.mark}: {name}" for name in after if after[name] != before[name]]
            stage.put_back()
            found.setdefault(route, {})[column] = answer
    return found, changed


def test_every_route_answers_every_role_as_the_file_says(walked):
    found, _ = walked
    written = access.read()
    asked = {str(route): [answers[column].mark for column in COLUMNS] for route, answers in found.items()}

    assert sorted(asked.keys() - written) == [], "not in access.txt: run python -m tests.sweeps.access and read what it wrote"
    assert sorted(written.keys() - asked) == [], "in access.txt, but no route any more"
    different = [f"{route}, {column}: {mark}, the file says {said}" for route, marks in asked.items()
                 for column, mark, said in zip(COLUMNS, marks, written[route], strict=True) if mark != said]
    assert different == []


def test_a_refusal_or_a_read_changes_nothing(walked):
    _, changed = walked

    assert changed == []


def test_nobody_reads_of_people_whom_they_may_not_see(whole_stage, walked):
    found, _ = walked
    things, told = whole_stage.cast.things, []
    for route, answers in found.items():
        example = route.example
        sent = str([examples.filled(one, things) for one in (example.path, example.query, example.data, example.session)])
        for column, answer in answers.items():
            if answer.refused or (column not in MAY_SEE and route.endpoint not in PUBLIC_BY_SERIAL):
                told += [f"{column} {route} {answer.mark}: {secret}" for secret in whole_stage.cast.secrets
                         if secret in answer.body and secret not in sent]

    assert told == []


def test_the_walk_sees_what_it_looks_for(whole_stage, walked):
    """Or the test above would hold on empty pages."""
    found, _ = walked
    read = {secret for answers in found.values() for column, answer in answers.items() if column in MAY_SEE
            for secret in whole_stage.cast.secrets if secret in answer.body}

    # The phone of the case is on no page of the walk; their code only where they are among the first few of a list.
    assert set(whole_stage.cast.secrets) - read <= {whole_stage.cast.things[name] for name in ("case_phone", "case_code")}


def test_every_link_of_a_page_opens_for_whoever_sees_it(whole_stage, walked):
    """One link of each kind on each page."""
    found, _ = walked
    urls, dead, opened = whole_stage.app.url_map.bind("localhost"), [], {}
    for route, answers in found.items():
        for column, answer in answers.items():
            if answer.status != 200 or "<html" not in answer.body:
                continue
            links = {urls.match(unescape(link).partition("?")[0])[0]: unescape(link) for link in OWN_LINK.findall(answer.body)}
            for endpoint, link in links.items():
                if (column, endpoint) not in opened:
                    opened[column, endpoint] = whole_stage.send(whole_stage.client(column), "GET", link).status
                    whole_stage.put_back()
                if opened[column, endpoint] >= 400:
                    dead.append(f"{column} on {route}: {link} {opened[column, endpoint]}")

    assert dead == []
    assert len(opened) > 400


def names_things(example):
    """Whether the request names something that belongs to somebody."""
    return bool(set(re.findall(r"{(\w+)}", str([example.path, example.data]))) & examples.NOBODYS.keys())


def test_a_thing_of_others_is_refused_like_one_that_is_not_there(whole_stage, walked):
    found, _ = walked
    nobodys, compared, different = examples.NOBODYS, 0, []
    for route, answers in found.items():
        if not names_things(route.example):
            continue
        for column in (column for column, answer in answers.items() if answer.refused):
            answer, ghost = answers[column], whole_stage.ask(column, route, things=nobodys)
            whole_stage.put_back()
            compared += 1
            if (answer.status, neutral(answer, whole_stage.cast.things)) != (ghost.status, neutral(ghost, nobodys)):
                different.append(f"{column} {route}: {answer.mark}, nobody's {ghost.mark}")

    assert different == []
    assert compared > 200


def neutral(answer, things):
    """The answer without what differs from request to request: tokens, and the ids that were sent."""
    text = answer.location + re.sub(r'((?:csrf_token|uuid|person)"[^>]*value|data-token|number)="[^"]*"', "", answer.body)
    for name in examples.NOBODYS:
        text = text.replace(str(things[name]), "·")
    return text
