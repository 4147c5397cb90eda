"""The catalogue of the request's language, looked up once in a request.

Flask-Babel looks it up anew for every word, which was a tenth of the cost of a page.
"""

from typing import Any

import flask_babel
from flask import Flask, g
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


class KeptDomain(flask_babel.Domain):
    """Words of this application; the catalogue is kept where Flask-Babel keeps the locale of the request."""

    def get_translations(self) -> Any:
        try:
            kept = g._flask_babel
            locale, found = kept.catalogue
            if locale is kept.babel_locale:  # not another one by force_locale
                return found
        except (AttributeError, RuntimeError):  # the first word, or no application at work
            pass
        found = super().get_translations()
        if g:
            g._flask_babel.catalogue = getattr(g._flask_babel, "babel_locale", None), found
        return found


def init_app(app: Flask, babel: flask_babel.Babel) -> None:
    """Let code and templates use the kept catalogue."""
    domain = babel.domain_instance = KeptDomain()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: domain.get_translations().ugettext(text),
        lambda one, many, count: domain.get_translations().ungettext(one, many, count), newstyle=True,
        pgettext=lambda context, text: domain.get_translations().upgettext(context, text),
        npgettext=lambda context, one, many, count: domain.get_translations().unpgettext(context, one, many, count))

    @pass_eval_context
    def translated(drawing: EvalContext, text: str, **values: Any) -> str:
        # Jinja's own `_` takes three calls through the context for each word, and in a loop it copies every variable.
        words: str = domain.get_translations().ugettext(text)
        return (Markup(words) if drawing.autoescape else words) % values  # noqa: S704 - the words are ours, values are escaped

    app.jinja_env.globals["_"] = translated
