from flask import session


def cookie_of(app):
    """A cookie that the session interface has signed under the keys of this moment."""
    return app.session_interface.get_signing_serializer(app).dumps({"said": "xin chào"})


def said(app, cookie):
    with app.test_request_context("/", headers={"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie}"}):
        return session.get("said")


def test_serializer_is_kept_while_the_keys_are_the_same(app):
    first = app.session_interface.get_signing_serializer(app)

    assert app.session_interface.get_signing_serializer(app) is first


def test_another_key_refuses_what_was_signed_before(app, monkeypatch):
    cookie = cookie_of(app)
    before = said(app, cookie)

    monkeypatch.setitem(app.config, "SECRET_KEY", "another-key-" * 4)

    assert (before, said(app, cookie)) == ("xin chào", None)


def test_a_former_key_still_reads_and_no_longer_signs(app, monkeypatch):
    cookie, former = cookie_of(app), app.config["SECRET_KEY"]

    monkeypatch.setitem(app.config, "SECRET_KEY", "another-key-" * 4)
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [former])

    assert said(app, cookie) == "xin chào"
    assert cookie_of(app).rpartition(".")[2] != cookie.rpartition(".")[2]
