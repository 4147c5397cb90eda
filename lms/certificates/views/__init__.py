"""Pages of credentials: for the stranger who checks one, for its holder, for whoever keeps the register."""

from lms.certificates.views import holder, public, register
from lms.certificates.views.blueprint import bp

__all__ = ["bp", "holder", "public", "register"]
