"""What happens to credentials: issued, then perhaps suspended, reinstated, revoked, replaced, expired."""

from lms.certificates.services.ahead import draw_due, issue_drawn
from lms.certificates.services.deciding import make_link, reinstate, replace, revoke, suspend
from lms.certificates.services.ending import end_due
from lms.certificates.services.issuing import issue, issue_due

__all__ = [
    "draw_due", "end_due", "issue", "issue_drawn", "issue_due", "make_link", "reinstate", "replace", "revoke", "suspend",
]
