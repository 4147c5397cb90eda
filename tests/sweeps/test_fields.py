"""Every field, query and part of an address with everything that is not meant there: never a fault, never a trace."""

import inspect
import io
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from werkzeug.datastructures import MultiDict

from tests.sweeps import access, examples
from tests.sweeps.cast import COLUMNS

# Fields that only our scripts send, and the parts of questions.
SCRIPTED = {
    "courses.lesson_progress": ["step", "done", "practice"], "courses.self_check": ["check", "choice"],
    "assessment.answer": ["answer"], "assessment.save_answer": ["sequence", "xem_lai", "toi", "answer"],
    "assessment.save_sitting": ["viec-khong-co"],
    # Only lists with open questions show these.
    "rosters.decide": ["nguoi-3"], "rosters.elsewhere_decide": ["dong-3"], "rosters.elsewhere_commit": ["bo_loi"],
    "rosters.undo": ["con_lai"],
}
pytestmark = pytest.mark.heavy  # every field of every route with everything takes minutes
LINE_END = re.compile("[\r\n]|%0[ad]", re.IGNORECASE)  # a line of its own in the headers
SENDERS = ["visitor", "owner", "A-assessor", "A-focal_point", "A-officer", "W-admin"]
VALUES = {
    "missing": None, "nul": "\x00", "huge number": str(10**30), "minus": "-1", "not utf-8": b"\xff\xfe", "empty": "",
    "space": " \t\r\n", "null": "null", "10^18": str(10**18), "NaN": "NaN", "inner nul": "a\x00b",
    "300 KB": "x" * 300_000, "long line of letters": "Ướ" * 2_000, "NFD": unicodedata.normalize("NFD", "Nguyễn Thị Ưởng"),
    "full width": "Ｎｇｕｙễｎ　１２３．．／", "right to left": "\u202eaoH \u2066x", "emoji": "👵🏽👨‍👩‍👧", "digits": "٣²Ⅷ",
    "letter not assigned": "\U000e0fff", "markup": '"><img src=x onerror=alert(1)>{{7*7}}', "sql": "' OR '1'='1' --",
    "pattern": "%_\\", "path": "../../../etc/passwd", "line end": "a\r\nSet-Cookie: b=c",
}


class Forms(HTMLParser):
    """The fields of every form of a page: {action: {field: value}}."""

    def __init__(self, page):
        super().__init__()
        self.found, self.by_id, self.action = {}, {}, ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form" and a.get("method") == "post":
            self.action = a["action"]
            self.by_id[a.get("id")] = self.action
            self.found.setdefault(self.action, {})
        action = self.by_id.get(a.get("form"), self.action) if "form" in a else self.action
        if "formaction" in a:
            self.found.setdefault(a["formaction"], {}).update(self.found.get(action, {}))
        if action and a.get("name") and tag in ("input", "select", "textarea", "button"):
            self.found[action].setdefault(a["name"], a.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self.action = ""


@pytest.fixture(scope="module")
def fields(whole_stage):
    """{endpoint: names of the fields} of every POST route, from the pages that those of SENDERS see, and SCRIPTED."""
    urls = whole_stage.app.url_map.bind("localhost")
    found = {route.endpoint: {*route.example.data, *SCRIPTED.get(route.endpoint, ())}
             for route in whole_stage.routes() if route.method == "POST"}
    for route in (route for route in whole_stage.routes() if route.method == "GET"):
        for column in SENDERS:
            answer = whole_stage.ask(column, route)
            whole_stage.put_back()
            for action, names in Forms(answer.body).found.items() if answer.status == 200 else ():
                found[urls.match(action.partition("?")[0], method="POST")[0]].update(set(names) - {"csrf_token"})
    return found


def sender_of(route, written):
    """The first of SENDERS whom the route lets in."""
    marks = dict(zip(COLUMNS, written[str(route)], strict=True))
    return next(column for column in SENDERS if marks[column] in ("200", "go"))


def bad_forms(good, name, values):
    """{how: form} with every wrong value in the place of this field."""
    rest = {key: value for key, value in good.items() if key != name}
    forms = {how: rest if value is None else {**rest, name: value} for how, value in values.items()}
    first = good.get(name, "x")
    return {**forms, "twice": {**rest, name: [first, first]}, "array": {**rest, f"{name}[]": first, f"{name}[a]": first},
            "file": {**rest, name: (io.BytesIO(b"%PDF-1.7"), "a.pdf")}, "nothing at all": {}}


def fault_of(answer):
    """What is wrong with an answer to wrong input, or nothing."""
    if answer.status >= 500:
        return f"{answer.status}"
    if "Traceback" in answer.body or "<img src=x" in answer.body or LINE_END.search(answer.location):
        return "a trace"
    return ""


def post_all(stage, fields, values):
    """Every field of every POST route with every value; what went wrong."""
    written, faults, sent = access.read(), [], 0
    for route in (route for route in stage.routes() if route.method == "POST"):
        column = sender_of(route, written)
        things = stage.cast.things
        good, address = examples.filled(route.example.data, things), stage.address(route)
        for name in sorted(fields[route.endpoint]):
            for how, form in bad_forms(good, name, values).items():
                client = stage.client(column, examples.filled(route.example.session, things))
                answer = stage.send(client, "POST", address, MultiDict(form))
                stage.put_back()
                sent += 1
                faults += [f"{column} {route} {name} {how}: {fault_of(answer)}"] if fault_of(answer) else []
    return faults, sent


def ask_all(stage, values):
    """Every argument of a query and every part of an address with every value; what went wrong."""
    written, faults, asked = access.read(), [], 0
    for route in stage.routes():
        if route.method == "GET":
            column, client = sender_of_page(route, written), None
            for how, address in bad_addresses(stage, route, values):
                client = stage.client(column, examples.filled(route.example.session, stage.cast.things))
                answer = stage.send(client, "GET", address)
                stage.put_back()
                asked += 1
                faults += [f"{column} {route} {how}: {fault_of(answer)}"] if fault_of(answer) else []
    return faults, asked


def sender_of_page(route, written):
    marks = dict(zip(COLUMNS, written[str(route)], strict=True))
    return next((column for column in SENDERS if marks[column] == "200"), "visitor")


def bad_addresses(stage, route, values):
    """(what is wrong, address): by the arguments that the view's module reads, and by the text parts of the address."""
    good = examples.filled({**route.example.path, **route.example.query}, stage.cast.things)
    view = inspect.unwrap(stage.app.view_functions[route.endpoint])
    source = inspect.getsource(inspect.getmodule(view))
    queries = set(re.findall(r'request\.args(?:\.get\(|\[)"([\w-]+)"', source))
    converters = next(r for r in stage.app.url_map.iter_rules(route.endpoint) if r.rule == route.rule)._converters
    parts = {name for name, converter in converters.items() if type(converter).__name__ in ("UnicodeConverter", "PathConverter")}
    with stage.app.test_request_context():
        for name in sorted(queries | parts):
            for how, value in values.items():
                if value and len(value) < 10_000:
                    yield f"{name} {how}", stage.app.url_for(route.endpoint, **{**good, name: value})


def test_no_field_is_broken_by_anything(whole_stage, fields):
    faults, sent = post_all(whole_stage, fields, VALUES)

    assert faults == []
    assert sent > 1500


def test_no_address_is_broken_by_anything(whole_stage):
    faults, asked = ask_all(whole_stage, VALUES)

    assert faults == []
    assert asked > 1000


def test_no_answer_to_a_question_is_a_fault(whole_stage):
    """Questions of every type on the paper, each field as the page has it."""
    stage, things, faults, sent = whole_stage, whole_stage.cast.things, [], 0
    save, page = (next(route for route in stage.routes() if route.endpoint == f"assessment.{name}")
                  for name in ("save_answer", "question"))
    for position in range(1, things["questions"] + 1):
        shown = stage.send(stage.client("owner"), "GET", stage.address(page).replace("/cau/1", f"/cau/{position}"))
        stage.put_back()
        (good,) = (found for found in Forms(shown.body).found.values() if "sequence" in found)
        for name in {name for name in good if name.startswith("answer")}:
            for how, form in bad_forms({**good, "sequence": "1"}, name, VALUES).items():
                answer = stage.send(stage.client("owner"), "POST", stage.address(save).replace("/cau/1", f"/cau/{position}"),
                                    MultiDict(form))
                stage.put_back()
                sent += 1
                faults += [f"{position} {name} {how}: {fault_of(answer)}"] if fault_of(answer) else []

    assert faults == []
    assert sent > 200


def test_every_form_was_found(fields):
    """A route without a field is one whose button says it all."""
    assert {endpoint for endpoint, names in fields.items() if not names} == {
        "assessment.close_evidence_source", "assessment.start", "campaign.receive", "campaign.remind", "campaign.take_back",
        "certificates.issue_due", "certificates.link", "people.accept", "people.ask", "people.change_person",
        "people.close_joining", "people.end_device", "people.end_other_devices", "people.make_slip", "people.sign_out",
        "people.withdraw", "rosters.discard", "rosters.elsewhere_discard", "rosters.elsewhere_undo", "rosters.slips"}


@pytest.mark.parametrize("body", ["null", "[]", '{"a": 1e999}', "{", '"\\u0000"', "[" * 5_000])
def test_a_body_that_is_no_form_is_no_fault(stage, body):
    for route in (route for route in stage.routes() if route.method == "POST"):
        client = stage.client(sender_of(route, access.read()))
        with client.post(stage.address(route), data=body, content_type="application/json",
                         headers={"X-CSRFToken": client.token()}) as answer:
            status = answer.status_code
        stage.put_back()

        assert status < 500, (str(route), body[:20])


@pytest.mark.parametrize("name", ["phien", "may_quen", "khach", "may", "co_chu", "giao_dien", "ngon_ngu"])
def test_no_cookie_is_a_fault(stage, name):
    for how, value in VALUES.items():
        if isinstance(value, str) and value and len(value) < 1_000:
            client = stage.client("visitor")
            client.set_cookie(name, value)
            for path in ("/", "/bai/goi-dien", "/dang-nhap", "/de-dung"):
                with client.get(path) as answer:
                    assert answer.status_code < 500, (how, path)
