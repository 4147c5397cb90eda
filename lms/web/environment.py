"""The environment of templates."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class TemplateEnvironment(Environment):
    """Flask's, in which all templates share one mapping of global names.

    Jinja gives each a layer of its own and, at every `{% from … import … %}` of every page, compares the layers name by
    name. Nobody here hands a template global names of its own.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The global names of a template."""
        return super().make_globals(d) if d else self.globals
