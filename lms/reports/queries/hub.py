"""What waits on the first pages of focal points and of officers."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from lms.campaign.models import ListRequest
from lms.campaign.rules import ASK
from lms.core.db import db
from lms.courses.models import Nominated, Nomination, NominationDecision
from lms.people.models import (
    Actor,
    Cohort,
    CohortMember,
    JoinCode,
    JoinRequest,
    Membership,
    Organisation,
    OrganisationClosure,
    OrganisationPeriod,
)
from lms.people.queries.organisations import organisation_ids_under
from lms.people.rules.sight import BELONGS
from lms.reports.queries.classes import Group
from lms.reports.rules import FOLLOW

MOST_GROUPS = 60


@dataclass(frozen=True)
class ListedGroup:
    """A class table that can be opened."""

    uuid: UUID
    name: str
    people: int
    is_cohort: bool
    depth: int   # 0: the unit at which the role is held


def unit_of(actor: Actor) -> Group | None:
    """Everybody under the actor's roles as one table, named after the first unit; None without such a role."""
    held = actor.organisations(*FOLLOW)
    row = db.session.execute(
        sa.select(Organisation.uuid, OrganisationPeriod.name)
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .where(OrganisationPeriod.valid_to.is_(None), Organisation.id.in_(held)).order_by(Organisation.id).limit(1)).first()
    return Group(row.uuid, row.name, held) if row else None


def groups_of(actor: Actor) -> list[ListedGroup]:
    """The actor's units with those right below them, and the cohorts of all below, with how many people. One statement."""
    held, here = actor.organisations(*FOLLOW), organisation_ids_under(actor, *FOLLOW)
    tree = sa.orm.aliased(OrganisationClosure)
    inside = (
        sa.select(sa.func.count(sa.distinct(Membership.person_id)))
        .join(tree, tree.descendant_id == Membership.organisation_id)
        .where(*BELONGS, tree.ancestor_id == Organisation.id).correlate(Organisation).scalar_subquery())
    units = (
        sa.select(Organisation.uuid, OrganisationPeriod.name, inside.label("people"), sa.literal(0).label("is_cohort"),
                  sa.func.min(OrganisationClosure.depth).label("depth"))
        .join(OrganisationPeriod, OrganisationPeriod.organisation_id == Organisation.id)
        .join(OrganisationClosure, OrganisationClosure.descendant_id == Organisation.id)
        .where(OrganisationPeriod.valid_to.is_(None), OrganisationClosure.ancestor_id.in_(held), OrganisationClosure.depth <= 1)
        .group_by(Organisation.id, Organisation.uuid, OrganisationPeriod.name, OrganisationPeriod.folded_name)
        .order_by(sa.func.min(OrganisationClosure.depth), OrganisationPeriod.folded_name).limit(MOST_GROUPS).subquery())
    members = (sa.select(sa.func.count()).select_from(CohortMember)
               .where(CohortMember.cohort_id == Cohort.id, CohortMember.left_on.is_(None)).correlate(Cohort).scalar_subquery())
    cohorts = (
        sa.select(Cohort.uuid, Cohort.name, members.label("people"), sa.literal(1).label("is_cohort"), sa.literal(2).label("depth"))
        .where(Cohort.ended_at.is_(None), Cohort.organisation_id.in_(here))
        .order_by(Cohort.id.desc()).limit(MOST_GROUPS).subquery())
    rows = db.session.execute(sa.union_all(sa.select(units), sa.select(cohorts)))
    return [ListedGroup(row.uuid, row.name, row.people, bool(row.is_cohort), row.depth) for row in rows]


@dataclass(frozen=True)
class Waiting:
    """How many things wait for the actor's answer."""

    joining: int
    nominated: int
    lists: int


def waiting_for(actor: Actor) -> Waiting:
    """Join requests under the actor's roles; people nominated and requests of lists under the ward's. One statement."""
    here, ward = organisation_ids_under(actor, *FOLLOW), organisation_ids_under(actor, *ASK)
    joining = (sa.select(sa.func.count()).select_from(JoinRequest).join(JoinCode, JoinCode.id == JoinRequest.join_code_id)
               .where(JoinRequest.decided_at.is_(None), JoinCode.organisation_id.in_(here)))
    nominated = (sa.select(sa.func.count()).select_from(Nominated).join(Nomination, Nomination.id == Nominated.nomination_id)
                 .where(Nomination.organisation_id.in_(ward),
                        ~sa.exists().where(NominationDecision.nominated_id == Nominated.id)))
    lists = sa.select(sa.func.count()).select_from(ListRequest).where(ListRequest.organisation_id.in_(ward))
    row = db.session.execute(sa.select(joining.scalar_subquery(), nominated.scalar_subquery(), lists.scalar_subquery())).one()
    return Waiting(*row)
