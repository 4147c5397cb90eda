"""Configuration from the environment (`LMS_…`) and from the file that `LMS_CONFIG` names."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
MODES = ("demo", "production")
FIXED: dict[str, Any] = {
    "BABEL_DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
    "MAX_CONTENT_LENGTH": 16 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 512 * 1024,
    "MAX_FORM_PARTS": 2000,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "PERMANENT_SESSION_LIFETIME": 90 * 24 * 3600,  # seconds
    "SESSION_REFRESH_EACH_REQUEST": False,
    "WTF_CSRF_TIME_LIMIT": None,  # a test or a phone in a pocket may take longer than an hour
}


class ConfigError(Exception):
    """The installation is not configured well enough to start; the message names the setting."""


def read_config_file(path: Path) -> dict[str, str]:
    """`NAME=value` lines; `#` begins a comment line. Values are taken as they stand, quotes around them removed."""
    settings = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            settings[name.strip()] = value.strip().strip('"')
    return settings


def environment() -> dict[str, str]:
    """The process environment over the file named by LMS_CONFIG (default: `instance/lms.env` where it exists).

    A process told to be the demonstration never reads the default file: it is another installation's.
    """
    named = os.environ.get("LMS_CONFIG")
    path = Path(named) if named else ROOT / "instance" / "lms.env"
    if not named and os.environ.get("LMS_MODE") == "demo":
        return dict(os.environ)
    if named and not path.is_file():
        raise ConfigError(f"LMS_CONFIG names {path}, which is not there")
    from_file = read_config_file(path) if path.is_file() else {}
    return {**from_file, **os.environ}


def flask_config(env: Mapping[str, str]) -> dict[str, Any]:
    """The Flask configuration for this environment.

    Raises ConfigError when production lacks a secret or has a weak one.
    """
    mode = env.get("LMS_MODE", "demo")
    if mode not in MODES:
        raise ConfigError(f"LMS_MODE is {mode!r}; it can be: {', '.join(MODES)}")
    instance = Path(env.get("LMS_INSTANCE", ROOT / "instance" / ("demo" if mode == "demo" else "")))
    base_url = env.get("LMS_BASE_URL", f"http://localhost:{env.get('PORT', '8000')}").rstrip("/")
    secure = base_url.startswith("https://")
    return {
        "LMS_MODE": mode,
        "LMS_INSTANCE": instance,
        "LMS_BASE_URL": base_url,
        "LMS_FORMER_HOSTS": [h for h in env.get("LMS_FORMER_HOSTS", "").split(",") if h],
        "LMS_PROXIES": int(env.get("LMS_PROXIES", "0")),
        "LMS_CONTENT": Path(env.get("LMS_CONTENT", ROOT / "courses_content")),
        "LMS_PRIVATE_CONTENT": Path(env["LMS_PRIVATE_CONTENT"]) if env.get("LMS_PRIVATE_CONTENT") else None,
        "LMS_KEYS_SECRET": env.get("LMS_KEYS_SECRET", ""),
        "LMS_ALLOW_LAN_ISSUE": env.get("LMS_ALLOW_LAN_ISSUE") == "1",
        "LMS_SMTP_URL": env.get("LMS_SMTP_URL", ""),
        "LMS_MAIL_FROM": env.get("LMS_MAIL_FROM", ""),
        "LMS_LOG_LEVEL": env.get("LMS_LOG_LEVEL", "INFO").upper(),
        "SECRET_KEY": _secret(env, mode, instance),
        "SECRET_KEY_FALLBACKS": [k for k in env.get("LMS_SECRET_KEY_FALLBACKS", "").split(",") if k],
        "SQLALCHEMY_DATABASE_URI": _database_url(env, instance),
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(env),
        "BABEL_DEFAULT_LOCALE": env.get("LMS_LOCALE", "vi"),
        "TRUSTED_HOSTS": _trusted_hosts(env, base_url),
        "SESSION_COOKIE_NAME": "__Host-phien" if secure else "phien",
        "SESSION_COOKIE_SECURE": secure,
        **FIXED,
    }


def running() -> Mapping[str, Any]:
    """The configuration of the application that runs this code."""
    from flask import current_app

    return current_app.config


def is_public_address(base_url: str) -> bool:
    """Whether a stranger's phone can reach this address: HTTPS, and neither a loopback nor a private host."""
    import ipaddress

    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def _database_url(env: Mapping[str, str], instance: Path) -> str:
    url = env.get("LMS_DATABASE_URL") or f"sqlite:///{(instance / 'lms.db').as_posix()}"
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            url = "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _engine_options(env: Mapping[str, str]) -> dict[str, Any]:
    url = env.get("LMS_DATABASE_URL", "")
    options: dict[str, Any] = {"hide_parameters": True}  # otherwise the complaint of a database puts people into the logs
    if not url.startswith("postgres"):
        return options
    options |= {"pool_pre_ping": True, "pool_recycle": 1800, "pool_size": 8, "max_overflow": 8}
    if env.get("LMS_DATABASE_PGBOUNCER") == "1":
        options["connect_args"] = {"prepare_threshold": None}
    return options


def _trusted_hosts(env: Mapping[str, str], base_url: str) -> list[str]:
    hosts = [urlsplit(base_url).hostname or "localhost", "localhost", "127.0.0.1", "::1"]
    return hosts + [h for h in env.get("LMS_FORMER_HOSTS", "").split(",") if h]


def _secret(env: Mapping[str, str], mode: str, instance: Path) -> str:
    secret = env.get("LMS_SECRET_KEY", "")
    if secret:
        if len(secret) < 32 or len(set(secret)) < 8:
            raise ConfigError("LMS_SECRET_KEY is too weak: at least 32 random characters (start.py install makes one)")
        return secret
    if mode == "production":
        raise ConfigError("LMS_SECRET_KEY is missing: run start.py install, or set at least 32 random characters")
    path = instance / "secret"
    if not path.is_file():
        instance.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()
