"""Level policies: which one holds for whom on which day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from lms.core.db import db
from lms.framework.documents import PolicyDocument
from lms.framework.models import Policy
from lms.framework.rules import deciding_policy


@dataclass(frozen=True, slots=True)
class PolicyView:
    """One version of a policy as it was published."""

    id: int
    key: str
    version: str
    content_hash: str
    status: str
    level_ref: str
    audience: str
    organisation_key: str | None
    document: PolicyDocument


def policy_for(
    level_ref: str, *, audience: str, organisation_keys: Sequence[str], on: date,
) -> PolicyView | None:
    """What completes this level for a person of this audience and these organisations (nearest first) on this day.

    A local decision wins over an official policy, that over the default (`rules.deciding_policy`). One statement.
    """
    rows = _rows(Policy.level_ref == level_ref, Policy.audience == audience)
    row = deciding_policy(rows, organisation_keys=organisation_keys, on=on)
    return _view(row) if row else None


def policies_for_assessment(
    assessment_key: str, *, audience: str, organisation_keys: Sequence[str], on: date,
) -> list[PolicyView]:
    """The policies that hold for this person and ask for this assessment, one a level. One statement."""
    chosen = (deciding_policy(rows, organisation_keys=organisation_keys, on=on)
              for rows in _by_level(_rows(Policy.audience == audience)))
    views = [_view(row) for row in chosen if row]
    return [view for view in views if any(gate.key == assessment_key for gate in view.document.assessments)]


def policies_shown(framework_ref: str, *, organisation_key: str | None, on: date) -> dict[str, list[PolicyView]]:
    """By level ref, what this framework's public page tells: for each audience the policy that holds in the body's
    organisation (or generally). One statement."""
    rows = _rows(Policy.level_ref.startswith(framework_ref + "/level/", autoescape=True))
    keys = [organisation_key] if organisation_key else []
    shown: dict[str, list[PolicyView]] = {}
    for same in _by_level(rows):
        row = deciding_policy(same, organisation_keys=keys, on=on)
        if row:
            shown.setdefault(row.level_ref, []).append(_view(row))
    return shown


def policy_by_id(policy_id: int) -> PolicyView | None:
    """The very version that a record pins, in force or not. One statement."""
    row = db.session.get(Policy, policy_id)
    return _view(row) if row else None


def _rows(*conditions: sa.ColumnElement[bool]) -> Sequence[Policy]:
    return db.session.scalars(sa.select(Policy).where(*conditions).order_by(Policy.id)).all()


def _by_level(rows: Iterable[Policy]) -> list[list[Policy]]:
    groups: dict[tuple[str, str], list[Policy]] = {}
    for row in rows:
        groups.setdefault((row.level_ref, row.audience), []).append(row)
    return list(groups.values())


# Published documents never change; reading one again would only cost time.
_documents: dict[tuple[str, str, str], PolicyDocument] = {}


def _view(row: Policy) -> PolicyView:
    name = (row.key, row.version, row.content_hash)
    if name not in _documents:
        _documents[name] = PolicyDocument.model_validate(row.document).named(row.key, "")
    return PolicyView(
        id=row.id, key=row.key, version=row.version, content_hash=row.content_hash, status=row.status,
        level_ref=row.level_ref, audience=row.audience, organisation_key=row.organisation_key,
        document=_documents[name])
