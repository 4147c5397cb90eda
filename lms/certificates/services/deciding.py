"""What a registrar decides about a paper, and the holder's link to it."""

import secrets
from datetime import datetime

from lms.certificates import queries
from lms.certificates.models import STATE_AFTER, Credential, CredentialEvent
from lms.certificates.rules import Terms, check_transition, current_state
from lms.certificates.services.issuing import issue_once
from lms.core import audit, config
from lms.core.db import db
from lms.core.errors import DomainError
from lms.people.models import Actor


def revoke(
    credential: Credential, *, actor: Actor | None, reason: str, now: datetime, decision: str = "",
    operator: str | None = None,
) -> None:
    """For good. `reason` and `decision` (its number) stand on the public page. Raises `credential.not_revoked`."""
    befall(credential, "revoked", actor_id=actor.id if actor else None, reason=reason, decision=decision,
           operator=operator, now=now)


def suspend(credential: Credential, *, actor: Actor, reason: str, now: datetime, decision: str = "") -> None:
    """Until somebody reinstates it. Raises `credential.not_suspended`."""
    befall(credential, "suspended", actor_id=actor.id, reason=reason, decision=decision, now=now)


def reinstate(credential: Credential, *, actor: Actor, reason: str, now: datetime, decision: str = "") -> None:
    """A suspended paper is good again. Raises `credential.not_reinstated`."""
    befall(credential, "reinstated", actor_id=actor.id, reason=reason, decision=decision, now=now)


def replace(
    credential: Credential, *, actor: Actor, reason: str, now: datetime, decision: str = "",
) -> Credential:
    """A new paper with today's name and a number of its own; the old one stays as it was and stops being good.

    Raises `credential.not_replaced` (also when somebody replaced it a moment ago), and what issuing raises.
    """
    befall(credential, "replaced", actor_id=actor.id, reason=reason, decision=decision, now=now)
    made = issue_once(queries.grounds_of(credential.confirmation_id), marks=Terms.of(config.running()).marks(), now=now,
                      replaces=credential, actor_id=actor.id)
    if made is None:
        raise DomainError("credential.not_replaced")
    return made


def befall(
    credential: Credential, kind: str, *, now: datetime, actor_id: int | None = None, reason: str = "",
    decision: str = "", operator: str | None = None, since: datetime | None = None,
) -> None:
    """Append the event and fold it into the state, with the row locked, so that two deciders never cross.

    `since` is the moment from which it holds, when that is not `now`. Raises `credential.not_<kind>` where the state
    of that moment forbids it.
    """
    db.session.refresh(credential, with_for_update=True)
    since = since or now
    check_transition(current_state(credential.state, credential.valid_until, now=since), kind)
    credential.state, credential.state_at = STATE_AFTER[kind], since
    db.session.add(CredentialEvent(credential_id=credential.id, kind=kind, at=since, actor_id=actor_id,
                                   reason=reason or None, decision=decision or None))
    audit.record(f"credential.{kind}", now=now, actor_id=actor_id, operator=operator, serial=credential.serial,
                 subject=f"credential:{credential.uuid}", organisation_id=credential.organisation_id)
    db.session.flush()


def make_link(credential: Credential, *, actor: Actor, now: datetime) -> str:
    """A new secret of 128 random bits that opens the holder's PDF; an older one stops working.

    Only the hash is kept, so the secret can be shown this once.
    """
    token = secrets.token_urlsafe(16)
    credential.access_token_hash = queries.token_hash(token)
    audit.record("credential.link_made", now=now, actor_id=actor.id, serial=credential.serial,
                 subject=f"credential:{credential.uuid}", organisation_id=credential.organisation_id)
    db.session.flush()
    return token
