import pytest

from lms.core.db import db
from lms.web.addresses import own_path

EVIL = ["//evil.example", "/\\evil.example", "https:evil", "https://evil.example", "/\t/evil", "\t//evil", "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=1", "https://hocso.benthu.example@evil", "", None, "evil", "/" + "a" * 600]


@pytest.mark.parametrize("wanted", EVIL)
def test_only_own_paths_are_followed(wanted):
    assert own_path(wanted, "/hom-nay") == "/hom-nay"


@pytest.mark.parametrize("wanted", ["/", "/bai/goi-dien?may=iphone", "/k/BT-2026-000127-K7QM-2RXD", "/tim?q=l%E1%BB%ABa"])
def test_own_paths_pass(wanted):
    assert own_path(wanted, "/") == wanted


@pytest.mark.parametrize("path", ["/tro-giup", "/khong-co-trang-nay", "/healthz"])
def test_security_headers_are_on_every_answer(client, path):
    headers = client.get(path).headers

    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_an_unknown_page_says_what_to_do(client):
    response = client.get("/khong-co-trang-nay")

    assert response.status_code == 404
    assert "Không có trang này" in response.get_data(as_text=True)


def test_a_fault_shows_a_number_and_no_trace(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def broken(*_args, **_kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setitem(app.view_functions, "web.help_page", broken)

    response = client.get("/tro-giup")

    assert response.status_code == 500
    page = response.get_data(as_text=True)
    assert "secret detail" not in page
    assert "Traceback" not in page
    assert "bạn đọc số này" in page


def test_a_database_away_is_told_kindly(app, client, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def away(*_args, **_kwargs):
        raise OperationalError("SELECT", {}, Exception("disk full at /srv/secret"))

    monkeypatch.setattr(db.session, "execute", away)
    client.set_cookie("phien", "x")

    response = client.get("/khong-co-trang-nay-2")

    assert response.status_code in (404, 503)
    assert "/srv/secret" not in response.get_data(as_text=True)


def test_a_post_without_a_token_is_refused(client):
    response = client.post("/cai-dat/hien-thi", data={"co_chu": "lon"})

    assert response.status_code == 400


def test_text_size_and_language_are_remembered(client):
    client.send("/cai-dat/hien-thi", co_chu="rat-lon", next="/tro-giup")
    client.send("/cai-dat/hien-thi", ngon_ngu="en", giao_dien="light", next="//evil.example")

    page = client.get("/tro-giup").get_data(as_text=True)

    assert 'data-text="rat-lon"' in page
    assert 'data-theme="light"' in page
    assert 'lang="en"' in page


def test_static_files_are_kept_for_a_year_under_their_release(client):
    page = client.get("/tro-giup").get_data(as_text=True)
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]

    with client.get(address) as kept, client.get("/tinh/0000000000/css/tokens.css") as old:
        assert "immutable" in kept.headers["Cache-Control"]
        assert old.headers["Cache-Control"] == "no-cache"
    assert client.get("/tinh/0000000000/../../app.py").status_code == 404


def test_an_unknown_host_is_refused(app):
    app.config["TRUSTED_HOSTS"] = ["hocso.benthu.example"]
    try:
        assert app.test_client().get("/healthz", headers={"Host": "evil.example"}).status_code == 400
        assert app.test_client().get("/healthz", headers={"Host": "hocso.benthu.example"}).status_code == 200
    finally:
        app.config["TRUSTED_HOSTS"] = None


def test_a_body_over_the_limit_is_refused(client):
    response = client.post("/cai-dat/hien-thi", data={"co_chu": "x" * (600 * 1024)})

    assert response.status_code == 413
