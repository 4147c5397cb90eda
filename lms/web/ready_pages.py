"""Whole public pages kept as bytes, for visitors of whom nothing is known.

    @bp.get("/khung/<key>")
    @public
    @ready_page("phien-ban")        # the query parameters on which the page depends
    def framework(key): ...

The first such visitor has the page drawn; for a minute the others get the same answer, headers and all, before the
application is even asked. What an answer depends on is in its name: scheme, host, address, query, coding, and the
language, text size and theme in the cookies. When a setting changes or content is loaded (`settings.content_version`),
every worker forgets its pages within the ten seconds for which settings are cached.

An answer is neither taken from here nor put here when the browser sends any other cookie (a session: a person, a notice
waiting to be shown, a form's token) or credentials, when it sets a cookie, or when it is not a 200. So nothing of a
person can get in, whatever the template shows.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, NamedTuple

from flask import Flask, current_app, make_response, request

from lms.core import settings
from lms.core.db import reading_only

SECONDS = 60
MOST_PAGES = 256
NAME = "lms.ready_page.name"      # in the WSGI environment: what this answer would be called here
WANTED = "lms.ready_page.wanted"  # in the WSGI environment: the view says that it may be kept

View = Callable[..., Any]


class ReadyPage(NamedTuple):
    """One answer, and the moment of the steady clock from which it is drawn anew."""

    headers: list[tuple[str, str]]
    body: bytes
    until: float


class ReadyPages:
    """Stands before the application and answers what it has ready."""

    def __init__(self, app: Flask, display_cookies: Mapping[str, tuple[str, ...]]) -> None:
        self.app = app
        self.draw = app.wsgi_app
        self.display_cookies = display_cookies
        self.pages: dict[tuple[str, ...], ReadyPage] = {}
        self.drawn_under: settings.Settings | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        name = environ[NAME] = self._name(environ)
        if name is None:
            return self.draw(environ, start_response)
        if name in self.pages:  # whoever asks for anything else must not wait for the database here
            self._forget_when_settings_changed()
        page = self.pages.get(name)
        if page is not None and page.until > time.monotonic():
            start_response("200 OK", list(page.headers))
            return [page.body] if environ["REQUEST_METHOD"] == "GET" else []
        return self._draw_and_keep(name, environ, start_response)

    def forget(self) -> None:
        """Draw every page anew."""
        self.pages.clear()

    def _draw_and_keep(self, name: tuple[str, ...], environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        begun: list[Any] = []

        def remember(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            begun[:] = [status, headers]
            return start_response(status, headers, *rest)

        answer = self.draw(environ, remember)
        if not environ.get(WANTED) or environ["REQUEST_METHOD"] != "GET":
            return answer
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        status, headers = begun
        if status.startswith("200") and not any(key.lower() == "set-cookie" for key, _ in headers):
            self._forget_when_settings_changed()
            if len(self.pages) >= MOST_PAGES:
                self.pages.clear()
            self.pages[name] = ReadyPage(headers, body, time.monotonic() + SECONDS)
        return [body]

    def _name(self, environ: dict[str, Any]) -> tuple[str, ...] | None:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in environ:
            return None
        coding = environ.get("HTTP_ACCEPT_ENCODING", "").lower()
        display = self._display(environ.get("HTTP_COOKIE", ""))
        if display is None or ";" in coding or "*" in coding:  # weighed codings are rare and not worth a rule of their own
            return None
        return (environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ["PATH_INFO"],
                environ.get("QUERY_STRING", ""), "gzip" if "gzip" in coding else "", *display)

    def _display(self, cookies: str) -> list[str] | None:
        """The choices of language, text size and theme; None when there is any other cookie, or one that is not written as
        this site writes it: quoted, twice or otherwise strange, the view might read it as another choice than we do."""
        chosen = dict.fromkeys(self.display_cookies, "")
        for pair in filter(None, cookies.split(";")):
            name, _, value = pair.strip().partition("=")
            if chosen.get(name) != "" or value not in self.display_cookies[name]:
                return None
            chosen[name] = value
        return list(chosen.values())

    def _forget_when_settings_changed(self) -> None:
        now = settings.cached()
        if now is None:
            token = reading_only.set(True)
            try:
                with self.app.app_context():
                    now = settings.shown()
            finally:
                reading_only.reset(token)
        if now is not self.drawn_under:
            if now != self.drawn_under:
                self.pages.clear()
            self.drawn_under = now


def init_app(app: Flask, display_cookies: Mapping[str, tuple[str, ...]]) -> None:
    """Put the ready pages before this application; `display_cookies`: name of each harmless cookie -> its values."""
    pages = app.extensions["ready_pages"] = ReadyPages(app, display_cookies)
    app.wsgi_app = pages  # type: ignore[method-assign]


def ready_page(*query: str) -> Callable[[View], View]:
    """Decorator, under `@public`: this page is the same for everybody of whom nothing is known.

    `query` names the query parameters it knows; an address with any other is drawn each time and not kept.
    """
    def decorate(view: View) -> View:
        @wraps(view)
        def ready(**arguments: Any) -> Any:
            response = make_response(view(**arguments))
            if request.environ.get(NAME) and set(query).issuperset(request.args) and response.status_code == 200:
                request.environ[WANTED] = True
                response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
                response.headers["Vary"] = "Cookie, Accept-Encoding"
            return response
        return ready
    return decorate


def forget() -> None:
    """Draw every page of this application anew."""
    current_app.extensions["ready_pages"].forget()
