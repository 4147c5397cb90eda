"""Words with one home: the sentence of every DomainError, and the names of roles and states.

Each feature has a module here with `ERRORS`: code -> lazy sentence with `%(param)s`. Everything else a page says
stands in its template.
"""

import pkgutil
from datetime import date, datetime
from importlib import import_module

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.core import clock
from lms.core.errors import DomainError

ERRORS: dict[str, LazyString] = {}
for _module in pkgutil.iter_modules(__path__):
    ERRORS |= getattr(import_module(f"{__name__}.{_module.name}"), "ERRORS", {})

UNKNOWN = _l("Việc này chưa làm được. Bạn tải lại trang rồi thử lại; nếu vẫn không được, gọi số trợ giúp.")


def sentence(error: DomainError) -> str:
    """What to tell a person about this refusal. Moments among its parameters are shown as days."""
    text = str(ERRORS.get(error.code, UNKNOWN))
    params = {name: day_of(value) if isinstance(value, date) else value for name, value in error.params.items()}
    return text % params if params else text


def day_of(value: date) -> str:
    """20/11/2026, on the ward's calendar."""
    local = clock.local_date(value) if isinstance(value, datetime) else value
    return f"{local.day}/{local.month}/{local.year}"
