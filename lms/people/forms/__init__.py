"""Forms of people. One file per noun; those of organisations are named by their file."""

from lms.people.forms.accounts import (
    ActivateForm,
    ActivationCodeForm,
    ChangeSecretForm,
    DisplayForm,
    RegisterForm,
    RegisterGuardianForm,
    RegisterNameForm,
    RegisterSecretForm,
    SignInForm,
    SignInPinForm,
)
from lms.people.forms.cohorts import CohortForm, CohortNameForm, JoinCodeForm, JoinTypedForm
from lms.people.forms.frame import choices
from lms.people.forms.staff import NewPersonForm, NewUnitForm, ReasonForm, RoleForm

__all__ = [
    "ActivateForm", "ActivationCodeForm", "ChangeSecretForm", "CohortForm", "CohortNameForm", "DisplayForm",
    "JoinCodeForm", "JoinTypedForm", "NewPersonForm", "NewUnitForm", "ReasonForm", "RegisterForm",
    "RegisterGuardianForm", "RegisterNameForm", "RegisterSecretForm", "RoleForm", "SignInForm", "SignInPinForm",
    "choices",
]
