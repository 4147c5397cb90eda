"""Pages in a kept layout: everybody gets their own page, whoever came before."""

import re

import pytest
from flask import session

from lms.core import settings
from lms.core.db import db
from lms.courses.page_frames import stand_in
from lms.web.access import may_open
from lms.web.navigation import AREAS
from tests.courses.factories import lesson_text, load, write_course
from tests.courses.test_views import publish_map
from tests.factories import NOW, make_organisation, make_person, make_role
from tests.pages import PageClient

PATHS = ("/hom-nay", "/ky-nang")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def arrive(app, tmp_path):
    """Signs a person in on a browser of their own."""
    load(write_course(tmp_path, lessons={"tin-gia": lesson_text()}))
    publish_map()

    def sign_in(person):
        db.session.commit()
        return PageClient(app).sign_in(person)
    return sign_in


def html(client, path, **options):
    return client.get(path, **options).get_data(as_text=True)


def layouts(app):
    return list(app.extensions["kept_layouts"]._values.values())


@pytest.mark.parametrize("path", PATHS)
def test_everybody_has_their_own_name_and_token(arrive, app, path):
    first, second = arrive(make_person("Trần Bí Mật")), arrive(make_person("Lê Kín Đáo"))

    pages = [html(client, path) for client in (first, second, first)]
    tokens = [set(TOKEN.findall(page)) for page in pages]

    assert all(len(one) == 1 for one in tokens)
    assert not tokens[0] & tokens[1]
    assert ["Đáo" in page for page in pages] == [False, path == "/hom-nay", False]
    assert layouts(app)
    for layout in layouts(app):
        assert not any(word in layout.html for word in ("Mật", "Đáo", *tokens[0], *tokens[1]))


def test_what_one_has_learned_is_not_on_the_next_map(arrive):
    first, second = arrive(make_person()), arrive(make_person())
    untouched = html(second, "/ky-nang")
    first.send("/bai/tin-gia/tien-do", step="doc-ky")

    mine, theirs = html(first, "/ky-nang"), html(second, "/ky-nang")

    assert mine.count('href="#s1"') == untouched.count('href="#s1"') + 1
    assert TOKEN.sub("", theirs) == TOKEN.sub("", untouched)


@pytest.mark.parametrize("path", PATHS)
def test_a_kept_page_is_the_page_drawn_whole(arrive, app, monkeypatch, path):
    client = arrive(make_person())
    html(client, path)
    kept = html(client, path)
    monkeypatch.setattr("lms.courses.kept_layout.AREAS", ())

    whole = html(client, path)

    assert re.sub(r"\s+</main>", "</main>", TOKEN.sub("", kept)) == re.sub(r"\s+</main>", "</main>", TOKEN.sub("", whole))


@pytest.mark.parametrize("path", PATHS)
def test_each_browser_keeps_its_own_look(arrive, path):
    client = arrive(make_person())
    html(client, path)

    for name, value, shown in (("ngon_ngu", "en", 'lang="en"'), ("co_chu", "lon", 'data-text="lon"'),
                               ("giao_dien", "light", 'data-theme="light"')):
        client.set_cookie(name, value)
        assert shown in html(client, path).partition("<head>")[0]
        client.delete_cookie(name)
        assert shown not in html(client, path).partition("<head>")[0]


def test_a_browser_that_does_not_stay_signed_in_is_watched(arrive):
    kept, shared = arrive(make_person()), arrive(make_person())
    for client, stays in ((kept, True), (shared, False)):
        with client.session_transaction() as cookie:
            cookie.permanent = stays

    assert ["data-idle-minutes" in html(client, "/hom-nay") for client in (kept, shared, kept)] == [False, True, False]


def test_a_notice_is_shown_once_and_to_nobody_else(arrive):
    first, second = arrive(make_person()), arrive(make_person())
    with first.session_transaction() as cookie:
        cookie["_flashes"] = [("ok", "Đã đổi mã PIN.")]

    assert ["Đã đổi mã PIN." in html(client, "/ky-nang") for client in (first, first, second)] == [True, False, False]


def test_staff_see_their_own_doors(arrive):
    officer = make_person()
    make_role(officer, "officer", make_organisation())
    learner, officer = arrive(make_person()), arrive(officer)

    doors = ["Sổ gốc" in html(client, "/ky-nang") for client in (learner, officer, learner)]

    assert doors == [False, True, False]


def test_a_changed_setting_is_seen(arrive, app):
    client = arrive(make_person())
    html(client, "/ky-nang")
    settings.change(now=NOW, operator="test", body_short="Phường Bến Thu")
    db.session.commit()

    assert "Phường Bến Thu" in html(client, "/ky-nang")


def test_the_doors_of_learners_open_for_whoever_is_signed_in(app):
    with app.test_request_context("/"):
        assert not session
        assert all(may_open(door.endpoint, stand_in("learner", locale="vi")) for door in AREAS["learner"])
