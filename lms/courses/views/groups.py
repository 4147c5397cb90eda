"""What the pages of enrolling and nominating ask in their address: a unit or a cohort, a course, a filter."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, request
from flask_login import current_user

from lms.core.errors import DomainError
from lms.core.vietnamese import clean
from lms.courses.models import Course
from lms.courses.queries.courses import course_by_key, courses_on_offer
from lms.courses.queries.enrolments import not_begun
from lms.people.queries.cohorts import cohort_choices
from lms.people.queries.groups import Place, all_seen, classes_of, people_of, place_for, positions_of
from lms.people.queries.organisations import organisations_for
from lms.web.forms import uuid_in, uuids_in


@dataclass(frozen=True)
class Asked:
    """What the address says. `place` and `course` are None until they are chosen."""

    place: Place | None
    course: Course | None
    position: str
    school_class: str
    search: str
    not_begun: bool

    def people(self, *roles: str) -> sa.Select[Any]:
        """The people meant, whom the actor may work with under these roles."""
        assert self.place is not None
        group = self.place.group(position=self.position, school_class=self.school_class, search=self.search)
        found: sa.Select[Any] = people_of(current_user, group, *roles)
        return not_begun(found, self.course) if self.not_begun and self.course else found

    def arguments(self) -> dict[str, str]:
        """The same again, for the addresses of forms and pages."""
        given = {"noi": str(self.place.uuid) if self.place else "", "khoa": self.course.key if self.course else "",
                 "chuc_vu": self.position, "lop": self.school_class, "tim": self.search, "chua": "1" if self.not_begun else ""}
        return {name: value for name, value in given.items() if value}


def asked(*roles: str) -> Asked:
    """Read the address. A place of somebody else's is a 404; a course that is not there is a sentence (course.unknown)."""
    wanted, key = uuid_in(request.args.get("noi", "")), clean(request.args.get("khoa", ""))[:80]
    place = place_for(current_user, wanted, *roles) if wanted else None
    if wanted and place is None:
        abort(404)
    course = course_by_key(key) if key else None
    if key and course is None:
        raise DomainError("course.unknown")
    return Asked(place, course, clean(request.args.get("chuc_vu", ""))[:120], clean(request.args.get("lop", ""))[:40],
                 clean(request.args.get("tim", ""))[:120], request.args.get("chua") == "1")


def offered(what: Asked, *roles: str) -> dict[str, Any]:
    """What the filter of the page offers: places, cohorts, courses; and of the chosen place positions and classes."""
    group = what.place.group() if what.place else None
    return {
        "places": organisations_for(current_user, *roles), "cohorts": cohort_choices(current_user, *roles),
        "courses": courses_on_offer(), "positions": positions_of(current_user, group) if group else [],
        "classes": classes_of(current_user, group) if group else []}


def ticked_people(*roles: str) -> list[int]:
    """Ids of the people ticked in the form. Raises DomainError cohort.nobody, people.not_all_yours."""
    uuids = uuids_in("nguoi")
    if not uuids:
        raise DomainError("cohort.nobody")
    ids = all_seen(current_user, uuids, *roles)
    if ids is None:
        raise DomainError("people.not_all_yours")
    return ids
