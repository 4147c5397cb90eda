"""Tables of people. One file per noun."""

from lms.people.models.aliases import PersonAlias
from lms.people.models.cohorts import Cohort, CohortMember, JoinCode, JoinDecision, JoinRequest
from lms.people.models.organisations import (
    ORGANISATION_KINDS,
    Organisation,
    OrganisationClosure,
    OrganisationPeriod,
    OrganisationSuccession,
)
from lms.people.models.persons import AUDIENCES, FORMS_OF_ADDRESS, Consent, Membership, Person
from lms.people.models.proposals import PROPOSAL_KINDS, Proposal, ProposalEvent
from lms.people.models.roles import ROLES, Actor, RoleAt, RoleGrant
from lms.people.models.sign_ins import ActivationCode, SignIn

__all__ = [
    "AUDIENCES", "FORMS_OF_ADDRESS", "ORGANISATION_KINDS", "PROPOSAL_KINDS", "ROLES", "ActivationCode", "Actor",
    "Cohort", "CohortMember", "Consent", "JoinCode", "JoinDecision", "JoinRequest", "Membership", "Organisation",
    "OrganisationClosure", "OrganisationPeriod", "OrganisationSuccession", "Person", "PersonAlias", "Proposal",
    "ProposalEvent", "RoleAt", "RoleGrant", "SignIn",
]
