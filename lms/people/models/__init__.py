"""Tables of people. One file per noun."""

from lms.people.models.organisations import (
    ORGANISATION_KINDS,
    Organisation,
    OrganisationClosure,
    OrganisationPeriod,
    OrganisationSuccession,
)
from lms.people.models.persons import AUDIENCES, FORMS_OF_ADDRESS, Consent, Membership, Person
from lms.people.models.roles import ROLES, Actor, RoleAt, RoleGrant
from lms.people.models.sign_ins import ActivationCode, SignIn

__all__ = [
    "AUDIENCES", "FORMS_OF_ADDRESS", "ORGANISATION_KINDS", "ROLES", "ActivationCode", "Actor", "Consent", "Membership",
    "Organisation", "OrganisationClosure", "OrganisationPeriod", "OrganisationSuccession", "Person", "RoleAt",
    "RoleGrant", "SignIn",
]
