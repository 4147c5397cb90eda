"""A school, its people and a course without content, for those who enrol and nominate."""

from datetime import date

from lms.core.db import db
from lms.courses.models import Course
from tests.factories import make_actor, make_organisation
from tests.people.factories import make_learner, make_staff, make_ward

DUE = date(2027, 3, 31)


def make_course(key="khoa-thu", title="Khóa thử", **values):
    """A course without lessons."""
    course = Course(**{"key": key, "title": title, "short_title": title[:28], "summary": "Học xong làm được.",
                       "icon": "smartphone", "position": 1, "reviewed_on": date(2026, 11, 20),
                       "review_by": date(2999, 2, 20), **values})
    db.session.add(course)
    db.session.flush()
    return course


def make_school(ward, name="Trường A", *, people=2):
    """(school, actor of its focal point, its people)."""
    school = make_organisation(name, kind="school", parent=ward)
    learners = [make_learner(school, f"Người {n:03d} {name[-1]}") for n in range(people)]
    return school, make_actor(make_staff("focal_point", school, f"Đầu Mối {name[-1]}")), learners


def make_two_schools(people=2):
    """(ward, (school, focal, people) of A, the same of B)."""
    ward, _to_1, _to_2 = make_ward()
    return ward, make_school(ward, people=people), make_school(ward, "Trường B", people=people)
