"""A case: one learner and one policy, opened by somebody who assesses where the learner belongs."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from lms.assessment import rules
from lms.assessment.models import Confirmation
from lms.assessment.queries.fulfilments import pinned_policies
from lms.core.db import db
from lms.framework.models import Policy
from lms.framework.queries import PolicyView, policy_by_id, policy_for
from lms.framework.rules import deciding_policy
from lms.people.models import Actor, Membership, OrganisationClosure, OrganisationPeriod, Person
from lms.people.queries.organisations import organisation_keys_of
from lms.people.rules.sight import BELONGS

ASSESS = ("assessor", "officer")
_MYSELF = sa.orm.aliased(Person)


@dataclass(frozen=True, slots=True)
class Case:
    """A learner's record under one policy, and what the actor is to it. Only `case_for` makes one."""

    actor_id: int
    actor_name: str
    roles: frozenset[str]       # of the actor, where the learner belongs or above
    person_id: int
    person_uuid: UUID
    full_name: str
    birth_year: int | None
    form_of_address: str
    organisation_id: int
    organisation: str
    policy: PolicyView
    alike: tuple[str, ...] = ()  # in what the learner's account is like the actor's: rules.likeness

    @property
    def is_own(self) -> bool:
        """Whether the actor is the learner, also by another account: nobody judges themselves."""
        return self.actor_id == self.person_id or rules.is_proof(self.alike)

    @property
    def may_decide(self) -> bool:
        """Whether the policy lets the actor watch and conclude."""
        gate = self.policy.document.confirm
        return not self.is_own and gate.by == "person" and bool(self.roles & set(gate.roles))


def case_for(actor: Actor, person_uuid: UUID, policy_key: str, *, on: date) -> Case | None:
    """The case, or None when the learner is not under this actor's roles or the policy has nothing to do with them.

    The policy is the one that holds for the learner today; a record that was confirmed under an older one stays open.
    """
    rows = db.session.execute(
        sa.select(Person, Membership.organisation_id, OrganisationPeriod.name, OrganisationClosure.ancestor_id, _MYSELF)
        .select_from(Person).join(Membership, Membership.person_id == Person.id)
        .join(OrganisationClosure, OrganisationClosure.descendant_id == Membership.organisation_id)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Membership.organisation_id)
        .join(_MYSELF, _MYSELF.id == actor.id)
        .where(Person.uuid == person_uuid, Person.ended_at.is_(None), *BELONGS,
               OrganisationPeriod.valid_to.is_(None),
               OrganisationClosure.ancestor_id.in_(actor.organisations(*ASSESS)))
        .order_by(OrganisationClosure.depth, Membership.id)).all()
    if not rows:
        return None
    person, organisation_id, organisation, _, myself = rows[0]
    policy = _policy_of(person, policy_key, on=on)
    if policy is None:
        return None
    above = {ancestor for _, _, _, ancestor, _ in rows}
    return Case(
        actor.id, actor.full_name, frozenset(held.role for held in actor.roles if held.organisation_id in above),
        person.id, person.uuid, person.full_name, person.birth_year, person.form_of_address, organisation_id,
        organisation, policy, rules.likeness(_marks(person), _marks(myself)))


def _marks(person: Person) -> rules.Marks:
    return rules.Marks(person.folded_name, person.birth_year, person.phone)


def _policy_of(person: Person, key: str, *, on: date) -> PolicyView | None:
    level_ref = db.session.scalar(sa.select(Policy.level_ref).where(Policy.key == key).order_by(Policy.id.desc()).limit(1))
    if level_ref is None:
        return None
    holding = policy_for(level_ref, audience=person.audience, organisation_keys=organisation_keys_of(person.id), on=on)
    if holding and holding.key == key:
        return holding
    used = list(db.session.scalars(
        sa.select(Policy.id).join(Confirmation, Confirmation.policy_id == Policy.id)
        .where(Confirmation.person_id == person.id, Policy.key == key).order_by(Confirmation.id.desc()).limit(1)))
    return pinned_policies(used).get(used[0]) if used else None


def policies_of(audience: str, organisation_keys: list[str], *, on: date) -> list[PolicyView]:
    """The policies that hold for such a person on this day, one for each level, lowest level first. One statement."""
    levels: dict[str, list[Policy]] = {}
    for row in db.session.scalars(sa.select(Policy).where(Policy.audience == audience).order_by(Policy.level_ref, Policy.id)):
        levels.setdefault(row.level_ref, []).append(row)
    holding = [deciding_policy(rows, organisation_keys=organisation_keys, on=on) for rows in levels.values()]
    views = (policy_by_id(row.id) for row in holding if row)  # the rows are in the session: no further statement
    return [view for view in views if view]
