"""People with a PIN, and the ward they live in."""

from lms.people.services.activations import make_activation_code
from lms.people.services.secrets import set_secret
from tests.factories import NOW, make_actor, make_member, make_organisation, make_person, make_role

PIN = "482915"


def make_account(name="Nguyễn Thị Hoa", *, secret=PIN, now=NOW, **values):
    """A person who can sign in."""
    person = make_person(name, now=now, **{"phone": "0900000001", **values})
    set_secret(person, secret, now=now)
    return person


def make_ward():
    """(ward, two hamlets below it)."""
    ward = make_organisation("Phường Bến Thu", key="ben-thu")
    return (ward, make_organisation("Tổ dân phố 1", key="to-1", kind="village", parent=ward),
            make_organisation("Tổ dân phố 2", key="to-2", kind="village", parent=ward))


def make_staff(role, organisation, name="Trần Văn Cán", **values):
    """A person with one role."""
    person = make_person(name, **values)
    make_role(person, role, organisation)
    return person


def make_learner(organisation, name="Lê Thị Mai", **values):
    """A person who belongs to an organisation."""
    person = make_person(name, **values)
    make_member(person, organisation)
    return person


def make_code(person, *, by=None, now=NOW):
    """The code of a new slip."""
    return make_activation_code(person, by=by, now=now)[1]


__all__ = ["NOW", "PIN", "make_account", "make_actor", "make_code", "make_learner", "make_staff", "make_ward"]
