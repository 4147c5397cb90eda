"""What is allowed and what is well formed, without a database. One file per noun."""

from lms.people.rules.identities import is_mobile, is_under_16, normal_phone
from lms.people.rules.roles import (
    area_of,
    can_add_people,
    can_grant,
    can_make_slip_for,
    can_make_slips,
    can_see_people,
    outranks,
    rank,
)

__all__ = [
    "area_of", "can_add_people", "can_grant", "can_make_slip_for", "can_make_slips", "can_see_people", "is_mobile",
    "is_under_16", "normal_phone", "outranks", "rank",
]
