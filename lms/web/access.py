"""Every view names who may use it with exactly one of these decorators."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, current_app
from flask_login import current_user

View = Callable[..., Any]


def public(view: View) -> View:
    """Anybody, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def machine(view: View) -> View:
    """A program, not a person: the view checks the caller itself (address, token, signature)."""
    view.access = "machine"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody who is signed in; what they see is theirs because the queries take the actor."""
    return _guard(view, "signed-in", lambda _actor: True)


def loading_actor(load: Callable[..., Any]) -> Callable[[View], View]:
    """Below the decorator that says who may use it, for a hot page: `load(token, **arguments of the view)` finds the actor
    in the same statement as what the page shows, and returns None when the token is not live."""
    def decorate(view: View) -> View:
        view.loads_actor = load  # type: ignore[attr-defined]
        return view
    return decorate


def requires(rule: Callable[[Any], bool]) -> Callable[[View], View]:
    """Signed in, and `rule(actor)` (a plain predicate from a feature's rules.py) says yes; otherwise 403."""
    return lambda view: _guard(view, rule.__name__, rule)


def requires_role(*roles: str) -> Callable[[View], View]:
    """Signed in and holding one of these roles somewhere; where exactly, the queries check."""
    return lambda view: _guard(view, "role:" + ",".join(roles), lambda actor: actor.has_role(*roles))


def _guard(view: View, name: str, allowed: Callable[[Any], bool]) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        if not allowed(current_user):
            abort(403)
        return view(*args, **kwargs)

    guarded.access, guarded.allows = name, allowed  # type: ignore[attr-defined]
    return guarded


def may_open(endpoint: str, actor: Any) -> bool:
    """Whether this page is installed and lets this actor in: for links, which must not lead to a refusal."""
    view = current_app.view_functions.get(endpoint)
    allows = getattr(view, "allows", None)
    return view is not None and (allows is None or bool(actor.is_authenticated and allows(actor)))
