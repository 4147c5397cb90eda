import pytest

from lms.core.config import ConfigError, environment, flask_config, is_public_address

GOOD = "f" * 8 + "a1B2c3D4e5F6g7H8" * 2


@pytest.mark.parametrize("secret", ["", "short", "a" * 40, "change-me"])
def test_production_refuses_to_start_without_a_good_secret(tmp_path, secret):
    with pytest.raises(ConfigError, match="LMS_SECRET_KEY"):
        flask_config({"LMS_MODE": "production", "LMS_SECRET_KEY": secret, "LMS_INSTANCE": str(tmp_path)})


def test_demonstration_makes_a_secret_once_and_keeps_it_private(tmp_path):
    env = {"LMS_MODE": "demo", "LMS_INSTANCE": str(tmp_path)}

    first, second = flask_config(env)["SECRET_KEY"], flask_config(env)["SECRET_KEY"]

    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_an_unknown_mode_is_named():
    with pytest.raises(ConfigError, match="LMS_MODE is 'prod'"):
        flask_config({"LMS_MODE": "prod"})


@pytest.mark.parametrize(("url", "public"), [
    ("https://hocso.benthu.example", True), ("http://hocso.benthu.example", False), ("https://localhost", False),
    ("https://127.0.0.1", False), ("https://192.168.1.4", False), ("https://10.0.0.1:8443", False),
    ("https://[::1]", False), ("https://may-chu", False), ("https://hoc.local", False), ("https://8.8.8.8", True),
])
def test_public_address(url, public):
    assert is_public_address(url) is public


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d"])
def test_postgresql_addresses_name_the_driver(tmp_path, url):
    config = flask_config({"LMS_MODE": "demo", "LMS_INSTANCE": str(tmp_path), "LMS_DATABASE_URL": url})

    assert config["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://u@h/d"


def test_https_makes_the_cookie_a_host_cookie(tmp_path):
    config = flask_config({"LMS_MODE": "production", "LMS_SECRET_KEY": GOOD, "LMS_INSTANCE": str(tmp_path),
                           "LMS_BASE_URL": "https://hocso.benthu.example/"})

    assert config["SESSION_COOKIE_NAME"] == "__Host-phien"
    assert config["SESSION_COOKIE_SECURE"] is True
    assert config["LMS_BASE_URL"] == "https://hocso.benthu.example"


def test_config_file_gives_way_to_the_environment(tmp_path, monkeypatch):
    path = tmp_path / "lms.env"
    path.write_text('# secret\nLMS_LOCALE=en\nLMS_PROXIES="2"\n', encoding="utf-8")
    monkeypatch.setenv("LMS_CONFIG", str(path))
    monkeypatch.setenv("LMS_LOCALE", "vi")

    env = environment()

    assert (env["LMS_LOCALE"], env["LMS_PROXIES"]) == ("vi", "2")


def test_a_missing_config_file_is_named(monkeypatch):
    monkeypatch.setenv("LMS_CONFIG", "khong-co.env")

    with pytest.raises(ConfigError, match="khong-co.env"):
        environment()
