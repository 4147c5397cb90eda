"""Sessions in the signed cookie, as Flask keeps them; what signs them is made once instead of twice for each request."""

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class CookieSessions(SecureCookieSessionInterface):
    """Flask's sessions with a kept serializer. It follows from the keys alone, so other keys have another one."""

    def __init__(self) -> None:
        self._kept: tuple[Any, URLSafeTimedSerializer | None] = None, None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        keys = app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ())
        known, serializer = self._kept
        if known != keys:
            serializer = super().get_signing_serializer(app)
            self._kept = keys, serializer
        return serializer
