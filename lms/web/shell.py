"""Wires the shell into the application: language, headers, reading mode, error pages, template functions."""

import secrets
from functools import lru_cache
from typing import Any

import structlog
from babel import Locale
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import Babel, get_locale
from flask_compress import Compress
from flask_login import AnonymousUserMixin, LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.core import clock, settings
from lms.core.db import db, reading_only
from lms.core.errors import DomainError
from lms.web import assets, catalogues, icons, navigation, phrases, ready_pages
from lms.web.access import may_open
from lms.web.environment import TemplateEnvironment
from lms.web.phrases.roles import ADDRESS_NAMES, AUDIENCE_NAMES, KIND_NAMES, ROLE_NAMES
from lms.web.sessions import CookieSessions
from lms.web.uploads import UploadRequest

LOCALES = ("vi", "en")
TEXT_SIZES = ("vua", "lon", "rat-lon")
# How a browser shows the site: cookies that say nothing about a person.
DISPLAY_CHOICES = {"co_chu": TEXT_SIZES, "giao_dien": ("light", "auto"), "ngon_ngu": LOCALES}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "media-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
log = structlog.get_logger(__name__)
babel_locale = lru_cache(Locale.parse)  # parsed once, not in every request
login = LoginManager()
csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Everything that every page needs, in the order in which requests meet it."""
    app.jinja_environment = TemplateEnvironment
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    ready_pages.init_app(app, DISPLAY_CHOICES)
    if app.config["LMS_PROXIES"]:
        count = app.config["LMS_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    app.session_interface = CookieSessions()
    app.request_class = UploadRequest
    catalogues.init_app(app, Babel(app, locale_selector=lambda: babel_locale(locale())))
    app.before_request(limit_form)
    app.before_request(refuse_null)
    csrf.init_app(app)
    login.init_app(app)
    login.login_view = "people.sign_in"
    login.session_protection = None  # it would only mark a phone that changed its network, and nothing here asks for the mark
    app.config.update(COMPRESS_ALGORITHM=["gzip"], COMPRESS_LEVEL=5, COMPRESS_MIN_SIZE=900)
    Compress(app)
    assets.init_app(app)
    app.before_request(begin_reading)
    app.after_request(add_headers)
    app.teardown_request(end_reading)
    _add_template_functions(app)
    _add_error_pages(app)


def locale() -> str:
    """Language of this request: this browser's choice, the person's, else (and in commands) the installation's."""
    if not has_request_context():
        return request_default()
    chosen = request.cookies.get("ngon_ngu") or (current_user.locale if current_user.is_authenticated else "")
    return chosen if chosen in LOCALES else request_default()


def page_locale() -> str:
    """Language of the words that are being written: the request's, or the one a frame is drawn in."""
    return str(get_locale())


def request_default() -> str:
    from flask import current_app

    return str(current_app.config["BABEL_DEFAULT_LOCALE"])


def text_size() -> str:
    """The text size this person or browser chose; one of TEXT_SIZES."""
    chosen = request.cookies.get("co_chu") or (current_user.text_size if current_user.is_authenticated else "vua")
    return chosen if chosen in TEXT_SIZES else "vua"


def theme() -> str:
    """`light` when this browser wants to stay light, else empty (the phone decides)."""
    return "light" if request.cookies.get("giao_dien") == "light" else ""


def limit_form() -> None:
    # Werkzeug's limit of form fields does not hold for URL-encoded forms: they are read whole.
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def refuse_null() -> None:
    # No address has this character, and PostgreSQL would take it for a fault of ours.
    if "\0" in request.path:
        g._login_user = AnonymousUserMixin()  # some pages read who asks together with what the address names
        abort(404)


def begin_reading() -> None:
    g.reading = reading_only.set(request.method in ("GET", "HEAD", "OPTIONS"))


def end_reading(_error: BaseException | None = None) -> None:
    token = g.pop("reading", None)
    if token is not None:
        reading_only.reset(token)


def add_headers(response: Response) -> Response:
    """Security headers on every answer; personal pages are never kept by anybody."""
    given = {name.lower() for name, _value in response.headers}
    response.headers.extend([(name, value) for name, value in HEADERS.items() if name.lower() not in given])
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _add_template_functions(app: Flask) -> None:
    app.jinja_env.globals.update(
        icon=icons.icon, mark=icons.mark, sprite=icons.sprite, doors=navigation.doors, text_size=text_size,
        theme=theme, page_locale=page_locale, settings=page_settings, now=clock.now, role_names=ROLE_NAMES,
        audience_names=AUDIENCE_NAMES, kind_names=KIND_NAMES, address_names=ADDRESS_NAMES, may_open=may_open,
        is_demo=lambda: app.config["LMS_MODE"] == "demo",
    )
    app.jinja_env.filters.update(day=day, moment=moment, number=number, percent=percent, phone=phone)


def page_settings() -> settings.Settings:
    """What the body has set. Only the page that says what went wrong is drawn without them."""
    return settings.shown() if g.get("is_error_page") else settings.current()


def day(value: Any) -> str:
    """20/11/2026, on the ward's calendar."""
    return phrases.day_of(value)


def moment(value: Any) -> str:
    """14:32 ngày 20/11/2026, in the ward's zone."""
    local = value.astimezone(clock.WARD_ZONE)
    return f"{local:%H:%M}, {day(value)}"


def number(value: float) -> str:
    """12.486 (vi) or 12,486 (en)."""
    from flask_babel import format_decimal

    return str(format_decimal(value))


def percent(value: float) -> str:
    """70%, whole."""
    return f"{round(value)}%"


def phone(value: str) -> str:
    """0905 123 456, or a landline: 0236 3000 000."""
    middle = {10: 7, 11: 8}.get(len(value))
    return f"{value[:4]} {value[4:middle]} {value[middle:]}" if middle else value


def _add_error_pages(app: Flask) -> None:
    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(DBAPIError, database_error)
    app.register_error_handler(Exception, unexpected_error)


def error_page(status: int, sentence: str = "") -> tuple[str, int]:
    """The page of this status: what happened, what to do, the help number. Never a trace, never personal."""
    db.session.rollback()
    g.is_error_page = True
    try:
        page = render_template("web/error.html", status=status, sentence=sentence, number=g.get("fault_number", ""))
    finally:
        del g.is_error_page
    return page, status


def domain_error(error: DomainError) -> Any:
    return error_page(409, phrases.sentence(error))


def csrf_error(_error: CSRFError) -> Any:
    return error_page(400)


def http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if status in (301, 302, 303, 307, 308) or error.response is not None:
        return error.get_response()
    if status == 401:
        return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
    return error_page(status)


def database_error(error: DBAPIError) -> Any:
    """The database is away, full or locked: 503 and a sentence, not a trace."""
    g._login_user = AnonymousUserMixin()  # drawing the page must not ask the database who this is
    log.error("database_error", kind=type(error.orig).__name__, path=request.url_rule and request.url_rule.rule)
    page, status = error_page(503)
    return page, status, {"Retry-After": "10"}


def unexpected_error(error: Exception) -> Any:
    g.fault_number = secrets.token_hex(4)
    log.error("unexpected_error", number=g.fault_number, path=request.url_rule and request.url_rule.rule, exc_info=error)
    return error_page(500)
