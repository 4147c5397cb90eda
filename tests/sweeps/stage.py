"""Walks the routes as each of the cast. Every request meets the same world: it is put back afterwards."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import time_machine

from lms.core import settings
from lms.core.db import db
from lms.courses.queries.lessons import lesson_with_version
from lms.demo.loading import right_answer
from lms.web import ready_pages
from tests.pages import PageClient
from tests.sweeps import examples
from tests.sweeps.cast import Cast, build_cast
from tests.sweeps.one_transaction import OneTransaction

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What a refusal may write: that it happened, and that somebody guessed.
REFUSALS_WRITE = ("audit_event", "throttle")


@dataclass(frozen=True)
class Route:
    """One method of one rule of the application."""

    method: str
    endpoint: str
    rule: str
    arguments: frozenset[str]

    def __str__(self):
        return f"{self.method} {self.rule}"

    @property
    def example(self):
        return examples.example_of(self.endpoint, self.method, self.arguments)


def routes_of(app):
    """Every route of an application, in the order of the addresses."""
    found = [Route(method, rule.endpoint, rule.rule, frozenset(rule.arguments))
             for rule in app.url_map.iter_rules() for method in METHODS if method in rule.methods]
    return sorted(found, key=lambda route: (route.rule, route.method))


@dataclass(frozen=True)
class Answer:
    """What came back. `mark` is the status as access.txt writes it: `in` leads to the sign-in page, `go` elsewhere."""

    status: int
    body: str
    location: str
    wrote: bool  # it tried to

    @property
    def mark(self):
        if not 300 <= self.status < 400:
            return str(self.status)
        return "in" if self.location.startswith("/dang-nhap?next=") else "go"

    @property
    def refused(self):
        return self.status >= 400 or self.mark == "in"


@dataclass
class Stage:
    """The application on one transaction, and the cast."""

    app: object
    transaction: OneTransaction
    cast: Cast

    def routes(self):
        """Every route, in the order of the addresses."""
        return routes_of(self.app)

    def address(self, route, things=None):
        """The address of the route's example."""
        things = things or self.cast.things
        parts = examples.filled({**route.example.path, **route.example.query}, things)
        with self.app.test_request_context():
            return self.app.url_for(route.endpoint, **parts)

    def client(self, column, session=()):
        """The browser of this column, signed in unless it is the visitor's."""
        client = PageClient(self.app)
        with client.session_transaction() as stored:
            stored.update(session)
            if column != "visitor":
                stored["_user_id"], stored["_fresh"] = self.cast.tokens[column], True
        return client

    def ask(self, column, route, *, things=(), token=True):
        """Send the route's example as this column; `things` replace those of the cast."""
        things = {**self.cast.things, **dict(things)}
        client = self.client(column, examples.filled(route.example.session, things))
        data = examples.filled(route.example.data, things)
        return self.send(client, route.method, self.address(route, things), data, token=token)

    def send(self, client, method, address, data=(), *, token=True):
        """Send anything; the world stays changed until `put_back`."""
        if method == "GET":
            response = client.get(address)
        else:
            headers = {"X-CSRFToken": client.token()} if token else {}
            response = client.open(address, method=method, data=data, headers=headers)
        with response:
            body = response.data.decode(errors="replace")
        return Answer(response.status_code, body, response.headers.get("Location", ""), self.transaction.wrote)

    def put_back(self):
        """The world is as it was."""
        self.transaction.back()
        settings.forget()
        with self.app.app_context():
            ready_pages.forget()


@contextmanager
def staged(app, url):
    """The stage: the cast in its world, one hour before noon of a day, and time stands still."""
    now = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=1)
    transaction = OneTransaction(url)
    with time_machine.travel(now, tick=False), app.app_context():
        usual = db.engines[None]
        db.engines[None] = transaction.engine
        try:
            settings.forget()
            cast = build_cast()
            transaction.mark()
            yield Stage(app, transaction, add_content(cast, app))
        finally:
            db.session.remove()
            transaction.end()
            db.engines[None] = usual
            settings.forget()
            ready_pages.forget()


def add_content(cast, app):
    """What of the content the examples name."""
    _lesson, version = lesson_with_version("goi-dien")
    check = version.document["checks"][0]
    cast.things |= {"check": check["id"], "choice": right_answer(check)[0], "release": app.config["ASSET_RELEASE"]}
    db.session.remove()
    return cast
