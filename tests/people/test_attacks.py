"""The attack list, section 4: sign-in, session, recovery. The number of the case stands in each name or docstring."""

import itertools
import re
import time

import pytest
import sqlalchemy as sa

from lms.core import clock, throttle
from lms.core.config import flask_config
from lms.core.db import db
from lms.people.models import Person, SignIn
from lms.people.services.roles import grant_role
from tests.factories import make_member, make_organisation, make_person
from tests.pages import PageClient
from tests.people.factories import PIN, make_account, make_code, make_learner, make_staff, make_ward

LOCKED = "Đã thử 5 lần."


def enter(client, name="0900000001", secret=PIN, **values):
    client.send("/dang-nhap", name=name)
    return client.send("/dang-nhap/pin", secret=secret, **values)


def cookie(client, name="phien"):
    found = client.get_cookie(name)
    return found.value if found else None


def shape(answer):
    """All that an outsider can compare: status, headers but the cookie's bytes, text but the token."""
    headers = [(k, v) for k, v in answer.headers if k not in ("Set-Cookie", "Content-Length")]
    text = answer.get_data(as_text=True)
    return answer.status_code, headers, len(answer.headers.getlist("Set-Cookie")), text


def test_46_known_and_unknown_names_get_the_same_answer(app):
    make_account(phone="0900000001")
    make_account("Lê Minh", phone="0900000003", secret="730264")
    make_account("Lê Mai", phone="0900000003", secret="915038")
    make_person("Chưa Có Mã", phone="0900000004")
    db.session.commit()
    shapes = {}

    for phone in ("0900000001", "0900000002", "0900000003", "0900000004"):
        client = PageClient(app)
        client.environ_base["REMOTE_ADDR"] = f"10.0.0.{phone[-1]}"
        answers = [client.send("/dang-nhap", name=phone), client.get("/dang-nhap/pin")]
        answers += [client.send("/dang-nhap/pin", secret="739104") for _ in range(6)]
        shapes[phone] = [
            (status, headers, cookies, _without_token(text).replace(f"••• {phone[-3:]}", "•••"))
            for status, headers, cookies, text in map(shape, answers)]

    first = shapes["0900000001"]
    for phone, other in shapes.items():
        assert other == first, phone
    assert [status for status, *_ in first] == [302, 200, 422, 422, 422, 422, 429, 429]


def _without_token(text):
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)


@pytest.mark.heavy
def test_46_known_and_unknown_names_take_the_same_time(app):
    """CPU time, so that other work on the machine does not disturb; alone, one more hash is 25 % of an answer."""
    for number in range(16):
        make_account(phone=f"09000001{number:02d}")
        if number % 2:
            make_account("Người Nhà", phone=f"09000001{number:02d}", secret="730264")
    db.session.commit()
    client = PageClient(app)
    enter(client, "0900000999", "739104")  # everything is loaded
    times = {"known": [], "unknown": []}

    for number in range(16):
        for kind, phone in (("known", f"09000001{number:02d}"), ("unknown", f"09000002{number:02d}")):
            client.send("/dang-nhap", name=phone)
            began = time.process_time()
            client.send("/dang-nhap/pin", secret="739104")
            times[kind].append(time.process_time() - began)

    slower = [known > unknown for known, unknown in itertools.product(times["known"], times["unknown"])]
    assert 0.2 <= sum(slower) / len(slower) <= 0.8


def test_47_fifty_wrong_pins_for_one_account_are_stopped(client):
    make_account()
    db.session.commit()
    client.send("/dang-nhap", name="0900000001")

    statuses = [client.send("/dang-nhap/pin", secret=f"7391{n:02d}").status_code for n in range(50)]

    assert statuses == [422] * 4 + [429] * 46


@pytest.mark.heavy
def test_47_fifty_accounts_from_one_address_are_stopped(client):
    person = make_account()
    db.session.commit()

    for number in range(50):
        enter(client, f"09111111{number:02d}", "739104")
    answer = enter(client)

    assert answer.status_code == 429
    assert "Nơi này đã thử sai nhiều lần." in answer.get_data(as_text=True)
    assert person.ended_at is None


@pytest.mark.heavy
def test_47_53_forged_forwarded_addresses_do_not_spread_the_guesses(client):
    make_account()
    db.session.commit()

    for number in range(3):
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
        enter(client, f"09111111{number:02d}", "739104")

    counted = db.session.scalar(sa.select(throttle.Throttle.failures).where(
        throttle.Throttle.subject == throttle.subject_key("sign_in_address", "127.0.0.1")))
    assert counted == 3


def test_47_the_count_is_shared_through_the_database(app):
    """Another worker has its own memory, not its own count."""
    make_account()
    db.session.commit()
    first, second = PageClient(app), PageClient(app)

    for client in (first, second, first, second, first):
        enter(client, secret="739104")

    assert LOCKED in enter(second).get_data(as_text=True)


def test_48_a_slip_opens_once_and_for_its_own_person_only(client):
    hoa, mai = make_person("Nguyễn Thị Hoa"), make_person("Lê Thị Mai")
    code = make_code(hoa, now=clock.now())
    db.session.commit()

    answer = client.send(f"/p/{code}", secret=PIN, again=PIN, agreed="1", form_of_address="ban", person=str(mai.uuid),
                         person_id=str(mai.id))

    assert answer.status_code == 302
    db.session.expire_all()
    assert (hoa.secret_hash is not None, mai.secret_hash) == (True, None)


def test_49_the_session_changes_at_sign_in_and_the_old_one_is_dead(client):
    make_account()
    db.session.commit()
    client.send("/dang-nhap", name="0900000001")
    planted = cookie(client)

    client.send("/dang-nhap/pin", secret=PIN)

    assert cookie(client) != planted
    client.set_cookie("phien", planted)
    assert client.get("/cua-toi").status_code == 302


def test_49_the_session_changes_with_the_pin(client):
    make_account()
    db.session.commit()
    enter(client)
    before = cookie(client)

    client.send("/cua-toi/ma-pin", old=PIN, secret="730264", again="730264")
    after = cookie(client)

    assert after != before
    assert client.get("/cua-toi").status_code == 200
    client.set_cookie("phien", before)
    assert client.get("/cua-toi").status_code == 302


def test_49_a_new_role_needs_a_new_session(client):
    person, ward = make_account(), make_organisation()
    db.session.commit()
    enter(client)

    grant_role(person, "officer", ward, now=clock.now())
    db.session.commit()

    assert client.get("/nguoi-hoc").status_code == 302
    enter(client)
    assert client.get("/nguoi-hoc").status_code == 200


@pytest.mark.parametrize("way", ["/dang-xuat", "/doi-nguoi"])
def test_50_a_replayed_cookie_is_refused_after_sign_out(client, way):
    make_account()
    db.session.commit()
    enter(client)
    kept = cookie(client)

    client.send(way)
    client.set_cookie("phien", kept)

    assert client.get("/cua-toi").status_code == 302


@pytest.mark.parametrize("wanted", [
    "//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "/%09/evil.example",
    "\t//evil.example", "https://hocso.benthu.example@evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1",
    "/%2f%2fevil.example", "///evil.example", "/\t/evil.example", "\\\\evil.example",
])
def test_51_next_never_leads_away(client, wanted):
    make_account()
    db.session.commit()

    client.get("/dang-nhap", query_string={"next": wanted})
    answer = enter(client)

    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\", "/\t"))
    assert "x=1" not in str(answer.headers)


def test_51_every_redirect_parameter_goes_through_own_path():
    from tests.test_guardrails import ROOT

    for path in (ROOT / "people").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "redirect(request." not in source, path
        assert 'args["next"]' not in source, path


def test_52_the_host_header_reaches_no_slip_and_no_redirect(client, app):
    _ward, to_1, _to_2 = make_ward()
    learner = make_learner(to_1)
    client.sign_in(make_staff("mentor", to_1))
    headers = {"X-Forwarded-Host": "evil.example"}

    made = client.send(f"/nguoi-hoc/{learner.uuid}/phieu")
    page = client.get(made.location, headers=headers).get_data(as_text=True)

    assert made.location.startswith("/phieu/")
    assert "evil.example" not in page
    assert "hocso.benthu.example/p" in page


def test_52_an_unknown_host_is_refused(client, app):
    app.config["TRUSTED_HOSTS"] = ["hocso.benthu.example"]
    try:
        refused = client.get("/dang-nhap", headers={"Host": "evil.example"})
        taken = client.get("/dang-nhap", headers={"Host": "hocso.benthu.example"})
    finally:
        app.config["TRUSTED_HOSTS"] = None

    assert (refused.status_code, taken.status_code) == (400, 200)


def test_53_the_proxys_word_counts_only_as_often_as_configured(app, monkeypatch):
    from werkzeug.middleware.proxy_fix import ProxyFix

    from lms.people.views.browser import address_of_request

    seen = []

    def application(environ, start_response):
        with app.request_context(environ):
            seen.append(address_of_request())
        start_response("204 No Content", [])
        return []

    from werkzeug.test import Client

    forged = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    Client(application).get("/", headers=forged, environ_overrides={"REMOTE_ADDR": "10.0.0.1"})
    Client(ProxyFix(application, x_for=1)).get("/", headers=forged, environ_overrides={"REMOTE_ADDR": "10.0.0.1"})
    Client(application).get("/", environ_overrides={"REMOTE_ADDR": "2001:db8:1:2:3::4"})

    assert seen == ["10.0.0.1", "203.0.113.9", "2001:db8:1:2::/64"]


def test_54_cookies_of_a_public_installation_are_locked_down(client, app):
    config = flask_config({"LMS_MODE": "production", "LMS_SECRET_KEY": "k3-Wq8sZ" * 6, "LMS_BASE_URL": "https://x.example"})
    names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE")
    before = {name: app.config[name] for name in names}
    make_account(text_size="lon")
    db.session.commit()

    app.config.update({name: config[name] for name in names})
    try:
        client.environ_base["wsgi.url_scheme"] = "https"
        headers = {"Referer": "https://localhost/dang-nhap"}
        with client.session_transaction(base_url="https://localhost") as session:
            session["sign_in"] = ["phone", "0900000001"]
        answer = _post_over_https(client, headers)
    finally:
        app.config.update(before)

    cookies = {c.split("=")[0]: c for c in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"__Host-phien", "__Host-may-quen", "co_chu"}
    for text in cookies.values():
        assert "Secure" in text
        assert "HttpOnly" in text
        assert "SameSite=Lax" in text
        assert "Path=/" in text
        assert "Domain" not in text
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def _post_over_https(client, headers):
    from flask_wtf.csrf import generate_csrf

    with client.application.test_request_context():
        from flask import session as fresh

        token, raw = generate_csrf(), fresh["csrf_token"]
    with client.session_transaction(base_url="https://localhost") as session:
        session["csrf_token"] = raw
    return client.post("/dang-nhap/pin", base_url="https://localhost", headers=headers,
                       data={"csrf_token": token, "secret": PIN, "kept": "1"})


@pytest.mark.parametrize("path", ["/dang-nhap", "/p/2222222222", "/khong-co-trang-nay", "/cua-toi", "/dang-ky"])
def test_54_every_answer_bears_the_security_headers(client, path):
    headers = client.get(path).headers

    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/dang-nhap/pin", "/dang-nhap/pin?kieu=chu"])
def test_55_paste_and_password_managers_work(client, path):
    client.send("/dang-nhap", name="0900000001")

    text = client.get(path).get_data(as_text=True)

    field = next(line for line in text.splitlines() if 'id="secret"' in line)
    assert 'autocomplete="current-password"' in field
    assert "maxlength" not in field
    assert "onpaste" not in text


def test_55_long_vietnamese_passphrases_sign_in_in_both_normal_forms(app):
    import unicodedata

    long = "Đường về quê mẹ có hàng dừa xanh và con sông nhỏ chảy quanh co " * 2
    make_account(secret=long)
    db.session.commit()

    for form in ("NFC", "NFD"):
        assert enter(PageClient(app), secret=unicodedata.normalize(form, long)).status_code == 302
    assert enter(PageClient(app), secret=long[:72]).status_code == 422


@pytest.mark.parametrize("secret", ["matkhau123", "123456", "anhyeuem", "nguyenthihoa", "150359", "password1"])
def test_56_common_and_personal_secrets_are_refused_wherever_one_is_set(client, secret):
    person = make_person("Nguyễn Thị Hoa", birth_year=1959)
    code = make_code(person, now=clock.now())
    account = make_account("Nguyễn Thị Hoa", birth_year=1959)
    db.session.commit()

    slip = client.send(f"/p/{code}", secret=secret, again=secret, agreed="1", form_of_address="ban")
    client.sign_in(account)
    change = client.send("/cua-toi/ma-pin", old=PIN, secret=secret, again=secret)

    for answer in (slip, change):
        assert answer.status_code == 422
        assert "Mã này dễ đoán." in answer.get_data(as_text=True)


def test_57_a_reset_slip_leaks_nothing_and_dies_with_the_next(client):
    person = make_account(email="hoa@benthu.example")
    old = make_code(person, now=clock.now())
    new = make_code(person, now=clock.now())
    db.session.commit()

    dead, live = client.get(f"/p/{old}"), client.get(f"/p/{new}")

    assert (dead.status_code, live.status_code) == (404, 200)
    assert live.headers["Referrer-Policy"] == "same-origin"
    assert live.headers["Cache-Control"] == "no-store"
    text = live.get_data(as_text=True)
    assert [secret in text for secret in ("0900000001", "hoa@benthu.example", person.personal_code)] == [False] * 3


def test_58_the_printed_personal_code_alone_opens_nothing(client):
    from lms.people.rules.identities import new_personal_code

    person = make_account()
    person.personal_code = new_personal_code("BT")
    db.session.commit()
    client.send("/dang-nhap", name=person.personal_code)

    page = client.get("/dang-nhap/pin").get_data(as_text=True)
    statuses = [client.send("/dang-nhap/pin", secret="739104").status_code for _ in range(6)]

    assert "Hoa" not in page
    assert statuses == [422] * 4 + [429] * 2
    assert client.get("/cua-toi").status_code == 302


def test_59_a_shared_machine_warns_and_signs_out_and_a_kept_one_does_not(client):
    make_account()
    db.session.commit()

    enter(client)
    shared = client.get("/cua-toi").get_data(as_text=True)
    client.send("/dang-xuat")
    enter(client, kept="1")
    kept = client.get("/cua-toi").get_data(as_text=True)

    assert 'data-idle-minutes="30"' in shared
    assert 'role="alert" data-words=' in shared
    assert "data-idle-minutes" not in kept


def test_59_nothing_of_the_former_person_is_kept(client):
    person = make_account()
    make_member(person, make_organisation())
    db.session.commit()
    enter(client)

    pages = [client.get(path) for path in ("/cua-toi", "/cua-toi/du-lieu", "/cua-toi/thiet-bi", "/cua-toi/du-lieu.json")]
    left = client.send("/doi-nguoi")

    assert [page.headers["Cache-Control"] for page in pages] == ["no-store"] * 4
    assert left.headers["Clear-Site-Data"] == '"storage"'
    assert cookie(client, "co_chu") is None
    assert [client.get(path).status_code for path in ("/cua-toi", "/cua-toi/du-lieu.json")] == [302, 302]
    assert "Hoa" not in (cookie(client) or "")
    assert db.session.scalar(sa.select(sa.func.count()).where(SignIn.ended_at.is_(None))) == 0


def test_36_registration_takes_no_role_organisation_or_id_from_the_form(client):
    _ward, to_1, _to_2 = make_ward()
    db.session.commit()
    extra = {"role": "admin", "is_admin": "1", "organisation_id": str(to_1.id), "id": "1", "personal_code": "BT-AAA-AAA"}

    client.send("/dang-ky", audience="nguoi-dan", **extra)
    client.send("/dang-ky/ten", full_name="Kẻ Lạ", birth_year="1990", **extra)
    client.send("/dang-ky/ma", phone="", no_phone="1", secret=PIN, again=PIN, agreed="1", **extra)

    from lms.people.queries.organisations import organisation_keys_of
    from lms.people.queries.persons import roles_of
    person = db.session.scalars(sa.select(Person)).one()
    assert (roles_of(person.id), organisation_keys_of(person.id)) == ((), ["ben-thu"])
    assert person.personal_code != "BT-AAA-AAA"


ODD = ["", "\x00", "null", "1e999", "-1", "9" * 19, "ａｂｃ", "\u202eabc", "😀" * 50, "%00", "' OR 1=1 --", "x" * 100_000]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_04_odd_input_never_breaks_a_page(client, odd):
    """Section 0.4: every field of people's pages, the wrong kind of text, typed and sent twice."""
    _ward, to_1, _to_2 = make_ward()
    staff = make_staff("focal_point", to_1)
    db.session.commit()
    forms = {
        "/dang-nhap": ["name"], "/dang-nhap/pin": ["secret", "kept"], "/p": ["code"], "/dang-ky": ["audience"],
        "/dang-ky/ten": ["full_name", "birth_year"], "/dang-ky/giam-ho": ["guardian_name", "guardian_relation"],
        "/dang-ky/ma": ["phone", "secret", "again", "agreed"],
        "/nguoi-hoc/moi": ["full_name", "birth_year", "phone", "organisation"],
        "/phieu": ["nguoi"], "/cua-toi/hien-thi": ["form_of_address", "text_size"], "/cua-toi/ma-pin": ["old", "secret", "again"]}
    queries = {"/nguoi-hoc": ["tim", "trang"], "/phieu": ["tim", "trang"], "/dang-ky": ["don-vi", "next"], "/dang-nhap": ["next"]}

    client.send("/dang-nhap", name="0900000001")
    client.send("/dang-ky", audience="nguoi-dan")
    client.send("/dang-ky/ten", full_name="Lê Bảo An", birth_year=str(clock.now().year - 12))
    client.send("/dang-ky/giam-ho", guardian_name="Lê Thị Mai", guardian_relation="me", guardian_agrees="1")
    statuses = []
    for signed_in in (False, True):
        if signed_in:
            client.sign_in(staff)
        statuses += [client.send(path, **{name: [odd, odd] for name in names}).status_code for path, names in forms.items()]
        statuses += [client.get(path, query_string=dict.fromkeys(names, odd[:2000])).status_code
                     for path, names in queries.items()]

    assert [status for status in statuses if status >= 500] == []
