"""Ready pages: fast for nobody, and never a trace of anybody."""

import time

import pytest
from flask import Blueprint, flash, render_template_string, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from lms.core import settings
from lms.core.db import db
from lms.web import access, ready_pages
from lms.web.ready_pages import ready_page
from tests.factories import NOW, make_person

PATH = "/thu-trang-san"
drawn = []


def trial_view():
    drawn.append(1)
    name = current_user.full_name if current_user.is_authenticated else "khách"
    return render_template_string("<p>{{ n }} {{ name }} {{ page_locale() }} {{ text_size() }}</p>", n=len(drawn), name=name)


def noticing_view():
    return "".join(m for m in session.get("_flashes", [("", "không có gì")])[0])


def form_view():
    return generate_csrf()


@pytest.fixture(scope="module")
def second_app(shared_app):
    """The application with three pages of our own, on the same database."""
    from lms.app import create_app

    same = ("TESTING", "SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "LMS_MODE", "LMS_INSTANCE", "LMS_BASE_URL",
            "SERVER_NAME", "TRUSTED_HOSTS", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_NAME")
    app = create_app({name: shared_app.config[name] for name in same})
    blueprint = Blueprint("trial", __name__)
    for name, view in {PATH: trial_view, PATH + "-bao": noticing_view, PATH + "-don": form_view}.items():
        blueprint.add_url_rule(name, view.__name__, access.public(ready_page("trang")(view)))
    app.register_blueprint(blueprint)
    return app


@pytest.fixture
def app(app, second_app):
    """The second application, with an empty database and nothing ready. Its context is not pushed: each request has
    its own, as in real life."""
    drawn.clear()
    second_app.extensions["ready_pages"].forget()
    yield second_app
    with second_app.app_context():
        db.engine.dispose()


def pages(app):
    return app.extensions["ready_pages"].pages


def test_nobody_gets_the_same_bytes_without_drawing(client):
    first, second = client.get(PATH), client.get(PATH)

    assert first.data == second.data
    assert len(drawn) == 1
    assert dict(first.headers) == dict(second.headers)
    assert "script-src 'self'" in second.headers["Content-Security-Policy"]
    assert second.headers["Cache-Control"] == "public, max-age=60"
    assert {"Cookie", "Accept-Encoding"} <= {word.strip() for word in second.headers["Vary"].split(",")}


def test_a_signed_in_request_is_neither_kept_nor_answered_from_what_is_kept(app, client):
    person = make_person("Trần Bí Mật")
    db.session.commit()
    stranger = app.test_client()
    client.sign_in(person)

    mine = client.get(PATH)
    theirs = stranger.get(PATH)
    mine_again = client.get(PATH)

    assert "Trần Bí Mật" in mine.get_data(as_text=True)
    assert "Trần Bí Mật" not in theirs.get_data(as_text=True)
    assert "Trần Bí Mật" in mine_again.get_data(as_text=True)
    assert mine.headers["Cache-Control"] == mine_again.headers["Cache-Control"] == "no-store"
    assert all(b"M\xe1\xba\xadt" not in page.body for page in pages(app).values())


def test_a_notice_waiting_for_this_browser_is_shown_to_it_alone(app, client):
    with app.test_request_context():
        flash("Chào bác Hoa")
        waiting = dict(session)
    with client.session_transaction() as own:
        own.update(waiting)

    assert "Chào bác Hoa" in client.get(PATH + "-bao").get_data(as_text=True)
    assert "Chào bác Hoa" not in app.test_client().get(PATH + "-bao").get_data(as_text=True)


def test_a_page_that_begins_a_session_is_not_kept(app, client):
    first, second = client.get(PATH + "-don"), app.test_client().get(PATH + "-don")

    assert "Set-Cookie" in first.headers
    assert first.data != second.data
    assert pages(app) == {}


@pytest.mark.parametrize("extra", [
    {"Cookie": "phien=abc"}, {"Cookie": "remember_token=x"}, {"Cookie": "la=1"}, {"Cookie": "ngon_ngu=vi; phien=abc"},
    {"Authorization": "Bearer x"}, {"Accept-Encoding": "gzip;q=0"},
], ids=lambda value: " ".join(value.values()))
def test_a_request_that_may_be_somebodys_is_drawn_for_itself(app, extra):
    client = app.test_client(use_cookies=False)
    client.get(PATH, headers=extra)
    client.get(PATH, headers=extra)

    assert len(drawn) == 2


def test_language_text_size_and_coding_have_pages_of_their_own(app):
    seen = set()
    for cookie in ("", "ngon_ngu=en", "co_chu=lon", "giao_dien=light", "ngon_ngu=en; co_chu=rat-lon"):
        for coding in ("", "gzip, deflate, br"):
            client = app.test_client(use_cookies=False)
            headers = {"Cookie": cookie, "Accept-Encoding": coding}
            assert client.get(PATH, headers=headers).data == client.get(PATH, headers=headers).data
            seen.add(client.get(PATH, headers=headers).data)

    assert len(seen) == len(drawn) == 10


def test_invented_cookie_values_and_parameters_do_not_fill_the_store(app):
    client = app.test_client(use_cookies=False)
    for number in range(5):
        client.get(PATH, headers={"Cookie": f"co_chu=la-{number}"})
        client.get(f"{PATH}?la={number}")

    assert pages(app) == {}
    client.get(PATH + "?trang=2")
    assert len(pages(app)) == 1


@pytest.mark.parametrize("strange", [
    {"Cookie": 'ngon_ngu="en"'}, {"Cookie": "ngon_ngu=en; ngon_ngu=xx"}, {"Cookie": 'co_chu="\\162at-lon"'},
    {"Accept-Encoding": "*"}, {"Accept-Encoding": "GZIP"},
], ids=lambda value: " ".join(value.values()))
def test_a_strangely_written_request_changes_nobodys_page(app, strange):
    client = app.test_client(use_cookies=False)
    client.get("/", headers=strange)

    plain = client.get("/", headers={"Accept-Encoding": "identity"})

    assert plain.headers.get("Content-Encoding") is None
    assert '<html lang="vi"' in plain.get_data(as_text=True)
    assert "rat-lon" not in plain.get_data(as_text=True)[:400]


def test_the_store_stays_small(app, monkeypatch):
    monkeypatch.setattr(ready_pages, "MOST_PAGES", 3)
    client = app.test_client()

    for number in range(10):
        client.get(f"{PATH}?trang={number}")

    assert len(pages(app)) <= 3


def test_a_page_grows_old(client, monkeypatch):
    client.get(PATH)
    later = time.monotonic() + ready_pages.SECONDS + 1

    monkeypatch.setattr(time, "monotonic", lambda: later)
    client.get(PATH)

    assert len(drawn) == 2


def test_a_changed_setting_draws_pages_anew(client):
    client.get(PATH)
    settings.change(now=NOW, content_version=settings.current().content_version + 1)
    db.session.commit()

    client.get(PATH)
    settings.forget()
    client.get(PATH)

    assert len(drawn) == 2


def test_head_is_answered_without_a_body_and_keeps_nothing_empty(client):
    assert client.head(PATH).data == b""
    full = client.get(PATH)
    ready = client.head(PATH)

    assert full.data
    assert ready.data == b""
    assert ready.headers["Content-Length"] == str(len(full.data))
    assert client.get(PATH).data == full.data


def test_a_host_that_is_not_ours_gets_nothing_from_the_store(app, client, monkeypatch):
    client.get(PATH)
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["localhost"])

    assert client.get(PATH, headers={"Host": "evil.example"}).status_code == 400


def test_a_missing_page_is_not_kept(app, client):
    assert client.get("/khung/khong-co").status_code == 404
    assert pages(app) == {}
