"""Papers drawn ahead: with the numbers they will get if nobody is faster, while no lock is held on the database."""

from collections.abc import Collection, Mapping
from datetime import datetime

import structlog

from lms.certificates import queries
from lms.certificates.models import Credential
from lms.certificates.queries import Grounds
from lms.certificates.rules import Terms, random_part, serial_of
from lms.certificates.services import paper
from lms.certificates.services.issuing import Drawn, issue_once, words_of
from lms.core import clock, config, settings
from lms.core.errors import DomainError

log = structlog.get_logger(__name__)


def draw_due(
    *, now: datetime, limit: int, after: int = 0, organisation_ids: Collection[int] | None = None,
) -> tuple[dict[int, Drawn], int]:
    """({confirmation id: paper as it would be issued now}, last confirmation id looked at); writes nothing.

    At most `limit` papers, for due confirmations from the id `after` on. One that cannot be printed is logged and left
    out. To be called where nobody waits for what it reads (`core.db.reading`). Raises `credential.address_not_public`.
    """
    drawn: dict[int, Drawn] = {}
    while len(drawn) < limit:
        due = queries.due_confirmations(now=now, after=after, limit=limit - len(drawn), organisation_ids=organisation_ids)
        if not due:
            break
        after = due[-1].confirmation.id
        marks = Terms.of(config.running()).marks()
        body, year = settings.current(), clock.local_date(now).year
        number = queries.last_number(body.serial_prefix, year) + len(drawn)
        for grounds in due:
            try:
                drawn[grounds.confirmation.id] = _draw(grounds, body, marks, year=year, number=number + 1, now=now)
                number += 1
            except DomainError as refusal:
                log.warning("credential_not_issued", confirmation=str(grounds.confirmation.uuid), code=refusal.code)
    return drawn, after


def issue_drawn(
    drawn: Mapping[int, Drawn], *, now: datetime, actor_id: int | None = None, operator: str | None = None,
) -> list[Credential]:
    """Issue the papers that `draw_due` drew at the same `now`; return the new ones, oldest first.

    Left out is what is no longer due, and what would have to be drawn anew: somebody else took its number, or a word
    on it has changed. Raises `credential.address_not_public`.
    """
    marks = Terms.of(config.running()).marks()
    made = (issue_once(grounds, marks=marks, now=now, drawn=drawn[grounds.confirmation.id], actor_id=actor_id,
                       operator=operator)
            for grounds in queries.due_confirmations(now=now, after=0, limit=len(drawn), ids=drawn))
    return [credential for credential in made if credential]


def _draw(
    grounds: Grounds, body: settings.Settings, marks: list[str], *, year: int, number: int, now: datetime,
) -> Drawn:
    serial = serial_of(body.serial_prefix, year, number, random_part())
    issued = words_of(grounds, body, serial=serial, marks=marks, now=now)
    return Drawn(number, issued, paper.draw(issued))
