"""A test client that looks at every page it fetches, as GOV.UK Notify's does: a thousand small checks for free."""

from html.parser import HTMLParser

from flask import g, has_app_context
from flask.testing import FlaskClient

from lms.core.db import db

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """The parts of a page that the checks need."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.ids, self.labels, self.controls, self.headings = [], [], [], []
        self.title, self.lang, self.problems = "", None, []
        self._open = []
        self._in_label = 0
        self.feed(html)
        self.close()
        if self._open:
            self.problems.append(f"unclosed: {self._open[-3:]}")

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if "id" in a:
            self.ids.append(a["id"])
        if "style" in a or any(name.startswith("on") for name in a):
            self.problems.append(f"inline style or script on <{tag}>")
        if tag == "html":
            self.lang = a.get("lang")
        if tag == "label":
            self._in_label += 1
            self.labels.append(a.get("for"))
        if tag in ("input", "select", "textarea") and a.get("type") not in ("hidden", "submit", "button"):
            named = self._in_label or a.get("aria-label") or a.get("aria-labelledby")
            self.controls.append((a.get("id"), a.get("name"), bool(named)))
        if tag == "img" and "alt" not in a:
            self.problems.append("img without alt")
        if tag == "form" and a.get("method", "get").lower() == "post" and "action" not in a:
            self.problems.append("form without action")
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag == "label":
            self._in_label -= 1
        if tag in VOID:
            return
        if not self._open or self._open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self._open[-1:]}")
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data

    def faults(self):
        """Everything wrong with the page, in words."""
        found = list(self.problems)
        if self.lang not in ("vi", "en"):
            found.append("html without lang")
        if self.headings.count(1) != 1:
            found.append(f"{self.headings.count(1)} h1")
        found += [f"heading level skipped: h{a} to h{b}" for a, b in zip(self.headings, self.headings[1:]) if b > a + 1]
        found += [f"id {i!r} twice" for i in {i for i in self.ids if self.ids.count(i) > 1}]
        found += [f"no label for {name}" for ident, name, labelled in self.controls if not labelled and ident not in self.labels]
        if not self.title.split("|")[0].strip():
            found.append("no title")
        return found


def between_requests():
    """Tests run inside one application context, which requests then share. What a real request would not find is taken
    away: who is signed in and the CSRF token (kept in `g`), and the open transaction of the test, which on SQLite would
    keep every other connection from writing."""
    if has_app_context():
        for name in list(g):
            g.pop(name)
        db.session.commit()


class PageClient(FlaskClient):
    """Flask's test client; refuses a page that breaks a rule of every page."""

    def __init__(self, app):
        super().__init__(app, app.response_class, use_cookies=True)

    def open(self, *args, **kwargs):
        between_requests()
        response = super().open(*args, **kwargs)
        whole_page = response.mimetype == "text/html" and response.data[:9].lower() == b"<!doctype"
        if whole_page and response.status_code not in (301, 302, 303, 308):
            faults = Page(response.get_data(as_text=True)).faults()
            assert faults == [], f"{response.request.path}: {faults}"
        return response

    def sign_in(self, person):
        """Sign this person in as the product does, without the page."""
        from lms.core import clock
        from lms.core.db import db
        from tests.factories import make_sign_in

        token = make_sign_in(person, now=clock.now())
        db.session.commit()
        with self.session_transaction() as session:
            session.clear()
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def token(self):
        """The CSRF token of this browser's session."""
        from flask_wtf.csrf import generate_csrf

        between_requests()
        with self.application.test_request_context():
            from flask import session as fresh

            value = generate_csrf()
            raw = fresh["csrf_token"]
        with self.session_transaction() as session:
            session["csrf_token"] = raw
        return value

    def send(self, path, **data):
        """POST a form as a browser would, with its CSRF token."""
        return self.post(path, data={"csrf_token": self.token(), **data})
